"""Is every malformed case refused, with its place, its value and what to do instead?"""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from isovigil.exchange.case_file import (
    MOST_FACTS,
    CaseProblems,
    case_from_mapping,
    load_case,
    read_case_text,
)
from isovigil.exchange.case_text import DEEPEST, LARGEST
from isovigil.exchange.problems import Problem
from isovigil.exchange.yaml_events import parse_yaml

HEADER = """\
case: 1
patient: {id: p-001, born_on: 2001-04-02}
programme: us_ipledge
facts:
"""
FACT_LINE = HEADER.count("\n") + 1


def problems_in(text: str | bytes, name: str = "case.yaml") -> list[Problem]:
    with pytest.raises(CaseProblems) as caught:
        read_case_text(text, name)
    return list(caught.value.problems)


def only_problem_in(text: str | bytes, name: str = "case.yaml") -> Problem:
    problems = problems_in(text, name)
    assert len(problems) == 1, [problem.in_words() for problem in problems]
    return problems[0]


def with_facts(*facts: str) -> str:
    return HEADER + "".join(f"  - {fact}\n" for fact in facts)


MISTAKES = parse_yaml(Path(__file__).with_name("mistakes_in_facts.yaml").read_text(), "mistakes").value


@pytest.mark.parametrize("mistake", MISTAKES, ids=[each["mistake"] for each in MISTAKES])
def test_a_faulty_fact_is_told_at_its_field_in_these_words(mistake: dict[str, str]):
    problem = only_problem_in(with_facts(mistake["fact"].replace("LONG", "x" * 2001)))
    assert problem.place.startswith(f"line {FACT_LINE}, column ")
    assert problem.place.endswith(f", facts[0].{mistake['at']}")
    assert (problem.message, problem.remedy) == (mistake["says"], mistake["remedy"])


WHOLE_FACTS = {
    "a missing field": (
        "{kind: comprehension, date: 2024-01-02}",
        "A comprehension fact needs `passed`",
        "true or false",
    ),
    "null is the same as missing": (
        "{kind: comprehension, date: 2024-01-02, passed: null}",
        "A comprehension fact needs `passed`",
        "true or false",
    ),
    "no kind": ("{date: 2024-01-02}", "The fact has no `kind`", "one of: category"),
    "not a mapping": ("visit", "'visit' is not a fact", "- {kind: …, …}"),
    "a reversal of nothing": (
        "{kind: reversal, date: 2024-01-02}",
        "this one names neither",
        "only one of them",
    ),
    "a reversal of two things": (
        "{kind: reversal, date: 2024-01-02, authorisation: A1, dispense: f-1}",
        "this one names both",
        "only one of them",
    ),
}


@pytest.mark.parametrize(("fact", "says", "advises"), WHOLE_FACTS.values(), ids=WHOLE_FACTS.keys())
def test_a_faulty_fact_is_told_as_a_whole(fact: str, says: str, advises: str):
    whole = with_facts("{kind: dispense, date: 2024-01-02, days_supply: 30}", fact)
    problem = only_problem_in(whole)
    assert problem.place.startswith(f"line {FACT_LINE + 1}, column ")
    assert ", facts[1]" in problem.place
    assert says in problem.message
    assert advises in problem.remedy


def test_a_correction_of_another_kind_is_refused():
    text = with_facts(
        "{kind: enrolment, date: 2024-01-02}",
        "{kind: visit, date: 2024-01-02, mode: video, supersedes: f-1}",
    )
    assert only_problem_in(text).message == "A visit fact cannot correct 'f-1', which is an enrolment fact."


def test_a_circle_of_corrections_is_told_once():
    text = with_facts(
        "{kind: enrolment, date: 2024-01-02, id: a, supersedes: b}",
        "{kind: enrolment, date: 2024-01-02, id: b, supersedes: c}",
        "{kind: enrolment, date: 2024-01-02, id: c, supersedes: a}",
        "{kind: enrolment, date: 2024-01-02, id: d, supersedes: a}",
    )
    assert only_problem_in(text).message == "The corrections run in a circle: a → b → c → a."


