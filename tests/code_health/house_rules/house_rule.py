"""What is a house rule, and on which files does it look?"""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cache, cached_property
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[3]
PURE_PACKAGES = ("calendar", "case", "law", "decisions", "indicators", "forecast", "proof")


@dataclass(frozen=True)
class SourceFile:
    """One file of the repository, or of an example: its path from the root, and its text."""

    path: str
    text: str

    @property
    def folders(self) -> tuple[str, ...]:
        """The folders the file lies in, outermost first."""
        return tuple(self.path.split("/")[:-1])

    @property
    def name(self) -> str:
        """The file's name with its ending."""
        return self.path.split("/")[-1]

    @cached_property
    def tree(self) -> ast.Module:
        """The parsed Python. A file that does not parse is ruff's business, and reads as empty here."""
        try:
            return ast.parse(self.text)
        except SyntaxError:
            return ast.Module(body=[], type_ignores=[])

    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        """Every function and method of the file, nested ones too."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield node


@dataclass(frozen=True)
class Fault:
    """One place where a rule is broken, with what was found there."""

    path: str
    line: int
    found: str

    def __str__(self) -> str:
        return f"  {self.path}:{self.line}: {self.found}"


@dataclass(frozen=True)
class HouseRule:
    """A rule of the house: what it asks, why, what to do instead, and two examples that prove it looks."""

    asks: str
    why: str
    instead: str
    looks_at: tuple[str, ...]
    faults: Callable[[Sequence[SourceFile]], list[Fault]]
    passing: tuple[SourceFile, ...]
    failing: tuple[SourceFile, ...]

    def broken_in(self, files: Sequence[SourceFile]) -> list[Fault]:
        """The faults among those of the files this rule looks at."""
        return self.faults(
            [file for file in files if any(fnmatch(file.path, glob) for glob in self.looks_at)]
        )

    def lesson(self, faults: Sequence[Fault]) -> str:
        """What a person reads when the rule is broken."""
        places = "\n".join(map(str, faults))
        return f"\n{self.asks}\n{places}\nWhy: {self.why}\nInstead: {self.instead}"


def file_by_file(
    faults_in: Callable[[SourceFile], Iterator[Fault]],
) -> Callable[[Sequence[SourceFile]], list[Fault]]:
    """A check of one file, as a check of many."""
    return lambda files: [fault for file in files for fault in faults_in(file)]


@cache
def repository_files() -> tuple[SourceFile, ...]:
    """Every text file that is, or is about to be, under version control."""
    return tuple(
        SourceFile(path, text)
        for path in sorted(set(_paths()))
        if (text := _text_of(REPOSITORY / path)) is not None
    )


def _paths() -> list[str]:
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    try:
        listing = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):  # an unpacked archive has no history to ask
        roots = ("src", "tests", "bench", "docs", "requirements", "scenarios")
        listing = "\0".join(
            file.relative_to(REPOSITORY).as_posix()
            for root in roots
            for file in (REPOSITORY / root).rglob("*")
            if "__pycache__" not in file.parts
        )
    return [path for path in listing.split("\0") if path]


def _text_of(file: Path) -> str | None:
    """The file's text, or None for a picture, a folder, or a file that somebody just removed."""
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
