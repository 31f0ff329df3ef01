"""How does the plan answer? What is supposed stands in the address: it can be kept, sent and gone back to.

Those are days alone, beside an id that says nothing: no name, no result; and no log of ours holds an address.
"""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.views.decorators.http import require_http_methods

from isovigil.usecases.record.acting import Acting
from isovigil.usecases.record.plan_read import PlanAsked, PlanRead, read_plan
from isovigil.web.acting import page
from isovigil.web.calculator.calendars import as_icalendar, months
from isovigil.web.course.banner import banner_of
from isovigil.web.plan.forms import WhatIfForm
from isovigil.web.plan.shown import (
    agenda,
    drawn_plan,
    entries,
    legend,
    moved_table,
    moves_not_followed,
    remarks_shown,
)

UNPROCESSABLE: Final = 422
_PRINTED_IN: Final = {"print-en": "en", "print-es": "es"}
_JUST_PLAN: Final = "plan"


@require_http_methods(["GET", "HEAD"])
@page("see_course")
def plan(request: HttpRequest, acting: Acting, patient: UUID) -> HttpResponse:
    """The agenda, the drawing, what if; to print, or for a calendar."""
    act = request.GET.get("act", _JUST_PLAN)
    supposed = [(name, value) for name, values in request.GET.lists() for value in values if name != "act"]
    if act == _JUST_PLAN and (not all(value for _name, value in supposed) or "act" in request.GET):
        kept = urlencode([(name, value) for name, value in supposed if value])
        return redirect(f"{request.path}?{kept}" if kept else request.path)  # an address without empty boxes
    form = WhatIfForm(request.GET) if supposed else WhatIfForm()
    if form.is_bound and not form.is_valid():
        return _shown(request, read_plan(acting, patient, PlanAsked()), form, status=UNPROCESSABLE)
    asked = form.asked() if form.is_bound else PlanAsked()
    read = read_plan(acting, patient, asked)
    if act in _PRINTED_IN:
        with translation.override(_PRINTED_IN[act]):
            return _printed(request, read)
    if act.startswith("calendar"):
        with translation.override(read.course.known.identity.language):
            text = as_icalendar(entries(read.plan), acting.at)
        answer = HttpResponse(text, content_type="text/calendar; charset=utf-8")
        answer.headers["Content-Disposition"] = 'attachment; filename="calendar.ics"'
        return answer
    return _shown(request, read, form, supposes=asked.supposes_something)


def _shown(
    request: HttpRequest, read: PlanRead, form: WhatIfForm, *, status: int = 200, supposes: bool = False
) -> HttpResponse:
    form.offer(read.own.steps)
    context = {
        **_frame(read),
        "form": form,
        "drawn": drawn_plan(read.plan),
        "supposes": supposes,
        "moved": moved_table(read),
        "not_followed": moves_not_followed(read),
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
