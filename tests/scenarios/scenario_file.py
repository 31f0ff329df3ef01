"""What may a scenario file say, and what does each file hold?"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeVar

import msgspec

from isovigil.exchange.yaml_events import parse_yaml

SCENARIOS = Path(__file__).resolve().parents[2] / "scenarios"
BASES = "bases.yaml"

Gate = Literal["start", "prescribe", "dispense"]
Verdict = Literal["stop", "hold", "waiting", "ready"]
Answer = Literal["met", "met_by_discretion", "not_met", "unknown", "not_applicable"]
Action = Literal["continue", "recheck", "no_uptitrate", "reduce", "hold", "stop", "emergency"]
FactChanges = dict[str, dict[str, Any]]
T = TypeVar("T")


class ScenarioProblem(Exception):
    """A scenario file, or a patient it describes, is not what it must be."""


class Strict(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Refuses keys it does not know, so that a misspelt expectation never passes for one."""


class ExpectedFinding(Strict, frozen=True, kw_only=True):
    """What one rule must answer. What is not stated is not looked at."""

    answer: Answer | msgspec.UnsetType = msgspec.UNSET
    amber: bool | msgspec.UnsetType = msgspec.UNSET
    strength: str | msgspec.UnsetType = msgspec.UNSET
    gates: list[Gate] | msgspec.UnsetType = msgspec.UNSET
    whose_move: str | msgspec.UnsetType = msgspec.UNSET
    satisfiable_from: str | msgspec.UnsetType | None = msgspec.UNSET
    action: Action | msgspec.UnsetType | None = msgspec.UNSET
    needs_names: str | None = None
    says_names: list[str] = []


class ExpectedWindow(Strict, frozen=True, kw_only=True):
    """First and last day of the hand-over window, and the instant it closes."""

    opens_on: str
    closes_on: str
    closes_at: str | msgspec.UnsetType = msgspec.UNSET


class ExpectedTask(Strict, frozen=True, kw_only=True):
    """One next step that must be on the list."""

    what: str
    who: str | msgspec.UnsetType = msgspec.UNSET
    opens_on: str | msgspec.UnsetType | None = msgspec.UNSET
    due_on: str | msgspec.UnsetType | None = msgspec.UNSET
    closes_on: str | msgspec.UnsetType | None = msgspec.UNSET


class ExpectedReading(Strict, frozen=True, kw_only=True):
    """One other reading of the law that must be listed."""

    regime: str | msgspec.UnsetType = msgspec.UNSET
    gates: dict[Gate, Verdict] = {}
    first_reason: dict[Gate, str | None] = {}
    because: dict[Gate, list[str]] = {}
    window: ExpectedWindow | msgspec.UnsetType | None = msgspec.UNSET


class Expected(ExpectedReading, frozen=True, kw_only=True):
    """The answer a case must get; `clinical` is the worst action that any clinical rule asks for."""

    clinical: Action | None = None
    overlays: list[str] | msgspec.UnsetType = msgspec.UNSET
    findings: dict[str, ExpectedFinding] = {}
    tasks: list[ExpectedTask] = []
    no_tasks: list[str] = []
    alternatives: list[ExpectedReading] | msgspec.UnsetType = msgspec.UNSET
    refusal: Literal["no rule in force", "programme not modelled"] | None = None


class Differences(Strict, frozen=True, kw_only=True):
    """What differs from the base patient: people's words first, then facts."""

    patient: dict[str, str | None] = {}
    time_zone: str | None = None
    programme: str | None = None
    policy: str | None = None
    with_: list[dict[str, Any]] = msgspec.field(name="with", default=[])
    without: list[str] = []
    change: FactChanges = {}
    restore: list[str] = []


class ScenarioCase(Differences, frozen=True, kw_only=True):
    """One sentence about one patient on one day, and the answer it must get."""

    name: str
    arithmetic: str | None = None
    base: str | None = None
    on: str | None = None
    at: str | None = None
    known_by: str | None = None
    expect: Expected


class ScenarioFile(Strict, frozen=True, kw_only=True):
    """Cases about one rule: where the expectation comes from, and which numbers it stands on both sides of.

    In a ladder each case starts from the facts of the case before it, the first from the base.
    """

    about: str
    source: dict[str, str]
    base: str
    pins: list[str] = []
    ladder: bool = False
    cases: list[ScenarioCase]


class Moved(Strict, frozen=True, kw_only=True):
    """The same patient, every date moved by so many days."""

    base: str
    by_days: int


class Base(Strict, frozen=True, kw_only=True):
    """A complete patient to start from: either facts, or another base moved to other dates."""

    about: str
    patient: dict[str, str] = {}
    facts: list[dict[str, Any]] = []
    moved: Moved | None = None
    with_: list[dict[str, Any]] = msgspec.field(name="with", default=[])
    without: list[str] = []
    change: FactChanges = {}


class BaseFile(Strict, frozen=True, kw_only=True):
    """The base patients of one programme."""

    programme: str
    bases: dict[str, Base]


def read_strictly(path: Path, kind: type[T]) -> T:
    """The file as plain YAML 1.2, checked against `kind`; raises ScenarioProblem with the file's name."""
    name = path.relative_to(SCENARIOS).as_posix()
    read = parse_yaml(path.read_text(encoding="utf-8"), name)
    if read.problems:
        raise ScenarioProblem("\n".join(map(str, read.problems)))
    try:
        return msgspec.convert(read.value, kind)
    except msgspec.ValidationError as problem:
        raise ScenarioProblem(f"{name}: {problem}") from None


@cache
def scenario_paths() -> tuple[Path, ...]:
    """Every scenario file, in order of its path."""
    return tuple(sorted(path for path in SCENARIOS.rglob("*.yaml") if path.name != BASES))


def programme_of(path: Path) -> str:
    """The programme whose folder a scenario file lies in, or `clinical` for what no programme decides."""
    return path.relative_to(SCENARIOS).parts[0]


@cache
def scenario_file(path: Path) -> ScenarioFile:
    """The cases of one file."""
    return read_strictly(path, ScenarioFile)


@cache
def bases_of(programme: str) -> dict[str, Base]:
    """The base patients of one programme, by name."""
    return read_strictly(SCENARIOS / programme / BASES, BaseFile).bases


@cache
def lens_of(folder: str) -> str:
    """The programme through whose law the cases of a folder are seen, unless a case names another."""
    return read_strictly(SCENARIOS / folder / BASES, BaseFile).programme
