"""Whose page is this, in one glance?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, TypeVar

from django.urls import reverse
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from isovigil.case.fact import Fact
from isovigil.case.kinds import Category, PregnancyTest, Questionnaire
from isovigil.case.words import Tool
from isovigil.decisions.mood_scores import DEPRESSION, Score, self_harm_item, total
from isovigil.usecases.record.course_read import CourseRead
from isovigil.web.components import Pair, PatientBanner, Words
from isovigil.web.course.dose_shown import DoseShown, dose_shown

MOST_ALERTS: Final = 3
_SCORED: Final[dict[Tool, str]] = {"phq9": "PHQ-9", "phqa": "PHQ-9", "phq2": "PHQ-2"}
"""Questionnaires of one name can be compared with each other."""
AnyFact = TypeVar("AnyFact", bound=Fact)


def banner_of(read: CourseRead, dose: DoseShown | None = None) -> PatientBanner:
    """Names, birth, category, day, dose, last test, mood and alerts of one patient.

    Only facts that stand: neither corrected nor entered in error, and known on the day asked about.
    """
    return PatientBanner(
        name=read.known.identity.name,
        url=reverse("course", args=[read.known.patient]),
        pairs=tuple(_pairs(read, dose or dose_shown(read))),
        tone=read.row.verdict,
        alerts=tuple(_alerts(read)),
    )


def _pairs(read: CourseRead, dose: DoseShown) -> Iterator[Pair]:
    identity, day = read.known.identity, read.review.course.day
    yield Pair(_("Number"), identity.second_id)
    if identity.born_on is not None:
        yield Pair(_("Born"), date_format(identity.born_on))
    yield Pair(_("Can become pregnant"), _category(read))
    if day is not None:
        yield Pair(_("Day of course"), str(day))
    if dose.daily_mg is not None:
        yield Pair(_("Dose a day"), f"{dose.daily_mg:g} mg")
    if dose.cumulative is not None:
        yield Pair(_("Given so far"), _given(dose.cumulative, dose.percent))
    tests = _standing(read, PregnancyTest)
    if tests:
        yield Pair(_("Last test"), f"{_(tests[-1].result)}, {date_format(tests[-1].taken_on)}")
    mood = _mood(_standing(read, Questionnaire))
    if mood:
        yield Pair(_("Mood"), mood)


def _standing(read: CourseRead, kind: type[AnyFact]) -> list[AnyFact]:
    """The facts of a kind that stand and that this role may see, oldest first."""
    seen = {each.fact.id for each in read.facts}
    return [fact for fact in read.chart.all(kind) if fact.id in seen]


def _category(read: CourseRead) -> Words:
    told = _standing(read, Category)
    if not told:
        return _("not recorded")
    return _("yes") if told[-1].can_become_pregnant else _("no")


def _given(cumulative: float, percent: int | None) -> Words:
    given = {"given": number_format(cumulative, 1), "percent": percent}
    if percent is None:
        return _("%(given)s mg/kg") % given
    return _("%(given)s mg/kg, %(percent)s %% of target") % given


def _mood(asked: Sequence[Questionnaire]) -> str:
    """The last score about mood, and whether it rose; empty where none was asked."""
    scored = [fact for fact in asked if fact.tool in _SCORED]
    if not scored:
        return ""
    name = _SCORED[scored[-1].tool]
    return _trend(name, [(fact, total(fact)) for fact in scored if _SCORED[fact.tool] == name])


def _trend(name: str, scores: Sequence[tuple[Questionnaire, Score]]) -> str:
    fact, now = scores[-1]
    told = {"name": name, "now": _score(now), "day": date_format(fact.date)}
    if len(scores) == 1:
        said = _("%(name)s %(now)s, %(day)s") % told
    else:
        before = scores[-2][1]
        told["before"] = _score(before)
        if now.least > before.most:
            said = _("%(name)s %(now)s, up from %(before)s, %(day)s") % told
        elif now.most < before.least:
            said = _("%(name)s %(now)s, down from %(before)s, %(day)s") % told
        else:
            said = _("%(name)s %(now)s, before %(before)s, %(day)s") % told
    if fact.tool in DEPRESSION and self_harm_item(fact).least > 0:
        return _("%(said)s; item 9 is positive") % {"said": said}
    return said


def _score(score: Score) -> str:
    return str(score.least) if score.is_known else f"{score.least}–{score.most}"


def _alerts(read: CourseRead) -> Sequence[Words]:
    told = {finding.rule: finding for finding in read.review.findings}
    stopping = [
        rule
        for gate in read.review.gates.values()
        if gate.verdict in ("stop", "hold")
        for rule in gate.because
    ]
    return [told[rule].says for rule in dict.fromkeys(stopping) if rule in told][:MOST_ALERTS]
