"""How is it recorded that the programme's platform, or ours, could not be used for a patient's step?"""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any, Final
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from isovigil.exchange.problems import CaseProblems
from isovigil.usecases.record.acting import Acting
from isovigil.usecases.record.course_read import CourseRead, read_course
from isovigil.usecases.record.patient_case import Provenance
from isovigil.usecases.record.record_facts import record_facts
from isovigil.web.acting import page
from isovigil.web.course.banner import banner_of
from isovigil.web.fields import DayInput, PageForm

FORM: Final = "outage/1"
UNPROCESSABLE: Final = 422


class TimeInput(forms.TimeInput):
    """A time of day in one box: the browser's own field."""

    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


class OutageForm(PageForm):
    """From when until when, in the clinic's own time."""

    from_day = forms.DateField(label=gettext_lazy("First day"), widget=DayInput())
    from_time = forms.TimeField(label=gettext_lazy("From"), widget=TimeInput())
    to_day = forms.DateField(label=gettext_lazy("Last day"), widget=DayInput())
    to_time = forms.TimeField(label=gettext_lazy("Until"), widget=TimeInput())

    def __init__(self, now: datetime, *args: Any, **kwargs: Any) -> None:
        """`now` is the moment of the request in the clinic's zone."""
        super().__init__(*args, **kwargs)
        self.now = now
        self.initial = {"from_day": now.date(), "to_day": now.date(), **self.initial}

    def clean(self) -> dict[str, Any]:
        """Both instants exist, the second comes after the first, and neither is still to come."""
        given: dict[str, Any] = dict(super().clean() or {})
        begins = self._instant(given.get("from_day"), given.get("from_time"), "from_time")
        ends = self._instant(given.get("to_day"), given.get("to_time"), "to_time")
        if begins is None or ends is None:
            return given
        if ends <= begins:
            self.add_error("to_time", _("The outage ends before it begins. Enter a later time."))
        if ends > self.now:
            self.add_error("to_time", _("This time is still to come. Record the outage once it is over."))
        return {**given, "from_at": begins, "to_at": ends}

    def _instant(self, day: date | None, at: time | None, field: str) -> datetime | None:
        if day is None or at is None:
            return None
        zone = ZoneInfo(str(self.now.tzinfo))
        wall = datetime.combine(day, at, tzinfo=zone)
        there_and_back = wall.astimezone(ZoneInfo("UTC")).astimezone(zone)
        if there_and_back.replace(tzinfo=None) != wall.replace(tzinfo=None):
            self.add_error(field, _("The clocks skip this time on that day. Enter one that was."))
            return None
        return wall


@require_http_methods(["GET", "HEAD", "POST"])
@page("record_facts")
def outage(request: HttpRequest, acting: Acting, patient: UUID) -> HttpResponse:
    """From when until when; the record keeps that, and beside it when it was entered."""
    read = read_course(acting, patient, page="outage")
    now = acting.at.astimezone(ZoneInfo(acting.clinic_zone))
    if request.method != "POST":
        return _asked(request, read, OutageForm(now))
    form = OutageForm(now, request.POST)
    if not form.is_valid():
        return _asked(request, read, form, status=UNPROCESSABLE)
    fact = {
        "kind": "platform_outage",
        "from_at": form.cleaned_data["from_at"].isoformat(),
        "to_at": form.cleaned_data["to_at"].isoformat(),
    }
    try:
        record_facts(
            acting,
            patient,
            [fact],
            request=request.POST.get("request") or str(uuid4()),
            provenance=Provenance(form=FORM),
        )
    except CaseProblems as problems:
        for problem in problems.problems:
            form.add_error(None, f"{problem.message} {problem.remedy}")
        return _asked(request, read, form, status=UNPROCESSABLE)
    messages.success(request, _("The outage is recorded."))
    return redirect(reverse("course", args=[patient]))


def _asked(request: HttpRequest, read: CourseRead, form: OutageForm, *, status: int = 200) -> HttpResponse:
    context = {
        "banner": banner_of(read),
        "patient": read.known.patient,
        "form": form,
        "now": form.now,
        "request_key": request.POST.get("request") or uuid4(),
    }
    return render(request, "course/outage.html", context, status=status)
