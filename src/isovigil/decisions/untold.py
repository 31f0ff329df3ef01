"""How is it said that nobody recorded something, where no authority asks for it?"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from isovigil.case.fact import Fact
from isovigil.decisions.finding import Mover, Outcome, ids
from isovigil.law.value import Dated


def untold(
    says: str,
    *,
    needs: str,
    whose_move: Mover = "prescriber",
    facts: Iterable[Fact | None] = (),
    values: tuple[Dated[Any], ...] = (),
) -> Outcome:
    """Unknown, and never a pass; but nothing is due, so treatment continues and no step is listed."""
    return Outcome("unknown", says, needs, whose_move, None, ids(facts), values, False, None, "continue")
