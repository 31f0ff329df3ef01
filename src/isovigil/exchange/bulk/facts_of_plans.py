"""Which facts do rows make that follow the plans of their templates?

Rows of one template that have the same texts make the same fact but for id, days and number. So each value is
set in the facts of many rows at once.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from itertools import repeat
from typing import TYPE_CHECKING, Any

from msgspec.structs import force_setattr, replace

from isovigil.case.fact import Fact
from isovigil.exchange.bulk.plan_columns import VALUES
from isovigil.exchange.bulk.rows_of_plans import RowsOfPlans
from isovigil.exchange.bulk.template_plans import PRESCRIPTION
from isovigil.exchange.bulk.values_of_rows import ValuesOfRows

if TYPE_CHECKING:
    import pyarrow as pa


def facts_of_plans(plans: RowsOfPlans, values: ValuesOfRows, at: pa.Array) -> list[Fact]:
    """The facts of rows in some places, in their order. Each of the rows makes one by its plan."""
    import pyarrow.compute as pc

    facts = list(map(replace, map(plans.alike.__getitem__, plans.of_each.take(at).to_pylist())))
    _set(facts, repeat("id"), plans.names.take(at).to_pylist())
    for value in VALUES:
        own = values.own(value, at)
        _set([facts[row] for row in own.rows], own.attributes, own.values)
    rows_with_numbers, attributes, numbers = plans.numbers.own(at)
    _set([facts[row] for row in rows_with_numbers], attributes, numbers)
    named = plans.refers_to.take(at)
    rows = pc.indices_nonzero(named.is_valid())
    _set([facts[row] for row in rows.to_pylist()], repeat(PRESCRIPTION), named.take(rows).to_pylist())
    return facts


def _set(facts: Sequence[Fact], attributes: Iterable[str], values: Iterable[Any]) -> None:
    deque(map(force_setattr, facts, attributes, values), maxlen=0)
