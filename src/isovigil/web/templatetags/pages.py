"""Which parts is a page made of? `{% load pages %}`; docs/pages.md shows each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BaseForm, BoundField
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from isovigil.web.components import ICONS, TONES, Pair, PatientBanner, Table, Task, Words
from isovigil.web.fields import FieldShown, SummaryLine, lines_of, shown

register = template.Library()


@register.simple_tag
def icon(name: str) -> SafeString:
    """A drawn symbol that only repeats a word beside it."""
    return format_html(
        '<svg viewBox="0 0 16 16" aria-hidden="true" focusable="false" fill="none" stroke="currentColor" '
        'stroke-width="1.9" stroke-linecap="round" stroke-linejoin="round">{}</svg>',
        mark_safe(ICONS[name]),  # noqa: S308 - one of our own drawings
    )


@register.simple_tag
def verdict(kind: str, words: Words = "", size: str = "") -> SafeString:
    """A state as symbol, word and colour. `kind` is a key of TONES; `words` replace its own word."""
    tone = TONES[kind]
    return format_html(
        '<span class="verdict verdict--{}{}">{}<span>{}</span></span>',
        tone.css,
        f" verdict--{size}" if size else "",
        icon(tone.icon),
        words or tone.word,
    )


@register.inclusion_tag("components/button.html")
def button(words: Words, kind: str = "", url: str = "", name: str = "", value: str = "") -> dict[str, Any]:
    """A button, or a link that looks like one. `kind`: empty, secondary or warning."""
    return {"words": words, "kind": kind, "url": url, "name": name, "value": value}


@register.inclusion_tag("components/field.html")
def field(
    bound: BoundField,
    hint: Words = "",
    prefix: Words = "",
    suffix: Words = "",
    width: str = "",
    choice_hints: Mapping[str, Words] | None = None,
    is_small: bool = True,
    is_inline: bool = False,
    legend_size: str = "",
    marks_optional: bool = True,
) -> dict[str, FieldShown]:
    """A field with its label, hint and errors, whatever its widget is."""
    return {
        "field": shown(
            bound,
            hint=hint,
            prefix=prefix,
            suffix=suffix,
            width=width,
            choice_hints=choice_hints or {},
            is_small=is_small,
            is_inline=is_inline,
            legend_size=legend_size,
            marks_optional=marks_optional,
        )
    }


@register.inclusion_tag("components/error_summary.html")
def error_summary(*forms: BaseForm) -> dict[str, list[SummaryLine]]:
    """Every problem of the forms at the top of the page, each linked to its field; nothing without any."""
    return {"lines": [line for form in forms for line in lines_of(form)]}


@register.inclusion_tag("components/summary_list.html")
def summary_list(pairs: Sequence[Pair]) -> dict[str, Any]:
    """Names with their values, each with what changes it."""
    return {"pairs": pairs, "has_actions": any(pair.url for pair in pairs)}


@register.inclusion_tag("components/task_list.html")
def task_list(tasks: Sequence[Task], name: str = "task") -> dict[str, Any]:
    """What is to be done, each with its status in a word."""
    return {"tasks": tasks, "name": name}


@register.inclusion_tag("components/table.html")
def data_table(table: Table, stacks: bool = True, hides_caption: bool = False) -> dict[str, Any]:
    """A table; on a narrow screen its rows become blocks."""
    return {"table": table, "stacks": stacks, "hides_caption": hides_caption}


@register.inclusion_tag("components/progress.html")
def progress(words: Words, value: float, out_of: float, said: Words = "") -> dict[str, Any]:
    """How far along: a bar with the same in words."""
    return {"words": words, "value": f"{value:g}", "out_of": f"{out_of:g}", "said": said}


@register.inclusion_tag("components/paging.html")
def paging(page: Page[Any], query: str = "", words: Words = "") -> dict[str, Any]:
    """Where one is among many pages. `query` is what else stands in the address, as `group=safety`."""
    return {"page": page, "query": f"&{query}" if query else "", "words": words}


@register.inclusion_tag("components/patient_banner.html")
def patient_banner(banner: PatientBanner) -> dict[str, PatientBanner]:
    """Whose page this is. Put it into the block of that name."""
    return {"banner": banner}


@register.simple_block_tag
def card(content: str, title: Words = "", tone: str = "", level: int = 2) -> SafeString:
    """A panel that sets something apart. `tone` is a verdict."""
    return _around("components/card.html", content, title=title, tone=tone, level=level)


@register.simple_block_tag
def banner(content: str, tone: str = "", title: Words = "", role: str = "") -> SafeString:
    """A message about the page. With role="alert" it is read out at once: only where somebody must act."""
    return _around("components/banner.html", content, title=title, tone=tone, role=role)


@register.simple_block_tag
def disclosure(content: str, summary: Words, is_open: bool = False) -> SafeString:
    """Something that opens in place; it needs no script, and is always open on paper."""
    return _around("components/disclosure.html", content, summary=summary, is_open=is_open)


def _around(template_name: str, content: str, **values: object) -> SafeString:
    inside = mark_safe(content)  # noqa: S308 - what a template drew between the tags is escaped already
    return render_to_string(template_name, {"content": inside, **values})


@register.filter
def joined_by(parts: Iterable[Words], between: str) -> str:
    """The parts with something between them."""
    return between.join(str(part) for part in parts)
