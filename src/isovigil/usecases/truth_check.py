"""Does a replay find every violation that was planted, and nothing else?"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple, TypeAlias

from isovigil.decisions.replay import Replay

Charge: TypeAlias = tuple[str, str, str]
"""A patient, the id of a prescription or hand-over, and the rule it breaks."""

COLUMNS = ("patient", "act", "rule")
_MOST_TOLD = 20


class TruthUnreadable(Exception):
    """The truth table cannot be read. The text says what is wrong with it."""


class TruthCheck(NamedTuple):
    """What was planted, what was found, and where the two differ."""

    planted: int
    found: int
    agreed: int
    missed: tuple[Charge, ...]
    """Planted and not found, in order."""
    unplanted: tuple[Charge, ...]
    """Found and not planted, in order."""

    @property
    def recall(self) -> float | None:
        """The share of what was planted that was found; None where nothing was planted."""
        return self.agreed / self.planted if self.planted else None

    @property
    def precision(self) -> float | None:
        """The share of what was found that was planted; None where nothing was found."""
        return self.agreed / self.found if self.found else None

    @property
    def is_perfect(self) -> bool:
        """Was everything planted found, and nothing else?"""
        return not self.missed and not self.unplanted

    def missed_by_rule(self) -> dict[str, int]:
        """How many charges of each rule were missed, most first."""
        return dict(Counter(rule for _, _, rule in self.missed).most_common())


def check_truth(truth: Iterable[Charge], found: Iterable[Charge]) -> TruthCheck:
    """Compare the charges planted with those found about the same people. A charge told twice counts once."""
    planted, charged = set(truth), set(found)
    return TruthCheck(
        planted=len(planted),
        found=len(charged),
        agreed=len(planted & charged),
        missed=tuple(sorted(planted - charged)),
        unplanted=tuple(sorted(charged - planted)),
    )


def charges_of(replayed: Replay) -> Iterator[Charge]:
    """The charges that a replay brings against one patient's acts: every rule that made a verdict worse
    than ready, whether it was known not to be met or nobody had recorded that it was.
    """
    for act in replayed.acts:
        for reason in act.because:
            yield replayed.patient, act.act, reason.rule


def read_truth(path: Path) -> list[Charge]:
    """The charges of a truth table. Raises TruthUnreadable."""
    try:
        with path.open(newline="", encoding="utf-8") as file:
            reader = csv.DictReader(file)
            lacking = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
            if lacking:
                raise TruthUnreadable(
                    f"{path} has no column {', '.join(lacking)}. `isovigil synthesize` writes one that has."
                )
            return [(row["patient"], row["act"], row["rule"]) for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as wrong:
        raise TruthUnreadable(f"{path} cannot be read as a truth table: {wrong}.") from None


def told(check: TruthCheck) -> str:
    """The check in words, with what differs: at most twenty charges of each sort."""
    counts = f"Planted {check.planted:,}, found {check.found:,}, agreed {check.agreed:,}"
    lines = [f"{counts}: recall {_share(check.recall)}, precision {_share(check.precision)}."]
    for name, charges in (("Missed", check.missed), ("Not planted", check.unplanted)):
        if charges:
            lines.append(f"{name} ({len(charges):,}):")
            lines += [f"  {patient}  {act}  {rule}" for patient, act, rule in charges[:_MOST_TOLD]]
        if len(charges) > _MOST_TOLD:
            lines.append(f"  ... and {len(charges) - _MOST_TOLD:,} more")
    return "\n".join(lines)


def _share(share: float | None) -> str:
    """Four digits, and never rounded up to 1."""
    if share is None:
        return "not defined (none)"
    return "1.0" if share == 1 else f"{int(share * 10_000) / 10_000:.4f}"
