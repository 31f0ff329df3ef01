"""What does an outlined course tell, what does it only suppose, and what does it refuse?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from isovigil.calendar.moment import Moment
from isovigil.calendar.window import first_instant, last_instant
from isovigil.case.case import Case
from isovigil.case.chart import Chart
from isovigil.case.fact import Fact
from isovigil.case.kinds import (
    Category,
    Condition,
    Dispense,
    Laboratory,
    Medicine,
    PregnancyTest,
    Symptom,
    TreatmentStop,
)
from isovigil.decisions.course import Course
from isovigil.decisions.laboratory_results import latest
from isovigil.decisions.outline import (
    TAKES_MEDICINE,
    UNDER_AGE,
    NotInTheOutline,
    Outline,
    OutlinedCourse,
    outline_of,
    unusual_in,
)
from isovigil.decisions.symptom_reports import reported, reported_of
from isovigil.exchange.case_file import case_from_mapping
from tests.decisions.judged import US, ZONES
from tests.synthetic_nation.made_up import ON

ZONE = ZONES[US]


def course_of(case: Case, day: date) -> Course:
    zone = ZoneInfo(case.time_zone)
    return Course(Chart(case, Moment(first_instant(day, zone), zone), last_instant(day, zone)))


EMPTY = Outline(frozenset(), frozenset(), None, False, False, False, False, False)


def outlined(**differing: Any) -> OutlinedCourse:
    return OutlinedCourse(EMPTY._replace(**differing), ON, ZONE)


LOOKS_FURTHER: dict[str, Callable[[Course], object]] = {
    "at the patient": lambda course: course.patient,
    "at the patient on the chart": lambda course: course.chart.patient,
    "at the age": lambda course: course.chart.age_on(ON),
    "at the case": lambda course: course.chart.case,
    "at what was known": lambda course: course.chart.known_by,
    "at what is to come": lambda course: course.chart.coming,
    "at everything": lambda course: course.chart.everything(),
    "at other entries of a fact": lambda course: course.chart.entries_of("p-1"),
    "at the time of day": lambda course: course.today.at,
    "at a cut-off": lambda course: course.today.is_past_instant(datetime(2025, 6, 30, tzinfo=UTC)),
}


@pytest.mark.parametrize("where", LOOKS_FURTHER)
def test_whoever_looks_further_than_the_outline_is_refused(where: str):
    with pytest.raises(NotInTheOutline):
        LOOKS_FURTHER[where](outlined())


def test_a_kind_that_is_not_on_file_is_seen_to_be_absent():
    course = outlined()
    assert course.chart.all(Symptom) == []
    assert course.chart.latest(Symptom) is None
    assert course.chart.open_now(Symptom) == []
    assert course.all(Dispense) == []
    assert course.latest(Dispense) is None
    assert course.opened_on == date.min
    assert course.started_on is None


def test_a_kind_that_is_on_file_is_refused():
    course = outlined(on_file=frozenset({Symptom, PregnancyTest}))
    for looks in (course.chart.all, course.chart.latest, course.chart.open_now):
        with pytest.raises(NotInTheOutline):
            looks(Symptom)
    assert course.all(Symptom) == [], "it is of an earlier course"
    assert course.standing_positive is None, "no positive one stands"
    with pytest.raises(NotInTheOutline):
        _ = outlined(on_file=frozenset({PregnancyTest}), has_standing_positive=True).standing_positive


def test_a_kind_of_the_present_course_is_refused_there():
    course = outlined(on_file=frozenset({Dispense}), of_this_course=frozenset({Dispense}))
    with pytest.raises(NotInTheOutline):
        course.all(Dispense)


def test_the_category_is_told_only_as_far_as_rules_turn_on_it():
    course = outlined(on_file=frozenset({Category}), can_become_pregnant=True, has_started=True)
    assert course.can_become_pregnant
    assert course.has_started
    with pytest.raises(NotInTheOutline):
        _ = course.category


@pytest.mark.parametrize("kind", [Condition, Symptom, TreatmentStop])
def test_words_that_are_asked_for_are_taken_for_absent_and_noted(kind: type[Fact]):
    course = outlined(on_file=frozenset({kind}))
    assert course.chart.saying(kind, ("diabetes", "ibd")) == []
    assert course.chart.open_saying(kind, ("obesity",)) == []
    assert course.taken_for_absent == {"diabetes", "ibd", "obesity"}


def test_of_a_kind_that_is_not_on_file_nothing_need_be_supposed():
    course = outlined()
    assert course.chart.saying(Condition, ("diabetes",)) == []
    assert course.chart.not_over_before(Medicine, ON) == []
    assert course.blood_results == {}
    assert course.taken_for_absent == set()


def test_an_analyte_that_is_asked_for_is_taken_for_absent_and_noted():
    course = outlined(on_file=frozenset({Laboratory}))
    assert latest(course, "ck") is None
    assert "alt" not in course.blood_results
    assert course.taken_for_absent == {"ck", "alt"}


def test_a_symptom_that_is_asked_for_is_taken_for_absent_and_noted():
    course = outlined(on_file=frozenset({Symptom}))
    assert reported_of(course, "AE03") is None
    assert course.taken_for_absent == {"AE03"}
    with pytest.raises(NotInTheOutline):
        reported(course)


LOOKS_AT_RESULTS: dict[str, Callable[[Any], object]] = {
    "at those of one": lambda results: results["alt"],
    "at which there are": list,
    "at how many there are": len,
    "at whether there are any": bool,
    "at all of them": lambda results: results.values(),
    "at a copy": lambda results: {**results},
    "at whether they are these": lambda results: results == {},
}


@pytest.mark.parametrize("where", LOOKS_AT_RESULTS)
def test_blood_results_are_told_by_the_analyte_only(where: str):
    with pytest.raises(NotInTheOutline):
        LOOKS_AT_RESULTS[where](outlined(on_file=frozenset({Laboratory})).blood_results)


def test_a_medicine_of_the_last_366_days_is_taken_for_absent_and_of_earlier_ones_nothing_is_said():
    # 366 days before 30 June 2025 is 29 June 2024.
    course = outlined(on_file=frozenset({Medicine}))
    assert course.chart.not_over_before(Medicine, date(2024, 6, 29)) == []
    assert course.taken_for_absent == {TAKES_MEDICINE}
    with pytest.raises(NotInTheOutline):
        course.chart.not_over_before(Medicine, date(2024, 6, 28))
    with pytest.raises(NotInTheOutline):
        outlined(on_file=frozenset({Condition})).chart.not_over_before(Condition, ON)


def test_everybody_is_taken_to_be_18_and_of_a_higher_age_nothing_is_said():
    course = outlined()
    assert course.chart.is_at_least(12)
    assert course.chart.is_at_least(18)
    assert course.taken_for_absent == {UNDER_AGE}
    with pytest.raises(NotInTheOutline):
        course.chart.is_at_least(19)


def unusual_of(patient: dict[str, Any], *facts: dict[str, Any]) -> set[str]:
    case = case_from_mapping(
        {
            "case": 1,
            "patient": {"id": "p-1", **patient},
            "programme": US,
            "time_zone": "America/New_York",
            "facts": [{"id": f"f-{place}", **fact} for place, fact in enumerate(facts)],
        }
    )
    return unusual_in(course_of(case, ON))


GROWN_UP = {"born_on": "1990-01-01"}


@pytest.mark.parametrize(
    ("patient", "is_under_age"),
    [({"born_on": "2007-06-30"}, False), ({"born_on": "2007-07-01"}, True), ({}, True)],
)
def test_who_is_18_today_is_of_age_and_who_is_younger_or_of_unknown_age_is_not(patient, is_under_age):
    assert unusual_of(patient) == ({UNDER_AGE} if is_under_age else set())


@pytest.mark.parametrize(
    ("to", "takes"), [(None, True), ("2026-01-01", True), ("2024-06-29", True), ("2024-06-28", False)]
)
def test_a_medicine_counts_as_taken_until_366_days_after_its_end(to, takes):
    medicine = {"kind": "medicine", "from": "2024-01-01", "name": "zinc"} | ({"to": to} if to else {})
    assert unusual_of(GROWN_UP, medicine) == ({TAKES_MEDICINE} if takes else set())


def test_the_words_of_facts_are_unusual_also_of_what_is_over():
    found = unusual_of(
        GROWN_UP,
        {"kind": "condition", "from": "2020-01-01", "to": "2020-02-01", "what": "ibd"},
        {"kind": "treatment_stop", "date": "2025-05-01", "reason": "adverse_effect"},
        {"kind": "laboratory", "taken_on": "2025-03-01", "analyte": "ck", "value": 90, "unit": "U/L"},
    )
    assert found == {"ibd", "adverse_effect", "ck"}


def test_what_belongs_to_the_present_course_is_told_by_the_last_day_of_each_kind():
    # The course before ended on 1 May: what is of that day is of the course before, and of 2 May of this one.
    def outline_with_a_test_on(day: str) -> Outline:
        case = case_from_mapping(
            {
                "case": 1,
                "patient": {"id": "p-1"},
                "programme": US,
                "time_zone": "America/New_York",
                "facts": [
                    {"id": "stop", "kind": "treatment_stop", "date": "2025-05-01", "reason": "completed"},
                    {"id": "test", "kind": "pregnancy_test", "taken_on": day, "result": "negative",
                     "setting": "laboratory"},
                ],
            }
        )  # fmt: skip
        return outline_of(course_of(case, ON))

    for day, belongs in (("2025-05-01", False), ("2025-05-02", True)):
        outline = outline_with_a_test_on(day)
        assert PregnancyTest in outline.on_file
        assert (PregnancyTest in outline.of_this_course) is belongs
