"""Are the methods, forms, conditions and medicines of a sheet read, and doubtful words refused?"""

from __future__ import annotations

from datetime import date
from typing import get_args

import pytest

from isovigil.case import kinds
from isovigil.case.fact import Fact
from isovigil.case.words import ConditionWord, Form, Method
from isovigil.exchange.spreadsheet import TEMPLATE_HEADINGS, SheetRead, cases_of_sheet, sheet_of
from isovigil.exchange.spreadsheet_columns import IGNORED, TARGETS, guessed

HEAD = "MRN,Visit,Method,Second method,Method reported by,Patient consent,Signed by,Conditions,Medicines"


def read(*rows: str, head: str = HEAD) -> SheetRead:
    sheet = sheet_of("\n".join((head, *rows)).encode(), "sheet.csv")
    return cases_of_sheet(sheet, guessed(sheet.headings), programme="us_ipledge")


def facts(kind: type[Fact], *rows: str, head: str = HEAD) -> list[Fact]:
    found = read(*rows, head=head)
    assert found.problems == []
    return [fact for fact in found.cases[0].facts if type(fact) is kind]


def refused(*rows: str, head: str = HEAD) -> list[tuple[str, str]]:
    found = read(*rows, head=head)
    assert found.cases == []
    return [(each.place, each.message) for each in found.problems]


def test_every_heading_of_the_template_is_understood_and_none_twice():
    targets = [column.target for column in guessed(TEMPLATE_HEADINGS)]
    assert IGNORED not in targets
    assert len(targets) == len(set(targets))


def test_every_form_has_a_column():
    assert {f"{form}_on" for form in get_args(Form)} <= set(TARGETS)


def test_methods_reported_by_both_are_two_entries_of_the_visits_day():
    found = facts(kinds.Contraception, "p1,2026-05-03,copper IUD,male condom,both,,,,")
    assert [(fact.reported_by, fact.primary, fact.secondary) for fact in found] == [  # type: ignore[attr-defined] # of the kind asked for
        ("patient", "iud_copper", "condom"),
        ("prescriber", "iud_copper", "condom"),
    ]
    assert {fact.day for fact in found} == {date(2026, 5, 3)}


def test_a_method_may_have_a_day_of_its_own():
    head = HEAD.replace("Medicines", "Method from")
    (fact,) = facts(kinds.Contraception, "p1,2026-05-03,implant,,patient,,,,2025-01-02", head=head)
    assert fact.day == date(2025, 1, 2)


def test_abstinence_is_no_method_but_an_answer_of_its_own():
    (fact,) = facts(kinds.Contraception, "p1,2026-05-03,abstinence,,patient,,,,")
    assert isinstance(fact, kinds.Contraception)
    assert (fact.abstinence, fact.primary, fact.secondary) == (True, None, None)


@pytest.mark.parametrize("method", get_args(Method))
def test_every_method_is_read_by_its_own_word(method: str):
    (fact,) = facts(kinds.Contraception, f"p1,2026-05-03,{method},,prescriber,,,,")
    assert isinstance(fact, kinds.Contraception)
    assert fact.primary == method


@pytest.mark.parametrize("word", ["IUD", "pill", "OCP", "coil", "Diaphragm", "sterilization"])
def test_a_word_for_two_methods_is_refused_with_both(word: str):
    ((place, message),) = refused(f"p1,2026-05-03,{word},,patient,,,,")
    assert place == "row 2, Method"
    assert "two things" in message


def test_a_method_without_a_reporter_is_refused():
    """Two accounts have to agree, so whose account it is may not be guessed."""
    ((_, message),) = refused("p1,2026-05-03,implant,condom,,,,,")
    assert "who reported" in message


def test_a_method_without_a_day_is_refused():
    ((_, message),) = refused("p1,,implant,condom,patient,,,,")
    assert "on which day" in message


def test_a_form_is_signed_on_its_day_by_those_named():
    (fact,) = facts(kinds.Acknowledgement, "p1,2026-05-03,,,,2026-05-02,patient + prescriber,,")
    assert isinstance(fact, kinds.Acknowledgement)
    assert (fact.signed_on, fact.form, fact.by) == (
        date(2026, 5, 2),
        "us_patient_consent",
        ("patient", "prescriber"),
    )


@pytest.mark.parametrize("signers", ["", "mother"])
def test_a_form_nobody_is_known_to_have_signed_is_refused(signers: str):
    assert any("who signed" in message for _, message in refused(f"p1,2026-05-03,,,,2026-05-02,{signers},,"))


def test_conditions_are_present_from_the_earliest_row_that_names_them():
    found = facts(
        kinds.Condition,
        "p1,2026-06-02,,,,,,Depression; dry eye,",
        "p1,2026-05-03,,,,,,depression,",
        "p1,2026-07-01,,,,,,none,",
    )
    assert [(fact.what, fact.from_, fact.to) for fact in found] == [  # type: ignore[attr-defined] # of the kind asked for
        ("depression", date(2026, 5, 3), None),
        ("dry_eye", date(2026, 6, 2), None),
    ]


@pytest.mark.parametrize("word", [each for each in get_args(ConditionWord) if each != "other"])
def test_every_condition_is_read_by_its_own_word(word: str):
    (fact,) = facts(kinds.Condition, f"p1,2026-05-03,,,,,,{word},")
    assert isinstance(fact, kinds.Condition)
    assert fact.what == word


def test_a_condition_that_is_not_known_is_refused_and_may_be_written_as_another():
    ((place, message),) = refused("p1,2026-05-03,,,,,,Crohn disease of the bowl,")
    assert place == "row 2, Conditions"
    assert "other:" in message
    (fact,) = facts(kinds.Condition, "p1,2026-05-03,,,,,,other: eczema,")
    assert isinstance(fact, kinds.Condition)
    assert (fact.what, fact.code) == ("other", "eczema")


def test_medicines_are_taken_as_they_are_written():
    found = facts(
        kinds.Medicine, "p1,2026-05-03,,,,,,,Doxycycline 100 mg; vitamin A", "p1,2026-06-02,,,,,,,vitamin A"
    )
    assert [(fact.name, fact.from_) for fact in found] == [  # type: ignore[attr-defined] # of the kind asked for
        ("Doxycycline 100 mg", date(2026, 5, 3)),
        ("vitamin A", date(2026, 5, 3)),
    ]


def test_triglycerides_in_grams_per_litre_keep_their_unit():
    (fact,) = facts(kinds.Laboratory, "p1,2026-05-03,1.42", head="MRN,Visit,TG (g/l)")
    assert isinstance(fact, kinds.Laboratory)
    assert (fact.value, fact.unit) == (1.42, "g/L")


def test_a_refused_cell_is_told_once():
    assert len(refused("p1,2026-05-03,IUD,condom,patient,2026-05-02,patient,none,none")) == 1
