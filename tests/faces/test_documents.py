"""Is the page one that a clinic can print, a screen reader can read, and no text can break?"""

from __future__ import annotations

import re
from html.parser import HTMLParser
from importlib.resources import files

import pytest

from isovigil.exchange.review_html import reviews_as_html
from isovigil.exchange.review_markdown import escaped, review_as_markdown
from tests.faces.golden_text import golden
from tests.faces.hand_made import RULEBOOK, case, open_date_review, ready_review, waiting_review

ATTACK = "<script>alert(1)</script>"
VOID = {"meta", "link", "br", "hr"}
ENOUGH_FOR_TEXT = 4.5
ENOUGH_FOR_MARKS = 3.0


class Page(HTMLParser):
    """The elements of a page with their attributes; fails on a tag that is not closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.headings: list[int] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def page(patient: str = "p-001", test_id: str = "f-12") -> str:
    review = open_date_review() if patient == "p-001" else waiting_review(patient=patient)
    return reviews_as_html([(case(patient, test_id), review)], RULEBOOK)


def test_the_page_is_closed_in_order_titled_and_in_a_language() -> None:
    parsed = Page(page())
    assert parsed.elements[0] == ("html", {"lang": "en-GB"})
    assert "<title>Review of p-001, Monday 11 March 2024</title>" in page()
    assert parsed.headings[0] == 1
    assert all(
        later - earlier <= 1 for earlier, later in zip(parsed.headings, parsed.headings[1:], strict=False)
    )


def test_the_page_asks_for_nothing_from_outside() -> None:
    text = page()
    parsed = Page(text)
    for tag, attributes in parsed.elements:
        assert tag not in {"script", "img", "iframe", "object", "embed", "video", "audio", "base", "form"}
        assert "src" not in attributes
        assert not any(name.startswith("on") for name in attributes)
        if tag == "link":
            assert attributes["href"] == "data:,"
    style = text.partition("<style>")[2].partition("</style>")[0]
    assert "url(" not in style
    assert "@import" not in style
    policy = [each["content"] for each in parsed.all("meta") if each.get("http-equiv")]
    assert policy == ["default-src 'none'; style-src 'unsafe-inline'; img-src data:"]


def test_every_table_has_a_caption_and_heads_that_say_their_scope() -> None:
    parsed = Page(page())
    assert len(parsed.all("caption")) == len(parsed.all("table")) > 0
    assert {head.get("scope") for head in parsed.all("th")} == {"col", "row"}


def test_the_timeline_has_a_title_a_description_and_its_marks_in_a_table() -> None:
    parsed = Page(page())
    (drawing,) = parsed.all("svg")
    assert drawing["role"] == "img"
    ids = {attributes["id"] for _, attributes in parsed.elements if "id" in attributes}
    assert set((drawing["aria-labelledby"] or "").split()) <= ids
    for row in (
        "Pregnancy test, negative, clinic",
        "Prescription, 40 mg a day for 30 days",
        "Hand-over, 30 days",
    ):
        assert f'<td role="cell">{row}</td>' in page()


def test_ids_stay_unique_with_several_patients_on_one_page() -> None:
    text = reviews_as_html([(case(), waiting_review()), (case(), ready_review())], RULEBOOK)
    parsed = Page(text)
    ids = [attributes["id"] for _, attributes in parsed.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {"r1", "r2"} <= set(ids)
    assert "<title>2 reviews</title>" in text


def test_nothing_a_case_holds_can_become_a_tag() -> None:
    text = page(ATTACK, f"\"{ATTACK}&'")
    assert "<script" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert Page(text).all("script") == []


def test_nothing_a_case_holds_can_become_markdown_or_a_tag() -> None:
    text = review_as_markdown(waiting_review(patient=f"{ATTACK} *a* [b](c) | `d`\n# e"), RULEBOOK)
    head = text.splitlines()[0]
    assert head.startswith("# &lt;script&gt;alert(1)&lt;/script&gt; \\*a\\* \\[b\\](c) \\| \\`d\\` \\# e on ")
    assert "<script" not in text


def test_underscores_inside_a_word_stay_readable() -> None:
    assert escaped("us_ipledge _x_") == r"us_ipledge \_x\_"


def test_every_source_is_named_by_title_and_linked_only_to_the_web() -> None:
    text = page()
    assert (
        '<cite><a href="https://example.org/guide?a=1&amp;b=2" rel="noreferrer">'
        "The programme&#x27;s own guide</a></cite>, windows"
    ) in text
    assert (
        "For how many days may capsules be handed over? <strong>7 days</strong>, law since 13 December 2021"
        in text
    )
    assert all((link["href"] or "").startswith(("https://", "http://", "#")) for link in Page(text).all("a"))


def test_markdown_says_what_was_agreed() -> None:
    assert review_as_markdown(open_date_review(), RULEBOOK) == golden("open_date.md")


def _colours(block: str) -> dict[str, str]:
    return {name: _long(value) for name, value in re.findall(r"--(\w+):(#[0-9a-f]{3,6})", block)}


def _long(colour: str) -> str:
    return colour if len(colour) == 7 else "#" + "".join(2 * digit for digit in colour[1:])


def _luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark", "print"])
def test_text_keeps_wcag_contrast_in_every_scheme(scheme: str) -> None:
    style = (files("isovigil.exchange") / "review.css").read_text(encoding="utf-8")
    blocks = {
        "light": style.partition(":root{")[2].partition("}")[0],
        "dark": style.partition("(prefers-color-scheme:dark){:root{")[2].partition("}")[0],
        "print": style.partition("@media print{")[2].partition(":root{")[2].partition("}")[0],
    }
    colours = _colours(blocks[scheme])
    for name in ("ink", "soft", "good", "wait", "bad", "link"):
        assert contrast(colours[name], colours["paper"]) >= ENOUGH_FOR_TEXT, name
    assert contrast(colours["line"], colours["paper"]) >= ENOUGH_FOR_MARKS


def test_black_on_white_is_the_greatest_contrast_there_is() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
