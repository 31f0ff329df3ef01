"""Which US patients are on their way to the first capsule, and what holds them up?"""

from __future__ import annotations

from datetime import timedelta

from isovigil.case.kinds import (
    Acknowledgement,
    ClinicalDecision,
    Condition,
    CourseOpened,
    Cycle,
    PregnancyTest,
    TreatmentStop,
)
from isovigil.usecases.synthetic_clinic.diary import Diary
from isovigil.usecases.synthetic_clinic.people import Makeup
from isovigil.usecases.synthetic_clinic.story import story
from isovigil.usecases.synthetic_clinic.us_stories_mid_course import CAN, CANNOT, US, YOUNG_CAN
from isovigil.usecases.synthetic_clinic.us_treatment import (
    Methods,
    certify,
    choose_methods,
    enrol,
    enter_methods,
    first_visit,
    month_entries,
    months_of_treatment,
    negative_test,
    prepare,
    prescribe,
    tried,
)

_CONFIRMATORY = "pregnancy_testing.confirmatory_test"


@story(
    "waits for the confirmatory window",
    US,
    makeup=CAN,
    share=4,
    expects={"start": "waiting", "prescribe": "waiting", "dispense": "waiting"},
    because={"start": "contraception.lead_time"},
)
def waits_for_the_confirmatory_window(diary: Diary) -> None:
    """Enrolled one to three weeks ago; a month on contraception is not over."""
    prepare(diary, diary.today + timedelta(days=diary.chance.randint(14, 28)))


@story(
    "confirmatory test possible from today",
    US,
    makeup=CAN,
    share=2,
    expects={"start": "waiting", "prescribe": "waiting"},
    because={"start": _CONFIRMATORY},
)
def confirmatory_test_possible(diary: Diary) -> None:
    """The month is over and, for regular cycles, the period has begun: the test can be taken."""
    prepare(diary, diary.today)


@story(
    "confirmed, first prescription to be written",
    US,
    makeup=CAN,
    share=2,
    expects={"start": "ready", "prescribe": "ready"},
)
def confirmed(diary: Diary) -> None:
    """The confirmatory test was taken yesterday."""
    prepare(diary, diary.ago(1))
    negative_test(diary, diary.ago(1), "confirmatory-test")
    month_entries(diary, diary.ago(1))


@story(
    "first capsules to be collected",
    US,
    makeup=CAN,
    share=3,
    expects={"start": "ready", "prescribe": "ready", "dispense": "ready"},
)
def first_capsules(diary: Diary) -> None:
    """Tested three days ago, prescribed since."""
    _confirmed_and_prescribed(diary, 3)


def _confirmed_and_prescribed(diary: Diary, tested: int) -> str:
    prepare(diary, diary.ago(tested))
    negative_test(diary, diary.ago(tested), "confirmatory-test")
    month_entries(diary, diary.ago(tested))
    return prescribe(diary, diary.ago(tested - 1), 0)


@story(
    "first window closes today",
    US,
    makeup=CAN,
    share=1,
    expects={"start": "ready", "dispense": "ready"},
)
def first_window_closes_today(diary: Diary) -> None:
    """Tested six days ago: today is day seven, and missing it costs a cycle."""
    _confirmed_and_prescribed(diary, 6)


@story(
    "first window missed, lockout running",
    US,
    makeup=CAN,
    share=3,
    expects={"start": "waiting", "prescribe": "waiting", "dispense": "waiting"},
    because={"dispense": "dispensing.no_lockout"},
)
def lockout_running(diary: Diary) -> None:
    """The insurer agreed on day eight."""
    _confirmed_and_prescribed(diary, diary.chance.randint(8, 16))


@story(
    "first window missed, lockout over",
    US,
    makeup=CAN,
    share=2,
    expects={"start": "waiting", "prescribe": "waiting", "dispense": "waiting"},
    because={"start": _CONFIRMATORY},
)
def lockout_over(diary: Diary) -> None:
    """Nineteen days are over; a new confirmatory test is needed."""
    _confirmed_and_prescribed(diary, diary.chance.randint(21, 27))


@story(
    "second test taken too soon",
    US,
    makeup=CAN,
    expects={"start": "waiting", "prescribe": "waiting"},
    because={"start": _CONFIRMATORY},
)
def second_test_too_soon(diary: Diary) -> None:
    """The second test came eighteen days after the first, contraception long before both."""
    enrol(diary, diary.ago(20))
    enter_methods(diary, diary.ago(70), choose_methods(diary))
    negative_test(diary, diary.ago(20), "screening-test")
    diary.note(Cycle, "cycle", date=diary.ago(20), regular=False)
    negative_test(diary, diary.ago(2), "second-test")
    month_entries(diary, diary.ago(2))


@story(
    "home test before the first dose",
    US,
    makeup=CAN,
    expects={"prescribe": "waiting", "dispense": "waiting"},
    because={"prescribe": "pregnancy_testing.test_setting"},
)
def home_test_before_the_first_dose(diary: Diary) -> None:
    """The confirmatory test was taken at home, which no regime held here allows."""
    prepare(diary, diary.ago(2))
    negative_test(diary, diary.ago(2), "confirmatory-test", setting="home")
    month_entries(diary, diary.ago(2))


