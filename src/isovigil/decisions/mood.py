"""What do the mood questionnaires ask for, and what do reports of a change of mood?

Source: the clinical specification, D2. Depression that was there before the start is no block; the
label-literal policy stops at what is new or worse.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from isovigil.calendar.days import days_after, in_words
from isovigil.case.kinds import Condition, Questionnaire
from isovigil.case.words import AssessmentWord, Tool
from isovigil.decisions.advice import advised, gravity
from isovigil.decisions.clearing import cleared_by
from isovigil.decisions.course import Course
from isovigil.decisions.finding import Outcome, not_applicable
from isovigil.decisions.mood_rows import NOTHING, ONSET, Open, Reached, said_of_rows, stops_at_onset
from isovigil.decisions.mood_scores import (
    DEPRESSION,
    Score,
    Source,
    answered_by_source,
    has_answers,
    total,
)
from isovigil.decisions.rule import rule
from isovigil.decisions.symptom_reports import reported_of, severity_rank
from isovigil.decisions.symptom_triggers import has_condition
from isovigil.decisions.symptoms import judge_symptoms
from isovigil.law.law import Law
from isovigil.law.value import Dated, once_for_each_value

_SCORE_RULE = "mental_health.mood_score"
_SYMPTOM_RULE = "symptoms.mood"
_MOOD = "AE11"
_MOOD_TABLES = {_MOOD: "symptoms/mood", "AE12": "symptoms/self_harm", "AE13": "symptoms/psychosis"}
_SHORT: Source = ("phq2",)
_ANXIETY: Source = ("gad7",)
_MOOD_TOOLS: tuple[Tool, ...] = (*_SHORT, *DEPRESSION)
_BANDS = ((DEPRESSION, "mental_health/phq9_bands"), (_ANXIETY, "mental_health/gad7_bands"))
_NAMES = {"phq2": "PHQ-2", "phq9": "PHQ-9", "phqa": "PHQ-A", "gad7": "GAD-7"}
_REVIEWED, _SAME_DAY = "PSY-3", "PSY-5"
_MENTAL_HEALTH: tuple[AssessmentWord, ...] = ("mental_health",)


@rule(_SCORE_RULE, clinical=True)
def mood_score(course: Course, law: Law) -> Outcome:
    """Does a mood score, or a mental illness that began on treatment, ask for anything?

    Each questionnaire is judged by its last score, PHQ-9 and PHQ-A as one. A short PHQ-2 above the cut
    asks for the full ones. A score whose open items could lift it into a graver row is unknown.
    """
    reached: list[Reached] = []
    unsettled: list[Open] = []
    answers = answered_by_source(course)
    if _SHORT in answers:
        _judge_phq2(law, answers, reached, unsettled)
    for source, bands in _BANDS:
        if source in answers:
            _judge_total(course, law, bands, answers[source], reached, unsettled)
    _judge_new_illness(course, law, reached)
    unsettled += _score_needed(course, law)
    if not reached and not unsettled:
        return not_applicable(
            "No mood score is on file, and nothing on file asks for one.", strength="local_default"
        )
    return said_of_rows(course, law, _SCORE_RULE, reached, unsettled)


def _judge_phq2(
    law: Law,
    answers: Mapping[Source, tuple[Questionnaire, ...]],
    reached: list[Reached],
    unsettled: list[Open],
) -> None:
    held = answers[_SHORT]
    last = held[-1]
    score, cut = total(last), law.number("mental_health/phq2_cut", last.date)
    says = f"PHQ-2 {_scored(score)} on {in_words(last.date)}, cut-off {cut.value:g}"
    if score.least < cut.value <= score.most:
        unsettled.append(Open(f"{says}.", "the items of PHQ-2 that were not answered", last, (cut,)))
        return
    followed = [
        any(each.date >= last.date for each in answers.get(source, ())) for source in (DEPRESSION, _ANXIETY)
    ]
    row = "PSY-1" if score.least >= cut.value and not all(followed) else NOTHING
    reached.append(Reached(last, row, says, (cut,), held, lambda each: total(each).least))


def _judge_total(
    course: Course,
    law: Law,
    name: str,
    held: tuple[Questionnaire, ...],
    reached: list[Reached],
    unsettled: list[Open],
) -> None:
    """The row of the last total of one source. `name` is that of the value that holds its bands."""
    last = held[-1]
    bands = law.value(name, last.date)
    score = total(last)
    row = _row(bands, score.least)
    row_at_most = row if score.is_known else _row(bands, score.most)
    says = f"{_NAMES[last.tool]} {_scored(score)} on {in_words(last.date)}"
    before = _baseline(course, held)
    rise = law.number("mental_health/rise_from_baseline", last.date)
    values: tuple[Dated[object], ...] = (bands,)
    if before is not None and before is not last:
        values = (*values, rise)
        was = total(before)
        says += f" ({_scored(was)} before the first dose)"
        if score.least - was.most >= rise.value and row < _REVIEWED:
            row = _REVIEWED
        if score.most - was.least >= rise.value and row_at_most < _REVIEWED:
            row_at_most = _REVIEWED
    if stops_at_onset(course, law) and _is_onset(course, law, last, before, rise):
        reached.append(Reached(last, ONSET, f"{says}, new or worse since the start", values, held, _least))
    reached.append(Reached(last, row, says, values, held, _least))
    if row_at_most != row and not score.is_known:
        unsettled.append(
            Open(
                f"With the open items it may reach {row_at_most}.",
                f"the items of {_NAMES[last.tool]} that were not answered",
                last,
            )
        )


def _least(fact: Questionnaire) -> float:
    return total(fact).least


def _row(bands: Dated[tuple[dict[str, object], ...]], score: int) -> str:
    """The row of the highest band that the score reaches; rows are named in the order of gravity."""
    reached = NOTHING
    for least, row in _bands_of(bands):
        if score >= least:
            reached = row
    return reached


@once_for_each_value
def _bands_of(bands: Dated[Any]) -> tuple[tuple[int, str], ...]:
    """The least score of each band, with its row."""
    return tuple((int(str(band["from"])), str(band["row"])) for band in bands.value)


def _baseline(course: Course, held: tuple[Questionnaire, ...]) -> Questionnaire | None:
    """The last score before the first dose of the course, or of its day."""
    started_on = course.started_on
    if started_on is None:
        return None
    before = [each for each in held if each.date <= started_on]
    return before[-1] if before else None


def _is_onset(
    course: Course, law: Law, last: Questionnaire, before: Questionnaire | None, rise: Dated[float]
) -> bool:
    """Is it depression or mood disturbance that was not there before the start, or that got worse?"""
    started_on = course.started_on
    if started_on is None or last.date <= started_on:
        return False
    onset = law.number("mental_health/onset_from", last.date).value
    now = total(last).least
    if before is None:
        return now >= onset
    was = total(before).most
    return now - was >= rise.value or (now >= onset > was)


def _judge_new_illness(course: Course, law: Law, reached: list[Reached]) -> None:
    """Depression or psychosis on file since a day of treatment. What was there before is no block."""
    started_on = course.started_on
    if started_on is None:
        return
    for fact in course.chart.open_now(Condition):
        if fact.from_ <= started_on or fact.what not in ("depression", "psychosis"):
            continue
        says = f"{fact.what.capitalize()} on file since {in_words(fact.from_)}, after the first dose"
        row = _SAME_DAY if fact.what == "psychosis" else _REVIEWED
        if fact.what == "depression" and stops_at_onset(course, law):
            row = ONSET
        reached.append(Reached(fact, row, says))


def _score_needed(course: Course, law: Law) -> list[Open]:
    """The score that is missing or no longer serves, where one is needed at each visit."""
    day = course.today.day
    everyone = law.flag("mental_health/score_needed_by_everyone", day)
    concerned = law.words("mental_health/score_needed_for", day)
    if course.last_stop is not None and not course.is_prescribed:
        return []
    if not everyone.value and not has_condition(course, concerned.value):
        return []
    scored = course.chart.all(Questionnaire)
    held = [each for each in scored if each.tool in _MOOD_TOOLS and has_answers(each)]
    valid = law.days("mental_health/score_valid_days", day)
    if held and not course.today.is_past(days_after(held[-1].date, valid.value)):
        return []
    says = f"The last mood score is of {in_words(held[-1].date)}." if held else "No mood score is on file."
    because = everyone if everyone.value else concerned
    return [Open(says, "a mood score (PHQ-2 or PHQ-9)", held[-1] if held else None, (because, valid))]


def _scored(score: Score) -> str:
    least, most = score.least, score.most
    return f"{least}" if least == most else f"between {least} and {most}"


@rule(_SYMPTOM_RULE, clinical=True)
def mood_symptoms(course: Course, law: Law) -> Outcome:
    """Do a change of mood, thoughts of self-harm, psychosis or aggression ask for anything?"""
    outcome = judge_symptoms(course, law, _SYMPTOM_RULE, _MOOD_TABLES)
    mood = reported_of(course, _MOOD)
    started_on = course.started_on
    if mood is None or not mood.run or started_on is None or mood.run[0].day <= started_on:
        return outcome
    if gravity(outcome.action or "continue") >= gravity("stop") or not stops_at_onset(course, law):
        return outcome
    report = max(mood.run[-1].present, key=severity_rank)
    cleared = cleared_by(
        course,
        _SYMPTOM_RULE,
        report,
        among=mood.reports,
        needs_assessment=_MENTAL_HEALTH,
    )
    if cleared is not None:
        return outcome
    policy = law.word("mental_health/psych_stop_policy", course.today.day)
    return advised(
        "stop",
        f"{outcome.says} It began on treatment, and this policy stops at the onset.",
        needs="treatment stopped, and a mental-health assessment; stopping alone may not be enough",
        whose_move="specialist",
        facts=[report],
        values=(policy, *outcome.values),
        task="specialist_review",
        opens_on=report.date,
        due_on=report.date,
    )
