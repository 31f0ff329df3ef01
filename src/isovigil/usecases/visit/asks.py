"""What is this patient to be asked today, and what was said last time?

A value of last time is a suggestion: it becomes a fact of today only once somebody confirms it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

import msgspec

from isovigil.case.case import Case
from isovigil.case.chart import Chart
from isovigil.case.kinds import (
    Acne,
    Assessment,
    Category,
    Contraception,
    Laboratory,
    PregnancyTest,
    Prescription,
    Questionnaire,
    Symptom,
    Visit,
    Weight,
)
from isovigil.case.units import UNITS
from isovigil.decisions.clearing import FAVOURABLE
from isovigil.decisions.finding import PASSES, Finding
from isovigil.decisions.review import Review
from isovigil.law.law import Law
from isovigil.usecases.record.access import ENDS_A_HOLD_FOR_SELF_HARM

ANALYTES: Final = ("alt", "triglycerides", "ldl")
"""What a form asks for by hand; every other result comes with an import, or on the page of results."""
_NOTHING_TO_DO: Final = frozenset({"continue", "recheck", "no_uptitrate", None})
_HOLDS: Final = ("emergency", "stop", "hold")
"""What an assessment can end, the gravest first."""
_SELF_HARM_SCREENED: Final = "mental_health.self_harm_risk"
_MOOD_REPORTED: Final = "symptoms.mood"
SELF_HARM_REPORTED: Final = "AE12"
"""Thoughts of self-harm that were reported as an unwanted effect; they ask for the same assessment."""


class LastResult(msgspec.Struct, frozen=True):
    """The last result of one analyte, whose unit and limit are suggested."""

    analyte: str
    units: tuple[str, ...]
    unit: str
    upper_limit: float | None
    value: float | None
    taken_on: date | None


class ToDecide(msgspec.Struct, frozen=True):
    """A finding that asks a prescriber for a decision with a reason."""

    rule: str
    says: str
    action: str
    needs: str


class Asks(msgspec.Struct, frozen=True, kw_only=True):
    """What the form asks, and what it suggests."""

    today: date
    asks_pregnancy_test: bool
    """Unless the patient is known not to be able to become pregnant."""
    test_setting: str
    test_specimen: str
    methods: tuple[str, ...]
    """The methods last entered; a confirm enters them for this month."""
    methods_since: date | None
    weight_kg: float | None
    weighed_on: date | None
    counts: tuple[int | None, int | None]
    """Inflamed lesions and nodules as last counted."""
    open_symptoms: tuple[str, ...]
    """Codes that were last reported as present."""
    results: tuple[LastResult, ...]
    daily_dose_mg: float | None
    days_supply: int | None
    product: str
    strengths: tuple[float, ...]
    most_days: int | None
    """For how many days the programme lets one prescription supply; None where it names no limit."""
    mode: str
    tool: str
    """phq9, or phqa for whom it was last asked so."""
    asks_sexual_function: bool
    self_harm_asks_for: str | None
    """hold, stop or emergency, where thoughts of self-harm ask for it before anything is answered today."""
    not_cleared_today: bool
    """An assessment of today that did not clear stands; of two on one day the graver one counts."""
    to_decide: tuple[ToDecide, ...]
    due: tuple[str, ...]
    """What the review asks for, in its words."""


def asks_of(case: Case, chart: Chart, review: Review, law: Law) -> Asks:
    """What is asked at a visit on the day of the review."""
    today = review.on
    category = chart.latest(Category)
    prescription = chart.latest(Prescription)
    weight, acne, test = chart.latest(Weight), chart.latest(Acne), chart.latest(PregnancyTest)
    methods = _methods(chart)
    product = "conventional" if prescription is None else str(prescription.product)
    visit = chart.latest(Visit)
    return Asks(
        today=today,
        asks_pregnancy_test=category is None or category.can_become_pregnant,
        test_setting="clinic" if test is None else test.setting,
        test_specimen="urine" if test is None or test.specimen is None else test.specimen,
        methods=() if methods is None else _named(methods),
        methods_since=None if methods is None else methods.from_,
        weight_kg=None if weight is None else weight.kg,
        weighed_on=None if weight is None else weight.date,
        counts=(None, None) if acne is None else (acne.inflammatory, acne.nodules),
        open_symptoms=tuple(_open_symptoms(chart)),
        results=tuple(_last_result(chart, analyte) for analyte in ANALYTES),
        daily_dose_mg=None if prescription is None else prescription.daily_dose_mg,
        days_supply=None if prescription is None else prescription.days_supply,
        product=product,
        strengths=strengths_of(law, product, today),
        most_days=_most_days(law, today),
        mode="in_person" if visit is None else visit.mode,
        tool=_tool(chart),
        asks_sexual_function=any(
            each.rule.startswith("sexual_function.") and each.answer not in (*PASSES, "not_applicable")
            for each in review.findings
        ),
        self_harm_asks_for=_self_harm_asks_for(chart, review.findings),
        not_cleared_today=any(
            each.date == today and each.outcome not in FAVOURABLE
            for each in chart.all(Assessment)
            if each.what in ENDS_A_HOLD_FOR_SELF_HARM
        ),
        to_decide=tuple(_to_decide(review.findings)),
        due=tuple(dict.fromkeys(task.says for task in review.tasks)),
    )


def _methods(chart: Chart) -> Contraception | None:
    entered = [each for each in chart.open_now(Contraception) if each.reported_by == "prescriber"]
    return entered[-1] if entered else None


def _named(methods: Contraception) -> tuple[str, ...]:
    if methods.abstinence:
        return ("abstinence",)
    return tuple(each for each in (methods.primary, methods.secondary) if each is not None)


def _open_symptoms(chart: Chart) -> Iterator[str]:
    last: dict[str, Symptom] = {}
    for fact in chart.all(Symptom):
        last[fact.code] = fact
    for code, fact in last.items():
        if fact.severity != "none":
            yield code


def _last_result(chart: Chart, analyte: str) -> LastResult:
    results = [each for each in chart.all(Laboratory) if each.analyte == analyte]
    last = results[-1] if results else None
    units = tuple(UNITS[analyte])
    return LastResult(
        analyte,
        units,
        units[0] if last is None else last.unit,
        None if last is None else last.upper_limit,
        None if last is None else last.value,
        None if last is None else last.taken_on,
    )


def strengths_of(law: Law, product: str, today: date) -> tuple[float, ...]:
    """The strengths of a product's capsules in mg; none where the programme's law names none."""
    name = f"dose/capsules_{product}"
    if not law.holds(name, today):
        return ()
    return tuple(float(mg) for mg in law.value(name, today).value["mg"])


def _most_days(law: Law, today: date) -> int | None:
    name = "prescription/supply_limit_days"
    return law.days(name, today).value if law.holds(name, today) else None


def _tool(chart: Chart) -> str:
    asked = [each.tool for each in chart.all(Questionnaire) if each.tool in ("phq9", "phqa")]
    return asked[-1] if asked else "phq9"


def _self_harm_asks_for(chart: Chart, findings: Sequence[Finding]) -> str | None:
    """The graver of what a screen for self-harm, and thoughts of it that were reported, ask for still."""
    rules = {_SELF_HARM_SCREENED}
    if SELF_HARM_REPORTED in _open_symptoms(chart):
        rules.add(_MOOD_REPORTED)
    asked = {each.action for each in findings if each.rule in rules and each.answer not in PASSES}
    return next((action for action in _HOLDS if action in asked), None)


def _to_decide(findings: Sequence[Finding]) -> Iterator[ToDecide]:
    for finding in findings:
        if finding.action not in _NOTHING_TO_DO and finding.answer not in PASSES:
            yield ToDecide(finding.rule, finding.says, str(finding.action), finding.needs or "")
