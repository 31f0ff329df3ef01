"""Which days, moments and texts do the facts of rows hold that come from each row itself?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from isovigil.exchange.bulk.days_of_texts import DaysOfTexts
from isovigil.exchange.bulk.moments_of_texts import MomentsOfTexts
from isovigil.exchange.bulk.numbers_of_rows import OwnValues
from isovigil.exchange.bulk.plan_columns import DAY, NOWHERE, NUMBER, UNDER
from isovigil.exchange.bulk.rows_of_plans import COLUMNS, RowsOfPlans
from isovigil.exchange.bulk.template_plans import PRESCRIPTION

if TYPE_CHECKING:
    import pyarrow as pa


class ValuesOfRows:
    """What rows that follow plans have for themselves. Arrays have a value for each row of the table."""

    def __init__(self, plans: RowsOfPlans, days: DaysOfTexts, moments: MomentsOfTexts) -> None:
        self._plans = plans
        self._days = days
        self._moments = moments
        self._known: dict[int, pa.Array] = {DAY: plans.on, **plans.later_days}

    def recorded_at(self) -> pa.Array:
        """When each fact was recorded, where its row says so."""
        import pyarrow as pa

        return self._value("recorded_at", pa.nulls(len(self._plans.rows), pa.timestamp("us", "UTC")))

    def ends_on(self) -> pa.Array:
        """The last day of what lasts, where it stands in the row or inside its template."""
        import pyarrow as pa

        return self._value("ends_at", self._plans.ends_inside).cast(pa.date32())

    def _value(self, said: str, found: pa.Array) -> pa.Array:
        """Of each row that makes a fact the value which its way names."""
        import pyarrow.compute as pc

        places = self._plans.says(said)
        for place in self._named(said) - {NOWHERE}:
            is_here = pc.and_(self._plans.makes_a_fact, pc.equal(places, place))
            found = pc.if_else(is_here, self._of_rows(place), found)
        return found

    def own(self, value: int, at: pa.Array) -> OwnValues:
        """One of the values that rows in some places have for themselves, where their facts hold it."""
        import pyarrow as pa
        import pyarrow.compute as pc

        attributes = [way.attributes[value] for way in self._plans.ways]
        way = self._plans.way.take(at)
        rows = pc.indices_nonzero(pa.array([each is not None for each in attributes]).take(way))
        if not len(rows):
            return OwnValues([], [], [])
        own = self._of_rows(value).take(at.take(rows))
        return OwnValues(
            rows.to_pylist(),
            list(map(attributes.__getitem__, way.take(rows).to_pylist())),
            self._moments.by_clock(own) if value % 2 else self._days.dates(own),
        )

    def _named(self, said: str) -> set[int]:
        """Which places some way names."""
        return {getattr(way, said) for way in self._plans.ways}

    def _of_rows(self, value: int) -> pa.Array:
        """A value of the rows whose facts hold it: days since the first of 1970, or the moments beside."""
        import pyarrow as pa
        import pyarrow.compute as pc

        found = self._known.get(value)
        if found is None and value % 2:
            holds = pa.array([way.attributes[value] is not None for way in self._plans.ways])
            is_here = pc.and_(self._plans.makes_a_fact, holds.take(self._plans.way))
            column = self._plans.rows.column(COLUMNS[value - 1])
            found = self._known[value] = self._moments.read(pc.if_else(is_here, column, None))
        return pa.nulls(len(self._plans.rows), pa.int32()) if found is None else found

    def fields(self) -> pa.DictionaryArray:
        """What each fact says beside, as the store writes it; of no meaning where a row makes no fact.

        A text may stand among the words more than once.
        """
        import pyarrow as pa
        import pyarrow.compute as pc

        before, between, after = (pa.array(texts, pa.string()) for texts in self._plans.words)
        has_gaps = pc.and_(self._plans.makes_a_fact, pc.not_equal(self._plans.says("first_gap"), NOWHERE))
        at = pc.indices_nonzero(has_gaps)
        of_these = self._plans.of_each.take(at)
        texts = [before.take(of_these)]
        for gap, following in (("first_gap", between), ("second_gap", after)):
            texts += [self._gap(gap, at), following.take(of_these)]
        of_their_own = pa.arange(len(before), len(before) + len(at)).cast(pa.int32())
        which = pc.replace_with_mask(self._plans.of_each, has_gaps, of_their_own)
        words = pa.concat_arrays([before, pc.binary_join_element_wise(*texts, "")])
        return pa.DictionaryArray.from_arrays(which, words)

    def _gap(self, said: str, at: pa.Array) -> pa.Array:
        """What stands in a gap of `fields` of rows in some places; nothing where there is none."""
        import pyarrow as pa
        import pyarrow.compute as pc

        places, ways = self._plans.says(said).take(at), self._named(said)
        found = pa.repeat(pa.scalar("", pa.string()), len(at))
        if UNDER in ways:
            named = self._plans.refers_to.take(at)
            under = pc.binary_join_element_wise(f',"{PRESCRIPTION}":"', named, '"', "").fill_null("")
            found = pc.if_else(pc.equal(places, UNDER), under, found)
        for place in ways - {NOWHERE, UNDER}:
            if place == NUMBER:
                found = pc.if_else(pc.equal(places, NUMBER), self._plans.numbers.written(at), found)
                continue
            value = self._of_rows(place).take(at)
            words = self._moments.written(value) if place % 2 else value.cast(pa.date32()).cast(pa.string())
            found = pc.if_else(pc.equal(places, place), words, found)
        return found
