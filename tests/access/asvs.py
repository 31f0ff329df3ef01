"""Which item of OWASP ASVS 5.0 does which test cover, and which is not covered, and why?

`python -m tests.access.asvs` writes docs/validation/asvs.md; a test fails while it is out of date.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

from tests.access.asvs_items import ITEMS, Item

ROOT: Final = Path(__file__).resolve().parents[2]
PAGE: Final = ROOT / "docs" / "validation" / "asvs.md"
Test = TypeVar("Test", bound=Callable[..., Any])


def covers(*requirements: str) -> Callable[[Test], Test]:
    """Says on a test which requirements of ASVS 5.0 it checks, as "v5.0.0-7.2.4" without the version."""

    def told(test: Test) -> Test:
        assert requirements
        return test

    return told


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


def page() -> str:
    """The whole of docs/validation/asvs.md."""
    found = found_in(ROOT / "tests")
    lines = [
        "<!-- Written by `python -m tests.access.asvs` from tests/access. Change those instead. -->",
        "",
        "# OWASP ASVS 5.0: what is checked, and where",
        "",
        "Our own list of fifty groups of requirements: all of level 2 that applies, chosen ones of level 3.",
        "A test says which requirement it covers; what is open is named. Not an audit, and no certificate.",
        "",
        "| Item | Requirements | Our check | Tests | What is open |",
        "| --- | --- | --- | --- | --- |",
    ]
    lines += [_row(item, found) for item in ITEMS]
    return "\n".join(lines) + "\n"


def _row(item: Item, found: dict[str, list[str]]) -> str:
    tests = [*item.elsewhere, *(test for each in item.requirements for test in found.get(each, ()))]
    files = dict.fromkeys(test.partition("::")[0] for test in tests)
    told = "<br>".join(f"`{file}`" for file in files) or "–"
    return f"| {item.number} | {', '.join(item.requirements)} | {item.asks} | {told} | {item.open or '–'} |"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
