"""Does every cell of the table of access say what was agreed?"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import get_args
from uuid import UUID

import pytest

from isovigil.case.kinds import KINDS
from isovigil.usecases.record import access
from isovigil.usecases.record.access import KINDS_RECORDED, KINDS_SEEN, MAY, NotAllowed, Verb
from isovigil.usecases.record.access_told import access_matrix
from isovigil.usecases.record.acting import EVERY_ROLE, Acting, Role
from tests.access import agreed
from tests.access.asvs import ROOT, covers

CLINIC, PERSON, OWN, OTHER, GLASS = (UUID(int=number) for number in range(1, 6))
AT = datetime(2026, 3, 10, 15, 0, tzinfo=UTC)
ALL_ROLES: tuple[Role, ...] = get_args(Role)
VERBS: tuple[Verb, ...] = get_args(Verb)


def acting(role: Role, *, glass: UUID | None = None) -> Acting:
    own = OWN if role in {"patient", "carer"} else None
    return Acting(PERSON, "Somebody", CLINIC, role, AT, patient=own, break_glass=glass)


@covers("8.1.1", "8.2.1")
def test_every_verb_and_every_role_has_a_cell_that_was_agreed():
    assert set(VERBS) == set(MAY) == set(agreed.VERBS), "a verb without a line, or a line without a verb"
    assert set(ALL_ROLES) == EVERY_ROLE == agreed.roles("PNCHLAMpc")
    assert set(KINDS_SEEN) == set(KINDS_RECORDED) == EVERY_ROLE
    assert set(agreed.SEEN) <= set(KINDS)
    assert set(agreed.RECORDED) <= set(KINDS)


@covers("8.2.1")
@pytest.mark.parametrize("role", ALL_ROLES)
@pytest.mark.parametrize("verb", VERBS)
def test_a_role_may_do_what_was_agreed_and_nothing_else(verb: Verb, role: Role):
    assert access.may(acting(role), verb) is (role in agreed.roles(agreed.VERBS[verb]))


@covers("8.2.2")
@pytest.mark.parametrize("role", ALL_ROLES)
@pytest.mark.parametrize("verb", VERBS)
def test_a_patient_or_carer_may_nothing_about_another_patient(verb: Verb, role: Role):
    is_agreed = role in agreed.roles(agreed.VERBS[verb])
    assert access.may(acting(role), verb, OWN) is is_agreed
    assert access.may(acting(role), verb, OTHER) is (is_agreed and role not in {"patient", "carer"})


@covers("8.2.3")
@pytest.mark.parametrize("role", ALL_ROLES)
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_role_sees_the_kinds_of_fact_that_were_agreed(kind: str, role: Role):
    is_agreed = role in agreed.roles(agreed.SEEN.get(kind, agreed.SEEN_OTHERWISE))
    assert (kind in KINDS_SEEN[role]) is is_agreed
    assert (kind in access.kinds_seen(acting(role))) is is_agreed


@covers("8.2.3", "15.3.3")
@pytest.mark.parametrize("role", ALL_ROLES)
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_role_records_the_kinds_of_fact_that_were_agreed(kind: str, role: Role):
    is_agreed = role in agreed.roles(agreed.RECORDED.get(kind, agreed.RECORDED_OTHERWISE))
    assert (kind in KINDS_RECORDED[role]) is is_agreed
    if is_agreed:
        access.refuse_unless_may_record(acting(role), kind)
    else:
        with pytest.raises(NotAllowed):
            access.refuse_unless_may_record(acting(role), kind)


@covers("8.2.3")
@pytest.mark.parametrize(
    "kind",
    [
        "category",
        "clinical_decision",
        "condition",
        "contraception",
        "contraception_waiver",
        "medicine",
        "menses",
        "pregnancy",
        "pregnancy_test",
        "questionnaire",
        "symptom",
        "treatment_stop",
    ],
)
def test_a_parent_learns_nothing_of_contraception_pregnancy_or_mood(kind: str):
    assert kind in KINDS
    assert kind not in access.kinds_seen(acting("carer"))


@pytest.mark.parametrize("role", ALL_ROLES)
@pytest.mark.parametrize("verb", VERBS)
def test_broken_glass_opens_the_course_to_those_who_may_break_it_and_nothing_more(verb: Verb, role: Role):
    under_glass = acting(role, glass=GLASS)
    if verb == "see_course":
        assert access.may(under_glass, verb, OTHER) is (role in agreed.roles("PN.H....."))
    else:
        assert access.may(under_glass, verb, OTHER) is access.may(acting(role), verb, OTHER)


def test_no_glass_shows_a_kind_to_a_role_that_may_not_break_it():
    may_break = agreed.roles(agreed.VERBS["break_glass"])
    assert access.kinds_seen(acting("pharmacist", glass=GLASS)) == frozenset(KINDS)
    for role in ALL_ROLES:
        if role not in may_break:
            assert access.kinds_seen(acting(role, glass=GLASS)) == KINDS_SEEN[role]


def test_a_refusal_says_what_and_who_may_and_nothing_about_the_record():
    with pytest.raises(NotAllowed) as refused:
        access.refuse_unless_allowed(acting("pharmacist"), "sign_visit", OTHER)
    assert str(refused.value) == "A pharmacist may not sign visit. Who may: prescriber."


@covers("8.1.1")
def test_the_page_about_access_is_the_table():
    assert (ROOT / "docs" / "access-matrix.md").read_text(encoding="utf-8") == access_matrix(), (
        "Type: make docs"
    )
