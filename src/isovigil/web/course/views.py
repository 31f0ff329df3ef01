"""How does the course page answer?"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from isovigil.calendar.window import last_instant
from isovigil.usecases.expected_results import expected_results
from isovigil.usecases.record.acting import Acting
from isovigil.usecases.record.course_read import CourseRead, read_course
from isovigil.usecases.record.judging import rulebook_in_use
from isovigil.usecases.record.symptom_words import symptom_words
from isovigil.web.acting import page
from isovigil.web.course.banner import banner_of
from isovigil.web.course.dose_shown import DoseShown, dose_shown
from isovigil.web.course.lanes import drawn_course
from isovigil.web.course.provenance import facts_shown
from isovigil.web.course.requirements import requirements_of
from isovigil.web.worklist.panel import panel_shown


@require_GET
@page("see_course")
def course(request: HttpRequest, acting: Acting, patient: UUID) -> HttpResponse:
    """One patient's course: what matters next, what stands in the way, and how it went.

    `on` selects a day in every lane; `known` shows the course as it was known at the end of a day.
    """
    zone = ZoneInfo(acting.clinic_zone)
    known_on = _day(request.GET.get("known"))
    today = acting.at.astimezone(zone).date()
    as_known_on = None if known_on is None or known_on >= today else last_instant(known_on, zone)
    read = read_course(acting, patient, page="course", as_known_on=as_known_on)
    selected = _day(request.GET.get("on"))
    words = symptom_words(read.judging, read.review.on)
    dose = dose_shown(read)
    expected = expected_results(read.chart, read.review.on)
    context = {
        **_frame(read, dose),
        "panel": panel_shown(read, acting),
        "requirements": requirements_of(read, rulebook_in_use()),
        "drawn": drawn_course(read, words, selected, expected),
        "has_expected": bool(expected),
        "dose": dose,
        "selected": selected,
        "known_on": None if as_known_on is None else known_on,
        "row": read.row,
        "judging": read.judging,
        "review": read.review,
    }
    return render(request, "course/course.html", context)


@require_GET
@page("see_course")
def facts(request: HttpRequest, acting: Acting, patient: UUID) -> HttpResponse:
    """Everything recorded about one patient, with who, when and whence."""
    read = read_course(acting, patient, page="facts")
    named = symptom_words(read.judging, read.review.on)
    told = {**_frame(read), "facts": facts_shown(read, named), "signatures": read.signatures}
    return render(request, "course/facts.html", told)


def _frame(read: CourseRead, dose: DoseShown | None = None) -> dict[str, object]:
    return {"banner": banner_of(read, dose), "patient": read.known.patient}


def _day(text: str | None) -> date | None:
    """A day of the address; anything else selects nothing."""
    try:
        return None if text is None else datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a day alone
    except ValueError:
        return None