def test_an_id_given_twice_is_refused():
    text = with_facts(
        "{kind: enrolment, date: 2024-01-02, id: e}", "{kind: enrolment, date: 2024-01-03, id: e}"
    )
    problem = only_problem_in(text)
    assert problem.place.endswith("facts[1].id")
    assert problem.message == "The id 'e' is already that of facts[0]."


@pytest.mark.parametrize("own_first", [True, False])
def test_an_id_that_looks_like_a_place_in_the_list_is_refused_where_it_meets_that_place(own_first: bool):
    own = "{kind: enrolment, date: 2024-01-02, id: %s}"
    without = "{kind: enrolment, date: 2024-01-03}"
    text = with_facts(own % "f-2", without) if own_first else with_facts(without, own % "f-1")
    problem = only_problem_in(text)
    place, other = (0, 1) if own_first else (1, 0)
    assert problem.place.endswith(f"facts[{place}].id")
    assert f"facts[{other}] has no id, so as number {other + 1} of the list" in problem.message
    assert f"give facts[{other}] an id of its own" in problem.remedy


def test_a_fact_may_be_called_by_its_own_place():
    text = with_facts("{kind: enrolment, date: 2024-01-02, id: f-1}", "{kind: enrolment, date: 2024-01-03}")
    assert [fact.id for fact in read_case_text(text, "case.yaml").facts] == ["f-1", "f-2"]


HERE = "case: 1\npatient: {id: a}\nprogramme: uk_mhra\n"
HEADERS = {
    "no patient": ("case: 1\nprogramme: uk_mhra\n", "the whole", "A case needs `patient`."),
    "a patient without an id": (
        "case: 1\npatient: {sex: male}\nprogramme: uk_mhra\n",
        "patient",
        "needs `id`.",
    ),
    "an unknown key of the patient": (
        "case: 1\npatient: {id: a, name: Ann}\nprogramme: uk_mhra\n",
        "patient.name",
        "`name` is not a field of the patient",
    ),
    "no format": ("patient: {id: a}\nprogramme: uk_mhra\n", "line 1", "does not say that it is a case file"),
    "another format": (
        "case: 2\npatient: {id: a}\nprogramme: uk_mhra\n",
        "case",
        "has format 2; this Isovigil reads",
    ),
    "a format in words": (
        "case: one\npatient: {id: a}\nprogramme: uk_mhra\n",
        "case",
        "'one' is not a whole number",
    ),
    "an unknown key": (
        "case: 1\npatient: {id: a}\nprograme: uk_mhra\ntime_zone: UTC\n",
        "programe",
        "`programe` is not",
    ),
    "an unknown time zone": (
        "case: 1\npatient: {id: a}\ntime_zone: Berlin\n",
        "time_zone",
        "'Berlin' is not a time zone",
    ),
    "a time zone that is a folder": (
        "case: 1\npatient: {id: a}\ntime_zone: America\n",
        "time_zone",
        "not a time zone",
    ),
    "the machine's own time zone": (
        "case: 1\npatient: {id: a}\ntime_zone: localtime\n",
        "time_zone",
        "'localtime' is not a time zone",
    ),
    "a time zone outside the database": (
        "case: 1\npatient: {id: a}\ntime_zone: ../../etc/passwd\n",
        "time_zone",
        "not a time zone",
    ),
    "neither programme nor zone": (
        "case: 1\npatient: {id: a}\n",
        "line 1",
        "neither a `time_zone` nor a `programme`",
    ),
    "a sex that is no word": (
        "case: 1\npatient: {id: a, sex: F}\nprogramme: uk_mhra\n",
        "patient.sex",
        "'F' is not a word",
    ),
    "facts as a mapping": (
        HERE + "facts: {kind: visit}\n",
        "facts",
        "`facts` is a list, not a mapping of 1 key",
    ),
}


@pytest.mark.parametrize(("text", "place", "says"), HEADERS.values(), ids=HEADERS.keys())
def test_a_faulty_header_is_told(text: str, place: str, says: str):
    problem = only_problem_in(text)
    assert place in problem.place or place == "the whole"
    assert says in problem.message


def test_a_time_zone_by_its_city_is_suggested():
    text = "case: 1\npatient: {id: a}\ntime_zone: berlin\n"
    assert "Did you mean Europe/Berlin?" in only_problem_in(text).remedy


