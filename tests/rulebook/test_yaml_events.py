"""Is YAML read as 1.2 core, with the place of every value and every ornament refused?"""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isovigil.exchange.yaml_events import DEEPEST, MOST_PROBLEMS, parse_yaml

SCALARS: list[tuple[str, Any]] = [
    ("true", True),
    ("FALSE", False),
    ("on", "on"),
    ("yes", "yes"),
    ("no", "no"),
    ("~", None),
    ("null", None),
    ("1:30", "1:30"),
    ("2026-11-21", "2026-11-21"),
    ("010", 10),
    ("0o10", 8),
    ("0x1F", 31),
    ("-7", -7),
    ("1_000", "1_000"),
    ("1e3", 1000.0),
    (".5", 0.5),
    ("'7'", "7"),
    ('"true"', "true"),
    ("-.inf", -math.inf),
    ("2021-12-13 ", "2021-12-13"),
    ("1.2.3", "1.2.3"),
    ("+", "+"),
    ("<<", "<<"),
]


@pytest.mark.parametrize(("text", "value"), SCALARS)
def test_a_scalar_means_what_yaml_1_2_core_says(text: str, value: Any):
    read = parse_yaml(f"- {text}\n", "a.yaml")
    assert read.problems == []
    assert read.value == [value]
    assert type(read.value[0]) is type(value)


def test_not_a_number_is_read_for_others_to_refuse():
    assert math.isnan(parse_yaml("- .NaN\n", "a.yaml").value[0])


def test_every_value_knows_its_line_and_column():
    read = parse_yaml("a: 1\nb:\n  - x\n  - {c: 2,\n     d: 3}\n", "a.yaml")
    assert read.value == {"a": 1, "b": ["x", {"c": 2, "d": 3}]}
    assert {path: tuple(place) for path, place in read.places.items()} == {
        (): (1, 1),
        ("a",): (1, 1),
        ("b",): (2, 1),
        ("b", 0): (3, 5),
        ("b", 1): (4, 5),
        ("b", 1, "c"): (4, 6),
        ("b", 1, "d"): (5, 6),
    }


REFUSED = [
    ("a: &x 1\n", 1, "an anchor (&x) is not read here"),
    ("a: 1\nb: *x\n", 2, "an alias (*) is not read here"),
    ("a: !!str 1\n", 1, "a tag (tag:yaml.org,2002:str) is not read here"),
    ("a: !python/object:os.system x\n", 1, "a tag (!python/object:os.system) is not read here"),
    ("a: 1\na: 2\n", 2, "the key 'a' is already given on line 1"),
    ("a: {b: 1, b: 1}\n", 1, "the key 'b' is already given on line 1"),
    ("a: 1\n---\nb: 2\n", 2, "a second document begins here"),
    ("? [a, b]\n: 1\n", 1, "a key must be a plain word"),
    ("a: [1\nb: 2\n", 2, "this is not YAML"),
    ("a:\n\t- 1\n", 2, "this is not YAML"),
    ("a: \x00\n", 1, "this is not YAML"),
    ("%YAML 3.0\n---\na: 1\n", 1, "this is not YAML"),
    ('a: "\\UFFFFFFFF"\n', 1, "this is not YAML"),
    (f"a: {'9' * 5000}\n", 1, "the number has 5000 digits"),
]


@pytest.mark.parametrize(("text", "line", "says"), REFUSED, ids=[text[:12] for text, _, _ in REFUSED])
def test_what_our_files_never_need_is_a_problem_with_its_line(text: str, line: int, says: str):
    problem = parse_yaml(text, "a.yaml").problems[0]
    assert says in problem.says
    assert (problem.name, problem.line) == ("a.yaml", line)


def test_the_deepest_nesting_is_read_and_one_level_more_is_refused():
    assert parse_yaml("[" * DEEPEST + "]" * DEEPEST, "a.yaml").problems == []
    (problem,) = parse_yaml("[" * (DEEPEST + 1) + "]" * (DEEPEST + 1), "a.yaml").problems
    assert "nested more than 32 levels deep" in problem.says


def test_the_longest_text_is_read_and_one_character_more_is_refused_unread():
    assert parse_yaml("a: 1", "a.yaml", longest=4).problems == []
    (problem,) = parse_yaml("a: 1\n", "a.yaml", longest=4).problems
    assert "5 characters long; at most 4 are read" in problem.says


def test_a_text_with_a_thousand_faults_is_given_up_after_a_hundred():
    assert len(parse_yaml("- *a\n" * 1000, "a.yaml").problems) == MOST_PROBLEMS


@given(st.text(st.sampled_from("a1:-[]{}&*!?|>%@`\"'#,\n\t ~\\x0U\x85\ufeff"), max_size=60))
def test_no_text_makes_the_reader_fail(text: str):
    read = parse_yaml(text, "a.yaml")
    assert all(problem.line >= 1 and problem.column >= 1 for problem in read.problems)


plain_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text("abc xyz-_.:#", max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text("abc", min_size=1), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(plain_values)
def test_every_json_text_is_read_as_the_same_value(value: Any):
    import json

    read = parse_yaml(json.dumps(value), "a.yaml")
    assert (read.value, read.problems) == (value, [])
