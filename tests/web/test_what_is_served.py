"""Is what browsers load ours or recorded, small, and from nowhere else?"""

from __future__ import annotations

import gzip
import hashlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "src/isovigil/web/static/isovigil"
TEMPLATES = ROOT / "src/isovigil/web/templates"
HTMX = STATIC / "htmx-4.0.1.min.js"
PUBLIC = ("isovigil.css", "pages.js", "mark.svg")
STAFF = (*PUBLIC, HTMX.name)
OWN_SCRIPT_BYTES = 5 * 1024
KB = 1024


def packed(names: tuple[str, ...]) -> int:
    return sum(len(gzip.compress((STATIC / name).read_bytes(), 9)) for name in names)


def test_htmx_is_the_recorded_file():
    recorded = re.findall(r"sha256 ([0-9a-f]{64})", (ROOT / "docs/pages.md").read_text("utf-8"))
    assert recorded == [hashlib.sha256(HTMX.read_bytes()).hexdigest()]


def test_no_other_module_knows_of_htmx():
    told = [
        path.name
        for path in (ROOT / "src/isovigil").rglob("*.py")
        if re.search(r"htmx|HX-", path.read_text("utf-8"))
    ]
    assert told == ["partial.py"]


def test_our_own_script_stays_small():
    assert (STATIC / "pages.js").stat().st_size <= OWN_SCRIPT_BYTES


def test_the_files_of_a_first_page_fit_its_budget():
    # 60 KB for patients and 110 KB for staff, compressed; half is left for the page itself and its parts.
    assert packed(PUBLIC) <= 30 * KB
    assert packed(STAFF) <= 55 * KB


@pytest.mark.parametrize(
    "path", sorted(each.relative_to(TEMPLATES).as_posix() for each in TEMPLATES.rglob("*.html"))
)
def test_a_template_holds_nothing_the_content_policy_forbids(path: str):
    text = (TEMPLATES / path).read_text("utf-8")
    assert not re.search(r"\sstyle\s*=", text), "an inline style"
    assert not re.search(r"\son[a-z]+\s*=", text), "an inline handler"
    assert "hx-on" not in text, "htmx would have to evaluate it"
    for script in re.findall(r"<script([^>]*)>", text):
        assert "src=" in script or 'type="application/json"' in script, "an inline script"
    assert "<style" not in text
