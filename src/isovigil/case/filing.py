"""What has to be asked of a fact of each kind to file it: its day, its place among others, its end?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from operator import attrgetter
from typing import Any, NamedTuple, get_args

import msgspec

from isovigil.case.fact import Fact, Instant


class Filing(NamedTuple):
    """How facts of one kind are filed."""

    day_of: Callable[[Fact], date]
    place_of: Callable[[Fact], tuple[Any, ...]]
    """Its place in the total order of its kind, as `Fact.sort_key` tells it."""
    is_ranked: bool
    """Can one fact of the kind be graver than another of the same day?"""
    has_end: bool
    is_reported: bool


class _FilingOfKinds(dict[type[Fact], Filing]):
    """How each kind is filed, worked out when its first fact is."""

    def __missing__(self, kind: type[Fact]) -> Filing:
        shapes = {field.name: field.type for field in msgspec.structs.fields(kind)}
        day_field = "day" if shapes[kind.day_field] == Instant else kind.day_field
        is_ranked = kind.severity_rank is not Fact.severity_rank
        end = shapes.get("to")
        filing = self[kind] = Filing(
            attrgetter(day_field),
            Fact.sort_key if is_ranked else attrgetter(day_field, "id"),
            is_ranked,
            date in (end, *get_args(end)),
            "reported_on" in shapes,
        )
        return filing


FILING_OF = _FilingOfKinds()
