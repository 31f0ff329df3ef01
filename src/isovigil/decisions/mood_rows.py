"""Which row of the mood and self-harm table does a fact reach, and does a decision clear it?

Source: the clinical specification, D2, rows PSY-0 to PSY-7; `mental_health/actions` holds them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from isovigil.calendar.days import days_after
from isovigil.case.fact import Fact
from isovigil.case.kinds import ClinicalDecision
from isovigil.decisions.advice import advised, cannot_tell, graver, gravity, nothing_asked
from isovigil.decisions.clearing import cleared_by, decision_in_words, graver_decision
from isovigil.decisions.course import Course
from isovigil.decisions.finding import Action, Outcome
from isovigil.law.law import Law
from isovigil.law.value import Dated, once_for_each_value

ACTIONS_TABLE = "mental_health/actions"
STOP_POLICY = "mental_health/psych_stop_policy"
LABEL_LITERAL = "label_literal"
ONSET = "PSY-L"
NOTHING = "PSY-0"


class Reached(msgspec.Struct, frozen=True):
    """A fact that reaches a row of the table, how that is said, and the values that put it there."""

    fact: Fact
    row: str
    says: str
    values: tuple[Dated[Any], ...] = ()
    among: tuple[Fact, ...] = ()
    badness: Callable[[Any], float] = Fact.severity_rank


class Open(msgspec.Struct, frozen=True):
    """What must be known before the table can be read to its end."""

    says: str
    needs: str
    fact: Fact | None = None
    values: tuple[Dated[Any], ...] = ()


class _Placed(msgspec.Struct, frozen=True):
    reached: Reached
    action: Action
    row: Mapping[str, Any]
    value: Dated[Any]
    decision: ClinicalDecision | None
    graver: ClinicalDecision | None


def stops_at_onset(course: Course, law: Law) -> bool:
    """Does the policy read the label word by word: stop when a mood disturbance develops?"""
    return law.word(STOP_POLICY, course.today.day).value == LABEL_LITERAL


class Row(msgspec.Struct, frozen=True):
    """One row of the table, and what of it is told as the value a finding rests on."""

    says: Mapping[str, Any]
    told: Dated[Any]
    asks_for_nothing: bool


@once_for_each_value
def rows_of(table: Dated[Any]) -> dict[str, Row]:
    """The rows of the table of actions by name."""
    return {
        row["row"]: Row(
            row,
            msgspec.structs.replace(table, value={"row": row["row"], "action": row["action"]}),
            row["action"] == "continue",
        )
        for row in table.value
    }


def said_of_rows(
    course: Course, law: Law, rule: str, reached: Sequence[Reached], unsettled: Sequence[Open] = ()
) -> Outcome:
    """The outcome of every row reached: the gravest action not cleared, then what is still open."""
    table = law.value(ACTIONS_TABLE, course.today.day)
    rows = rows_of(table)
    if len(reached) == 1 and not unsettled and not course.chart.all(ClinicalDecision):
        row = rows[reached[0].row]
        if row.asks_for_nothing:
            return _nothing_to_do(reached[0], row)
    placed = [_place(course, rule, each, rows[each.row]) for each in reached]
    if len(placed) > 1:
        placed.sort(key=lambda each: -gravity(each.action))
    missing = list(unsettled)
    says = " ".join([*[_told(each) for each in placed], *[each.says for each in missing]])
    facts = [fact for each in placed for fact in (each.reached.fact, each.decision, each.graver)]
    facts += [each.fact for each in missing]
    values = tuple([value for each in placed for value in (each.value, *each.reached.values)])
    values += tuple([value for each in missing for value in each.values]) or (() if values else (table,))
    asking = [each for each in placed if each.action != "continue"]
    if not asking and not missing:
        cleared = any(each.decision is not None for each in placed)
        return nothing_asked(says, facts=facts, values=values, amber=cleared)
    needs = [_needs(each) for each in asking] + [each.needs for each in missing]
    if not asking:
        return cannot_tell(
            says,
            needs="; ".join(needs),
            whose_move="patient",
            task="questionnaire",
            facts=facts,
            values=values,
        )
    first = asking[0]
    opens, due = first.row.get("within_days", (0, 0))
    return advised(
        placed[0].action,
        says,
        needs="; ".join(dict.fromkeys(needs)),
        whose_move=first.row.get("who", "prescriber"),
        facts=facts,
        values=values,
        task=first.row.get("task"),
        opens_on=days_after(first.reached.fact.day, opens),
        due_on=days_after(first.reached.fact.day, due),
    )


def _nothing_to_do(reached: Reached, row: Row) -> Outcome:
    """The outcome of one row that asks for nothing, where no clinician decided: nearly everybody's."""
    says = f"{reached.says} ({reached.row})."
    values = (row.told, *reached.values)
    return Outcome("met", says, None, None, None, (reached.fact.id,), values, False, None, "continue")


def _place(course: Course, rule: str, reached: Reached, held: Row) -> _Placed:
    row, value = held.says, held.told
    action: Action = row["action"]
    decision = None
    if action != "continue":
        decision = cleared_by(
            course,
            rule,
            reached.fact,
            among=reached.among,
            badness=reached.badness,
            needs_assessment=tuple(row.get("assessment", ())),
        )
    graver_one = None
    if decision is not None:
        action = "reduce" if decision.decision == "reduce" else "continue"
    else:
        graver_one = graver_decision(course, rule, reached.fact, reached.among, action)
        if graver_one is not None:
            action = graver(action, graver_one.decision)
    return _Placed(reached, action, row, value, decision, graver_one)


def _told(placed: _Placed) -> str:
    says = f"{placed.reached.says} ({placed.row['row']})."
    told = placed.decision or placed.graver
    return says if told is None else f"{says} {decision_in_words(told)}"


def _needs(placed: _Placed) -> str:
    if placed.decision is not None:
        return f"a lower dose, as {placed.decision.by} decided"
    if placed.graver is not None:
        return f"a new decision, for {placed.graver.by} decided to {placed.graver.decision}"
    needs: str = placed.row["needs"]
    return needs
