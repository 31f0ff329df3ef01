"""Is a rulebook with any one fault refused, naming the file, the line and the remedy?"""

from __future__ import annotations

import pytest

from tests.rulebook.seeded_faults import RULEBOOK_FAULTS, VALUE_FAULTS
from tests.rulebook.small_rulebook import (
    COVERAGE,
    SMALL,
    SOURCES,
    WINDOW,
    line_of,
    problems_of,
    small_parts,
    with_changes,
)


def test_the_small_rulebook_without_a_fault_loads():
    parts = small_parts()
    assert list(parts.programmes) == ["xx_law"]
    assert [
        said.value for said in parts.programmes["xx_law"].values["dispensing/window_days"].statements
    ] == [
        7,
        10,
        14,
    ]


@pytest.mark.parametrize(
    ("old", "new", "line_text", "says"),
    [fault[1:] for fault in VALUE_FAULTS],
    ids=[fault[0] for fault in VALUE_FAULTS],
)
def test_a_value_file_is_refused_for(old: str, new: str, line_text: str, says: str):
    texts = with_changes((WINDOW, old, new))
    problems = problems_of(texts)
    assert problems, "the fault was not seen"
    found = [problem for problem in problems if says in problem.says]
    assert found, f"{says!r} is said nowhere in {[problem.says for problem in problems]}"
    assert found[0].file == WINDOW
    assert line_text in texts[WINDOW].decode().splitlines()[found[0].line - 1]


def test_two_values_that_begin_on_the_same_day_are_refused():
    (problem,) = problems_of(with_changes((WINDOW, "from: 2021-01-01", "from: 2020-02-01")))
    assert "not after the start of the one above it" in problem.says
    assert problem.line == line_of(WINDOW, "from: 2021-01-01")


def test_values_out_of_the_order_of_their_dates_are_refused_whatever_an_open_date_turns_out_to_be():
    # `second` may begin on 1 June or on 1 September 2022, so a value from 1 July stands in no order.
    last_possible = with_changes((WINDOW, "from: 2021-01-01", "from: 2022-05-31"))
    first_impossible = with_changes((WINDOW, "from: 2021-01-01", "from: 2022-06-01"))
    assert problems_of(last_possible) == ()
    assert ["not after the start" in problem.says for problem in problems_of(first_impossible)] == [True]


def test_a_day_inside_the_open_month_of_the_value_above_it_is_refused():
    settings = "xx_law/pregnancy_testing/settings.yaml"
    later = (
        "  - from: {day}\n    announced_on: 2021-01-01\n" + SMALL[settings].split("  - from: mildness\n")[1]
    )
    for day, count in (("2021-03-31", 1), ("2021-04-01", 0)):
        text = SMALL[settings] + later.replace("{day}", day)
        assert len(problems_of({**with_changes(), settings: text.encode()})) == count


def test_an_announcement_on_the_day_of_its_reading_is_accepted():
    assert problems_of(with_changes((WINDOW, "announced_on: 2020-12-01", "announced_on: 2026-01-05"))) == ()


def test_guidance_may_rest_on_general_knowledge():
    changed = SMALL[WINDOW].replace(
        "strength: law\n    confidence: medium", "strength: guidance\n    confidence: low"
    )
    changed = changed.replace("doc-1, at: article 6", "hearsay, at: article 6")
    assert problems_of({**with_changes(), WINDOW: changed.encode()}) == ()


UNITS = [
    ("period", "none", "P4W", "4 weeks"),
    ("word", "none", "everyone", "two words"),
    ("words", "fewer", "[clinic, home]", "[clinic, clinic]"),
    ("flag", "true", "false", "no"),
    ("number", "lower", "1.25", ".nan"),
    ("date", "none", "2024-04-30", "2024-04-31"),
    ("year", "higher", "12", "12.5"),
    ("map", "none", "{a: 1}", "[1]"),
    ("mg/kg", "none", "[120, 150]", "[150, 120]"),
    ("m[IU]/mL", "lower", "25", "25 mIU"),
]


