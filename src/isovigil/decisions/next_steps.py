"""What are the next steps, in the order in which they help?"""

from __future__ import annotations

from datetime import date

from isovigil.calendar.days import days_after, in_words
from isovigil.decisions.cycle import hand_over_window, standing_prescription
from isovigil.decisions.finding import PASSES, Finding, Task
from isovigil.decisions.judgement import Judgement
from isovigil.decisions.verdict import programme_verdict

_ONE_OF_ITS_KIND = frozenset(
    {"pregnancy_test", "confirmatory_test", "prescription", "dispense", "counselling"}
)


def next_steps(judgement: Judgement) -> tuple[Task, ...]:
    """The steps the findings ask for and the ones the gates are ready for, each once.

    First what clears an obstacle or is ready now, by the day it opens; then what is only advised.
    """
    needed: dict[tuple[str, str], Task] = {}
    advised: dict[tuple[str, str], Task] = {}
    for task in _what_is_ready(judgement):
        needed.setdefault(_kind_of(task), task)
    for finding in judgement.findings:
        blocks = programme_verdict(finding) != "ready" or finding.answer in PASSES
        for task in finding.tasks:
            (needed if blocks or _acts(finding) else advised).setdefault(_kind_of(task), task)
    soft = [task for kind, task in advised.items() if kind not in needed]
    return (*sorted(needed.values(), key=_opens), *sorted(soft, key=_opens))


def _acts(finding: Finding) -> bool:
    return finding.action not in (None, "continue")


def _kind_of(task: Task) -> tuple[str, str]:
    return (task.what, "" if task.what in _ONE_OF_ITS_KIND else task.says)


def _opens(task: Task) -> date:
    return task.opens_on or date.min


def _what_is_ready(judgement: Judgement) -> list[Task]:
    """The hand-over or the prescription that the gates allow now."""
    course, law = judgement.course, judgement.law
    standing = standing_prescription(course, law)
    opened = hand_over_window(course, law)
    if judgement.gates["dispense"].verdict == "ready" and standing is not None:
        closes_on = None if opened is None else opened.window.closes_on
        by = "" if closes_on is None else f" by {in_words(closes_on)}"
        return [
            Task(
                "dispense",
                "pharmacy",
                standing.issued_on,
                closes_on,
                closes_on,
                "dispensing.inside_the_window",
                f"Hand over the capsules prescribed on {in_words(standing.issued_on)}{by}.",
            )
        ]
    if judgement.gates["prescribe"].verdict == "ready" and standing is None:
        last = course.last_hand_over
        runs_out = None if last is None else days_after(last.date, last.days_supply)
        return [
            Task(
                "prescription",
                "prescriber",
                course.today.day,
                runs_out,
                None
                if opened is None or opened.window.closes_on < course.today.day
                else opened.window.closes_on,
                "dispensing.prescription_exists",
                "Issue the prescription.",
            )
        ]
    return []
