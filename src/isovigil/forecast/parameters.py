"""Which published value does each part of the forecast use, how sure is it, and who said so?

A parameter set is one TOML file in ``isovigil/forecast/published``. Every parameter carries a
value, a unit, bounds, a distribution between people, the row of the source it came from, a
confidence and the keys of its sources. Nothing numeric about the drug or the body is written in
the Python of this package.
"""

from __future__ import annotations

import hashlib
import json
import math
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from typing import Any, TypeVar

import msgspec

DISTRIBUTIONS = ("fixed", "normal", "lognormal", "logitnormal")
CONFIDENCES = {
    "A": "label or paper text read",
    "B": "abstract or secondary page seen",
    "C": "derived or calibrated here",
    "D": "recalled from the literature, not retrieved",
}
QUALITIES = ("good", "moderate", "weak", "assumption")


class Source(msgspec.Struct, frozen=True):
    """One publication: what it is, where it is, and what kind of study stands behind it."""

    key: str
    cite: str
    url: str | None = None
    study: str | None = None


class Parameter(msgspec.Struct, frozen=True):
    """One number of the model with everything needed to judge it.

    ``spread`` is the standard deviation between people on the scale of the distribution (natural
    log for ``lognormal``, log-odds for ``logitnormal``, the unit itself for ``normal``).
    ``uncertainty`` is the standard deviation of our knowledge of the typical value, on the same
    scale; the two are never mixed in one band.
    """

    name: str
    value: float
    unit: str
    low: float
    high: float
    row: str
    confidence: str
    sources: tuple[str, ...]
    distribution: str = "fixed"
    spread: float = 0.0
    uncertainty: float = 0.0
    quality: str = "moderate"
    note: str | None = None


Kind = TypeVar("Kind", Source, Parameter)


class ParameterSetInvalid(ValueError):
    """A published parameter file breaks its own schema; every problem is listed."""

    def __init__(self, name: str, problems: list[str]) -> None:
        self.problems = tuple(problems)
        listed = "\n".join(f"  - {problem}" for problem in problems)
        super().__init__(f"The parameter set {name!r} cannot be used:\n{listed}")


class ParameterSet(msgspec.Struct, frozen=True):
    """A named, frozen set of parameters, its sources and its tables.

    ``tables`` holds published rows that are not single numbers (priors by age and sex, validation
    targets, evidence grades). They are part of the hash.
    """

    name: str
    title: str
    version: str
    parameters: Mapping[str, Parameter]
    sources: Mapping[str, Source]
    tables: Mapping[str, Any]
    hash: str

    def __getitem__(self, name: str) -> Parameter:
        """The parameter called ``name``; raises KeyError naming the set and what it does hold."""
        try:
            return self.parameters[name]
        except KeyError:
            known = ", ".join(sorted(self.parameters))
            raise KeyError(f"The parameter set {self.name!r} holds no {name!r}. It holds: {known}.") from None

    def value(self, name: str) -> float:
        """The typical value of ``name`` in its own unit."""
        return self[name].value

    def spread(self, name: str) -> float:
        """The standard deviation of ``name`` between people, on the scale of its distribution."""
        return self[name].spread

    def citations(self, names: Iterable[str]) -> tuple[Source, ...]:
        """The sources of the parameters in ``names``, each once, in order of first use."""
        keys = dict.fromkeys(key for name in names for key in self[name].sources)
        return tuple(self.sources[key] for key in keys)


class Reading:
    """A reader that remembers which parameters it was asked for.

    An output built through a reading can print the citations it actually used, and no others.

    >>> reading = Reading(load("exposure"))
    >>> reading.value("clearance") > 0
    True
    >>> "clearance" in reading.used
    True
    """

    def __init__(self, parameters: ParameterSet) -> None:
        self.parameters = parameters
        self._used: dict[str, None] = {}

    @property
    def used(self) -> tuple[str, ...]:
        """Names asked for so far, in order of first use."""
        return tuple(self._used)

    def parameter(self, name: str) -> Parameter:
        """The parameter called ``name``, remembered as used."""
        found = self.parameters[name]
        self._used[name] = None
        return found

    def value(self, name: str) -> float:
        """The typical value of ``name``, remembered as used."""
        return self.parameter(name).value

    def citations(self) -> tuple[Source, ...]:
        """The sources of every parameter used so far."""
        return self.parameters.citations(self._used)


