"""May several absences and moves be supposed at once, in one address, and is what cannot be followed told?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.http import QueryDict
from django.utils import translation

from isovigil.usecases.record.plan_read import Move, PlanAsked, PlanRead, read_plan
from isovigil.web.plan.forms import MOST, WhatIfForm
from tests.record.records import ON_SQLITE, Record

pytestmark = ON_SQLITE
TWO_DAYS = timedelta(days=2)


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """Whatever language a request of another test left behind."""
    with translation.override("en"):
        yield


def read(record: Record, asked: PlanAsked | None = None) -> PlanRead:
    return read_plan(record.acting(), record.patient, asked or PlanAsked())


def days_of(told: PlanRead, what: str) -> list[date]:
    return [step.on for step in told.plan.steps if step.what == what]


def test_each_of_several_absences_is_kept_free(record: Record):
    away = ((date(2026, 4, 1), date(2026, 4, 5)), (date(2026, 5, 4), date(2026, 5, 6)))
    told = read(record, PlanAsked(unavailable=away))
    assert told.moved
    for first, last in away:
        assert not [step for step in told.plan.steps if first <= step.on <= last]


def test_several_steps_are_moved_one_after_the_other(record: Record):
    own = days_of(read(record), "dispense")
    first = PlanAsked(moves=(Move("dispense", 2, own[1] + TWO_DAYS),))
    after_one = days_of(read(record, first), "dispense")
    second = Move("dispense", 3, after_one[2] + TWO_DAYS)
    told = read(record, PlanAsked(moves=(*first.moves, second)))
    assert days_of(told, "dispense")[1:3] == [own[1] + TWO_DAYS, after_one[2] + TWO_DAYS]
    assert told.not_followed == ()
    assert {(each.what, each.cycle) for each in told.moved} >= {("dispense", 2), ("dispense", 3)}


def test_a_move_that_no_plan_can_follow_is_told_and_left_out(record: Record):
    """A month's capsules cannot be handed over on the day after the last ones were."""
    own = read(record)
    too_soon = Move("dispense", 2, days_of(own, "dispense")[0] + timedelta(days=1))
    told = read(record, PlanAsked(moves=(too_soon,)))
    assert told.not_followed == (too_soon,)
    assert told.plan == own.plan


def test_a_step_that_is_not_in_the_plan_is_not_moved(record: Record):
    nowhere = Move("dispense", 99, date(2026, 5, 1))
    assert read(record, PlanAsked(moves=(nowhere,))).not_followed == (nowhere,)


# -- the address -------------------------------------------------------------------------------------------


def form_of(address: str) -> WhatIfForm:
    return WhatIfForm(QueryDict(address))


def test_an_address_says_all_that_is_supposed(record: Record):
    form = form_of(
        "away_from_1=2026-04-01&away_until_1=2026-04-05&away_from_2=2026-05-04&away_until_2=2026-05-06"
        "&move_1=laboratory.2&move_to_1=2026-05-20&move_2=dispense.3&move_to_2=2026-05-22"
        "&clinic_days=0&clinic_days=3&test_on=2026-03-30"
    )
    assert form.is_valid(), form.errors
    assert form.asked() == PlanAsked(
        date(2026, 3, 30),
        ((date(2026, 4, 1), date(2026, 4, 5)), (date(2026, 5, 4), date(2026, 5, 6))),
        frozenset({0, 3}),
        (Move("laboratory", 2, date(2026, 5, 20)), Move("dispense", 3, date(2026, 5, 22))),
    )


@pytest.mark.parametrize(
    ("address", "field"),
    [
        ("away_from_1=2026-04-01", "away_until_1"),
        ("away_until_2=2026-04-01", "away_from_2"),
        ("away_from_1=2026-04-05&away_until_1=2026-04-04", "away_until_1"),
        ("move_1=dispense.2", "move_to_1"),
        ("move_to_1=2026-04-04", "move_1"),
        ("move_1=counselling.1&move_to_1=2026-04-04", "move_1"),
        ("move_1=dispense.0&move_to_1=2026-04-04", "move_1"),
        ("move_1=dispense&move_to_1=2026-04-04", "move_1"),
        ("away_from_1=tomorrow&away_until_1=2026-04-04", "away_from_1"),
    ],
)
def test_half_a_supposition_is_told_beside_its_field(record: Record, address: str, field: str):
    form = form_of(address)
    assert not form.is_valid()
    assert list(form.errors) == [field]


def test_an_absence_of_one_day_begins_and_ends_on_it(record: Record):
    assert form_of("away_from_1=2026-04-04&away_until_1=2026-04-04").is_valid()


def test_beside_what_was_entered_there_is_always_one_more_to_enter(record: Record):
    assert len(WhatIfForm().absences) == 1
    assert len(form_of("away_from_1=2026-04-01&away_until_1=2026-04-02").absences) == 2
    filled = "&".join(
        f"away_from_{each}=2026-04-0{each}&away_until_{each}=2026-04-0{each}" for each in range(1, 7)
    )
    assert MOST == 6
    assert len(form_of(filled).absences) == 6


def test_the_steps_that_can_be_moved_are_offered_with_their_days(record: Record):
    form, told = WhatIfForm(), read(record)
    form.offer(told.own.steps)
    offered = dict(form.fields["move_1"].widget.choices)
    first = days_of(told, "dispense")[0]
    assert offered["dispense.1"] == f"Capsules at the pharmacy, {first.day} {first:%B %Y}"
    assert not [each for each in offered if each.startswith("counselling")]
