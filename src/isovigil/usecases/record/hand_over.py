"""May these capsules be handed over, and how is it made sure that they are handed over once?"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import msgspec

from isovigil.calendar.window import last_instant
from isovigil.case.case import Case
from isovigil.case.chart import entries_of
from isovigil.case.kinds import Authorisation, Prescription
from isovigil.decisions.finding import Finding
from isovigil.decisions.review import Review
from isovigil.storage import ledger
from isovigil.storage.models import HandOverClaim, HandOverDone, HandOverReversal
from isovigil.storage.tenancy import writing
from isovigil.usecases.record.access import refuse_unless_allowed
from isovigil.usecases.record.acting import Acting
from isovigil.usecases.record.judging import Judging, chart_now, judge_now, judging_of
from isovigil.usecases.record.patient_case import OnRecord, Provenance, on_record
from isovigil.usecases.record.record_facts import append_facts, sound_beside
from isovigil.usecases.record.requests import answer_given_before, hold_the_log, remember_answer

READY: Final = "ready"
_NUMBER_DIGITS: Final = 10


class Authorised(NamedTuple):
    """The capsules of one prescription may be handed over, once, until an instant."""

    number: str
    prescription: UUID
    do_not_dispense_after: datetime


class NotToday(Exception):
    """The gate is not ready. Carries the review, whose findings say why and what clears it."""

    def __init__(self, review: Review, until: datetime | None = None) -> None:
        gate = review.gates["dispense"]
        why = f"{gate.verdict}. {first_reason(review)}"
        if until is not None:
            why = f"the last instant for it is {until.isoformat()}, and no time is left."
        super().__init__(f"Do not dispense: {why}")
        self.review = review
        self.until = until
        """Set where the gate is ready and no time is left: the last instant."""


class AlreadyAuthorised(Exception):
    """This prescription was authorised before, and that was not reversed."""


class NoSuchAuthorisation(Exception):
    """There is no such authorisation, or it was used or reversed."""


def first_reason(review: Review) -> str:
    """What stands in the way first, as the finding says it."""
    named = review.gates["dispense"].first_reason
    found: Finding | None = next((each for each in review.findings if each.rule == named), None)
    return "" if found is None else found.says


def authorise_hand_over(acting: Acting, patient: UUID, *, request: str) -> Authorised:
    """Authorise the hand-over of the latest prescription, judged at this moment: exactly once.

    The gate is judged inside the transaction that claims the prescription and holds the clinic's log, so
    nothing recorded meanwhile is missed, and of any number of simultaneous requests one succeeds. Were the
    log ever not held, the database's constraint would still let one alone through; the others would fail.

    Raises:
        NotToday: The gate is not ready; its review says why.
        AlreadyAuthorised: It was authorised before.
        NotAllowed, NotAdopted, Erased, KeyReused: As they say.
    """
    refuse_unless_allowed(acting, "authorise_hand_over", patient)
    asked = {"what": "authorise_hand_over", "patient": str(patient)}
    with writing(acting.clinic, acting.person):
        hold_the_log(acting)
        before = answer_given_before(acting, request, asked)
        if before is not None:
            return _authorised(before)
        judging = judging_of(acting.clinic)
        answer = _authorise(acting, patient, on_record(acting.clinic, patient, judging), judging)
        remember_answer(acting, request, patient, asked, answer)
        return _authorised(answer)


def _authorise(acting: Acting, patient: UUID, known: OnRecord, judging: Judging) -> Mapping[str, Any]:
    prescription = chart_now(known.case, acting).latest(Prescription)
    if prescription is not None:
        _refuse_if_claimed(acting, known, prescription)
    review = judge_now(_before_any_authorisation(known.case), judging, acting)
    if prescription is None or review.gates["dispense"].verdict != READY:
        raise NotToday(review)
    reversed_before = HandOverReversal.objects.filter(
        clinic=acting.clinic, claim__prescription=UUID(prescription.id)
    ).count()
    until = _until(review, known, acting)
    if until <= acting.at:
        raise NotToday(review, until)
    number = _unused_number(acting)
    fact = {
        "kind": "authorisation",
        "issued_at": acting.at,
        "number": number,
        "do_not_dispense_after": until,
    }
    (recorded,) = _append(acting, patient, known, [fact])
    HandOverClaim.objects.create(
        clinic_id=acting.clinic,
        patient_id=patient,
        prescription=UUID(prescription.id),
        attempt=reversed_before,
        number=number,
        entry_seq=recorded.seq,
        claimed_at=recorded.recorded_at,
    )
    return {"number": number, "prescription": prescription.id, "until": until.isoformat()}


def _unused_number(acting: Acting) -> str:
    while True:
        number = "".join(secrets.choice("0123456789") for _ in range(_NUMBER_DIGITS))
        if not HandOverClaim.objects.filter(clinic=acting.clinic, number=number).exists():
            return number


def _before_any_authorisation(case: Case) -> Case:
    """The case as it is asked about when a new authorisation is wanted: an earlier one, reversed or over,
    is no reason against the next.
    """
    facts = tuple(fact for fact in case.facts if not isinstance(fact, Authorisation))
    return msgspec.structs.replace(case, facts=facts)


def _authorised(answer: Mapping[str, Any]) -> Authorised:
    return Authorised(answer["number"], UUID(answer["prescription"]), datetime.fromisoformat(answer["until"]))


def _refuse_if_claimed(acting: Acting, known: OnRecord, prescription: Prescription) -> None:
    """A prescription and every correction of it are one, one entered in error among them: what was authorised
    as any of them counts.
    """
    ids = _one_with(prescription.id, known)
    claims = HandOverClaim.objects.filter(clinic=acting.clinic, prescription__in=ids)
    standing = claims.exclude(handoverreversal__isnull=False).first()
    if standing is not None:
        raise AlreadyAuthorised(
            f"This prescription was authorised on {standing.claimed_at:%-d %B %Y at %H:%M} UTC with number "
            f"{standing.number}. Record that hand-over, or reverse it first."
        )


def _one_with(prescription: str, known: OnRecord) -> list[UUID]:
    """The ids of a prescription, of what it corrects, and of what corrects any of them."""
    on_file = {each.fact.id for each in known.facts}  # an import may name what was never recorded here
    return [UUID(each) for each in entries_of(known.case, prescription) & on_file]


def _until(review: Review, known: OnRecord, acting: Acting) -> datetime:
    """The end of the window; where the programme has none for this patient, the end of today."""
    if review.window is not None:
        return review.window.closes_at
    zone = ZoneInfo(known.case.time_zone)
    return last_instant(acting.at.astimezone(zone).date(), zone)


def _append(
    acting: Acting, patient: UUID, known: OnRecord, facts: Sequence[Mapping[str, Any]]
) -> tuple[ledger.Recorded, ...]:
    """Check and record what a pharmacy's act says; the act was allowed, so its facts are."""
    new = [
        {**each, "id": str(uuid4()), "recorded_at": acting.at, "entered_by": "pharmacist"} for each in facts
    ]
    return append_facts(acting, patient, sound_beside(known, new), Provenance())


