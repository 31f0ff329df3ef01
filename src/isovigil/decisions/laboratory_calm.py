"""What is told of a blood result that asks for nothing, whoever it is of?

Most results of most patients lie in the mildest band of their table. All that is said of such a result but
whose it is and when it was drawn follows from its numbers, so it is worked out once for equal numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, Final, NamedTuple

from isovigil.calendar.days import in_words
from isovigil.case.kinds import Laboratory
from isovigil.decisions.ctcae import TABLES, VERSION, GradeTable, graded_by, table_for
from isovigil.decisions.finding import Outcome
from isovigil.decisions.laboratory_bands import RESULTS_KEPT, band_table
from isovigil.decisions.laboratory_results import Baseline, may_be_worse, value_in_words, was_raised
from isovigil.law.law import Law
from isovigil.law.value import Dated

IsGrave = Callable[[Laboratory], bool]
_TABLES_KEPT: Final = 32
_NOT_YET: Final[Any] = object()


class _Said(NamedTuple):
    """All that is said of a result but its day and its id."""

    value: str
    judged: str
    values: tuple[Dated[Any], ...]


class _Calm:
    """What the law of some days says of the results of one table that ask for nothing."""

    def __init__(
        self,
        law: Law,
        on: date,
        rests_on: tuple[Dated[Any], ...],
        analytes: tuple[str, ...],
        is_grave: IsGrave,
    ) -> None:
        self.rests_on = rests_on
        """Every value of law behind it, that of the table first."""
        self._bands = band_table(rests_on[0])
        self._is_grave = is_grave
        self._version = law.word(VERSION, on)
        self._grades: dict[str, GradeTable | None] = {name: table_for(name, law, on) for name in analytes}
        self._said: dict[tuple[Any, ...], _Said | None] = {}

    def outcome(self, fact: Laboratory, baseline: Baseline | None) -> Outcome | None:
        """The outcome of a result, where its numbers alone tell that it asks for nothing."""
        grades = self._grades[fact.analyte]
        asked = None if baseline is None or grades is None else grades.asked_of(baseline)
        key = (graded_by(fact), asked)
        said = self._said.get(key, _NOT_YET)
        if said is _NOT_YET:
            if len(self._said) >= RESULTS_KEPT:
                self._said.clear()
            said = self._said[key] = self._find(fact, baseline)
        if said is None:
            return None
        says = f"{said.value} on {in_words(fact.taken_on)}: {said.judged}"
        # By place, as `nothing_asked` makes it: this is the answer of nearly everybody.
        return Outcome("met", says, None, None, None, (fact.id,), said.values, False, None, "continue")

    def _find(self, fact: Laboratory, baseline: Baseline | None) -> _Said | None:
        placed = self._bands.place(fact, None, 0)
        is_mildest = placed.place == 0 and placed.missing is None and not placed.has_conditions
        if not is_mildest or placed.row["action"] != "continue" or may_be_worse(fact) or self._is_grave(fact):
            return None
        grades = self._grades[fact.analyte]
        graded = "" if grades is None else grades.in_words(fact, baseline, self._version.value)
        judged = f"{placed.band}. {graded}" if graded else f"{placed.band}."
        return _Said(value_in_words(fact), judged, (placed.value, self._version))


class _NotHeld:
    """Some value is not held for these days: each rule says itself which one it misses."""

    def outcome(self, fact: Laboratory, baseline: Baseline | None) -> None:
        """Nothing can be said of any result."""


CalmResults = Callable[[Law, date], "_Calm | _NotHeld"]
"""What the law of a day says of the results of one table that ask for nothing."""


def _none_is_grave(_: Law, __: date) -> IsGrave:
    return lambda _: False


def calm_results(
    table: str,
    analytes: tuple[str, ...],
    also_asked: tuple[str, ...] = (),
    unless: Callable[[Law, date], IsGrave] = _none_is_grave,
) -> CalmResults:
    """The results in the mildest band of a table, which can be of these analytes.

    `unless` tells by the law of a day which of them may ask for something all the same. `also_asked` names
    the values that it asks for, and any other that the rule would ask for before it told the same.
    """
    graded_by_values = tuple(TABLES[name] for name in analytes if name in TABLES)
    asked = (table, VERSION, *graded_by_values, *also_asked)
    kept: dict[tuple[int, ...], _Calm] = {}

    def calm(law: Law, on: date) -> _Calm | _NotHeld:
        if not all(law.holds(name, on) for name in asked):
            return _NotHeld()
        rests_on = tuple([law.value(name, on) for name in asked])
        # One for the same values, however many other values change while they govern.
        key = tuple(map(id, rests_on))
        found = kept.get(key)
        if found is None:
            if len(kept) >= _TABLES_KEPT:
                kept.clear()
            found = kept[key] = _Calm(law, on, rests_on, analytes, unless(law, on))
        return found

    return calm


def calm_outcome(calm: CalmResults, fact: Laboratory, baseline: Baseline | None, law: Law) -> Outcome | None:
    """The outcome of a result that asks for nothing; None where the rule has to look at it.

    A raised baseline is looked at always. Zero is too: it equals minus zero, which is told otherwise.
    """
    if not fact.value or (baseline is not None and was_raised(baseline)):
        return None
    return law.worked_out(calm, fact.taken_on).outcome(fact, baseline)
