"""Does another medicine make isotretinoin more dangerous, or the other way round?

Clinical specification A5. Which medicine belongs to which class is one table (`decisions.medicines`);
what is done about a class is a dated value. Blocking interactions follow the programme's label as
well, under `eligibility.contraindications`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from isovigil.calendar.days import days_after, in_words
from isovigil.case.kinds import Medicine
from isovigil.decisions.advice import advised, graver, nothing_asked
from isovigil.decisions.asked import joined
from isovigil.decisions.clearing import cleared_by
from isovigil.decisions.contraceptive_cover import in_plain
from isovigil.decisions.course import Course
from isovigil.decisions.finding import Action, Outcome
from isovigil.decisions.hormonal_methods import HormonalCover, hormonal_cover, primary_not_hormonal
from isovigil.decisions.medicines import medicines_since, table_of_medicines, taken_now
from isovigil.decisions.rule import rule
from isovigil.law.law import Law
from isovigil.law.value import Dated

_TETRACYCLINES = "interactions.tetracyclines"
_HORMONAL = "interactions.hormonal_contraception"
_ST_JOHNS_WORT = frozenset({"st_johns_wort"})
_PILL = frozenset({"progestin_only_pill"})
_NONE_KNOWN = "which reads as none known"


def _not_decided(course: Course, rule_name: str, medicines: Sequence[Medicine]) -> list[Medicine]:
    """The medicines about which no clinician has decided that treatment may go on."""
    if not medicines:
        return []
    return [each for each in medicines if cleared_by(course, rule_name, each) is None]


def _names(medicines: Sequence[Medicine]) -> str:
    return joined(list(dict.fromkeys(each.name for each in medicines)))


def _action(course: Course, law: Law, question: str) -> tuple[Action, Dated[str]]:
    value = law.word(f"interactions/{question}_action", course.today.day)
    return cast(Action, value.value), value


def _judge_class(
    course: Course,
    law: Law,
    rule_name: str,
    *,
    classes: tuple[str, ...],
    question: str,
    called: str,
    why: str,
) -> Outcome:
    """What is done about the medicines of some classes that are taken now."""
    action, value = _action(course, law, question)
    taken = taken_now(course, law, classes)
    if not taken:
        return nothing_asked(f"No {called} is recorded, {_NONE_KNOWN}.", values=(value,))
    values = (value, table_of_medicines(course, law))
    waiting = _not_decided(course, rule_name, taken)
    if not waiting:
        return nothing_asked(
            f"{_names(taken)}: a clinician decided that treatment may go on.",
            facts=taken,
            values=values,
            amber=True,
        )
    return advised(
        action,
        f"{_names(waiting)} is taken: {why}.",
        needs=f"an end of {_names(waiting)}, or a clinician's decision about it",
        whose_move="prescriber",
        facts=waiting,
        values=values,
    )


@rule(_TETRACYCLINES, clinical=True)
def tetracyclines(course: Course, law: Law) -> Outcome:
    """Is a tetracycline taken, or was one until a few days ago?

    Together they can raise the pressure in the head (clin-L1). The days after the last one are our
    own default.
    """
    outcome = _judge_class(
        course,
        law,
        _TETRACYCLINES,
        classes=("tetracycline",),
        question="tetracyclines",
        called="tetracycline",
        why="with isotretinoin it can raise the pressure in the head",
    )
    if outcome.answer == "not_met":
        return outcome
    washout = law.period("interactions/tetracycline_washout", course.today.day)
    lately = [
        each.medicine
        for each in medicines_since(course, law, days_after(course.today.day, -washout.value.longest_days))
        if "tetracycline" in each.classes
        and each.medicine.to is not None
        and course.today.is_past(each.medicine.to)
        and not course.today.has_reached(washout.value.after(each.medicine.to))
    ]
    waiting = _not_decided(course, _TETRACYCLINES, lately)
    if not waiting:
        return outcome
    action, value = _action(course, law, "tetracyclines")
    free_on = max(washout.value.after(each.to) for each in waiting if each.to is not None)
    return advised(
        action,
        f"{_names(waiting)} ended less than {washout.value.in_words()} ago.",
        needs=f"to wait until {in_words(free_on)}, or a clinician's decision",
        whose_move="prescriber",
        facts=waiting,
        values=(value, washout),
        opens_on=free_on,
    )


@rule("interactions.vitamin_a", clinical=True)
def vitamin_a(course: Course, law: Law) -> Outcome:
    """Is vitamin A taken as a supplement?"""
    return _judge_class(
        course,
        law,
        "interactions.vitamin_a",
        classes=("vitamin_a",),
        question="vitamin_a",
        called="vitamin A supplement",
        why="its unwanted effects add to those of isotretinoin",
    )


@rule("interactions.other_retinoids", clinical=True)
def other_retinoids(course: Course, law: Law) -> Outcome:
    """Is another retinoid taken by mouth, or put on the skin?"""
    name = "interactions.other_retinoids"
    by_mouth = _judge_class(
        course,
        law,
        name,
        classes=("oral_retinoid",),
        question="oral_retinoids",
        called="other retinoid",
        why="two retinoids by mouth add up",
    )
    if by_mouth.answer == "not_met":
        return by_mouth
    on_the_skin = _judge_class(
        course,
        law,
        name,
        classes=("topical_retinoid",),
        question="topical_retinoids",
        called="other retinoid",
        why="on the skin it adds to the irritation",
    )
    return on_the_skin if on_the_skin.answer == "not_met" or not by_mouth.facts else by_mouth


@rule("interactions.bone_active", clinical=True)
def bone_active(course: Course, law: Law) -> Outcome:
    """Is a medicine taken that weakens bone, as phenytoin and systemic corticosteroids do?

    A corticosteroid given on purpose in a flare is limited in time: by a decision with its last day.
    """
    return _judge_class(
        course,
        law,
        "interactions.bone_active",
        classes=("phenytoin", "systemic_corticosteroid"),
        question="bone_active",
        called="medicine that weakens bone",
        why="both can weaken bone, so its use is weighed and limited in time",
    )


@rule(_HORMONAL, clinical=True)
def hormonal_contraception(course: Course, law: Law) -> Outcome:
    """Does hormonal contraception hold with the medicines taken, and is it of a kind that counts?

    That a medicine defeats the only primary method holds treatment under `contraception.interactions`;
    here it is advised about. A progestin-only pill alone asks for another method, and the programme's
    own list decides at its gates. St John's wort asks for care because of mood as well.
    """
    counts = law.flag("interactions/progestin_only_pill_counts", course.today.day)
    mood = _mood_active(course, law)
    if course.can_become_pregnant is not True:
        return mood or nothing_asked("No contraception is relied on.", values=(counts,))
    cover = hormonal_cover(course, law)
    values = (counts, *cover.values)
    waiting = _not_decided(course, _HORMONAL, cover.defeating)
    if waiting and cover.at_risk:
        return advised(
            "recheck",
            f"{_names(waiting)} can defeat {in_plain(min(cover.at_risk))}.",
            needs="another primary method, or another medicine",
            whose_move="prescriber",
            facts=[*waiting, *cover.entries],
            values=values,
        )
    taken = taken_now(course, law, _PILL)
    if not counts.value and (taken or _enters_the_pill(cover)):
        relied_on = (cover.at_risk | cover.in_use & primary_not_hormonal(course, law)) - _PILL
        if not relied_on:
            return advised(
                "recheck",
                "A progestin-only pill is not counted as contraception during treatment.",
                needs="another primary method",
                whose_move="prescriber",
                facts=[*taken, *cover.entries],
                values=values,
                task="contraception_entry",
            )
    return mood or nothing_asked(
        "Nothing recorded defeats the contraception in use.", facts=cover.entries, values=values
    )


def _enters_the_pill(cover: HormonalCover) -> bool:
    return any(entry.primary in _PILL or entry.secondary in _PILL for entry in cover.entries)


def _mood_active(course: Course, law: Law) -> Outcome | None:
    taken = _not_decided(course, _HORMONAL, taken_now(course, law, _ST_JOHNS_WORT))
    if not taken:
        return None
    action, value = _action(course, law, "mood_active")
    return advised(
        graver(action, "recheck"),
        f"{_names(taken)} is taken: it acts on mood and on many other medicines.",
        needs="a clinician's decision about it",
        whose_move="prescriber",
        facts=taken,
        values=(value, table_of_medicines(course, law)),
    )
