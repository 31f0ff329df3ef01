"""Which US patients have their capsules, or are about to get them, and give nobody trouble?

Most of a clinic, in every week of the cycle. Some carry a finding that a person should look at.
"""

from __future__ import annotations

from isovigil.case.kinds import Symptom, Visit
from isovigil.usecases.synthetic_clinic.diary import Diary
from isovigil.usecases.synthetic_clinic.monitoring import Finding, check_up
from isovigil.usecases.synthetic_clinic.people import Makeup
from isovigil.usecases.synthetic_clinic.story import Tell, story
from isovigil.usecases.synthetic_clinic.us_treatment import (
    month_entries,
    months_of_treatment,
    negative_test,
    prescribe,
)

US = "us_ipledge"
CAN = Makeup(can_become_pregnant=True)
CANNOT = Makeup(can_become_pregnant=False)
HEAVY = Makeup(can_become_pregnant=False, lightest=31.0, heaviest=36.0)
YOUNG_CAN = Makeup(can_become_pregnant=True, youngest=14, oldest=17)
YOUNG_CANNOT = Makeup(can_become_pregnant=False, youngest=13, oldest=17)
_WEEKS = (("first", 1, 6), ("second", 7, 13), ("third", 14, 20), ("fourth", 21, 23))
_MONTHS_FOR_A_FINDING = 3


def on_treatment(earliest: int, latest: int, finding: Finding = "nothing", months: int = 0) -> Tell:
    """Tells a course whose last hand-over was between so many days ago; one to six months unless told."""

    def tell(diary: Diary) -> None:
        made = months or diary.chance.randint(1, 6)
        months_of_treatment(diary, diary.ago(diary.chance.randint(earliest, latest)), made, finding)

    return tell


for _name, _earliest, _latest in _WEEKS:
    story(
        f"unremarkable, in the {_name} week of the month",
        US,
        makeup=CAN,
        share=13,
        is_unremarkable=True,
        expects={"start": "ready", "prescribe": "waiting", "dispense": "waiting"},
        because={"prescribe": "pregnancy_testing.monthly_test"},
    )(on_treatment(_earliest, _latest))
    story(
        f"unremarkable and cannot become pregnant, in the {_name} week of the month",
        US,
        makeup=CANNOT,
        share=11,
        is_unremarkable=True,
        expects={"start": "ready", "dispense": "waiting"},
        because={"dispense": "dispensing.once_per_prescription"},
    )(on_treatment(_earliest, _latest))

story(
    "unremarkable teenager", US, makeup=YOUNG_CAN, share=4, is_unremarkable=True, expects={"start": "ready"}
)(on_treatment(1, 23))
story(
    "unremarkable teenager who cannot become pregnant",
    US,
    makeup=YOUNG_CANNOT,
    share=4,
    is_unremarkable=True,
    expects={"start": "ready"},
)(on_treatment(1, 23))

_FINDINGS: tuple[tuple[str, Finding, Makeup], ...] = (
    ("body mass index over 30", "nothing", HEAVY),
    ("raised triglycerides", "triglycerides_raised", CANNOT),
    ("very high triglycerides", "triglycerides_very_high", CANNOT),
    ("blood fats taken without fasting", "not_fasting", CAN),
    ("slightly raised ALT", "alt_raised", CAN),
    ("ALT over three times the limit", "alt_high", CANNOT),
    ("low mood", "low_mood", CAN),
    ("PHQ-9 item 9 answered", "self_harm_item", CANNOT),
    ("back pain", "back_pain", CANNOT),
    ("back pain of an inflammatory pattern", "inflammatory_back_pain", CANNOT),
    ("sees worse at night", "night_vision", CAN),
    ("muscle pain after sport", "muscle_pain", CANNOT),
    ("cracked lips", "cracked_lips", CAN),
)
for _name, _finding, _makeup in _FINDINGS:
    story(_name, US, makeup=_makeup, expects={"start": "ready"})(
        on_treatment(3, 20, _finding, _MONTHS_FOR_A_FINDING)
    )


@story("headache told at an extra visit", US, makeup=CAN, expects={"start": "ready"})
def headache(diary: Diary) -> None:
    """Two weeks into a month, a new headache, told by video."""
    months_of_treatment(diary, diary.ago(14), 2)
    diary.note(Visit, "visit", date=diary.ago(2), mode="video", purpose="follow_up")
    diary.note(
        Symptom, "headache", date=diary.ago(2), code="AE14", severity="moderate", features=("reduced_vision",)
    )


def this_month(diary: Diary, tested: int, *, months: int = 0, last: int = 29) -> int:
    """A course up to this month's appointment, so many days ago; returns how many hand-overs were made."""
    made = months or diary.chance.randint(1, 5)
    months_of_treatment(diary, diary.ago(last), made)
    seen_on = diary.ago(tested)
    diary.note(Visit, "visit", date=seen_on, mode="in_person", purpose="follow_up")
    check_up(diary, seen_on, made)
    return made


@story(
    "tested and counselled, prescription to be written",
    US,
    makeup=CAN,
    share=6,
    is_unremarkable=True,
    expects={"start": "ready", "prescribe": "ready"},
)
def prescription_to_be_written(diary: Diary) -> None:
    """Seen yesterday or today; everything is in place but the prescription."""
    tested = diary.chance.randint(0, 1)
    this_month(diary, tested, last=27)
    negative_test(diary, diary.ago(tested))
    month_entries(diary, diary.ago(tested))


@story(
    "waiting at the pharmacy",
    US,
    makeup=CAN,
    share=8,
    is_unremarkable=True,
    expects={"prescribe": "ready", "dispense": "ready"},
)
def waiting_at_the_pharmacy(diary: Diary) -> None:
    """Tested two or three days ago and prescribed: the capsules only have to be collected."""
    tested = diary.chance.randint(2, 3)
    made = this_month(diary, tested)
    negative_test(diary, diary.ago(tested))
    month_entries(diary, diary.ago(tested))
    prescribe(diary, diary.ago(tested - 1), made)


@story(
    "waiting at the pharmacy, cannot become pregnant",
    US,
    makeup=CANNOT,
    share=6,
    is_unremarkable=True,
    expects={"prescribe": "ready", "dispense": "ready"},
)
def collects_within_thirty_days(diary: Diary) -> None:
    """Counselled and prescribed some days ago."""
    counselled = diary.chance.randint(1, 4)
    made = this_month(diary, counselled)
    month_entries(diary, diary.ago(counselled))
    prescribe(diary, diary.ago(counselled), made)
