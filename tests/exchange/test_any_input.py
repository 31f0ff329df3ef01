"""Is there any input that the case-file reader answers with something other than a case or problems?"""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isovigil.case.case import Case
from isovigil.case.kinds import KINDS
from isovigil.exchange.case_file import CaseProblems, case_from_mapping, read_case_text
from isovigil.exchange.case_text import Form
from isovigil.exchange.case_writer import case_as_mapping, write_case
from isovigil.exchange.declared_types import fields_of
from tests.strategies import any_case

each_form = pytest.mark.parametrize("form", ["yaml", "json"])
signs = st.sampled_from(
    [*"{}[],:-?#&*!|>'\"%@`\\ \n\t0123456789.eExX~<=", "\r\n", "---\n", "case: 1\n", "facts:\n"]
)
any_character = st.one_of(st.characters(), st.characters(categories=("Cc", "Cf", "Cs", "Zl")))
yaml_like = st.lists(st.one_of(signs, any_character), max_size=60).map("".join)
junk = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(any_character, max_size=8),
        st.sampled_from(["2024-02-30", "2024-01-02", "2024-01-02T10:00:00Z", "true", "-1", "10" * 200]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(any_character, max_size=5), inner, max_size=3)
    ),
    max_leaves=5,
)


def read_or_told(text: str | bytes, form: Form) -> Case | CaseProblems:
    """The case or its problems; every problem says something in each of its parts."""
    try:
        return read_case_text(text, "case", form)
    except CaseProblems as caught:
        told = caught
    assert told.problems
    assert str(told)
    for problem in told.problems:
        for part in (problem.place, problem.message, problem.remedy):
            assert part
            assert part.isprintable()
            assert part.encode()
    return told


@each_form
@given(data=st.binary(max_size=60))
def test_any_bytes_are_a_case_or_problems(form: Form, data: bytes):
    read_or_told(data, form)


@each_form
@given(text=yaml_like)
def test_any_text_is_a_case_or_problems(form: Form, text: str):
    read_or_told(text, form)


@each_form
@given(case=any_case(most_facts=3), data=st.data())
def test_a_case_file_with_a_slip_of_the_pen_is_a_case_or_problems(
    form: Form, case: Case, data: st.DataObject
):
    text = write_case(case, form)
    start = data.draw(st.integers(0, len(text)), "start")
    end = data.draw(st.integers(start, min(len(text), start + 4)), "end")
    read_or_told(text[:start] + data.draw(yaml_like, "typed") + text[end:], form)


@given(value=junk)
def test_any_plain_value_is_a_case_or_problems(value: Any):
    read_or_told(json.dumps(value), "json")


@given(case=any_case(most_facts=3), data=st.data())
def test_whatever_stands_in_one_field_is_accepted_or_told_there(case: Case, data: st.DataObject):
    """A wrong value is told at its own field or at one that has to agree with it, never at another fact."""
    if not case.facts:
        return
    mapping = case_as_mapping(case)
    place = data.draw(st.integers(0, len(case.facts) - 1), "fact")
    own = [name for name in fields_of(KINDS[case.facts[place].kind]) if name != "id"]
    mapping["facts"][place][data.draw(st.sampled_from(own), "field")] = data.draw(junk, "value")
    try:
        case_from_mapping(mapping)
    except CaseProblems as told:
        for problem in told.problems:
            assert problem.place.startswith(f"facts[{place}]")
