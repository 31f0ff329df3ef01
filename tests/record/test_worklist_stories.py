"""Do the worklist and the course keep what the clinic's stories promise (C1, C4, C5, C11)?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from isovigil.case.case import Case
from isovigil.case.kinds import (
    Dispense,
    PlatformOutage,
    Prescription,
    Return,
    Reversal,
    TreatmentStop,
    Weight,
)
from isovigil.exchange.case_file import case_from_mapping
from isovigil.storage.tenancy import reading
from isovigil.usecases.record.acting import Acting
from isovigil.usecases.record.course_read import CourseRead, read_course
from isovigil.usecases.record.demo_clinic import put_patient_on_record
from isovigil.usecases.record.judging import judge_now, judging_of, rulebook_in_use
from isovigil.usecases.record.patient_case import Identity, on_record
from isovigil.usecases.record.record_facts import record_facts
from isovigil.usecases.record.worklist_read import OWNERS, WorklistAsked, day_sheet, read_worklist
from isovigil.usecases.record.worklist_rows import Line
from isovigil.usecases.synthetic_clinic.clinic import make_clinic
from isovigil.usecases.worklist import GROUPS, Row, row_of, worklist
from isovigil.web.course.dose_shown import dose_shown
from isovigil.web.course.requirements import requirements_of
from tests.profiles import how_many
from tests.record.records import NOW, ON_SQLITE, Record

pytestmark = ON_SQLITE

MINUTE = timedelta(minutes=1)
ALANINE = {"kind": "laboratory", "taken_on": "2026-03-10", "analyte": "alt", "value": 260, "unit": "U/L"}
WEIGHT = {"kind": "weight", "date": "2026-03-10", "kg": 71}
POSITIVE = {
    "kind": "pregnancy_test",
    "taken_on": "2026-03-10",
    "result": "positive",
    "setting": "laboratory",
    "specimen": "serum",
}
NEGATIVE = {**POSITIVE, "result": "negative"}
MOOD = {"kind": "questionnaire", "date": "2026-03-10", "tool": "phq9", "items": [1, 1, 2, 1, 1, 0, 0, 0, 1]}
STOP = {"kind": "treatment_stop", "date": "2026-03-09", "reason": "completed"}
RECORDED = st.lists(
    st.tuples(
        st.integers(1, 26 * 60),  # minutes that pass: up to a day and a little more
        st.integers(0, 99),  # about whom
        st.sampled_from([ALANINE, WEIGHT, POSITIVE, NEGATIVE, MOOD, STOP]),
    ),
    min_size=1,
    max_size=6,
)


def put_clinic(record: Record, courses: int, seed: int = 3) -> list[UUID]:
    acting = record.acting("coordinator", NOW - timedelta(hours=1))
    return [
        put_patient_on_record(
            acting, Identity(name=each.person.name, second_id=f"N-{place}"), each.case, source="made up"
        )
        for place, each in enumerate(make_clinic("us_ipledge", NOW.date(), seed, courses))
    ]


# -- C1: whose move is it today? ------------------------------------------------------------------------


def every_line(acting: Acting) -> list[Line]:
    """The whole worklist as one leafs through it: every group, every page."""
    lines: list[Line] = []
    for group in GROUPS:
        page = 1
        while True:
            read = read_worklist(acting, WorklistAsked(group=group, page=page))
            assert all(line.row.group == group for line in read.lines)
            lines += read.lines
            if page == read.pages:
                break
            page += 1
    return lines


def folded(acting: Acting, patients: Sequence[UUID]) -> list[Row]:
    """The same from the log alone: each patient's entries, judged at this moment, in order of urgency."""
    rows = []
    with reading(acting.clinic):
        judging = judging_of(acting.clinic)
        for patient in patients:
            known = on_record(acting.clinic, patient, judging)
            rows.append(row_of(known.case, judge_now(known.case, judging, acting), name=known.identity.name))
    return list(worklist(rows).rows)


