"""In which words does a worklist say what to do next, by when, and how long that is?"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from isovigil.decisions.finding import Finding
from isovigil.exchange.review_words import ACTIONS

LONGEST_REASON = 170
"""Characters of a reason that a row shows; the review has the whole."""
_SENTENCE_ENDS = re.compile(r"(?<=[.!?]) (?=[A-Z])")
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

STEPS: Mapping[str, str] = {
    "pregnancy_testing.not_pregnant": "Stop treatment and report the pregnancy",
    "pregnancy_testing.no_positive_test": "Stop treatment; report it, or record that it was disproved",
    "eligibility.contraindications": "Do not treat; choose another treatment",
    "eligibility.minimum_age": "Choose another treatment",
    "contraception.interactions": "Review the medicine and the contraception together",
    "category.recorded": "Record whether the patient can become pregnant",
    "category.basis_documented": "Document why the patient cannot become pregnant",
    "enrolment.patient_enrolled": "Enrol the patient in the programme",
    "enrolment.consents_signed": "Complete and sign the consents",
    "enrolment.prescriber_certified": "Renew the prescriber's certification",
    "enrolment.pharmacy_certified": "Renew the pharmacy's certification, or use another pharmacy",
    "documents.risk_acknowledged": "Complete and sign the risk form",
    "eligibility.severe_acne": "Record how severe the acne is",
    "eligibility.prior_therapy_failed": "Record what was tried before and how it went",
    "eligibility.no_alternative_attested": "Attest that no other treatment is suitable",
    "eligibility.second_opinion_acknowledged": "Attest that the right to a second opinion is known",
    "eligibility.second_prescriber": "Get a second prescriber's support",
    "visits.first_in_person": "See the patient in person",
    "mental_health.baseline": "Answer the questions on mood",
    "mental_health.follow_up": "Answer the questions on mood",
    "sexual_function.baseline": "Answer the questions on sexual function",
    "sexual_function.follow_up": "Answer the questions on sexual function",
    "contraception.methods_accepted": "Agree on accepted contraception and enter it",
    "contraception.lead_time": "Stay on contraception until the lead time is over",
    "contraception.entries_match": "Enter the same two forms, in the same order, as the prescriber",
    "pregnancy_testing.screening_test": "Take the screening pregnancy test",
    "pregnancy_testing.confirmatory_test": "Take the confirmatory pregnancy test",
    "pregnancy_testing.monthly_test": "Take this month's pregnancy test",
    "pregnancy_testing.test_before_prescription": "Take a pregnancy test",
    "pregnancy_testing.test_setting": "Take a pregnancy test in an accepted setting",
    "counselling.recorded": "Confirm this month's counselling",
    "comprehension.passed": "Answer the programme's questions",
    "prescription.supply_limit": "Write a new prescription for fewer days",
    "prescription.no_refills": "Write a new prescription without refills",
    "prescription.quantity_consistent": "Write a new prescription whose capsules add up",
    "prescription.initiator_allowed": "Let a prescriber in an allowed role start treatment",
    "dispensing.prescription_exists": "Write a prescription for this cycle",
    "dispensing.once_per_prescription": "Write the next prescription",
    "dispensing.no_lockout": "Take a new confirmatory test once the lockout ends",
    "dispensing.authorisation_valid": "Get a new authorisation",
    "post_treatment.end_of_treatment_test": "Take the test at the end of treatment",
    "post_treatment.test_after_treatment": "Take the pregnancy test after treatment",
    "post_treatment.contraception_until": "Enter the contraception in use after treatment",
}
"""What clears a rule, as something a person does."""
_STEPS_BY_TASK: Mapping[tuple[str, str], str] = {
    ("pregnancy_testing.test_setting", "attestation"): "Attest the clinic's process for home tests",
    ("pregnancy_testing.test_setting", "record_fact"): "Record where the test was taken",
    ("pregnancy_testing.confirmatory_test", "record_fact"): "Record the cycle and the start of the period",
    ("documents.risk_acknowledged", "prescription"): "Write a new prescription, now that the form is signed",
    ("dispensing.inside_the_window", "pregnancy_test"): "Take a new pregnancy test",
    ("dispensing.inside_the_window", "prescription"): "Write a new prescription",
    ("dispensing.inside_the_window", "counselling"): "Confirm counselling anew",
}
"""Where the same rule is cleared in several ways, by the task it asks for."""
_STEPS_BY_MOVER: Mapping[tuple[str, str | None], str] = {
    ("post_treatment.test_after_treatment", "prescriber"): (
        "Reach the patient for the overdue test, and record each attempt"
    ),
    ("enrolment.consents_signed", "prescriber"): "Have the consents completed and signed",
}
"""Where somebody other than the one who acts has to move."""


_STEPS_OF_A_TASK: Mapping[str, str] = {
    "laboratory": "Draw blood",
    "questionnaire": "Ask the questions",
    "visit": "See the patient",
    "weight": "Weigh the patient",
    "specialist_review": "Refer to a specialist",
    "eye_examination": "Arrange an eye examination",
    "report_adverse_event": "Report the harm",
}
"""What a clinical rule asks for, where it only asks to look again."""
_SAYS_THE_ACTION = ("halve", "hold", "stop", "reduce", "do not")
_IS_THE_ACTION_ALONE = frozenset({"hold", "stop", "reduce"})
_LOOK_AGAIN = frozenset({None, "continue", "recheck"})


def step_of(finding: Finding) -> str:
    """What to do about a finding, as a verb phrase; a rule without one of its own says what it needs."""
    tasks = [task.what for task in finding.tasks]
    told = [
        _STEPS_BY_MOVER.get((finding.rule, finding.whose_move)),
        *(_STEPS_BY_TASK.get((finding.rule, task)) for task in tasks),
        STEPS.get(finding.rule),
    ]
    first_clause, _, rest = (finding.needs or finding.says).partition(";")
    first_clause = first_clause.rstrip(".")
    if first_clause in _IS_THE_ACTION_ALONE:
        first_clause = "; ".join(
            filter(None, (ACTIONS[finding.action or "continue"], rest.strip().rstrip(".")))
        )
    if finding.action in _LOOK_AGAIN:
        told += [_STEPS_OF_A_TASK.get(task) for task in tasks]
    elif not first_clause.lower().startswith(_SAYS_THE_ACTION):
        told.append(f"{ACTIONS[finding.action or 'continue']}; {first_clause}")
    return next((step for step in told if step), first_clause[:1].upper() + first_clause[1:])


def uncapitalised(text: str) -> str:
    """The text as it stands inside a sentence; an abbreviation such as ASQ keeps its capitals."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def in_short(text: str, longest: int = LONGEST_REASON) -> str:
    """The first sentences of a text, as many as fit; always the first."""
    first, *rest = _SENTENCE_ENDS.split(text)
    for sentence in rest:
        if len(first) + len(sentence) >= longest:
            break
        first = f"{first} {sentence}"
    return first


