"""What do the unwanted effects that the patient reports ask for?

One judge serves every symptom; what differs is data (`symptoms/<name>`, one table a symptom). Source:
the clinical specification, D1. Symptoms are recorded by exception: none recorded reads as none known.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import msgspec

from isovigil.calendar.days import in_words
from isovigil.calendar.window import Window
from isovigil.decisions.advice import advised, gravity, nothing_asked
from isovigil.decisions.course import Course
from isovigil.decisions.finding import Outcome, not_applicable
from isovigil.decisions.rule import rule
from isovigil.decisions.skin_procedures import procedures_put_off
from isovigil.decisions.symptom_reports import Reported, reported_of
from isovigil.decisions.symptom_triggers import Judged, due_on, judge_symptom
from isovigil.law.law import Law

CODES = {
    "lips": "AE01",
    "skin": "AE02",
    "nose": "AE03",
    "dry_eyes": "AE04",
    "night_vision": "AE05",
    "vision": "AE06",
    "sun": "AE07",
    "muscle": "AE08",
    "joints_and_back": "AE09",
    "bone": "AE10",
    "mood": "AE11",
    "self_harm": "AE12",
    "psychosis": "AE13",
    "head": "AE14",
    "abdomen": "AE15",
    "bowel": "AE16",
    "liver": "AE17",
    "severe_skin_reaction": "AE18",
    "hearing": "AE19",
    "sexual": "AE20",
    "sugar": "AE21",
    "hair": "AE22",
    "flare": "AE23",
    "allergy": "AE24",
    "periods": "AE25",
    "blood": "AE26",
    "tiredness": "AE27",
}
"""Every symptom of the checklist: its table is `symptoms/<name>`, and this is its code."""

_NONE_KNOWN = not_applicable(
    "No such symptom is reported, which reads as none known.", strength="local_default"
)
_LIPS = "AE01"
_SKIN = "AE02"

Tables = Mapping[str, str]
"""The name of each symptom's table, by the code the symptom is reported under."""


def judge_symptoms(course: Course, law: Law, name: str, tables: Tables) -> Outcome:
    """What the reports of some symptoms ask for together: the gravest action, and every reason."""
    about = [(table, told) for code, table in tables.items() if (told := reported_of(course, code))]
    if not about:
        return _NONE_KNOWN
    day = course.today.day
    judged = [judge_symptom(course, law, name, law.value(table, day), reports) for table, reports in about]
    standing = [each for each in judged if each is not None]
    return _as_outcome(standing) if standing else _gone(about)


def _gone(about: list[tuple[str, Reported]]) -> Outcome:
    last = max((reports.reports[-1] for _, reports in about), key=lambda each: each.date)
    return nothing_asked(f"Reported as gone on {in_words(last.date)}.", facts=[last])


def _as_outcome(standing: list[Judged]) -> Outcome:
    standing.sort(key=lambda each: -gravity(each.action))
    worst = standing[0]
    says = " ".join(dict.fromkeys(part for each in standing for part in (each.says, *each.advice)))
    facts = [fact for each in standing for fact in (each.report, each.decision, each.graver)]
    values = tuple(each.value for each in standing)
    if worst.action == "continue":
        cleared = any(each.decision is not None for each in standing)
        return nothing_asked(says, facts=facts, values=values, amber=cleared)
    asking = [each for each in standing if each.action != "continue"]
    return advised(
        worst.action,
        says,
        needs="; ".join(dict.fromkeys(_needs(each) for each in asking)),
        whose_move=worst.row.get("who", "prescriber"),
        facts=facts,
        values=values,
        task=worst.row.get("task"),
        opens_on=worst.report.date,
        due_on=due_on(worst),
    )


def _needs(judged: Judged) -> str:
    if judged.decision is not None:
        return f"a lower dose, as {judged.decision.by} decided"
    if judged.graver is not None:
        return f"a new decision, for {judged.graver.by} decided to {judged.graver.decision}"
    needs: str = judged.row["needs"]
    return needs


@rule("symptoms.nose", clinical=True)
def nose(course: Course, law: Law) -> Outcome:
    """Do nosebleeds ask for anything?"""
    return judge_symptoms(course, law, "symptoms.nose", {"AE03": "symptoms/nose"})


