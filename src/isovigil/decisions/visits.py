"""Was the patient seen in the right way, and reviewed in time?"""

from __future__ import annotations

from isovigil.calendar.days import in_words
from isovigil.calendar.window import Window
from isovigil.case.kinds import Attestation, Visit
from isovigil.decisions.asked import asked_of, joined
from isovigil.decisions.course import Course
from isovigil.decisions.finding import Outcome, met, not_applicable, not_met, unknown
from isovigil.decisions.rule import PRESCRIBE, START, rule
from isovigil.law.law import Law

_BEFORE_TREATMENT = frozenset({"screening", "initiation"})


@rule("visits.first_in_person", gates=START)
def first_in_person(course: Course, law: Law) -> Outcome:
    """Was the first appointment in person?

    A patient whose first appointment was remote may still be seen in person before the first dose.
    """
    asked = asked_of(course, law, "visits/first_visit_concerns", "no first visit of a certain kind")
    if isinstance(asked, Outcome):
        return asked
    modes = law.words("visits/first_visit_modes", course.today.day)
    visits = course.all(Visit)
    seen = [visit for visit in visits if visit.mode in modes.value]
    if seen:
        first_day = visits[0].date
        is_first = seen[0].date == first_day
        return met(
            f"The patient was seen {_in_plain(seen[0].mode)} on {in_words(seen[0].date)}"
            + ("." if is_first else f"; the first appointment, of {in_words(first_day)}, was remote."),
            facts=[seen[0]],
            values=(asked, modes),
            amber=not is_first,
        )
    needs = f"an appointment {_modes(modes.value)} before the first dose"
    if visits:
        return not_met(
            f"The first appointment, of {in_words(visits[0].date)}, was {_in_plain(visits[0].mode)}.",
            needs=needs,
            whose_move="prescriber",
            satisfiable_from=course.today.day,
            facts=[visits[0]],
            values=(asked, modes),
            task="visit",
        )
    return unknown(
        "No appointment is recorded for this course.",
        needs=needs,
        whose_move="prescriber",
        satisfiable_from=course.today.day,
        values=(asked, modes),
        task="visit",
    )


@rule("visits.follow_up_mode", gates=PRESCRIBE)
def follow_up_mode(course: Course, law: Law) -> Outcome:
    """Was the last follow-up held in an accepted way?

    Each follow-up is judged by the guidance of its own day.
    """
    asked = asked_of(course, law, "visits/follow_up_concerns", "no follow-up of a certain kind")
    if isinstance(asked, Outcome):
        return asked
    visits = _follow_ups(course)
    if not visits:
        return not_applicable("No follow-up has been held yet.", values=(asked,))
    last = visits[-1]
    modes = law.words("visits/follow_up_modes", last.date)
    held = f"The follow-up of {in_words(last.date)} was {_in_plain(last.mode)}"
    if last.mode not in modes.value:
        return not_met(
            f"{held}; only {_modes(modes.value)} was endorsed on that day.",
            needs=f"a follow-up {_modes(modes.value)}, or as the guidance allows by then",
            whose_move="prescriber",
            satisfiable_from=course.today.day,
            facts=[last],
            values=(asked, modes),
            task="visit",
        )
    by_agreement = law.words("visits/follow_up_modes_by_agreement", last.date)
    if last.mode not in by_agreement.value:
        return met(f"{held}.", facts=[last], values=(asked, modes))
    agreed = [fact for fact in course.all(Attestation) if fact.what == "remote_follow_up_agreed"]
    if agreed:
        return met(
            f"{held}, as agreed on {in_words(agreed[-1].date)}.",
            facts=[last, agreed[-1]],
            values=(asked, modes, by_agreement),
        )
    return unknown(
        f"{held}, and nobody attested that this was agreed with the patient.",
        needs="the attestation that remote follow-up was agreed with the patient",
        whose_move="prescriber",
        satisfiable_from=course.today.day,
        facts=[last],
        values=(asked, modes, by_agreement),
        task="attestation",
    )


@rule("visits.first_review", gates=PRESCRIBE)
def first_review(course: Course, law: Law) -> Outcome:
    """Was the patient reviewed about four weeks after the first dose?"""
    asked = asked_of(course, law, "visits/first_review_concerns", "no first review at a set time")
    if isinstance(asked, Outcome):
        return asked
    today = course.today.day
    if course.started_on is None:
        return not_applicable("The first dose has not been taken.", values=(asked,))
    expected = law.period("visits/first_review_after", today)
    opens = law.period("visits/first_review_opens_after", today)
    closes = law.period("visits/first_review_closes_after", today)
    values = (asked, expected, opens, closes)
    window = Window(opens.value.after(course.started_on), closes.value.after(course.started_on))
    visits = _follow_ups(course)
    in_time = [visit for visit in visits if visit.date in window]
    if in_time:
        return met(f"The first review was on {in_words(in_time[0].date)}.", facts=[in_time[0]], values=values)
    late = [visit for visit in visits if visit.date > window.closes_on]
    if late:
        return met(
            f"The first review was on {in_words(late[0].date)}, later than {window}.",
            facts=[late[0]],
            values=values,
            amber=True,
        )
    if not course.today.has_reached(window.opens_on):
        return not_applicable(f"The first review falls into {window}.", values=values)
    is_over = course.today.is_past(window.closes_on)
    fails = not_met if is_over else unknown
    return fails(
        f"No review is recorded in {window}.",
        needs="a review of the patient",
        whose_move="prescriber",
        satisfiable_from=window.opens_on,
        values=values,
        task="visit",
        due_on=expected.value.after(course.started_on),
        closes_on=window.closes_on,
    )


def _follow_ups(course: Course) -> list[Visit]:
    """The visits after the day of the first dose, oldest first."""
    started_on = course.started_on
    if started_on is None:
        return []
    return [
        visit
        for visit in course.all(Visit)
        if visit.date > started_on and visit.purpose not in _BEFORE_TREATMENT
    ]


def _modes(modes: tuple[str, ...]) -> str:
    return joined([_in_plain(mode) for mode in modes])


def _in_plain(mode: str) -> str:
    return {"video": "by video"}.get(mode, mode.replace("_", " "))
