"""Does the rulebook stay data, and does every pure package stand under the import contract?"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence

from tests.code_health.house_rules.house_rule import PURE_PACKAGES, Fault, HouseRule, SourceFile, file_by_file

DATA_FOLDERS = ("rulebook", "forms")


def code_among_data(file: SourceFile) -> Iterator[Fault]:
    """Python in a data folder, beyond the empty file that lets the folder be read as a resource."""
    if file.name != "__init__.py" or [node for node in file.tree.body if type(node).__name__ != "Expr"]:
        yield Fault(file.path, 1, "code lies in a folder of data")


def unguarded_packages(files: Sequence[SourceFile]) -> list[Fault]:
    """Pure packages that exist and that pyproject.toml does not name under the contract `pure`."""
    there = {file.folders[2] for file in files if file.path.startswith("src/") and len(file.folders) > 2}
    guarded: set[str] = set()
    for file in files:
        if file.name == "pyproject.toml":
            contracts = tomllib.loads(file.text)["tool"]["importlinter"]["contracts"]
            guarded |= {name for each in contracts if each["id"] == "pure" for name in each["source_modules"]}
    return [
        Fault("pyproject.toml", 1, f"the contract `pure` does not name isovigil.{package}")
        for package in PURE_PACKAGES
        if package in there and f"isovigil.{package}" not in guarded
    ]


def _contract_over(package: str) -> SourceFile:
    return SourceFile(
        "pyproject.toml",
        f'[[tool.importlinter.contracts]]\nid = "pure"\nsource_modules = ["isovigil.{package}"]\n',
    )


RULES = (
    HouseRule(
        asks=f"The folders {' and '.join(DATA_FOLDERS)} hold data, not code.",
        why="A clinician signs these files; a number computed there has no date and no citation.",
        instead="Write the value as YAML with its source, and put the code that reads it into exchange.",
        looks_at=tuple(f"src/isovigil/{folder}/*.py" for folder in DATA_FOLDERS),
        faults=file_by_file(code_among_data),
        passing=(SourceFile("src/isovigil/rulebook/__init__.py", '"""The dated values."""\n'),),
        failing=(SourceFile("src/isovigil/rulebook/__init__.py", "WINDOW_DAYS = 7\n"),),
    ),
    HouseRule(
        asks="Every pure package stands under the import contract `pure`.",
        why="import-linter refuses packages that do not exist yet, so the list grows by hand.",
        instead="Add the package to source_modules of the contract `pure` in pyproject.toml.",
        looks_at=("src/*.py", "pyproject.toml"),
        faults=unguarded_packages,
        passing=(SourceFile("src/isovigil/law/law.py", ""), _contract_over("law")),
        failing=(SourceFile("src/isovigil/indicators/audit.py", ""), _contract_over("law")),
    ),
)
