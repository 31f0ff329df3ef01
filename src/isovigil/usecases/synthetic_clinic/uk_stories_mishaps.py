"""What holds up a UK patient, at the start or in the month?"""

from __future__ import annotations

from datetime import timedelta

from isovigil.case.kinds import (
    Attestation,
    ClinicalDecision,
    ContraceptionWaiver,
    Medicine,
    Pregnancy,
    PregnancyTest,
    Questionnaire,
    Visit,
)
from isovigil.usecases.synthetic_clinic.diary import Diary
from isovigil.usecases.synthetic_clinic.monitoring import check_up
from isovigil.usecases.synthetic_clinic.people import Makeup
from isovigil.usecases.synthetic_clinic.story import story
from isovigil.usecases.synthetic_clinic.uk_stories_mid_course import (
    CAN,
    CANNOT,
    YOUNG_CANNOT,
    this_month,
)
from isovigil.usecases.synthetic_clinic.uk_treatment import (
    MEASURES_OF_2026,
    SUPPLY,
    UK,
    clinic_test,
    enter_methods,
    follow_up,
    initiate,
    months_of_treatment,
    prepare,
    prescribe,
    refer,
    sign_papers,
)

_READY = {"prescribe": "ready", "dispense": "ready"}
_WAITING = {"prescribe": "waiting", "dispense": "waiting"}
_ALL_WAITING = {"start": "waiting", "prescribe": "waiting", "dispense": "waiting"}
_TEST = "pregnancy_testing.test_before_prescription"
_WEEKS_UNDER_THE_MEASURES = MEASURES_OF_2026 + timedelta(days=60)


@story(
    "a month on contraception is not over",
    UK,
    makeup=CAN,
    share=4,
    expects=_ALL_WAITING,
    because={"start": "contraception.lead_time"},
)
def lead_running(diary: Diary) -> None:
    """Seen and signed one to three weeks ago; contraception began the day after."""
    referred = diary.chance.randint(5, 22)
    refer(diary, diary.ago(referred))
    sign_papers(diary, diary.ago(referred))
    enter_methods(diary, diary.ago(referred - 1))


@story("start today", UK, makeup=CAN, share=2, expects={"start": "ready", "prescribe": "ready"})
def start_today(diary: Diary) -> None:
    """Everything is signed, the test was negative this morning; the prescription is to be written."""
    prepare(diary, diary.today)
    initiate(diary, diary.today)


@story(
    "first capsules to be collected",
    UK,
    makeup=CAN,
    share=2,
    expects={"start": "ready", "dispense": "ready"},
)
def first_capsules(diary: Diary) -> None:
    """Prescribed three days ago."""
    prepare(diary, diary.ago(3))
    initiate(diary, diary.ago(3))
    prescribe(diary, diary.ago(3), 0)


@story(
    "new, cannot become pregnant",
    UK,
    makeup=CANNOT,
    share=3,
    expects={"start": "ready", "prescribe": "ready", "dispense": "ready"},
)
def new_and_cannot(diary: Diary) -> None:
    """Seen, signed and prescribed this week."""
    prepare(diary, diary.ago(2))
    initiate(diary, diary.ago(2))
    prescribe(diary, diary.ago(2), 0)


@story(
    "under 18 with the attestations missing",
    UK,
    makeup=YOUNG_CANNOT,
    share=2,
    expects={"start": "waiting", "prescribe": "waiting"},
    because={"start": "eligibility.no_alternative_attested"},
    not_before=_WEEKS_UNDER_THE_MEASURES,
)
def attestations_missing(diary: Diary) -> None:
    """The form is signed; a form never implies an attestation."""
    prepare(diary, diary.ago(1))
    initiate(diary, diary.ago(1), attested=False)


@story(
    "risk form of the old version",
    UK,
    makeup=CAN,
    share=2,
    expects=_ALL_WAITING,
    because={"start": "documents.risk_acknowledged"},
    not_before=_WEEKS_UNDER_THE_MEASURES,
)
def old_risk_form(diary: Diary) -> None:
    """A pad of 2023 forms was still in the drawer."""
    prepare(diary, diary.ago(1))
    initiate(diary, diary.ago(1), version="2023")


@story(
    "first appointment by video",
    UK,
    makeup=CANNOT,
    expects={"start": "waiting", "prescribe": "waiting"},
    because={"start": "visits.first_in_person"},
)
def first_appointment_by_video(diary: Diary) -> None:
    """Nobody has seen the patient in person."""
    prepare(diary, diary.today)
    for visit in diary.written(Visit):
        diary.correct(visit, mode="video")


