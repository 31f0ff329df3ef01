"""How is a review written as JSON (contract: isovigil.review/1)?"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import msgspec

from isovigil.calendar.days import Period
from isovigil.decisions.finding import Finding, Task
from isovigil.decisions.review import SCHEMA, Review, ReviewWindow
from isovigil.decisions.verdict import GateVerdict
from isovigil.law.value import Dated


def review_as_dict(review: Review) -> dict[str, Any]:
    """The review as plain values, in the contract's order."""
    return {
        "schema": SCHEMA,
        "patient": review.patient,
        "programme": review.programme,
        "policy": review.policy,
        "on": _day(review.on),
        "at": _instant(review.at),
        "known_by": _instant(review.known_by),
        "holds_until": _instant(review.holds_until),
        "regime": {
            "id": review.regime.id,
            "from": _day(review.regime.from_),
            "to": _day(review.regime.to),
            "overlays": list(review.regime.overlays),
        },
        "gates": _gates(review.gates),
        "window": _window(review.window),
        "findings": [_finding(finding) for finding in review.findings],
        "clinical": {
            "action": review.clinical.action,
            "findings": list(review.clinical.findings),
        },
        "tasks": [_task(task) for task in review.tasks],
        "course": {name: _plain(getattr(review.course, name)) for name in review.course.__struct_fields__},
        "alternatives": [
            {
                "regime": other.regime,
                "overlays": list(other.overlays),
                "decided_by": other.decided_by,
                "gates": _gates(other.gates),
                "window": _window(other.window),
            }
            for other in review.alternatives
        ],
        "rulebook": review.rulebook,
        "notice": review.notice,
    }


def review_as_json(review: Review, *, indent: int = 0) -> str:
    """The review as one JSON document; the same review is always the same bytes."""
    text = msgspec.json.encode(review_as_dict(review))
    return (msgspec.json.format(text, indent=indent) if indent else text).decode()


def _gates(gates: dict[str, GateVerdict]) -> dict[str, Any]:
    return {
        name: {
            "verdict": gate.verdict,
            "first_reason": gate.first_reason,
            "because": list(gate.because),
        }
        for name, gate in gates.items()
    }


def _window(window: ReviewWindow | None) -> dict[str, Any] | None:
    if window is None:
        return None
    return {
        "opens_on": _day(window.opens_on),
        "closes_on": _day(window.closes_on),
        "closes_at": _instant(window.closes_at),
        "counting": window.counting,
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "gates": list(finding.gates),
        "answer": finding.answer,
        "strength": finding.strength,
        "amber": finding.amber,
        "says": finding.says,
        "needs": finding.needs,
        "whose_move": finding.whose_move,
        "satisfiable_from": _day(finding.satisfiable_from),
        "facts": list(finding.facts),
        "values": [_value(value) for value in finding.values],
        "action": finding.action,
    }


def _value(dated: Dated[Any]) -> dict[str, Any]:
    return {
        "name": dated.name,
        "value": _plain(dated.value),
        "unit": dated.unit,
        "from": _day(dated.from_),
        "strength": dated.strength,
        "confidence": dated.confidence,
        "cite": {"source": dated.cite.source, "at": dated.cite.at},
    }


def _task(task: Task) -> dict[str, Any]:
    return {
        "what": task.what,
        "who": task.who,
        "opens_on": _day(task.opens_on),
        "due_on": _day(task.due_on),
        "closes_on": _day(task.closes_on),
        "rule": task.rule,
        "says": task.says,
    }


def _plain(value: Any) -> Any:
    if isinstance(value, Period):
        return value.as_text()
    if isinstance(value, datetime):
        return _instant(value)
    if isinstance(value, date):
        return _day(value)
    return list(value) if isinstance(value, tuple) else value


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _instant(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat(timespec="seconds")
