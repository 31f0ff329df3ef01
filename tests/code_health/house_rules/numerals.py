"""Does every clinical or regulatory number come from the rulebook?"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence

from tests.code_health.house_rules.house_rule import Fault, HouseRule, SourceFile

# Counting and signs: nothing, one, the one before, a pair.
PLAIN_NUMBERS = {0, 1, 2}

# file::number -> why this number is neither law nor medicine. An entry nobody needs is itself a fault.
EXPLAINED_NUMBERS: Mapping[str, str] = {
    "src/isovigil/decisions/ctcae.py::16384": "a bound on memory: how many graded results are kept",
    "src/isovigil/decisions/laboratory_bands.py::16384": "a bound on memory: how many places are kept",
    "src/isovigil/decisions/laboratory_calm.py::32": "a bound on memory: of how many tables it is kept",
    "src/isovigil/decisions/laboratory_results.py::16384": "a bound on memory: values kept in words",
    "src/isovigil/decisions/outline.py::18": "what outlines tell: the younger are asked one by one",
    "src/isovigil/decisions/outline.py::366": "what outlines tell: medicines of these days are looked at",
    "src/isovigil/decisions/shared_answers.py::1024": "a bound on memory: how many outlines are kept",
    "src/isovigil/decisions/shared_answers.py::2048": "a bound on memory: how many groups are kept",
    "src/isovigil/decisions/verdict.py::4096": "a bound on memory: how many verdicts are kept",
}


def numerals_of(file: SourceFile) -> Iterator[tuple[int, int | float]]:
    """Every numeral beyond the plain ones, with its line."""
    for node in ast.walk(file.tree):
        if not isinstance(node, ast.Constant) or isinstance(node.value, bool):
            continue
        if isinstance(node.value, int | float) and node.value not in PLAIN_NUMBERS:
            yield node.lineno, node.value


def bare_numerals(
    files: Sequence[SourceFile], explained: Mapping[str, str] = EXPLAINED_NUMBERS
) -> list[Fault]:
    """Numerals without an explanation, and explanations without a numeral."""
    faults = []
    met = set()
    for file in files:
        for line, number in numerals_of(file):
            met.add(f"{file.path}::{number}")
            if f"{file.path}::{number}" not in explained:
                faults.append(Fault(file.path, line, f"the bare number {number}"))
    seen = {file.path for file in files}
    unneeded = [name for name in sorted(explained.keys() - met) if name.partition("::")[0] in seen]
    faults += [Fault(name.partition("::")[0], 1, f"{name} is explained and gone") for name in unneeded]
    return faults


RULES = (
    HouseRule(
        asks="No rule holds a bare number other than -1, 0, 1 and 2.",
        why="A regulatory or clinical number changes on a date and needs a citation; in code it has neither.",
        instead="Read it with its name from the law. Any other goes into EXPLAINED_NUMBERS with why.",
        looks_at=("src/isovigil/decisions/*.py", "src/isovigil/indicators/*.py"),
        faults=bare_numerals,
        passing=(SourceFile("src/isovigil/decisions/dose.py", "latest = facts[-1]\nhalf = whole / 2\n"),),
        failing=(SourceFile("src/isovigil/decisions/dose.py", "open_for = 7\n"),),
    ),
)
