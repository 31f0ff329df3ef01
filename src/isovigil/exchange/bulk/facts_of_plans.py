"""Which facts do rows make that follow the plans of their templates?

Rows of one template that have the same texts make the same fact but for id, days and number. So each value is
set in the facts of many rows at once.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from collections.abc import Iterable
from itertools import repeat
from typing import TYPE_CHECKING, Any

from msgspec.structs import force_setattr, replace

from isovigil.case.fact import Fact
from isovigil.exchange.bulk.numbers_of_rows import OwnValues
from isovigil.exchange.bulk.plan_columns import VALUES
from isovigil.exchange.bulk.rows_of_plans import RowsOfPlans
from isovigil.exchange.bulk.template_plans import PRESCRIPTION
from isovigil.exchange.bulk.values_of_rows import ValuesOfRows

if TYPE_CHECKING:
    import pyarrow as pa


class FactsOfPlans:
    """The facts of rows in some places, in their order. Each of the rows makes one by its plan.

    What they hold is worked out for all of them; they are made some at a time, so that the few in hand stay
    within reach of the processor while one value after the other is set.
    """

    def __init__(self, plans: RowsOfPlans, values: ValuesOfRows, at: pa.Array) -> None:
        import pyarrow.compute as pc

        self.facts: list[Any] = [None] * len(at)
        """Nothing where none is made, or in hand any more."""
        self._alike = list(map(plans.alike.__getitem__, plans.of_each.take(at).to_pylist()))
        self._names = plans.names.take(at)
        named = plans.refers_to.take(at)
        rows = pc.indices_nonzero(named.is_valid())
        under = OwnValues(rows.to_pylist(), [PRESCRIPTION] * len(rows), named.take(rows).to_pylist())
        own = [*(values.own(value, at) for value in VALUES), plans.numbers.own(at), under]
        self._own = [each for each in own if each.rows]

    def make(self, begin: int, end: int) -> None:
        """Make the facts of a run of the rows."""
        facts = self.facts
        facts[begin:end] = map(replace, self._alike[begin:end])
        _set(facts[begin:end], repeat("id"), self._names[begin:end].to_pylist())
        for rows, attributes, values in self._own:
            first = bisect_left(rows, begin)
            some = slice(first, bisect_left(rows, end, first))
            _set(map(facts.__getitem__, rows[some]), attributes[some], values[some])

    def let_go(self, begin: int, end: int) -> None:
        """Keep the facts of a run of the rows no longer."""
        self.facts[begin:end] = [None] * (end - begin)


def _set(facts: Iterable[Fact], attributes: Iterable[str], values: Iterable[Any]) -> None:
    deque(map(force_setattr, facts, attributes, values), maxlen=0)
