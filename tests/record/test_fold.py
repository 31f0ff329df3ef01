"""Is what is worked out from the log what was said, and the same however often it is worked out?"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from isovigil.case.case import Case
from isovigil.case.kinds import KINDS
from isovigil.exchange.case_file import CaseProblems, case_from_mapping
from isovigil.exchange.case_writer import fact_as_mapping
from isovigil.storage.models import WorklistRow
from isovigil.storage.tenancy import reading, writing
from isovigil.usecases.record.acting import Acting
from isovigil.usecases.record.demo_clinic import put_patient_on_record
from isovigil.usecases.record.judging import judging_of
from isovigil.usecases.record.patient_case import Identity, Provenance, on_record
from isovigil.usecases.record.record_facts import record_facts
from isovigil.usecases.record.register_patient import register_patient
from isovigil.usecases.record.worklist_rows import Line, refresh_worklist, worklist_lines
from isovigil.usecases.synthetic_clinic.clinic import make_clinic
from tests.profiles import how_many
from tests.record.records import IDENTITY, NOW, Record
from tests.strategies import any_fact

MINUTE = timedelta(minutes=1)
MANY = settings(
    max_examples=how_many(quick=50, nightly=1_500),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
WORDS = sorted(set(KINDS) - {"authorisation"})
"""Every kind of fact that a prescriber may record."""


@st.composite
def told(draw: DrawFn) -> list[tuple[str, dict[str, Any]]]:
    """Facts to record, correct and withdraw, one after the other: what to do, and what is said."""
    steps: list[tuple[str, dict[str, Any]]] = []
    for _ in range(draw(st.integers(1, 6))):
        act = draw(st.sampled_from(["record", "record", "correct", "withdraw"]))
        earlier = [said for _, said in steps]
        if act == "record" or not earlier:
            kind = draw(st.sampled_from(WORDS))
            steps.append(("record", drawn(draw, kind)))
            continue
        place = draw(st.integers(0, len(earlier) - 1))
        said = drawn(draw, earlier[place]["kind"]) if act == "correct" else dict(earlier[place])
        said["supersedes"] = place
        if act == "withdraw":
            said["withdrawn"] = True
        steps.append((act, said))
    return steps


def drawn(draw: DrawFn, kind: str) -> dict[str, Any]:
    said = fact_as_mapping(draw(any_fact(KINDS[kind])))
    return {name: value for name, value in said.items() if name not in ("id", "recorded_at", "entered_by")}


def test_the_record_tells_the_same_case_as_a_case_file_of_the_same_facts(record: Record):
    """Facts of every kind, corrected and withdrawn at random; and as known at each step on the way."""
    began, kept = [NOW], Counter[str]()

    @MANY
    @given(told())
    def holds(steps: list[tuple[str, dict[str, Any]]]) -> None:
        began[0] += 10 * MINUTE  # a log's time never goes back, and this is one log
        patient = register_patient(record.acting("prescriber", began[0]), IDENTITY, uuid4().hex)
        written: list[dict[str, Any]] = []
        ids: list[str] = []
        for number, (act, said) in enumerate(steps, start=1):
            acting = record.acting("prescriber", began[0] + number * MINUTE)
            fact = dict(said)
            if "supersedes" in fact:
                fact["supersedes"] = ids[fact["supersedes"]]
            in_the_file = {**fact, "recorded_at": acting.at.isoformat(), "entered_by": "prescriber"}
            try:
                (recorded,) = record_facts(
                    acting,
                    patient,
                    [fact],
                    request=uuid4().hex,
                    provenance=Provenance(reason="asked again"),
                )
            except CaseProblems:
                # What the record refuses the reader of case files refuses.
                assert as_a_case_file(patient, [*written, {**in_the_file, "id": "refused"}]) is None
                return
            kept[act] += 1
            ids.append(str(recorded))
            written.append({**in_the_file, "id": str(recorded)})
        for number in range(len(written) + 1):
            with reading(record.clinic):
                known = on_record(
                    record.clinic, patient, judging_of(record.clinic), known_by=began[0] + number * MINUTE
                )
            assert known.case == as_a_case_file(patient, written[:number])

    holds()
    assert min(kept[act] for act in ("record", "correct", "withdraw")) >= 5, kept


def as_a_case_file(patient: UUID, facts: list[dict[str, Any]]) -> Case | None:
    """The case of a file that says this; None where the reader refuses it."""
    mapping = {
        "case": 1,
        "patient": {"id": str(patient), "born_on": IDENTITY.born_on, "sex": IDENTITY.sex},
        "programme": "us_ipledge",
        "policy": "balanced",
        "time_zone": "America/New_York",
        "facts": facts,
    }
    try:
        return case_from_mapping(mapping)
    except CaseProblems:
        return None


# --- the worklist's rows ---

WEIGHT = {"kind": "weight", "date": "2026-03-10", "kg": 70}
POSITIVE = {
    "kind": "pregnancy_test",
    "taken_on": "2026-03-10",
    "result": "positive",
    "setting": "laboratory",
    "specimen": "serum",
}
ALANINE = {"kind": "laboratory", "taken_on": "2026-03-10", "analyte": "alt", "value": 260, "unit": "U/L"}
PASSING = st.sampled_from([1, 7, 59, 61, 11 * 60, 13 * 60, 24 * 60, 3 * 24 * 60, -30])
"""Minutes that pass between two things that happen; a clock may also be set back."""
HAPPENINGS = st.lists(
    st.tuples(PASSING, st.integers(0, 9), st.sampled_from(["nothing", "refresh", WEIGHT, POSITIVE, ALANINE])),
    min_size=1,
    max_size=8,
)


def test_rows_kept_as_time_passes_equal_rows_worked_out_from_nothing(record: Record):
    acting = record.acting("coordinator")
    patients = [
        put_patient_on_record(acting, Identity(name=each.person.name, second_id="x"), each.case, source="x")
        for each in make_clinic("us_ipledge", NOW.date(), 7, how_many(quick=10, nightly=40))
    ]
    clock = [NOW]

    @settings(MANY, max_examples=how_many(quick=15, nightly=300))
    @given(HAPPENINGS)
    def holds(happenings: list[tuple[int, int, Any]]) -> None:
        for minutes, place, what in happenings:
            clock[0] += minutes * MINUTE
            if isinstance(what, dict):
                nurse = record.acting("nurse", clock[0])
                patient = patients[place % len(patients)]
                record_facts(nurse, patient, [what], request=uuid4().hex)
            elif what == "refresh":
                refresh_worklist(record.acting("nurse", clock[0]))
        now = record.acting("nurse", clock[0])
        refresh_worklist(now)
        kept = rows(now)
        with writing(record.clinic):
            WorklistRow.objects.filter(clinic=record.clinic).delete()
        assert refresh_worklist(now) == len(patients) + 1
        assert kept == rows(now)

    holds()


def test_the_hours_and_minutes_that_are_left_are_told_as_they_pass(record: Record):
    """The patient's window closes at 23:59:59 in New York; at NOW, 11:00, 12 hours are left."""
    passing = [*range(0, 12 * 60, 23), *range(12 * 60, 13 * 60 + 2)]
    told = []
    for minutes in passing:
        now = record.acting("nurse", NOW + minutes * MINUTE)
        refresh_worklist(now)
        kept = rows(now)
        refresh_worklist(now, everything=True)
        assert kept == rows(now), f"after {minutes} minutes"
        told.append(kept[0][0].row.slack)
    assert told[0] == "12 hours"
    assert told[1] == "12 hours"  # 12:36:59
    assert told[3] == "11 hours"  # 11:50:59
    assert "59 minutes" in told
    assert "1 minute" in told


def rows(acting: Acting) -> list[tuple[Line, str, str, str, int]]:
    """What each row says, whatever it was sealed with and whenever it was worked out."""
    with reading(acting.clinic):
        found = list(WorklistRow.objects.filter(clinic=acting.clinic).order_by("order"))
        assert all(row.holds_until > acting.at for row in found), "a row that ran out was kept"
        lines = worklist_lines(acting, found)
    return [
        (line, row.group, row.order, row.owner, row.up_to_seq) for line, row in zip(lines, found, strict=True)
    ]


def test_a_row_is_the_same_as_before_it_was_thrown_away(record: Record):
    """Sealed anew, so its bytes differ; what it says does not."""
    acting = record.acting("nurse")
    refresh_worklist(acting)
    before = rows(acting)
    assert len(before) == 1
    assert refresh_worklist(acting) == 0
    assert refresh_worklist(acting, everything=True) == 1
    assert rows(acting) == before
    assert msgspec.to_builtins(before[0][0].row)["name"] == IDENTITY.name