@story(
    "under 12",
    UK,
    makeup=Makeup(can_become_pregnant=False, youngest=10, oldest=10),
    expects={"start": "stop", "prescribe": "stop"},
    because={"start": "eligibility.minimum_age"},
)
def under_twelve(diary: Diary) -> None:
    """Referred by mistake."""
    refer(diary, diary.ago(4))


@story(
    "pill alone",
    UK,
    makeup=CAN,
    expects=_ALL_WAITING,
    because={"start": "contraception.methods_accepted"},
)
def pill_alone(diary: Diary) -> None:
    """One user-dependent method is not enough."""
    prepare(diary, diary.ago(1), methods=("combined_pill", None))
    initiate(diary, diary.ago(1))


@story("waiver agreed by both", UK, makeup=CAN, expects={"start": "ready", "prescribe": "ready"})
def waiver(diary: Diary) -> None:
    """Both agree that no pregnancy is to be expected; she stays in the programme."""
    refer(diary, diary.ago(40))
    agreed_by = ("patient", "prescriber")
    reason = "No partner who could cause a pregnancy."
    diary.note(ContraceptionWaiver, "waiver", from_=diary.ago(40), agreed_by=agreed_by, reason=reason)
    initiate(diary, diary.ago(1))


@story("window closes today, day 7", UK, makeup=CAN, share=2, expects=_READY)
def day_seven(diary: Diary) -> None:
    """Prescribed seven days ago: the last day, to be looked at."""
    made = this_month(diary, 7)
    clinic_test(diary, diary.ago(7))
    prescribe(diary, diary.ago(7), made)


@story("window closes tomorrow", UK, makeup=CAN, share=2, expects=_READY)
def closes_tomorrow(diary: Diary) -> None:
    """Prescribed six days ago."""
    made = this_month(diary, 6)
    clinic_test(diary, diary.ago(6))
    prescribe(diary, diary.ago(6), made)


@story(
    "expired prescription, day 8",
    UK,
    makeup=CAN,
    share=2,
    expects={"dispense": "waiting"},
    because={"dispense": "dispensing.inside_the_window"},
)
def day_eight(diary: Diary) -> None:
    """Prescribed eight days ago and not collected."""
    made = this_month(diary, 8)
    clinic_test(diary, diary.ago(8))
    prescribe(diary, diary.ago(8), made)


@story("test older than three days", UK, makeup=CAN, share=2, expects=_WAITING, because={"dispense": _TEST})
def test_too_old(diary: Diary) -> None:
    """Tested four days before the prescription."""
    made = this_month(diary, 1)
    clinic_test(diary, diary.ago(5))
    prescribe(diary, diary.ago(1), made)


@story("test missing this month", UK, makeup=CAN, share=2, expects=_WAITING, because={"prescribe": _TEST})
def test_missing(diary: Diary) -> None:
    """Seen yesterday, without a test."""
    this_month(diary, 1)


@story(
    "unsupervised home test",
    UK,
    makeup=CAN,
    expects={"prescribe": "waiting"},
    because={"prescribe": "pregnancy_testing.test_setting"},
)
def home_test(diary: Diary) -> None:
    """A photograph of a strip, by mail."""
    this_month(diary, 1)
    diary.note(
        PregnancyTest, "test", taken_on=diary.ago(1), result="negative", setting="home", specimen="urine"
    )


@story(
    "brief entry on sexual function at the second visit",
    UK,
    makeup=CAN,
    expects={"prescribe": "ready"},
)
def brief_entry(diary: Diary) -> None:
    """A brief enquiry before it was endorsed: a pass to look at."""
    months_of_treatment(diary, diary.ago(28), 1)
    follow_up(diary, diary.ago(1), 1, asked_about_sexual_function=False)
    diary.note(
        Questionnaire, "sexual-function", date=diary.ago(1), tool="sexual_function_entry", depth="brief"
    )
    clinic_test(diary, diary.ago(1))


@story(
    "sexual function not asked about this month",
    UK,
    makeup=CANNOT,
    share=2,
    expects={"prescribe": "waiting"},
    because={"prescribe": "sexual_function.follow_up"},
)
def sexual_function_not_asked(diary: Diary) -> None:
    """Mood was asked about, sexual function was not."""
    months_of_treatment(diary, diary.ago(28), 3)
    follow_up(diary, diary.ago(1), 3, asked_about_sexual_function=False)


