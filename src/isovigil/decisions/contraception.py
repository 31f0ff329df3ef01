"""Is accepted contraception in use, for long enough, and do both accounts agree?"""

from __future__ import annotations

from functools import lru_cache

import msgspec

from isovigil.calendar.days import in_words
from isovigil.case.kinds import Contraception
from isovigil.decisions.clearing import cleared_by
from isovigil.decisions.contraceptive_cover import (
    ONE_EFFECTIVE,
    entry_in_force,
    in_plain,
    in_use_since,
    lacks_the_preferred_second,
    rejection,
    valid_waiver,
)
from isovigil.decisions.course import Course
from isovigil.decisions.finding import Outcome, met, not_applicable, not_met, unknown
from isovigil.decisions.hormonal_methods import hormonal_cover, primary_not_hormonal
from isovigil.decisions.pregnancy_testing import CANNOT, category_unknown
from isovigil.decisions.rule import DISPENSE, EVERY_GATE, PRESCRIBE_AND_DISPENSE, rule
from isovigil.law.law import Law

_POLICY = "contraception/method_policy"
_LEAD = "contraception/lead"
_MATCH = "contraception/entries_must_match"


def _entries(course: Course) -> list[Contraception]:
    both = (entry_in_force(course, "prescriber"), entry_in_force(course, "patient"))
    return [entry for entry in both if entry is not None]


@rule("contraception.methods_accepted", gates=EVERY_GATE)
def methods_accepted(course: Course, law: Law) -> Outcome:
    """Are the contraceptive methods in use ones the programme accepts?"""
    today = course.today.day
    policy = law.word(_POLICY, today)
    if course.can_become_pregnant is None:
        return category_unknown(law)
    if not course.can_become_pregnant:
        return not_applicable(CANNOT, values=(policy,))
    waived = _waived(course, law)
    if waived is not None:
        return waived
    entries = _entries(course)
    if not entries:
        return unknown(
            "No contraception is recorded as in use.",
            needs="the contraceptive methods in use",
            whose_move="patient",
            satisfiable_from=today,
            values=(policy,),
            task="contraception_entry",
        )
    for entry in entries:
        why_not = rejection(entry, law, today)
        if why_not is not None:
            return not_met(
                f"The {entry.reported_by}'s entry is not accepted: {why_not}.",
                needs="accepted contraception",
                whose_move="patient",
                satisfiable_from=today,
                facts=[entry],
                values=(policy,),
                task="contraception_entry",
            )
    if policy.value == ONE_EFFECTIVE and all(lacks_the_preferred_second(entry) for entry in entries):
        return met(
            f"{_named(entries[0])} is accepted; two complementary methods are preferred.",
            facts=entries,
            values=(policy,),
            amber=True,
        )
    return met(f"{_named(entries[0])} is accepted.", facts=entries, values=(policy,))


def _named(entry: Contraception) -> str:
    if entry.abstinence:
        return "Committed abstinence"
    return _methods_in_words(entry.primary, entry.secondary)


@lru_cache
def _methods_in_words(*methods: str | None) -> str:
    return " with ".join([in_plain(method) for method in methods if method]).capitalize()


def _waived(course: Course, law: Law) -> Outcome | None:
    name = "contraception/waiver_accepted"
    if not law.holds(name, course.today.day):
        return None
    accepted = law.flag(name, course.today.day)
    waiver = valid_waiver(course)
    if waiver is None or not accepted.value:
        return None
    return met(
        f"Since {in_words(waiver.from_)} patient and prescriber agree that no pregnancy is to be "
        "expected; the patient stays in the programme.",
        facts=[waiver],
        values=(accepted,),
    )


