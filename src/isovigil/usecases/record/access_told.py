"""How does the table of access read on paper: role by verb, role by kind of fact?"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Final, get_args

from isovigil.case.kinds import KINDS
from isovigil.case.words import AssessmentOutcome
from isovigil.decisions.clearing import FAVOURABLE
from isovigil.exchange.review_markdown import table
from isovigil.usecases.record.access import (
    ENDS_A_HOLD_FOR_SELF_HARM,
    KINDS_RECORDED,
    KINDS_SEEN,
    LETS_TREATMENT_GO_ON,
    MAY,
    OPENED_BY_BROKEN_GLASS,
)
from isovigil.usecases.record.acting import OWN_RECORD_ROLES, Role

_ROLES: Final[tuple[Role, ...]] = get_args(Role)
_HEADS: Final = tuple(role.replace("_", " ") for role in _ROLES)
_WRITTEN: Final = "<!-- Written by `make docs` from usecases/record/access.py. Change that instead. -->"


def access_matrix() -> str:
    """docs/access-matrix.md: every cell of the table, and what a blank one means."""
    own = " and ".join(sorted(role for role in OWN_RECORD_ROLES))
    glass = ", ".join(_plain(verb) for verb in sorted(OPENED_BY_BROKEN_GLASS))
    breakers = ", ".join(_plain(role) for role in _ROLES if role in MAY["break_glass"])
    goes_on = ", ".join(_plain(role) for role in _ROLES if role in LETS_TREATMENT_GO_ON)
    judged = " or ".join(_plain(each) for each in sorted(ENDS_A_HOLD_FOR_SELF_HARM))
    outcomes = " or ".join(f"`{each}`" for each in FAVOURABLE)
    held = ", ".join(f"`{each}`" for each in get_args(AssessmentOutcome) if each not in FAVOURABLE)
    lines = [
        _WRITTEN,
        "",
        "# Who may do and see what",
        "",
        "A blank cell is refused, and so is whatever is not in these tables. Every role belongs to one",
        "clinic: nothing of another clinic is seen or done, whatever the role. A role is looked up at every",
        f"request. For {own} every cell is about one record, their own. `tests/access` asks for every cell:",
        "of the table, and of each page for each role, for its own and another clinic's patient.",
        "",
        "## Verbs",
        "",
        *table(("May", *_HEADS), [(_plain(verb), *_cells(roles)) for verb, roles in MAY.items()]),
        f"Broken glass opens {glass} for one patient, for an hour, to: {breakers}. The reason stands in the",
        "log and in what the patient reads about who looked.",
        "",
        "## Kinds of fact seen",
        "",
        *_kinds(KINDS_SEEN),
        "## Kinds of fact recorded",
        "",
        *_kinds(KINDS_RECORDED),
        f"An assessment of {judged} whose outcome is {outcomes} lets treatment go on after thoughts of",
        f"self-harm: of the roles above it is recorded by {goes_on} alone, also as a correction, and so is",
        f"taking back one that is {held}. One that is {held}, and the withdrawal of one that let",
        "treatment go on, are open to every role that records assessments, since they err towards holding.",
        "What is imported from elsewhere is transcription, and stays as it was judged there.",
    ]
    return "\n".join(lines).strip() + "\n"


def _kinds(by_role: Mapping[Role, Collection[str]]) -> Iterable[str]:
    rows = [
        (_plain(kind), *_cells([role for role in _ROLES if kind in by_role[role]])) for kind in sorted(KINDS)
    ]
    return table(("Kind", *_HEADS), rows)


def _cells(roles: Collection[Role]) -> list[str]:
    return ["yes" if role in roles else "" for role in _ROLES]


def _plain(name: str) -> str:
    return name.replace("_", " ")