def record_hand_over(
    acting: Acting,
    patient: UUID,
    number: str,
    *,
    days_supply: int,
    capsules: Sequence[Mapping[str, Any]] | None,
    request: str,
) -> UUID:
    """Record that the capsules of an authorisation were handed over. One authorisation, one hand-over.

    Raises:
        NoSuchAuthorisation: There is none of this number, or it was used, reversed, or is over.
        CaseProblems: Something is wrong with what was handed over.
        NotAllowed, KeyReused: As they say.
    """
    refuse_unless_allowed(acting, "record_hand_over", patient)
    asked = {
        "what": "record_hand_over",
        "patient": str(patient),
        "number": number,
        "days_supply": days_supply,
        "capsules": None if capsules is None else [dict(each) for each in capsules],
    }
    with writing(acting.clinic, acting.person):
        hold_the_log(acting)
        before = answer_given_before(acting, request, asked)
        if before is not None:
            return UUID(before["dispense"])
        claim = _open_claim(acting, patient, number)
        if HandOverDone.objects.filter(claim=claim).exists():
            raise NoSuchAuthorisation(f"Authorisation {number} was used: its capsules were handed over.")
        judging = judging_of(acting.clinic)
        known = on_record(acting.clinic, patient, judging)
        _refuse_if_over(acting, known, claim)
        review = judge_now(known.case, judging, acting)
        if review.gates["dispense"].verdict != READY:
            raise NotToday(review)
        zone = ZoneInfo(known.case.time_zone)
        fact = {
            "kind": "dispense",
            "date": acting.at.astimezone(zone).date(),
            "at": acting.at,
            "days_supply": days_supply,
            "capsules": capsules,
            "authorisation": number,
            "prescription": str(claim.prescription),
        }
        (recorded,) = _append(acting, patient, known, [fact])
        HandOverDone.objects.create(
            claim=claim, clinic_id=acting.clinic, dispense=recorded.id, done_at=recorded.recorded_at
        )
        remember_answer(acting, request, patient, asked, {"dispense": str(recorded.id)})
    return recorded.id


