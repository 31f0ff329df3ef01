"""When, to the microsecond, was each of many texts, and how does the fact store write that moment?"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from isovigil.exchange.bulk.days_of_texts import DaysOfTexts, of_each, taken
from isovigil.exchange.bulk.fact_rows import as_text
from isovigil.exchange.bulk.known_templates import KnownTemplates

if TYPE_CHECKING:
    import pyarrow as pa

_A_SECOND: Final = 1_000_000
_A_MINUTE: Final = 60 * _A_SECOND


class MomentsOfTexts:
    """Reads texts that have a time, and writes their moments in the clinic's zone."""

    def __init__(self, known: KnownTemplates, days: DaysOfTexts) -> None:
        self._known = known
        self._days = days

    def read(self, texts: pa.Array) -> pa.Array:
        """The moment of each text in UTC; null where it is none. Each text has a time, or is null."""
        import pyarrow as pa
        import pyarrow.compute as pc

        moments = taken(texts, pa.timestamp("us", "UTC"))
        if moments.null_count == texts.null_count:
            return moments
        are_missing = pc.and_(moments.is_null(), texts.is_valid())
        read = [self._known.told(each)[1] for each in texts.filter(are_missing).to_pylist()]
        return pc.replace_with_mask(moments, are_missing, pa.array(read, moments.type))

    def by_clock(self, moments: pa.Array) -> list[datetime | None]:
        """The same moments as Python knows them, by the clinic's clock, each made once."""
        import pyarrow as pa
        import pyarrow.compute as pc

        zone, at = self._known.zone, datetime.fromtimestamp
        told = moments.view(pa.int64()).dictionary_encode()
        made: list[datetime | None]
        if pc.all(_is_whole(told.dictionary, _A_SECOND)).as_py():
            made = [at(each, zone) for each in pc.divide(told.dictionary, _A_SECOND).to_pylist()]
        else:
            since_1970 = [divmod(each, _A_SECOND) for each in told.dictionary.to_pylist()]
            made = [at(seconds, zone).replace(microsecond=rest) for seconds, rest in since_1970]
        return of_each(told, made)

    def written(self, moments: pa.Array) -> pa.Array:
        """Each moment by the clinic's clock, with how far that is ahead of UTC."""
        import pyarrow as pa
        import pyarrow.compute as pc

        ahead = self._days.ahead(moments)
        since_1970 = moments.view(pa.int64())
        is_plain = pc.and_(_is_whole(ahead, _A_MINUTE), _is_whole(since_1970, _A_SECOND)).fill_null(False)
        local = pc.if_else(is_plain, pc.divide(pc.add(since_1970, ahead), _A_SECOND), None)
        by_clock = pc.binary_replace_slice(local.cast(pa.timestamp("s")).cast(pa.string()), 10, 11, "T")
        offsets = ahead.dictionary_encode()
        words = pa.array(map(_offset_as_text, offsets.dictionary.to_pylist()), pa.string())
        texts = pc.binary_join_element_wise(by_clock, words.take(offsets.indices), "")
        is_odd = pc.and_(moments.is_valid(), pc.invert(is_plain))
        if not pc.any(is_odd).as_py():
            return texts
        zone = self._known.zone
        told = [as_text(each.astimezone(zone))[1:-1] for each in moments.filter(is_odd).to_pylist()]
        return pc.replace_with_mask(texts, is_odd, pa.array(told, pa.string()))


def _is_whole(values: pa.Array, unit: int) -> pa.Array:
    import pyarrow.compute as pc

    return pc.equal(pc.multiply(pc.divide(values, unit), unit), values)


def _offset_as_text(ahead: int) -> str:
    if not ahead:
        return "Z"
    hours, minutes = divmod(abs(ahead) // _A_MINUTE, 60)
    return f"{'-' if ahead < 0 else '+'}{hours:02}:{minutes:02}"
