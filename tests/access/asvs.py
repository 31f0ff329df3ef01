"""Which item of OWASP ASVS 5.0 does which test cover, and which is not covered, and why?

`python -m tests.access.asvs` writes docs/validation/asvs.md; a test fails while it is out of date.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar

ROOT: Final = Path(__file__).resolve().parents[2]
PAGE: Final = ROOT / "docs" / "validation" / "asvs.md"
Test = TypeVar("Test", bound=Callable[..., Any])


def covers(*requirements: str) -> Callable[[Test], Test]:
    """Says on a test which requirements of ASVS 5.0 it checks, as "v5.0.0-7.2.4" without the version."""

    def told(test: Test) -> Test:
        assert requirements
        return test

    return told


class Item(NamedTuple):
    """One group of requirements that the product set itself."""

    number: int
    requirements: str
    asks: str
    otherwise: str = ""
    """Where no test of ours says `covers`: which other check stands for it, or why there is none yet."""


def found_in(folder: Path) -> dict[str, list[str]]:
    """Read from the code: every test that says which requirement it covers."""
    found: dict[str, list[str]] = defaultdict(list)
    for file in sorted(folder.rglob("test_*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                for requirement in _said(node):
                    found[requirement].append(f"{file.relative_to(ROOT).as_posix()}::{node.name}")
    return dict(found)


def _said(test: ast.FunctionDef) -> list[str]:
    return [
        str(argument.value)
        for decorator in test.decorator_list
        if isinstance(decorator, ast.Call)
        and isinstance(decorator.func, ast.Name)
        and decorator.func.id == "covers"
        for argument in decorator.args
        if isinstance(argument, ast.Constant)
    ]
