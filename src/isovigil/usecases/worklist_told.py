"""How is a worklist told, in words, as Markdown and as JSON?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec

from isovigil.calendar.days import in_words
from isovigil.decisions.review import NOTICE
from isovigil.exchange import review_words as words
from isovigil.exchange.review_words import Sign
from isovigil.law.rulebook import Rulebook
from isovigil.usecases.worklist import GROUPS, Group, Row, Worklist
from isovigil.usecases.worklist_days import Deadline
from isovigil.usecases.worklist_words import short_day, short_instant, uncapitalised

SCHEMA = "isovigil.worklist/1"
GROUP_TITLES: Mapping[Group, str] = {
    "safety": "Safety first",
    "closing": "Closing within 48 hours",
    "ours": "Our move",
    "patient": "The patient's move",
    "pharmacy": "The pharmacy's move",
    "waiting": "Waiting for a day to come",
    "nothing": "Nothing to do now",
}
ENDED = Sign("–", "ENDED", "plain")
"""Shown for treatment that is over: no gate matters any more, only what is due after it."""
OTHER_READING_SIGN = "‡"


def who(row: Row) -> str:
    """``Wren Testwell, p-0007, day 92``; the second course is named."""
    name = [row.name] if row.name else []
    course = [f"course {row.course_number}"] if row.course_number > 1 else []
    is_under_way = row.course_day is not None and row.verdict is not None
    day = [f"day {row.course_day}"] if is_under_way else []
    return ", ".join([*name, row.patient, *course, *day])


def has_a_reason(row: Row) -> bool:
    """Is there more to say than that everything is in place?"""
    return row.verdict != "ready" or row.rule is not None


def step_told(row: Row) -> str:
    """``Patient: take this month's pregnancy test``; whose move it is, then the verb."""
    if row.whose_move is None:
        return row.next_step
    return f"{words.plain(row.whose_move).capitalize()}: {uncapitalised(row.next_step)}"


def by_when(row: Row) -> str:
    """``from Thu 26 Nov``, ``by Wed 25 Nov, 23:59 EST (window closes)``, ``was due Tue 3 Nov``, or both."""
    told = []
    if row.opens_on is not None:
        told.append(f"from {short_day(row.opens_on, row.judged_on)}")
    end = row.deadline
    if end is not None and not (end.is_whole_day and end.at.date() == row.opens_on):
        told.append(_ends(end, row.judged_on))
    return ", ".join(told)


def _ends(end: Deadline, judged_on: date) -> str:
    at = short_day(end.at.date(), judged_on) if end.is_whole_day else short_instant(end.at, judged_on)
    is_over = end.at.date() < judged_on
    if end.what == "capsules run out" and is_over:
        return f"capsules ran out {at}"
    if end.what == "due":
        return f"was due {at}" if is_over else f"by {at}"
    return f"by {at} ({end.what})"


def left(row: Row) -> str:
    """How long is left, or in how many days the step opens."""
    if row.opens_on is not None and row.group in ("waiting", "nothing"):
        days = (row.opens_on - row.judged_on).days
        return f"in {words.counted(days, 'day')}"
    return row.slack or ""


def other_reading_told(row: Row) -> str:
    """``READY in the other reading``, or that its reasons differ; empty where nothing does."""
    other = row.other_reading
    if other is None:
        return ""
    if other.verdict != row.verdict:
        return f"{words.VERDICTS[other.verdict].word} in the other reading."
    return "The other reading has other reasons or dates."


def headline(listed: Worklist, day: date) -> str:
    """``200 patients on Sunday 22 November 2026: 5 safety first, 7 closing within 48 hours, ...``."""
    counts = [f"{len(rows)} {_in_a_sentence(group)}" for group in GROUPS if (rows := listed.of(group))]
    patients = words.counted(len(listed.rows), "patient")
    return f"{patients} on {words.weekday_in_words(day)}: {words.listed(counts)}."


def _in_a_sentence(group: Group) -> str:
    title = GROUP_TITLES[group]
    return title[:1].lower() + title[1:]


def open_dates_told(listed: Worklist, rulebook: Rulebook, known_on: date) -> list[str]:
    """For each unconfirmed date of law that answers depend on: what may be in force, and how many."""
    told = []
    for decided_by, count in listed.open_dates.most_common():
        with_work = sum(
            1
            for row in listed.rows
            if row.group != "nothing" and row.other_reading and row.other_reading.decided_by == decided_by
        )
        now = "" if with_work == count else f", {with_work or 'none'} of them with something to do now"
        told.append(
            f"{_supposed(decided_by, rulebook, known_on)} The stricter reading is shown; "
            f"{words.counted(count, 'answer')} {'depends' if count == 1 else 'depend'} on it "
            f"({OTHER_READING_SIGN}){now}. Confirm the day in a clinic overlay (--overlay FILE)."
        )
    return told


def _supposed(decided_by: str, rulebook: Rulebook, known_on: date) -> str:
    for programme in rulebook.programmes.values():
        for layer in programme.layers:
            said = layer.as_known_by(known_on) if layer.undecided_because == decided_by else None
            if said is not None and said.earliest <= known_on:
                return f"{layer.title} may be in force since {in_words(said.earliest)} (unconfirmed)."
            if said is not None:
                return f"{layer.title} may be in force from {in_words(said.earliest)} on (unconfirmed)."
    return f"{words.sentence(decided_by)}"


def worklist_as_json(listed: Worklist) -> str:
    """One document: the groups with their counts, then every row in order of urgency."""
    document: dict[str, Any] = {
        "schema": SCHEMA,
        "groups": {group: len(listed.of(group)) for group in GROUPS},
        "open_dates": dict(listed.open_dates),
        "rows": [msgspec.to_builtins(row) for row in listed.rows],
        "notice": NOTICE,
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode()


def worklist_as_markdown(listed: Worklist, day: date, notes: list[str]) -> str:
    """A heading for each group and a table under it."""
    lines = [f"# Worklist of {words.weekday_in_words(day)}", "", headline(listed, day)]
    for note in notes:
        lines += ["", f"> {note}"]
    for group in GROUPS:
        rows = listed.of(group)
        if rows:
            lines += ["", f"## {GROUP_TITLES[group]} ({len(rows)})", ""]
            lines += [
                "| Verdict | Who | Why | Next step | By when | Left |",
                "| --- | --- | --- | --- | --- | --- |",
            ]
            lines += [_line(row) for row in rows]
    return "\n".join([*lines, "", f"_{NOTICE}_"])


def _line(row: Row) -> str:
    shown = ENDED if row.verdict is None else words.VERDICTS[row.verdict]
    mark = f" {OTHER_READING_SIGN}" if row.other_reading is not None else ""
    cells = (
        f"{shown.symbol} {shown.word}{mark}",
        who(row),
        row.reason,
        step_told(row),
        by_when(row),
        left(row),
    )
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