@rule("symptoms.eyes", clinical=True)
def eyes(course: Course, law: Law) -> Outcome:
    """Do dry or sore eyes ask for anything?"""
    return judge_symptoms(course, law, "symptoms.eyes", {"AE04": "symptoms/dry_eyes"})


@rule("symptoms.vision", clinical=True)
def vision(course: Course, law: Law) -> Outcome:
    """Does a change of vision, by night or by day, ask for anything?"""
    return judge_symptoms(
        course, law, "symptoms.vision", {"AE05": "symptoms/night_vision", "AE06": "symptoms/vision"}
    )


@rule("symptoms.muscle", clinical=True)
def muscle(course: Course, law: Law) -> Outcome:
    """Do aching or weak muscles ask for anything?"""
    return judge_symptoms(course, law, "symptoms.muscle", {"AE08": "symptoms/muscle"})


@rule("symptoms.joints_and_back", clinical=True)
def joints_and_back(course: Course, law: Law) -> Outcome:
    """Does pain in joints or back ask for anything?"""
    return judge_symptoms(course, law, "symptoms.joints_and_back", {"AE09": "symptoms/joints_and_back"})


@rule("symptoms.bone", clinical=True)
def bone(course: Course, law: Law) -> Outcome:
    """Does a complaint of the bones or of growth ask for anything?"""
    return judge_symptoms(course, law, "symptoms.bone", {"AE10": "symptoms/bone"})


@rule("symptoms.head", clinical=True)
def head(course: Course, law: Law) -> Outcome:
    """Does a headache ask for anything?"""
    return judge_symptoms(course, law, "symptoms.head", {"AE14": "symptoms/head"})


@rule("symptoms.abdomen", clinical=True)
def abdomen(course: Course, law: Law) -> Outcome:
    """Does pain in the upper belly ask for anything?"""
    return judge_symptoms(course, law, "symptoms.abdomen", {"AE15": "symptoms/abdomen"})


@rule("symptoms.bowel", clinical=True)
def bowel(course: Course, law: Law) -> Outcome:
    """Does diarrhoea ask for anything?"""
    return judge_symptoms(course, law, "symptoms.bowel", {"AE16": "symptoms/bowel"})


@rule("symptoms.liver", clinical=True)
def liver(course: Course, law: Law) -> Outcome:
    """Do signs of liver trouble ask for anything?"""
    return judge_symptoms(course, law, "symptoms.liver", {"AE17": "symptoms/liver"})


@rule("symptoms.severe_skin_reaction", clinical=True)
def severe_skin_reaction(course: Course, law: Law) -> Outcome:
    """Are there signs of a severe skin reaction?"""
    return judge_symptoms(
        course, law, "symptoms.severe_skin_reaction", {"AE18": "symptoms/severe_skin_reaction"}
    )


@rule("symptoms.hearing", clinical=True)
def hearing(course: Course, law: Law) -> Outcome:
    """Does a change of hearing ask for anything?"""
    return judge_symptoms(course, law, "symptoms.hearing", {"AE19": "symptoms/hearing"})


@rule("symptoms.sexual", clinical=True)
def sexual(course: Course, law: Law) -> Outcome:
    """Does a change of sexual function ask for anything?"""
    return judge_symptoms(course, law, "symptoms.sexual", {"AE20": "symptoms/sexual"})


@rule("symptoms.sugar", clinical=True)
def sugar(course: Course, law: Law) -> Outcome:
    """Are there signs of diabetes?"""
    return judge_symptoms(course, law, "symptoms.sugar", {"AE21": "symptoms/sugar"})


@rule("symptoms.hair", clinical=True)
def hair(course: Course, law: Law) -> Outcome:
    """Does shedding hair ask for anything?"""
    return judge_symptoms(course, law, "symptoms.hair", {"AE22": "symptoms/hair"})


@rule("symptoms.flare", clinical=True)
def flare(course: Course, law: Law) -> Outcome:
    """Does a sudden worsening of acne ask for anything?"""
    return judge_symptoms(course, law, "symptoms.flare", {"AE23": "symptoms/flare"})


