"""Why is this patient's blood to be watched more closely, if it is?"""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from isovigil.calendar.days import in_words
from isovigil.case.fact import Fact
from isovigil.case.kinds import Condition, Height, Medicine, Weight
from isovigil.case.units import CENTIMETRES_IN_A_METRE
from isovigil.decisions.course import Course
from isovigil.decisions.dose_given import weight_on
from isovigil.decisions.laboratory_results import (
    as_tabled,
    baseline_of,
    in_plain,
    is_above,
    is_from,
    was_raised,
    worst_reading,
)
from isovigil.decisions.medicines import medicines_on_file
from isovigil.law.law import Law
from isovigil.law.value import Dated

LIVER_INSUFFICIENCY = "liver_insufficiency"
_LIVER_DISEASES = "laboratory/liver_diseases"
_FOR_CONDITIONS = "laboratory/closer_for_conditions"


class Reason(NamedTuple):
    """One reason, as a word in a sentence, with what it rests on."""

    says: str
    fact: Fact
    value: Dated[Any]


def closer_because(course: Course, law: Law) -> list[Reason]:
    """Every reason for closer monitoring: conditions, medicines, weight, dose and baseline.

    Which there can be is worked out once; whether one that may end still runs is asked each time.
    """
    possible = course.remember("closer monitoring", lambda: _possible(course, law))
    if not possible:
        return []
    return [reason for reason in possible if course.chart.is_open(reason.fact)]


def _possible(course: Course, law: Law) -> list[Reason]:
    lasting = [*_body(course, law), *_dose(course, law), *_baseline(course, law)]
    return [*_conditions(course, law), *_medicines(course, law), *lasting]


def conditions_that_matter(course: Course, law: Law) -> list[Condition]:
    """The conditions on file, over or not, that bear on how closely blood is watched."""
    present = course.chart.all(Condition)
    if not present:
        return []
    words = law.worked_out(_words_that_matter, course.today.day)
    return [fact for fact in present if fact.what in words]


def _words_that_matter(law: Law, on: date) -> frozenset[str]:
    liver, closer = law.words(_LIVER_DISEASES, on), law.words(_FOR_CONDITIONS, on)
    return frozenset((LIVER_INSUFFICIENCY, *liver.value, *closer.value))


def liver_diseases(course: Course, law: Law) -> list[Condition]:
    """The known liver diseases that ask for a note from hepatology and for a schedule of their own."""
    present = conditions_that_matter(course, law)
    if not present:
        return []
    words = law.words(_LIVER_DISEASES, course.today.day).value
    return [fact for fact in present if fact.what in words and course.chart.is_open(fact)]


def _conditions(course: Course, law: Law) -> list[Reason]:
    present = conditions_that_matter(course, law)
    if not present:
        return []
    today = course.today.day
    held = law.words(_FOR_CONDITIONS, today)
    liver = law.words(_LIVER_DISEASES, today)
    return [
        Reason(fact.what.replace("_", " "), fact, held if fact.what in held.value else liver)
        for fact in present
        if fact.what in held.value or fact.what in liver.value
    ]


def _medicines(course: Course, law: Law) -> list[Reason]:
    if not course.chart.all(Medicine):
        return []
    held = law.words("laboratory/closer_for_medicines", course.today.day)
    return [
        Reason(f"{each.medicine.name} beside isotretinoin", each.medicine, held)
        for each in medicines_on_file(course, law)
        if not each.classes.isdisjoint(held.value)
    ]


def _body(course: Course, law: Law) -> list[Reason]:
    height, weight = course.chart.latest(Height), course.chart.latest(Weight)
    if height is None or weight is None:
        return []
    held = law.number("laboratory/closer_from_bmi", course.today.day)
    index = weight.kg / (height.cm / CENTIMETRES_IN_A_METRE) ** 2
    return [Reason(f"a body mass index of {index:.1f}", weight, held)] if is_from(index, held.value) else []


def _dose(course: Course, law: Law) -> list[Reason]:
    prescription = course.latest_prescription
    if prescription is None:
        return []
    weight = weight_on(course, prescription.issued_on)
    if weight is None:
        return []
    held = law.number("laboratory/closer_above_daily_dose", course.today.day)
    dose = prescription.daily_dose_mg / weight.kg
    above = is_above(prescription.daily_dose_mg, held.value * weight.kg)
    return [Reason(f"a daily dose of {dose:.2f} mg/kg", prescription, held)] if above else []


def _baseline(course: Course, law: Law) -> list[Reason]:
    found = []
    for analyte in ("alt", "ast"):
        baseline = baseline_of(course, law, analyte)
        if baseline is not None and was_raised(baseline):
            fact = baseline.facts[-1]
            held = law.number("laboratory/baseline_values", fact.taken_on)
            found.append(Reason(f"a raised baseline ({in_plain(fact)})", fact, held))
    lipids = baseline_of(course, law, "triglycerides")
    if lipids is not None:
        fact = lipids.facts[-1]
        high: Dated[Any] = law.value("laboratory/closer_from_baseline_triglycerides", fact.taken_on)
        tabled = [as_tabled(one) for one in lipids.facts]
        if any(is_from(worst_reading(one), high.value[one.unit]) for one in tabled):
            found.append(Reason(f"a high baseline ({in_plain(fact)})", fact, high))
    return [*found, *_low_baseline(course, law)]


def _low_baseline(course: Course, law: Law) -> list[Reason]:
    """The optional, very sensitive trigger: off unless the policy or the clinic wants it."""
    wanted = law.flag("laboratory/closer_by_low_baseline", course.today.day)
    if not wanted.value:
        return []
    found = []
    bounds = law.value("laboratory/low_baselines", course.today.day).value
    for analyte, bound in bounds.items():
        baseline = baseline_of(course, law, analyte)
        if baseline is not None and is_from(baseline.value, bound):
            fact = baseline.facts[-1]
            found.append(Reason(f"a baseline that predicts a rise ({in_plain(fact)})", fact, wanted))
    return found


def in_a_sentence(reasons: list[Reason]) -> str:
    """The reasons in one list, each once."""
    return "; ".join(dict.fromkeys(reason.says for reason in reasons))


def since_when(condition: Condition) -> str:
    """``liver disease since 3 March 2020``."""
    return f"{condition.what.replace('_', ' ')} since {in_words(condition.from_)}"
