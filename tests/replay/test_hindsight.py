"""Does a replay say the same as one that judges every act anew, in hindsight and at the first dose?"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from isovigil.case.case import Case
from isovigil.case.chart import keeping
from isovigil.case.kinds import Dispense
from isovigil.decisions.past_acts import PastActs
from isovigil.decisions.replay import Replay, replay
from isovigil.decisions.review import review
from isovigil.exchange.case_file import CaseProblems, case_from_mapping
from isovigil.law.one_days_law import LawOfOneDay
from isovigil.usecases.synthetic_clinic.clinic import make_clinic
from isovigil.usecases.synthetic_clinic.story import STORIES
from tests.properties.patients import added_fact, troubled_patients
from tests.replay.judged_whole import judged_whole
from tests.scenarios.judged import the_rulebook
from tests.scenarios.scenario_patient import OnFile

TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=ZoneInfo("America/New_York"))


def judged_anew(case: Case, known_by: datetime = NOW) -> Replay:
    """The replay in which every act is judged anew on its day and in hindsight, each time as a whole."""
    return judged_whole(case, the_rulebook(), known_by)


@pytest.mark.parametrize("programme", sorted(STORIES))
def test_a_synthetic_clinic_is_replayed_the_same_with_every_act_judged_twice(programme: str):
    acts = 0
    for each in make_clinic(programme, TODAY, seed=3, courses=12):
        told = replay(each.case, the_rulebook(), NOW)
        assert told == judged_anew(each.case)
        acts += len(told.acts)
    assert acts > 12


@st.composite
def late_entries(draw: st.DrawFn, around: date, names: list[str]) -> dict[str, Any]:
    """A fact recorded within three weeks of its day, or a decision; it may correct or be entered in error."""
    day = around + timedelta(days=draw(st.integers(-40, 10)))
    decision = {"kind": "clinical_decision", "date": day.isoformat(), "decision": "continue",
                "about": draw(st.sampled_from(names)), "by": "dr-1", "reason": "seen"}  # fmt: skip
    fact = dict(draw(st.one_of(st.just(decision), added_fact(day))))
    if draw(st.booleans()):
        recorded = datetime(day.year, day.month, day.day, 9, tzinfo=NOW.tzinfo)
        fact["recorded_at"] = (recorded + timedelta(days=draw(st.integers(0, 21)))).isoformat()
    if draw(st.integers(0, 5)) == 0:
        fact["supersedes"] = draw(st.sampled_from(names))
    if draw(st.integers(0, 5)) == 0:
        fact["withdrawn"] = True
    return fact


@given(troubled_patients(), st.data(), st.integers(-40, 400))
def test_any_history_is_replayed_the_same_with_every_act_judged_twice(drawn, data, days_since):
    mapping, around = drawn
    names = [fact["id"] for fact in mapping["facts"]]
    late = data.draw(st.lists(late_entries(around, names), max_size=3))
    facts = [*mapping["facts"], *({**fact, "id": f"late-{place}"} for place, fact in enumerate(late))]
    try:
        case = case_from_mapping({**mapping, "facts": facts})
    except CaseProblems:
        assume(False)
        raise
    known_by = datetime(around.year, around.month, around.day, 12, tzinfo=NOW.tzinfo)
    known_by += timedelta(days=days_since)
    assert replay(case, the_rulebook(), known_by) == judged_anew(case, known_by)


_TEST = {"id": "test", "kind": "pregnancy_test", "taken_on": "2024-03-01", "result": "negative",
         "setting": "laboratory"}  # fmt: skip
_DECISION = {"id": "decision", "kind": "clinical_decision", "date": "2024-03-01", "decision": "continue",
             "about": "test", "by": "dr-1", "reason": "seen"}  # fmt: skip
_MARCH = date(2024, 3, 7)


@pytest.mark.parametrize(
    ("more", "of_march"),
    [
        ([_TEST], 1),
        ([{**_TEST, "reported_on": "2024-03-07"}], 1),
        ([{**_TEST, "reported_on": "2024-03-08"}], 2),
        ([{**_TEST, "recorded_at": "2024-03-07T23:59:59-05:00"}], 1),
        ([{**_TEST, "recorded_at": "2024-03-08T00:00:00-05:00"}], 2),
        ([{**_TEST, "taken_on": "2024-03-08"}], 1),
        ([_TEST, {**_TEST, "id": "again", "taken_on": "2024-03-08", "supersedes": "test"}], 2),
        ([_TEST, _DECISION], 1),
        ([_TEST, {**_DECISION, "recorded_at": "2024-03-01T09:00:00-05:00"}], 2),
    ],
    ids=[
        "a test known at once",
        "reported on the day of the hand-over",
        "reported the day after",
        "recorded in the day's last second",
        "recorded in the first second of the next day",
        "dated the day after, so in no view of that day",
        "corrected by an entry of the day after",
        "a decision that does not say when it was recorded",
        "a decision that does",
    ],
)
def test_a_hand_over_is_judged_again_only_where_hindsight_may_see_something_else(
    monkeypatch: pytest.MonkeyPatch, more: list[dict[str, Any]], of_march: int
):
    asked: list[date] = []
    in_hindsight = PastActs.verdict_in_hindsight

    def counted(self: PastActs, act: Dispense, *given: Any) -> Any:
        asked.append(act.day)
        return in_hindsight(self, act, *given)

    monkeypatch.setattr(PastActs, "verdict_in_hindsight", counted)
    facts = [{"id": "hand-over", "kind": "dispense", "days_supply": 30, "date": str(_MARCH)}, *more]
    header = {"case": 1, "patient": {"id": "p-1"}, "programme": "us_ipledge", "time_zone": "America/New_York"}
    replay(case_from_mapping({**header, "facts": facts}), the_rulebook(), NOW)
    assert asked == [_MARCH] * (of_march - 1)


def test_a_case_with_fewer_facts_is_judged_at_its_start_by_those_facts_alone():
    case = case_from_mapping(OnFile.of_base("us_ipledge", "third_prescription").as_case_file())
    on = date(2024, 3, 5)
    assert review(case, the_rulebook(), on=on).gates["start"].verdict == "ready"
    fewer = keeping(case, lambda fact: fact.kind != "pregnancy_test")
    start = review(fewer, the_rulebook(), on=on).gates["start"]
    assert start.verdict != "ready"
    assert "pregnancy_testing.confirmatory_test" in start.because


def test_only_readings_of_the_same_law_say_the_same():
    def law(known_by: date) -> Any:
        return the_rulebook().readings("us_ipledge", "balanced", known_by, [date(2024, 1, 10)])[0][0]

    # Nothing about the programme was announced between these two days of March 2024; much since 2019.
    assert law(date(2024, 3, 5)).says_the_same_as(law(date(2024, 3, 6)))
    assert not law(date(2024, 3, 5)).says_the_same_as(law(date(2019, 6, 1)))
    assert not LawOfOneDay(law(date(2024, 3, 5)), TODAY).says_the_same_as(law(date(2024, 3, 5)))