def reverse_hand_over(acting: Acting, patient: UUID, number: str, *, reason: str, request: str) -> None:
    """Take an authorisation back, and the hand-over with it where there was one.

    The prescription may then be authorised again; what was recorded stays, with the reversal beside it.

    Raises:
        NoSuchAuthorisation: There is none of this number, or it was reversed.
        NotAllowed, KeyReused: As they say.
    """
    refuse_unless_allowed(acting, "reverse_hand_over", patient)
    asked = {"what": "reverse_hand_over", "patient": str(patient), "number": number, "reason": reason}
    with writing(acting.clinic, acting.person):
        hold_the_log(acting)
        if answer_given_before(acting, request, asked) is not None:
            return
        claim = _open_claim(acting, patient, number)
        known = on_record(acting.clinic, patient, judging_of(acting.clinic))
        today = acting.at.astimezone(ZoneInfo(known.case.time_zone)).date()
        done = HandOverDone.objects.filter(claim=claim).first()
        facts: list[dict[str, Any]] = [{"kind": "reversal", "date": today, "authorisation": number}]
        if done is not None:
            facts.append({"kind": "reversal", "date": today, "dispense": str(done.dispense)})
        recorded = _append(acting, patient, known, [{**fact, "source": reason} for fact in facts])
        HandOverReversal.objects.create(
            claim=claim,
            clinic_id=acting.clinic,
            entry_seq=recorded[0].seq,
            reversed_at=recorded[0].recorded_at,
        )
        remember_answer(acting, request, patient, asked, {})


def _refuse_if_over(acting: Acting, known: OnRecord, claim: HandOverClaim) -> None:
    """Programmes without a single authorisation of their own do not judge ours, so it is done here."""
    for each in known.facts:
        fact = each.fact
        if isinstance(fact, Authorisation) and fact.number == claim.number:
            until = fact.do_not_dispense_after
            if acting.at > until:
                raise NoSuchAuthorisation(
                    f"Authorisation {claim.number} ended at {until:%H:%M:%S} on {until:%-d %B %Y}. "
                    "Authorise again."
                )
    prescription = chart_now(known.case, acting).latest(Prescription)
    if prescription is None or UUID(prescription.id) != claim.prescription:
        raise NoSuchAuthorisation(
            f"The prescription of authorisation {claim.number} was corrected, taken back or replaced since. "
            "Reverse the authorisation, and authorise what is prescribed now."
        )


def _open_claim(acting: Acting, patient: UUID, number: str) -> HandOverClaim:
    claim = HandOverClaim.objects.filter(clinic=acting.clinic, patient=patient, number=number).first()
    if claim is None:
        raise NoSuchAuthorisation(f"There is no authorisation {number} for this patient.")
    if HandOverReversal.objects.filter(claim=claim).exists():
        raise NoSuchAuthorisation(f"Authorisation {number} was reversed.")
    return claim
