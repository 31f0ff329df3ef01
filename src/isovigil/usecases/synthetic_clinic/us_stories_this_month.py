"""What goes wrong in a US patient's month, between the test and the hand-over?"""

from __future__ import annotations

from datetime import date

from isovigil.case.kinds import (
    Attestation,
    Comprehension,
    Counselling,
    Medicine,
    PlatformOutage,
    Pregnancy,
    PregnancyTest,
)
from isovigil.usecases.synthetic_clinic.diary import Diary
from isovigil.usecases.synthetic_clinic.story import story
from isovigil.usecases.synthetic_clinic.us_stories_mid_course import CAN, CANNOT, US, this_month
from isovigil.usecases.synthetic_clinic.us_treatment import (
    Methods,
    enter_methods,
    month_entries,
    months_of_treatment,
    negative_test,
    prescribe,
)

_READY = {"prescribe": "ready", "dispense": "ready"}
_WAITING = {"prescribe": "waiting", "dispense": "waiting"}
_MONTHLY = "pregnancy_testing.monthly_test"
_HOME_TESTS_NEED_A_PROCESS = date(2023, 11, 5)
"""Before FDA's discretion of October 2023 the pandemic flexibility asked for none."""


def prescribed(diary: Diary, tested: int, *, counselled: bool = True, passed: bool = True) -> int:
    """This month's test so many days ago, entries, and a prescription a day later; returns the month."""
    made = this_month(diary, tested)
    negative_test(diary, diary.ago(tested))
    month_entries(diary, diary.ago(tested), counselled=counselled, passed=passed)
    prescribe(diary, diary.ago(max(0, tested - 1)), made)
    return made


@story("window closes today", US, makeup=CAN, share=2, expects=_READY)
def window_closes_today(diary: Diary) -> None:
    """Tested six days ago: today is day seven of seven."""
    prescribed(diary, 6)


@story("window closes tomorrow", US, makeup=CAN, share=2, expects=_READY)
def window_closes_tomorrow(diary: Diary) -> None:
    """Tested five days ago."""
    prescribed(diary, 5)


@story(
    "window closes today, comprehension missing",
    US,
    makeup=CAN,
    expects={"prescribe": "ready", "dispense": "waiting"},
    because={"dispense": "comprehension.passed"},
)
def window_closes_today_comprehension_missing(diary: Diary) -> None:
    """One step of the patient's stands between her and the capsules, and today is the last day."""
    prescribed(diary, 6, passed=False)


@story("window closed yesterday", US, makeup=CAN, share=2, expects=_WAITING, because={"prescribe": _MONTHLY})
def window_closed_yesterday(diary: Diary) -> None:
    """Everything was there; nobody came."""
    prescribed(diary, 7)


@story(
    "platform outage on day 7",
    US,
    makeup=CAN,
    expects=_WAITING,
    because={"dispense": "dispensing.inside_the_window"},
)
def platform_outage_on_day_seven(diary: Diary) -> None:
    """The pharmacy could not get an authorisation on the last day: a miss by rule, with its evidence."""
    prescribed(diary, 8)
    day_seven = diary.ago(2)
    diary.note(PlatformOutage, "outage", from_at=diary.at(day_seven, 9), to_at=diary.at(day_seven, 23, 30))


@story(
    "contraception entries differ",
    US,
    makeup=CAN,
    share=3,
    expects={"dispense": "waiting"},
    because={"dispense": "contraception.entries_match"},
)
def entries_differ(diary: Diary) -> None:
    """The same two forms, the other way round."""
    prescribed(diary, 2)
    pill, condom = Methods("combined_pill", "condom"), Methods("condom", "combined_pill")
    enter_methods(diary, diary.ago(2), patient=condom, prescriber=pill)


@story(
    "comprehension missing",
    US,
    makeup=CAN,
    share=3,
    expects={"prescribe": "ready", "dispense": "waiting"},
    because={"dispense": "comprehension.passed"},
)
def comprehension_missing(diary: Diary) -> None:
    """The month's questions were not answered yet."""
    prescribed(diary, 2, passed=False)


@story(
    "comprehension failed",
    US,
    makeup=CAN,
    expects={"dispense": "waiting"},
    because={"dispense": "comprehension.passed"},
)
def comprehension_failed(diary: Diary) -> None:
    """Answered once, not passed, not tried again."""
    prescribed(diary, 3, passed=False)
    diary.note(Comprehension, "comprehension", date=diary.ago(2), passed=False)


@story(
    "counselling missing this month",
    US,
    makeup=CAN,
    share=3,
    expects=_WAITING,
    because={"dispense": "counselling.recorded", "prescribe": "counselling.recorded"},
)
def counselling_missing(diary: Diary) -> None:
    """Nobody confirmed the counselling on the platform."""
    prescribed(diary, 3, counselled=False)


@story(
    "counselling lapsed, cannot become pregnant",
    US,
    makeup=CANNOT,
    share=3,
    expects={"dispense": "waiting"},
    because={"dispense": "counselling.recorded"},
)
def counselling_lapsed(diary: Diary) -> None:
    """Counselled and prescribed 31 days ago: the thirty days are over, the capsules uncollected."""
    months_of_treatment(diary, diary.ago(34), diary.chance.randint(1, 3))
    month_entries(diary, diary.ago(31))
    prescribe(diary, diary.ago(31), 1)


