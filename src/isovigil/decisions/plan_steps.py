"""Which fact, recorded on a day, would meet a rule that is not met, and whose step is that?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from isovigil.calendar.days import days_after
from isovigil.case import words
from isovigil.case.case import Case
from isovigil.case.fact import Fact
from isovigil.case.kinds import (
    Acknowledgement,
    Attestation,
    Certification,
    Comprehension,
    Contraception,
    Counselling,
    Cycle,
    Dispense,
    Enrolment,
    Menses,
    NonPregnancyCertificate,
    Opinion,
    PregnancyTest,
    Prescription,
    Questionnaire,
    Visit,
)
from isovigil.decisions.course import Course
from isovigil.decisions.cycle import certificate_for, counts_from_certificate
from isovigil.decisions.documents import version_of_start
from isovigil.decisions.finding import Mover, TaskWord
from isovigil.decisions.judgement import Judgement
from isovigil.law.law import Law


class Move(NamedTuple):
    """A step that would meet a rule: what, whose, and the facts it would put on file."""

    what: TaskWord
    who: Mover
    says: str
    facts: tuple[Fact, ...]


Meeting = Callable[[Course, Law, date], Move | None]

_BOTH: tuple[words.Signer, ...] = ("patient", "carer", "prescriber")
_TOPICS: tuple[words.Topic, ...] = ("contraception", "birth_defects", "mood", "blood_donation")


def _test(course: Course, law: Law, day: date) -> Move:
    during = "during_treatment" if course.has_started else "before_first_dose"
    settings = law.words(f"pregnancy_testing/settings_{during}", day).value
    what: TaskWord = "pregnancy_test"
    taken = PregnancyTest(
        taken_on=day,
        result="negative",
        setting="laboratory" if "laboratory" in settings else settings[0],  # type: ignore[arg-type]  # a word of the law
        specimen="serum",
    )
    return Move(what, "patient", "Pregnancy test, negative.", (taken,))


def _test_or_certificate(course: Course, law: Law, day: date) -> Move:
    """A test; where the days count from a certificate, the certificate of the same day as well (Italy)."""
    move = _test(course, law, day)
    if not counts_from_certificate(course, law, day):
        return move
    tested = [
        test for test in course.all(PregnancyTest) if test.taken_on == day and test.result == "negative"
    ]
    certificate = NonPregnancyCertificate(date=day)
    if tested and certificate_for(course, None) is None:
        return Move("record_fact", "prescriber", "Certificate of non-pregnancy.", (certificate,))
    return Move("pregnancy_test", "patient", "Pregnancy test, negative, and its certificate.",
                (*move.facts, certificate))  # fmt: skip


def _confirmatory(course: Course, law: Law, day: date) -> Move:
    return _test(course, law, day)._replace(
        what="confirmatory_test", says="Confirmatory pregnancy test, negative."
    )


def _screening(course: Course, law: Law, day: date) -> Move:
    return _test(course, law, day)._replace(says="Screening pregnancy test, negative.")


def _contraception(course: Course, law: Law, day: date) -> Move:
    """Methods the programme accepts, told by both; committed abstinence where that suffices (US)."""
    if law.word("contraception/method_policy", day).value == "two_forms_one_primary":
        entries = tuple(
            Contraception(from_=day, reported_by=who, abstinence=True) for who in ("patient", "prescriber")
        )
    else:
        entries = tuple(
            Contraception(from_=day, reported_by=who, primary="iud_copper")
            for who in ("patient", "prescriber")
        )
    return Move("contraception_entry", "patient", "Accepted contraception in use from this day on.", entries)


def _consents(course: Course, law: Law, day: date) -> Move:
    can = "" if course.can_become_pregnant is False else "_if_can_become_pregnant"
    forms = law.words(f"enrolment/consent_forms{can}", day).value
    signed = tuple(Acknowledgement(signed_on=day, form=form, by=_BOTH) for form in forms)  # type: ignore[arg-type]  # a word of the law
    return Move("consent", "patient", "The programme's consents, complete and signed.", signed)


def _risk_form(course: Course, law: Law, day: date) -> Move:
    version = version_of_start(course, law)
    signed = Acknowledgement(
        signed_on=day,
        form=law.word("documents/risk_form", day).value,  # type: ignore[arg-type]  # a word of the law
        by=_BOTH,
        version=None if version is None else version.value,
    )
    return Move("consent", "patient", "The risk form, complete and signed.", (signed,))


def _certified(who: str) -> Meeting:
    def certified(course: Course, law: Law, day: date) -> Move:
        fact = Certification(who=who, from_=day)  # type: ignore[arg-type]  # a word of the law
        mover: Mover = "pharmacy" if who == "pharmacy" else "prescriber"
        return Move("certification", mover, f"Certification of the {who}.", (fact,))

    return certified


def _asked(topic: str, tools: tuple[str, ...]) -> Meeting:
    def asked(course: Course, law: Law, day: date) -> Move:
        accepted = law.words(f"{topic}/tools", day).value
        tool = next((tool for tool in tools if tool in accepted), accepted[0])
        fact = Questionnaire(date=day, tool=tool, depth="full")  # type: ignore[arg-type]  # a word of the law
        return Move("questionnaire", "patient", f"Entry on {topic.replace('_', ' ')}.", (fact,))

    return asked


def _attested(what: str, says: str) -> Meeting:
    def attested(course: Course, law: Law, day: date) -> Move:
        fact = Attestation(date=day, what=what, by="planned")  # type: ignore[arg-type]  # a word of the law
        return Move("attestation", "prescriber", says, (fact,))

    return attested


def _second_prescriber(course: Course, law: Law, day: date) -> Move | None:
    opinions = course.all(Opinion)
    if any(not opinion.supports_treatment for opinion in opinions):
        return None
    named = {opinion.by for opinion in opinions}
    needed = int(law.number("eligibility/prescribers_in_support", day).value) - len(named)
    new = tuple(
        Opinion(date=day, by=f"planned-prescriber-{count}", supports_treatment=True)
        for count in range(needed)
    )
    return Move("attestation", "prescriber", "The supporting opinion of each prescriber needed.", new)


def _enrolled(course: Course, law: Law, day: date) -> Move:
    return Move("record_fact", "prescriber", "Enrolment in the programme.", (Enrolment(date=day),))


def _counselled(course: Course, law: Law, day: date) -> Move:
    return Move("counselling", "prescriber", "Counselling for this cycle.",
                (Counselling(date=day, topics=_TOPICS),))  # fmt: skip


def _passed(course: Course, law: Law, day: date) -> Move:
    return Move("comprehension", "patient", "The programme's questions, passed.",
                (Comprehension(date=day, passed=True),))  # fmt: skip


def _visit(purpose: str) -> Meeting:
    def seen(course: Course, law: Law, day: date) -> Move:
        fact = Visit(date=day, mode="in_person", purpose=purpose)  # type: ignore[arg-type]  # a word of the law
        return Move("visit", "prescriber", "Appointment in person.", (fact,))

    return seen


MEETING: dict[str, Meeting] = {
    "enrolment.patient_enrolled": _enrolled,
    "enrolment.consents_signed": _consents,
    "enrolment.prescriber_certified": _certified("prescriber"),
    "enrolment.pharmacy_certified": _certified("pharmacy"),
    "documents.risk_acknowledged": _risk_form,
    "contraception.methods_accepted": _contraception,
    "contraception.lead_time": _contraception,
    "contraception.entries_match": _contraception,
    "pregnancy_testing.screening_test": _screening,
    "pregnancy_testing.confirmatory_test": _confirmatory,
    "pregnancy_testing.monthly_test": _test,
    "pregnancy_testing.test_before_prescription": _test_or_certificate,
    "pregnancy_testing.test_setting": _test,
    "dispensing.inside_the_window": _test,
    "counselling.recorded": _counselled,
    "comprehension.passed": _passed,
    "mental_health.baseline": _asked("mental_health", ("mood_entry",)),
    "mental_health.follow_up": _asked("mental_health", ("mood_entry",)),
    "sexual_function.baseline": _asked("sexual_function", ("sexual_function_entry",)),
    "sexual_function.follow_up": _asked("sexual_function", ("sexual_function_entry",)),
    "eligibility.no_alternative_attested": _attested(
        "no_other_suitable_treatment", "Attestation that no other suitable treatment exists."
    ),
    "eligibility.second_opinion_acknowledged": _attested(
        "second_opinion_right", "The patient acknowledges the right to a second opinion."
    ),
    "eligibility.second_prescriber": _second_prescriber,
    "visits.first_in_person": _visit("initiation"),
}
"""What would meet each rule that a step can meet. A rule that is not here no step of a plan can meet."""

_TESTS = frozenset(
    {"pregnancy_testing.monthly_test", "pregnancy_testing.test_setting", "dispensing.inside_the_window"}
)
_METHODS = frozenset(
    {"contraception.methods_accepted", "contraception.lead_time", "contraception.entries_match"}
)


def move_for(rule: str, judgement: Judgement, day: date) -> Move | None:
    """The step that would meet a rule on a day; None where none can, or where only time can.

    A lead time that is running is not begun anew, and a window opens by counselling for a patient who
    cannot become pregnant.
    """
    course, law = judgement.course, judgement.law
    if rule in _METHODS and _methods_are_accepted(judgement) and rule != "contraception.entries_match":
        return None
    if rule in _TESTS and course.can_become_pregnant is False:
        return _counselled(course, law, day) if rule == "dispensing.inside_the_window" else None
    if rule == "dispensing.inside_the_window" and not course.has_started:
        return None
    meeting = MEETING.get(rule)
    return None if meeting is None else meeting(course, law, day)


def _methods_are_accepted(judgement: Judgement) -> bool:
    told = {finding.rule: finding.answer for finding in judgement.findings}
    return told.get("contraception.methods_accepted") in ("met", "met_by_discretion")


def prescription_like_the_last(course: Course, law: Law, day: date) -> Prescription:
    """The next prescription: the last one's dose, for as long as the programme allows at most."""
    last = course.latest_prescription
    limit = law.days("prescription/supply_limit_days", day).value
    dose = 1.0 if last is None else last.daily_dose_mg  # a plan counts days and never chooses a dose
    days = limit if last is None else min(limit, last.days_supply)
    product = "conventional" if last is None else last.product
    return Prescription(issued_on=day, daily_dose_mg=dose, days_supply=days, product=product)


def periods_expected(case: Case, day: date) -> list[Menses]:
    """The periods that begin by a day if a regular cycle of known length goes on, and are not on record.

    Only before the first hand-over does a rule ask for them.
    """
    cycles = [fact for fact in case.facts if isinstance(fact, Cycle)]
    recorded = [fact.started_on for fact in case.facts if isinstance(fact, Menses) and not fact.withdrawn]
    if not cycles or not recorded or any(isinstance(fact, Dispense) for fact in case.facts):
        return []
    latest = max(cycles, key=lambda fact: fact.sort_key())
    if not latest.regular or latest.typical_days is None:
        return []
    expected = []
    start = days_after(max(recorded), latest.typical_days)
    while start <= day:
        expected.append(Menses(started_on=start))
        start = days_after(start, latest.typical_days)
    return expected
