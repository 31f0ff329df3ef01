"""Whose page is this, in one glance?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from isovigil.case.kinds import PregnancyTest
from isovigil.usecases.record.course_read import CourseRead
from isovigil.usecases.worklist_words import in_short
from isovigil.web.components import Pair, PatientBanner, Words

MOST_ALERTS: Final = 3

_LONGEST_ALERT: Final = 110
"""Characters of an alert on the banner; the course below has the whole."""


def banner_of(read: CourseRead) -> PatientBanner:
    """Names, birth, category, day, dose, last test and alerts of one patient."""
    return PatientBanner(
        name=read.known.identity.name,
        url=reverse("course", args=[read.known.patient]),
        pairs=tuple(_pairs(read)),
        tone=read.row.verdict,
        alerts=tuple(_alerts(read)),
    )


def _pairs(read: CourseRead) -> list[Pair]:
    identity, course = read.known.identity, read.review.course
    pairs = [Pair(_("Number"), identity.second_id)]
    if identity.born_on is not None:
        pairs.append(Pair(_("Born"), date_format(identity.born_on)))
    pairs.append(Pair(_("Can become pregnant"), _category(read)))
    if course.day is not None:
        pairs.append(Pair(_("Day of course"), str(course.day)))
    tests = [each.fact for each in read.facts if isinstance(each.fact, PregnancyTest)]
    if tests:
        last = max(tests, key=PregnancyTest.sort_key)
        pairs.append(Pair(_("Last test"), f"{_(last.result)}, {date_format(last.taken_on)}"))
    return pairs


def _category(read: CourseRead) -> Words:
    from isovigil.case.kinds import Category

    told = [each.fact for each in read.facts if isinstance(each.fact, Category)]
    if not told:
        return _("not recorded")
    return _("yes") if max(told, key=Category.sort_key).can_become_pregnant else _("no")


def _alerts(read: CourseRead) -> Sequence[Words]:
    told = {finding.rule: finding for finding in read.review.findings}
    stopping = [
        rule
        for gate in read.review.gates.values()
        if gate.verdict in ("stop", "hold")
        for rule in gate.because
    ]
    return [in_short(told[rule].says, _LONGEST_ALERT) for rule in dict.fromkeys(stopping) if rule in told][:3]