@rule("contraception.lead_time", gates=EVERY_GATE)
def lead_time(course: Course, law: Law) -> Outcome:
    """Has accepted contraception been in use long enough without a gap?"""
    today = course.today.day
    lead = law.period(_LEAD, today)
    if course.can_become_pregnant is None:
        return category_unknown(law)
    if not course.can_become_pregnant:
        return not_applicable(CANNOT, values=(lead,))
    waived = _waived(course, law)
    if waived is not None:
        return waived
    since = in_use_since(course, law, today)
    if since is None:
        return unknown(
            "No accepted contraception is recorded as in use without a gap.",
            needs=f"accepted contraception in use for {lead.value.in_words()}",
            whose_move="patient",
            satisfiable_from=lead.value.after(today),
            facts=_entries(course),
            values=(lead,),
            task="contraception_entry",
        )
    over = lead.value.after(since)
    entries = [entry for entry in course.chart.all(Contraception) if entry.from_ == since]
    if course.today.has_reached(over):
        return met(
            f"Accepted contraception has been in use since {in_words(since)}; "
            f"{lead.value.in_words()} were over on {in_words(over)}.",
            facts=entries,
            values=(lead,),
        )
    return not_met(
        f"Accepted contraception has been in use since {in_words(since)}; "
        f"{lead.value.in_words()} are over on {in_words(over)}.",
        needs="the contraception lead time to pass",
        whose_move="patient",
        satisfiable_from=over,
        facts=entries,
        values=(lead,),
    )


@rule("contraception.entries_match", gates=DISPENSE)
def entries_match(course: Course, law: Law) -> Outcome:
    """Do the patient's and the prescriber's contraception entries agree, form by form?"""
    today = course.today.day
    must = law.flag(_MATCH, today)
    if course.can_become_pregnant is None:
        return category_unknown(law)
    if not course.can_become_pregnant:
        return not_applicable(CANNOT, values=(must,))
    patient = entry_in_force(course, "patient")
    prescriber = entry_in_force(course, "prescriber")
    if patient is None or prescriber is None:
        silent = "patient" if patient is None else "prescriber"
        return unknown(
            f"The {silent} has no contraception entry in force.",
            needs=f"the {silent}'s contraception entry",
            whose_move="patient" if patient is None else "prescriber",
            satisfiable_from=today,
            facts=[patient, prescriber],
            values=(must,),
            task="contraception_entry",
        )
    slots = [slot for slot in ("primary", "secondary") if getattr(patient, slot) != getattr(prescriber, slot)]
    if bool(patient.abstinence) != bool(prescriber.abstinence):
        slots.append("abstinence")
    if not slots:
        return met("Both entries agree.", facts=[patient, prescriber], values=(must,))
    differing = "; ".join(
        f"{slot}: patient {_slot(patient, slot)}, prescriber {_slot(prescriber, slot)}" for slot in slots
    )
    return not_met(
        f"The two contraception entries differ ({differing}).",
        needs="the same two forms, in the same order, from patient and prescriber",
        whose_move="patient",
        satisfiable_from=today,
        facts=[patient, prescriber],
        values=(must,),
        task="contraception_entry",
    )


def _slot(entry: Contraception, slot: str) -> str:
    value = getattr(entry, slot)
    if slot == "abstinence":
        return "yes" if value else "no"
    return "none" if value is None else in_plain(value)


@rule("contraception.interactions", gates=PRESCRIBE_AND_DISPENSE)
def interactions(course: Course, law: Law) -> Outcome:
    """Does another medicine defeat the hormonal method in use?"""
    today = course.today.day
    cover = hormonal_cover(course, law)
    if course.can_become_pregnant is None:
        return category_unknown(law)
    if not course.can_become_pregnant:
        return not_applicable(CANNOT, values=cover.values)
    at_risk = cover.at_risk if cover.defeating else ()
    if not at_risk:
        return met(
            "No medicine is recorded that defeats the method in use.",
            facts=cover.defeating,
            values=cover.values,
        )
    outcome = not_met(
        f"{cover.defeating[0].name} can defeat {in_plain(min(at_risk))}.",
        needs="a prescriber's review: another primary method, or another medicine",
        whose_move="prescriber",
        satisfiable_from=today,
        facts=[*cover.defeating, *cover.entries],
        values=cover.values,
        strength="guidance",
    )
    is_decided = all(
        cleared_by(course, "contraception.interactions", medicine) is not None for medicine in cover.defeating
    )
    if is_decided or cover.in_use & primary_not_hormonal(course, law):
        return outcome
    return msgspec.structs.replace(outcome, action="hold")
