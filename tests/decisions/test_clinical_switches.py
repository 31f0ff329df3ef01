"""Does each switch about candidate, dose and interactions change an answer?"""

from typing import Any

import pytest

from isovigil.case import kinds
from isovigil.case.fact import Fact
from tests.decisions.judged import can, day, fact
from tests.decisions.switched import judged_saying

ON = "2024-02-20"
WEIGHT = fact(kinds.Weight, id="weight", date=day("2024-01-02"), kg=70)
PILL = fact(
    kinds.Contraception,
    id="pill",
    from_=day("2024-01-01"),
    reported_by="patient",
    primary="progestin_only_pill",
)
LIVER = fact(kinds.Condition, id="liver", from_=day("2024-01-01"), what="liver_insufficiency")
KIDNEYS = fact(kinds.Condition, id="kidneys", from_=day("2024-01-01"), what="renal_impairment_severe")


def prescribed(mg: float = 40) -> Fact:
    return fact(kinds.Prescription, id="p", issued_on=day("2024-01-09"), daily_dose_mg=mg, days_supply=30)


def handed_over(count: int) -> Fact:
    return fact(
        kinds.Dispense,
        id="d",
        date=day("2024-01-10"),
        days_supply=30,
        capsules=(kinds.CapsuleCount(mg=40, count=count),),
    )


SWITCHES: list[tuple[str, str, list[Fact], dict[Any, str | None]]] = [
    ("interactions.hormonal_contraception", "interactions/progestin_only_pill_counts", [can(), PILL],
     {False: "recheck", True: "continue"}),
    ("dose.organ_function", "dose/hepatic_insufficiency", [LIVER], {"block": "stop", "specialist": "hold"}),
    ("dose.organ_function", "dose/severe_renal_start", [KIDNEYS, prescribed()],
     {"low": "reduce", "as_usual": "continue"}),
    # 40 x 300 / 70 = 171.4 mg/kg: above 150, below 220
    ("dose.cumulative", "dose/cumulative_review", [WEIGHT, prescribed(), handed_over(300)],
     {150: "recheck", 220: "continue"}),
    ("interactions.tetracyclines", "interactions/tetracyclines_action",
     [fact(kinds.Medicine, id="m", from_=day("2024-01-01"), name="doxycycline")],
     {"hold": "hold", "stop": "stop"}),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "name", "facts", "by_value"), SWITCHES, ids=[row[1] for row in SWITCHES])
def test_each_position_of_a_switch_gives_its_own_action(
    rule: str, name: str, facts: list[Fact], by_value: dict[Any, str | None]
):
    found = {value: judged_saying(rule, name, value, facts, ON).action for value in by_value}
    assert found == by_value


@pytest.mark.parametrize(
    ("often", "says"), [("twice", "in two doses"), ("once_or_twice", "in one or two doses")]
)
def test_how_often_a_day_is_told(often: str, says: str):
    facts = [WEIGHT, prescribed()]
    assert says in judged_saying("dose.formulation", "dose/daily_frequency", often, facts, ON).says


@pytest.mark.parametrize(("policy", "names_a_target"), [("range", True), ("cap", True), ("none", False)])
def test_a_cumulative_policy_names_a_target_or_none(policy: str, names_a_target: bool):
    facts = [WEIGHT, prescribed(), handed_over(30)]
    said = judged_saying("dose.cumulative", "dose/cumulative_policy", policy, facts, ON).says
    assert ("aims at 120 to 150" in said) is names_a_target
