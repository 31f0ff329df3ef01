"""What goes wrong for a US patient between the prescription and the capsules?"""

from __future__ import annotations

from datetime import timedelta

from isovigil.case.kinds import Authorisation, Certification, Dispense, Reversal
from isovigil.usecases.synthetic_clinic.diary import Diary
from isovigil.usecases.synthetic_clinic.story import story
from isovigil.usecases.synthetic_clinic.us_stories_mid_course import CAN, CANNOT, US, this_month
from isovigil.usecases.synthetic_clinic.us_stories_this_month import prescribed
from isovigil.usecases.synthetic_clinic.us_treatment import (
    SUPPLY,
    capsules_of,
    daily_dose,
    hand_over,
    month_entries,
    negative_test,
    prescribe,
)

_WAITING = {"prescribe": "waiting", "dispense": "waiting"}


@story(
    "prescription older than the test",
    US,
    makeup=CAN,
    expects={"dispense": "waiting"},
    because={"dispense": "dispensing.prescription_exists"},
)
def prescription_older_than_the_test(diary: Diary) -> None:
    """Written at the visit, before the laboratory took the specimen."""
    made = this_month(diary, 4)
    prescribe(diary, diary.ago(4), made)
    negative_test(diary, diary.ago(2), setting="laboratory")
    month_entries(diary, diary.ago(2))


@story(
    "four-month quantity by mistake",
    US,
    makeup=CAN,
    expects=_WAITING,
    because={"dispense": "prescription.supply_limit"},
)
def four_month_quantity(diary: Diary) -> None:
    """120 days instead of 30."""
    made = this_month(diary, 2)
    negative_test(diary, diary.ago(2))
    month_entries(diary, diary.ago(2))
    prescribe(diary, diary.ago(1), made, days=4 * SUPPLY)


@story("refills written", US, makeup=CAN, expects=_WAITING, because={"dispense": "prescription.no_refills"})
def refills_written(diary: Diary) -> None:
    """Ten days with two refills: the supply fits, the refills do not."""
    made = this_month(diary, 2)
    negative_test(diary, diary.ago(2))
    month_entries(diary, diary.ago(2))
    prescribe(diary, diary.ago(1), made, days=SUPPLY // 3, refills=2)


@story("hand-over reversed", US, makeup=CAN, expects={"dispense": "ready"})
def hand_over_reversed(diary: Diary) -> None:
    """Wrong strength in the bag: reversed the same day, to be handed over again."""
    made = this_month(diary, 3)
    negative_test(diary, diary.ago(3))
    month_entries(diary, diary.ago(3))
    handed = hand_over(diary, diary.ago(1), prescribe(diary, diary.ago(2), made), made)
    diary.note(Reversal, "reversal", date=diary.ago(1), dispense=handed)


@story("part handed over", US, makeup=CAN)
def part_handed_over(diary: Diary) -> None:
    """The insurer split the thirty days; the second half is still to come, inside the window."""
    made = this_month(diary, 3)
    negative_test(diary, diary.ago(3))
    month_entries(diary, diary.ago(3))
    prescription = prescribe(diary, diary.ago(2), made)
    half = SUPPLY // 2
    diary.note(
        Dispense,
        "hand-over",
        date=diary.ago(1),
        days_supply=half,
        prescription=prescription,
        partial=True,
        capsules=capsules_of(daily_dose(diary, made), half),
    )


@story(
    "authorisation lapsed",
    US,
    makeup=CAN,
    expects={"dispense": "waiting"},
    because={"dispense": "dispensing.authorisation_valid"},
)
def authorisation_lapsed(diary: Diary) -> None:
    """Authorised three days ago until yesterday; the window itself is still open."""
    prescribed(diary, 4)
    diary.note(
        Authorisation,
        "authorisation",
        issued_at=diary.at(diary.ago(3), 10, 15),
        number=f"RMA-{diary.chance.randint(100000, 999999)}",
        do_not_dispense_after=diary.at(diary.ago(1), 23, 59, 59),
    )


@story("authorised, last day tomorrow", US, makeup=CAN, expects={"dispense": "ready"})
def authorised(diary: Diary) -> None:
    """The pharmacy has its authorisation; its last instant is the window's."""
    prescribed(diary, 5)
    diary.note(
        Authorisation,
        "authorisation",
        issued_at=diary.at(diary.ago(4), 16, 40),
        number=f"RMA-{diary.chance.randint(100000, 999999)}",
        do_not_dispense_after=diary.at(diary.today + timedelta(days=1), 23, 59, 59),
    )


@story(
    "pharmacy certification ended",
    US,
    makeup=CANNOT,
    expects={"prescribe": "ready", "dispense": "waiting"},
    because={"dispense": "enrolment.pharmacy_certified"},
)
def pharmacy_certification_ended(diary: Diary) -> None:
    """The pharmacy did not renew: its last certification ended three days ago."""
    made = this_month(diary, 2)
    month_entries(diary, diary.ago(2))
    prescribe(diary, diary.ago(2), made)
    ended = [fact for fact in diary.written(Certification) if fact.who == "pharmacy"][-1]
    diary.correct(ended, to=diary.ago(3))
