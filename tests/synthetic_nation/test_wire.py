"""Is a compiled shape the JSON it was made from, with its blanks filled in?"""

from __future__ import annotations

import json

import pytest

from isovigil.synthetic_nation.wire import compiled


def test_blanks_are_filled_in_where_they_stand():
    line = compiled({"id": "{{id}}", "subject": {"reference": "Patient/{{pid}}-{{id}}"}})
    filled = line % {b"id": b"a-1", b"pid": b"p1"}
    assert json.loads(filled) == {"id": "a-1", "subject": {"reference": "Patient/p1-a-1"}}


def test_a_bare_blank_is_a_number_or_a_flag():
    line = compiled({"value": "{{#value}}", "is": "{{#flag}}"})
    assert json.loads(line % {b"value": b"2.50", b"flag": b"true"}) == {"value": 2.5, "is": True}


def test_a_per_cent_sign_stays_one():
    assert json.loads(compiled({"text": "5 % of {{what}}"}) % {b"what": b"all"}) == {"text": "5 % of all"}


def test_a_blank_left_out_is_an_error():
    with pytest.raises(KeyError):
        compiled({"id": "{{id}}"}) % {}


def test_one_resource_is_one_line():
    line = compiled({"text": "two\nlines"})
    assert line.count(b"\n") == 1
    assert line.endswith(b"\n")
