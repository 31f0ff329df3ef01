"""How is a page built so that no text can ever become a tag?"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from isovigil.exchange.review_words import visible

VOID = frozenset({"meta", "link", "br", "hr"})


class Html(str):
    """Text that is already HTML. Every other text is escaped before it stands beside it."""

    __slots__ = ()


Child = str | Html | None | Iterable["str | Html | None"]


def tag(name: str, /, *children: Child, **attributes: str | float | None) -> Html:
    """An element. Texts are escaped, `Html` is kept, None is left out.

    An attribute's trailing underscore is dropped, inner ones become hyphens: ``class_``,
    ``aria_label``.
    """
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(visible(str(value)), quote=True)}"'
        for key, value in attributes.items()
        if value is not None
    )
    if name in VOID:
        return Html(f"<{name}{given}>")
    return Html(f"<{name}{given}>{joined(*children)}</{name}>")


def joined(*children: Child) -> Html:
    """Children one after the other, escaped unless they are already HTML."""
    return Html("".join(_one(child) for child in children))


def _one(child: Child) -> str:
    if child is None:
        return ""
    if isinstance(child, Html):
        return str(child)
    if isinstance(child, str):
        return escape(visible(child), quote=True)
    return "".join(_one(each) for each in child)


def table(caption: str, heads: Iterable[str], rows: Iterable[Iterable[Child]], **attributes: str) -> Html:
    """A table whose heads say their scope; the first cell of each row is its head.

    The roles are what a table's parts have anyway; said aloud, they outlast a narrow screen's layout.
    """
    head = tag("tr", [tag("th", text, scope="col", role="columnheader") for text in heads], role="row")
    body = []
    for row in rows:
        first, *others = row
        cells = [tag("td", cell, role="cell") for cell in others]
        body.append(tag("tr", tag("th", first, scope="row", role="rowheader"), cells, role="row"))
    return tag(
        "table",
        tag("caption", caption),
        tag("thead", head, role="rowgroup"),
        tag("tbody", body, role="rowgroup"),
        role="table",
        **attributes,
    )
