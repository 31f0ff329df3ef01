"""How does a course run in a US clinic when nothing goes wrong, step by step?

Stories are told as what differs from this. Days are counted back from today.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from isovigil.case.kinds import (
    Acknowledgement,
    Acne,
    CapsuleCount,
    Category,
    Certification,
    Comprehension,
    Contraception,
    Counselling,
    Cycle,
    Dispense,
    Enrolment,
    Height,
    Menses,
    PregnancyTest,
    Prescription,
    PriorTherapy,
    Questionnaire,
    Visit,
)
from isovigil.usecases.synthetic_clinic.diary import Diary
from isovigil.usecases.synthetic_clinic.monitoring import Finding, check_up
from isovigil.usecases.synthetic_clinic.people import is_adult_on

SUPPLY = 30
"""Days on each prescription."""
STEP = 28
"""Days between two hand-overs of a patient who comes in time."""
_LEAD = 34
"""Days from the first day on contraception to the confirmatory test: more than a month of any length."""
_CERTIFIED_EACH_YEAR_FROM = (1, 8)
_PAIRS = (
    ("combined_pill", "condom"),
    ("combined_pill", "condom"),
    ("implant", "condom"),
    ("iud_hormonal", "condom"),
    ("iud_copper", "condom"),
    ("ring", "condom"),
    ("partner_vasectomy", "condom"),
    ("injection", "diaphragm_spermicide"),
)


class Methods(NamedTuple):
    """The two forms a patient and her prescriber enter."""

    primary: str
    secondary: str


def certify(diary: Diary, who: str, since: date, until: date | None = None) -> None:
    """The clinic's own certification, renewed every January; the last one runs on unless `until` ends it."""
    month, day = _CERTIFIED_EACH_YEAR_FROM
    role = "dermatologist" if who == "prescriber" else None
    year = since.year if since >= date(since.year, month, day) else since.year - 1
    while date(year, month, day) <= (until or diary.today):
        begins, next_one = date(year, month, day), date(year + 1, month, day)
        ends = min(next_one - timedelta(days=1), until or date.max)
        diary.note(Certification, who, who=who, from_=begins, to=ends, role=role)
        year += 1


def enrol(diary: Diary, on: date, *, signers: tuple[str, ...] | None = None) -> None:
    """The first appointment: category, enrolment, consents, and everything looked at before the start."""
    certify(diary, "prescriber", on)
    certify(diary, "pharmacy", on)
    tried(diary, on)
    can = diary.person.can_become_pregnant
    basis = {} if can else {"basis": "cisgender_male"}
    diary.note(Category, "category", date=on, can_become_pregnant=can, by="prescriber", **basis)
    diary.note(Enrolment, "enrolment", date=on)
    signed_by = signers or _signers(diary, on)
    diary.note(Acknowledgement, "consent", signed_on=on, form="us_patient_consent", by=signed_by)
    if can:
        form = "us_birth_defects_consent"
        diary.note(Acknowledgement, "birth-defects-consent", signed_on=on, form=form, by=signed_by)
    first_visit(diary, on)


def _signers(diary: Diary, on: date) -> tuple[str, ...]:
    return ("patient", "prescriber") if is_adult_on(diary.person, on) else ("patient", "carer", "prescriber")


def first_visit(diary: Diary, on: date) -> None:
    """What the dermatologist sees, asks and measures before the start, in any country."""
    chance = diary.chance
    diary.note(Visit, "visit", date=on, mode="in_person", purpose="screening")
    diary.note(Acne, "acne", date=on, iga=4, nodules=chance.randint(3, 11), scarring=chance.random() < 0.6)
    diary.note(Height, "height", date=on, cm=diary.person.height_cm)
    diary.note(Questionnaire, "sexual-function", date=on, tool="sexual_function_entry", depth="full")
    check_up(diary, on, 0)


def tried(diary: Diary, before: date) -> None:
    """What was tried before and did not help enough: an antibiotic by mouth and a topical retinoid."""
    months = diary.chance.randint(4, 8)
    since = before - timedelta(days=30 * months + 20)
    until = before - timedelta(days=20)
    for what in ("oral_antibiotic", "topical_retinoid"):
        diary.note(PriorTherapy, "tried", from_=since, to=until, what=what, outcome="inadequate")


def choose_methods(diary: Diary) -> Methods:
    """A pair of accepted forms, the common ones more often."""
    return Methods(*diary.chance.choice(_PAIRS))


def enter_methods(diary: Diary, on: date, patient: Methods, prescriber: Methods | None = None) -> None:
    """Both accounts of the two forms in use from a day on; the same unless told otherwise."""
    for reporter, pair in (("patient", patient), ("prescriber", prescriber or patient)):
        diary.note(
            Contraception,
            f"{reporter}-methods",
            from_=on,
            reported_by=reporter,
            primary=pair.primary,
            secondary=pair.secondary,
        )


