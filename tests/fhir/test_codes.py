"""Are the tables of codes sound: each code once in its system, each word one of ours, each factor UCUM's?"""

from __future__ import annotations

from typing import get_args

import pytest

from isovigil.case.units import UNITS, canonical_value
from isovigil.case.words import Analyte, ConditionWord, Method, SymptomCode
from isovigil.exchange.fhir import code_tables as tables
from isovigil.exchange.fhir.standard_resources import _ANALYTES, _PRODUCTS, _TOTALS

each_table = pytest.mark.parametrize("name", tables.code_tables())
VERIFICATIONS = set("abcdefghijku")


@each_table
def test_a_code_stands_once_in_its_table(name: str):
    codes = [row.code for row in tables.code_tables()[name].codes]
    assert len(codes) == len(set(codes))


@each_table
def test_every_row_says_how_far_it_was_verified(name: str):
    for row in tables.code_tables()[name].codes:
        assert row.verification == "contract" or set(row.verification.split(", ")) <= VERIFICATIONS, row


@each_table
def test_every_word_is_one_of_the_case_files(name: str):
    for row in tables.code_tables()[name].codes:
        assert row.word is None or row.word in get_args(ConditionWord), row
        assert row.symptom is None or row.symptom in get_args(SymptomCode), row
        assert row.method is None or row.method in get_args(Method) or " " in row.method, row


def test_every_analyte_can_be_read_and_written():
    read = {row.analyte for row in tables.code_tables()["loinc"].codes if row.reads == "laboratory"}
    assert read == set(get_args(Analyte)) == set(_ANALYTES)


def test_every_code_that_is_written_is_read_as_the_same():
    for analyte, codes in _ANALYTES.items():
        for code in codes.values():
            row = tables.meaning_of(tables.LOINC, code)
            assert row is not None
            assert row.analyte == analyte
    for tool, code in _TOTALS.items():
        row = tables.meaning_of(tables.LOINC, code)
        assert row is not None
        assert row.tool == tool
    for (product, strength), code in _PRODUCTS.items():
        row = tables.meaning_of(tables.RXNORM, code)
        assert row is not None
        assert (row.product, row.strength_mg) == (product, strength)


def test_a_code_without_its_system_means_nothing():
    assert tables.meaning_of(None, "2106-3") is None
    assert tables.meaning_of("urn:oid:2.16.840.1.113883.6.238", "2106-3") is None


def test_every_national_drug_code_names_where_it_was_seen_and_a_strength_only_where_that_was_seen_too():
    rows = tables.code_tables()["ndc"].codes
    assert len(rows) > 30
    for row in rows:
        assert row.seen_in, row
        is_seen = row.verification != "j"
        assert (row.strength_mg is not None) == is_seen, row
        assert is_seen == ("not verified" not in row.name), row


@pytest.mark.parametrize(
    "code",
    ["0555-1055", "0555-1055-56", "00555-1055-56", "00555105556", "0555105556"],
    ids=["product", "package", "eleven digits in parts", "eleven digits", "ten digits"],
)
def test_a_drug_code_is_its_product_however_it_is_written(code: str):
    row = tables.meaning_of(tables.NDC, code)
    assert row is not None
    assert (row.name, row.strength_mg) == ("Claravis 20 mg", 20)


@pytest.mark.parametrize(
    "code",
    ["0555-10551", "0555-105", "0555-1055-56-1", "10631-1150-1", "0555", "055510555", "0555-105a-56", ""],
)
def test_a_code_that_only_looks_alike_is_no_isotretinoin(code: str):
    assert tables.meaning_of(tables.NDC, code) is None


def test_the_longest_beginning_of_a_diagnosis_wins():
    """K70.3 is cirrhosis, though K70 is liver disease."""
    found = [tables.meaning_of(tables.ICD10CM, code) for code in ("K70.30", "K70.0")]
    assert [row.word for row in found if row is not None] == ["cirrhosis", "liver_disease"]


def test_snomed_ct_stands_in_one_file_that_may_be_removed(monkeypatch):
    """Every other table loads, and a LOINC-coded result is still read, when the file is not there."""
    monkeypatch.setattr(tables, "TABLES", tuple(name for name in tables.TABLES if name != "snomed_ct"))
    for cached in (tables.code_tables, tables._meanings, tables._beginnings, tables.meaning_of):
        cached.cache_clear()
    try:
        assert tables.meaning_of(tables.SNOMED_CT, "260385009") is None
        assert tables.meaning_of(tables.LOINC, "LA6577-6") is not None
    finally:
        for cached in (tables.code_tables, tables._meanings, tables._beginnings, tables.meaning_of):
            cached.cache_clear()


@pytest.mark.parametrize(
    ("analyte", "value", "unit", "other"),
    [
        ("triglycerides", 5.65, "mmol/L", 500),  # 500 / 88.57 = 5.645...
        ("cholesterol", 6.21, "mmol/L", 240),  # 240 / 38.67 = 6.206...
        ("glucose", 5.55, "mmol/L", 100),  # 100 / 18.016 = 5.551...
        ("bilirubin", 17.1, "umol/L", 1),  # 1 × 17.1
        ("alt", 1, "ukat/L", 60),  # 1 × 60
        ("platelets", 250, "10*3/uL", 250),  # 1 : 1
        ("hba1c", 53, "mmol/mol", 7.0),  # (7.0 − 2.15) × 10.929 = 53.0
    ],
)
def test_a_factor_is_the_specifications(analyte: str, value: float, unit: str, other: float):
    assert canonical_value(analyte, value, unit) == pytest.approx(other, rel=0.002)


def test_every_other_spelling_stands_for_a_unit_that_is_read():
    units = {unit for units in UNITS.values() for unit in units} | {"m[IU]/mL"}
    assert {row["unit"] for row in tables.unit_table().spellings} <= units


def test_a_spelling_is_read_only_where_its_unit_is_accepted():
    assert tables.as_one_of("mg/dl", ("mg/dL", "mmol/L")) == "mg/dL"
    assert tables.as_one_of("mg/dl", ("U/L",)) is None
    assert tables.as_one_of("Mg/dL", ("mg/dL",)) is None
