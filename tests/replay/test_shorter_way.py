"""Does a replay, which asks only rules that may say something new, say what whole reviews say?"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from isovigil.calendar.window import last_instant
from isovigil.case.case import Case
from isovigil.decisions.replay import Replay, replay
from isovigil.exchange.case_file import case_from_mapping
from isovigil.law.refusal import ProgrammeNotModelled
from tests.replay.judged_whole import judged_whole
from tests.scenarios.judged import the_rulebook
from tests.scenarios.scenario_file import programme_of, scenario_file, scenario_paths
from tests.scenarios.scenario_patient import OnFile, patients_of
from tests.synthetic_nation.made_up import people

LATER = 400
"""Days after the last fact, when everything on file is known."""


def end_of(case: Case, days_after_the_last: int = LATER) -> datetime:
    last = max((fact.day for fact in case.facts), default=date(2026, 1, 1))
    return last_instant(last + timedelta(days=days_after_the_last), ZoneInfo(case.time_zone))


@pytest.mark.parametrize(
    "path", scenario_paths(), ids=lambda path: f"{programme_of(path)}/{path.parent.name}/{path.stem}"
)
def test_the_acts_of_every_scenario_patient_are_judged_the_same(path):
    for scenario, patient in patients_of(scenario_file(path), programme_of(path)):
        case = case_from_mapping(patient.as_case_file(), name=scenario.name)
        try:
            whole = judged_whole(case, the_rulebook(), end_of(case))
        except ProgrammeNotModelled:
            continue
        assert replay(case, the_rulebook(), end_of(case)) == whole, scenario.name


def moved(case: Case, by: timedelta) -> Case:
    """The same history some days earlier or later, so that other law governs it."""
    facts = tuple(
        msgspec.structs.replace(
            fact,
            **{
                name: held + by
                for name in fact.__struct_fields__
                if isinstance(held := getattr(fact, name), date)
            },
        )
        for fact in case.facts
    )
    return msgspec.structs.replace(case, facts=facts)


@pytest.mark.parametrize("years", [0, 3, 10, 17])
def test_made_up_people_are_judged_the_same_under_the_law_of_their_time_and_of_earlier_ones(years: int):
    # The law held begins in January 2008: 17 years earlier some acts lie before it and some after.
    judged = set()
    for each in people(range(12), seed=7):
        case = moved(each.case(), timedelta(days=-365 * years))
        whole = judged_whole(case, the_rulebook(), end_of(case))
        assert replay(case, the_rulebook(), end_of(case)) == whole
        judged |= {act.judged for act in whole.acts}
    assert ("no_rule" in judged) == (years == 17)


@pytest.mark.parametrize("programme", ["uk_mhra", "eu_ppp", "it_aifa", "de_amvv", "fr_ansm", "nl_ppp"])
def test_the_same_people_are_judged_the_same_in_every_programme(programme: str):
    for each in people(range(6), seed=8):
        case = each.case()
        named = {"programme": programme, "policy": "us_label"}
        whole = judged_whole(case, the_rulebook(), end_of(case), **named)
        assert replay(case, the_rulebook(), end_of(case), **named) == whole


def told(changes: dict[str, dict[str, Any]], more: list[dict[str, Any]]) -> dict[str, Any]:
    """The third prescription's patient with some facts changed and added: each act as it was judged."""
    facts = {
        name: dict(fact) for name, fact in OnFile.of_base("us_ipledge", "third_prescription").facts.items()
    }
    for name, differing in changes.items():
        facts[name].update(differing)
    case = case_from_mapping(
        {
            "case": 1,
            "patient": {"id": "p-1", "born_on": "2001-04-02"},
            "programme": "us_ipledge",
            "time_zone": "America/New_York",
            "facts": [*facts.values(), *more],
        }
    )
    found: Replay = replay(case, the_rulebook(), end_of(case))
    return {act.act: act for act in found.acts}


def test_an_interval_that_ends_between_a_prescription_and_its_hand_over_is_seen_at_the_hand_over():
    # Nothing comes on file between the 6th and the 7th of February, but the methods end on the 6th.
    contraception = [
        name
        for name, fact in OnFile.of_base("us_ipledge", "third_prescription").facts.items()
        if fact["kind"] == "contraception"
    ]
    acts = told({name: {"to": "2024-02-06"} for name in contraception}, [])
    assert acts["prescription-february"].judged == "right"
    assert [each.rule for each in acts["dispense-february"].because] == [
        "contraception.methods_accepted",
        "contraception.lead_time",
        "contraception.entries_match",
    ] or {"contraception.methods_accepted", "contraception.lead_time"} <= {
        each.rule for each in acts["dispense-february"].because
    }


def test_a_window_that_closes_between_a_prescription_and_its_hand_over_is_seen_at_the_hand_over():
    # The specimen of 5 February is day 1: day 7, the last one inside, is 11 February.
    inside = told({"dispense-february": {"date": "2024-02-11"}}, [])["dispense-february"]
    assert inside.judged == "right"
    outside = told({"dispense-february": {"date": "2024-02-12"}}, [])["dispense-february"]
    assert "dispensing.inside_the_window" in [each.rule for each in outside.because]


def test_a_fact_between_a_prescription_and_its_hand_over_is_seen_at_the_hand_over():
    severe = {"id": "eyes", "kind": "pregnancy_test", "taken_on": "2024-02-07", "result": "positive",
              "setting": "laboratory"}  # fmt: skip
    acts = told({}, [severe])
    assert acts["prescription-february"].judged == "right"
    assert acts["dispense-february"].verdict == "stop"
