"""Was harm reported to those who must hear of it, followed to its outcome, and what was left given back?

These rules list steps and change no dose: they name no clinical action.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Literal, NamedTuple

from isovigil.calendar.days import days_after, days_between, in_words
from isovigil.case.fact import Fact
from isovigil.case.kinds import (
    AdverseEventReport,
    Dispense,
    Pregnancy,
    PregnancyTest,
    Return,
    Symptom,
    TreatmentStop,
)
from isovigil.decisions.asked import joined
from isovigil.decisions.course import Course
from isovigil.decisions.finding import Outcome, TaskWord, met, not_applicable, not_met
from isovigil.decisions.rule import rule
from isovigil.law.law import Law
from isovigil.law.value import Dated

HarmWord = Literal["pregnancy", "adverse_event"]
_ELSEWHERE = "other"
_PREGNANCY_RULE = "harm.pregnancy_reported"
_EVENT_RULE = "harm.adverse_event_reported"
_STOPPED_FOR_HARM = ("adverse_effect",)


class Addressee(NamedTuple):
    """Who must hear of a harm: the word of a report's `to`, the name, and how soon."""

    to: str
    name: str
    when: str


def addressees(law: Law, on: date, harm: HarmWord) -> tuple[Addressee, ...]:
    """To whom this programme reports a harm; elsewhere the national authority."""
    rows = law.value("harm/addressees", on).value
    own = [row for row in rows if row["harm"] == harm and row["programme"] == law.programme.id]
    anywhere = [row for row in rows if row["harm"] == harm and row["programme"] == _ELSEWHERE]
    return tuple(Addressee(row["to"], row["name"], row["when"]) for row in own or anywhere)


def exposed_pregnancies(course: Course, law: Law) -> list[Pregnancy | PregnancyTest]:
    """Every pregnancy, and every positive test nobody disproved, during treatment or soon after it."""
    pregnancies: list[Pregnancy | PregnancyTest] = list(course.chart.all(Pregnancy))
    positive = course.standing_positive
    if positive is not None and not any(fact.day >= positive.day for fact in pregnancies):
        pregnancies.append(positive)
    if not pregnancies:
        return []
    handed_over = course.chart.all(Dispense)
    if not handed_over:
        return []
    after = law.period("harm/pregnancy_after", course.today.day).value
    return [fact for fact in pregnancies if _was_exposed(fact.day, course, handed_over, after.after)]


def _was_exposed(day: date, course: Course, handed_over: Sequence[Dispense], exposed_until: Any) -> bool:
    before = [fact for fact in handed_over if fact.date <= day]
    if not before:
        return False
    stops = [fact.date for fact in course.chart.all(TreatmentStop) if before[-1].date <= fact.date]
    return not stops or bool(day <= exposed_until(stops[0]))


def reportable_events(course: Course, law: Law) -> list[Symptom | TreatmentStop]:
    """Symptoms during treatment that are reported, and every stop because of an unwanted effect."""
    stops = course.chart.saying(TreatmentStop, _STOPPED_FOR_HARM)
    if not stops and not course.chart.all(Symptom):
        return []
    handed_over = course.chart.all(Dispense)
    if not handed_over:
        return []
    today = course.today.day
    always = law.words("harm/reportable_symptoms", today).value
    severe = law.word("harm/reportable_severity", today).value
    return [
        *(
            fact
            for fact in course.chart.all(Symptom)
            if fact.date >= handed_over[0].date
            and (fact.severity == severe or (fact.code in always and fact.severity != "none"))
        ),
        *stops,
    ]


def reports_about(course: Course, fact: Fact, rule_name: str) -> list[AdverseEventReport]:
    """The reports made about a harm, by the id of its fact or by the name of the rule."""
    return [
        report
        for report in course.chart.all(AdverseEventReport)
        if report.about == fact.id or (report.about == rule_name and report.date >= fact.day)
    ]


def not_yet_told(course: Course, law: Law, fact: Fact, harm: HarmWord, rule_name: str) -> list[Addressee]:
    """Who has not heard of a harm yet."""
    told = {report.to for report in reports_about(course, fact, rule_name)}
    return [each for each in addressees(law, course.today.day, harm) if each.to not in told]


def pregnancy_report_due(course: Course, law: Law, fact: Pregnancy | PregnancyTest) -> bool:
    """Has somebody still to hear of it? A report about the pregnancy a test showed serves for the test."""
    later = [each for each in course.chart.all(Pregnancy) if each.date >= fact.day]
    return all(not_yet_told(course, law, each, "pregnancy", _PREGNANCY_RULE) for each in (fact, *later))


