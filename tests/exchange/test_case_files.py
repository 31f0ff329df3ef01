"""Is a well-formed case file read as what it says?"""

from __future__ import annotations

import io
import json
import sys
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from isovigil.case.case import Case
from isovigil.case.kinds import (
    Acknowledgement,
    Authorisation,
    Laboratory,
    Medicine,
    PregnancyTest,
    Prescription,
)
from isovigil.case.time_zones import DEFAULT_TIME_ZONES
from isovigil.exchange.case_file import CaseProblems, case_from_mapping, load_case, read_case_text
from isovigil.exchange.case_writer import write_case

CONTRACT_EXAMPLE = """\
case: 1                              # format version
patient: {id: p-001, born_on: 2001-04-02, sex: female}
programme: us_ipledge
policy: balanced
time_zone: America/New_York
facts:
  - {kind: category, date: 2024-01-02, can_become_pregnant: true, by: prescriber}
  - {kind: pregnancy_test, taken_on: 2024-03-04, result: negative, setting: clinic, specimen: urine}
  - {kind: prescription, issued_on: 2024-03-05, daily_dose_mg: 40, days_supply: 30, refills: 0}
"""
HEADER = "case: 1\npatient: {id: a}\nprogramme: uk_mhra\n"


def one_fact(fact: str) -> Case:
    return read_case_text(f"{HEADER}facts:\n  - {fact}\n", "case.yaml")


def test_the_example_of_the_contract_is_read():
    case = read_case_text(CONTRACT_EXAMPLE, "p-001.yaml")
    assert (case.patient.id, case.patient.born_on, case.patient.sex) == ("p-001", date(2001, 4, 2), "female")
    assert (case.programme, case.policy, case.time_zone) == ("us_ipledge", "balanced", "America/New_York")
    assert [fact.id for fact in case.facts] == ["f-1", "f-2", "f-3"]
    assert case.facts[1] == PregnancyTest(
        id="f-2", taken_on=date(2024, 3, 4), result="negative", setting="clinic", specimen="urine"
    )
    assert case.facts[2] == Prescription(
        id="f-3", issued_on=date(2024, 3, 5), daily_dose_mg=40.0, days_supply=30
    )


@pytest.mark.parametrize(
    "data",
    [
        CONTRACT_EXAMPLE.encode(),
        b"\xef\xbb\xbf" + CONTRACT_EXAMPLE.encode(),
        CONTRACT_EXAMPLE.replace("\n", "\r\n").encode(),
        b"%YAML 1.2\n---\n" + CONTRACT_EXAMPLE.encode() + b"...\n",
    ],
    ids=["plain", "with a byte-order mark", "with CRLF", "with document marks"],
)
def test_the_same_file_saved_another_way_is_the_same_case(data: bytes):
    assert read_case_text(data, "case.yaml") == read_case_text(CONTRACT_EXAMPLE, "case.yaml")


def test_a_file_is_read_from_its_path_and_from_standard_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    case = read_case_text(CONTRACT_EXAMPLE, "case.yaml")
    (tmp_path / "p-001.yml").write_text(CONTRACT_EXAMPLE)
    (tmp_path / "p-001.json").write_text(write_case(case, "json"))
    assert load_case(tmp_path / "p-001.yml") == load_case(str(tmp_path / "p-001.json")) == case
    for form in ("yaml", "json"):
        standard_input = io.TextIOWrapper(io.BytesIO(write_case(case, form).encode()))
        monkeypatch.setattr(sys, "stdin", standard_input)
        assert load_case("-") == case


def test_a_flow_mapping_without_quotes_is_yaml():
    assert read_case_text("{case: 1, patient: {id: a}, programme: uk_mhra}", "-").patient.id == "a"


def test_null_and_left_out_are_the_same():
    fact = "{kind: visit, date: 2024-01-02, mode: video, purpose: %s, id: null, withdrawn: ~}"
    assert one_fact(fact % "null") == one_fact("{kind: visit, date: 2024-01-02, mode: video}")
    assert one_fact(fact % "") == one_fact("{kind: visit, date: 2024-01-02, mode: video}")


