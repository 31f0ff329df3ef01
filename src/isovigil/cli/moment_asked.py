"""Which day or instant did the person type?"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from datetime import UTC, date, datetime

from isovigil.usecases.review_cases import AskedMoment


class CallProblem(Exception):
    """The call itself is wrong; the message says what was typed and what would be accepted."""


def check_choice(option: str, given: str, accepted: Sequence[str]) -> None:
    """Raises CallProblem when the word given is not one of those accepted."""
    if given not in accepted:
        close = difflib.get_close_matches(given, accepted, n=1)
        meant = f" Did you mean {close[0]}?" if close else ""
        raise CallProblem(f"{option} {given!r} is not one of {', '.join(accepted)}.{meant}")


def day_typed(text: str, option: str) -> date:
    """A calendar day as YYYY-MM-DD. Raises CallProblem with what was typed."""
    try:
        return date.fromisoformat(text)
    except ValueError as wrong:
        raise CallProblem(
            f"{option} {text!r} is not a calendar day ({wrong}). Write it as YYYY-MM-DD, "
            "for example 2024-03-11."
        ) from None


def instant_typed(text: str, option: str) -> datetime:
    """An instant with its offset. Raises CallProblem with what was typed."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise CallProblem(
            f"{option} {text!r} is not an instant with an offset. Write it as, for example, "
            "2024-03-11T09:30:00-04:00."
        )
    return instant


def moment_typed(on: str | None, at: str | None, known_by: str | None) -> AskedMoment:
    """The moment asked about. Without --on and --at it is now, read here from the clock."""
    if on is not None and at is not None:
        raise CallProblem("--on and --at were both given. Give one: a day, or an instant.")
    known: date | datetime | None = None
    if known_by is not None:
        is_day = len(known_by) == len("2024-03-11")
        known = day_typed(known_by, "--known-by") if is_day else instant_typed(known_by, "--known-by")
    if on is not None:
        return AskedMoment(day_typed(on, "--on"), None, None, known)
    if at is not None:
        return AskedMoment(None, instant_typed(at, "--at"), None, known)
    return AskedMoment(None, None, datetime.now(UTC), known)
