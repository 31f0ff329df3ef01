"""In which words and signs is a review told to a person?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from isovigil.calendar.days import Period, in_words
from isovigil.law.value import Dated


class Sign(NamedTuple):
    """How one word of the contract is shown: a symbol and a word, so that colour is never alone."""

    symbol: str
    word: str
    tone: str
    """good, wait, bad or plain: what a face may colour, in addition."""


VERDICTS: Mapping[str, Sign] = {
    "ready": Sign("✔", "READY", "good"),
    "waiting": Sign("…", "WAITING", "wait"),
    "hold": Sign("‖", "HOLD", "bad"),
    "stop": Sign("✖", "STOP", "bad"),
}
ANSWERS: Mapping[str, Sign] = {
    "met": Sign("✔", "met", "good"),
    "met_by_discretion": Sign("✔", "met by discretion", "good"),
    "not_met": Sign("✖", "not met", "bad"),
    "unknown": Sign("?", "unknown", "wait"),
    "not_applicable": Sign("–", "does not apply", "plain"),
}
AMBER = Sign("!", "look at this", "wait")
GATES: Mapping[str, str] = {"start": "Start", "prescribe": "Prescribe", "dispense": "Dispense"}
GATE_QUESTIONS: Mapping[str, str] = {
    "start": "May the first dose be taken?",
    "prescribe": "May a prescription be issued now?",
    "dispense": "May the capsules be handed over now?",
}
ACTIONS: Mapping[str, str] = {
    "continue": "Continue",
    "recheck": "Check again",
    "no_uptitrate": "Do not raise the dose",
    "reduce": "Reduce the dose",
    "hold": "Hold treatment",
    "stop": "Stop treatment",
    "emergency": "Emergency: stop treatment and act now",
}
STRENGTHS: Mapping[str, str] = {
    "law": "law",
    "licence": "licence",
    "guidance": "guidance",
    "discretion": "discretion of the regulator",
    "local_default": "our own default",
}
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_UNITS: Mapping[str, str] = {
    "m[IU]/mL": "mIU/mL",
    "mg/kg": "mg/kg",
    "mg/kg/d": "mg/kg a day",
    "a": "years",
    "year": "years",
    "{score}": "points",
}
_ONE_SECOND = timedelta(seconds=1)
_NEW_LINE = ord("\n")
_REORDERING = (*range(0x202A, 0x202F), *range(0x2066, 0x206A))
_UNSEEN = dict.fromkeys((*range(0x20), *range(0x7F, 0xA0), *_REORDERING), "\N{REPLACEMENT CHARACTER}")
del _UNSEEN[_NEW_LINE]


def visible(text: str) -> str:
    """The text with every character that would steer a terminal or reorder a line made visible."""
    return text.translate(_UNSEEN)


def plain(word: str) -> str:
    """A word of the contract as people write it: ``pregnancy test`` for ``pregnancy_test``."""
    return word.replace("_", " ")


def sentence(text: str) -> str:
    """The text with a capital letter and a full stop."""
    text = text.strip()
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")


def counted(count: int, one: str, many: str | None = None) -> str:
    """``1 problem``, ``2 problems``."""
    return f"{count} {one if count == 1 else many or one + 's'}"


def listed(texts: Sequence[str], last: str = "and") -> str:
    """``a, b and c``."""
    if len(texts) < len(("one", "other")):
        return "".join(texts)
    return f"{', '.join(texts[:-1])} {last} {texts[-1]}"


def weekday_in_words(day: date) -> str:
    """``Monday 11 March 2024``."""
    return f"{_WEEKDAYS[day.weekday()]} {in_words(day)}"


def zone_of(instant: datetime) -> str:
    """The name of an instant's zone, such as ``America/New_York``; else its offset from UTC."""
    return str(getattr(instant.tzinfo, "key", None) or f"UTC{instant:%z}")


def instant_in_words(instant: datetime) -> str:
    """``Monday 11 March 2024, 09:30 (America/New_York)``; seconds only where they say something."""
    clock = f"{instant:%H:%M}" if instant.second == 0 else f"{instant:%H:%M:%S}"
    return f"{weekday_in_words(instant.date())}, {clock} ({zone_of(instant)})"


def until_in_words(first_different: datetime) -> str:
    """Until when something stands that is different from an instant on.

    Midnight is told as the end of the day before: nobody should have to ask which midnight is meant.
    """
    if first_different.time() == time.min:
        last = (first_different - _ONE_SECOND).date()
        return f"the end of {weekday_in_words(last)} ({zone_of(first_different)})"
    return instant_in_words(first_different)


def number_in_words(value: float) -> str:
    """A number as written by hand: no trailing zeros, never in powers of ten."""
    text = f"{value:.4f}".rstrip("0").rstrip(".")
    return text if float(text) == value or abs(value) >= 1 else f"{value:.6g}"


def value_in_words(value: Any, unit: str) -> str:
    """A dated value with its unit: ``7 days``, ``1 calendar month``, ``yes``, ``25 mIU/mL``."""
    if isinstance(value, Period):
        return value.in_words()
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return in_words(value)
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, Mapping):
        return "; ".join(f"{plain(str(key))}: {value_in_words(of, unit)}" for key, of in value.items())
    if isinstance(value, list | tuple | set | frozenset):
        if unit not in {"words", "map", "table"} and len(value) == len(("from", "to")):
            low, high = value
            return f"{value_in_words(low, 'number')} to {value_in_words(high, unit)}"
        return ", ".join(value_in_words(one, unit) for one in value) or "none"
    if isinstance(value, int | float):
        return _with_unit(value, unit)
    return str(value)


def _with_unit(value: float, unit: str) -> str:
    number = number_in_words(value)
    if unit == "day":
        return f"{number} day" + ("" if value == 1 else "s")
    if unit in {"number", "map", "table", "word", "words", "1"}:
        return number
    return f"{number} {_UNITS.get(unit, unit)}"


def dated_in_words(dated: Dated[Any]) -> str:
    """A value as it stands in a finding, with its unit."""
    return value_in_words(dated.value, dated.unit)


def days_from_to(opens_on: date | None, due_on: date | None, closes_on: date | None, today: date) -> str:
    """When a step can be taken and by when: ``from 12 March 2024, by 18 March 2024``."""
    said = []
    if opens_on is not None:
        said.append("from today" if opens_on <= today else f"from {in_words(opens_on)}")
    if due_on is not None and due_on != closes_on:
        said.append("due today" if due_on == today else f"due {in_words(due_on)}")
    if closes_on is not None:
        said.append("today at the latest" if closes_on == today else f"no later than {in_words(closes_on)}")
    return ", ".join(said) or "as soon as possible"
