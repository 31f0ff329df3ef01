"""Which audit indicators are there, what does each count, and where does it come from?

Specification of the regimes outside the United States, 6.2. The published audits behind them are those of
the British Association of Dermatologists (uk-S36) and their local cycles (uk-S37, uk-S39).
"""

from __future__ import annotations

from typing import Final

from isovigil.indicators import appointments as seen
from isovigil.indicators import documents_kept as kept
from isovigil.indicators import enquiries as asked
from isovigil.indicators import laboratory_checks as drawn
from isovigil.indicators import pregnancy_prevention as prevented
from isovigil.indicators.count import NO_RULE, Count, Indicator, excluded
from isovigil.indicators.record import AuditedCourse
from isovigil.law.refusal import NoRuleInForce

_BAD: Final = ("uk-S36", "uk-S39")
_MHRA: Final = ("uk-S1",)
_OURS: Final = ("isovigil-defaults",)

INDICATORS: Final[tuple[Indicator, ...]] = (
    Indicator("A1", "courses of those who can become pregnant, begun",
              "acknowledgement or risk form signed by the first prescription",
              "all", "B1, M", (*_BAD, *_MHRA), prevented.acknowledged),
    Indicator("A2", "courses begun", "lipids before the first dose and at least once during treatment",
              "all", "B2", _BAD, drawn.lipids_before_and_during),
    Indicator("A2b", "courses of more than a month",
              "liver enzymes and lipids before, at 1 month (7 days either way), then every 3 months",
              "all", "SmPC", ("uk-S53",), drawn.checked_all_along),
    Indicator("A3a", "first prescriptions of those who can become pregnant", "negative test in time for it",
              "all", "B3, M", (*_BAD, "uk-S15"), prevented.tested_before_first),
    Indicator("A3b", "later prescriptions of those who can become pregnant",
              "negative test in time for it, or a documented waiver",
              "all", "B3, M", (*_BAD, "uk-S15"), prevented.tested_before_each),
    Indicator("A3c", "courses of those who can become pregnant, ended more than 6 weeks ago",
              "pregnancy test from its due day to 14 days after it",
              "all", "B3", _BAD, prevented.tested_after_treatment),
    Indicator("A4", "courses begun", "entry about mood before the first dose",
              "all", "B4, M", (*_BAD, *_MHRA), asked.mood_before_start),
    Indicator("A5", "follow-up visits", "entry about mood since the visit before",
              "all", "B5, M", (*_BAD, *_MHRA), asked.mood_at_follow_up),
    Indicator("A6", "courses prescribed", "risk form of the version of its day, every field complete",
              "UK from 2023-10-31", "M", ("uk-S1", "uk-S8", "uk-S9"), kept.form_of_the_right_version),
    Indicator("A7", "courses begun under age while two prescribers were asked for",
              "two prescribers, each by an own entry, by the first dose",
              "UK 2023-10-31 to 2026-01-21", "M", ("uk-S1", "uk-S5"), kept.two_prescribers),
    Indicator("A8", "courses begun while both were asked for",
              "no other suitable treatment attested, and the right to a second opinion acknowledged",
              "UK from 2026-01-22", "M", ("uk-S8", "uk-S9"), kept.attested_and_told),
    Indicator("A9", "courses begun", "entry about sexual function before the first dose",
              "UK from 2023-10-31", "M", _MHRA, asked.sexual_function_before_start),
    Indicator("A10", "follow-up visits", "entry about sexual function, as full as the day asked for",
              "UK from 2023-10-31", "M", ("uk-S1", "uk-S6"), asked.sexual_function_at_follow_up),
    Indicator("A11", "courses with an appointment", "the first one in person",
              "UK from 2023-10-31", "M", ("uk-S6",), seen.first_visit_in_person),
    Indicator("A12", "courses begun", "seen 21 to 42 days after the first dose",
              "UK from 2023-10-31", "general knowledge", ("general-knowledge",), seen.reviewed_in_time),
    Indicator("A13", "pregnancy tests away from the clinic",
              "who vouches for it, method, kit sensitivity and evidence of the result on file",
              "UK from 2025-10-27", "M", ("uk-S2", "uk-S6"), seen.remote_tests_documented),
    Indicator("A14", "prescriptions of those who can become pregnant", "no more days than allowed",
              "all", "M, E", ("uk-S16",), prevented.supply_kept_short),
    Indicator("A15", "hand-overs to those who can become pregnant", "inside the window of the prescription",
              "all", "M, E", ("uk-S16",), prevented.collected_inside_the_window),
    Indicator("A16", "courses of those who can become pregnant, begun",
              "accepted contraception for long enough before the first dose, or a waiver",
              "all", "M, E", ("uk-S11", "uk-S16"), prevented.contraception_before_start),
    Indicator("A17", "courses prescribed", "severity, failed antibiotic and failed topical treatment on file",
              "all", "M", ("uk-S13",), kept.reasons_recorded),
    Indicator("A18", "abnormal mental-health screens", "documented action within 1 working day",
              "UK from 2023-10-31", "P", _OURS, asked.abnormal_screens_acted_on),
    Indicator("A19", "courses of those who can become pregnant, begun",
              "a pregnancy during treatment or in the month after it",
              "all", "E", ("uk-S30",), prevented.pregnancies, "per_courses", has_target=False),
    Indicator("A19b", "pregnancies counted by A19", "treatment stopped and the patient referred the same day",
              "all", "E", ("uk-S30",), prevented.stopped_and_referred),
    Indicator("A20", "courses begun after an appointment",
              "days from the first appointment to the first dose",
              "UK", "P", _OURS, seen.days_to_start, "median_days", has_target=False),
    Indicator("A21", "visits while a waiver of contraception was open", "the waiver looked at again",
              "UK from 2023-10-31", "P", _OURS, prevented.waivers_looked_at_again),
    Indicator("A22", "courses begun",
              "advice against donating blood, reminder card and pharmacist's checklist on file",
              "all", "M, E", ("uk-S54", "uk-S55"), kept.reminders_given),
)  # fmt: skip
"""A1 to A22 in order. A19's second half, stopping and referring, stands as A19b."""


def measure(course: AuditedCourse) -> tuple[Count, ...]:
    """What each indicator counts in one course, in the order of `INDICATORS`."""
    return tuple(_measured(each, course) for each in INDICATORS)


def _measured(indicator: Indicator, course: AuditedCourse) -> Count:
    """A day whose law is not held leaves the course out of the indicator, and says so."""
    try:
        return indicator.measured(course)
    except NoRuleInForce:
        return excluded(NO_RULE)