def short_day(day: date, beside: date) -> str:
    """``Tue 8 Dec``; with the year where it is not that of the day beside it."""
    year = "" if day.year == beside.year else f" {day.year}"
    return f"{_WEEKDAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]}{year}"


def short_instant(instant: datetime, beside: date) -> str:
    """``Tue 8 Dec, 23:59 EST``: the clock of the instant's own zone, with the zone."""
    return f"{short_day(instant.date(), beside)}, {instant:%H:%M} {instant.tzname()}"


def slack(deadline: datetime, at: datetime, *, is_whole_day: bool) -> str:
    """How long is left: ``9 hours``, ``today``, ``1 day``, ``12 days``, ``3 days late``.

    Whole calendar days, and on the last day hours; neither a step due some time that day nor a day
    judged from its first moment has an hour.
    """
    days = (deadline.date() - at.date()).days
    if days > 0:
        return _counted(days, "day")
    if days < 0:
        return f"{_counted(-days, 'day')} late"
    left = deadline - at
    if left < timedelta(0):
        return "late"
    if is_whole_day or at.time() == time.min:
        return "today"
    hours, minutes = left // timedelta(hours=1), left // timedelta(minutes=1)
    return _counted(hours, "hour") if hours else _counted(minutes, "minute")


def _counted(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"
