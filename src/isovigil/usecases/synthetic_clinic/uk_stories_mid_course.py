"""Which UK patients have their capsules, or are about to get them, and which have finished?"""

from __future__ import annotations

from isovigil.case.kinds import CourseOpened, TreatmentStop, Visit
from isovigil.usecases.synthetic_clinic.diary import Diary
from isovigil.usecases.synthetic_clinic.monitoring import Finding, check_up
from isovigil.usecases.synthetic_clinic.people import Makeup
from isovigil.usecases.synthetic_clinic.story import Tell, story
from isovigil.usecases.synthetic_clinic.uk_treatment import (
    UK,
    clinic_test,
    follow_up,
    initiate,
    months_of_treatment,
    prepare,
    prescribe,
)

CAN = Makeup(can_become_pregnant=True)
CANNOT = Makeup(can_become_pregnant=False)
YOUNG_CAN = Makeup(can_become_pregnant=True, youngest=14, oldest=16)
YOUNG_CANNOT = Makeup(can_become_pregnant=False, youngest=13, oldest=16)
_WEEKS = (("first", 1, 6), ("second", 7, 13), ("third", 14, 20), ("fourth", 21, 23))
_MONTHS_FOR_A_FINDING = 3
_MONTHS = 5
_NO_COURSE = {"prescribe": "waiting", "dispense": "waiting"}


def on_treatment(earliest: int, latest: int, finding: Finding = "nothing") -> Tell:
    """Tells a course whose last hand-over was between so many days ago."""

    def tell(diary: Diary) -> None:
        months = diary.chance.randint(1, 6) if finding == "nothing" else _MONTHS_FOR_A_FINDING
        months_of_treatment(diary, diary.ago(diary.chance.randint(earliest, latest)), months, finding)

    return tell


for _name, _earliest, _latest in _WEEKS:
    story(
        f"unremarkable, in the {_name} week of the month",
        UK,
        makeup=CAN,
        share=13,
        is_unremarkable=True,
        expects={"start": "ready", "dispense": "waiting"},
        because={"dispense": "dispensing.once_per_prescription"},
    )(on_treatment(_earliest, _latest))
    story(
        f"unremarkable and cannot become pregnant, in the {_name} week of the month",
        UK,
        makeup=CANNOT,
        share=11,
        is_unremarkable=True,
        expects={"start": "ready", "dispense": "waiting"},
        because={"dispense": "dispensing.once_per_prescription"},
    )(on_treatment(_earliest, _latest))

for _name, _young in (("teenager", YOUNG_CAN), ("teenager who cannot become pregnant", YOUNG_CANNOT)):
    story(
        f"unremarkable {_name}", UK, makeup=_young, share=4, is_unremarkable=True, expects={"start": "ready"}
    )(on_treatment(1, 23))

_FINDINGS: tuple[tuple[str, Finding, Makeup], ...] = (
    ("raised triglycerides", "triglycerides_raised", CANNOT),
    ("very high triglycerides", "triglycerides_very_high", CANNOT),
    ("slightly raised ALT", "alt_raised", CAN),
    ("ALT over three times the limit", "alt_high", CANNOT),
    ("low mood", "low_mood", CAN),
    ("PHQ-9 item 9 answered", "self_harm_item", CANNOT),
    ("back pain of an inflammatory pattern", "inflammatory_back_pain", CANNOT),
    ("sees worse at night", "night_vision", CAN),
)
for _name, _finding, _makeup in _FINDINGS:
    story(_name, UK, makeup=_makeup, expects={"start": "ready"})(on_treatment(3, 20, _finding))


def this_month(diary: Diary, seen: int, *, last: int = 28) -> int:
    """A course up to this month's appointment, so many days ago; returns how many hand-overs were made."""
    made = diary.chance.randint(2, 5)
    months_of_treatment(diary, diary.ago(last), made)
    follow_up(diary, diary.ago(seen), made)
    return made


@story(
    "seen and tested, prescription to be written",
    UK,
    makeup=CAN,
    share=6,
    is_unremarkable=True,
    expects={"start": "ready", "prescribe": "ready"},
)
def prescription_to_be_written(diary: Diary) -> None:
    """Seen today or in the last two days; the test still serves."""
    seen = diary.chance.randint(0, 2)
    this_month(diary, seen)
    clinic_test(diary, diary.ago(seen))


@story(
    "waiting at the pharmacy",
    UK,
    makeup=CAN,
    share=8,
    is_unremarkable=True,
    expects={"prescribe": "ready", "dispense": "ready"},
)
def waiting_at_the_pharmacy(diary: Diary) -> None:
    """Prescribed in the last days: the capsules only have to be collected."""
    seen = diary.chance.randint(1, 4)
    made = this_month(diary, seen)
    clinic_test(diary, diary.ago(seen))
    prescribe(diary, diary.ago(seen), made)


@story(
    "waiting at the pharmacy, cannot become pregnant",
    UK,
    makeup=CANNOT,
    share=6,
    is_unremarkable=True,
    expects={"prescribe": "ready", "dispense": "ready"},
)
def waiting_cannot(diary: Diary) -> None:
    """Seen and prescribed some days ago."""
    seen = diary.chance.randint(1, 5)
    prescribe(diary, diary.ago(seen), this_month(diary, seen))


def _finished(diary: Diary, last_dose: int) -> None:
    """A course whose last dose was so many days ago."""
    months_of_treatment(diary, diary.ago(last_dose + 29), _MONTHS)
    last_day = diary.ago(last_dose)
    diary.note(TreatmentStop, "end", date=last_day, reason="completed")
    diary.note(Visit, "visit", date=last_day, mode="in_person", purpose="end")
    check_up(diary, last_day, _MONTHS)


@story("finished, post-treatment test due", UK, makeup=CAN, share=3, expects=_NO_COURSE)
def test_due(diary: Diary) -> None:
    """The last dose was some weeks ago; the test is due after a month."""
    _finished(diary, diary.chance.randint(5, 26))


@story("finished, post-treatment test overdue", UK, makeup=CAN, share=2, expects=_NO_COURSE)
def test_overdue(diary: Diary) -> None:
    """The last dose was six weeks ago, and nobody has a test since."""
    _finished(diary, diary.chance.randint(38, 50))


@story("finished, everything done", UK, makeup=CAN, share=3, is_unremarkable=True, expects=_NO_COURSE)
def everything_done(diary: Diary) -> None:
    """Tested five weeks after the last dose."""
    _finished(diary, 50)
    clinic_test(diary, diary.ago(15))


@story(
    "finished, cannot become pregnant", UK, makeup=CANNOT, share=3, is_unremarkable=True, expects=_NO_COURSE
)
def finished_cannot(diary: Diary) -> None:
    """Only blood donation waits."""
    _finished(diary, diary.chance.randint(3, 60))


@story(
    "second course",
    UK,
    makeup=CAN,
    share=2,
    expects={"start": "ready", "prescribe": "ready", "dispense": "ready"},
)
def second_course(diary: Diary) -> None:
    """Relapsed after the first course; seen, tested and prescribed anew."""
    months_of_treatment(diary, diary.ago(200), 2)
    diary.note(TreatmentStop, "end", date=diary.ago(171), reason="completed")
    clinic_test(diary, diary.ago(138))
    diary.note(CourseOpened, "course", from_=diary.ago(50), number=2)
    prepare(diary, diary.ago(1))
    initiate(diary, diary.ago(1))
    prescribe(diary, diary.ago(1), 0)
