"""How does a course run in a UK clinic when nothing goes wrong, step by step?

The risk form's version and the papers of a start follow the day on which the clinic signed them,
as the published changes tell a clinic to do.
"""

from __future__ import annotations

from datetime import date, timedelta

from isovigil.case.kinds import (
    Acknowledgement,
    Attestation,
    Category,
    Certification,
    Contraception,
    Counselling,
    Dispense,
    Enrolment,
    Opinion,
    Prescription,
    Questionnaire,
    Visit,
)
from isovigil.usecases.synthetic_clinic.diary import Diary
from isovigil.usecases.synthetic_clinic.monitoring import Finding, check_up
from isovigil.usecases.synthetic_clinic.people import is_adult_on
from isovigil.usecases.synthetic_clinic.us_treatment import (
    capsules_of,
    daily_dose,
    first_visit,
    negative_test,
    tried,
)

UK = "uk_mhra"
SUPPLY = 30
STEP = 28
MEASURES_OF_2026 = date(2026, 1, 22)
"""The MHRA's changes of that day: a new risk form, two attestations, no second prescriber."""
_METHODS: tuple[tuple[str, str | None], ...] = (
    ("implant", None),
    ("iud_hormonal", None),
    ("iud_copper", None),
    ("implant", "condom"),
    ("combined_pill", "condom"),
    ("combined_pill", "condom"),
)


def refer(diary: Diary, on: date, role: str = "dermatologist") -> None:
    """The first appointment, in person: category, enrolment, everything looked at before the start."""
    diary.note(Certification, "prescriber", who="prescriber", role=role, from_=date(2022, 9, 1))
    tried(diary, on)
    can = diary.person.can_become_pregnant
    basis = {} if can else {"basis": "cisgender_male"}
    diary.note(Category, "category", date=on, can_become_pregnant=can, by="prescriber", **basis)
    diary.note(Enrolment, "enrolment", date=on)
    topics: tuple[str, ...] = ("birth_defects", "mood", "sexual_function", "blood_donation")
    diary.note(Counselling, "counselling", date=on, topics=("contraception", *topics) if can else topics)
    first_visit(diary, on)


def sign_papers(diary: Diary, on: date, *, version: str | None = None, attested: bool = True) -> None:
    """The risk form of its day, and what must be attested before a start on that day."""
    is_adult = is_adult_on(diary.person, on)
    is_new = on >= MEASURES_OF_2026
    signed_by = ("patient", "prescriber") if is_adult else ("patient", "carer", "prescriber")
    form = {"form": "uk_risk_form", "version": version or ("2026" if is_new else "2023")}
    diary.note(Acknowledgement, "risk-form", signed_on=on, by=signed_by, **form)
    if attested and (is_new or not is_adult):
        what = "no_other_suitable_treatment"
        diary.note(Attestation, "no-alternative", date=on, what=what, by="dr-quill")
    if attested and is_new:
        diary.note(Attestation, "second-opinion", date=on, what="second_opinion_right", by="patient")
    if not is_new and not is_adult:
        for who in ("dr-quill", "dr-sable"):
            diary.note(Opinion, "opinion", date=on, by=who, supports_treatment=True)


def enter_methods(diary: Diary, on: date, methods: tuple[str, str | None] | None = None) -> None:
    """The contraception in use from a day on, as patient and prescriber both tell it."""
    primary, secondary = methods or diary.chance.choice(_METHODS)
    for reporter in ("patient", "prescriber"):
        diary.note(
            Contraception,
            f"{reporter}-methods",
            from_=on,
            reported_by=reporter,
            primary=primary,
            secondary=secondary,
        )


def clinic_test(diary: Diary, on: date) -> str:
    """A negative urine test at the clinic, sensitive enough."""
    return negative_test(diary, on, "test", setting="clinic")


def prepare(diary: Diary, start_on: date, *, methods: tuple[str, str | None] | None = None) -> None:
    """Everything of a start up to the day before the appointment on which it is prescribed."""
    referred_on = start_on - timedelta(days=diary.chance.randint(35, 44))
    refer(diary, referred_on)
    if diary.person.can_become_pregnant:
        enter_methods(diary, referred_on + timedelta(days=1), methods)


def initiate(diary: Diary, on: date, *, version: str | None = None, attested: bool = True) -> None:
    """The appointment on which treatment starts, without the prescription."""
    sign_papers(diary, on, version=version, attested=attested)
    diary.note(Visit, "visit", date=on, mode="in_person", purpose="initiation")
    if diary.person.can_become_pregnant:
        clinic_test(diary, on)


def prescribe(diary: Diary, on: date, month: int, *, days: int = SUPPLY, medium: str = "electronic") -> str:
    """A prescription as it should be written, unless told otherwise."""
    dose = daily_dose(diary, month)
    return diary.note(
        Prescription,
        "prescription",
        issued_on=on,
        daily_dose_mg=dose,
        days_supply=days,
        medium=medium,
        capsules=capsules_of(dose, days),
    )


def hand_over(diary: Diary, on: date, prescription: str, month: int) -> str:
    """The whole of a prescription handed over."""
    return diary.note(
        Dispense,
        "hand-over",
        date=on,
        days_supply=SUPPLY,
        prescription=prescription,
        capsules=capsules_of(daily_dose(diary, month), SUPPLY),
    )


def follow_up(
    diary: Diary,
    on: date,
    month: int,
    finding: Finding = "nothing",
    *,
    mode: str = "in_person",
    asked_about_sexual_function: bool = True,
) -> None:
    """A monthly appointment: mood and sexual function asked about, tests as due, a pregnancy test."""
    diary.note(Visit, "visit", date=on, mode=mode, purpose="follow_up")
    check_up(diary, on, month, finding)
    if asked_about_sexual_function:
        diary.note(Questionnaire, "sexual-function", date=on, tool="sexual_function_entry", depth="full")


def months_of_treatment(diary: Diary, last_on: date, months: int, finding: Finding = "nothing") -> None:
    """A course without trouble of so many hand-overs, the last of them on a day."""
    first_on = last_on - timedelta(days=STEP * (months - 1))
    start_on = first_on - timedelta(days=2)
    if start_on < MEASURES_OF_2026 <= first_on:
        start_on = first_on  # nobody starts with papers that changed before the first dose
    prepare(diary, start_on)
    initiate(diary, start_on)
    hand_over(diary, first_on, prescribe(diary, start_on, 0), 0)
    for month in range(1, months):
        handed_on = first_on + timedelta(days=STEP * month)
        seen_on = handed_on - timedelta(days=diary.chance.randint(1, 3))
        follow_up(diary, seen_on, month, finding)
        if diary.person.can_become_pregnant:
            clinic_test(diary, seen_on)
        hand_over(diary, handed_on, prescribe(diary, seen_on, month), month)
