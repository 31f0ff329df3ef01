"""How much isotretinoin was handed over, by which weight, and what does the patient say was taken?"""

import itertools
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isovigil.case import kinds
from isovigil.case.fact import Fact
from isovigil.decisions.course_summary import summarise_course
from isovigil.decisions.dose_given import DoseGiven, dose_given, dose_taken
from tests.decisions.judged import US, day, fact, law_of
from tests.decisions.switched import course_of, law_saying

START = day("2024-01-10")
ON = "2024-12-30"
LAW = law_of(US, day(ON))
PRODUCTS = ("conventional", "lidose", "micronised")
WEIGHT = "dose/weight_reference"


def weighed(on: str, kg: float) -> Fact:
    return fact(kinds.Weight, id=f"weight-{on}", date=day(on), kg=kg)


def capsules(mg: float, count: int) -> tuple[kinds.CapsuleCount, ...]:
    return (kinds.CapsuleCount(mg=mg, count=count),)


def handed_over(after_days: int, mg: float, count: int, product: str = "conventional") -> Fact:
    date = START + timedelta(days=after_days)
    return fact(
        kinds.Dispense,
        id=f"dispense-{after_days}",
        date=date,
        days_supply=30,
        capsules=capsules(mg, count),
        product=product,
    )


def given_by(facts: Sequence[Fact], law: Any = LAW) -> DoseGiven:
    found = dose_given(course_of(facts, ON), law)
    assert found is not None
    return found


def test_vectors_8_and_9_of_the_specification():
    # (40 x 30 + 60 x 120) / 70 = 8400 / 70 = 120
    eighth = given_by([weighed("2024-01-02", 70), handed_over(0, 40, 30), handed_over(30, 60, 120)])
    assert eighth is not None
    assert tuple(eighth) == pytest.approx((120.0, 120.0))
    # 32 x 150 / 70 = 68.57 as printed; x 1.25 = 85.71
    ninth = given_by([weighed("2024-01-02", 70), handed_over(0, 32, 150, "micronised")])
    assert ninth is not None
    assert tuple(ninth) == pytest.approx((6000 / 70, 4800 / 70))


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("interval", 1200 / 70 + 1200 / 60),  # each by the weight of its day
        ("baseline", 2400 / 70),  # the last before the first dose
        ("current", 2400 / 60),  # the latest
    ],
)
def test_three_ways_to_choose_the_weight(reference: str, expected: float):
    facts = [
        weighed("2024-01-02", 70),
        handed_over(0, 40, 30),
        weighed("2024-02-05", 60),
        handed_over(30, 40, 30),
    ]
    law = law_saying(WEIGHT, reference, day(ON))
    assert given_by(facts, law).nominal == pytest.approx(expected)


def test_what_was_taken_is_the_prescribed_dose_times_the_adherence():
    facts = [
        weighed("2024-01-02", 70),
        fact(kinds.Prescription, id="p", issued_on=day("2024-01-09"), daily_dose_mg=40, days_supply=30),
        handed_over(0, 40, 30),
        fact(kinds.Intake, id="i", from_=day("2024-01-10"), to=day("2024-01-29"), adherence=0.5),
    ]
    # 20 days x 40 mg x 0.5 / 70 kg = 400 / 70
    assert dose_taken(course_of(facts, ON), LAW) == pytest.approx(400 / 70)
    assert dose_taken(course_of(facts, "2024-01-20"), LAW) is None  # the span still runs
    assert dose_taken(course_of(facts[:-1], ON), LAW) is None


@pytest.mark.parametrize(
    ("policy", "target"),
    [("range", (120, 150)), ("cap", (120, 150)), ("none", None), ("to_clearance", None)],
)
def test_a_summary_names_a_target_only_where_the_policy_does(policy: str, target: tuple[int, int] | None):
    facts = [
        weighed("2024-01-02", 70),
        fact(kinds.Prescription, id="p", issued_on=day("2024-01-09"), daily_dose_mg=70, days_supply=30),
        handed_over(0, 35, 60),
    ]
    law = law_saying("dose/cumulative_policy", policy, day(ON))
    summary = summarise_course(course_of(facts, ON), law)
    assert summary.target_mg_per_kg == target
    # B-5: (120 - 30) x 70 / 70 = 90 days
    assert summary.days_to_target == (None if target is None else 90)


supplies = st.lists(
    st.tuples(st.sampled_from([8.0, 10.0, 20.0, 40.0]), st.integers(1, 120), st.sampled_from(PRODUCTS)),
    min_size=1,
    max_size=8,
)
kilograms = st.floats(min_value=30, max_value=150)
references = st.sampled_from(["interval", "baseline", "current"])
LAWS = {word: law_saying(WEIGHT, word, day(ON)) for word in ("interval", "baseline", "current")}


def as_facts(made: Sequence[tuple[float, int, str]]) -> list[Fact]:
    return [handed_over(30 * place, *supply) for place, supply in enumerate(made)]


@given(supplies, kilograms, references)
def test_a_further_hand_over_never_lowers_the_cumulative_dose(
    made: list[tuple[float, int, str]], kg: float, reference: str
):
    facts = [weighed("2024-01-02", kg), *as_facts(made)]
    sums = [given_by(facts[: upto + 2], LAWS[reference]) for upto in range(len(made))]
    assert all(later >= earlier for earlier, later in itertools.pairwise(sums))


@given(supplies, kilograms, references)
def test_the_cumulative_dose_is_the_sum_of_its_hand_overs(
    made: list[tuple[float, int, str]], kg: float, reference: str
):
    scale = weighed("2024-01-02", kg)
    whole = given_by([scale, *as_facts(made)], LAWS[reference])
    parts = [given_by([scale, each], LAWS[reference]) for each in as_facts(made)]
    assert whole.nominal == pytest.approx(sum(part.nominal for part in parts))
    assert whole.equivalent == pytest.approx(sum(part.equivalent for part in parts))


@given(supplies, kilograms)
def test_what_comes_back_is_taken_off_and_all_of_it_leaves_nothing(
    made: list[tuple[float, int, str]], kg: float
):
    same_product = [(mg, count, "micronised") for mg, count, _ in made]
    back = [
        fact(kinds.Return, id=f"back-{place}", date=day("2024-12-01"), capsules=capsules(mg, count))
        for place, (mg, count, _) in enumerate(same_product)
    ]
    left = given_by([weighed("2024-01-02", kg), *as_facts(same_product), *back])
    assert left is not None
    assert tuple(left) == pytest.approx((0, 0), abs=1e-6)
