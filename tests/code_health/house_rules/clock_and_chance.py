"""Do the pure packages read a clock or roll dice?

import-linter bans the modules `time` and `random`; this finds what hides inside allowed ones: the class
methods of datetime, and numpy's shared random state.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.code_health.house_rules.house_rule import PURE_PACKAGES, Fault, HouseRule, SourceFile, file_by_file

CLOCK_READINGS = {"today", "now", "utcnow", "localtime", "gmtime", "perf_counter", "monotonic", "time_ns"}
CLOCKS = {"date", "datetime", "time"}
# What may be taken from numpy.random: kinds of generator, which are nothing until somebody seeds them.
SEEDED = {"Generator", "SeedSequence", "BitGenerator", "PCG64", "PCG64DXSM", "Philox", "default_rng"}


def clock_readings(file: SourceFile) -> Iterator[Fault]:
    """Places where the moment comes from the machine instead of from an argument."""
    for node in ast.walk(file.tree):
        if not isinstance(node, ast.Attribute):
            continue
        owner = dotted(node.value).rpartition(".")[2]
        if (node.attr in CLOCK_READINGS and owner in CLOCKS) or (owner == "time" and node.attr == "time"):
            yield Fault(file.path, node.lineno, f"{dotted(node)} reads the machine's clock")


def shared_chance(file: SourceFile) -> Iterator[Fault]:
    """Places where a number comes from randomness that everybody shares."""
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Attribute):
            module, _, last = dotted(node).rpartition(".")
            if module == "random" or (module.endswith(".random") and last not in SEEDED):
                yield Fault(file.path, node.lineno, f"{module}.{last} draws from a state nobody seeded")


def unseeded_generators(file: SourceFile) -> Iterator[Fault]:
    """Generators that seed themselves from the machine."""
    for node in ast.walk(file.tree):
        if not isinstance(node, ast.Call) or not dotted(node.func).endswith("default_rng"):
            continue
        if not node.args and not any(keyword.arg == "seed" for keyword in node.keywords):
            yield Fault(file.path, node.lineno, "default_rng() seeds itself from the machine")


def dotted(node: ast.expr) -> str:
    """The name a chain of attributes spells: `np.random.normal`. Empty for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}".lstrip(".")
    return ""


_PURE = tuple(f"src/isovigil/{package}/*.py" for package in PURE_PACKAGES)

RULES = (
    HouseRule(
        asks="No pure package reads a clock.",
        why="The same case, moment and knowledge must give the same answer tomorrow and in a replay.",
        instead="Take `at` or `on` as an argument; only the faces know what time it is.",
        looks_at=_PURE,
        faults=file_by_file(clock_readings),
        passing=(SourceFile("src/isovigil/law/law.py", "def in_force(law, on):\n    return on.today\n"),),
        failing=(SourceFile("src/isovigil/law/law.py", "import datetime\nday = datetime.date.today()\n"),),
    ),
    HouseRule(
        asks="No pure package draws a random number without a seed it was handed.",
        why="A forecast that cannot be repeated cannot be checked, nor a failing example reproduced.",
        instead="Take a seed or a numpy Generator as an argument: rng = np.random.default_rng(seed).",
        looks_at=_PURE,
        faults=file_by_file(shared_chance),
        passing=(
            SourceFile("src/isovigil/forecast/draws.py", "rng = np.random.default_rng(seed)\nrng.normal()\n"),
        ),
        failing=(SourceFile("src/isovigil/forecast/draws.py", "x = np.random.normal()\n"),),
    ),
    HouseRule(
        asks="A random generator is made from a seed.",
        why="Without one it asks the machine, and no two runs agree.",
        instead="Write default_rng(seed) with the seed from the caller.",
        looks_at=_PURE,
        faults=file_by_file(unseeded_generators),
        passing=(SourceFile("src/isovigil/forecast/draws.py", "rng = default_rng(seed)\n"),),
        failing=(SourceFile("src/isovigil/forecast/draws.py", "rng = default_rng()\n"),),
    ),
)