def negative_test(diary: Diary, on: date, word: str = "test", setting: str | None = None) -> str:
    """A negative pregnancy test, in the clinic or a laboratory unless told otherwise."""
    where = setting or diary.chance.choice(("laboratory", "clinic"))
    specimen = "serum" if where == "laboratory" else "urine"
    return diary.note(PregnancyTest, word, taken_on=on, result="negative", setting=where, specimen=specimen)


def prepare(diary: Diary, confirm_on: date, methods: Methods | None = None) -> date:
    """Everything of a start up to the day before the confirmatory test; returns the enrolment's day.

    The screening test is five weeks before, contraception begins with it, and for regular cycles
    the period in which the confirmatory test falls has begun.
    """
    chance = diary.chance
    enrolled_on = confirm_on - timedelta(days=_LEAD + chance.randint(0, 5))
    enrol(diary, enrolled_on)
    enter_methods(diary, enrolled_on, methods or choose_methods(diary))
    negative_test(diary, enrolled_on, "screening-test")
    is_regular = chance.random() < 0.7
    typical = {"typical_days": STEP} if is_regular else {}
    diary.note(Cycle, "cycle", date=enrolled_on, regular=is_regular, **typical)
    if is_regular:
        period = confirm_on - timedelta(days=chance.randint(0, 3))
        for started_on in (period - timedelta(days=STEP), period):
            if started_on <= diary.today:
                diary.note(Menses, "period", started_on=started_on)
    return enrolled_on


def month_entries(diary: Diary, on: date, *, counselled: bool = True, passed: bool = True) -> None:
    """What prescriber and patient enter on the platform each month."""
    topics: tuple[str, ...] = ("birth_defects", "mood", "blood_donation")
    if diary.person.can_become_pregnant:
        topics = ("contraception", *topics)
    if counselled:
        diary.note(Counselling, "counselling", date=on, topics=topics)
    if passed and diary.person.can_become_pregnant:
        diary.note(Comprehension, "comprehension", date=on, passed=True)


def daily_dose(diary: Diary, month: int) -> int:
    """Half a milligram per kilogram in the first month, then towards one; in steps the capsules allow."""
    aim = diary.person.weight_kg * (0.5 if month == 0 else 0.85)
    return min((20, 30, 40, 50, 60, 70, 80), key=lambda dose: abs(dose - aim))


def capsules_of(dose: int, days: int) -> tuple[CapsuleCount, ...]:
    """Capsules for so many days: forty milligrams first, the rest in one smaller capsule."""
    forties, rest = divmod(dose, 40)
    counts = [CapsuleCount(40, days * forties)] if forties else []
    return (*counts, CapsuleCount(rest, days)) if rest else tuple(counts)


def prescribe(diary: Diary, on: date, month: int, *, days: int = SUPPLY, refills: int = 0) -> str:
    """A prescription as it should be written, unless told otherwise."""
    dose = daily_dose(diary, month)
    return diary.note(
        Prescription,
        "prescription",
        issued_on=on,
        daily_dose_mg=dose,
        days_supply=days,
        refills=refills,
        medium="electronic",
        capsules=capsules_of(dose, days),
    )


def hand_over(diary: Diary, on: date, prescription: str, month: int, *, days: int = SUPPLY) -> str:
    """The whole of a prescription handed over."""
    return diary.note(
        Dispense,
        "hand-over",
        date=on,
        days_supply=days,
        prescription=prescription,
        capsules=capsules_of(daily_dose(diary, month), days),
    )


def one_month(diary: Diary, handed_over_on: date, month: int, finding: Finding = "nothing") -> None:
    """A month without trouble: seen, tested, prescribed and handed over; month 0 is the first."""
    seen_on = handed_over_on - timedelta(days=diary.chance.randint(1, 2))
    if diary.person.can_become_pregnant:
        negative_test(diary, seen_on, "test")
    month_entries(diary, seen_on)
    if month:
        diary.note(Visit, "visit", date=seen_on, mode="in_person", purpose="follow_up")
        check_up(diary, seen_on, month, finding)
    hand_over(diary, handed_over_on, prescribe(diary, seen_on, month), month)


def start_course(diary: Diary, first_on: date) -> None:
    """From the first appointment to the first hand-over, without trouble."""
    if diary.person.can_become_pregnant:
        prepare(diary, first_on - timedelta(days=2))
        negative_test(diary, first_on - timedelta(days=2), "confirmatory-test")
    else:
        enrol(diary, first_on - timedelta(days=diary.chance.randint(3, 12)))
    month_entries(diary, first_on - timedelta(days=2))
    hand_over(diary, first_on, prescribe(diary, first_on - timedelta(days=1), 0), 0)


def months_of_treatment(
    diary: Diary, last_on: date, months: int, finding: Finding = "nothing", since: int = 1
) -> None:
    """A course without trouble of so many hand-overs, the last of them on a day.

    The finding, if any, shows from month `since` on.
    """
    first_on = last_on - timedelta(days=STEP * (months - 1))
    start_course(diary, first_on)
    for month in range(1, months):
        told: Finding = finding if month >= since else "nothing"
        one_month(diary, first_on + timedelta(days=STEP * month), month, told)
