"""Does treatment help, is it enough, and what comes after it?

Benefit is monitored beside harm: clinical specification B3 (shorter and second courses) and A3
(acne fulminans). The expected fall of the count is published for week 20 only; a forecast's own band
may take the place of the table.
"""

from __future__ import annotations

from datetime import date
from math import isclose
from typing import Any, NamedTuple

from isovigil.calendar.days import DAYS_IN_A_WEEK, days_between, in_words
from isovigil.case.kinds import Acne, Questionnaire
from isovigil.decisions.advice import advised, nothing_asked
from isovigil.decisions.clearing import cleared_by
from isovigil.decisions.course import Course
from isovigil.decisions.finding import Outcome, not_applicable
from isovigil.decisions.rule import rule
from isovigil.decisions.untold import untold
from isovigil.law.law import Law
from isovigil.law.value import Dated

_FLARE = "response.early_flare"
_ON_TRACK = "response.on_track"
_NOT_STARTED = "The first dose is still to come."


class ExpectedFall(NamedTuple):
    """Which share of a count is gone in one week: in the slow tenth of people, and on average."""

    week: int
    slow: float
    average: float


def share_lost(before: float, after: float) -> float:
    """Which share of a count is gone; below nought where it rose. `before` must be above nought."""
    return (before - after) / before


def is_on_track(fall: float, expected: ExpectedFall) -> bool:
    """Is the share lost at least that of the slow tenth of people in that week?"""
    return fall >= expected.slow or isclose(fall, expected.slow)


def expected_by(week: float, path: tuple[ExpectedFall, ...]) -> ExpectedFall | None:
    """What is expected by a week since the first dose: the last step of the path that was reached."""
    reached = [step for step in path if step.week <= week]
    return reached[-1] if reached else None


def _before_treatment(course: Course, count: str) -> Acne | None:
    """The last record of a count not later than the first dose."""
    started_on = course.started_on
    known = [fact for fact in course.all(Acne) if getattr(fact, count) is not None]
    earlier = [fact for fact in known if started_on is None or fact.date <= started_on]
    return earlier[-1] if earlier else None


def _since_treatment(course: Course, count: str) -> list[Acne]:
    """The records of a count after the day of the first dose, oldest first."""
    started_on = course.started_on
    if started_on is None:
        return []
    return [fact for fact in course.all(Acne) if fact.date > started_on and getattr(fact, count) is not None]


@rule(_FLARE, clinical=True)
def early_flare(course: Course, law: Law) -> Outcome:
    """Did the acne flare in the first weeks, or is there acne fulminans?

    Acne fulminans is a specialist's: a corticosteroid first, then a low dose (A3). A flare asks for no
    higher dose. The weeks and the rise are our own defaults.
    """
    today = course.today.day
    first_weeks = law.period("response/early_flare_weeks", today)
    rise = law.number("response/flare_rise", today)
    values = (first_weeks, rise)
    records = course.all(Acne)
    fulminans = _fulminans(course, values)
    if fulminans is not None:
        return fulminans
    if course.started_on is None:
        return not_applicable(_NOT_STARTED, values=values)
    ends_on = first_weeks.value.after(course.started_on)
    for count in ("inflammatory", "nodules"):
        before = _before_treatment(course, count)
        since = [fact for fact in _since_treatment(course, count) if fact.date < ends_on]
        if before is None or not since or since[-1] is not _since_treatment(course, count)[-1]:
            continue
        had, has = getattr(before, count), getattr(since[-1], count)
        if has > had and has >= rise.value * had and cleared_by(course, _FLARE, since[-1]) is None:
            return advised(
                "no_uptitrate",
                f"{_plain(count)} rose from {had} to {has} by {in_words(since[-1].date)}: an early flare.",
                needs="no higher dose, and a look at whether it settles",
                whose_move="prescriber",
                facts=[before, since[-1]],
                values=values,
                task="visit",
            )
    return nothing_asked("No early flare is recorded.", facts=records[-1:], values=values)


def _fulminans(course: Course, values: tuple[Dated[Any], ...]) -> Outcome | None:
    """What acne fulminans asks for, when the last word about it is that it is there."""
    said = [fact for fact in course.all(Acne) if fact.fulminans is not None]
    if not said or not said[-1].fulminans:
        return None
    about = said[-1]
    if cleared_by(course, _FLARE, about, needs_assessment=("specialist",)) is not None:
        return None
    return advised(
        "hold",
        f"Acne fulminans is recorded on {in_words(about.date)}: a corticosteroid first, then a low dose.",
        needs="a specialist's assessment and a decision about it",
        whose_move="specialist",
        facts=[about],
        values=values,
        task="specialist_review",
    )


def _plain(count: str) -> str:
    return "Inflammatory lesions" if count == "inflammatory" else "Nodules"


@rule(_ON_TRACK, clinical=True, never_holds=True)
def on_track(course: Course, law: Law) -> Outcome:
    """Do the lesions fall as they do in most people?"""
    return judge_progress(course, law)


