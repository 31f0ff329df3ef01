"""Does any file name a machine, a person's folder or a package registry?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tests.code_health.house_rules.house_rule import Fault, HouseRule, SourceFile, file_by_file

# Written with brackets so that this file does not break its own rule.
MACHINE_PATHS = re.compile(r"(?<![\w.])[/](root|work|home/(?!role/)\w+|Users/\w+|opt/(?!isovigil/)\w+)/")
"""The address of the page `home/role/` and the folder that the service file suggests are ours."""
REGISTRY_HOSTS = re.compile(
    r"pypi[.]org|files[.]pythonhosted[.]org|registry[.]npmjs[.]org|deb[.]debian[.]org|crates[.]io"
)
MACHINE = "/" + "root"
INDEX_OPTIONS = re.compile(r"^\s*--(index-url|extra-index-url|find-links|trusted-host)\b")


def machine_names(file: SourceFile) -> Iterator[Fault]:
    """Lines that are true on one machine only."""
    for number, line in enumerate(file.text.splitlines(), start=1):
        for pattern in (MACHINE_PATHS, REGISTRY_HOSTS):
            match = pattern.search(line)
            if match:
                yield Fault(file.path, number, f"{match[0]} names one machine or registry")


def named_indexes(file: SourceFile) -> Iterator[Fault]:
    """Lines of a lock that say where files are fetched."""
    for number, line in enumerate(file.text.splitlines(), start=1):
        if INDEX_OPTIONS.match(line):
            yield Fault(file.path, number, f"{line.strip()} names an index")


RULES = (
    HouseRule(
        asks="No file names a machine's folder, a package registry or a package index.",
        why="It is wrong on every other machine, and a mirror's address can be a secret.",
        instead="Use a path from the repository's root; the index comes from pip at run time.",
        looks_at=("*",),
        faults=file_by_file(machine_names),
        passing=(SourceFile("docs/how-to/install.md", "Type `make install` in the repository.\n"),),
        failing=(SourceFile("docs/how-to/install.md", f"cd {MACHINE}/isovigil\n"),),
    ),
    HouseRule(
        asks="A lock names files by their hash, never by their index.",
        why="The hash is what is trusted; the place may differ on every machine.",
        instead="Run `make lock`, which leaves indexes out.",
        looks_at=("requirements/*.txt",),
        faults=file_by_file(named_indexes),
        passing=(SourceFile("requirements/core.txt", "rich==1 \\\n    --hash=sha256:00\n"),),
        failing=(SourceFile("requirements/core.txt", "--index-url somewhere\n"),),
    ),
)
