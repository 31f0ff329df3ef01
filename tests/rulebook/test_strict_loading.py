"""Is a rulebook with any one fault refused, naming the file, the line and the remedy?"""

from __future__ import annotations

import pytest

from tests.rulebook.small_rulebook import (
    COVERAGE,
    PROGRAMME,
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


# (what is wrong, file, old text, new text, text of the line that is named, what the problem says)
VALUE_FAULTS = [
    ("an unknown key", "reverify_by: 2027", "reverifyby: 2027", "reverifyby", "Did you mean reverify_by?"),
    ("a missing reverify_by", "reverify_by: 2027-01-05\n", "", "asks:", "reverify_by is missing"),
    ("a duplicate key", "unit: day\n", "unit: day\nunit: day\n", "", "the key 'unit' is already given on line 2"),
    ("a missing citation", "    cite: {source: doc-1, at: article 5}\n", "", "- from: first", "cite is missing"),
    ("a citation without a place", ", at: article 5", "", "cite: {source: doc-1", "at is missing"),
    ("an empty place", "at: article 5", 'at: ""', "cite: {source: doc-1", "a text that is not empty"),
    ("an unregistered source", "doc-1, at: article 5", "doc-2, at: article 5", "doc-", "Did you mean doc-1?"),
    ("a layer that does not exist", "from: first", "from: firts", "from:", "Did you mean first?"),
    ("an impossible day", "from: 2021-01-01", "from: 2021-02-30", "from: 2021", "neither a day nor a layer"),
    ("a day in another writing", "from: 2021-01-01", "from: 20210101", "from: 2021", "neither a day nor a layer"),
    ("no announced_on for a day", "    announced_on: 2020-12-01\n", "", "- from: 2021", "announced_on is missing"),
    ("a missing read_on", "announced_on: 2020-12-01\n    read_on: 2026-01-05", "announced_on: 2020-12-01",
     "- from: 2021", "read_on is missing"),
    ("an announcement after its reading", "announced_on: 2020-12-01", "announced_on: 2026-01-06",
     "read_on", "cannot have been read before"),
    ("reverify_by no later than a reading", "reverify_by: 2027-01-05", "reverify_by: 2026-01-05",
     "reverify_by", "later than every `read_on`"),
    ("a strength of no list", "strength: law\n    confidence: medium", "strength: lax\n    confidence: medium",
     "strength: la", "'lax' is not law, licence"),
    ("a confidence of no list", "confidence: medium", "confidence: middling", "confidence: mid", "is not high"),
    ("law on general knowledge", "doc-1, at: article 5", "hearsay, at: article 5", "strength: law",
     "rests on general knowledge may not be law"),
    ("law with low confidence", "confidence: medium", "confidence: low", "strength: law",
     "has low confidence may not be law"),
    ("a text where days belong", "value: 10", 'value: "10"', "value:", "not a whole number of days"),
    ("half a day where days belong", "value: 10", "value: 10.5", "value:", "not a whole number of days"),
    ("true where days belong", "value: 10", "value: true", "value:", "not a whole number of days"),
    ("days below nothing", "value: 10", "value: -1", "value:", "not a whole number of days"),
    ("a unit nobody knows", "unit: day", "unit: days", "unit:", "Did you mean day?"),
    ("a direction the unit does not have", "tightening: lower", "tightening: fewer", "tightening:",
     "cannot be tightened 'fewer'"),
    ("no values at all", SMALL[WINDOW][SMALL[WINDOW].index("values:") :], "values: []\n", "values:",
     "needs at least 1"),
    ("a question without its mark", "collected?", "collected", "asks:", "ends with a question mark"),
    ("a mapping where a list belongs", "values:\n  - from: first", "values:\n    from: first", "", "this is not YAML"),
    ("a tag", "value: 10", "value: !!int 10", "value:", "a tag (tag:yaml.org,2002:int) is not read here"),
    ("an alias", "value: 10", "value: *ten", "value:", "an alias (*) is not read here"),
    ("an anchor", "value: 10", "value: &ten 10", "value:", "an anchor (&ten) is not read here"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "line_text", "says"), [fault[1:] for fault in VALUE_FAULTS],
                         ids=[fault[0] for fault in VALUE_FAULTS])  # fmt: skip
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


OTHER_FAULTS = [
    ("a source of no kind", SOURCES, "evidence: primary", "evidence: good", "'good' is not primary, secondary", "evidence:"),
    ("a source without a title", SOURCES, "  title: The document\n", "", "title is missing", "doc-1:"),
    ("a source read before it was published", SOURCES, "published_on: 2020-01-10", "published_on: 2026-01-06",
     "cannot have been read before", "read_on"),
    ("a source that follows no other", SOURCES, "  url:", "  supersedes: doc-0\n  url:",
     "the source 'doc-0' is not registered", "supersedes"),
    ("an address that is none", SOURCES, "https://example.org", "example.org", "is not an address", "url"),
    ("a zone that is none", PROGRAMME, "window_zone: Europe/Paris", "window_zone: Europe/Pairs",
     "is not a time zone", "window_zone"),
    ("a layer twice", PROGRAMME, "id: second", "id: first", "is listed twice", "id: first"),
    ("a layer of no kind", PROGRAMME, "kind: overlay", "kind: overlap", "Did you mean overlay?", "kind: overlap"),
    ("an open date that nobody decides", PROGRAMME, "    undecided_because: its date is not confirmed\n", "",
     "undecided_because is missing", "- id: second"),
    ("announcements out of order", PROGRAMME, "announced_on: 2022-04-01", "announced_on: 2022-01-01",
     "in the order in which they were made", "announced_on: 2022-01-01"),
    ("an earliest day after the latest", PROGRAMME, "latest: 2021-03-31", "latest: 2021-02-28",
     "must lie before the latest", "earliest"),
    ("a regime before the one above it", PROGRAMME, "starts: 2022-09-01", "starts: 2020-02-01",
     "must begin after first", "layers"),
    ("an overlay that replaces a regime", PROGRAMME, "    kind: overlay\n", "    kind: overlay\n    replaces: first\n",
     "is not an overlay listed above", "replaces"),
    ("a rule twice", PROGRAMME, "  - dispensing.inside_the_window\n",
     "  - dispensing.inside_the_window\n  - dispensing.inside_the_window\n", "is listed twice", "inside_the_window"),
    ("a rule without a topic", PROGRAMME, "- dispensing.inside_the_window", "- inside_the_window",
     "is not a rule's name", "inside_the_window"),
    ("a programme nobody holds", COVERAGE, "  xx_law:\n", "  zz_law:\n", "there is no programme 'zz_law'", "zz_law"),
    ("a programme nobody covers", COVERAGE, "  xx_law:\n", "  zz_law:\n", "nothing is said about its coverage",
     "programmes"),
    ("a first day that is not the first regime's", COVERAGE, "modelled_since: 2020-02-01",
     "modelled_since: 2020-01-01", "begins on 2020-02-01", "modelled_since"),
    ("a name that means two things", COVERAGE, "names: [ypsilonia]", "names: [xx_law]", "already means", "yy_law"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "says", "line_text"), [fault[1:] for fault in OTHER_FAULTS],
                         ids=[fault[0] for fault in OTHER_FAULTS])  # fmt: skip
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
