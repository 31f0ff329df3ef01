"""Is each past act judged by the rules, and with the knowledge, of its own day?"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from typer.testing import CliRunner

from isovigil import load_rulebook
from isovigil.cli.main import app
from isovigil.cli.plan_commands import app_commands
from isovigil.decisions.replay import Replay, replay
from isovigil.exchange.case_file import case_from_mapping
from tests.scenarios.scenario_patient import OnFile

RULEBOOK = load_rulebook()
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=ZoneInfo("America/New_York"))
THIRD = ("us_ipledge", "third_prescription")


def patient(programme: str, base: str) -> dict[str, dict[str, Any]]:
    """The facts of a complete patient of the scenarios, by id."""
    return {name: dict(fact) for name, fact in OnFile.of_base(programme, base).facts.items()}


def replayed(programme: str, facts: dict[str, dict[str, Any]], zone: str = "America/New_York") -> Replay:
    case = case_from_mapping(
        {
            "case": 1,
            "patient": {"id": "p-1", "born_on": "2001-04-02"},
            "programme": programme,
            "time_zone": zone,
            "facts": list(facts.values()),
        }
    )
    return replay(case, RULEBOOK, NOW)


def judged(told: Replay) -> dict[str, str]:
    return {act.act: act.judged for act in told.acts}


def test_every_act_of_a_complete_patient_was_right():
    told = replayed("us_ipledge", patient(*THIRD))
    assert [(act.act, str(act.on), act.judged, act.in_hindsight) for act in told.acts] == [
        ("prescription-january", "2024-01-09", "right", "ready"),
        ("dispense-january", "2024-01-10", "right", "ready"),
        ("prescription-february", "2024-02-06", "right", "ready"),
        ("dispense-february", "2024-02-07", "right", "ready"),
        ("prescription-march", "2024-03-05", "right", "ready"),
    ]


def test_a_hand_over_after_its_window_was_wrong_and_on_its_last_day_right():
    # The specimen of 5 February is day 1, so day 7 is 11 February.
    facts = patient(*THIRD)
    facts["dispense-february"]["date"] = "2024-02-11"
    assert judged(replayed("us_ipledge", facts))["dispense-february"] == "right"
    facts["dispense-february"]["date"] = "2024-02-12"
    act = next(act for act in replayed("us_ipledge", facts).acts if act.act == "dispense-february")
    assert act.judged == "wrong"
    assert "dispensing.inside_the_window" in [reason.rule for reason in act.because]


def test_what_was_recorded_a_day_too_late_was_unknowable_then_and_is_ready_in_hindsight():
    facts = patient(*THIRD)
    facts["comprehension-february"]["recorded_at"] = "2024-02-08T09:00:00-05:00"
    act = next(act for act in replayed("us_ipledge", facts).acts if act.act == "dispense-february")
    assert (act.judged, act.verdict, act.in_hindsight) == ("unknowable", "waiting", "ready")
    assert [reason.rule for reason in act.because] == ["comprehension.passed"]
    facts["comprehension-february"]["recorded_at"] = "2024-02-07T09:00:00-05:00"
    assert judged(replayed("us_ipledge", facts))["dispense-february"] == "right"


def test_what_turned_out_later_makes_an_act_wrong_in_hindsight_only():
    # The positive test of 6 February was reported on the 9th, two days after the hand-over.
    facts = patient(*THIRD)
    facts["positive"] = {
        "id": "positive", "kind": "pregnancy_test", "taken_on": "2024-02-06", "result": "positive",
        "setting": "laboratory", "reported_on": "2024-02-09",
    }  # fmt: skip
    told = {act.act: act for act in replayed("us_ipledge", facts).acts}
    assert (told["dispense-february"].judged, told["dispense-february"].in_hindsight) == ("right", "stop")
    assert told["prescription-march"].judged == "wrong"


def test_too_long_a_supply_was_wrong_to_prescribe_and_to_hand_over():
    facts = patient(*THIRD)
    facts["prescription-february"].update(days_supply=31, capsules=[{"mg": 40, "count": 31}])
    told = judged(replayed("us_ipledge", facts))
    assert (told["prescription-february"], told["dispense-february"]) == ("wrong", "wrong")
    assert told["dispense-january"] == "right"


def test_each_act_is_judged_by_the_law_of_its_own_day():
    # A home test during treatment: refused in June 2019, tolerated in April 2022 in the pandemic.
    for base, test, act, expected in (
        ("third_prescription_in_june_2019", "test-march", "prescription-march", "wrong"),
        ("third_prescription_in_april_2022", "test-march", "prescription-march", "right"),
    ):
        facts = patient("us_ipledge", base)
        facts[test]["setting"] = "home"
        assert judged(replayed("us_ipledge", facts))[act] == expected, base


def test_an_act_outside_the_law_held_is_said_to_have_no_rule():
    facts = {
        "old": {"id": "old", "kind": "dispense", "date": "2006-05-01", "days_supply": 30},
        "category": {
            "id": "category", "kind": "category", "date": "2006-04-01", "can_become_pregnant": True,
            "by": "prescriber",
        },
    }  # fmt: skip
    (act,) = replayed("us_ipledge", facts).acts
    assert (act.judged, act.verdict, act.in_hindsight) == ("no_rule", None, None)
    assert act.refusal is not None
    assert "No rule is in force" in act.refusal


def test_an_act_entered_in_error_or_corrected_is_no_act():
    facts = patient(*THIRD)
    facts["dispense-february"]["withdrawn"] = True
    facts["again"] = dict(facts["dispense-january"], id="again", date="2024-01-11")
    facts["again"]["supersedes"] = "dispense-january"
    acts = judged(replayed("us_ipledge", facts))
    assert "dispense-february" not in acts
    assert "dispense-january" not in acts
    assert acts["again"] == "right"


def test_the_command_prints_a_table_and_the_same_as_json(tmp_path: Any):
    if "replay" not in {command.name for command in app.registered_commands}:
        app_commands(app)
    file = tmp_path / "case.json"
    file.write_text(json.dumps(OnFile.of_base(*THIRD).as_case_file()), encoding="utf-8")
    shown = CliRunner().invoke(app, ["replay", str(file), "--known-by", "2026-11-21"])
    assert shown.exit_code == 0, shown.output
    assert "5 prescriptions and hand-overs: 5 right." in shown.output
    told = CliRunner().invoke(app, ["replay", str(file), "--known-by", "2026-11-21", "--format", "json"])
    document = json.loads(told.output)
    assert document["schema"] == "isovigil.replay/1"
    assert document["counts"] == {"right": 5, "wrong": 0, "unknowable": 0, "no_rule": 0}