def test_a_case_without_facts_is_a_case():
    assert read_case_text(HEADER, "case.yaml").facts == ()
    assert read_case_text(f"{HEADER}facts: []\n", "case.yaml").facts == ()


def test_only_true_and_false_are_flags_and_other_words_stay_words():
    text = 'case: 1\npatient: {id: no}\nprogramme: "on"\ntime_zone: UTC\n'
    case = read_case_text(text, "case.yaml")
    assert (case.patient.id, case.programme) == ("no", "on")


@pytest.mark.parametrize("name", ["case.yaml", "case.json"])
def test_the_digits_of_a_label_need_no_quotes(name: str):
    facts = [
        {
            "kind": "acknowledgement",
            "signed_on": "2024-01-02",
            "form": "uk_risk_form",
            "by": ["patient"],
            "version": 2023,
        },
        {"kind": "medicine", "from": "2024-01-02", "name": "x", "rxnorm": 6064, "id": 17},
        {"kind": "laboratory", "taken_on": "2024-01-02", "analyte": "inr", "value": 1, "unit": 1},
    ]
    text = json.dumps({"case": 1, "patient": {"id": 12}, "programme": "uk_mhra", "facts": facts})
    case = read_case_text(text, name)
    form, medicine, inr = case.facts
    assert case.patient.id == "12"
    assert isinstance(form, Acknowledgement)
    assert form.version == "2023"
    assert isinstance(medicine, Medicine)
    assert (medicine.id, medicine.rxnorm) == ("17", "6064")
    assert isinstance(inr, Laboratory)
    assert inr.unit == "1"


def test_a_whole_number_is_read_where_a_measure_stands():
    fact = one_fact("{kind: weight, date: 2024-01-02, kg: 70}").facts[0]
    assert repr(fact).endswith("kg=70.0)")


def test_an_instant_is_put_into_the_zone_of_the_case():
    """15:00 UTC on 9 March is 10:00 in New York; a day later clocks have changed, and 15:00 UTC is 11:00."""
    text = CONTRACT_EXAMPLE + (
        "  - {kind: authorisation, issued_at: 2024-03-09T15:00:00Z, number: 1, "
        "do_not_dispense_after: 2024-03-10T16:00:00+01:00}\n"
    )
    fact = read_case_text(text, "case.yaml").facts[-1]
    assert isinstance(fact, Authorisation)
    assert fact.issued_at.isoformat() == "2024-03-09T10:00:00-05:00"
    assert fact.do_not_dispense_after.isoformat() == "2024-03-10T11:00:00-04:00"
    assert fact.issued_at.tzinfo == ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    ("zone", "recorded_at", "is_read"),
    [
        # 04:59 UTC is still 23:59 of the day before in New York (UTC-5 in January), 05:00 is midnight.
        ("America/New_York", "2024-01-03T05:00:00Z", True),
        ("America/New_York", "2024-01-03T04:59:59Z", False),
        # In Berlin (UTC+1) the 3rd begins at 23:00 UTC of the 2nd.
        ("Europe/Berlin", "2024-01-02T23:00:00Z", True),
        ("Europe/Berlin", "2024-01-02T22:59:59Z", False),
    ],
)
def test_a_fact_may_be_recorded_from_the_first_moment_of_its_day_in_the_zone(
    zone: str, recorded_at: str, is_read: bool
):
    text = f"""
case: 1
patient: {{id: a}}
time_zone: {zone}
facts:
  - {{kind: enrolment, date: 2024-01-03, recorded_at: {recorded_at}}}
"""
    if is_read:
        fact = read_case_text(text, "case.yaml").facts[0]
        assert fact.recorded_at == datetime.fromisoformat(recorded_at)
    else:
        with pytest.raises(CaseProblems, match="after the fact was recorded on 2 January 2024"):
            read_case_text(text, "case.yaml")


