"""Are the decision records and the list of changes kept as people expect them?"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from tests.code_health.house_rules.house_rule import Fault, HouseRule, SourceFile, file_by_file

NUMBERED = re.compile(r"^(\d{4})-[a-z0-9][a-z0-9-]*\.md$")
PARTS_OF_A_RECORD = ("Status:", "## Context", "## Decision", "## Consequences")


def twice_numbered(files: Sequence[SourceFile]) -> list[Fault]:
    """Decision records that share a number, or have none."""
    by_number: dict[str, list[SourceFile]] = defaultdict(list)
    faults = []
    for file in files:
        if file.name == "README.md":
            continue
        match = NUMBERED.match(file.name)
        if match is None:
            faults.append(Fault(file.path, 1, "the name is not NNNN-what-was-decided.md"))
        else:
            by_number[match[1]].append(file)
    for number, sharing in sorted(by_number.items()):
        faults += [
            Fault(file.path, 1, f"number {number} is taken by {sharing[0].name}") for file in sharing[1:]
        ]
    return faults


def incomplete_record(file: SourceFile) -> Iterator[Fault]:
    """A decision record without one of its parts."""
    if file.name != "README.md":
        for part in PARTS_OF_A_RECORD:
            if not any(line.startswith(part) for line in file.text.splitlines()):
                yield Fault(file.path, 1, f"there is no line that begins with {part!r}")


def nowhere_to_write_changes(file: SourceFile) -> Iterator[Fault]:
    """A list of changes without a place for the next one."""
    if "## Unreleased" not in file.text.splitlines():
        yield Fault(file.path, 1, "there is no section '## Unreleased'")


_COMPLETE = "# Title\n\nStatus: accepted\n\n## Context\n\n## Decision\n\n## Consequences\n"

RULES = (
    HouseRule(
        asks="Every decision record has a number of its own.",
        why="Two people number their records on the same day, and afterwards 'record 12' means two things.",
        instead="Rename the newer one to the next free number in docs/adr/.",
        looks_at=("docs/adr/*.md",),
        faults=twice_numbered,
        passing=(SourceFile("docs/adr/0001-a.md", ""), SourceFile("docs/adr/0002-b.md", "")),
        failing=(SourceFile("docs/adr/0001-a.md", ""), SourceFile("docs/adr/0001-b.md", "")),
    ),
    HouseRule(
        asks="A decision record states its status, context, decision and consequences.",
        why="A decision without its context cannot be revisited when the context changes.",
        instead="Copy the headings of docs/adr/0001-*.md; one sentence under each can be enough.",
        looks_at=("docs/adr/*.md",),
        faults=file_by_file(incomplete_record),
        passing=(SourceFile("docs/adr/0001-a.md", _COMPLETE),),
        failing=(SourceFile("docs/adr/0001-a.md", _COMPLETE.replace("Status", "Date")),),
    ),
    HouseRule(
        asks="CHANGELOG.md has a section for what is not released yet.",
        why="A change nobody writes down on the day it is made is not written down at all.",
        instead="Put the heading '## Unreleased' above the newest release.",
        looks_at=("CHANGELOG.md",),
        faults=file_by_file(nowhere_to_write_changes),
        passing=(SourceFile("CHANGELOG.md", "# Changes\n\n## Unreleased\n"),),
        failing=(SourceFile("CHANGELOG.md", "# Changes\n\n## 1.0\n"),),
    ),
)
