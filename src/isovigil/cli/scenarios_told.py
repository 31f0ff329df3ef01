"""Which scenarios speak about which rule?"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from isovigil.exchange.yaml_events import parse_yaml


class ScenarioFile(NamedTuple):
    """One file of scenarios: the rule it is about and the sentences of its cases."""

    path: str
    programme: str
    about: str
    cases: tuple[str, ...]
    sources: tuple[str, ...]


def scenarios_told(folder: Path) -> list[ScenarioFile]:
    """Every scenario file of `scenarios/<programme>/<topic>/`, in the order of its path."""
    told = []
    for path in sorted(folder.glob("*/*/*.yaml")):
        held = parse_yaml(path.read_text(encoding="utf-8"), path.name).value
        if not isinstance(held, dict) or "about" not in held:
            continue
        cases = tuple(str(case.get("name", "")) for case in held.get("cases", ()) if isinstance(case, dict))
        sources = held.get("source")
        told.append(
            ScenarioFile(
                path=f"scenarios/{path.relative_to(folder).as_posix()}",
                programme=path.relative_to(folder).parts[0],
                about=str(held["about"]),
                cases=cases,
                sources=tuple(sources) if isinstance(sources, dict) else (),
            )
        )
    return told
