"""How does the plan answer? By POST where something is supposed: no day stands in an address or is kept."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_http_methods

from isovigil.usecases.record.acting import Acting
from isovigil.usecases.record.plan_read import PlanAsked, PlanRead, read_plan
from isovigil.web.acting import page
from isovigil.web.calculator.calendars import as_icalendar, months
from isovigil.web.course.banner import banner_of
from isovigil.web.plan.forms import WhatIfForm
from isovigil.web.plan.shown import agenda, drawn_plan, entries, legend, moved_table, remarks_shown

UNPROCESSABLE: Final = 422
_PRINTED_IN: Final = {"print-en": "en", "print-es": "es"}


@require_http_methods(["GET", "HEAD", "POST"])
@page("see_course")
def plan(request: HttpRequest, acting: Acting, patient: UUID) -> HttpResponse:
    """The agenda, the drawing, what if; to print, or for a calendar."""
    if request.method != "POST":
        return _shown(request, read_plan(acting, patient, PlanAsked()), WhatIfForm())
    form = WhatIfForm(request.POST)
    if not form.is_valid():
        return _shown(request, read_plan(acting, patient, PlanAsked()), form, status=UNPROCESSABLE)
    read = read_plan(acting, patient, form.asked())
    act = request.POST.get("act", "plan")
    if act in _PRINTED_IN:
        with translation.override(_PRINTED_IN[act]):
            return _printed(request, read)
    if act.startswith("calendar"):
        with translation.override(read.course.known.identity.language):
            text = as_icalendar(entries(read.plan), acting.at)
        answer = HttpResponse(text, content_type="text/calendar; charset=utf-8")
        answer.headers["Content-Disposition"] = 'attachment; filename="calendar.ics"'
        return answer
    return _shown(request, read, form, supposes=form.asked().supposes_something)


def _shown(
    request: HttpRequest, read: PlanRead, form: WhatIfForm, *, status: int = 200, supposes: bool = False
) -> HttpResponse:
    context = {
        **_frame(read),
        "form": form,
        "drawn": drawn_plan(read.plan),
        "supposes": supposes,
        "moved": moved_table(read),
        "obstacle": read.plan.obstacle,
    }
    return render(request, "plan/plan.html", context, status=status)


def _printed(request: HttpRequest, read: PlanRead) -> HttpResponse:
    told = entries(read.plan)
    context = {
        **_frame(read),
        "days": agenda(read.plan, for_patient=True),
        "months": months(told, read.course.judging.programme),
        "legend": legend(told),
        "language": translation.get_language(),
        "name": read.course.known.identity.name,
        "second_id": read.course.known.identity.second_id,
    }
    return render(request, "plan/printed.html", context)


def _frame(read: PlanRead) -> dict[str, Any]:
    return {
        "banner": banner_of(read.course),
        "patient": read.course.known.patient,
        "plan": read.plan,
        "days": agenda(read.plan),
        "remarks": remarks_shown(read.plan),
    }
