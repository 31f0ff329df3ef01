"""How are the texts for people who take isotretinoin shown, on a terminal and on paper?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from textwrap import fill
from typing import Protocol

from isovigil.exchange.html_text import Html, tag
from isovigil.exchange.patient_texts import Care, Item, PatientTexts, Step, often_in_words
from isovigil.exchange.review_html import link
from isovigil.law.source import Source

_WIDTH = 80
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


class PartTold(Protocol):
    """One part of a self-care plan."""

    @property
    def care(self) -> Care:
        """The part of the body or of the day."""

    @property
    def for_everybody(self) -> tuple[Step, ...]:
        """What everybody does."""

    @property
    def for_this_patient(self) -> tuple[Step, ...]:
        """What this patient does besides."""


def body_as_text(texts: PatientTexts, sources: Mapping[str, Source]) -> str:
    """What the drug does and may do, for a terminal or plain paper."""
    lines = [texts.title, "", _wrapped(texts.intro)]
    for section in texts.sections:
        lines += ["", section.title.upper()]
        for item in section.items:
            lines += [_wrapped(f"{item.title}. {_told(item, texts)}", "- ", "  ")]
    lines += ["", texts.words.seek_help.upper(), *_bulleted(texts.seek_help)]
    lines += ["", texts.words.sources.upper()]
    lines += [_wrapped(_cited(sources[each]), "- ", "  ") for each in texts.sources()]
    return "\n".join([*lines, "", _wrapped(texts.notice)])


def body_as_html(texts: PatientTexts, sources: Mapping[str, Source]) -> str:
    """The same as one page that asks for nothing from outside."""
    content = [tag("h1", texts.title), tag("p", texts.intro)]
    for section in texts.sections:
        content.append(tag("h2", section.title))
        content += [_item_as_html(item, texts) for item in section.items]
    content += _help_as_html(texts)
    content += [
        tag("h2", texts.words.sources),
        tag(
            "ul",
            [
                tag("li", link(sources[each].title, sources[each].url), f", {sources[each].issuer}")
                for each in texts.sources()
            ],
        ),
    ]
    return _page(texts, texts.title, content)


def plan_as_text(texts: PatientTexts, parts: Sequence[PartTold]) -> str:
    """A self-care plan for a terminal or plain paper."""
    lines = [texts.words.self_care_title]
    for part in parts:
        lines += ["", part.care.title.upper()]
        if part.for_this_patient:
            lines += [f"{texts.words.your_turn}:", *_bulleted(part.for_this_patient)]
        lines += _bulleted(part.for_everybody)
    lines += ["", texts.words.seek_help.upper(), *_bulleted(texts.seek_help)]
    return "\n".join([*lines, "", _wrapped(texts.notice)])


def plan_as_html(texts: PatientTexts, parts: Sequence[PartTold]) -> str:
    """A self-care plan as one page to print."""
    content = [tag("h1", texts.words.self_care_title)]
    for part in parts:
        content.append(tag("h2", part.care.title))
        if part.for_this_patient:
            content += [tag("h3", texts.words.your_turn), _listed(part.for_this_patient)]
        if part.for_everybody:
            content.append(_listed(part.for_everybody))
    return _page(texts, texts.words.self_care_title, [*content, *_help_as_html(texts)])


def _told(item: Item, texts: PatientTexts) -> str:
    parts = [item.text]
    if item.often is not None:
        often = often_in_words(item.often, texts.words)
        parts.append(f"{often[0].upper()}{often[1:]}.")
    if item.help is not None:
        parts.append(f"{texts.words.helps} {item.help}.")
    return " ".join(parts)


def _item_as_html(item: Item, texts: PatientTexts) -> Html:
    return tag("p", tag("strong", f"{item.title}. "), _told(item, texts))


def _help_as_html(texts: PatientTexts) -> list[Html]:
    return [tag("h2", texts.words.seek_help), _listed(texts.seek_help)]


def _listed(steps: Iterable[Step]) -> Html:
    return tag("ul", [tag("li", step.says) for step in steps])


def _page(texts: PatientTexts, title: str, content: Sequence[Html]) -> str:
    style = (files("isovigil.exchange") / "review.css").read_text(encoding="utf-8")
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        tag("link", rel="icon", href="data:,"),
        tag("title", title),
        Html(f"<style>{style}</style>"),
    )
    body = tag("body", tag("main", list(content), tag("footer", tag("p", texts.notice))))
    return f"<!doctype html>\n{tag('html', head, body, lang=texts.language)}"


def _bulleted(steps: Iterable[Step]) -> list[str]:
    return [_wrapped(step.says, "- ", "  ") for step in steps]


def _cited(source: Source) -> str:
    return f"{source.title}, {source.issuer}"


def _wrapped(text: str, first: str = "", following: str = "") -> str:
    return fill(text, _WIDTH, initial_indent=first, subsequent_indent=following, break_on_hyphens=False)