@story(
    "progestin-only pill entered",
    US,
    makeup=CAN,
    expects={"start": "waiting", "prescribe": "waiting", "dispense": "waiting"},
    because={"start": "contraception.methods_accepted"},
)
def progestin_only_pill(diary: Diary) -> None:
    """The mini-pill is not among the accepted forms."""
    prepare(diary, diary.ago(1), Methods("progestin_only_pill", "condom"))
    negative_test(diary, diary.ago(1), "confirmatory-test")
    month_entries(diary, diary.ago(1))


@story(
    "teenager with the carer's signature missing",
    US,
    makeup=YOUNG_CAN,
    share=2,
    expects={"start": "waiting", "prescribe": "waiting", "dispense": "waiting"},
    because={"start": "enrolment.consents_signed"},
)
def carers_signature_missing(diary: Diary) -> None:
    """Everything else is in place."""
    confirm_on = diary.ago(1)
    enrolled_on = confirm_on - timedelta(days=36)
    enrol(diary, enrolled_on, signers=("patient", "prescriber"))
    enter_methods(diary, enrolled_on, choose_methods(diary))
    negative_test(diary, enrolled_on, "screening-test")
    diary.note(Cycle, "cycle", date=enrolled_on, regular=False)
    negative_test(diary, confirm_on, "confirmatory-test")
    month_entries(diary, confirm_on)


@story(
    "under 12",
    US,
    makeup=Makeup(can_become_pregnant=False, youngest=10, oldest=10),
    expects={"start": "stop", "prescribe": "stop", "dispense": "stop"},
    because={"start": "eligibility.minimum_age"},
)
def under_twelve(diary: Diary) -> None:
    """Referred by mistake."""
    enrol(diary, diary.ago(5))
    month_entries(diary, diary.ago(5))


@story(
    "breast-feeding",
    US,
    makeup=CAN,
    expects={"start": "stop", "prescribe": "stop"},
    because={"start": "eligibility.contraindications"},
)
def breast_feeding(diary: Diary) -> None:
    """Told at the second appointment."""
    prepare(diary, diary.ago(1))
    diary.note(Condition, "breast-feeding", from_=diary.ago(200), what="breastfeeding")


@story(
    "category not recorded",
    US,
    makeup=CAN,
    expects={"start": "waiting", "prescribe": "waiting", "dispense": "waiting"},
    because={"start": "category.recorded"},
)
def category_not_recorded(diary: Diary) -> None:
    """Enrolled in a hurry: nobody ticked the box."""
    on = diary.ago(3)
    certify(diary, "prescriber", on)
    certify(diary, "pharmacy", on)
    tried(diary, on)
    diary.note(
        Acknowledgement, "consent", signed_on=on, form="us_patient_consent", by=("patient", "prescriber")
    )
    first_visit(diary, on)


@story(
    "new, cannot become pregnant",
    US,
    makeup=CANNOT,
    share=4,
    expects={"start": "ready", "prescribe": "ready", "dispense": "ready"},
)
def new_and_cannot_become_pregnant(diary: Diary) -> None:
    """Enrolled this week, counselled and prescribed."""
    enrol(diary, diary.ago(diary.chance.randint(2, 6)))
    month_entries(diary, diary.ago(1))
    prescribe(diary, diary.ago(1), 0)


@story(
    "disproved positive, new start sequence",
    US,
    makeup=CAN,
    expects={"start": "waiting", "prescribe": "waiting", "dispense": "waiting"},
    because={"start": _CONFIRMATORY},
)
def disproved_positive(diary: Diary) -> None:
    """A false positive in the third month, disproved; the two tests of a start are needed again."""
    months_of_treatment(diary, diary.ago(40), 2)
    positive = diary.note(
        PregnancyTest,
        "test",
        taken_on=diary.ago(12),
        result="positive",
        setting="clinic",
        specimen="urine",
    )
    negative_test(diary, diary.ago(9), "serum-test", setting="laboratory")
    diary.note(
        ClinicalDecision,
        "decision",
        date=diary.ago(8),
        about=positive,
        decision="continue",
        by="dr-quill",
        reason="Two serum hCG values below the limit three days apart; the urine test was a false positive.",
    )


@story(
    "second course",
    US,
    makeup=CAN,
    share=2,
    expects={"start": "ready", "prescribe": "ready", "dispense": "ready"},
)
def second_course(diary: Diary) -> None:
    """Relapsed a year after the first course; enrolled, tested twice and prescribed anew."""
    months_of_treatment(diary, diary.ago(460), 3)
    diary.note(TreatmentStop, "end", date=diary.ago(431), reason="completed")
    negative_test(diary, diary.ago(430), "end-test", setting="laboratory")
    negative_test(diary, diary.ago(399), "last-test", setting="laboratory")
    diary.note(CourseOpened, "course", from_=diary.ago(45), number=2)
    _confirmed_and_prescribed(diary, 2)


@story(
    "second course under way",
    US,
    makeup=CANNOT,
    share=1,
    expects={"start": "ready"},
)
def second_course_under_way(diary: Diary) -> None:
    """A second course in its second month."""
    months_of_treatment(diary, diary.ago(400), 3)
    diary.note(TreatmentStop, "end", date=diary.ago(371), reason="completed")
    months_of_treatment(diary, diary.ago(diary.chance.randint(3, 20)), 2)
