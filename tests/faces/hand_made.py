"""Reviews, programmes and cases made by hand, so that the faces are tested without any rule."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from isovigil.case.case import Case, Patient
from isovigil.case.kinds import Category, Dispense, Laboratory, PregnancyTest, Prescription
from isovigil.decisions.course_summary import CourseSummary
from isovigil.decisions.finding import Finding, Task
from isovigil.decisions.review import Alternative, Review, ReviewWindow
from isovigil.decisions.verdict import ClinicalVerdict, GateVerdict
from isovigil.law.coverage import Coverage, Gap, Modelled, NotModelled
from isovigil.law.law import Programme, Regime
from isovigil.law.layer import Announcement, Layer
from isovigil.law.rulebook import Policy, Rulebook, RulebookParts
from isovigil.law.source import Citation, Source, Strength
from isovigil.law.value import Dated, Statement, ValueHistory

NEW_YORK = ZoneInfo("America/New_York")
READ_ON = date(2026, 11, 21)
WINDOW = Citation("us-22", "windows")
ADVICE = Citation("own", "lipids")

SOURCES = {
    "us-22": Source(
        "us-22",
        "The programme's own guide",
        "The programme",
        "primary",
        READ_ON,
        url="https://example.org/guide?a=1&b=2",
    ),
    "own": Source("own", "Our own defaults", "The contributors", "own_default", READ_ON),
}


def layer(
    name: str, starts: date, title: str, *, confirmed: bool = True, because: str | None = None
) -> Layer:
    said = Announcement(starts, starts, starts, confirmed, READ_ON, WINDOW)
    return Layer(name, "regime", title, (said,), because)


def history(name: str, asks: str, unit: str, value: Any, counting: str | None = None) -> ValueHistory:
    said = Statement(value, "law", "high", WINDOW, date(2021, 10, 8), READ_ON, from_layer="2021-12-13")
    return ValueHistory("us_ipledge", name, asks, unit, "lower", date(2027, 5, 21), (said,), counting)


PROGRAMME = Programme(
    id="us_ipledge",
    title="the US iPLEDGE REMS",
    time_zone="America/New_York",
    window_zone="America/New_York",
    layers=(
        layer("2021-12-13", date(2021, 12, 13), "One platform (R2)"),
        layer(
            "2026-modification",
            date(2026, 8, 8),
            "The modification of 2026 (R3)",
            confirmed=False,
            because="the effective date of the 2026 modification is unconfirmed",
        ),
    ),
    values={
        "dispensing/window_days": history(
            "dispensing/window_days",
            "For how many days may capsules be handed over?",
            "day",
            7,
            "The day the specimen is taken is day 1.",
        )
    },
    rules=("pregnancy_testing.monthly_test", "dispensing.inside_the_window", "enrolment.patient_enrolled"),
    sources=SOURCES,
)


COVERAGE = Coverage(
    (
        Modelled(
            "us_ipledge",
            date(2021, 12, 13),
            READ_ON,
            "The programme of 2005 is known, not modelled.",
            (Gap("The full document could not be read.", (WINDOW,)),),
        ),
    ),
    (NotModelled("no_norway", "Norway", ("Norge",), (Gap("A test before each prescription."),)),),
)
RULEBOOK = Rulebook(
    RulebookParts(
        {"us_ipledge": PROGRAMME}, {"balanced": Policy("balanced", "Balanced", {})}, SOURCES, COVERAGE
    ),
    "0" * 64,
)


def dated(
    name: str, value: Any, unit: str, strength: Strength = "law", cite: Citation = WINDOW
) -> Dated[Any]:
    return Dated(f"us_ipledge/{name}", value, unit, date(2021, 12, 13), strength, "high", cite)


WINDOW_DAYS = dated("dispensing/window_days", 7, "day")


def finding(rule: str, answer: str, says: str, **more: Any) -> Finding:
    """A finding whose other fields say nothing unless a test gives them."""
    fields: dict[str, Any] = {
        "gates": (),
        "strength": "law",
        "amber": False,
        "needs": None,
        "whose_move": None,
        "satisfiable_from": None,
        "facts": (),
        "values": (WINDOW_DAYS,),
        "action": None,
        "tasks": (),
    }
    return Finding(**{"rule": rule, "answer": answer, "says": says, **fields, **more})


READY = GateVerdict("ready", None, ())

LATE_TEST = finding(
    "pregnancy_testing.monthly_test",
    "not_met",
    "The window of the test of 4 March 2024 closed on 10 March 2024.",
    gates=("prescribe", "dispense"),
    needs="a new negative pregnancy test",
    whose_move="patient",
    satisfiable_from=date(2024, 3, 11),
    facts=("f-12",),
)
HIGH_LIPIDS = finding(
    "laboratory.triglycerides",
    "not_met",
    "Fasting triglycerides are 250 mg/dL.",
    strength="local_default",
    amber=True,
    action="recheck",
    needs="fasting triglycerides once more",
    whose_move="laboratory",
    satisfiable_from=date(2024, 3, 25),
    facts=("f-20",),
    values=(dated("laboratory/triglycerides_recheck", 200.0, "mg/dL", "local_default", ADVICE),),
)
LAST_DAY = finding(
    "dispensing.once_per_prescription", "met", "The prescription has not been used.", amber=True
)
ENROLLED = finding("enrolment.patient_enrolled", "met", "The patient was enrolled on 2 January 2024.")
NO_REMOTE = finding("visits.follow_up_mode", "not_applicable", "This programme does not ask for it.")


def waiting_review(**other: Any) -> Review:
    """The patient whose window closed yesterday, with a lipid value to repeat."""
    reason = ("pregnancy_testing.monthly_test",)
    fields: dict[str, Any] = {
        "patient": "p-001",
        "programme": "us_ipledge",
        "policy": "balanced",
        "on": date(2024, 3, 11),
        "at": datetime(2024, 3, 11, tzinfo=NEW_YORK),
        "known_by": datetime(2024, 3, 11, 23, 59, 59, tzinfo=NEW_YORK),
        "holds_until": datetime(2024, 3, 25, tzinfo=NEW_YORK),
        "regime": Regime("us_ipledge/2021-12-13", date(2021, 12, 13), None, ()),
        "gates": {
            "start": READY,
            "prescribe": GateVerdict("waiting", reason[0], reason),
            "dispense": GateVerdict("waiting", reason[0], (*reason, "dispensing.prescription_exists")),
        },
        "window": ReviewWindow(
            date(2024, 3, 4),
            date(2024, 3, 10),
            datetime(2024, 3, 10, 23, 59, 59, tzinfo=NEW_YORK),
            "The day the specimen is taken is day 1.",
        ),
        "findings": (ENROLLED, NO_REMOTE, LAST_DAY, HIGH_LIPIDS, LATE_TEST),
        "clinical": ClinicalVerdict("recheck", ("laboratory.triglycerides",)),
        "tasks": (
            Task(
                "pregnancy_test",
                "patient",
                date(2024, 3, 11),
                None,
                None,
                "pregnancy_testing.monthly_test",
                "A new negative pregnancy test.",
            ),
            Task(
                "laboratory",
                "laboratory",
                date(2024, 3, 25),
                date(2024, 4, 1),
                None,
                "laboratory.triglycerides",
                "Fasting triglycerides once more.",
            ),
        ),
        "course": CourseSummary(1, date(2024, 1, 10), 62, 0.57, 34.3, 34.3, (120.0, 150.0), 150),
        "alternatives": (),
        "rulebook": "0" * 12,
        "start_frozen_on": date(2024, 1, 10),
    }
    return Review(**{**fields, **other})


def open_date_review() -> Review:
    """The same patient under two readings of a date that is still open."""
    other = Alternative(
        "us_ipledge/2026-modification",
        (),
        "the effective date of the 2026 modification is unconfirmed",
        {"start": READY, "prescribe": READY, "dispense": READY},
        None,
    )
    return waiting_review(alternatives=(other,))


def ready_review() -> Review:
    """Everything is done and nothing is asked of anybody."""
    return waiting_review(
        gates={"start": READY, "prescribe": READY, "dispense": READY},
        findings=(ENROLLED, NO_REMOTE),
        clinical=ClinicalVerdict("continue", ()),
        tasks=(),
        holds_until=None,
    )


def case(patient: str = "p-001", test_id: str = "f-12") -> Case:
    """The facts behind the waiting review: two cycles, the second of which lapsed."""
    return Case(
        Patient(patient, date(2001, 4, 2)),
        "America/New_York",
        (
            Category(id="f-1", date=date(2024, 1, 2), can_become_pregnant=True, by="prescriber"),
            Dispense(id="f-9", date=date(2024, 2, 9), days_supply=30),
            PregnancyTest(
                id=test_id, taken_on=date(2024, 3, 4), result="negative", setting="clinic", specimen="urine"
            ),
            Prescription(id="f-13", issued_on=date(2024, 3, 5), daily_dose_mg=40, days_supply=30),
            Laboratory(
                id="f-20",
                taken_on=date(2024, 3, 4),
                analyte="triglycerides",
                value=250,
                unit="mg/dL",
                fasting=True,
            ),
        ),
        "us_ipledge",
    )
