"""Does anything recorded rule isotretinoin out, by the programme's label?"""

import pytest

from isovigil.case import kinds
from isovigil.case.fact import Fact
from isovigil.decisions.rule import RULES
from tests.decisions.judged import UK, US, day, fact, judged

RULE = "eligibility.contraindications"
ON = "2024-03-04"


def condition(what: str, to: str | None = None) -> Fact:
    return fact(
        kinds.Condition,
        id=what,
        from_=day("2024-01-01"),
        what=what,
        to=None if to is None else day(to),
    )


def medicine(name: str, to: str | None = None, **coded: str) -> Fact:
    return fact(
        kinds.Medicine,
        id=name,
        from_=day("2024-01-01"),
        name=name,
        to=None if to is None else day(to),
        **coded,
    )


def prescription(product: str, mg: float | None = None) -> Fact:
    return fact(
        kinds.Prescription,
        id="prescription",
        issued_on=day("2024-03-01"),
        daily_dose_mg=40,
        days_supply=30,
        product=product,
        capsules=None if mg is None else (kinds.CapsuleCount(mg=mg, count=30),),
    )


def test_a_contraindication_stops():
    assert RULES[RULE].when_not_met == "stop"


@pytest.mark.parametrize("programme", [US, UK])
def test_none_recorded_reads_as_none_known_and_says_so(programme: str):
    outcome = judged(RULE, [], ON, programme)
    assert outcome.answer == "met"
    assert "none known" in outcome.says


@pytest.mark.parametrize(
    ("what", "us", "uk"),
    [
        ("breastfeeding", "not_met", "not_met"),
        ("allergy_isotretinoin", "not_met", "not_met"),
        ("liver_insufficiency", "met", "not_met"),  # the US label does not list it
        ("hypervitaminosis_a", "met", "not_met"),
        ("allergy_soya", "met", "not_met"),
        ("allergy_peanut", "met", "not_met"),
        ("depression", "met", "met"),
        ("ibd", "met", "met"),
    ],
)
def test_which_conditions_rule_it_out_in_which_programme(what: str, us: str, uk: str):
    assert judged(RULE, [condition(what)], ON, US).answer == us
    assert judged(RULE, [condition(what)], ON, UK).answer == uk


def test_a_condition_that_is_over_rules_nothing_out_from_the_next_day_on():
    assert judged(RULE, [condition("breastfeeding", "2024-03-04")], ON, UK).answer == "not_met"
    assert judged(RULE, [condition("breastfeeding", "2024-03-03")], ON, UK).answer == "met"


@pytest.mark.parametrize(
    "taken",
    [
        medicine("an antibiotic", class_="tetracycline"),
        medicine("Doxycycline 100 mg capsules"),
        medicine("an antibiotic", atc="J01AA04"),
        medicine("an antibiotic", rxnorm="3640"),
        medicine("lymecycline", class_="other"),
    ],
    ids=["class", "name", "ATC", "RxNorm", "name against class"],
)
def test_a_tetracycline_under_any_name_rules_it_out_in_the_uk_and_is_clinical_in_the_us(taken: Fact):
    assert judged(RULE, [taken], ON, UK).answer == "not_met"
    assert judged(RULE, [taken], ON, US).answer == "met"


def test_a_tetracycline_no_longer_taken_and_another_antibiotic_rule_nothing_out():
    facts = [medicine("doxycycline", "2024-03-03"), medicine("erythromycin", atc="J01FA01")]
    assert judged(RULE, facts, ON, UK).answer == "met"


@pytest.mark.parametrize(
    ("product", "mg", "answer", "amber"),
    [
        ("lidose", 25, "not_met", False),
        ("lidose", 40, "met", False),
        ("lidose", None, "unknown", False),  # nobody itemised the capsules
        ("conventional", 25, "met", False),
        (None, None, "met", True),
    ],
)
def test_an_allergy_to_tartrazine_rules_out_the_capsule_that_holds_it(
    product: str | None, mg: float | None, answer: str, amber: bool
):
    facts = [condition("allergy_tartrazine"), *([prescription(product, mg)] if product else [])]
    outcome = judged(RULE, facts, ON, US)
    assert (outcome.answer, outcome.amber) == (answer, amber)


def test_an_allergy_to_parabens_asks_for_care_in_the_choice_of_product():
    outcome = judged(RULE, [condition("allergy_parabens"), prescription("conventional")], ON, US)
    assert (outcome.answer, outcome.amber) == ("met", True)


def test_every_contraindication_is_named_at_once():
    facts = [condition("breastfeeding"), condition("allergy_soya"), medicine("minocycline")]
    outcome = judged(RULE, facts, ON, UK)
    assert set(outcome.facts) == {"breastfeeding", "allergy_soya", "minocycline"}
    for name in ("breastfeeding", "allergy to soya", "minocycline"):
        assert name in outcome.says


@pytest.mark.parametrize(
    ("what", "says"),
    [
        ("depression", "mood is asked about at every visit"),
        ("intracranial_hypertension", "a specialist decides"),
        ("ibd", "bloody diarrhoea"),
        ("diabetes", "tested more often"),
    ],
)
@pytest.mark.parametrize("programme", [US, UK])
def test_a_caution_rules_nothing_out_and_says_what_it_asks_for(programme: str, what: str, says: str):
    outcome = judged(RULE, [condition(what)], ON, programme)
    assert (outcome.answer, outcome.amber) == ("met", True)
    assert says in outcome.says


def test_a_condition_that_no_label_names_asks_for_nothing():
    assert judged(RULE, [condition("gilbert")], ON, US).amber is False
