"""Who may say, after thoughts of self-harm, that treatment may go on?"""

from __future__ import annotations

from typing import Any, get_args
from uuid import UUID, uuid4

import pytest

from isovigil.case.kinds import Assessment
from isovigil.case.words import AssessmentOutcome, AssessmentWord
from isovigil.decisions.clearing import FAVOURABLE
from isovigil.exchange.case_writer import fact_as_mapping
from isovigil.storage.tenancy import reading
from isovigil.usecases.record.access import (
    ENDS_A_HOLD_FOR_SELF_HARM,
    LetsTreatmentGoOn,
    NotAllowed,
)
from isovigil.usecases.record.acting import Role
from isovigil.usecases.record.judging import judging_of, rulebook_in_use
from isovigil.usecases.record.patient_case import Provenance, on_record
from isovigil.usecases.record.record_facts import record_facts
from tests.access import agreed
from tests.access.clinics import NOW, Clinics

CLINIC_ROLES: tuple[Role, ...] = ("prescriber", "nurse", "coordinator")
OTHERS: tuple[Role, ...] = ("nurse", "coordinator")
OUTCOMES: tuple[AssessmentOutcome, ...] = get_args(AssessmentOutcome)
CORRECTED = Provenance(reason="Entered for another patient.")


def assessment(outcome: str, *, what: str = "suicide_risk", on: str = "2026-03-09") -> dict[str, Any]:
    return {"kind": "assessment", "date": on, "what": what, "outcome": outcome, "by": "Dr. Osei"}


def recorded(clinics: Clinics, role: Role, fact: dict[str, Any], whence: Provenance | None = None) -> UUID:
    (made,) = record_facts(
        clinics.acting(role), clinics.patient, [fact], request=str(uuid4()), provenance=whence
    )
    return made


def assessments(clinics: Clinics) -> list[dict[str, Any]]:
    with reading(clinics.clinic):
        known = on_record(clinics.clinic, clinics.patient, judging_of(clinics.clinic))
    return [fact_as_mapping(each.fact) for each in known.facts if isinstance(each.fact, Assessment)]


@pytest.mark.parametrize("outcome", OUTCOMES)
@pytest.mark.parametrize("what", sorted(ENDS_A_HOLD_FOR_SELF_HARM))
@pytest.mark.parametrize("role", CLINIC_ROLES)
def test_each_role_records_the_outcomes_that_were_agreed(
    clinics: Clinics, role: Role, what: str, outcome: str
) -> None:
    if role in agreed.roles(agreed.ASSESSED[outcome]):
        recorded(clinics, role, assessment(outcome, what=what))
        assert [each["outcome"] for each in assessments(clinics)] == [outcome]
        return
    with pytest.raises(NotAllowed, match=rf"^A {role} may not .* self-harm\. Who may: prescriber\.$"):
        recorded(clinics, role, assessment(outcome, what=what))
    assert assessments(clinics) == []


def test_the_agreed_outcomes_are_all_there_are() -> None:
    assert set(agreed.ASSESSED) == set(OUTCOMES)
    assert {each for each, letters in agreed.ASSESSED.items() if letters == "P........"} == set(FAVOURABLE)


@pytest.mark.parametrize("role", OTHERS)
def test_nothing_beside_a_refused_assessment_is_recorded(clinics: Clinics, role: Role) -> None:
    before = len(clinics.entries())
    facts = [{"kind": "height", "date": "2026-03-09", "cm": 179}, assessment("cleared")]
    with pytest.raises(LetsTreatmentGoOn):
        record_facts(clinics.acting(role), clinics.patient, facts, request="both")
    assert len(clinics.entries()) == before


@pytest.mark.parametrize("what", sorted(set(get_args(AssessmentWord)) - ENDS_A_HOLD_FOR_SELF_HARM))
def test_an_assessment_of_something_else_is_transcribed_by_a_nurse_as_before(
    clinics: Clinics, what: str
) -> None:
    recorded(clinics, "nurse", assessment("cleared", what=what))
    assert [each["what"] for each in assessments(clinics)] == [what]


def test_the_assessments_meant_are_those_the_rules_accept_for_thoughts_of_self_harm(
    clinics: Clinics,
) -> None:
    """Rows PSY-6 and PSY-7, and each trigger of the symptom AE12."""
    judging = judging_of(clinics.clinic)
    ((law, _), *_) = rulebook_in_use().readings(judging.programme, judging.policy, NOW.date(), (NOW.date(),))
    rows = law.value("mental_health/actions", NOW.date()).value
    accepted = [row["assessment"] for row in rows if row["row"] in {"PSY-6", "PSY-7"}]
    triggers = law.value("symptoms/self_harm", NOW.date()).value["triggers"]
    accepted += [each["assessment"] for each in triggers]
    assert len(accepted) == 4  # two rows, and two triggers
    assert all(set(each) == ENDS_A_HOLD_FOR_SELF_HARM for each in accepted)


