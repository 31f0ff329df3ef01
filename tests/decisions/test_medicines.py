"""Is a medicine recognised alike by its class, its codes and its name?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isovigil.case import kinds
from isovigil.case.kinds import Medicine
from isovigil.decisions.catalogue import RULES
from isovigil.decisions.finding import Outcome
from isovigil.decisions.medicines import classes_of
from tests.decisions.judged import US, can, day, fact, judged, law_of

ON = day("2024-03-04")
LAW = law_of(US, ON)
ROWS = LAW.value("interactions/medicines", ON).value
TOPICAL = LAW.words("interactions/topical_codes", ON).value
RULE_NAMES = sorted(name for name in RULES if name.startswith("interactions."))

BY_CODE = [
    *((row["class"], {"rxnorm": code}) for row in ROWS for code in row["rxnorm"]),
    *((row["class"], {"atc": code}) for row in ROWS for code in row["atc"]),
    *((row["class"], {"name": name}) for row in ROWS for name in row["names"]),
]
"""Every code and every name of the table, each with the class it stands for."""


def medicine(name: str = "a medicine", **told: str) -> Medicine:
    return fact(kinds.Medicine, id="medicine", from_=day("2024-02-01"), name=name, **told)


def classes(taken: Medicine) -> frozenset[str]:
    return classes_of(taken, ROWS, TOPICAL)


@pytest.mark.parametrize(("class_", "told"), BY_CODE, ids=str)
def test_every_code_and_every_name_implies_its_class(class_: str, told: dict[str, str]):
    assert class_ in classes(medicine(**told))


@given(st.sampled_from(BY_CODE), st.sampled_from(RULE_NAMES))
def test_a_code_is_judged_as_the_class_it_stands_for(coded: tuple[str, dict[str, str]], rule: str):
    class_, told = coded

    def asked(taken: Medicine) -> tuple[str, str | None, tuple[str, ...]]:
        outcome: Outcome = judged(rule, [can(), taken], "2024-03-04")
        return outcome.answer, outcome.action, outcome.facts

    assert asked(medicine(**told)) == asked(medicine(class_=class_))


@pytest.mark.parametrize("name", ["DOXYCYCLINE 100 mg", "doxycycline hyclate", "Vibra (doxycycline)"])
def test_a_name_is_found_among_other_words(name: str):
    assert classes(medicine(name)) == {"tetracycline"}


@pytest.mark.parametrize("name", ["adoxycycline", "multivitamin", "vitamin asomething", "erythromycin"])
def test_a_part_of_a_word_is_no_name(name: str):
    assert classes(medicine(name)) == frozenset()


def test_what_a_record_says_outweighs_an_ingredient_that_two_classes_share():
    assert classes(medicine(rxnorm="10753")) == {"oral_retinoid"}
    assert classes(medicine(rxnorm="10753", class_="topical_retinoid")) == {"topical_retinoid"}
    assert classes(medicine(rxnorm="10753", atc="D10AD01")) == {"topical_retinoid"}
    assert classes(medicine(rxnorm="7514", class_="combined_hormonal")) == {"combined_hormonal"}


def test_topical_isotretinoin_is_on_the_skin():
    assert classes(medicine("isotretinoin gel", rxnorm="6064", atc="D10AD04")) == {"topical_retinoid"}


def test_a_class_that_somebody_stated_stands_beside_what_the_code_says():
    assert classes(medicine(class_="azole", atc="J01AA02")) == {"azole", "tetracycline"}


def test_other_says_nothing_and_leaves_the_code_to_speak():
    assert classes(medicine(class_="other")) == frozenset()
    assert classes(medicine(class_="other", rxnorm="3640")) == {"tetracycline"}