@cache
def load(name: str) -> ParameterSet:
    """The published parameter set called ``name`` (``published/<name>.toml``), checked.

    Raises FileNotFoundError when no such set is shipped and ParameterSetInvalid with all problems
    when the file breaks the schema. The answer is frozen and shared.
    """
    folder = resources.files("isovigil.forecast").joinpath("published")
    file = folder.joinpath(f"{name}.toml")
    if not file.is_file():
        shipped = sorted(f.name[:-5] for f in folder.iterdir() if f.name.endswith(".toml"))
        raise FileNotFoundError(
            f"No parameter set {name!r} is published here. Shipped sets: {', '.join(shipped)}."
        )
    return read_set(name, file.read_text(encoding="utf-8"))


def read_set(name: str, text: str) -> ParameterSet:
    """A parameter set from the text of its TOML file; raises ParameterSetInvalid."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ParameterSetInvalid(name, [f"not TOML: {error}"]) from None
    problems = [
        f"unknown top-level key {key!r}"
        for key in raw.keys() - {"title", "version", "sources", "parameters", "tables"}
    ]
    problems += [f"missing {key!r}" for key in ("title", "version") if key not in raw]
    sources = _convert_all(raw.get("sources", {}), Source, "key", "sources", problems)
    found = _convert_all(raw.get("parameters", {}), Parameter, "name", "parameters", problems)
    for parameter in found.values():
        problems.extend(_problems_of(parameter, sources))
    if problems:
        raise ParameterSetInvalid(name, problems)
    return ParameterSet(
        name=name,
        title=raw["title"],
        version=raw["version"],
        parameters=found,
        sources=sources,
        tables=raw.get("tables", {}),
        hash=_digest(raw),
    )


def hash_of(*sets: ParameterSet) -> str:
    """One short hash over several sets, printed on every output (12 hexadecimal digits)."""
    joined = "\n".join(sorted(f"{item.name} {item.hash}" for item in sets))
    return hashlib.sha256(joined.encode()).hexdigest()[:12]


def _convert_all(
    raw: Mapping[str, Any], kind: type[Kind], name_field: str, where: str, problems: list[str]
) -> dict[str, Kind]:
    """Read each table under ``where`` as ``kind``, adding its key as ``name_field``."""
    out: dict[str, Kind] = {}
    allowed = {field.name for field in msgspec.structs.fields(kind)}
    for key, fields in raw.items():
        unknown = sorted(fields.keys() - allowed)
        if unknown:
            problems.append(f"{where}.{key}: unknown keys {unknown}")
        try:
            out[key] = msgspec.convert({**fields, name_field: key}, kind, strict=False)
        except msgspec.ValidationError as error:
            problems.append(f"{where}.{key}: {error}")
    return out


def _problems_of(parameter: Parameter, sources: Mapping[str, Source]) -> list[str]:
    """Everything wrong with one parameter, in words."""
    at = f"parameters.{parameter.name}"
    problems = []
    numbers = (parameter.value, parameter.low, parameter.high, parameter.spread)
    if not all(math.isfinite(number) for number in (*numbers, parameter.uncertainty)):
        problems.append(f"{at}: every number must be finite")
    if not parameter.low <= parameter.value <= parameter.high:
        problems.append(
            f"{at}: value {parameter.value} lies outside its bounds {parameter.low} to {parameter.high}"
        )
    if parameter.spread < 0 or parameter.uncertainty < 0:
        problems.append(f"{at}: spread and uncertainty cannot be negative")
    if parameter.distribution not in DISTRIBUTIONS:
        problems.append(f"{at}: distribution {parameter.distribution!r} is not {DISTRIBUTIONS}")
    if parameter.distribution == "fixed" and parameter.spread:
        problems.append(f"{at}: a fixed parameter has no spread between people")
    if parameter.confidence not in CONFIDENCES:
        problems.append(f"{at}: confidence {parameter.confidence!r} is not one of A, B, C, D")
    if parameter.quality not in QUALITIES:
        problems.append(f"{at}: quality {parameter.quality!r} is not {QUALITIES}")
    if not parameter.sources:
        problems.append(f"{at}: no source; a number without a source is not used here")
    problems += [f"{at}: source {key!r} is not listed" for key in parameter.sources if key not in sources]
    return problems


def _digest(raw: Mapping[str, Any]) -> str:
    """SHA-256 of the set's meaning: key order and layout of the file do not change it."""
    canonical = json.dumps(raw, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(canonical.encode()).hexdigest()
