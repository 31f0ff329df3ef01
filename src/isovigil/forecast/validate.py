"""Does the model still reproduce what was published, and where does it not?"""

from __future__ import annotations

import enum
from collections.abc import Mapping

import msgspec

from isovigil.forecast.parameters import ParameterSet, Reading, hash_of, load
from isovigil.forecast.validate_exposure import exposure_figures
from isovigil.forecast.validate_response import relapse_figures, response_figures


class Outcome(enum.StrEnum):
    """How a figure of the model compares with the published one."""

    MET = "met"
    MISSED = "missed"
    KNOWN_MISS = "known miss"


class Target(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One published figure, what is accepted, and whether it was used to fit the model."""

    row: str
    key: str
    quantity: str
    published: str
    unit: str
    low: float
    high: float
    used_in_fitting: bool
    known_miss: bool
    source: str
    decimals: int


class Comparison(msgspec.Struct, frozen=True):
    """One line of the validation table."""

    target: Target
    model: float
    outcome: Outcome
    citation: str

    @property
    def model_text(self) -> str:
        """The model's value with the decimals of the published one."""
        return f"{self.model:,.{self.target.decimals}f}"

    @property
    def accepted_text(self) -> str:
        """The accepted range in words."""
        digits = self.target.decimals
        return f"{self.target.low:,.{digits}f} to {self.target.high:,.{digits}f}"


class ValidationTable(msgspec.Struct, frozen=True):
    """Every published figure against the model, with the hash of what produced it."""

    rows: tuple[Comparison, ...]
    people: int
    seed: int
    parameter_hash: str

    def with_outcome(self, outcome: Outcome) -> tuple[Comparison, ...]:
        """The rows of one outcome."""
        return tuple(row for row in self.rows if row.outcome is outcome)


def validation_table(people: int = 20_000, seed: int = 20_250_101) -> ValidationTable:
    """Compare the model with every published exposure, response and relapse figure.

    ``people`` virtual adults of 70 kg give the exposure means and CVs; response figures are those
    of the typical person. Biomarkers have their own table.
    """
    sets = {name: load(name) for name in ("exposure", "response", "relapse", "targets")}
    figures: dict[str, float] = exposure_figures(Reading(sets["exposure"]), people, seed)
    figures |= response_figures(Reading(sets["exposure"]), Reading(sets["response"]))
    figures |= relapse_figures(Reading(sets["relapse"]))
    return ValidationTable(
        rows=compared(sets["targets"], figures),
        people=people,
        seed=seed,
        parameter_hash=hash_of(*sets.values()),
    )


def compared(targets: ParameterSet, figures: Mapping[str, float]) -> tuple[Comparison, ...]:
    """Each target beside the model's figure; a figure that is not there is an error, not a pass."""
    rows = []
    for raw in targets.tables["targets"]:
        target = msgspec.convert(raw, Target)
        model = figures[target.key]
        outcome = Outcome.KNOWN_MISS if target.known_miss else Outcome.MISSED
        if target.low <= model <= target.high:
            outcome = Outcome.MET
        rows.append(Comparison(target, model, outcome, targets.sources[target.source].cite))
    return tuple(rows)
