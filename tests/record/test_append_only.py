"""Does the database itself refuse to change what was recorded, whoever asks?"""

from __future__ import annotations

from tests.record.records import Record


def test_a_filled_record_is_there(record: Record):
    assert [row.seq for row in record.entries()] == list(range(1, len(record.entries()) + 1))
