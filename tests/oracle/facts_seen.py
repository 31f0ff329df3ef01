"""Which of a case's facts can a person see on a given day, and which course do they belong to?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from tests.oracle.one_day_at_a_time import the_day_after

Fact = Mapping[str, Any]

OWN_DAY = ("date", "taken_on", "issued_on", "started_on", "signed_on", "from")


def zone_of(case: Mapping[str, Any]) -> str:
    """The clinic's own zone; the United States default where the case names none."""
    return str(case.get("time_zone", "America/New_York"))


def written_day(text: object) -> date:
    """A calendar day as the case file writes it (`2024-03-04`)."""
    return text if isinstance(text, date) else date.fromisoformat(str(text))


def day_of(fact: Fact) -> date:
    """The day a fact speaks about; an interval is seen from its first day."""
    for name in OWN_DAY:
        if name in fact:
            return written_day(fact[name])
    raise ValueError(f"this fact carries no day the oracle knows: {dict(fact)}")


def known_from(fact: Fact) -> date:
    """The first day on which a review sees the fact: its report, where it has one, else its own day."""
    reported = fact.get("reported_on")
    return day_of(fact) if reported is None else max(day_of(fact), written_day(reported))


def facts_seen_on(case: Mapping[str, Any], day: date) -> list[Fact]:
    """Every fact of `day` or earlier that was also known by then."""
    return [fact for fact in case["facts"] if day_of(fact) <= day and known_from(fact) <= day]


def of_kind(facts: Iterable[Fact], *kinds: str) -> list[Fact]:
    """The facts of these kinds, in the order of the day they speak about."""
    return sorted((fact for fact in facts if fact["kind"] in kinds), key=day_of)


def happening_on(facts: Iterable[Fact], day: date, kind: str) -> list[Fact]:
    """The facts of one kind that speak about exactly this day."""
    return [fact for fact in of_kind(facts, kind) if day_of(fact) == day]


def can_become_pregnant(facts: Iterable[Fact]) -> bool | None:
    """The latest category; on one day the clinically worse word (true) wins; None when nobody recorded it."""
    answer: bool | None = None
    decided_on: date | None = None
    for fact in of_kind(facts, "category"):
        if decided_on == day_of(fact):
            answer = bool(answer) or bool(fact["can_become_pregnant"])
        else:
            answer = bool(fact["can_become_pregnant"])
        decided_on = day_of(fact)
    return answer


def handed_over(facts: Iterable[Fact]) -> list[Fact]:
    """The hand-overs that stand: every dispense no reversal has taken back."""
    seen = list(facts)
    taken_back = {fact.get("dispense") for fact in of_kind(seen, "reversal")}
    return [fact for fact in of_kind(seen, "dispense") if fact.get("id") not in taken_back]


def waiting_prescription(facts: Iterable[Fact]) -> Fact | None:
    """The latest prescription, unless it has been handed over: that also ends every older one."""
    seen = list(facts)
    written = of_kind(seen, "prescription")
    used = {dispense.get("prescription") for dispense in handed_over(seen)}
    return written[-1] if written and written[-1].get("id") not in used else None


def course_stopped_on(facts: Iterable[Fact]) -> date | None:
    """The day of the last dose of the latest course in which capsules were handed over."""
    seen = list(facts)
    given = [day_of(dispense) for dispense in handed_over(seen)]
    stops = [day_of(stop) for stop in of_kind(seen, "treatment_stop")]
    return stops[-1] if stops and any(day <= stops[-1] for day in given) else None


def still_to_do(due: date, facts: Iterable[Fact]) -> date | None:
    """The day a last test is due, until a negative test of that day or later is recorded."""
    tests = of_kind(facts, "pregnancy_test")
    return None if any(test["result"] == "negative" and day_of(test) >= due for test in tests) else due


def course_opened_on(facts: Iterable[Fact], day: date) -> date | None:
    """The first day of the course a review of `day` looks to; None while the whole record is one course.

    A stop carries the day of the last dose, so the next course's facts begin the day after it; a `course`
    fact opens a course on its own first day.
    """
    opened: date | None = None
    for fact in of_kind(facts, "treatment_stop", "course"):
        first = the_day_after(day_of(fact)) if fact["kind"] == "treatment_stop" else day_of(fact)
        if day_of(fact) <= day and (opened is None or first > opened):
            opened = first
    return opened


def of_this_course(facts: Iterable[Fact], day: date) -> list[Fact]:
    """The facts that belong to the course under way on `day`."""
    seen = list(facts)
    opened = course_opened_on(seen, day)
    return seen if opened is None else [fact for fact in seen if day_of(fact) >= opened]
