"""Which counts would give people away, and which others must be hidden so that nobody can work them out?"""

from __future__ import annotations

from collections.abc import Mapping

HIDDEN = None
"""What stands where a count is hidden."""


def is_small(count: int, below: int) -> bool:
    """Does a count give people away: from 1 up to the one below the threshold? 0 is nobody."""
    return 0 < count < below


def hide_small_cells(cells: Mapping[str, int], below: int) -> dict[str, int | None]:
    """The cells of one table whose total is known, with every small one hidden.

    Complementary suppression: where the hidden cells together would still be small, or only one cell is
    hidden, so that subtraction from the total would tell it, the next smallest cell that is not 0 is hidden,
    too. A table without another such cell hides its zeros: then all are hidden.
    """
    hidden = {name for name, count in cells.items() if is_small(count, below)}
    if not hidden:
        return dict(cells)
    rest = sorted((count, name) for name, count in cells.items() if name not in hidden and count)
    while rest and (len(hidden) < _TOO_FEW or sum(cells[name] for name in hidden) < below):
        hidden.add(rest.pop(0)[1])
    if len(hidden) < _TOO_FEW or sum(cells[name] for name in hidden) < below:
        hidden = set(cells)
    return {name: HIDDEN if name in hidden else count for name, count in cells.items()}


_TOO_FEW = 2
"""Cells: one hidden cell alone is the total less the others."""


def hide_small_share(numerator: int, denominator: int, below: int) -> tuple[int | None, int | None]:
    """A numerator and its denominator: both hidden where few people are in it at all, the numerator where
    few are in it or few are left out of it, since the one tells the other.
    """
    if is_small(denominator, below):
        return HIDDEN, HIDDEN
    if is_small(numerator, below) or is_small(denominator - numerator, below):
        return HIDDEN, denominator
    return numerator, denominator
