"""Does NOTICE name everybody whose codes, scales or texts we carry?"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from tests.code_health.house_rules.house_rule import Fault, HouseRule, SourceFile

# What betrays borrowed content in our files, and the heading NOTICE then needs.
BORROWED: Mapping[str, str] = {
    r"loinc\.org": "LOINC",
    r"whocc\.no": "ATC",
    r"\bCTCAE\b": "CTCAE",
    r"\bPHQ-?[29]\b": "PHQ",
    r"\bGAD-?[27]\b": "GAD",
    r"snomed\.info": "SNOMED CT",
    r"nlm\.nih\.gov/research/umls/rxnorm": "RxNorm",
    r"unitsofmeasure\.org": "UCUM",
}


def uncredited(files: Sequence[SourceFile]) -> list[Fault]:
    """Borrowed content whose owner NOTICE does not name under a heading of its own."""
    credited = {
        line.strip()
        for file in files
        if file.path == "NOTICE"
        for line in file.text.splitlines()
        if line.strip()
    }
    faults = []
    for file in files:
        for sign, heading in BORROWED.items():
            match = re.search(sign, file.text, re.IGNORECASE)
            if file.path != "NOTICE" and match and heading not in credited:
                line = file.text.count("\n", 0, match.start()) + 1
                faults.append(
                    Fault(file.path, line, f"{match[0]} is used; NOTICE has no heading '{heading}'")
                )
    return faults


RULES = (
    HouseRule(
        asks="NOTICE names everybody whose codes, scales or texts the product carries.",
        why="Their terms ask for it, and a hospital's lawyer reads this file first.",
        instead="Add a heading with the owner's words to NOTICE.",
        looks_at=("NOTICE", "src/*"),
        faults=uncredited,
        passing=(
            SourceFile("NOTICE", "CTCAE\nNCI.\n"),
            SourceFile("src/isovigil/rulebook/a.yaml", "CTCAE 5.0"),
        ),
        failing=(SourceFile("NOTICE", "LOINC\n"), SourceFile("src/isovigil/rulebook/a.yaml", "CTCAE 5.0")),
    ),
)