@story(
    "mood not asked about this month",
    UK,
    makeup=CANNOT,
    expects={"prescribe": "waiting"},
    because={"prescribe": "mental_health.follow_up"},
)
def mood_not_asked(diary: Diary) -> None:
    """A visit without the questionnaire."""
    months_of_treatment(diary, diary.ago(28), 2)
    diary.note(Visit, "visit", date=diary.ago(1), mode="in_person", purpose="follow_up")
    diary.note(
        Questionnaire, "sexual-function", date=diary.ago(1), tool="sexual_function_entry", depth="full"
    )


@story("remote follow-up as agreed", UK, makeup=CANNOT, share=2, expects={"prescribe": "ready"})
def remote_follow_up(diary: Diary) -> None:
    """By video, agreed with the patient."""
    months_of_treatment(diary, diary.ago(28), 2)
    diary.note(Attestation, "agreed", date=diary.ago(30), what="remote_follow_up_agreed", by="dr-quill")
    follow_up(diary, diary.ago(1), 2, mode="video")


@story("remote follow-up, agreement not recorded", UK, makeup=CANNOT, expects={"prescribe": "ready"})
def remote_follow_up_not_agreed(diary: Diary) -> None:
    """Guidance only: it advises and never blocks."""
    months_of_treatment(diary, diary.ago(28), 2)
    follow_up(diary, diary.ago(1), 2, mode="video")


@story(
    "sixty days prescribed",
    UK,
    makeup=CAN,
    expects=_WAITING,
    because={"dispense": "prescription.supply_limit"},
)
def sixty_days(diary: Diary) -> None:
    """Two months at once."""
    made = this_month(diary, 1)
    clinic_test(diary, diary.ago(1))
    prescribe(diary, diary.ago(1), made, days=2 * SUPPLY)


@story(
    "positive test",
    UK,
    makeup=CAN,
    expects={"prescribe": "stop", "dispense": "stop"},
    because={"prescribe": "pregnancy_testing.no_positive_test"},
)
def positive_test(diary: Diary) -> None:
    """At the clinic, yesterday."""
    this_month(diary, 1)
    diary.note(
        PregnancyTest, "test", taken_on=diary.ago(1), result="positive", setting="clinic", specimen="urine"
    )


@story(
    "pregnancy recorded",
    UK,
    makeup=CAN,
    expects={"prescribe": "stop", "dispense": "stop"},
    because={"prescribe": "pregnancy_testing.not_pregnant"},
)
def pregnancy_recorded(diary: Diary) -> None:
    """She called between two appointments."""
    months_of_treatment(diary, diary.ago(12), 3)
    diary.note(Pregnancy, "pregnancy", date=diary.ago(1))


@story("disproved positive, new start", UK, makeup=CAN, expects={"prescribe": "waiting"})
def disproved_positive(diary: Diary) -> None:
    """A false positive, disproved; a new test is needed before the next prescription."""
    months_of_treatment(diary, diary.ago(40), 2)
    positive = diary.note(
        PregnancyTest, "test", taken_on=diary.ago(12), result="positive", setting="clinic", specimen="urine"
    )
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
    "tetracycline from the practice",
    UK,
    makeup=CANNOT,
    expects={"prescribe": "stop", "dispense": "stop"},
    because={"prescribe": "eligibility.contraindications"},
)
def tetracycline(diary: Diary) -> None:
    """Lymecycline was never stopped."""
    months_of_treatment(diary, diary.ago(9), 2)
    diary.note(Medicine, "medicine", from_=diary.ago(4), name="lymecycline", class_="tetracycline")


@story("not heard of since the capsules ran out", UK, makeup=CAN, share=2, expects=_WAITING)
def not_heard_of(diary: Diary) -> None:
    """The capsules ran out two weeks ago; no appointment was kept."""
    months_of_treatment(diary, diary.ago(44), diary.chance.randint(2, 4))


@story("seen, mood worse", UK, makeup=CAN, expects={"start": "ready"})
def mood_worse(diary: Diary) -> None:
    """Seen yesterday with a low score; the prescription waits for a talk."""
    months_of_treatment(diary, diary.ago(28), 2)
    diary.note(Visit, "visit", date=diary.ago(1), mode="in_person", purpose="follow_up")
    check_up(diary, diary.ago(1), 2, "low_mood")
    clinic_test(diary, diary.ago(1))
