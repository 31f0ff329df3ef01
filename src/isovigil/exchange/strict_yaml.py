"""Does a YAML file say exactly what its kind of file may say, and where does it not?"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import Any

from isovigil.exchange.problems import did_you_mean, one_of, shown
from isovigil.exchange.rulebook_problems import FileProblem
from isovigil.exchange.yaml_events import Path, Place, parse_yaml

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Part:
    """One value of a file that is being read strictly, with its place and the file's problems.

    Each question that the value does not answer is noted as a problem and answered with None, so
    that reading goes on and all problems are told together.
    """

    def __init__(
        self, file: str, value: Any, path: Path, places: dict[Path, Place], problems: list[FileProblem]
    ) -> None:
        self.file = file
        self.value = value
        self.path = path
        self._places = places
        self.problems = problems

    @property
    def line(self) -> int:
        """The line the value begins on; of the nearest thing around it, where it is missing."""
        path = self.path
        while path and path not in self._places:
            path = path[:-1]
        return self._places[path].line if path in self._places else 1

    @property
    def is_given(self) -> bool:
        """Is there a value at all? `null` and an absent key are the same."""
        return self.value is not None

    def refuse(self, says: str) -> None:
        """Note a problem at this place."""
        self.problems.append(FileProblem(self.file, self.line, says))

    def _at(self, step: str | int, value: Any) -> Part:
        return Part(self.file, value, (*self.path, step), self._places, self.problems)

    # -- what holds other values ---------------------------------------------------------

    def fields(self, required: Collection[str], optional: Collection[str] = ()) -> dict[str, Part]:
        """The parts of a mapping that has all `required` keys and none beyond the `optional` ones."""
        known = (*required, *optional)
        given = self._mapping()
        if given is None:
            return {key: self._at(key, None) for key in known}
        for key in given:
            if key not in known:
                meant = did_you_mean(key, tuple(known))
                if given[key] is None:
                    meant += "If it belongs to the text before it, put that text in quotation marks. "
                self._at(key, None).refuse(
                    f"the key {shown(key)} is not known here. {meant}Known: {one_of(known)}."
                )
        for key in required:
            if given.get(key) is None:
                self.refuse(f"{key} is missing: it must be given here.")
        return {key: self._at(key, given.get(key)) for key in known}

    def entries(self) -> Iterator[tuple[str, Part]]:
        """The keys of a mapping whose keys are free, each with its part."""
        for key, value in (self._mapping() or {}).items():
            yield key, self._at(key, value)

    def _mapping(self) -> dict[str, Any] | None:
        if isinstance(self.value, dict):
            return self.value
        if self.is_given:
            self.refuse(f"{shown(self.value)} stands where `key: value` lines belong.")
        return None

    def items(self, *, at_least: int = 0) -> list[Part]:
        """The parts of a list."""
        if not self.is_given:
            return []
        if not isinstance(self.value, list):
            self.refuse(f"{shown(self.value)} stands where a list belongs.")
            return []
        if len(self.value) < at_least:
            self.refuse(f"the list has {len(self.value)} items; it needs at least {at_least}.")
        return [self._at(place, value) for place, value in enumerate(self.value)]

    # -- plain values ----------------------------------------------------------------------

    def text(self) -> str | None:
        """A text that is not empty."""
        if isinstance(self.value, str) and self.value.strip():
            return self.value
        self._refuse_unless("a text that is not empty")
        return None

    def word(self, words: Sequence[str]) -> Any:
        """One word out of a closed list."""
        if isinstance(self.value, str) and self.value in words:
            return self.value
        meant = did_you_mean(self.value, tuple(words)) if isinstance(self.value, str) else ""
        self._refuse_unless(one_of(words), meant)
        return None

    def day(self) -> date | None:
        """A calendar day, written 2026-11-21."""
        day = day_written(self.value)
        if day is None:
            self._refuse_unless("a day such as 2026-11-21")
        return day

    def flag(self) -> bool | None:
        """True or false."""
        if isinstance(self.value, bool):
            return self.value
        self._refuse_unless("true or false")
        return None

    def _refuse_unless(self, what: str, meant: str = "") -> None:
        """Note that a value is not what it should be. An absent one was noted where it is required."""
        if self.is_given:
            self.refuse(f"{shown(self.value)} is not {what}. {meant}".rstrip())


def day_written(value: Any) -> date | None:
    """The day that a text writes as 2026-11-21, and in no other way; else None."""
    if not isinstance(value, str) or _DAY.fullmatch(value) is None:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def read_strictly(text: str, file: str, problems: list[FileProblem]) -> Part:
    """The whole of one YAML file as a part, its YAML problems noted already."""
    read = parse_yaml(text, file)
    problems.extend(FileProblem(file, found.line, found.says) for found in read.problems)
    whole = Part(file, read.value, (), read.places, problems)
    if read.value is None and not read.problems:
        whole.refuse("the file is empty.")
    return whole
