"""How is a report of harm shown as text, as a page, as JSON?"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files

import msgspec

from isovigil.calendar.days import in_words
from isovigil.exchange.harm_sheet import HarmSheet, Told
from isovigil.exchange.html_text import Html, tag
from isovigil.exchange.review_words import visible

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
NONE_RECORDED = "No pregnancy under the drug and no unwanted effect that is reported is recorded."


def harm_sheets_as_text(sheets: Sequence[HarmSheet]) -> str:
    """All sheets as plain text, each ready to be copied from."""
    if not sheets:
        return NONE_RECORDED
    return "\n\n".join("\n".join(_lines(sheet)) for sheet in sheets)


def _lines(sheet: HarmSheet) -> list[str]:
    lines = [visible(sheet.headline), "=" * len(sheet.headline), ""]
    lines += ["Report to", *(f"  - {_addressee(each)}" for each in sheet.addressees), ""]
    lines += ["Known", *(f"  - {line.label}: {visible(line.value or '')}" for line in sheet.known), ""]
    lines += ["Still to ask", *(f"  [ ] {each}" for each in sheet.to_ask), ""]
    lines += ["Then", *(f"  [ ] {step}" for step in sheet.next_steps), ""]
    lines += [
        f"Record: about {visible(sheet.about)}. As of {in_words(sheet.on)}, {sheet.programme}.",
        sheet.notice,
    ]
    return lines


def _addressee(told: Told) -> str:
    if told.reported_on is None:
        return f"{told.name}, {told.when}: not reported yet"
    reference = "" if told.reference is None else f", reference {visible(told.reference)}"
    return f"{told.name}: reported on {in_words(told.reported_on)}{reference}"


def harm_sheets_as_json(sheets: Sequence[HarmSheet]) -> str:
    """All sheets as one JSON list."""
    return msgspec.json.format(msgspec.json.encode(list(sheets))).decode()


def harm_sheets_as_html(sheets: Sequence[HarmSheet]) -> str:
    """All sheets as one page to print: no script, no request, every text of the case escaped."""
    style = (files("isovigil.exchange") / "review.css").read_text(encoding="utf-8")
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("title", "Report of harm"),
        Html(f"<style>{style}</style>"),
    )
    body = [_article(sheet) for sheet in sheets] or [tag("p", NONE_RECORDED)]
    page = tag("html", head, tag("body", tag("main", body)), lang="en")
    return f"<!doctype html>\n{page}\n"


def _article(sheet: HarmSheet) -> Html:
    known = [tag("li", tag("strong", f"{line.label}: "), line.value) for line in sheet.known]
    return tag(
        "article",
        tag("h1", sheet.headline),
        _list("Report to", [_addressee(each) for each in sheet.addressees]),
        tag("section", tag("h2", "Known"), tag("ul", known)),
        _list("Still to ask", [f"☐ {each}" for each in sheet.to_ask]),
        _list("Then", [f"☐ {step}" for step in sheet.next_steps]),
        tag("p", f"Record: about {sheet.about}. As of {in_words(sheet.on)}, {sheet.programme}."),
        tag("p", sheet.notice),
    )


def _list(title: str, items: Sequence[str]) -> Html:
    return tag("section", tag("h2", title), tag("ul", [tag("li", item) for item in items]))
