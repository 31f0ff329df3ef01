"""What does every fact carry, whatever it says?"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, ClassVar

import msgspec
from msgspec import Meta

from isovigil.case.words import Enterer

Text = Annotated[str, Meta(min_length=1, max_length=2000)]
Label = Annotated[str, Meta(min_length=1, max_length=200, extra={"digits": True})]
"""A short mark on one line, such as an id, a number or a version; digits need no quotes around them."""
Instant = Annotated[datetime, Meta(tz=True)]
"""A moment with its offset from UTC. The reader puts it into the case's zone."""
Whole = Annotated[int, Meta(ge=0)]
Positive = Annotated[float, Meta(gt=0)]
Days = Annotated[int, Meta(gt=0, le=3660, extra={"unit": "d"})]
Milligrams = Annotated[float, Meta(gt=0, extra={"unit": "mg"})]


class Fact(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One dated thing somebody recorded about a patient. Never changed; only superseded."""

    kind: ClassVar[str]
    day_field: ClassVar[str]
    by_exception: ClassVar[bool] = False
    """Recorded only when present: none recorded reads as none known."""
    word_field: ClassVar[str] = ""
    """The field whose one word says what a fact of the kind is about; none where there is no such field."""

    id: Label = ""
    recorded_at: Instant | None = None
    entered_by: Enterer | None = None
    source: Text | None = None
    supersedes: Label | None = None
    withdrawn: bool = False

    @property
    def day(self) -> date:
        """The calendar day, in the case's zone, that this fact is about.

        The reader has already put every instant into the case's zone.
        """
        day: date = getattr(self, self.day_field)
        return day.date() if isinstance(day, datetime) else day

    def severity_rank(self) -> float:
        """How bad this fact is for the patient beside another of its kind on the same day.

        "Latest" is a total order: day, then the clinically worse value, then the id; so two
        results on one day are never decided by the order somebody typed them in.
        """
        return 0.0

    def sort_key(self) -> tuple[date, float, str]:
        """Day, then the clinically worse value last, then id."""
        return (self.day, self.severity_rank(), self.id)


def own_fields(kind: type[Fact]) -> tuple[msgspec.structs.FieldInfo, ...]:
    """The fields a kind declares itself, required ones first as declared."""
    common = set(Fact.__struct_fields__)
    return tuple(field for field in msgspec.structs.fields(kind) if field.name not in common)


def is_required(field: msgspec.structs.FieldInfo) -> bool:
    """Must the field be present for the fact to mean anything?"""
    return field.default is msgspec.NODEFAULT and field.default_factory is msgspec.NODEFAULT
