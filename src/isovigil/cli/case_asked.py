"""Which one case, judged at which moment, did the person ask about?"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from isovigil.cli.moment_asked import CallProblem, moment_typed
from isovigil.exchange.rulebook_files import load_rulebook
from isovigil.law.rulebook import Rulebook
from isovigil.usecases.review_cases import Reviewed, review_paths


class Asked(NamedTuple):
    """What was typed about one case."""

    case: str
    on: str | None = None
    at: str | None = None
    known_by: str | None = None
    programme: str | None = None
    policy: str | None = None
    overlay: str | None = None


def review_asked(asked: Asked) -> tuple[Reviewed, Rulebook]:
    """The review of the one case. Raises CallProblem when the path names none or several."""
    rulebook = load_rulebook(Path(asked.overlay) if asked.overlay else None)
    moment = moment_typed(asked.on, asked.at, asked.known_by)
    outcomes = list(review_paths([asked.case], rulebook, moment, asked.programme, asked.policy))
    if len(outcomes) != 1:
        raise CallProblem(
            f"{asked.case!r} holds {len(outcomes)} case files. "
            "Name one of them, for one case is explained at a time."
        )
    return outcomes[0], rulebook
