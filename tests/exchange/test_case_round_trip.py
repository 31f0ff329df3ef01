"""Does a case survive being written and read again, in either form?"""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from isovigil.case.case import Case
from isovigil.case.kinds import KINDS
from isovigil.exchange.case_file import case_from_mapping, read_case_text
from isovigil.exchange.case_text import Form
from isovigil.exchange.case_writer import case_as_mapping, write_case
from tests.profiles import how_many
from tests.strategies import any_case

each_form = pytest.mark.parametrize("form", ["yaml", "json"])


@each_form
@given(case=any_case())
def test_a_written_case_is_read_as_the_same_case(form: Form, case: Case):
    assert read_case_text(write_case(case, form), "case", form) == case


@given(case=any_case())
def test_a_case_as_plain_values_is_read_as_the_same_case(case: Case):
    assert case_from_mapping(case_as_mapping(case)) == case


@each_form
@given(case=any_case())
def test_writing_what_was_read_gives_the_same_text(form: Form, case: Case):
    text = write_case(case, form)
    assert write_case(read_case_text(text, "case", form), form) == text


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.kind)
def test_each_kind_is_drawn_and_survives(kind):
    @settings(max_examples=how_many(quick=12, nightly=500))
    @given(case=any_case([kind], most_facts=3))
    def survives(case: Case):
        assert read_case_text(write_case(case, "yaml"), "case.yaml") == case

    survives()


@pytest.mark.parametrize("offset", ["-04:00", "-05:00"])
def test_an_hour_that_the_clock_shows_twice_keeps_its_offset(offset: str):
    """On 3 November 2024 New York shows 01:30 first at -04:00, then at -05:00."""
    text = f"""
case: 1
patient: {{id: p-1}}
programme: us_ipledge
facts:
  - {{kind: visit, date: 2024-11-03, mode: video, recorded_at: 2024-11-03T01:30:00{offset}}}
"""
    written = write_case(read_case_text(text, "case.yaml"), "yaml")
    assert f"recorded_at: 2024-11-03T01:30:00{offset}" in written
    assert write_case(read_case_text(written, "case.yaml"), "yaml") == written