@pytest.mark.parametrize(("unit", "tightening", "right", "wrong"), UNITS, ids=[unit[0] for unit in UNITS])
def test_each_unit_takes_its_own_kind_of_value_and_no_other(
    unit: str, tightening: str, right: str, wrong: str
):
    def file(value: str) -> bytes:
        return (
            f"asks: What is it?\nunit: {unit}\ntightening: {tightening}\nreverify_by: 2027-01-05\nvalues:\n"
            f"  - from: first\n    value: {value}\n    strength: law\n    confidence: high\n"
            "    read_on: 2026-01-05\n    cite: {source: doc-1, at: article 1}\n"
        ).encode()

    name = "xx_law/topic/value.yaml"
    assert problems_of({**with_changes(), name: file(right)}) == ()
    (problem,) = problems_of({**with_changes(), name: file(wrong)})
    assert (problem.file, problem.line) == (name, 7)
    assert f"the unit {unit} asks for" in problem.says


@pytest.mark.parametrize(
    ("file", "old", "new", "says", "line_text"),
    [fault[1:] for fault in RULEBOOK_FAULTS],
    ids=[fault[0] for fault in RULEBOOK_FAULTS],
)
def test_the_rulebook_is_refused_for(file: str, old: str, new: str, says: str, line_text: str):
    texts = with_changes((file, old, new))
    problems = [problem for problem in problems_of(texts) if problem.file == file]
    found = [problem for problem in problems if says in problem.says]
    assert found, f"{says!r} is said nowhere in {[problem.says for problem in problems]}"
    assert line_text in texts[file].decode().splitlines()[found[0].line - 1]


STRAY_FILES = {
    "notes.yaml": "a file of the rulebook is",
    "xx_law/window_days.yaml": "a file of the rulebook is",
    "xx_law/dispensing/deeper/window_days.yaml": "a file of the rulebook is",
    "zz_law/dispensing/window_days.yaml": "no file that introduces it",
    "xx_law/dispensing/Window-Days.yaml": "named in lower-case words",
}


@pytest.mark.parametrize(("name", "says"), STRAY_FILES.items())
def test_a_file_in_no_known_place_is_refused(name: str, says: str):
    problems = problems_of({**with_changes(), name: SMALL[WINDOW].encode()})
    assert [says in problem.says for problem in problems if problem.file == name] == [True]


def test_an_empty_file_and_one_that_is_not_text_are_refused():
    texts = {**with_changes(), WINDOW: b"", "xx_law/contraception/lead.yaml": b"asks: \xff\n"}
    assert [(problem.file, problem.says) for problem in problems_of(texts)] == [
        ("xx_law/contraception/lead.yaml", "the file is not UTF-8 text here."),
        (WINDOW, "the file is empty."),
    ]


def test_a_rulebook_without_its_coverage_is_refused():
    texts = with_changes()
    del texts[COVERAGE]
    assert [problem.file for problem in problems_of(texts)] == [COVERAGE]


def test_all_problems_of_all_files_are_told_together_in_the_order_of_files_and_lines():
    problems = problems_of(
        with_changes(
            (WINDOW, "value: 10", "value: ten"),
            (WINDOW, "unit: day", "unit: days"),
            (SOURCES, "evidence: primary", "evidence: good"),
        )
    )
    # With an unknown unit no value can be held against it, so `ten` is told once the unit is right.
    assert [(problem.file, problem.line) for problem in problems] == [(SOURCES, 4), (WINDOW, 2)]
    assert list(problems) == sorted(problems)


def test_a_comma_that_ends_a_citation_too_early_is_explained():
    (problem,) = problems_of(with_changes((WINDOW, "at: article 5", "at: article 5, paragraph 2")))
    assert "put that text in quotation marks" in problem.says
