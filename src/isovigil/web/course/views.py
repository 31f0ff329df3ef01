"""How does the course page answer?"""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from isovigil.usecases.record.acting import Acting
from isovigil.usecases.record.course_read import read_course
from isovigil.web.acting import page
from isovigil.web.course.banner import banner_of
from isovigil.web.worklist.panel import panel_shown


@require_GET
@page("see_course")
def course(request: HttpRequest, acting: Acting, patient: UUID) -> HttpResponse:
    """One patient's course."""
    read = read_course(acting, patient, page="course")
    return render(
        request, "course/course.html", {"banner": banner_of(read), "panel": panel_shown(read, acting)}
    )
