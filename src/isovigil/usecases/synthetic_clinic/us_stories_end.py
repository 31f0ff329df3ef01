"""Which US patients have finished, and what is still due after the last dose?"""

from __future__ import annotations

from isovigil.case.kinds import TreatmentStop, Visit
from isovigil.usecases.synthetic_clinic.diary import Diary
from isovigil.usecases.synthetic_clinic.monitoring import check_up
from isovigil.usecases.synthetic_clinic.story import story
from isovigil.usecases.synthetic_clinic.us_stories_mid_course import CAN, CANNOT, US
from isovigil.usecases.synthetic_clinic.us_treatment import months_of_treatment, negative_test

_MONTHS = 5
_NO_COURSE = {"prescribe": "waiting", "dispense": "waiting"}


def _finished(diary: Diary, last_dose: int, reason: str = "completed") -> None:
    """A course whose last dose was so many days ago, with the test at its end."""
    months_of_treatment(diary, diary.ago(last_dose + 29), _MONTHS)
    last_day = diary.ago(last_dose)
    diary.note(TreatmentStop, "end", date=last_day, reason=reason)
    diary.note(Visit, "visit", date=last_day, mode="in_person", purpose="end")
    check_up(diary, last_day, _MONTHS)
    if diary.person.can_become_pregnant:
        negative_test(diary, last_day, "end-test")


@story("finished, post-treatment test due", US, makeup=CAN, share=3, expects=_NO_COURSE)
def test_due(diary: Diary) -> None:
    """The last dose was some weeks ago; the test is due on day thirty."""
    _finished(diary, diary.chance.randint(5, 28))


@story("finished, post-treatment test due today", US, makeup=CAN, share=1, expects=_NO_COURSE)
def test_due_today(diary: Diary) -> None:
    """The last dose was thirty days ago."""
    _finished(diary, 30)


@story("finished, post-treatment test overdue", US, makeup=CAN, share=2, expects=_NO_COURSE)
def test_overdue(diary: Diary) -> None:
    """The last dose was six weeks ago, and nobody has a test since."""
    _finished(diary, diary.chance.randint(38, 50))


@story("finished, everything done", US, makeup=CAN, share=3, is_unremarkable=True, expects=_NO_COURSE)
def everything_done(diary: Diary) -> None:
    """Tested at the end and a month later."""
    _finished(diary, 45)
    negative_test(diary, diary.ago(12), "last-test", setting="laboratory")


@story(
    "finished, cannot become pregnant", US, makeup=CANNOT, share=3, is_unremarkable=True, expects=_NO_COURSE
)
def finished_cannot(diary: Diary) -> None:
    """Only blood donation waits."""
    _finished(diary, diary.chance.randint(3, 60))


@story("stopped because of an unwanted effect", US, makeup=CANNOT, expects=_NO_COURSE)
def stopped_early(diary: Diary) -> None:
    """Mood: stopped by agreement in the fifth month."""
    _finished(diary, 6, "adverse_effect")
