"""Rows written by hand, so that what is tested is how they are shown."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from isovigil.usecases.worklist import OtherReading, Row, Worklist, worklist
from isovigil.usecases.worklist_days import Deadline

NEW_YORK = ZoneInfo("America/New_York")
TODAY = date(2026, 11, 22)
UNCONFIRMED = "the effective date of the 2026 modification is unconfirmed"


def by(day: int, what: str, *, is_whole_day: bool = False, month: int = 11) -> Deadline:
    return Deadline(datetime(2026, month, day, 23, 59, 59, tzinfo=NEW_YORK), what, is_whole_day)


def row(patient: str, name: str, group: str, **fields: Any) -> Row:
    made: dict[str, Any] = {
        "patient": patient,
        "case_file": f"{patient}.yaml",
        "name": name,
        "group": group,
        "gate": "dispense",
        "verdict": "waiting",
        "reason": "Everything is in place.",
        "more_reasons": 0,
        "rule": None,
        "next_step": "Nothing to do",
        "whose_move": None,
        "opens_on": None,
        "deadline": None,
        "slack": None,
        "judged_on": TODAY,
        "course_number": 1,
        "course_day": None,
        "other_reading": None,
    }
    return Row(**{**made, **fields})


def small_worklist() -> Worklist:
    """One row of each group, two in one of them, one of them with another reading."""
    return worklist(
        [
            row(
                "p-0001",
                "Wren Testwell",
                "safety",
                verdict="stop",
                reason="The pregnancy test of 21 November 2026 was positive.",
                next_step="Stop treatment; report it, or record that it was disproved",
                whose_move="prescriber",
                deadline=by(22, "due", is_whole_day=True),
                slack="today",
                course_day=69,
            ),
            row(
                "p-0002",
                "Rowan Fictley",
                "closing",
                verdict="ready",
                next_step="Hand over the capsules",
                whose_move="pharmacy",
                deadline=by(22, "window closes"),
                slack="9 hours",
                course_day=58,
            ),
            row(
                "p-0003",
                "Sage | Notreal",
                "ours",
                reason="The last counselling, of 22 October 2026, belongs to an earlier cycle.",
                next_step="Confirm this month's counselling",
                whose_move="prescriber",
                deadline=by(18, "capsules run out", is_whole_day=True),
                slack="4 days late",
                course_number=2,
                course_day=91,
                other_reading=OtherReading("ready", UNCONFIRMED, ("counselling.recorded",)),
            ),
            row(
                "p-0004",
                "Ivy Placeholder",
                "ours",
                gate=None,
                verdict=None,
                reason="No negative test since 3 November 2026 is recorded.",
                next_step="Reach the patient for the overdue test, and record each attempt",
                whose_move="prescriber",
                deadline=by(3, "due", is_whole_day=True),
                slack="19 days late",
            ),
            row(
                "p-0005",
                "Jay Mockridge",
                "patient",
                reason="No answers to the programme's questions are recorded for this cycle.",
                next_step="Answer the programme's questions",
                whose_move="patient",
                deadline=by(26, "window closes"),
                slack="4 days",
                course_day=30,
            ),
            row(
                "p-0006",
                "Lark Dummerly",
                "waiting",
                gate="start",
                reason="The window of the test of 13 November 2026 went uncollected before any dose.",
                next_step="Take a new pregnancy test",
                whose_move="patient",
                opens_on=date(2026, 12, 2),
            ),
            row(
                "p-0007",
                "Teal Simulton",
                "nothing",
                gate="prescribe",
                reason="Capsules last until 10 December 2026.",
                next_step="Next appointment",
                opens_on=date(2026, 12, 4),
                deadline=by(11, "capsules run out", is_whole_day=True, month=12),
                slack="19 days",
                course_day=12,
            ),
        ]
    )
