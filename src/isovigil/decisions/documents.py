"""Is the programme's own risk form signed, complete, and of the version that counts?"""

from __future__ import annotations

from typing import Any

from isovigil.calendar.days import in_words
from isovigil.case.kinds import Acknowledgement
from isovigil.decisions.asked import asked_of, is_under_age, joined
from isovigil.decisions.course import Course
from isovigil.decisions.cycle import prescribing_day
from isovigil.decisions.finding import Outcome, met, not_met, unknown
from isovigil.decisions.rule import EVERY_GATE, rule
from isovigil.law.law import Law
from isovigil.law.value import Dated

_VERSION = "documents/risk_form_version"
_BEST_FIRST = ("met", "unknown", "not_met")


@rule("documents.risk_acknowledged", gates=EVERY_GATE)
def risk_acknowledged(course: Course, law: Law) -> Outcome:
    """Did the patient sign the risk form of the right version before the first prescription?"""
    asked = asked_of(course, law, "documents/risk_form_concerns", "no risk form")
    if isinstance(asked, Outcome):
        return asked
    form = law.word("documents/risk_form", course.today.day)
    version = version_of_start(course, law)
    signed = [fact for fact in course.all(Acknowledgement) if fact.form == form.value]
    if not signed:
        return unknown(
            "No signed risk form is recorded for this course.",
            needs=_needed(version),
            whose_move="patient",
            satisfiable_from=course.today.day,
            values=(asked, form) if version is None else (asked, form, version),
            task="consent",
        )
    judged = [_judge_copy(course, law, fact, asked, version) for fact in reversed(signed)]
    return min(judged, key=lambda outcome: (_BEST_FIRST.index(outcome.answer), outcome.amber))


def version_of_start(course: Course, law: Law) -> Dated[str] | None:
    """The version in force on the day of start: the course's own, else today. None where the
    programme's form has no versions.

    A course begun before the form existed is held to the version of today.
    """
    started_on = course.started_on
    if started_on is not None and law.holds(_VERSION, started_on):
        return law.word(_VERSION, started_on)
    today = course.today.day
    return law.word(_VERSION, today) if law.holds(_VERSION, today) else None


def _needed(version: Dated[str] | None) -> str:
    of_version = "" if version is None else f" of version {version.value}"
    return f"the risk form{of_version}, complete and signed by the patient"


def _judge_copy(
    course: Course, law: Law, copy: Acknowledgement, asked: Dated[str], version: Dated[str] | None
) -> Outcome:
    lack = _lack_of_copy(course, law, copy, version)
    values: tuple[Dated[Any], ...] = (asked, law.words("documents/risk_form_signers", course.today.day))
    if version is not None:
        values = (*values, version)
    if lack is not None:
        fails = unknown if lack == _NO_VERSION else not_met
        return fails(
            f"The risk form of {in_words(copy.signed_on)} {lack}.",
            needs=_needed(version),
            whose_move="patient",
            satisfiable_from=course.today.day,
            facts=[copy],
            values=values,
            task="consent",
        )
    if course.started_on is None:
        issued_on = prescribing_day(course, law)
        if copy.signed_on > issued_on:
            return not_met(
                f"The risk form was signed on {in_words(copy.signed_on)}, after the first prescription "
                f"of {in_words(issued_on)}.",
                needs="a new prescription, issued after the risk form was signed",
                whose_move="prescriber",
                satisfiable_from=course.today.day,
                facts=[copy, course.latest_prescription],
                values=values,
                task="prescription",
            )
    return _signed(course, law, copy, values)


_NO_VERSION = "does not say which version it is"


def _lack_of_copy(course: Course, law: Law, copy: Acknowledgement, version: Dated[str] | None) -> str | None:
    if not copy.complete:
        return "is not complete"
    signers = law.words("documents/risk_form_signers", course.today.day).value
    missing = [signer for signer in signers if signer not in copy.by]
    if missing:
        return f"lacks the signature of {joined(missing)}"
    if version is None:
        return None
    if copy.version is None:
        return _NO_VERSION
    accepted = {version.value}
    if _is_late(course, copy) and law.holds(_VERSION, copy.signed_on):
        accepted.add(law.word(_VERSION, copy.signed_on).value)
    if copy.version not in accepted:
        return f"is version {copy.version}; version {version.value} counts"
    return None


def _is_late(course: Course, copy: Acknowledgement) -> bool:
    """Was it signed after the prescription that treatment started on? Then it counts from its own day."""
    started_on = course.started_on
    if started_on is None:
        return False
    issued = [fact.issued_on for fact in course.prescriptions if fact.issued_on <= started_on]
    return copy.signed_on > max(issued, default=started_on)


def _signed(course: Course, law: Law, copy: Acknowledgement, values: tuple[Dated[Any], ...]) -> Outcome:
    """It counts; a person should still look where it came late or a minor signed alone."""
    version = "" if copy.version is None else f" (version {copy.version})"
    remarks = []
    if _is_late(course, copy):
        remarks.append("That was after the first prescription.")
    beside = "documents/risk_form_signer_beside_minor"
    if law.holds(beside, course.today.day) and is_under_age(course, law, copy.signed_on):
        carer = law.word(beside, course.today.day)
        values = (*values, carer)
        if carer.value not in copy.by:
            remarks.append(f"The patient was under age, and no {carer.value} signed as well.")
    return met(
        " ".join(
            [
                f"The risk form{version} was signed on {in_words(copy.signed_on)}.",
                *remarks,
            ]
        ),
        facts=[copy],
        values=values,
        amber=bool(remarks),
    )
