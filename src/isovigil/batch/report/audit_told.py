"""How are the audit indicators A1 to A22 shown?"""

from __future__ import annotations

from typing import Any, Final

from isovigil.batch.report.drawing import Bar, bars
from isovigil.batch.report.past_acts import NOT_JUDGED
from isovigil.batch.report.reading import RunTables
from isovigil.batch.report.shown import HIDDEN
from isovigil.batch.report.told import Figure, Told, Value

_COLUMNS: Final = (
    "programme", "indicator", "due", "done", "numerator", "denominator", "share", "per_courses",
    "median_days", "target", "is_below_target", "excluded",
)  # fmt: skip


def indicators(tables: RunTables) -> Figure:
    """Each indicator with its numerator, its denominator and what was left out."""
    title = "Audit: how often was done what was due?"
    found = [
        dict(zip(_COLUMNS, row, strict=True))
        for row in tables.rows(f"SELECT {', '.join(_COLUMNS)} FROM indicators")  # noqa: S608 - no words of a caller
    ]
    if not found:
        return Figure("indicators", title, [NOT_JUDGED if not tables.has_acts else "There are none."], [])
    several = len({each["programme"] for each in found}) > 1
    rows = [_row(each, several=several) for each in found]
    lying = [
        Bar(
            f"{each['indicator']} {each['done']}",
            None if each["share"] is None else 100 * each["share"],
            _share(each),
            "plain" if each["is_below_target"] is None else "wait" if each["is_below_target"] else "good",
        )
        for each in found
        if each["denominator"] != 0 and each["per_courses"] is None and each["median_days"] is None
        and each["indicator"] not in _NO_SHARE
    ]  # fmt: skip
    drawn = bars("indicators", "Shares of the audit indicators; the table says the same", lying, 100.0,
                 "✔ reaches the target, ✖ falls below it. Nothing due: not drawn.")  # fmt: skip
    heads = ("indicator", "due", "done", "how many", "of", "share", "target", "left out of both")
    says = [
        (
            f"Numbers from 1 to {tables.below - 1} are hidden, and every other that would tell one of "
            "them in its own row. Indicators about the same courses can still be subtracted from each "
            "other: mind that before publishing several. What each counts: docs/population/indicators.md."
        )
    ]
    return Figure("indicators", title, says, [Told("Indicators", heads, rows, is_long=True)], drawn)


_NO_SHARE: Final = frozenset({"A19", "A20"})


def _row(each: dict[str, Any], *, several: bool) -> list[Value]:
    share = _share(each)
    name = f"{each['indicator']} ({each['programme']})" if several else each["indicator"]
    numerator = "–" if each["median_days"] is not None else each["numerator"]
    target = "–" if each["target"] is None else f"{100 * each['target']:g} %"
    return [
        name,
        each["due"],
        each["done"],
        numerator,
        each["denominator"],
        None if share == HIDDEN else share,
        target,
        "; ".join(each["excluded"]) or "nothing",
    ]


def _share(each: dict[str, Any]) -> str:
    if each["denominator"] == 0:
        return "nothing was due"
    if each["median_days"] is not None:
        return f"{each['median_days']:g} days (median)"
    if each["per_courses"] is not None:
        return f"{each['per_courses']:.1f} per 1,000"
    if each["share"] is None:
        return HIDDEN
    sign = {None: "", True: "✖ ", False: "✔ "}[each["is_below_target"]]
    return f"{sign}{100 * each['share']:.1f} %"