@rule("symptoms.allergy", clinical=True)
def allergy(course: Course, law: Law) -> Outcome:
    """Are there signs of allergy or of inflamed vessels?"""
    return judge_symptoms(course, law, "symptoms.allergy", {"AE24": "symptoms/allergy"})


@rule("symptoms.periods", clinical=True)
def periods(course: Course, law: Law) -> Outcome:
    """Does a late period or a missed method ask for anything?"""
    return judge_symptoms(course, law, "symptoms.periods", {"AE25": "symptoms/periods"})


@rule("symptoms.blood", clinical=True)
def blood(course: Course, law: Law) -> Outcome:
    """Are there signs of a low blood count?"""
    return judge_symptoms(course, law, "symptoms.blood", {"AE26": "symptoms/blood"})


@rule("symptoms.tiredness", clinical=True)
def tiredness(course: Course, law: Law) -> Outcome:
    """Does tiredness ask for anything?"""
    return judge_symptoms(course, law, "symptoms.tiredness", {"AE27": "symptoms/tiredness"})


@rule("symptoms.skin_and_lips", clinical=True)
def skin_and_lips(course: Course, law: Law) -> Outcome:
    """Do dry lips or dry skin ask for anything?

    Lips that are not dry at all by the sixth week may mean that the capsules are not taken, or taken
    without the food they need: a prompt to ask, and no more.
    """
    outcome = judge_symptoms(
        course, law, "symptoms.skin_and_lips", {_LIPS: "symptoms/lips", _SKIN: "symptoms/skin"}
    )
    if outcome.answer != "met":
        return outcome
    outcome = _with_procedures(course, law, outcome)
    lips = reported_of(course, _LIPS)
    started_on = course.started_on
    if lips is None or started_on is None or any(day.present for day in lips.days):
        return outcome
    name = "symptoms/absence_tells_from_day"
    tells = law.days(name, lips.last.day)
    if (lips.last.day - started_on).days + 1 < tells.value:
        return outcome
    return nothing_asked(
        f"{outcome.says} Lips that are not dry by {in_words(lips.last.day)} ask how the capsules are taken: "
        "every day, with the food the product needs?",
        facts=[lips.reports[-1]],
        values=(*outcome.values, tells),
        amber=True,
    )


def _with_procedures(course: Course, law: Law, outcome: Outcome) -> Outcome:
    """The outcome, and where the skin is dry also which procedures are put off: they scar fragile skin."""
    skin = reported_of(course, _SKIN)
    if skin is None or not skin.run:
        return outcome
    put_off = procedures_put_off(law, course.today.day)
    named = ", ".join(word.replace("_", " ") for word in put_off.procedures.value)
    length = f"{put_off.wait.value.count} {put_off.wait.value.unit}s"
    says = f"{outcome.says} To put off until {length} after the last dose: {named}."
    return msgspec.structs.replace(outcome, says=says, values=(*outcome.values, *put_off))


@rule("symptoms.sun", clinical=True)
def sun(course: Course, law: Law) -> Outcome:
    """Does sunburn, or the summer itself where the policy says so, ask for anything?"""
    outcome = judge_symptoms(course, law, "symptoms.sun", {"AE07": "symptoms/sun"})
    cut = law.flag("symptoms/summer_dose_cut", course.today.day)
    if not cut.value or not course.has_started or gravity(outcome.action or "continue") > gravity("reduce"):
        return outcome
    summer = law.value("symptoms/summer", course.today.day)
    year = course.today.day.year
    if not any(course.today.is_inside(_summer(summer.value, each)) for each in (year, year + 1)):
        return outcome
    return advised(
        "reduce",
        f"It is summer, and this policy lowers the dose then. {outcome.says}",
        needs="a lower dose until the summer is over, and sunscreen",
        whose_move="prescriber",
        values=(cut, summer, *outcome.values),
    )


def _summer(days: dict[str, str], year: int) -> Window:
    return Window(date.fromisoformat(f"{year}-{days['first']}"), date.fromisoformat(f"{year}-{days['last']}"))