TEXTS = {
    "an empty file": (b"", "The file is empty."),
    "only white space": (b" \n\t\n", "The file is empty."),
    "only a comment": (b"# nothing yet\n", "The file holds nothing, not one case."),
    "a list at the top": (b"- case: 1\n", "The file holds a list of 1, not one case."),
    "a text at the top": (b"hello\n", "The file holds 'hello', not one case."),
    "a picture": (b"\x89PNG\r\n\x1a\n\x00\x00", "Byte 1 (0x89) is not UTF-8 text"),
    "Latin-1": ("case: 1 # é".encode("latin-1"), "Byte 11 (0xE9) is not UTF-8 text"),
    "UTF-16": ("case: 1".encode("utf-16"), "Byte 1 (0xFF) is not UTF-8 text"),
    "a zero byte": (b"case: 1\npatient: \x00\n", "the control character U+0000"),
    "an anchor": (HERE.replace("case: ", "case: &a ").encode(), "An anchor (&a) is not read here."),
    "a tag": (
        HERE.replace("case: ", "case: !!int ").encode(),
        "A tag (tag:yaml.org,2002:int) is not read",
    ),
    "two documents": (
        f"{HERE}---\n{{}}\n".encode(),
        "A second document begins here.",
    ),
    "a key twice": (
        f"case: 1\n{HERE}".encode(),
        "The key 'case' is already given on line 1.",
    ),
    "a list as a key": (
        f"{HERE}? [a]\n: b\n".encode(),
        "A key must be a plain word.",
    ),
    "an open bracket": (b"case: 1\npatient: {id: a\n", "This is not YAML: "),
    "a tab for indentation": (b"case: 1\npatient:\n\tid: a\n", "This is not YAML: "),
}


@pytest.mark.parametrize(("data", "says"), TEXTS.values(), ids=TEXTS.keys())
def test_a_text_that_is_no_case_is_told(data: bytes, says: str):
    assert says in problems_in(data)[0].message


def test_an_alias_is_told_and_nothing_that_follows_from_it():
    text = with_facts(
        "{kind: visit, date: &day 2024-01-02, mode: video}", "{kind: visit, date: *day, mode: video}"
    )
    anchor, alias = problems_in(text)
    assert anchor.message == "An anchor (&day) is not read here."
    assert alias.message == "An alias (*) is not read here."
    assert alias.place.startswith(f"line {FACT_LINE + 1}, ")


def json_case(*facts: Any, **header: Any) -> dict[str, Any]:
    return {"case": 1, "patient": {"id": "a"}, "programme": "uk_mhra", **header, "facts": list(facts)}


JSON_TEXTS = {
    "an open bracket": ('{"case": 1,\n "patient": {"id": "a"}', "line 2, column 24", "This is not JSON"),
    "a single quote": ("{'case': 1}", "line 1, column 2", "This is not JSON"),
    "a trailing comma": ('{"case": 1,}', "line 1, column 12", "This is not JSON"),
    "two values": ('{"case": 1} {}', "line 1, column 13", "This is not JSON: Extra data"),
    "a number of 5000 digits": (f'{{"case": {"1" * 5000}}}', "line 1", "This is not JSON: Exceeds the limit"),
}


@pytest.mark.parametrize(("text", "place", "says"), JSON_TEXTS.values(), ids=JSON_TEXTS.keys())
def test_a_text_that_is_no_json_is_told(text: str, place: str, says: str):
    problem = only_problem_in(text, "case.json")
    assert problem.place.startswith(place)
    assert says in problem.message


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_json_numbers_that_nobody_measured_are_told_at_their_field(number: str):
    text = json.dumps(json_case({"kind": "weight", "date": "2024-01-02", "kg": "HERE"}), indent=1)
    problem = only_problem_in(text.replace('"HERE"', number), "case.json")
    assert problem.place == "line 11, column 4, facts[0].kg"
    assert "is not a number that was measured" in problem.message


def test_json_keys_given_twice_are_told_with_both_lines():
    text = json.dumps(json_case({"kind": "enrolment", "date": "2024-01-02", "id": "a"}), indent=1)
    problem = only_problem_in(
        text.replace('"id": "a"\n  }', '"id": "a",\n   "date": "2024-01-03"\n  }'), "case.json"
    )
    assert problem.place == "line 12, column 4, facts[0].date"
    assert problem.message == "The key 'date' is already given on line 10."


