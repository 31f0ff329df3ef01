"""Is nothing of a line lost when many are taken apart at once, and does each stand where it stood?"""

from __future__ import annotations

import json

import pytest

from isovigil.exchange.bulk.elements import Elements, Taken
from isovigil.exchange.bulk.fast_columns import Shape

REPEATING = ("status", "code", "amount.unit")
LINE = b'{"resourceType":"T","id":"a","status":"final","subject":{"reference":"Patient/p"},"note":[1]}'


def elements() -> Elements:
    inside = {"subject": Shape(frozenset({"reference"})), "amount": Shape()}
    return Elements(Shape(frozenset({"resourceType", "id"}), inside), REPEATING)


def taken(*lines: bytes) -> Taken:
    return elements().of(b"\n".join(lines) + b"\n")


def test_texts_are_texts_and_everything_else_is_as_it_was_written():
    found = taken(LINE, b'{"resourceType":"T","id":"\xc3\xa4","amount":{"value":0.70,"unit":"mg"}}')
    assert list(found.places) == [0, 1]
    assert found.columns["id"] == ("a", "\u00e4")
    assert found.columns["subject.reference"] == ("Patient/p", "")
    assert [bytes(each) for each in found.columns["amount.value"]] == [b"", b"0.70"]
    assert found.repeating == ("status", "amount.unit")
    assert found.templates == [b'"final"\x1f', b'\x1f"mg"']


@pytest.mark.parametrize(
    "line",
    [
        LINE.replace(b'"note":[1]', b'"note":[1],"note":[2]'),
        LINE.replace(b'"note"', b'"id":"b","note"'),
        LINE.replace(b'"reference":', b'"reference":"Patient/q","reference":'),
        LINE.replace(b'"note"', b'"\\u0069d":"b","note"'),
        LINE.replace(b'"id":"a"', b'"id":"\\u0061"'),
        LINE.replace(b'"id":"a"', b'"id":7'),
        LINE.replace(b'"id":"a"', b'"id":null'),
        LINE.replace(b"[1]", b"[01]"),
        LINE.replace(b"[1]", b'"\xff"'),
        LINE.replace(b"[1]", b'"\x07"'),
        LINE.replace(b"[1]", b'"\\ud800"'),
        LINE.replace(b'{"reference":"Patient/p"}', b"[]"),
        LINE.replace(b'{"reference":"Patient/p"}', b"{}"),
        LINE + LINE,
        LINE[:-1],
        b"[" + LINE + b"]",
        b"17",
        b'{"\xc3\xa4":1,' + LINE[1:],
        b"{" + b",".join(b'"n%d":1' % number for number in range(300)) + b"," + LINE[1:],
    ],
)  # fmt: skip
def test_a_line_of_which_anything_might_be_lost_is_given_up_and_its_neighbours_are_not(line: bytes):
    found = taken(LINE, line, LINE.replace(b'"a"', b'"z"'))
    assert (list(found.places), list(found.given_up), found.lines) == ([0, 2], [1], 3)
    assert found.columns["id"] == ("a", "z")


def test_an_end_of_a_line_within_a_resource_moves_no_line():
    # Together the two broken lines are one object, and the line after it holds two: still three of each.
    found = taken(b'{"resourceType":"T","note":[', b'1],"id":"a"}', LINE + LINE, b"", LINE)
    assert (list(found.places), list(found.given_up), found.lines) == ([4], [0, 1, 2], 5)


def test_two_objects_on_a_line_and_an_empty_line_do_not_make_up_for_each_other():
    found = taken(LINE + LINE, b"", LINE)
    assert (list(found.places), list(found.given_up), found.lines) == ([2], [0], 3)


def test_a_blank_instead_of_the_end_of_a_line_is_seen():
    found = taken(LINE + b" " + LINE, LINE)
    assert (list(found.places), list(found.given_up)) == ([1], [0])


def test_blanks_between_members_change_nothing():
    found = taken(json.dumps(json.loads(LINE)).encode() + b"\r", LINE)
    assert (list(found.places), list(found.given_up)) == ([0, 1], [])
    assert found.templates[0] == found.templates[1]


def test_members_are_learned_as_they_come_and_a_later_text_is_taken_apart_at_once():
    all_lines = elements()
    before = all_lines.of(LINE)
    assert "code" not in before.columns
    after = all_lines.of(LINE + b"\n" + LINE.replace(b'"note"', b'"code"') + b"\n" + LINE)
    assert [bytes(each) for each in after.columns["code"]] == [b"", b"[1]", b""]
    assert [bytes(each) for each in after.columns["note"]] == [b"[1]", b"", b"[1]"]


def test_ever_new_members_do_not_gather_without_end():
    all_lines = elements()
    for turn in range(12):
        members = b",".join(b'"n%d":1' % number for number in range(turn * 150, turn * 150 + 150))
        found = all_lines.of(b"{" + members + b"," + LINE[1:])
        assert list(found.places) == [0]
    # 1,000 names and those of one more line of 150 at most, beside the five of LINE.
    assert len(found.columns) <= 1_155 + 1