@rule(_PREGNANCY_RULE, clinical=True, never_holds=True)
def pregnancy_reported(course: Course, law: Law) -> Outcome:
    """Was every pregnancy under the drug reported, and followed to its outcome?"""
    exposed = exposed_pregnancies(course, law)
    values: tuple[Dated[Any], ...] = (law.value("harm/addressees", course.today.day),)
    if not exposed:
        return not_applicable(
            "No pregnancy under the drug is recorded, which reads as none known.", values=values
        )
    missing = _missing(course, law, exposed, "pregnancy", _PREGNANCY_RULE)
    if missing is not None:
        return _report(course, missing, "report_pregnancy", "A pregnancy under the drug", values)
    open_ended = [fact for fact in exposed if not isinstance(fact, Pregnancy) or fact.outcome is None]
    if open_ended:
        return not_met(
            "The pregnancy was reported. Its outcome is not recorded yet.",
            needs="the outcome of the pregnancy, told to those it was reported to",
            whose_move="prescriber",
            facts=open_ended,
            values=values,
            task="record_fact",
        )
    return met("Every pregnancy under the drug was reported, with its outcome.", facts=exposed, values=values)


class _Missing(NamedTuple):
    """Facts that somebody has not heard of, and the names of those who have not."""

    facts: list[Fact]
    names: tuple[str, ...]


def _missing(
    course: Course, law: Law, harms: Sequence[Fact], harm: HarmWord, rule_name: str
) -> _Missing | None:
    told = {fact.id: not_yet_told(course, law, fact, harm, rule_name) for fact in harms}
    facts = [fact for fact in harms if told[fact.id]]
    names = dict.fromkeys(each.name for fact in facts for each in told[fact.id])
    return _Missing(facts, tuple(names)) if facts else None


def _report(
    course: Course, missing: _Missing, task: TaskWord, what: str, values: tuple[Dated[Any], ...]
) -> Outcome:
    first = missing.facts[0]
    names = joined(missing.names)
    return not_met(
        f"{what} is recorded on {in_words(first.day)}, and no report to {names}.",
        needs=f"a report to {names}",
        whose_move="prescriber",
        satisfiable_from=course.today.day,
        facts=missing.facts,
        values=values,
        task=task,
        due_on=first.day,
    )


@rule(_EVENT_RULE, clinical=True, never_holds=True)
def adverse_event_reported(course: Course, law: Law) -> Outcome:
    """Was every serious unwanted effect reported, and followed to its outcome?"""
    events = reportable_events(course, law)
    values = (
        law.value("harm/addressees", course.today.day),
        law.value("harm/reportable_symptoms", course.today.day),
    )
    if not events:
        return not_applicable("No unwanted effect that is reported is recorded.", values=values)
    missing = _missing(course, law, events, "adverse_event", _EVENT_RULE)
    if missing is not None:
        return _report(course, missing, "report_adverse_event", "An unwanted effect", values)
    unfollowed = [fact for fact in events if isinstance(fact, Symptom) and not _was_followed(course, fact)]
    if unfollowed:
        return not_met(
            "The unwanted effect was reported. How it went on is not recorded yet.",
            needs="how the unwanted effect went on",
            whose_move="prescriber",
            facts=unfollowed,
            values=values,
            task="record_fact",
        )
    return met("Every unwanted effect that is reported was reported.", facts=events, values=values)


def _was_followed(course: Course, event: Symptom) -> bool:
    """Did somebody ask about the same thing again on a later day, and find it over?"""
    later = [fact for fact in course.chart.all(Symptom) if fact.code == event.code and fact.date > event.date]
    return bool(later) and later[-1].severity == "none"


@rule("harm.capsules_returned", clinical=True, never_holds=True)
def capsules_returned(course: Course, law: Law) -> Outcome:
    """Were the capsules left over at the end of treatment given back?"""
    asked = law.flag("harm/return_capsules", course.today.day)
    stop = course.last_stop
    if stop is None or course.started_on is not None or not asked.value:
        return not_applicable("No treatment has ended with capsules left over.", values=(asked,))
    left = days_left_over(course, stop)
    if left is None:
        return not_applicable("No capsules can be left over.", facts=[stop], values=(asked,))
    back = [fact for fact in course.chart.all(Return) if fact.date >= stop.date]
    if back:
        return met(
            f"Capsules came back on {in_words(back[-1].date)}.", facts=[stop, back[-1]], values=(asked,)
        )
    return not_met(
        f"Treatment ended on {in_words(stop.date)}, {left} days before the last supply would have.",
        needs="the capsules that are left, given back and never passed on",
        whose_move="patient",
        satisfiable_from=course.today.day,
        facts=[stop],
        values=(asked,),
        task="return_capsules",
    )


def days_left_over(course: Course, stop: TreatmentStop) -> int | None:
    """For how many days the last supply would have gone on after the last dose; None when it was used up."""
    if not _goes_on_after(course.chart.all(Dispense), stop.date):
        return None
    ended = course.ended_before
    handed_over = ended.hand_overs if ended is not None else []
    if not handed_over:
        return None
    last = handed_over[-1]
    used_up_on = days_after(last.date, last.days_supply - 1)
    left = days_between(stop.date, used_up_on)
    return left if left > 0 else None


def _goes_on_after(handed_over: Sequence[Dispense], day: date) -> bool:
    """Would any supply handed over by that day have gone on after it, whichever course it was for?"""
    first = day.toordinal()
    for made in handed_over:
        if made.date.toordinal() <= first < made.date.toordinal() + made.days_supply - 1:
            return True
    return False