# -- corrections ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("outcome", FAVOURABLE)
@pytest.mark.parametrize("role", OTHERS)
def test_one_that_did_not_clear_is_not_corrected_into_one_that_did(
    clinics: Clinics, role: Role, outcome: str
) -> None:
    wrong = recorded(clinics, role, assessment("not_cleared"))
    with pytest.raises(LetsTreatmentGoOn, match="Who may: prescriber"):
        recorded(clinics, role, {**assessment(outcome), "supersedes": str(wrong)}, CORRECTED)
    recorded(clinics, "prescriber", {**assessment(outcome), "supersedes": str(wrong)}, CORRECTED)


@pytest.mark.parametrize("role", OTHERS)
def test_a_favourable_one_is_not_moved_to_another_day_but_withdrawn_or_made_unfavourable(
    clinics: Clinics, role: Role
) -> None:
    for says in ({"withdrawn": True}, {"outcome": "not_cleared"}):
        made = recorded(clinics, "prescriber", assessment("cleared"))
        moved = {**assessment("cleared", on="2026-03-10"), "supersedes": str(made)}
        with pytest.raises(LetsTreatmentGoOn):
            recorded(clinics, role, moved, CORRECTED)
        recorded(clinics, role, {**assessment("cleared"), **says, "supersedes": str(made)}, CORRECTED)


@pytest.mark.parametrize(
    "says",
    [
        {"withdrawn": True},
        {"what": "hepatology"},
        {"what": "hepatology", "outcome": "cleared"},
        {"what": "mental_health"},  # the favourable one of the risk of suicide would be the last of its kind
        {"date": "2026-03-08"},  # an earlier day, before which a favourable one may stand
    ],
)
@pytest.mark.parametrize("role", OTHERS)
def test_taking_back_one_that_did_not_clear_is_a_prescribers_for_an_earlier_one_would_count_again(
    clinics: Clinics, role: Role, says: dict[str, Any]
) -> None:
    held = recorded(clinics, role, assessment("not_cleared"))
    correction = {**assessment("not_cleared"), **says, "supersedes": str(held)}
    with pytest.raises(LetsTreatmentGoOn, match=r"take back .* did not clear\. Who may: prescriber"):
        recorded(clinics, role, correction, CORRECTED)
    recorded(clinics, "prescriber", correction, CORRECTED)


@pytest.mark.parametrize("says", [{"by": "Dr. Brook"}, {"date": "2026-03-09"}, {"date": "2026-03-10"}])
def test_one_that_holds_as_long_or_longer_is_corrected_by_a_nurse(
    clinics: Clinics, says: dict[str, Any]
) -> None:
    held = recorded(clinics, "nurse", assessment("not_cleared"))
    recorded(clinics, "nurse", {**assessment("not_cleared"), **says, "supersedes": str(held)}, CORRECTED)
    assert len(assessments(clinics)) == 2


def test_the_page_of_a_correction_says_who_may(clinics: Clinics) -> None:
    wrong = recorded(clinics, "nurse", assessment("not_cleared"))
    address = f"/course/{clinics.patient}/fact/{wrong}/correct/"
    sent = {
        "says_date": "2026-03-09",
        "says_what": "suicide_risk",
        "says_outcome": "cleared",
        "says_by": "Dr. Osei",
        "reason": "Seen again.",
        "expected": str(clinics.entries()[-1].seq),
    }
    told = clinics.signed_in("nurse").post(address, {**sent, "act": "correct"})
    assert told.status_code == 422
    assert "Who may: prescriber." in told.content.decode()
    assert [each["outcome"] for each in assessments(clinics)] == ["not_cleared"]


# -- what was learned elsewhere ---------------------------------------------------------------------------


@pytest.mark.parametrize("role", OTHERS)
def test_what_is_imported_was_judged_elsewhere_and_is_only_transcribed(clinics: Clinics, role: Role) -> None:
    known = {"recorded_at": NOW, "entered_by": "prescriber"}
    recorded(clinics, role, {**assessment("cleared"), **known}, Provenance(source="A", imported=True))
    assert [each["outcome"] for each in assessments(clinics)] == ["cleared"]