def test_json_problems_know_their_lines():
    text = json.dumps(
        json_case({"kind": "visit", "date": "2024-01-02", "mode": 'a "quoted" [ { word'}), indent=1
    )
    problem = only_problem_in(text, "case.json")
    assert problem.place == "line 11, column 4, facts[0].mode"


@pytest.mark.parametrize("name", ["case.yaml", "case.json"])
@pytest.mark.parametrize("opening", ["[", '{"a":'])
@pytest.mark.parametrize("levels", [DEEPEST + 1, 100_000])
def test_deep_nesting_is_refused_with_the_limit(name: str, opening: str, levels: int):
    text = opening * levels + "1" + {"[": "]", '{"a":': "}"}[opening] * levels
    if len(text) > LARGEST:
        text = text[: LARGEST - 1]
    assert any(f"nested more than {DEEPEST} levels" in each.message for each in problems_in(text, name))


@pytest.mark.parametrize("name", ["case.yaml", "case.json"])
def test_ten_megabytes_of_junk_are_refused_unread(name: str):
    problem = only_problem_in(b"junk " * 2_000_000, name)
    assert problem.message == f"The file has 10,000,000 bytes; a case file has at most {LARGEST:,}."


@pytest.mark.parametrize(("size", "is_refused"), [(LARGEST, False), (LARGEST + 1, True)])
def test_the_size_limit_has_two_sides(size: int, is_refused: bool):
    text = "case: 1\npatient: {id: a}\nprogramme: uk_mhra\n#"
    text += "x" * (size - len(text))
    if is_refused:
        assert "bytes" in only_problem_in(text).message
    else:
        assert read_case_text(text, "case.yaml").patient.id == "a"


@pytest.mark.parametrize(("count", "is_refused"), [(MOST_FACTS, False), (MOST_FACTS + 1, True)])
def test_the_limit_of_facts_has_two_sides(count: int, is_refused: bool):
    text = json.dumps(json_case(*[{"kind": "enrolment", "date": "2024-01-02"}] * count))
    if is_refused:
        assert (
            only_problem_in(text, "case.json").message
            == f"The case has {count:,} facts; at most {MOST_FACTS:,} are read."
        )
    else:
        assert len(read_case_text(text, "case.json").facts) == count


def test_a_text_of_very_many_values_is_not_read_to_its_end():
    problem = only_problem_in("case: 1\nfacts:\n" + "- {}\n" * 90_000)
    assert problem.message == "The text holds more than 20000 values."


def test_a_file_that_is_not_there_is_a_problem_too(tmp_path: Path):
    with pytest.raises(CaseProblems) as caught:
        load_case(tmp_path / "nobody.yaml")
    assert "It cannot be read: No such file or directory" in str(caught.value)


def test_a_folder_is_not_a_case(tmp_path: Path):
    with pytest.raises(CaseProblems) as caught:
        load_case(tmp_path)
    assert "It cannot be read: Is a directory" in str(caught.value)


def test_a_large_file_is_refused_with_its_whole_size(tmp_path: Path):
    (tmp_path / "junk.yaml").write_bytes(b"\xff" * (LARGEST * 2))
    with pytest.raises(CaseProblems) as caught:
        load_case(tmp_path / "junk.yaml")
    assert f"The file has {LARGEST * 2:,} bytes" in str(caught.value)


def test_standard_input_is_named_so(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"- 1\n")))
    with pytest.raises(CaseProblems) as caught:
        load_case("-")
    assert str(caught.value).startswith("standard input: 1 problem\n")


def test_the_faults_of_plain_values_have_paths_without_lines():
    with pytest.raises(CaseProblems) as caught:
        case_from_mapping(json_case({"kind": "visit", "date": "2024-01-02", "mode": "walk"}))
    assert [problem.place for problem in caught.value.problems] == ["facts[0].mode"]


def test_the_address_of_a_person_in_the_wrong_field_is_cut_short():
    """A value is shown so that it can be found, and never at length: it may be somebody's letter."""
    text = with_facts(f"{{kind: visit, date: 2024-01-02, mode: {'a' * 500}}}")
    assert len(only_problem_in(text).message) < 150
