"""How does the worklist answer?"""

from __future__ import annotations

from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from isovigil.usecases.record.acting import Acting
from isovigil.usecases.record.worklist_read import OWNERS, WorklistAsked, day_sheet, lines_of, read_worklist
from isovigil.usecases.worklist import GROUPS
from isovigil.web.acting import page
from isovigil.web.partial import page_or_part
from isovigil.web.worklist.shown import filters_shown, groups_shown, line_shown

_MOST_REMINDERS: Final = 200


@require_GET
@page("see_worklist")
def worklist(request: HttpRequest, acting: Acting) -> HttpResponse:
    """The clinic's home: every open course once, most urgent first."""
    asked = _asked(request)
    read = read_worklist(acting, asked)
    home = reverse("worklist")
    context = {
        "groups": groups_shown(read.lines),
        "filters": tuple(filters_shown(read.counts, asked.group, home)),
        "total": read.total,
        "page": read.page,
        "pages": read.pages,
        "query": f"group={asked.group}&" if asked.group else "",
        "judging": read.judging,
        "today": acting.at.astimezone(ZoneInfo(read.time_zone)),
        "time_zone": read.time_zone,
        "empty": sum(read.counts.values()) == 0,
    }
    return page_or_part(request, "worklist/worklist.html", "worklist/list.html", context)


def _asked(request: HttpRequest) -> WorklistAsked:
    """The filters of the address; a word that is none of ours filters nothing."""
    group = request.GET.get("group")
    owner = request.GET.get("owner")
    number = request.GET.get("page", "1")
    return WorklistAsked(
        group if group in GROUPS else None,
        owner if owner in OWNERS else None,
        int(number) if number.isascii() and number.isdigit() and len(number) < 7 else 1,
    )


@require_GET
@page("see_worklist")
def line(request: HttpRequest, acting: Acting, patient: UUID) -> HttpResponse:
    """One line with all that stands behind it, opened in place; without script, a page of its own."""
    from isovigil.usecases.record.course_read import read_course
    from isovigil.web.worklist.panel import panel_shown

    read = read_course(acting, patient, page="worklist")
    return page_or_part(
        request, "worklist/line.html", "worklist/panel.html", {"panel": panel_shown(read, acting)}
    )


@require_GET
@page("see_worklist")
def printed_day_sheet(request: HttpRequest, acting: Acting) -> HttpResponse:
    """The list to print, so that treatment goes on while the system or the programme is down."""
    read = day_sheet(acting)
    context = {
        "lines": [line_shown(each) for each in read.lines],
        "left_out": read.total - len(read.lines),
        "clinic": read.clinic,
        "printed_at": acting.at.astimezone(ZoneInfo(read.time_zone)),
        "time_zone": read.time_zone,
        "printed_by": acting.name,
        "judging": read.judging,
    }
    return render(request, "worklist/day_sheet.html", context)


@require_POST
@page("see_worklist")
def reminders(request: HttpRequest, acting: Acting) -> HttpResponse:
    """The chosen patients and the neutral words to send each; nothing is sent from here, nothing is kept."""
    chosen = [_uuid(each) for each in request.POST.getlist("patient")[:_MOST_REMINDERS]]
    lines = [line_shown(each) for each in lines_of(acting, [each for each in chosen if each is not None])]
    return render(request, "worklist/reminders.html", {"lines": lines})


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
