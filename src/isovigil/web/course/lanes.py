"""Which lanes does a course have, one above the other on one axis of days?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _

from isovigil.case.chart import Chart
from isovigil.case.fact import Fact
from isovigil.case.kinds import (
    Acne,
    Authorisation,
    Dispense,
    Laboratory,
    PregnancyTest,
    Prescription,
    Questionnaire,
    Reversal,
    Symptom,
    Weight,
)
from isovigil.usecases.expected_results import Expected
from isovigil.usecases.record.course_read import CourseRead
from isovigil.usecases.record.symptom_words import SymptomWords
from isovigil.web.charts import (
    Band,
    Bar,
    BarLane,
    Doses,
    DoseStep,
    Drawn,
    Forecast,
    ForecastPoint,
    Lane,
    Tick,
    TickLane,
    Value,
    ValueLane,
    timeline,
)
from isovigil.web.charts.lanes import Censored, Shape

_BEFORE: Final = timedelta(days=14)
"""Shown before the first fact, so that no mark lies on the edge."""
_BEFORE_THE_FIRST_DOSE: Final = timedelta(days=45)
_DRAWN: Final[tuple[type[Fact], ...]] = (
    Acne,
    Dispense,
    Laboratory,
    PregnancyTest,
    Questionnaire,
    Symptom,
    Weight,
)
_AFTER: Final = timedelta(days=35)
"""Shown after today: one month, in which the next step lies."""
_SELF_HARM_ITEM: Final = 9
_HIGHEST_PHQ9: Final = 27
_TEST_SHAPES: Final[Mapping[str, Shape]] = {"negative": "circle", "positive": "square", "invalid": "diamond"}
_GRAVE: Final = frozenset({"hold", "stop", "emergency"})
_ANALYTES: Final = (("alt", "ALT"), ("triglycerides", "Triglycerides"))


class _Course:
    """What every lane asks: the facts that stand, where each leads, and which the review worries about."""

    def __init__(
        self, read: CourseRead, words: Mapping[str, SymptomWords], expected: Mapping[str, Expected]
    ) -> None:
        self.read = read
        self.expected = expected
        self.chart: Chart = read.chart
        self.words = words
        self.today: date = read.review.on
        self.worrying = frozenset(
            fact for finding in read.review.findings if finding.action in _GRAVE for fact in finding.facts
        )

        # Nothing that was reversed is drawn: no capsule of it was taken.
        reversals = self.chart.all(Reversal)
        named = (name for each in reversals for name in (each.dispense, each.authorisation) if name)
        taken_back = {entry for name in named for entry in self.chart.entries_of(name)}
        self.hand_overs = [each for each in self.chart.all(Dispense) if each.id not in taken_back]
        self.authorisations = [
            each for each in self.chart.all(Authorisation) if not taken_back & {each.id, each.number}
        ]

    def url(self, fact: Fact) -> str:
        """Its provenance."""
        return reverse("course_facts", args=[self.read.known.patient]) + f"#fact-{fact.id}"


def drawn_course(
    read: CourseRead,
    words: Mapping[str, SymptomWords],
    selected: date | None = None,
    expected: Mapping[str, Expected] | None = None,
) -> Drawn | None:
    """The lanes of a course, drawn, with a table of each; None where nothing is recorded yet."""
    course = _Course(read, words, expected or {})
    lanes = tuple(_lanes(course))
    if not read.facts:
        return None
    return timeline(lanes, _first_day(course) - _BEFORE, course.today + _AFTER, course.today, selected)


def _first_day(course: _Course) -> date:
    """From some weeks before the first dose on, or from the first mark where treatment has not begun."""
    started_on = course.read.review.course.started_on
    marks = [fact.day for kind in _DRAWN for fact in course.chart.all(kind)]
    first = min((day for day in marks if day <= course.today), default=course.today)
    return first if started_on is None else max(first, started_on - _BEFORE_THE_FIRST_DOSE)


def _lanes(course: _Course) -> Iterator[Lane]:
    yield _windows(course)
    doses = _doses(course)
    if doses is not None:
        yield doses
    expected = course.expected
    for place, (analyte, title) in enumerate(_ANALYTES):
        yield from _laboratory(course, analyte, title, expected.get(analyte), is_second=place % 2 == 1)
    yield from _lesions(course)
    yield from _mood(course)
    if rows := _symptoms(course):
        yield TickLane(_("Symptoms"), rows)
    yield from _weight(course)


def _windows(course: _Course) -> BarLane:
    rows = (
        (_("tests"), tuple(_tests(course))),
        (_("prescriptions"), tuple(_prescriptions(course))),
        (
            _("hand-overs"),
            tuple(Tick(each.date, _("Hand-over"), url=course.url(each)) for each in course.hand_overs),
        ),
    )
    return BarLane(_("Cycles"), tuple(_bars(course)), _("windows"), tuple(row for row in rows if row[1]))


def _bars(course: _Course) -> Iterator[Bar]:
    for fact in course.authorisations:
        until = fact.do_not_dispense_after.date()
        yield Bar(fact.day, max(until, fact.day), _("Authorisation"), "quiet", course.url(fact))
    for earlier in course.read.earlier_windows:
        yield Bar(earlier.opens_on, earlier.closes_on, _("Earlier window"), "quiet")
    window = course.read.review.window
    if window is not None:
        is_open = window.opens_on <= course.today <= window.closes_on
        yield Bar(window.opens_on, window.closes_on, _("Window"), "ready" if is_open else "waiting")


def _tests(course: _Course) -> Iterator[Tick]:
    for test in course.chart.all(PregnancyTest):
        yield Tick(
            test.taken_on,
            _("Pregnancy test: %s") % _(test.result),
            _TEST_SHAPES[test.result],
            is_filled=test.result == "negative",
            is_alarm=test.result == "positive",
            url=course.url(test),
        )


def _prescriptions(course: _Course) -> Iterator[Tick]:
    for fact in course.chart.all(Prescription):
        yield Tick(fact.issued_on, _("Prescription"), "triangle", is_filled=False, url=course.url(fact))


def _doses(course: _Course) -> Doses | None:
    """The daily dose while handed-over capsules last; where none do, no dose."""
    by_id = {
        entry: prescription
        for prescription in course.chart.all(Prescription)
        for entry in course.chart.entries_of(prescription.id)
    }
    steps: list[DoseStep] = []
    until: date | None = None
    for hand_over in course.hand_overs:
        prescription = by_id.get(hand_over.prescription or "") or _before(course, hand_over.date)
        if prescription is None:
            continue
        if until is not None and hand_over.date > until:
            steps.append(DoseStep(until, 0.0))
        steps.append(DoseStep(hand_over.date, prescription.daily_dose_mg, course.url(prescription)))
        ends = hand_over.date + timedelta(days=hand_over.days_supply)
        until = ends if until is None else max(until, ends)
    if until is None:
        return None
    return Doses(_("Dose a day"), tuple(steps), until, "mg")


def _before(course: _Course, day: date) -> Prescription | None:
    earlier = [each for each in course.chart.all(Prescription) if each.issued_on <= day]
    return earlier[-1] if earlier else None


def _laboratory(
    course: _Course, analyte: str, title: str, expected: Expected | None, *, is_second: bool
) -> Iterator[ValueLane]:
    results = [fact for fact in course.chart.all(Laboratory) if fact.analyte == analyte]
    units = list(dict.fromkeys(fact.unit for fact in results))
    for unit in units:
        values = tuple(_result(course, fact) for fact in results if fact.unit == unit)
        forecast = None if expected is None or expected.unit != unit else _forecast(expected)
        yield ValueLane(title, unit, values, forecast, is_second=is_second, joined_within_days=100)


def _forecast(expected: Expected) -> Forecast:
    points = tuple(ForecastPoint(each.day, each.middle, each.low, each.high) for each in expected.days)
    return Forecast(points, _("expected of 8 in 10 people"))


def _result(course: _Course, fact: Laboratory) -> Value:
    is_worrying = fact.id in course.worrying
    return Value(
        fact.taken_on,
        fact.value,
        censored=_censored(fact.comparator),
        band=None if fact.upper_limit is None else Band(fact.lower_limit, fact.upper_limit),
        is_alarm=is_worrying,
        alarm=_("act on it") if is_worrying else "",
        url=course.url(fact),
    )


def _censored(comparator: str | None) -> Censored | None:
    if comparator is None:
        return None
    return "below" if comparator.startswith("<") else "above"


def _lesions(course: _Course) -> Iterator[ValueLane]:
    counted = [fact for fact in course.chart.all(Acne) if fact.inflammatory is not None]
    if counted:
        values = tuple(
            Value(fact.date, float((fact.inflammatory or 0) + (fact.nodules or 0)), url=course.url(fact))
            for fact in counted
        )
        yield ValueLane(_("Inflamed lesions and nodules"), _("lesions"), values, joined_within_days=100)


def _mood(course: _Course) -> Iterator[ValueLane]:
    asked = [fact for fact in course.chart.all(Questionnaire) if fact.tool in ("phq9", "phqa")]
    values = tuple(value for fact in asked if (value := _score(course, fact)) is not None)
    if values:
        yield ValueLane(
            _("PHQ-9"),
            _("points"),
            values,
            at_least=float(_HIGHEST_PHQ9),
            joined_within_days=60,
            is_second=True,
        )


def _score(course: _Course, fact: Questionnaire) -> Value | None:
    items = fact.items or ()
    score = fact.score if fact.score is not None else sum(item or 0 for item in items)
    if fact.score is None and not items:
        return None
    says_self_harm = len(items) >= _SELF_HARM_ITEM and bool(items[_SELF_HARM_ITEM - 1])
    return Value(
        fact.date,
        float(score),
        is_alarm=says_self_harm,
        alarm=_("item 9") if says_self_harm else "",
        url=course.url(fact),
    )


def _symptoms(course: _Course) -> tuple[tuple[str, tuple[Tick, ...]], ...]:
    rows: dict[str, list[Tick]] = {}
    for fact in course.chart.all(Symptom):
        if fact.severity == "none":
            continue
        name = course.words[fact.code].plain if fact.code in course.words else fact.code
        is_severe = fact.severity == "severe"
        tick = Tick(
            fact.date,
            _(fact.severity),
            "diamond" if is_severe else "circle",
            is_filled=fact.severity != "mild",
            is_alarm=is_severe or fact.id in course.worrying,
            url=course.url(fact),
        )
        rows.setdefault(name, []).append(tick)
    return tuple((name[:1].upper() + name[1:], tuple(ticks)) for name, ticks in rows.items())


def _weight(course: _Course) -> Iterator[ValueLane]:
    values: Sequence[Value] = [
        Value(fact.date, fact.kg, url=course.url(fact)) for fact in course.chart.all(Weight)
    ]
    if values:
        yield ValueLane(_("Weight"), "kg", tuple(values), begins_at=None, joined_within_days=100)
