"""On which day, in the clinic's zone, is each of many texts?

Arrow reads them all at once. It takes no text that Python would not take for the same moment, but for some in
the year 0; what it does not take, Python reads one by one.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, TypeVar
from zoneinfo import ZoneInfo

from isovigil.exchange.fhir.days import DAY_LENGTH
from isovigil.exchange.refusals import EARLIEST_YEAR, LATEST_YEAR

if TYPE_CHECKING:
    import pyarrow as pa

NEW_YEAR_1970: Final = date(1970, 1, 1).toordinal()
"""Arrow counts days from here."""
FIRST_DAY: Final = date(EARLIEST_YEAR, 1, 1).toordinal() - NEW_YEAR_1970
LAST_DAY: Final = date(LATEST_YEAR, 12, 31).toordinal() - NEW_YEAR_1970
T = TypeVar("T")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_A_WHILE: Final = 8
"""Days within which no clock is put forward and back again."""
_FEW: Final = 32
"""So few texts, of which Arrow does not take one, are left to Python."""


class _Days(dict[int | None, date | None]):
    """Days by how many they are after the first of 1970."""

    def __missing__(self, day: int | None) -> date | None:
        found = self[day] = None if day is None else date.fromordinal(day + NEW_YEAR_1970)
        return found


class _Ahead(dict[int | None, int | None]):
    """How far a clock is ahead of UTC, by the day of UTC; null where that is none."""

    def __init__(self, worked_out: Callable[[int], int | None]) -> None:
        super().__init__({None: None})
        self._worked_out = worked_out

    def __missing__(self, day: int) -> int | None:
        found = self[day] = self._worked_out(day)
        return found


class DaysOfTexts:
    """Reads the days of one zone; keeps what it learns of the zone, and each day that it has made.

    `told` says of one text on which day it is; nothing where that cannot be told.
    """

    def __init__(self, zone: ZoneInfo, told: Callable[[str], tuple[date | None, datetime | None]]) -> None:
        self._zone = zone
        self._told = told
        self._ahead = _Ahead(self._worked_out)
        self._beginnings: dict[int, int] = {}
        self._days = _Days({None: None})

    def read(self, texts: pa.Array) -> pa.Array:
        """The day of each text, as days since 1970; null where it is none of our time, or is null."""
        import pyarrow as pa
        import pyarrow.compute as pc

        are_days = pc.equal(pc.binary_length(texts), pa.scalar(DAY_LENGTH, pa.int32()))
        days = taken(pc.if_else(are_days, texts, pa.scalar(None, texts.type)), pa.date32()).view(pa.int32())
        have_a_time = pc.invert(are_days).fill_null(False)
        moments = texts.filter(have_a_time)  # mostly few, so that they are looked at apart
        if len(moments):
            of_moments = self._of_moments(taken(moments, pa.timestamp("us", "UTC")))
            days = pc.replace_with_mask(days, have_a_time, of_moments)
        days = _ours(days)
        return days if days.null_count == texts.null_count else self._completed(days, texts)

    def dates(self, days: pa.Array) -> list[date | None]:
        """The same days as Python knows them, each made once."""
        told = days.dictionary_encode()
        return of_each(told, [self._days[each] for each in told.dictionary.to_pylist()])

    def ahead(self, moments: pa.Array) -> pa.Array:
        """How far the clinic's clock is ahead of UTC at moments, in microseconds.

        Null on days on which it is put forward or back.
        """
        import pyarrow as pa

        by_utc = _days_of(moments).dictionary_encode()
        ahead = list(map(self._ahead.__getitem__, by_utc.dictionary.to_pylist()))
        return pa.array(ahead, pa.int64()).take(by_utc.indices)

    def _of_moments(self, moments: pa.Array) -> pa.Array:
        """The days of moments by the clinic's clock; null on days on which that is put forward or back."""
        import pyarrow as pa
        import pyarrow.compute as pc

        return _days_of(pc.add(moments.view(pa.int64()), self.ahead(moments)))

    def _worked_out(self, day: int) -> int | None:
        """How far the clinic's clock is ahead of UTC all through a day of UTC, in microseconds."""
        if not FIRST_DAY <= day <= LAST_DAY:
            return None
        begin = day - day % _A_WHILE
        always = self._ahead_as_begins(begin)
        if always == self._ahead_as_begins(begin + _A_WHILE):
            return always
        then = self._ahead_as_begins(day)
        return then if then == self._ahead_as_begins(day + 1) else None

    def _ahead_as_begins(self, day: int) -> int:
        found = self._beginnings.get(day)
        if found is None:
            offset = (_EPOCH + timedelta(days=day)).astimezone(self._zone).utcoffset() or timedelta()
            found = self._beginnings[day] = offset // _MICROSECOND
        return found

    def _completed(self, days: pa.Array, texts: pa.Array) -> pa.Array:
        """The days, with those that are missing read one by one."""
        import pyarrow as pa
        import pyarrow.compute as pc

        are_missing = pc.and_(pc.is_null(days), pc.is_valid(texts))
        read = [self._told(each)[0] for each in texts.filter(are_missing).to_pylist()]
        numbers = [None if each is None else each.toordinal() - NEW_YEAR_1970 for each in read]
        ours = [each if each is not None and FIRST_DAY <= each <= LAST_DAY else None for each in numbers]
        return pc.replace_with_mask(days, are_missing, pa.array(ours, days.type))


def _ours(days: pa.Array) -> pa.Array:
    """The days of our time; null instead of others."""
    import pyarrow as pa
    import pyarrow.compute as pc

    found = pc.min_max(days)
    first, last = found["min"].as_py(), found["max"].as_py()
    if first is None or FIRST_DAY <= first <= last <= LAST_DAY:
        return days
    is_ours = pc.and_(pc.greater_equal(days, FIRST_DAY), pc.less_equal(days, LAST_DAY))
    return pc.if_else(is_ours, days, pa.scalar(None, days.type))


def _days_of(moments: pa.Array) -> pa.Array:
    """The days of microseconds since 1970."""
    import pyarrow as pa

    return moments.view(pa.timestamp("us")).cast(pa.date32()).view(pa.int32())


def of_each(told: pa.DictionaryArray, made: list[T | None]) -> list[T | None]:
    """What was made of each value, once for all that are alike; nothing where there is none."""
    return list(map([*made, None].__getitem__, told.indices.fill_null(len(made)).to_pylist()))


def taken(texts: pa.Array, kind: Any) -> pa.Array:
    """The texts as values of a type of Arrow; null also where Arrow does not take a text near by."""
    import pyarrow as pa

    try:
        return texts.cast(kind)
    except pa.ArrowInvalid:
        count = len(texts)
        if count <= _FEW:
            return pa.nulls(count, kind)
        half = count // 2
        return pa.concat_arrays([taken(texts.slice(0, half), kind), taken(texts.slice(half), kind)])
