"""Does the model still reproduce what was published, and where does it not?"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from isovigil.forecast.biomarkers.priors import published
from isovigil.forecast.biomarkers.validation import ValidationRow, validation_rows
from isovigil.forecast.outcome import Outcome, outcome_of
from isovigil.forecast.parameters import ParameterSet, Reading, hash_of, load
from isovigil.forecast.validate_exposure import exposure_figures
from isovigil.forecast.validate_response import relapse_figures, response_figures


class Target(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One published figure, what is accepted, and whether it was used to fit the model.

    ``known_miss`` says why the model misses it; empty when it should be met.
    """

    row: str
    key: str
    quantity: str
    published: str
    unit: str
    low: float
    high: float
    used_in_fitting: bool
    source: str
    decimals: int
    known_miss: str = ""


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
    """Every published figure against the model, with the hash of what produced it.

    ``rows`` are those of exposure, skin and relapse, ``biomarkers`` those of the blood results.
    """

    rows: tuple[Comparison, ...]
    biomarkers: tuple[ValidationRow, ...]
    people: int
    seed: int
    parameter_hash: str

    def with_outcome(self, outcome: Outcome) -> tuple[Comparison | ValidationRow, ...]:
        """The rows of one outcome, blood results last."""
        rows: tuple[Comparison | ValidationRow, ...] = (*self.rows, *self.biomarkers)
        return tuple(row for row in rows if row.outcome is outcome)


def validation_table(people: int = 20_000, seed: int = 20_250_101) -> ValidationTable:
    """Compare the model with every published figure it is held to.

    ``people`` virtual adults of 70 kg give the exposure means and CVs; response figures are those
    of the typical person; blood results are integrated over their cohorts, without sampling.
    """
    sets = {name: load(name) for name in ("exposure", "response", "relapse", "targets")}
    figures: dict[str, float] = exposure_figures(Reading(sets["exposure"]), people, seed)
    figures |= response_figures(Reading(sets["exposure"]), Reading(sets["response"]))
    figures |= relapse_figures(Reading(sets["relapse"]))
    return ValidationTable(
        rows=compared(sets["targets"], figures),
        biomarkers=validation_rows(),
        people=people,
        seed=seed,
        parameter_hash=hash_of(*sets.values(), published()),
    )


def compared(targets: ParameterSet, figures: Mapping[str, float]) -> tuple[Comparison, ...]:
    """Each target beside the model's figure; a figure that is not there is an error, not a pass."""
    rows = []
    for raw in targets.tables["targets"]:
        target = msgspec.convert(raw, Target)
        model = figures[target.key]
        outcome = outcome_of(model, target.low, target.high, target.known_miss)
        rows.append(Comparison(target, model, outcome, targets.sources[target.source].cite))
    return tuple(rows)