def judge_progress(course: Course, law: Law, forecast: tuple[ExpectedFall, ...] | None = None) -> Outcome:
    """Do the lesions fall as they do in most people?

    Against `forecast`, the population's band by week (share lost), where one is handed over;
    else against the rulebook's table.
    """
    table = law.value("response/expected_fall", course.today.day)
    values = (table,)
    if course.started_on is None:
        return not_applicable(_NOT_STARTED, values=values)
    path = forecast or tuple(ExpectedFall(row["week"], row["slow"], row["average"]) for row in table.value)
    confidence = _confidence(course)
    before, since = _before_treatment(course, "inflammatory"), _since_treatment(course, "inflammatory")
    if before is None or not since or not before.inflammatory:
        return untold(
            f"No count of inflammatory lesions before and during treatment is recorded.{confidence}",
            needs="a count of inflammatory lesions before and during treatment",
            values=values,
        )
    last = since[-1]
    counted = last.inflammatory or 0
    fall = share_lost(before.inflammatory, counted)
    week = days_between(course.started_on, last.date) / DAYS_IN_A_WEEK
    says = f"Inflammatory lesions went from {before.inflammatory} to {counted} by {in_words(last.date)}"
    expected = expected_by(week, path)
    if expected is None:
        return nothing_asked(
            f"{says}; it is too early to tell.{confidence}", facts=[before, last], values=values
        )
    compared = f"by week {expected.week} the slow tenth of people have lost {expected.slow:.0%}"
    if is_on_track(fall, expected) or cleared_by(course, _ON_TRACK, last) is not None:
        return nothing_asked(
            f"{says}, {fall:.0%} fewer; {compared}.{confidence}", facts=[before, last], values=values
        )
    return advised(
        "recheck",
        f"{says}, {fall:.0%} fewer; {compared}.{confidence}",
        needs="a look at the doses taken, at food and at the product, and a new count",
        whose_move="prescriber",
        facts=[before, last],
        values=values,
        task="visit",
    )


def _confidence(course: Course) -> str:
    """The patient's own confidence, 0 to 10, first and last."""
    told = [
        fact for fact in course.all(Questionnaire) if fact.tool == "confidence" and fact.score is not None
    ]
    if not told:
        return ""
    if told[0] is told[-1]:
        return f" Confidence is {told[-1].score} of 10."
    return f" Confidence went from {told[0].score} to {told[-1].score} of 10."


@rule("response.clear_enough_to_stop", clinical=True, never_holds=True)
def clear_enough_to_stop(course: Course, law: Law) -> Outcome:
    """Is the skin clear enough for the course to end early?

    US label: a fall of the nodule count of more than 70 % (clin-L14). NICE: 4 to 8 weeks without
    lesions. Either is a reason to think of stopping, never a duty.
    """
    today = course.today.day
    fall_wanted = law.number("response/nodule_fall_to_stop", today)
    free_for = law.period("response/lesion_free_to_stop", today)
    values = (fall_wanted, free_for)
    if course.started_on is None:
        return not_applicable(_NOT_STARTED, values=values)
    before, since = _before_treatment(course, "nodules"), _since_treatment(course, "nodules")
    clear_since = _clear_since(course)
    if clear_since is not None and course.today.has_reached(free_for.value.after(clear_since)):
        return nothing_asked(
            f"No lesion has been recorded since {in_words(clear_since)}: the course may end.",
            facts=course.all(Acne)[-1:],
            values=values,
            amber=True,
        )
    if before is not None and before.nodules and since:
        fall = share_lost(before.nodules, since[-1].nodules or 0)
        says = f"Nodules went from {before.nodules} to {since[-1].nodules}, {fall:.0%} fewer"
        enough = fall > fall_wanted.value and not isclose(fall, fall_wanted.value)
        return nothing_asked(
            f"{says}: the course may end early." if enough else f"{says}: not clear enough to end early.",
            facts=[before, since[-1]],
            values=values,
            amber=enough,
        )
    if clear_since is not None:
        return nothing_asked(f"No lesion has been recorded since {in_words(clear_since)}.", values=values)
    return untold(
        "No count of nodules before and during treatment is recorded.",
        needs="a count of nodules before and during treatment",
        values=values,
    )


def _clear_since(course: Course) -> date | None:
    """The first day of the present run of records without any lesion; None when the last one has some."""
    run: date | None = None
    for fact in _since_treatment(course, "inflammatory"):
        is_clear = not fact.inflammatory and fact.nodules == 0 and not fact.comedones
        run = (run or fact.date) if is_clear else None
    return run


@rule("response.relapse", clinical=True, never_holds=True)
def relapse(course: Course, law: Law) -> Outcome:
    """Did the acne come back after treatment?"""
    today = course.today.day
    from_iga = law.number("response/relapse_from_iga", today)
    from_nodules = law.number("response/relapse_from_nodules", today)
    values = (from_iga, from_nodules)
    stop = course.last_stop
    if stop is None or course.started_on is not None:
        return not_applicable("No course has ended, or the next one has begun.", values=values)
    since = [fact for fact in course.all(Acne) if fact.iga is not None or fact.nodules is not None]
    if not since:
        return untold(
            f"Nobody recorded the skin since the course ended on {in_words(stop.date)}.",
            needs="a look at the skin",
            facts=[stop],
            values=values,
        )
    last = since[-1]
    is_back = (last.iga or 0) >= from_iga.value or (last.nodules or 0) >= from_nodules.value
    if not is_back or cleared_by(course, "response.relapse", last) is not None:
        return nothing_asked(f"No relapse on {in_words(last.date)}.", facts=[last], values=values)
    gap = law.period("response/gap_before_second_course", today)
    return advised(
        "recheck",
        f"The acne is back on {in_words(last.date)}, after the course that ended on {in_words(stop.date)}.",
        needs="a visit: other treatment, or a second course not before "
        f"{in_words(gap.value.after(stop.date))}",
        whose_move="prescriber",
        facts=[stop, last],
        values=(*values, gap),
        task="visit",
    )
