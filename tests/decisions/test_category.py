"""Is it settled, and on what grounds, whether the patient can become pregnant?"""

from datetime import date

import pytest

from isovigil.case import kinds
from tests.decisions.judged import UK, US, can, cannot, day, fact, judged

ON = "2024-03-04"


def menopause(evidence: str | None) -> kinds.Category:
    return fact(
        kinds.Category,
        id="category",
        date=day("2024-01-02"),
        can_become_pregnant=False,
        by="prescriber",
        basis="post_menopausal",
        evidence=evidence,
    )


def on_grounds_of(basis: str | None, by: str = "prescriber") -> kinds.Category:
    return fact(
        kinds.Category,
        id="category",
        date=day("2024-01-02"),
        can_become_pregnant=False,
        by=by,
        basis=basis,
    )


def test_nobody_recorded_the_category():
    outcome = judged("category.recorded", [], ON)
    assert outcome.answer == "unknown"
    assert outcome.whose_move == "prescriber"


def test_a_recorded_category_is_enough_either_way():
    assert judged("category.recorded", [can()], ON).answer == "met"
    assert judged("category.recorded", [cannot()], ON).answer == "met"


def test_the_protective_category_on_the_patients_word_alone_passes_but_asks_for_a_look():
    own = fact(kinds.Category, date=day("2024-01-02"), can_become_pregnant=True, by="patient")
    outcome = judged("category.recorded", [own], ON)
    assert (outcome.answer, outcome.amber) == ("met", True)


def test_who_can_become_pregnant_needs_no_grounds():
    assert judged("category.basis_documented", [can()], ON).answer == "not_applicable"


def test_an_unknown_category_is_no_pass_for_its_grounds():
    assert judged("category.basis_documented", [], ON).answer == "unknown"


@pytest.mark.parametrize("basis", ["cisgender_male", "hysterectomy", "bilateral_oophorectomy"])
@pytest.mark.parametrize("programme", [US, UK])
def test_the_grounds_both_programmes_accept(basis: str, programme: str):
    assert judged("category.basis_documented", [on_grounds_of(basis)], ON, programme).answer == "met"


def test_tubal_sterilisation_moves_a_patient_out_of_the_category_in_the_uk_only():
    sterilised = [on_grounds_of("tubal_sterilisation")]
    assert judged("category.basis_documented", sterilised, ON, UK).answer == "met"
    assert judged("category.basis_documented", sterilised, ON, US).answer == "not_met"


def test_other_grounds_and_unstated_grounds_do_not_pass():
    assert judged("category.basis_documented", [on_grounds_of("other")], ON).answer == "not_met"
    assert judged("category.basis_documented", [on_grounds_of(None)], ON).answer == "unknown"


@pytest.mark.parametrize(("by", "answer"), [("designee", "met"), ("patient", "not_met")])
def test_a_patients_own_word_alone_does_not_document_it(by: str, answer: str):
    facts = [on_grounds_of("hysterectomy", by)]
    assert judged("category.basis_documented", facts, ON).answer == answer


# The category is dated 2 January 2024. Born 2 January 1969: 55 that day, which is over 54.
# Born 3 January 1969: still 54, where the form has no row and the stricter one is applied.
@pytest.mark.parametrize(
    ("born_on", "evidence", "answer"),
    [
        (date(1969, 1, 2), "FSH in the post-menopausal range", "met"),
        (date(1969, 1, 3), "FSH in the post-menopausal range", "not_met"),
        (date(1969, 1, 3), "hCG negative; fsh high; Estradiol low; progesterone absent", "met"),
        (date(1980, 1, 1), "hCG negative; FSH high; estradiol low", "not_met"),
        (date(1980, 1, 1), "hCG negative; FSH high; estradiol low; progesterone absent", "met"),
        (date(1960, 1, 1), "FSHR variant", "not_met"),  # a whole word, not a part of one
        (date(1960, 1, 1), None, "unknown"),  # nobody recorded any evidence
        (None, "FSH high", "not_met"),  # without an age the longer list is asked for
        (None, "hCG, FSH, estradiol, progesterone", "met"),
    ],
)
def test_which_findings_document_the_menopause_depends_on_age_in_the_us(
    born_on: date | None, evidence: str | None, answer: str
):
    outcome = judged("category.basis_documented", [menopause(evidence)], ON, US, born_on)
    assert outcome.answer == answer


def test_at_54_the_finding_says_that_the_stricter_row_is_applied():
    outcome = judged("category.basis_documented", [menopause("FSH")], ON, US, date(1969, 1, 3))
    assert "exactly 54" in outcome.says
    assert "hCG, estradiol and progesterone" in outcome.says


def test_the_uk_asks_for_no_particular_findings():
    outcome = judged("category.basis_documented", [menopause(None)], ON, UK, date(1980, 1, 1))
    assert outcome.answer == "met"
