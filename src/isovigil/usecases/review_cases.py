"""Which case files are to be reviewed, and what came of each?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from isovigil.calendar.window import last_instant
from isovigil.case.case import Case
from isovigil.decisions.review import Review, ReviewNotPossible, review
from isovigil.exchange.case_file import CaseProblems, load_case
from isovigil.law.refusal import NoRuleInForce, ProgrammeNotModelled
from isovigil.law.rulebook import Rulebook, UnknownPolicy, UnknownProgramme

CASE_FILE_ENDINGS = (".yaml", ".yml", ".json")
STANDARD_INPUT = "-"


class AskedMoment(NamedTuple):
    """The moment a person asks about: a day, an instant, or now; and what was known by when."""

    on: date | None
    at: datetime | None
    now: datetime | None
    known_by: datetime | date | None


class Reviewed(NamedTuple):
    """One case and what came of it: a review, or why there is none."""

    name: str
    case: Case | None
    review: Review | None
    trouble: str | None
    exit_code: Literal[0, 2, 3]


def case_paths(paths: Sequence[str]) -> Iterator[str]:
    """Each case file meant: a file as named, a directory as its case files in order of name."""
    for given in paths:
        path = Path(given)
        if given != STANDARD_INPUT and path.is_dir():
            yield from sorted(
                str(found)
                for found in path.rglob("*")
                if found.suffix in CASE_FILE_ENDINGS and found.is_file()
            )
        else:
            yield given


def review_paths(
    paths: Sequence[str],
    rulebook: Rulebook,
    moment: AskedMoment,
    programme: str | None = None,
    policy: str | None = None,
) -> Iterator[Reviewed]:
    """Review each case file in turn. A bad one is reported, and the others are still reviewed."""
    for name in case_paths(paths):
        yield _review_one(name, rulebook, moment, programme, policy)


def _review_one(
    name: str, rulebook: Rulebook, moment: AskedMoment, programme: str | None, policy: str | None
) -> Reviewed:
    case: Case | None = None
    try:
        case = load_case(name, programme=programme)
        return Reviewed(name, case, review_at(case, rulebook, moment, programme, policy), None, 0)
    except (CaseProblems, ReviewNotPossible, UnknownProgramme, UnknownPolicy) as trouble:
        return Reviewed(name, case, None, str(trouble), 2)
    except (NoRuleInForce, ProgrammeNotModelled) as refusal:
        return Reviewed(name, case, None, f"{name}: {refusal}", 3)


def review_at(
    case: Case,
    rulebook: Rulebook,
    moment: AskedMoment,
    programme: str | None = None,
    policy: str | None = None,
) -> Review:
    """Review one case at the moment asked about.

    "Now" judges this instant and knows everything in the file that is dated today: a fact without
    `recorded_at` has been recorded, since it can be read, although its day is not over.
    """
    if moment.now is None:
        return review(
            case,
            rulebook,
            moment.at,
            moment.known_by,
            on=moment.on,
            programme=programme,
            policy=policy,
        )
    zone = ZoneInfo(case.time_zone)
    known_by = moment.known_by or last_instant(moment.now.astimezone(zone).date(), zone)
    return review(case, rulebook, moment.now, known_by, programme=programme, policy=policy)
