"""Does every day have exactly one regime, two readings of an open date, or a named refusal?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from itertools import groupby

import pytest

from isovigil import load_rulebook
from isovigil.law.refusal import NoRuleInForce
from isovigil.law.rulebook import Rulebook

FIRST, LAST = date(2003, 1, 1), date(2026, 12, 31)
NOW = date(2026, 11, 21)

# Each rung: the regimes that may govern from this day on, until the next rung. `-` is a refusal, and two
# words are the two readings of an open date. Taken from the published timelines of regimes, day by day.
LADDERS = {
    "us_ipledge": """
        2003-01-01 -
        2007-12-01 - 2007-12
        2008-01-01 2007-12
        2021-12-13 2021-12-13
        2026-11-15 2021-12-13 2026-modification
    """,
    "uk_mhra": """
        2003-01-01 -
        2005-01-01 - 2005
        2006-01-01 2005
        2019-06-01 2005 2019-06
        2019-07-01 2019-06
        2023-10-31 2023-10-31
        2024-02-01 2023-10-31 2024-02
        2024-03-01 2024-02
        2025-10-27 2025-10-27
        2026-01-22 2026-01-22
    """,
    "eu_ppp": """
        2003-01-01 -
        2003-10-17 2003-10-17
        2018-06-01 2003-10-17 2018-06
        2018-07-01 2018-06
    """,
    "de_amvv": """
        2003-01-01 -
        2003-10-17 2003-10-17
        2018-06-01 2003-10-17 2018-06
        2018-07-01 2018-06
        2019-03-29 2018-06 amvv-2019
        2019-04-02 amvv-2019
    """,
    "fr_ansm": """
        2003-01-01 -
        2003-10-17 2003-10-17
        2015-05-01 2003-10-17 2015-05
        2015-06-01 2015-05
        2018-06-01 2015-05 2018-06
        2018-07-01 2018-06
    """,
    "it_aifa": """
        2003-01-01 -
        2003-10-17 2003-10-17
        2005-11-01 2003-10-17 2005-11
        2005-12-01 2005-11
        2018-06-01 2005-11 2018-06
        2018-07-01 2018-06
    """,
    "nl_ppp": """
        2003-01-01 -
        2003-10-17 2003-10-17
        2004-11-01 2004-11-01
        2018-06-01 2004-11-01 2018-06
        2018-07-01 2018-06
    """,
}


@cache
def rulebook() -> Rulebook:
    return load_rulebook()


def every_day() -> Iterator[date]:
    return (FIRST + timedelta(days=count) for count in range((LAST - FIRST).days + 1))


def regimes_on(programme: str, day: date) -> tuple[str, ...]:
    """The regime of each reading of the day, earlier law first; `-` where the day is refused."""
    told = []
    for law, _ in rulebook().readings(programme, "balanced", NOW, [day]):
        try:
            told.append(law.regime_on(day).id.partition("/")[2])
        except NoRuleInForce:
            told.append("-")
    return tuple(dict.fromkeys(told))


def test_every_programme_that_is_held_has_a_ladder():
    assert LADDERS.keys() == rulebook().programmes.keys()


@pytest.mark.parametrize("programme", LADDERS)
def test_every_day_stands_on_one_rung(programme: str):
    rungs = groupby(every_day(), lambda day: regimes_on(programme, day))
    climbed = [f"{next(days)} {' '.join(regimes)}" for regimes, days in rungs]
    assert climbed == [line.strip() for line in LADDERS[programme].strip().splitlines()]
