"""What do the workers of a run together say about each audit indicator?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final

from isovigil.indicators.totals import Told, Totals
from isovigil.law.rulebook import Rulebook

HIDDEN: Final = "hidden"

Row = tuple[Any, ...]


def indicator_rows(told: Iterable[Mapping[str, Any]], rulebook: Rulebook, on: date) -> list[Row]:
    """The rows of the table `indicators`: what every worker told, summed by programme and policy.

    What is small is hidden as the `audit` values of the day judged say.
    """
    whole: dict[tuple[str, str], Totals] = {}
    for each in told:
        for programme, policy, values in each["indicators"]:
            whole.setdefault((programme, policy), Totals()).add_values(values)
    rows: list[Row] = []
    for key in sorted(whole):
        law = rulebook.readings(*key, on, [on])[0][0]
        rows.extend((*key, *_row(each)) for each in whole[key].told(law, on))
    return rows


def _row(told: Told) -> Row:
    return (
        told.id,
        told.due,
        told.done,
        told.numerator,
        told.denominator,
        told.share,
        told.per_courses,
        told.median_days,
        told.target,
        told.is_below_target,
        [f"{why}: {HIDDEN if count is None else count}" for why, count in told.excluded.items()],
        told.is_hidden,
        told.regimes,
        told.basis,
        told.sources,
    )
