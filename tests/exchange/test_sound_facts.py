"""Does the quick door for sound facts open only where the careful one finds nothing wrong?"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isovigil.case.fact import Fact
from isovigil.case.kinds import KINDS, CapsuleCount
from isovigil.exchange.declared_types import fields_of
from isovigil.exchange.fact_checks import Known, faults_of_fact
from isovigil.exchange.field_reading import read_struct
from isovigil.exchange.problems import Document
from isovigil.exchange.sound_facts import sound_fact
from tests.profiles import how_many
from tests.strategies import FIRST_DAY, NEW_YORK, any_fact

KNOWN = (Known(None, zone_is_known=True), Known(FIRST_DAY + timedelta(days=30), zone_is_known=True))
WRONG: tuple[Any, ...] = (
    *(math.nan, math.inf, -1, 0, 10**9, True, "", " ", "\x07", "x", "2024-03-04", "nonsense"),
    *(date(1, 1, 1), date(2024, 1, 5), date(2300, 1, 1)),
    *(datetime(2024, 1, 5, 12, tzinfo=UTC), datetime(1800, 1, 1, tzinfo=UTC)),
    *([], (), {}, [None], [{"mg": math.nan, "count": 3}], {"x": 1}, None),
)
each_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.kind)


def as_given(fact: Fact) -> dict[str, Any]:
    """What a reader of resources hands over: only what was said, by the names of a case file."""
    named = {field.attribute: name for name, field in fields_of(type(fact)).items()}
    return {
        named[attribute]: [{"mg": each.mg, "count": each.count} for each in value]
        if isinstance(value, tuple) and value and isinstance(value[0], CapsuleCount)
        else value
        for attribute, value in msgspec.structs.asdict(fact).items()
        if value is not None
    }


def carefully(kind: type[Fact], given: Mapping[str, Any], known: Known, zone: ZoneInfo) -> Fact | None:
    """The fact as the door that tells every fault reads it; None where it has any."""
    read = read_struct(kind, given, (), Document(None), kind.kind)
    moved = {
        name: value.astimezone(zone) for name, value in read.values.items() if isinstance(value, datetime)
    }
    if read.faults or list(faults_of_fact(kind, {**read.values, **moved}, known, ())):
        return None
    assert read.struct is not None
    return msgspec.structs.replace(read.struct, **moved)


@each_kind
def test_both_doors_agree_about_any_fact_however_it_was_spoilt(kind: type[Fact]):
    @settings(max_examples=how_many(quick=40, nightly=2_000))
    @given(data=st.data(), fact=any_fact(kind))
    def agree(data: st.DataObject, fact: Fact):
        given_values = {**as_given(fact), "id": "f-1"}
        for _ in range(data.draw(st.integers(0, 2))):
            name = data.draw(st.sampled_from([*fields_of(kind), "unheard_of"]))
            given_values[name] = data.draw(st.sampled_from(WRONG))
        known = data.draw(st.sampled_from(KNOWN))
        quick = sound_fact(kind, given_values, known, NEW_YORK)
        if quick is not None:
            assert quick == carefully(kind, given_values, known, NEW_YORK)

    agree()


@each_kind
def test_the_quick_door_opens_for_every_sound_fact(kind: type[Fact]):
    @settings(max_examples=how_many(quick=20, nightly=500))
    @given(fact=any_fact(kind))
    def opens(fact: Fact):
        given_values = {**as_given(fact), "id": "f-1"}
        if carefully(kind, given_values, KNOWN[0], NEW_YORK) is not None:
            texts = [value for value in given_values.values() if isinstance(value, str)]
            is_read_twice = any(not text.isprintable() for text in texts)
            assert is_read_twice or sound_fact(kind, given_values, KNOWN[0], NEW_YORK) is not None

    opens()
