"""What does the table `laboratory` say about each result of a patient, and which grade has it?"""

from __future__ import annotations

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
from isovigil.exchange.bulk.table_words import Words, gathered, one_for_each_row
from isovigil.law.law import Law
from isovigil.law.refusal import NoRuleInForce

if TYPE_CHECKING:
    import pyarrow as pa

_REPORTED: Final = ("analyte", "value", "unit", "comparator", "upper_limit", "lower_limit", "fasting")
_TOLD: Final = ("canonical_value", "canonical_unit", "grade_5", "grade_6", "grade", "no_grade_because")
_reported_by = attrgetter(*_REPORTED)


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
        self._days: list[date] = []
        self._courses: list[int | None] = []
        self._course_days: list[int | None] = []
        self._places: list[int] = []

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
        days = [fact.taken_on for fact in facts]
        self._days += days
        started_on, opened_on = course.started_on, course.opened_on
        self._courses += [course.number if day >= opened_on else None for day in days]
        self._course_days += [
            None if started_on is None or day < opened_on else days_between(started_on, day) + 1
            for day in days
        ]
        asked: dict[str, tuple[GradeTable | None, tuple[Any, ...]]] = {}
        met = self._words.met
        for fact in facts:
            analyte = fact.analyte
            reported = _reported_by(fact)
            # Zero and minus zero are equal, and are written as they were reported.
            zeros = str(reported) if 0 in reported else None
            try:
                governing = met.get((law, analyte, fact.taken_on)) or self._governing(fact, law)
                table = governing[0]
                known = asked.get(analyte)
                if known is None or known[0] is not table:
                    baseline = baseline_of(course, law, analyte)
                    known = asked[analyte] = (table, () if table is None else table.asked_of(baseline))
                key = (reported, zeros, governing, known[1])
                place = met.get(key)
                if place is None:
                    place = met[key] = self._words.place((*reported, *_told(fact, course, law)))
            except NoRuleInForce:
                place = self._words.place((*reported, *_told(fact, course, law)))
            self._places.append(place)

    def _governing(self, fact: Laboratory, law: Law) -> tuple[GradeTable | None, str]:
        """The table that grades a result, and the version that counts. Raises NoRuleInForce."""
        found = (table_for(fact.analyte, law, fact.taken_on), counting_version(law, fact).value)
        self._words.met[(law, fact.analyte, fact.taken_on)] = found
        return found

    def table(self) -> pa.Table:
        """The rows as an Arrow table; what repeats is kept once."""
        import pyarrow as pa

        from isovigil.exchange.bulk.table_files import schema_of

        schema = schema_of(LABORATORY)
        columns = gathered(
            self._words.said, self._places, [schema.field(name) for name in (*_REPORTED, *_TOLD)]
        )
        columns["patient"] = one_for_each_row(self._patients, self._counts)
        for name, values in (
            ("fact", self._ids),
            ("taken_on", self._days),
            ("course", self._courses),
            ("course_day", self._course_days),
        ):
            columns[name] = pa.array(values, schema.field(name).type)
        return pa.table({name: columns[name] for name in schema.names})


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
