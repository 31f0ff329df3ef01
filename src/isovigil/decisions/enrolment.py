"""Are the patient, the prescriber and the pharmacy enrolled, and are the consents signed?"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal, NamedTuple

from isovigil.calendar.days import in_words
from isovigil.case.kinds import Acknowledgement, Certification, Enrolment
from isovigil.decisions.asked import asked_of, is_under_age, joined
from isovigil.decisions.course import Course
from isovigil.decisions.finding import Outcome, met, not_met, unknown
from isovigil.decisions.rule import DISPENSE, EVERY_GATE, rule
from isovigil.law.law import Law

_FORMS_IN_PLAIN = {
    "us_patient_consent": "the patient consent",
    "us_birth_defects_consent": "the consent on birth defects",
}


@rule("enrolment.patient_enrolled", gates=EVERY_GATE)
def patient_enrolled(course: Course, law: Law) -> Outcome:
    """Is the patient enrolled in the programme for this course?"""
    asked = asked_of(course, law, "enrolment/concerns", "no enrolment")
    if isinstance(asked, Outcome):
        return asked
    enrolment = course.latest(Enrolment)
    if enrolment is None:
        return unknown(
            "No enrolment in the programme is recorded for this course.",
            needs="the patient's enrolment in the programme",
            whose_move="prescriber",
            satisfiable_from=course.today.day,
            values=(asked,),
            task="record_fact",
        )
    return met(f"The patient was enrolled on {in_words(enrolment.date)}.", facts=[enrolment], values=(asked,))


@rule("enrolment.prescriber_certified", gates=EVERY_GATE)
def prescriber_certified(course: Course, law: Law) -> Outcome:
    """Is a prescriber certified in the programme now?"""
    return _certified(course, law, _PRESCRIBER)


@rule("enrolment.pharmacy_certified", gates=DISPENSE)
def pharmacy_certified(course: Course, law: Law) -> Outcome:
    """Is the pharmacy certified in the programme now?"""
    return _certified(course, law, _PHARMACY)


class _Certified(NamedTuple):
    """Who is certified, and the value that says of whom that is asked."""

    who: Literal["prescriber", "pharmacy"]
    concerns: str
    nothing: str


_PRESCRIBER = _Certified(
    "prescriber", "enrolment/prescriber_certification_concerns", "no certification of the prescriber"
)
_PHARMACY = _Certified(
    "pharmacy", "enrolment/pharmacy_certification_concerns", "no certification of the pharmacy"
)


def _certified(course: Course, law: Law, certified: _Certified) -> Outcome:
    """An open certification counts; one older than the renewal interval only asks for a look, since
    that interval rests on an older text.
    """
    who = certified.who
    asked = asked_of(course, law, certified.concerns, certified.nothing)
    if isinstance(asked, Outcome):
        return asked
    renewal = law.period("enrolment/certification_renewal", course.today.day)
    recorded: Certification | None = None
    latest: Certification | None = None
    for fact in course.chart.all(Certification):
        if fact.who == who:
            recorded = fact
            latest = fact if course.chart.is_open(fact) else latest
    if latest is not None:
        is_old = course.today.is_past(renewal.value.after(latest.from_))
        says = f"The {who} has been certified since {in_words(latest.from_)}."
        return met(
            f"{says} Renewal every {renewal.value.in_words()} is assumed." if is_old else says,
            facts=[latest],
            values=(asked, renewal),
            amber=is_old,
        )
    if recorded is not None:
        return not_met(
            f"The certification of the {who} has ended.",
            needs=f"a certification of the {who} that runs today",
            whose_move=who,
            satisfiable_from=course.today.day,
            facts=[recorded],
            values=(asked,),
            task="certification",
        )
    return unknown(
        f"No certification of the {who} is recorded.",
        needs=f"a certification of the {who} that runs today",
        whose_move=who,
        satisfiable_from=course.today.day,
        values=(asked,),
        task="certification",
    )


@rule("enrolment.consents_signed", gates=EVERY_GATE)
def consents_signed(course: Course, law: Law) -> Outcome:
    """Are the programme's consents complete and signed by everyone who must sign?"""
    today = course.today.day
    asked = asked_of(
        course, law, "enrolment/consents_concern", "no consent beside its risk form, if it has one"
    )
    if isinstance(asked, Outcome):
        return asked
    forms = law.words("enrolment/consent_forms", today)
    if course.can_become_pregnant is not False:
        forms = law.words("enrolment/consent_forms_if_can_become_pregnant", today)
    signed = [fact for fact in course.all(Acknowledgement) if fact.form in forms.value]
    lacks = [(form, lack) for form in forms.value if (lack := _lack_of(course, law, form, signed))]
    if not lacks:
        return met(f"Signed and complete: {_named(forms.value)}.", facts=signed, values=(asked, forms))
    needs = f"{_named(tuple(form for form, _ in lacks))}, complete and signed by everyone who must sign"
    says = " ".join(f"{_plain(form).capitalize()} {lack}." for form, lack in lacks)
    fails = unknown if all(lack in _NOT_RECORDED for _, lack in lacks) else not_met
    return fails(
        says,
        needs=needs,
        whose_move="patient",
        satisfiable_from=today,
        facts=signed,
        values=(asked, forms, law.words("enrolment/consent_signers", today)),
        task="consent",
    )


_ABSENT = "is not recorded for this course"
_AGE_UNKNOWN = "has no carer's signature, and the date of birth that decides about it is not recorded"
_NOT_RECORDED = frozenset({_ABSENT, _AGE_UNKNOWN})


def _lack_of(course: Course, law: Law, form: str, signed: list[Acknowledgement]) -> str | None:
    """What keeps a form from counting; None as soon as one signed copy counts."""
    copies = [fact for fact in signed if fact.form == form]
    if not copies:
        return _ABSENT
    lacks = [_lack_of_copy(course, law, fact) for fact in copies]
    return None if None in lacks else lacks[-1]


def _lack_of_copy(course: Course, law: Law, form: Acknowledgement) -> str | None:
    if not form.complete:
        return f"of {in_words(form.signed_on)} is not complete"
    today = course.today.day
    minor = is_under_age(course, law, form.signed_on)
    signers = law.words("enrolment/consent_signers", today)
    if minor:
        signers = law.words("enrolment/consent_signers_if_under_age", today)
    missing = [signer for signer in signers.value if signer not in form.by]
    if missing:
        return f"of {in_words(form.signed_on)} lacks the signature of {joined(missing)}"
    if minor is None:
        all_signers = law.words("enrolment/consent_signers_if_under_age", today).value
        return None if set(all_signers) <= set(form.by) else _AGE_UNKNOWN
    return None


def _plain(form: str) -> str:
    return _FORMS_IN_PLAIN.get(form, form.replace("_", " "))


@lru_cache
def _named(forms: tuple[str, ...]) -> str:
    return joined([_plain(form) for form in forms])
