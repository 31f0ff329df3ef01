"""How is a refused rulebook described, so that a person can put it right?"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec


class FileProblem(msgspec.Struct, frozen=True, order=True):
    """One thing wrong in one file: where, and what to do about it."""

    file: str
    line: int
    says: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.says}"


class RulebookProblems(Exception):
    """The rulebook, or a clinic's overlay over it, is refused. Carries every problem of every file."""

    def __init__(self, problems: Iterable[FileProblem], what: str = "The rulebook") -> None:
        self.problems = tuple(sorted(problems))
        self.what = what
        super().__init__(self.problems, what)

    def __str__(self) -> str:
        count = len(self.problems)
        heading = f"{self.what} cannot be used: {count} problem{'' if count == 1 else 's'}."
        return "\n".join([heading, *map(str, self.problems)])
