"""Is tomorrow's worklist judged before midnight, and never shown before, nor after something was recorded?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from unittest.mock import patch
from zoneinfo import ZoneInfo

import msgspec
import pytest

from isovigil.case.case import Case
from isovigil.decisions.review import Review
from isovigil.storage.models import WorklistRow
from isovigil.storage.tenancy import reading
from isovigil.usecases.record import worklist_rows
from isovigil.usecases.record.acting import Acting
from isovigil.usecases.record.judging import Judging, adopt, judge_now
from isovigil.usecases.record.look_after import look_after_every_clinic
from isovigil.usecases.record.patient_case import Identity
from isovigil.usecases.record.record_facts import record_facts
from isovigil.usecases.record.worklist_ahead import prepare_next_day
from isovigil.usecases.record.worklist_read import WorklistAsked, read_worklist
from isovigil.usecases.record.worklist_rows import Line, next_midnight, refresh_worklist
from tests.record.records import IDENTITY, NOW, ON_SQLITE, Record, a_patient, weight

NEW_YORK = ZoneInfo("America/New_York")
MIDNIGHT = datetime(2026, 3, 11, 4, 0, tzinfo=UTC)
"""The end of 10 March 2026 in New York, by summer time (UTC-4) since 8 March."""
SECOND = timedelta(seconds=1)


def others(record: Record, count: int) -> None:
    for number in range(count):
        a_patient(
            record, Identity(name=f"Patient {number}", second_id=f"QX-{number}", born_on=IDENTITY.born_on)
        )


def lines(record: Record, at: datetime) -> list[Line]:
    """The worklist as a page shows it at a moment."""
    nurse = record.acting("nurse", at)
    told = [
        *read_worklist(nurse, WorklistAsked()).lines,
        *read_worklist(nurse, WorklistAsked("nothing")).lines,
    ]
    return sorted(told, key=lambda line: str(line.patient))


def rows(record: Record) -> list[WorklistRow]:
    with reading(record.clinic):
        return list(WorklistRow.objects.filter(clinic=record.clinic))


def prepared(record: Record) -> int:
    return sum(row.next_from is not None for row in rows(record))


class Judged:
    """How many patients were judged, and as of when."""

    def __init__(self) -> None:
        self.moments: list[datetime] = []


@pytest.fixture
def judged() -> Iterator[Judged]:
    counted = Judged()

    def counting(case: Case, judging: Judging, acting: Acting) -> Review:
        counted.moments.append(acting.at)
        return judge_now(case, judging, acting)

    with patch.object(worklist_rows, "judge_now", counting):
        yield counted


def looked_after(record: Record, *ats: datetime) -> None:
    for at in ats:
        look_after_every_clinic(at)


# -- around midnight --------------------------------------------------------------------------------------


def test_at_midnight_tomorrows_lines_stand_without_anybody_being_judged(record: Record, judged: Judged):
    others(record, 3)
    looked_after(record, MIDNIGHT - timedelta(minutes=5))
    assert prepared(record) == 4
    judged.moments.clear()
    tomorrow = lines(record, MIDNIGHT)
    assert judged.moments == []
    assert {line.row.judged_on.isoformat() for line in tomorrow} == {"2026-03-11"}


def test_until_midnight_todays_lines_are_shown(record: Record):
    looked_after(record, MIDNIGHT - timedelta(minutes=5))
    (today,) = lines(record, MIDNIGHT - SECOND)
    assert today.row.judged_on.isoformat() == "2026-03-10"
    assert (today.row.group, today.row.gate) == ("closing", "dispense")  # the window closes with this second
    (tomorrow,) = lines(record, MIDNIGHT)
    assert (tomorrow.row.rule, tomorrow.row.group) == ("dispensing.no_lockout", "waiting")


def test_what_was_prepared_is_what_would_be_worked_out_at_midnight(record: Record):
    others(record, 2)
    looked_after(record, MIDNIGHT - timedelta(minutes=5))
    taken_over = lines(record, MIDNIGHT + timedelta(hours=3))
    refresh_worklist(record.acting("nurse", MIDNIGHT + timedelta(hours=3)), everything=True)
    assert lines(record, MIDNIGHT + timedelta(hours=3)) == taken_over


def test_a_line_prepared_for_a_day_that_nobody_looked_at_is_worked_out_anew(record: Record, judged: Judged):
    looked_after(record, MIDNIGHT - timedelta(minutes=5))
    judged.moments.clear()
    later = MIDNIGHT + timedelta(days=2)
    (line,) = lines(record, later)
    assert judged.moments == [later]
    assert line.row.judged_on.isoformat() == "2026-03-13"


# -- what throws a prepared line away ---------------------------------------------------------------------


def test_a_fact_recorded_after_a_line_was_prepared_throws_it_away(record: Record, judged: Judged):
    before = MIDNIGHT - timedelta(minutes=5)
    looked_after(record, before)
    positive = {"kind": "pregnancy_test", "taken_on": "2026-03-10", "result": "positive", "setting": "clinic"}
    record_facts(record.acting("nurse", before + SECOND), record.patient, [positive], request="positive")
    assert prepared(record) == 0
    judged.moments.clear()
    (line,) = lines(record, MIDNIGHT)
    assert judged.moments == [MIDNIGHT]
    assert (line.row.group, line.row.verdict) == ("safety", "stop")


def test_a_line_thrown_away_is_prepared_anew_in_the_next_round(record: Record):
    before = MIDNIGHT - timedelta(minutes=5)
    looked_after(record, before)
    record_facts(record.acting("nurse", before + SECOND), record.patient, [weight(70)], request="later")
    looked_after(record, before + timedelta(minutes=1))
    assert prepared(record) == 1


def test_another_adoption_throws_it_away(record: Record, judged: Judged):
    before = MIDNIGHT - timedelta(minutes=5)
    looked_after(record, before)
    adopt(record.acting("prescriber", before + SECOND), "us_ipledge", "us_label")
    judged.moments.clear()
    lines(record, MIDNIGHT)
    assert judged.moments == [MIDNIGHT]


def test_a_clock_that_is_set_back_over_midnight_shows_no_line_of_tomorrow(record: Record):
    looked_after(record, MIDNIGHT - timedelta(minutes=5))
    lines(record, MIDNIGHT)
    (again,) = lines(record, MIDNIGHT - timedelta(minutes=2))
    assert again.row.judged_on.isoformat() == "2026-03-10"


# -- when it begins, and how it is spread -----------------------------------------------------------------


def test_before_the_last_hour_nothing_is_prepared(record: Record):
    looked_after(record, MIDNIGHT - timedelta(hours=1) - SECOND)
    assert prepared(record) == 0


def test_the_work_is_spread_over_fifty_minutes(record: Record, judged: Judged):
    """Of four rows a quarter is due after 12.5 minutes, a half after 25, all after 50."""
    others(record, 3)
    refresh_worklist(record.acting("nurse", MIDNIGHT - timedelta(hours=2)))
    judged.moments.clear()
    begins = MIDNIGHT - timedelta(hours=1)
    shares = []
    for minutes in (0, 12.5, 25, 37.5, 50, 59):
        look_after_every_clinic(begins + timedelta(minutes=minutes))
        shares.append(prepared(record))
    assert shares == [0, 1, 2, 3, 4, 4]
    assert judged.moments == [MIDNIGHT] * 4  # each once, as of the first instant of tomorrow


def test_a_round_that_comes_late_prepares_all_that_is_due(record: Record):
    others(record, 3)
    looked_after(record, MIDNIGHT - SECOND)
    assert prepared(record) == 4


# -- clocks that change -----------------------------------------------------------------------------------


@ON_SQLITE
@pytest.mark.parametrize(
    ("name", "noon", "midnight"),
    [
        # 8 March 2026 has 23 hours in New York: midnight before it is 05:00 UTC, after it 04:00 UTC.
        ("the day before clocks go forward", "2026-03-07T17:00Z", "2026-03-08T05:00Z"),
        ("the day clocks go forward", "2026-03-08T16:00Z", "2026-03-09T04:00Z"),
        # 1 November 2026 has 25 hours: midnight before it is 04:00 UTC, after it 05:00 UTC.
        ("the day before clocks go back", "2026-10-31T16:00Z", "2026-11-01T04:00Z"),
        ("the day clocks go back", "2026-11-01T17:00Z", "2026-11-02T05:00Z"),
    ],
)
def test_around_a_change_of_clocks_lines_change_with_the_clinics_day(
    record: Record, name: str, noon: str, midnight: str
):
    at, turn = datetime.fromisoformat(noon), datetime.fromisoformat(midnight)
    assert next_midnight(at.astimezone(NEW_YORK)) == turn, name
    look_after_every_clinic(turn - timedelta(hours=1) - SECOND)
    assert prepared(record) == 0
    look_after_every_clinic(turn - timedelta(minutes=1))
    assert prepared(record) == 1
    today, tomorrow = lines(record, turn - SECOND)[0], lines(record, turn)[0]
    assert today.row.judged_on == at.astimezone(NEW_YORK).date()
    assert tomorrow.row.judged_on == turn.astimezone(NEW_YORK).date()


def test_where_clocks_skip_midnight_the_day_begins_at_one():
    """In Cairo summer time begins on the last Friday of April at midnight: 24 April 2026 begins at 01:00 by a
    clock three hours ahead of UTC, which is 22:00 UTC on the 23rd.
    """
    at = datetime(2026, 4, 23, 12, 0, tzinfo=UTC)
    assert next_midnight(at.astimezone(ZoneInfo("Africa/Cairo"))) == datetime(2026, 4, 23, 22, 0, tzinfo=UTC)


def test_preparing_tells_how_many_it_prepared(record: Record):
    acting = record.acting("nurse", MIDNIGHT - timedelta(minutes=5))
    refresh_worklist(acting)
    assert prepare_next_day(acting) == 1
    assert prepare_next_day(acting) == 0
    assert prepare_next_day(record.acting("nurse", NOW)) == 0
    assert msgspec.structs.asdict(lines(record, MIDNIGHT)[0].row)["judged_on"].isoformat() == "2026-03-11"
