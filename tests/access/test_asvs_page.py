"""Is the page about ASVS what the tests say, and does every item have a test or a word about why not?"""

from __future__ import annotations

from tests.access.asvs import PAGE, ROOT, found_in, page
from tests.access.asvs_items import ITEMS


def test_the_page_is_up_to_date():
    assert PAGE.read_text(encoding="utf-8") == page(), "Type: .venv/bin/python -m tests.access.asvs"


def test_every_item_has_a_test_or_says_what_is_open():
    found = found_in(ROOT / "tests")
    silent = [
        item.number
        for item in ITEMS
        if not item.open and not item.elsewhere and not any(each in found for each in item.requirements)
    ]
    assert silent == []
    assert [item.number for item in ITEMS] == list(range(1, 51))


def test_every_requirement_a_test_names_belongs_to_an_item():
    known = {each for item in ITEMS for each in item.requirements}
    assert set(found_in(ROOT / "tests")) - known == set()


def test_every_test_named_in_the_list_exists():
    for item in ITEMS:
        for named in item.elsewhere:
            file, _, name = named.partition("::")
            assert f"def {name}(" in (ROOT / file).read_text(encoding="utf-8"), named