def test_the_worklist_is_the_fold_of_the_record_whatever_was_recorded(record: Record):
    """Every open course exactly once, with step, owner and deadline, in the order of urgency."""
    patients = [*put_clinic(record, how_many(quick=12, nightly=60)), record.patient]
    clock = [NOW]
    groups = Counter[str]()

    @settings(
        max_examples=how_many(quick=12, nightly=300),
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    @given(RECORDED)
    def holds(happenings: list[tuple[int, int, dict[str, Any]]]) -> None:
        for minutes, place, fact in happenings:
            clock[0] += minutes * MINUTE
            patient = patients[place % len(patients)]
            record_facts(record.acting("prescriber", clock[0]), patient, [fact], request=uuid4().hex)
        acting = record.acting("nurse", clock[0])
        lines = every_line(acting)
        assert [line.row for line in lines] == folded(acting, patients)
        assert Counter(line.patient for line in lines) == Counter(patients)
        for line in lines:
            groups[line.row.group] += 1
            tells_what_to_do(line.row)

    holds()
    assert len(groups) >= 4, groups


def tells_what_to_do(row: Row) -> None:
    """A step always; an owner wherever there is something to do; and by when, or from when."""
    assert row.next_step
    if row.group == "nothing":
        return
    assert row.whose_move is not None or row.group == "waiting", row
    if row.group == "closing":
        assert row.deadline is not None
        assert row.slack is not None
    if row.group == "waiting":
        assert row.opens_on is not None or row.deadline is not None, row


def test_filtering_by_owner_loses_and_doubles_nobody(record: Record):
    put_clinic(record, 30)
    acting = record.acting("nurse")
    everybody = every_line(acting)
    for owner in OWNERS:
        read = read_worklist(acting, WorklistAsked(owner=owner))
        assert read.total == sum(line.row.whose_move == owner for line in everybody)
    first = read_worklist(acting, WorklistAsked())
    assert first.total == sum(line.row.group != "nothing" for line in everybody)
    assert sum(first.counts.values()) == len(everybody) == 31  # the thirty, and the patient of every test


# -- C4: cumulative dose, target and remaining capsules without a calculator -----------------------------


def worked_out_by_hand(case: Case) -> float | None:
    """Cumulative mg/kg of the course: the sum of capsules x mg / weight of that day, less what came back.

    A second implementation, from the case's facts alone: facts that stand, of the last course, without
    hand-overs that were reversed; a weight counts from its day on, the first one also before.
    """
    gone = {fact.supersedes for fact in case.facts if fact.supersedes}
    facts = [fact for fact in case.facts if fact.id not in gone and not fact.withdrawn]
    undone = {fact.dispense for fact in facts if isinstance(fact, Reversal)}
    weights = sorted((fact.date, fact.kg) for fact in facts if isinstance(fact, Weight))
    ends = [fact.date for fact in facts if isinstance(fact, TreatmentStop)]
    given = [fact for fact in facts if isinstance(fact, Dispense) and fact.id not in undone]
    since = max((end for end in ends if any(fact.date > end for fact in given)), default=None)
    given = [fact for fact in given if since is None or fact.date > since]
    if not given or not weights:
        return None
    orders = {fact.id: fact for fact in facts if isinstance(fact, Prescription)}
    total = 0.0
    for hand_over in given:
        if hand_over.capsules is None:
            milligrams = orders[hand_over.prescription or ""].daily_dose_mg * hand_over.days_supply
        else:
            milligrams = sum(each.mg * each.count for each in hand_over.capsules)
        total += milligrams / kilograms(weights, hand_over.date)
    for back in (fact for fact in facts if isinstance(fact, Return)):
        if since is None or back.date > since:
            total -= sum(each.mg * each.count for each in back.capsules) / kilograms(weights, back.date)
    return total


def kilograms(weights: Sequence[tuple[Any, float]], day: Any) -> float:
    known = [kg for date, kg in weights if date <= day]
    return known[-1] if known else weights[0][1]


def courses_read(record: Record, courses: int, seed: int = 3) -> Iterator[CourseRead]:
    for patient in put_clinic(record, courses, seed):
        yield read_course(record.acting("prescriber"), patient, page="course")


def test_the_cumulative_dose_agrees_with_an_independent_calculation(record: Record):
    agreed = 0
    for read in courses_read(record, how_many(quick=60, nightly=400)):
        shown = dose_shown(read)
        by_hand = worked_out_by_hand(read.known.case)
        if shown.cumulative is None or any(each.product != "conventional" for each in shown.hand_overs):
            continue
        assert by_hand is not None
        assert shown.cumulative == pytest.approx(by_hand, abs=0.1)
        assert shown.hand_overs, "it does not say which hand-overs are counted"
        agreed += 1
    assert agreed >= 20


def test_the_numbers_of_one_course_worked_out_on_paper(record: Record):
    """40 mg a day for 68 kg: 30 capsules of 40 mg on 1 January and 30 on 31 January, 5 came back.

    (30 + 30 - 5) x 40 mg / 68 kg = 2200 / 68 = 32.35 mg/kg; of 120 mg/kg that is 27 %.
    Capsules of 60 days from 1 January last through 1 March: on 20 February, 11 days with that day are left.
    """
    acting = record.acting("prescriber", datetime(2026, 2, 20, 15, 0, tzinfo=UTC))
    who = Identity(name="On Paper", second_id="P-1")
    patient = put_patient_on_record(acting, who, case_from_mapping(ON_PAPER), source="made up")
    shown = dose_shown(read_course(acting, patient, page="course"))
    assert shown.cumulative == pytest.approx(32.35, abs=0.01)
    assert (shown.target_low, shown.percent) == (120, 27)
    assert [str(each.date) for each in shown.hand_overs] == ["2026-01-01", "2026-01-31"]
    assert shown.handed_over == "60 × 40 mg"
    assert shown.returned == "5 × 40 mg"
    assert shown.a_day == "1 × 40 mg"
    assert str(shown.last_until) == "2026-03-02"
    assert (shown.left_days, shown.left) == (10, "10 × 40 mg")


def handed_over(on: str, name: str) -> dict[str, Any]:
    capsules = [{"mg": 40, "count": 30}]
    return {"kind": "dispense", "id": name, "date": on, "days_supply": 30, "capsules": capsules}


ON_PAPER = {
    "case": 1,
    "patient": {"id": "on-paper", "born_on": "2000-01-01", "sex": "male"},
    "programme": "us_ipledge",
    "policy": "balanced",
    "time_zone": "America/New_York",
    "facts": [
        {
            "kind": "category",
            "id": "c",
            "date": "2025-12-20",
            "can_become_pregnant": False,
            "by": "prescriber",
        },
        {"kind": "weight", "id": "w", "date": "2025-12-20", "kg": 68},
        {
            "kind": "prescription",
            "id": "p",
            "issued_on": "2026-01-01",
            "daily_dose_mg": 40,
            "days_supply": 30,
        },
        handed_over("2026-01-01", "first"),
        handed_over("2026-01-31", "second"),
        handed_over("2026-02-15", "mistaken"),
        {"kind": "reversal", "id": "r", "date": "2026-02-15", "dispense": "mistaken"},
        {"kind": "return", "id": "b", "date": "2026-02-10", "capsules": [{"mg": 40, "count": 5}]},
    ],
}


# -- C5: why does it say hold? --------------------------------------------------------------------------


def test_every_open_requirement_has_its_reason_rule_date_source_and_one_action(record: Record):
    rulebook = rulebook_in_use()
    held = 0
    with timezone.override("America/New_York"):
        for read in courses_read(record, how_many(quick=80, nightly=400), seed=5):
            shown = requirements_of(read, rulebook)
            told = {each.rule: each for each in shown.open_ones}
            for verdict in read.review.gates.values():
                if verdict.verdict in ("hold", "stop"):
                    held += 1
                    assert verdict.because, "a verdict without a reason"
                assert set(verdict.because) <= set(told), "a reason that the page does not list"
            for one in shown.open_ones:
                assert one.says, one.rule
                assert one.step, one.rule
                assert one.asks.endswith("?"), one.rule
                assert one.quoted, f"{one.rule} names no date and no source"
                for value in one.quoted:
                    assert value.since, one.rule
                    assert value.source, one.rule
    assert held >= 10


# -- C11: an outage -------------------------------------------------------------------------------------


def test_what_is_entered_after_an_outage_keeps_when_it_happened_and_when_it_was_learned(record: Record):
    """A test of 10 March, 9:00 to 23:30 without the platform, is entered on the 12th."""
    later = record.acting("nurse", NOW + timedelta(days=2))
    outage = {
        "kind": "platform_outage",
        "from_at": "2026-03-10T09:00:00-04:00",
        "to_at": "2026-03-10T23:30:00-04:00",
    }
    record_facts(later, record.patient, [outage, WEIGHT], request=uuid4().hex)
    read = read_course(later, record.patient, page="course")
    (kept,) = (each for each in read.facts if isinstance(each.fact, PlatformOutage))
    assert kept.fact.day == NOW.date()
    assert kept.recorded.recorded_at == later.at
    (weighed,) = (each for each in read.facts if isinstance(each.fact, Weight) and each.fact.kg == 71)
    assert (weighed.fact.day, weighed.recorded.recorded_at) == (NOW.date(), later.at)
    # As it was known on the 11th nobody had entered either.
    before = read_course(later, record.patient, page="course", as_known_on=NOW + timedelta(days=1))
    assert not before.chart.all(PlatformOutage)
    assert [each.kg for each in before.chart.all(Weight)] == [68]
    assert [each.kg for each in read.chart.all(Weight)] == [68, 71]


def test_the_day_sheet_holds_everybody_with_something_to_do(record: Record):
    put_clinic(record, 30)
    acting = record.acting("nurse")
    due = {line.patient for line in every_line(acting) if line.row.group not in ("nothing", "waiting")}
    assert {line.patient for line in day_sheet(acting).lines} == due