@story(
    "positive test",
    US,
    makeup=CAN,
    expects={"prescribe": "stop", "dispense": "stop"},
    because={"dispense": "pregnancy_testing.no_positive_test"},
)
def positive_test(diary: Diary) -> None:
    """Reported today."""
    this_month(diary, 1)
    diary.note(
        PregnancyTest,
        "test",
        taken_on=diary.ago(1),
        reported_on=diary.today,
        recorded_at=diary.at(diary.today, 7, 30),
        result="positive",
        setting="laboratory",
        specimen="serum",
    )


@story(
    "pregnancy recorded",
    US,
    makeup=CAN,
    expects={"prescribe": "stop", "dispense": "stop"},
    because={"dispense": "pregnancy_testing.not_pregnant"},
)
def pregnancy_recorded(diary: Diary) -> None:
    """She called between two appointments."""
    months_of_treatment(diary, diary.ago(12), 3)
    diary.note(Pregnancy, "pregnancy", date=diary.ago(1))


@story(
    "home test without attested process",
    US,
    makeup=CAN,
    share=2,
    expects=_WAITING,
    because={"dispense": "pregnancy_testing.test_setting"},
    not_before=_HOME_TESTS_NEED_A_PROCESS,
)
def home_test_without_process(diary: Diary) -> None:
    """Nobody attested how the clinic limits misreading and falsification."""
    made = this_month(diary, 3)
    negative_test(diary, diary.ago(3), setting="home")
    month_entries(diary, diary.ago(3))
    prescribe(diary, diary.ago(2), made)


@story("home test with process", US, makeup=CAN, share=3, expects=_READY)
def home_test_with_process(diary: Diary) -> None:
    """A home test, seen by video, in a clinic with a written process."""
    made = this_month(diary, 3)
    diary.note(Attestation, "process", date=diary.ago(20), what="home_test_process", by="dr-quill")
    negative_test(diary, diary.ago(3), setting="home")
    month_entries(diary, diary.ago(3))
    prescribe(diary, diary.ago(2), made)


@story(
    "test setting unknown",
    US,
    makeup=CAN,
    share=2,
    expects=_WAITING,
    because={"dispense": "pregnancy_testing.test_setting"},
)
def test_setting_unknown(diary: Diary) -> None:
    """The result came by fax without the place."""
    made = this_month(diary, 3)
    negative_test(diary, diary.ago(3), setting="unknown")
    month_entries(diary, diary.ago(3))
    prescribe(diary, diary.ago(2), made)


@story("invalid test needs repeating", US, makeup=CAN, expects=_WAITING, because={"prescribe": _MONTHLY})
def invalid_test(diary: Diary) -> None:
    """The control line did not show."""
    this_month(diary, 1)
    diary.note(
        PregnancyTest,
        "test",
        taken_on=diary.ago(1),
        result="invalid",
        setting="clinic",
        specimen="urine",
    )
    month_entries(diary, diary.ago(1))


@story("correction superseded an earlier entry", US, makeup=CAN, share=2, expects=_READY)
def correction(diary: Diary) -> None:
    """Typed as positive by mistake, corrected from the laboratory's report within the hour."""
    made = this_month(diary, 3)
    word = {"taken_on": diary.ago(3), "setting": "laboratory", "specimen": "serum"}
    wrong = diary.note(
        PregnancyTest,
        "test",
        **word,
        result="positive",
        recorded_at=diary.at(diary.ago(2), 9, 5),
        entered_by="designee",
    )
    diary.note(
        PregnancyTest,
        "test",
        **word,
        result="negative",
        recorded_at=diary.at(diary.ago(2), 9, 50),
        entered_by="laboratory",
        supersedes=wrong,
    )
    month_entries(diary, diary.ago(3))
    prescribe(diary, diary.ago(1), made)


@story("fact learned late", US, makeup=CAN, share=2, expects=_READY)
def fact_learned_late(diary: Diary) -> None:
    """Counselled five days ago, entered only now: a covering clinician kept a paper note."""
    made = this_month(diary, 5)
    negative_test(diary, diary.ago(5))
    month_entries(diary, diary.ago(5), counselled=False)
    diary.note(
        Counselling,
        "counselling",
        date=diary.ago(5),
        topics=("contraception", "birth_defects"),
        recorded_at=diary.at(diary.today, 0),
        entered_by="prescriber",
        source="paper note of the covering clinician",
    )
    prescribe(diary, diary.ago(4), made)


@story(
    "enzyme inducer beside the pill alone",
    US,
    makeup=CAN,
    expects={"prescribe": "hold", "dispense": "hold"},
    because={"dispense": "contraception.interactions"},
)
def enzyme_inducer(diary: Diary) -> None:
    """A new medicine for epilepsy defeats the only primary form."""
    made = this_month(diary, 3)
    negative_test(diary, diary.ago(3))
    enter_methods(diary, diary.ago(3), Methods("combined_pill", "condom"))
    month_entries(diary, diary.ago(3))
    medicine = {"name": "carbamazepine", "class_": "enzyme_inducer"}
    diary.note(Medicine, "medicine", from_=diary.ago(10), **medicine)
    prescribe(diary, diary.ago(2), made)


@story("not heard of since the capsules ran out", US, makeup=CAN, share=2, expects=_WAITING)
def not_heard_of(diary: Diary) -> None:
    """The capsules ran out two weeks ago; no appointment was kept."""
    months_of_treatment(diary, diary.ago(44), diary.chance.randint(2, 4))
