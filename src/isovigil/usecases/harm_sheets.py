"""What is known, and what must still be asked, when a harm is reported?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

from isovigil.calendar.days import in_words
from isovigil.calendar.moment import Moment
from isovigil.case.case import Case
from isovigil.case.chart import Chart
from isovigil.case.fact import Fact
from isovigil.case.kinds import (
    Condition,
    Contraception,
    Dispense,
    Laboratory,
    Medicine,
    Menses,
    Pregnancy,
    PregnancyTest,
    Prescription,
    Return,
    Symptom,
    TreatmentStop,
)
from isovigil.decisions.course import Course
from isovigil.decisions.dose_given import dose_given, milligrams
from isovigil.decisions.harm import (
    HarmWord,
    addressees,
    exposed_pregnancies,
    reportable_events,
    reports_about,
)
from isovigil.decisions.review import Review
from isovigil.decisions.symptoms import CODES
from isovigil.exchange.fact_words import fact_in_words
from isovigil.exchange.harm_sheet import HarmSheet, Line, Told
from isovigil.law.law import Law
from isovigil.law.rulebook import Rulebook

RESULTS_SHOWN_FOR = timedelta(days=90)
"""Blood results before a harm that go with the sheet."""
_RULES: dict[HarmWord, str] = {
    "pregnancy": "harm.pregnancy_reported",
    "adverse_event": "harm.adverse_event_reported",
}


def harm_sheets(case: Case, review: Review, rulebook: Rulebook) -> tuple[HarmSheet, ...]:
    """A sheet for every pregnancy under the drug and every unwanted effect that is reported."""
    zone = ZoneInfo(case.time_zone)
    course = Course(Chart(case, Moment(review.at, zone), review.known_by))
    day = course.today.day
    law = rulebook.readings(review.programme, review.policy, review.known_by.date(), [day])[0][0]
    sheets = [_sheet(course, law, fact, "pregnancy", review) for fact in exposed_pregnancies(course, law)]
    sheets += [_sheet(course, law, fact, "adverse_event", review) for fact in reportable_events(course, law)]
    return tuple(sheets)


def _sheet(course: Course, law: Law, fact: Fact, harm: HarmWord, review: Review) -> HarmSheet:
    lines = [*_patient(course, fact), *_drug(course, law, fact)]
    lines += _pregnancy(course, fact) if harm == "pregnancy" else _event(course, law, fact)
    lines += _beside_it(course, fact)
    return HarmSheet(
        harm=harm,
        about=fact.id,
        headline=_headline(law, fact),
        patient=course.patient.id,
        programme=review.programme,
        on=course.today.day,
        addressees=_told(course, law, fact, harm),
        known=tuple(line for line in lines if line.value is not None),
        to_ask=(*(line.label for line in lines if line.value is None), *_ASKED[harm]),
        next_steps=_next_steps(course, harm),
        notice=review.notice,
    )


_ASKED: dict[HarmWord, tuple[str, ...]] = {
    "pregnancy": (
        "batch numbers of the capsules",
        "expected date of delivery, and how it was dated",
        "whether any capsule was taken after conception",
        "which contraception failed, or was not used, and why",
        "the reporter's name, profession and telephone",
        "whether the patient agrees to be followed up",
    ),
    "adverse_event": (
        "batch numbers of the capsules",
        "whether it was serious: death, danger to life, hospital, lasting harm, birth defect",
        "what was done with the dose, and whether it got better without the drug",
        "whether it came back when the drug was taken again",
        "the outcome: recovered, recovering, not recovered, lasting, unknown",
        "the reporter's name, profession and telephone",
    ),
}


def _headline(law: Law, fact: Fact) -> str:
    if isinstance(fact, Pregnancy):
        return f"Pregnancy under isotretinoin, recorded on {in_words(fact.date)}"
    if isinstance(fact, PregnancyTest):
        return f"Positive pregnancy test under isotretinoin, taken on {in_words(fact.taken_on)}"
    if isinstance(fact, TreatmentStop):
        return f"Treatment stopped because of an unwanted effect on {in_words(fact.date)}"
    if isinstance(fact, Symptom):
        plain = _symptom_in_plain(law, fact)
        return f"{plain[0].upper()}{plain[1:]} on {in_words(fact.date)}: {fact.severity}"
    return fact_in_words(fact)


def _symptom_in_plain(law: Law, symptom: Symptom) -> str:
    name = next(name for name, code in CODES.items() if code == symptom.code)
    question = f"symptoms/{name}"
    if not law.holds(question, symptom.date):
        return name.replace("_", " ")
    plain: str = law.value(question, symptom.date).value["plain"]
    return plain


def _told(course: Course, law: Law, fact: Fact, harm: HarmWord) -> tuple[Told, ...]:
    reports = reports_about(course, fact, _RULES[harm])
    told = []
    for each in addressees(law, course.today.day, harm):
        made = [report for report in reports if report.to == each.to]
        told.append(
            Told(
                each.to,
                each.name,
                each.when,
                made[0].date if made else None,
                made[-1].reference if made else None,
            )
        )
    return tuple(told)


def _patient(course: Course, fact: Fact) -> list[Line]:
    age = course.chart.age_on(fact.day)
    return [
        Line("patient's id in this clinic", course.patient.id),
        Line("age at the time", None if age is None else f"{age} years"),
        Line("sex", course.patient.sex),
    ]


def _drug(course: Course, law: Law, fact: Fact) -> list[Line]:
    """The drug as handed over until the harm."""
    prescribed = [each for each in course.chart.all(Prescription) if each.issued_on <= fact.day]
    handed_over = [each for each in course.chart.all(Dispense) if each.date <= fact.day]
    stops = [
        each for each in course.chart.all(TreatmentStop) if handed_over and each.date >= handed_over[-1].date
    ]
    of = course if course.hand_overs else course.ended_before
    given = None if of is None else dose_given(of, law)
    return [
        Line(
            "drug",
            "isotretinoin by mouth, " + (prescribed[-1].product if prescribed else "product not recorded"),
        ),
        Line("daily dose", f"{prescribed[-1].daily_dose_mg:g} mg" if prescribed else None),
        Line("indication", "acne"),
        Line("first capsules handed over", in_words(handed_over[0].date) if handed_over else None),
        Line("last capsules handed over before it", in_words(handed_over[-1].date) if handed_over else None),
        Line("last dose", in_words(stops[0].date) if stops else None),
        Line("cumulative dose of the course", None if given is None else f"{given.nominal:.1f} mg/kg"),
    ]


def _pregnancy(course: Course, fact: Fact) -> list[Line]:
    tests = [each for each in course.chart.all(PregnancyTest) if each.taken_on <= course.today.day]
    negative = [each for each in tests if each.result == "negative" and each.taken_on <= fact.day]
    positive = [each for each in tests if each.result == "positive"]
    periods = [each.started_on for each in course.chart.all(Menses) if each.started_on <= fact.day]
    methods = [each for each in course.chart.all(Contraception) if each.from_ <= fact.day]
    outcome = fact.outcome if isinstance(fact, Pregnancy) else None
    return [
        Line("last negative test", fact_in_words(negative[-1]) if negative else None),
        Line("positive test", fact_in_words(positive[0]) if positive else None),
        Line("first day of the last period", in_words(periods[-1]) if periods else None),
        Line("contraception on record", _all(methods[-2:], fact_in_words)),
        Line("outcome of the pregnancy", outcome),
    ]


def _event(course: Course, law: Law, fact: Fact) -> list[Line]:
    if not isinstance(fact, Symptom):
        return [Line("which unwanted effect it was", None), Line("when it began", None)]
    same = [each for each in course.chart.all(Symptom) if each.code == fact.code]
    return [
        Line("unwanted effect", f"{_symptom_in_plain(law, fact)} ({fact.code})"),
        Line("began", in_words(same[0].date)),
        Line("severity by day", _all(same, _severity_by_day)),
        Line("features", ", ".join(fact.features).replace("_", " ") if fact.features else None),
        Line("in the patient's words", fact.detail),
    ]


def _severity_by_day(symptom: Symptom) -> str:
    return f"{in_words(symptom.date)} {symptom.severity}"


def _beside_it(course: Course, fact: Fact) -> list[Line]:
    chart = course.chart
    medicines = [each for each in chart.all(Medicine) if each.from_ <= fact.day]
    conditions = [each for each in chart.all(Condition) if each.from_ <= fact.day]
    results = [each for each in chart.all(Laboratory) if fact.day - RESULTS_SHOWN_FOR <= each.taken_on]
    return [
        Line("other medicines", _all(medicines, fact_in_words) or "none recorded, which reads as none known"),
        Line(
            "other conditions", _all(conditions, fact_in_words) or "none recorded, which reads as none known"
        ),
        Line("blood results around it", _all(results, fact_in_words)),
    ]


def _all(facts: Sequence[Fact], told: Callable[..., str]) -> str | None:
    return "; ".join(told(fact) for fact in facts) or None


def _next_steps(course: Course, harm: HarmWord) -> tuple[str, ...]:
    """What follows beside the report: referral, capsules, follow-up."""
    steps = []
    if harm == "pregnancy":
        steps += [
            "Stop isotretinoin now.",
            "Refer the patient to a physician with experience in reproductive toxicity.",
            "Follow the pregnancy until its outcome and tell those it was reported to.",
        ]
    else:
        steps += [
            "Judge whether to go on, with the review of this case.",
            "Ask again until the unwanted effect is over, and add the outcome to the report.",
        ]
    start = "Take" if harm == "pregnancy" else "If treatment ends, take"
    back = sum(milligrams(each.capsules) for each in course.chart.all(Return))
    steps.append(
        f"{start} back the capsules that are left ({back:g} mg came back so far); they are never passed on."
        if back
        else f"{start} back the capsules that are left; they are never passed on."
    )
    steps.append("Record each report as an adverse_event_report about this fact, with its reference.")
    return tuple(steps)
