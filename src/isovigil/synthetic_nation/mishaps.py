"""What goes wrong, which rules does each mishap break, and at which act?

Written from the law (`period_law`), by the rules' names as Isovigil's review tells them. A mishap that breaks
a stopping rule hides what merely waits: an act is charged with the gravest that stands in its way.
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

Place = Literal["start", "month", "last_month"]

_MONTHLY: Final = "pregnancy_testing.monthly_test"
_WINDOW: Final = "dispensing.inside_the_window"
_CONFIRMATORY: Final = "pregnancy_testing.confirmatory_test"
_COUNSELLED: Final = "counselling.recorded"
_SETTING: Final = "pregnancy_testing.test_setting"
_EXISTS: Final = "dispensing.prescription_exists"
_ONCE: Final = "dispensing.once_per_prescription"
_QUESTIONS: Final = "comprehension.passed"
_FATS: Final = "laboratory.triglycerides"


class Mishap(NamedTuple):
    """One way in which something goes wrong, and what it breaks."""

    name: str
    place: Place
    who_can: bool | None
    """Only for patients who can, or cannot, become pregnant; None for both."""
    at_prescription: tuple[str, ...]
    at_hand_over: tuple[str, ...]
    why: str
    share: float = 1.0
    """How often beside the others."""


_ALL: Final = (
    # -- at the start
    Mishap("confirmed_too_early", "start", True, (_CONFIRMATORY,), (_CONFIRMATORY,),
           "the confirmatory specimen came less than 19 days after the screening one"),
    Mishap("contraception_too_short", "start", True, ("contraception.lead_time", _CONFIRMATORY),
           ("contraception.lead_time", _CONFIRMATORY),
           "two forms had been in use for less than a month before the confirmatory test and the first dose"),
    Mishap("confirmed_outside_menses", "start", True, (_CONFIRMATORY,), (_CONFIRMATORY,),
           "regular cycles, and the confirmatory specimen was not of the first 5 days of a period"),
    Mishap("confirmed_at_home", "start", True, (_SETTING,), (_SETTING,),
           "a home test confirmed the start, which no regime accepts"),
    Mishap("retested_in_lockout", "start", True, (_CONFIRMATORY,),
           (_WINDOW, "dispensing.no_lockout"),
           "the first window went uncollected, and the next specimen came before 19 days were over"),
    Mishap("consent_late", "start", None, ("enrolment.consents_signed",), ("enrolment.consents_signed",),
           "a consent was signed only after treatment had begun"),
    Mishap("enrolled_late", "start", None, ("enrolment.patient_enrolled",), ("enrolment.patient_enrolled",),
           "the patient was entered in the programme only after treatment had begun"),
    # -- in some month
    Mishap("collected_after_window", "month", True, (), (_WINDOW,),
           "collected after the seventh day of the window", 4.0),
    Mishap("test_missing", "month", True, (_MONTHLY,), (_MONTHLY, _WINDOW),
           "prescribed and handed over without a pregnancy test in this cycle", 2.0),
    Mishap("test_after_prescription", "month", True, (_MONTHLY,), (_EXISTS,),
           "the prescription was written before the specimen that opened the window", 2.0),
    Mishap("test_in_doubt", "month", True, (), (_MONTHLY, _WINDOW),
           "an hCG of 5 to 25 mIU/mL inside the window was never repeated"),
    Mishap("supply_too_long", "month", None, ("prescription.supply_limit",), ("prescription.supply_limit",),
           "more than 30 days of supply", 2.0),
    Mishap("refills_written", "month", None, ("prescription.no_refills",), ("prescription.no_refills",),
           "the prescription allows refills"),
    Mishap("handed_over_twice", "month", True, (), (
        _MONTHLY, _COUNSELLED, _QUESTIONS, _EXISTS, _ONCE, _WINDOW),
        "handed over twice on one prescription: the first had used up test, window and entries"),
    Mishap("handed_over_twice", "month", False, (), (
        _COUNSELLED, _EXISTS, _ONCE, _WINDOW),
        "handed over twice on one prescription: the first had used up the counselling and its window"),
    Mishap("entries_differ", "month", True, (), ("contraception.entries_match",),
           "patient and prescriber entered different forms of contraception", 2.0),
    Mishap("not_counselled", "month", True, (_COUNSELLED,), (_COUNSELLED,),
           "no counselling was recorded in this cycle"),
    Mishap("not_counselled", "month", False, (_COUNSELLED,), (_COUNSELLED, _WINDOW),
           "no counselling was recorded in this cycle, so none opened a window", 2.0),
    Mishap("questions_not_answered", "month", True, (), (_QUESTIONS,),
           "the month's questions were not answered", 2.0),
    Mishap("collected_after_window", "month", False, (), (_COUNSELLED, _WINDOW),
           "collected more than 30 days after the counselling", 2.0),
    Mishap("pharmacy_lapsed", "month", None, (), ("enrolment.pharmacy_certified",),
           "the pharmacy's certification had ended"),
    Mishap("prescriber_lapsed", "month", None, ("enrolment.prescriber_certified",),
           ("enrolment.prescriber_certified",), "the prescriber's certification had ended"),
    Mishap("tetracycline", "month", None, ("interactions.tetracyclines",), ("interactions.tetracyclines",),
           "doxycycline was taken at the same time"),
    Mishap("home_test_without_process", "month", True, (_SETTING,), (_SETTING,),
           "a home test without the prescriber's process against misreading and falsification"),
    # -- in the last month, for the course ends there
    Mishap("positive_test_overlooked", "last_month", True, ("pregnancy_testing.no_positive_test",),
           ("pregnancy_testing.no_positive_test",), "prescribed and handed over after a positive test"),
    Mishap("minipill_entered", "last_month", True,
           ("contraception.methods_accepted", "contraception.lead_time"),
           ("contraception.methods_accepted", "contraception.lead_time"),
           "a progestin-only pill is no accepted form, and none had been in use without a gap"),
    Mishap("triglycerides_overlooked", "last_month", None, (_FATS,), (_FATS,),
           "triglycerides of 800 mg/dL, or 500 after a raised baseline, and treatment went on", 2.0),
    Mishap("alt_overlooked", "last_month", None, ("laboratory.liver",), ("laboratory.liver",),
           "ALT above 5 times its upper limit, and treatment went on"),
)  # fmt: skip

ONLY_REGULAR: Final = frozenset({"confirmed_outside_menses"})
"""Mishaps that only happen to regular cycles."""
SHARE_WITH_A_MISHAP: Final = 0.08
"""So many courses have one planted mishap; the other 92 of 100 run smoothly."""


def _with_weights(who_can: bool) -> tuple[tuple[Mishap, ...], tuple[float, ...]]:
    theirs = tuple(each for each in _ALL if each.who_can in (None, who_can))
    total, weights = 0.0, []
    for each in theirs:
        total += each.share
        weights.append(total)
    return theirs, tuple(weights)


MISHAPS: Final = {who_can: _with_weights(who_can) for who_can in (True, False)}
"""For each category its mishaps, with their shares added up."""
