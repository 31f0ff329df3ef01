"""What does each part look like with something in it?"""

from __future__ import annotations

from datetime import UTC, date, datetime
from types import SimpleNamespace

from django import forms
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.core.paginator import Paginator
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from isovigil.usecases.record.hand_over import NotToday
from isovigil.usecases.record.judging import rulebook_in_use
from isovigil.usecases.review_cases import AskedMoment, review_at
from isovigil.usecases.synthetic_clinic.clinic import tell
from isovigil.usecases.synthetic_clinic.story import STORIES
from isovigil.web.charts import timeline
from isovigil.web.components import Cell, Column, Pair, PatientBanner, Row, Table, Task
from isovigil.web.fields import DatePartsField, DayInput, PageForm
from isovigil.web.partial import page_or_part
from tests.web.gallery.made_up_course import FROM, TODAY, UNTIL, lanes

PERSON = "Ada Brook"
"""In a variable: a log shows the lines of the source, never what they hold."""
HOSTILE = '<script>alert("1")</script>'


class Fields(PageForm):
    name = forms.CharField(label="Name of the laboratory", help_text="As on the report.")
    weight = forms.DecimalField(label="Weight", min_value=20)
    collected = DatePartsField(label="Day the specimen was taken", names="the day of the specimen")
    seen_on = forms.DateField(label="Day of the visit", widget=DayInput)
    result = forms.ChoiceField(
        label="Result", choices=[("negative", "Negative"), ("positive", "Positive")], widget=forms.RadioSelect
    )
    symptoms = forms.MultipleChoiceField(
        label="Symptoms",
        required=False,
        choices=[("lips", "Dry lips"), ("eyes", "Dry eyes"), ("mood", "Low mood")],
        widget=forms.CheckboxSelectMultiple,
    )
    unit = forms.ChoiceField(label="Unit", choices=[("U/L", "U/L"), ("ukat/L", "µkat/L")])
    note = forms.CharField(label="Note", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    read = forms.BooleanField(label="I have read the report myself")


def _context() -> dict[str, object]:
    names = tuple(Column(words) for words in ("Patient", "State", "Next step", "Owner"))
    rows = (
        Row(
            (
                Cell("Ada Brook, 4 May 2008", url="/gallery/row/"),
                Cell("", tone="stop"),
                Cell("Positive test"),
                Cell("Dr Roe"),
            )
        ),
        Row(
            (
                Cell(HOSTILE),
                Cell("", tone="hold"),
                Cell("Repeat triglycerides by 27 March 2026"),
                Cell("Nurse Poe"),
            ),
            is_chosen=True,
        ),
        Row(
            (
                Cell("Cy Dunn, 1 June 2001"),
                Cell("", tone="waiting"),
                Cell("Pharmacy hands over"),
                Cell("Pharmacy"),
            )
        ),
        Row(
            (
                Cell("Di Ek, 9 July 1999"),
                Cell("", tone="ready"),
                Cell("Prescribe 30 capsules"),
                Cell("Dr Roe"),
            )
        ),
    )
    return {
        "empty": Fields(),
        "wrong": Fields(
            {"weight": "3", "collected_day": "30", "collected_month": "2", "collected_year": "2026"},
            prefix="w",
        ),
        "table": Table("Whose move is it?", names, rows, "Nobody is waiting."),
        "nothing": Table("Nobody", names, (), "Nobody is waiting. Enrol a patient to begin."),
        "pairs": (
            Pair("Weight", "62.0 kg, 3 March 2026", "#", "Change"),
            Pair("Category", "Can become pregnant"),
        ),
        "tasks": (
            Task("Counselling", "done", "#"),
            Task("Consents", "started", "#", "2 of 4 are signed"),
            Task("Contraception", "to_do", "#"),
            Task("Laboratory", "attention", "#"),
            Task("Plan", "not_yet"),
        ),
        "page": Paginator(range(300), 25).page(3),
        "banner": PatientBanner(
            "Ada Brook",
            "#",
            (
                Pair("Born", "4 May 2008"),
                Pair("Day", "92 of course"),
                Pair("Dose", "40 mg a day"),
                Pair("Cumulative", "61 mg/kg, 51 %"),
                Pair("Last test", "negative, 27 February 2026"),
            ),
            "hold",
            ("1 open alert",),
        ),
    }


def gallery(request: HttpRequest) -> HttpResponse:
    request.membership = SimpleNamespace(role="nurse", clinic="Riverside Dermatology", person="Sam Poe")  # type: ignore[attr-defined]  # as in service
    return render(request, "gallery.html", _context())


def row(request: HttpRequest) -> HttpResponse:
    return page_or_part(request, "row_page.html", "row_part.html", {})


def charts(request: HttpRequest) -> HttpResponse:
    """Every lane on one axis, with a day selected."""
    drawn = timeline(lanes(), FROM, UNTIL, TODAY, date(2026, 4, 13))
    return render(request, "charts.html", {"drawn": drawn})


def fails(request: HttpRequest, status: int) -> HttpResponse:
    """Fails the way a view of ours would."""
    if status == 400:
        raise SuspiciousOperation
    if status == 403:
        raise PermissionDenied
    if status == 404:
        raise Http404
    if status == 503:
        raise OperationalError(f"the password of {PERSON}")
    if status == 500:
        raise ZeroDivisionError(PERSON)
    return HttpResponse(status=status)


@require_POST
def only_post(request: HttpRequest) -> HttpResponse:
    return HttpResponse("done")


REFUSED = {
    "stop": "positive test",
    "waiting": "invalid test needs repeating",
    "too-late": "first capsules to be collected",
}
"""Whose capsules may not be handed over: what the page shows, and the story the patient lives."""


def not_today(request: HttpRequest, why: str) -> HttpResponse:
    """Refuses a hand-over the way the record does, to a pharmacist."""
    request.membership = SimpleNamespace(role="pharmacist", clinic="Riverside Dermatology", person="Sam Poe")  # type: ignore[attr-defined]  # as in service
    story = next(each for each in STORIES["us_ipledge"] if each.name == REFUSED[why])
    now = datetime(TODAY.year, TODAY.month, TODAY.day, 15, tzinfo=UTC)
    moment = AskedMoment(on=None, at=None, now=now, known_by=now)
    case = tell(story, 1, PERSON, TODAY, 7).case
    review = review_at(case, rulebook_in_use(), moment, "us_ipledge", "balanced")
    raise NotToday(review, now if why == "too-late" else None)
