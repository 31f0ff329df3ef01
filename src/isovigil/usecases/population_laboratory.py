"""What does the table `laboratory` say about each result of a patient, and which grade has it?"""

from __future__ import annotations

from collections.abc import Hashable
from datetime import date
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

from isovigil.calendar.days import days_between
from isovigil.case.kinds import Laboratory
from isovigil.case.units import canonical_unit, canonical_value
from isovigil.decisions.course import Course
from isovigil.decisions.ctcae import Grade, GradeTable, counting_version, grades, table_for
from isovigil.decisions.laboratory_results import baseline_of
from isovigil.exchange.bulk.declared_tables import LABORATORY
from isovigil.exchange.bulk.table_words import Words, gathered, one_for_each_row, rows_of_each, whole_numbers
from isovigil.law.law import Law
from isovigil.law.refusal import NoRuleInForce

if TYPE_CHECKING:
    import pyarrow as pa

_REPORTED: Final = ("analyte", "value", "unit", "comparator", "upper_limit", "lower_limit", "fasting")
_TOLD: Final = ("canonical_value", "canonical_unit", "grade_5", "grade_6", "grade", "no_grade_because")
_reported_by = attrgetter(*_REPORTED[1:])

_Governing = tuple[GradeTable | None, str]
"""The table that grades an analyte's results, and the version that counts."""
_LOOK_CLOSER: Final = -1
"""In place of a place, where something reported is zero."""


class LaboratoryColumns:
    """The rows of the table `laboratory` for some patients, as columns.

    The same numbers come back from thousands of draws, and with them everything but whose and when.
    """

    def __init__(self, words: Words) -> None:
        words.forget_where_too_many()
        self._words = words
        self._patients: list[str] = []
        self._counts: list[int] = []
        self._ids: list[str] = []
        self._places: list[int] = []
        self._draws: list[int] = []
        """Before how many results each draw stands: of one are all of a patient's results of one day."""
        self._days: list[date] = []
        self._courses: list[int | None] = []
        self._course_days: list[int | None] = []

    def __len__(self) -> int:
        return len(self._places)

    def add(self, patient: str, course: Course, law: Law) -> None:
        """Add every result that stands in the chart of a course, each graded by the law of its day."""
        facts = course.chart.all(Laboratory)
        if not facts:
            return
        self._patients.append(patient)
        self._counts.append(len(facts))
        self._ids += [fact.id for fact in facts]
        places = self._places
        day: date | None = None
        governing_by: dict[str, _Governing] = {}
        met_by: dict[str, dict[Hashable, int]] = {}
        for fact in facts:
            if fact.taken_on != day:
                day = fact.taken_on
                before, governing_by = governing_by, law.worked_out(_nothing_asked_yet, day)
                if governing_by is not before:
                    met_by = {}
                self._add_draw(day, course)
            try:
                met = met_by.get(fact.analyte)
                if met is None:
                    met = met_by[fact.analyte] = self._met(fact, governing_by, course, law)
                reported = _reported_by(fact)
                place = met.get(reported)
                if place is None or place == _LOOK_CLOSER:
                    place = self._place(met, reported, fact, course, law)
            except NoRuleInForce:
                place = self._words.place((fact.analyte, *_reported_by(fact), *_told(fact, course, law)))
            places.append(place)

    def _add_draw(self, day: date, course: Course) -> None:
        self._draws.append(len(self._places))
        self._days.append(day)
        is_of_it, started_on = day >= course.opened_on, course.started_on
        self._courses.append(course.number if is_of_it else None)
        self._course_days.append(
            days_between(started_on, day) + 1 if is_of_it and started_on is not None else None
        )

    def _met(
        self, fact: Laboratory, governing_by: dict[str, _Governing], course: Course, law: Law
    ) -> dict[Hashable, int]:
        """The places of what was reported before of an analyte and is told alike, as far as law and baseline
        decide. Raises NoRuleInForce.
        """
        analyte = fact.analyte
        governing = governing_by.get(analyte)
        if governing is None:
            governing = governing_by[analyte] = _governing(fact, law)
        baseline, table = baseline_of(course, law, analyte), governing[0]
        alike = (analyte, governing, () if table is None else table.asked_of(baseline))
        met: dict[Hashable, int] | None = self._words.met.get(alike)
        if met is None:
            met = self._words.met[alike] = {}
        return met

    def _place(
        self, met: dict[Hashable, int], reported: tuple[Any, ...], fact: Laboratory, course: Course, law: Law
    ) -> int:
        """The place of what was not met before, or may be no more than equal to it: zero and minus zero are
        equal, and are written as they were reported.
        """
        key: Hashable = reported
        if 0 in (fact.value, fact.upper_limit, fact.lower_limit):
            met[reported] = _LOOK_CLOSER
            key = str(reported)
        place = met.get(key)
        if place is None:
            place = met[key] = self._words.place((fact.analyte, *reported, *_told(fact, course, law)))
        return place

    def table(self) -> pa.Table:
        """The rows as an Arrow table; what repeats is kept once."""
        import pyarrow as pa

        from isovigil.exchange.bulk.table_files import schema_of

        schema = schema_of(LABORATORY)
        columns = gathered(
            self._words.said,
            whole_numbers(self._places),
            [schema.field(name) for name in (*_REPORTED, *_TOLD)],
        )
        columns["patient"] = one_for_each_row(self._patients, self._counts)
        columns["fact"] = pa.array(self._ids, schema.field("fact").type)
        draws = rows_of_each([*self._draws[1:], len(self)])
        for name, values in (
            ("taken_on", self._days),
            ("course", self._courses),
            ("course_day", self._course_days),
        ):
            columns[name] = pa.array(values, schema.field(name).type).take(draws)
        return pa.table({name: columns[name] for name in schema.names})


def _nothing_asked_yet(law: Law, on: date) -> dict[str, _Governing]:
    """For each analyte what governs its results of a day, to be filled as results are met."""
    return {}


def _governing(fact: Laboratory, law: Law) -> _Governing:
    """Raises NoRuleInForce where the law holds none for the day of the draw."""
    return table_for(fact.analyte, law, fact.taken_on), counting_version(law, fact).value


def _told(fact: Laboratory, course: Course, law: Law) -> tuple[Any, ...]:
    """What is said of one result beside what was reported; where no rule is in force, that."""
    told: tuple[Grade, ...] = ()
    counting: Grade | None = None
    try:
        told = grades(fact, baseline_of(course, law, fact.analyte), law)
        version = counting_version(law, fact).value
        counting = next((each for each in told if each.version == version), None)
        because = None if counting is None else counting.because
    except NoRuleInForce as nothing:
        because = str(nothing)
    by_version = {each.version: each.grade for each in told}
    return (
        canonical_value(fact.analyte, fact.value, fact.unit),
        canonical_unit(fact.analyte),
        by_version.get("5.0"),
        by_version.get("6.0"),
        None if counting is None else counting.grade,
        because,
    )
