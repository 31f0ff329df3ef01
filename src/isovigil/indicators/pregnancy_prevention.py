"""Was pregnancy prevention kept to: forms, tests, supply, windows, contraception, waivers?

Indicators A1, A3a to A3c, A14 to A16, A19 and A21.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from isovigil.calendar.days import days_between
from isovigil.case.kinds import (
    Acknowledgement,
    AdverseEventReport,
    Assessment,
    ContraceptionWaiver,
    NonPregnancyCertificate,
    Pregnancy,
    PregnancyTest,
    Prescription,
    TreatmentStop,
    Visit,
)
from isovigil.indicators.count import (
    NO_ACTS,
    NOT_ASKED,
    NOT_STARTED,
    NOTHING,
    Count,
    counted,
    excluded,
    not_concerned,
    together,
)
from isovigil.indicators.record import AuditedAct, AuditedCourse
from isovigil.law.law import Law

_CONTRACEPTION = ("contraception.lead_time", "contraception.methods_accepted")
_CERTIFICATE = "certificate"
_SPECIMEN = "window_from_specimen"


def acknowledged(course: AuditedCourse) -> Count:
    """A1: was the acknowledgement of the pregnancy prevention programme signed by the first prescription?"""
    left_out = not_concerned(course)
    first = course.first_prescription
    if left_out is not None or first is None:
        return left_out or NOTHING
    forms = _forms_asked_for(course.law, first.issued_on)
    if not forms:
        return excluded(NOT_ASKED)
    signed = {fact.form for fact in course.all(Acknowledgement) if fact.signed_on <= first.issued_on}
    return counted(forms <= signed)


def _forms_asked_for(law: Law, on: date) -> set[str]:
    """The forms about the programme: the risk form, or the consents of the United States."""
    if law.holds("documents/risk_form", on):
        return {law.word("documents/risk_form", on).value}
    name = "enrolment/consent_forms_if_can_become_pregnant"
    return set(law.words(name, on).value) if law.holds(name, on) else set()


def tested_before_first(course: AuditedCourse) -> Count:
    """A3a: was there a negative pregnancy test in time for the first prescription?"""
    return _tested(course, course.prescriptions[:1])


def tested_before_each(course: AuditedCourse) -> Count:
    """A3b: was there one in time for each later prescription, or a documented waiver?"""
    return _tested(course, course.prescriptions[1:])


def _tested(course: AuditedCourse, prescriptions: Sequence[Prescription]) -> Count:
    left_out = not_concerned(course)
    if left_out is not None:
        return left_out
    return together(counted(_is_tested_for(course, each)) for each in prescriptions)


def _is_tested_for(course: AuditedCourse, prescription: Prescription) -> bool:
    """A negative test of the last days, none of them positive or invalid; or a waiver that both agreed to."""
    oldest = _oldest_age(course.law, prescription.issued_on)
    lately = [
        test
        for test in course.all(PregnancyTest)
        if 0 <= days_between(test.taken_on, prescription.issued_on) <= oldest
    ]
    if lately and lately[-1].result == "negative":
        return True
    return prescription is not course.first_prescription and _is_waived(course, prescription.issued_on)


def _oldest_age(law: Law, on: date) -> int:
    """How many days a test may lie before a prescription: as stated, or, where the test itself opens the
    window, the window's days but one.
    """
    if law.word("pregnancy_testing/scheme", on).value == _SPECIMEN:
        return law.days("dispensing/window_days", on).value - 1
    return law.days("pregnancy_testing/days_before_prescription", on).value


def _is_waived(course: AuditedCourse, on: date) -> bool:
    return any(
        waiver.from_ <= on
        and (waiver.to is None or on <= waiver.to)
        and {"patient", "prescriber"} <= set(waiver.agreed_by)
        for waiver in course.all(ContraceptionWaiver)
    )


def tested_after_treatment(course: AuditedCourse) -> Count:
    """A3c: was a pregnancy test taken when it was due after the last dose?"""
    left_out = not_concerned(course)
    if left_out is not None:
        return left_out
    ended, law = course.ended_on, course.law
    if ended is None:
        return excluded("treatment has not ended")
    if course.on <= law.period("audit/ended_for_longer_than", course.on).value.after(ended):
        return excluded("treatment ended too lately to tell")
    if any(stop.reason == "pregnancy" and stop.date == ended for stop in course.all(TreatmentStop)):
        return excluded("treatment ended because of a pregnancy")
    if not law.holds("post_treatment/test_after", ended):
        return excluded(NOT_ASKED)
    due = law.period("post_treatment/test_after", ended).value.after(ended)
    closes = law.period("audit/last_test_closes_after", course.on).value.after(due)
    if course.on <= closes and not _is_tested_between(course, due, closes):
        return excluded("the last test may still come in time")
    return counted(_is_tested_between(course, due, closes))


def _is_tested_between(course: AuditedCourse, first: date, last: date) -> bool:
    return any(first <= test.taken_on <= last for test in course.all(PregnancyTest))


def supply_kept_short(course: AuditedCourse) -> Count:
    """A14: was no prescription for more days than allowed?"""
    left_out = not_concerned(course)
    if left_out is not None:
        return left_out
    name = "prescription/supply_limit_days"
    return together(
        counted(each.days_supply <= course.law.days(name, each.issued_on).value)
        if course.law.holds(name, each.issued_on)
        else excluded(NOT_ASKED)
        for each in course.prescriptions
    )


def collected_inside_the_window(course: AuditedCourse) -> Count:
    """A15: was each prescription that was handed over handed over inside its window?"""
    left_out = not_concerned(course)
    if left_out is not None:
        return left_out
    by_id = {each.id: each for each in course.prescriptions}
    counts = []
    for hand_over in course.hand_overs:
        prescription = by_id.get(hand_over.prescription or "") or _latest_by(course, hand_over.date)
        counts.append(
            excluded("no prescription is on file for the hand-over")
            if prescription is None
            else counted(_is_inside(course, prescription, hand_over.date))
        )
    return together(counts)


def _latest_by(course: AuditedCourse, day: date) -> Prescription | None:
    until = [each for each in course.prescriptions if each.issued_on <= day]
    return until[-1] if until else None


def _is_inside(course: AuditedCourse, prescription: Prescription, day: date) -> bool:
    law, issued = course.law, prescription.issued_on
    if law.word("pregnancy_testing/scheme", issued).value == _SPECIMEN:
        return any(
            test.result == "negative"
            and 0
            <= days_between(test.taken_on, day)
            < law.days("dispensing/window_days", test.taken_on).value
            for test in course.all(PregnancyTest)
        )
    counts_from = "dispensing/window_counts_from"
    days = law.days("dispensing/days_after_prescription", issued).value
    begins = issued
    if law.holds(counts_from, issued) and law.word(counts_from, issued).value == _CERTIFICATE:
        certified = [fact.date for fact in course.all(NonPregnancyCertificate) if fact.date <= issued]
        if not certified:
            return False
        begins = certified[-1]
    return 0 <= days_between(begins, day) <= days


def contraception_before_start(course: AuditedCourse) -> Count:
    """A16: was accepted contraception in use for long enough before the first dose, or waived?"""
    left_out = not_concerned(course)
    if left_out is not None:
        return left_out
    if course.started_on is None:
        return excluded(NOT_STARTED)
    first = next((act for act in course.acts if act.is_hand_over), None)
    if first is None or not first.is_judged:
        return excluded(NO_ACTS)
    if first.is_stopped and not first.in_the_way & set(_CONTRACEPTION):
        return excluded("the first hand-over should have been stopped for something graver")
    return counted(not _lacks_contraception(first))


def _lacks_contraception(act: AuditedAct) -> bool:
    return bool(act.in_the_way & set(_CONTRACEPTION))


def pregnancies(course: AuditedCourse) -> Count:
    """A19: did a pregnancy begin to show during treatment or in the month after it?

    The numerator counts courses with one; the denominator every course begun.
    """
    left_out = not_concerned(course)
    if left_out is not None:
        return left_out
    if course.started_on is None:
        return excluded(NOT_STARTED)
    return counted(first_sign_of_pregnancy(course) is not None)


def first_sign_of_pregnancy(course: AuditedCourse) -> date | None:
    """The first day of a pregnancy or positive test in the exposed time of a course; None without one."""
    if course.started_on is None:
        return None
    last = course.on
    if course.ended_on is not None:
        last = course.law.period("audit/pregnancy_after", course.on).value.after(course.ended_on)
    shown = [fact.date for fact in course.all(Pregnancy)]
    shown += [test.taken_on for test in course.all(PregnancyTest) if test.result == "positive"]
    return min((day for day in shown if course.started_on <= day <= last), default=None)


def stopped_and_referred(course: AuditedCourse) -> Count:
    """A19, its second half: was treatment stopped and the patient referred on the day it showed?"""
    shown = first_sign_of_pregnancy(course)
    if not course.can_become_pregnant or shown is None:
        return NOTHING
    stopped = any(stop.date <= shown for stop in course.all(TreatmentStop))
    referred = any(fact.date == shown for fact in course.all(Assessment))
    reported = any(fact.date == shown for fact in course.all(AdverseEventReport))
    return counted(stopped and (referred or reported))


def waivers_looked_at_again(course: AuditedCourse) -> Count:
    """A21: was a waiver of contraception looked at again at every visit while it was open?"""
    left_out = not_concerned(course)
    if left_out is not None:
        return left_out
    waivers = course.all(ContraceptionWaiver)
    if not waivers:
        return excluded("no waiver is on file")
    entered = {waiver.from_ for waiver in waivers}
    first = waivers[0]
    later = [visit for visit in course.all(Visit) if visit.date > first.from_]
    return together(
        counted(visit.date in entered) for visit in later if first.to is None or visit.date <= first.to
    )
