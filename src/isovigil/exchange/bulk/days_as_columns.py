"""Which days and moments do the texts of a whole column mean in the clinic's zone?

The same answers as `KnownTemplates.told` gives for one text, for all at once. What Arrow cannot read, `told`
is asked about; and which offset the zone has, Python's own zone says.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from isovigil.exchange.bulk.fact_rows import as_text
from isovigil.exchange.bulk.known_templates import KnownTemplates
from isovigil.exchange.fhir.days import DAY_LENGTH

if TYPE_CHECKING:
    import pyarrow as pa

_A_FEW: Final = 8
"""So many texts among which one is unreadable are asked one by one; more are halved first."""
_A_DAY: Final = 86_400_000_000
"""Microseconds."""
_A_SECOND: Final = 1_000_000
_A_MINUTE: Final = 60 * _A_SECOND
_BEFORE_ANY: Final = 800_000
"""Days to add so that no day since the year 1 is below nought: Arrow rounds towards nought."""
_FIRST: Final = datetime(1970, 1, 1, tzinfo=UTC)
_CHANGES: Final = -(1 << 40)
"""Stands for the offset of a day on which the zone's clock is put forward or back."""
_KEPT: Final = 50_000


class Told(NamedTuple):
    """What each text of a column means; null where it means no day."""

    on: pa.Array
    """The day in the clinic's zone, as days since the first of 1970."""
    at: pa.Array
    """The moment, in UTC; null where the text has no time."""


class DaysOfTexts:
    """Reads columns of texts; keeps the zone's offsets."""

    def __init__(self, known: KnownTemplates) -> None:
        self._known = known
        self._offsets: dict[int, int] = {}
        """By the day in UTC: microseconds to add."""

    def told(self, texts: pa.Array) -> Told:
        """The day and the moment of each text."""
        import pyarrow as pa
        import pyarrow.compute as pc

        is_day = pc.equal(pc.binary_length(texts), DAY_LENGTH)
        days = _read(pc.if_else(is_day, texts, None), pa.date32(), lambda text: self._known.told(text)[0])
        timed = pc.if_else(is_day, None, texts)
        at = _read(timed, pa.timestamp("us", tz="UTC"), lambda text: self._known.told(text)[1])
        return Told(pc.coalesce(days.cast(pa.int32()), self._local_days(at, timed)), at)

    def written(self, at: pa.Array) -> pa.Array:
        """Each moment as the fact store writes it: in the clinic's zone, with its offset."""
        import pyarrow as pa
        import pyarrow.compute as pc

        moments = at.cast(pa.int64())
        in_utc = pc.divide(pc.add(moments, _BEFORE_ANY * _A_DAY), _A_DAY).dictionary_encode()
        ahead = [self._offset(day - _BEFORE_ANY) for day in in_utc.dictionary.to_pylist()]
        is_even = pa.array([each % _A_MINUTE == 0 and each != _CHANGES for each in ahead], pa.bool_())
        is_even = pc.and_(is_even.take(in_utc.indices), _are_whole_seconds(moments))
        local = pc.add(moments, pa.array(ahead, pa.int64()).take(in_utc.indices))
        local = pc.if_else(is_even, local, None)
        days = pc.divide(local, _A_SECOND).cast(pa.timestamp("s")).cast(pa.string())
        offsets = pa.array([_offset_as_text(each) for each in ahead], pa.string()).take(in_utc.indices)
        texts = pc.binary_join_element_wise(pc.binary_replace_slice(days, 10, 11, "T"), offsets, "")
        is_odd = pc.and_(at.is_valid(), pc.invert(is_even.fill_null(False)))
        if not pc.any(is_odd).as_py():
            return texts
        told = [as_text(each.astimezone(self._known.zone))[1:-1] for each in at.filter(is_odd).to_pylist()]
        return pc.replace_with_mask(texts, is_odd, pa.array(told, pa.string()))

    def _local_days(self, at: pa.Array, texts: pa.Array) -> pa.Array:
        import pyarrow as pa
        import pyarrow.compute as pc

        moments = pc.add(at.cast(pa.int64()), _BEFORE_ANY * _A_DAY)
        in_utc = pc.divide(moments, _A_DAY).dictionary_encode()
        offsets = [self._offset(day - _BEFORE_ANY) for day in in_utc.dictionary.to_pylist()]
        offset = pa.array(offsets, pa.int64()).take(in_utc.indices)
        local = pc.subtract(pc.divide(pc.add(moments, offset), _A_DAY), _BEFORE_ANY).cast(pa.int32())
        changes = pc.equal(offset, _CHANGES).fill_null(False)
        if not pc.any(changes).as_py():
            return local
        told = [_day_number(self._known.told(text)[0]) for text in texts.filter(changes).to_pylist()]
        return pc.replace_with_mask(local, changes, pa.array(told, pa.int32()))

    def _offset(self, day: int) -> int:
        """Microseconds between UTC and the zone on a day of UTC, where they are the same all day.

        No zone puts its clock forward and back again within one day.
        """
        known = self._offsets.get(day)
        if known is None:
            if len(self._offsets) >= _KEPT:
                self._offsets.clear()
            known = self._offsets[day] = self._offset_of(day)
        return known

    def _offset_of(self, day: int) -> int:
        try:
            first, last = (
                (_FIRST + timedelta(days=each)).astimezone(self._known.zone).utcoffset()
                for each in (day, day + 1)
            )
        except OverflowError:
            return _CHANGES
        if first is None or first != last:
            return _CHANGES
        return first // timedelta(microseconds=1)


def _are_whole_seconds(moments: pa.Array) -> pa.Array:
    import pyarrow.compute as pc

    return pc.equal(pc.multiply(pc.divide(moments, _A_SECOND), _A_SECOND), moments)


def _offset_as_text(ahead: int) -> str:
    if not ahead:
        return "Z"
    hours, minutes = divmod(abs(ahead) // _A_MINUTE, 60)
    return f"{'-' if ahead < 0 else '+'}{hours:02}:{minutes:02}"


def _day_number(day: date | None) -> int | None:
    return None if day is None else day.toordinal() - _FIRST.toordinal()


def _read(texts: pa.Array, kind: pa.DataType, one: Callable[[str], Any]) -> pa.Array:
    """A column of texts as days or moments. Where Arrow refuses some, those few are read one by one."""
    import pyarrow as pa

    try:
        return texts.cast(kind)
    except pa.ArrowInvalid:
        if len(texts) <= _A_FEW:
            return pa.array([None if text is None else one(text) for text in texts.to_pylist()], kind)
    half = len(texts) // 2
    return pa.concat_arrays([_read(texts[:half], kind, one), _read(texts[half:], kind, one)])