def test_a_fact_of_the_day_of_birth_is_read():
    text = "case: 1\npatient: {id: a, born_on: 2001-04-02}\nprogramme: uk_mhra\nfacts:\n"
    case = read_case_text(f"{text}  - {{kind: enrolment, date: 2001-04-02}}\n", "case.yaml")
    assert case.facts[0].day == date(2001, 4, 2)


@pytest.mark.parametrize(("programme", "zone"), DEFAULT_TIME_ZONES.items())
def test_a_programme_names_the_zone_of_its_clinics(programme: str, zone: str):
    named = read_case_text(f"case: 1\npatient: {{id: a}}\nprogramme: {programme}\n", "case.yaml")
    asked = read_case_text("case: 1\npatient: {id: a}\n", "case.yaml", programme=programme)
    assert named.time_zone == asked.time_zone == zone
    assert asked.programme is None


def test_the_zone_of_a_clinic_does_not_change_with_the_programme_it_is_judged_under():
    assert read_case_text(HEADER, "case.yaml", programme="us_ipledge").time_zone == "Europe/London"


def test_a_programme_that_is_not_modelled_is_left_for_the_review_to_refuse_by_name():
    text = (
        "case: 1\npatient: {id: a}\nprogramme: br_anvisa\nfacts:\n  - {kind: enrolment, date: 2024-01-02}\n"
    )
    assert read_case_text(text, "case.yaml").programme == "br_anvisa"


@pytest.mark.parametrize(
    ("items", "score"),
    [
        ("[3, 3]", "6"),
        ("[0, 0]", "0"),
        ("[2, null]", "2"),
        ("[2, null]", "5"),
        ("[null, null]", "null"),
        ("null", "6"),
        ("[1, 1]", "null"),
    ],
)
def test_a_score_agrees_with_what_was_answered(items: str, score: str):
    fact = f"{{kind: questionnaire, date: 2024-01-02, tool: phq2, items: {items}, score: {score}}}"
    assert one_fact(fact).facts[0].kind == "questionnaire"


def test_plain_values_may_hold_days_and_instants():
    seen_at = datetime(2024, 1, 2, 10, tzinfo=ZoneInfo("UTC"))
    fact = {"kind": "enrolment", "date": date(2024, 1, 2), "recorded_at": seen_at}
    case = case_from_mapping({"case": 1, "patient": {"id": "a"}, "programme": "uk_mhra", "facts": [fact]})
    assert case.facts[0].recorded_at == seen_at


def test_everything_that_is_wrong_is_told_in_the_order_of_the_file():
    text = """\
case: 2
patient: {id: a, sex: f, born_on: 2010-01-01}
programme: uk_mhra
facts:
  - {kind: visit, date: 2009-12-31, mode: vide, purpose: end, extra: 1}
  - {kind: wait, date: 2024-01-02}
  - {kind: weight, kg: -1, supersedes: f-9}
  - {kind: medicine, from: 2024-01-02, to: 2024-01-01, name: "", class: none}
"""
    with pytest.raises(CaseProblems) as caught:
        read_case_text(text, "a.yaml")
    told = [(each.place.split(",")[0], each.place.rpartition(", ")[2]) for each in caught.value.problems]
    assert told == [
        ("line 1", "case"),
        ("line 2", "patient.sex"),
        ("line 5", "facts[0].date"),
        ("line 5", "facts[0].mode"),
        ("line 5", "facts[0].extra"),
        ("line 6", "facts[1].kind"),
        ("line 7", "facts[2]"),
        ("line 7", "facts[2].kg"),
        ("line 7", "facts[2].supersedes"),
        ("line 8", "facts[3].to"),
        ("line 8", "facts[3].name"),
        ("line 8", "facts[3].class"),
    ]
    assert str(caught.value).startswith(
        "a.yaml: 12 problems\n"
        "line 1, column 1, case: The case file has format 2; this Isovigil reads format 1.\n"
        "    Write `case: 1`, or use a newer Isovigil.\n"
        "line 2, column 18, patient.sex: 'f' is not a word for `sex`.\n"
    )
