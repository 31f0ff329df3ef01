"""Which one case does a FHIR input hold, for a command that takes one case?"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Final

from isovigil.case.case import Case
from isovigil.exchange.fhir.outcome import Issue, told_in_words
from isovigil.exchange.fhir.reading import read_fhir
from isovigil.exchange.problems import CaseProblems, Problem

_MOST_TOLD: Final = 20
_SEE_ALL: Final = "`isovigil from-fhir` lists everything that was unread or doubtful."


def case_of_fhir(
    data: bytes,
    name: str,
    *,
    programme: str | None = None,
    tell: Callable[[str], object] | None = None,
) -> Case:
    """The case of a FHIR input about one patient.

    What was unread or doubtful is told, on standard error where `tell` is not given: never in silence.
    Raises CaseProblems where nothing may be judged, or where there is not exactly one patient.
    """
    reading = read_fhir([data], programme=programme)
    if reading.fatal:
        raise CaseProblems(
            name, [Problem(each.expression, "", each.text, _SEE_ALL) for each in reading.fatal]
        )
    if len(reading.cases) != 1:
        message = f"The input is about {len(reading.cases)} patients; one case is judged at a time."
        remedy = "Split it with `isovigil from-fhir FILE --out FOLDER`, and review the folder."
        raise CaseProblems(name, [Problem("the whole input", "", message, remedy)])
    say = tell or _on_standard_error
    for line in _notes(name, reading.issues):
        say(line)
    return reading.cases[0]


def _notes(name: str, issues: Sequence[Issue]) -> list[str]:
    lines = told_in_words(issues, ("error", "warning"))
    if not lines:
        return []
    rest = len(lines) - _MOST_TOLD
    more = [f"... and {rest} more. {_SEE_ALL}"] if rest > 0 else []
    heading = f"{name}: read as FHIR; {len(lines)} unread or doubtful:"
    return [heading, *(f"  {line}" for line in lines[:_MOST_TOLD]), *more]


def _on_standard_error(line: str) -> None:
    sys.stderr.write(f"{line}\n")
