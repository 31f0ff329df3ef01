"""How are the log, and who looked at a record, shown?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from isovigil.usecases.record.acting import Acting
from isovigil.usecases.record.log_told import heads_text, log_told, public_key_pem
from isovigil.usecases.record.reads import Look, LookAt, looks_at, looks_at_clinic
from isovigil.web.acting import page
from isovigil.web.components import Cell, Column, Row, Table, Words
from isovigil.web.shell import ROLE_WORDS

LOOKS_A_PAGE: Final = 50
PAGE_WORDS: Final[dict[str, Words]] = {
    "break_glass": gettext_lazy("broke the glass"),
    "correct": gettext_lazy("the correction of an entry"),
    "course": gettext_lazy("the course page"),
    "enrolment": gettext_lazy("the enrolment"),
    "facts": gettext_lazy("everything on record"),
    "outage": gettext_lazy("the record of an outage"),
    "plan": gettext_lazy("the plan"),
    "visit": gettext_lazy("a visit"),
    "own_record": gettext_lazy("this page"),
    "hand_over": gettext_lazy("a hand-over check"),
    "day_sheet": gettext_lazy("the printed day sheet"),
    "worklist": gettext_lazy("the worklist"),
}


@require_GET
@page("see_log")
def log(request: HttpRequest, acting: Acting) -> HttpResponse:
    """How long the log is, and its last signed head, to be compared with one kept elsewhere."""
    return render(request, "log/log.html", {"log": log_told(acting)})


@require_GET
@page("see_log")
def heads(request: HttpRequest, acting: Acting) -> HttpResponse:
    """Every signed head, to keep elsewhere."""
    return _as_file(heads_text(acting), "heads.jsonl", "application/jsonl; charset=utf-8")


@require_GET
@page("see_log")
def public_key(request: HttpRequest, acting: Acting) -> HttpResponse:
    """The public key that the heads are checked with."""
    return _as_file(public_key_pem(acting), "isovigil-signing.pub.pem", "application/x-pem-file")


def _as_file(text: str, name: str, content_type: str) -> HttpResponse:
    answer = HttpResponse(text, content_type=content_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@require_GET
@page("see_log")
def looks(request: HttpRequest, acting: Acting) -> HttpResponse:
    """Who looked at any record, latest first; patients by their opaque number alone."""
    asked = request.GET.get("page", "1")
    number = int(asked) if asked.isdecimal() and len(asked) < len("100000") else 1
    if number < 1:
        raise Http404
    found = looks_at_clinic(acting, most=LOOKS_A_PAGE + 1, skip=(number - 1) * LOOKS_A_PAGE)
    context = {
        "table": _clinic_table(found[:LOOKS_A_PAGE], may_open=acting.role != "programme_lead"),
        "earlier": number + 1 if len(found) > LOOKS_A_PAGE else None,
        "later": number - 1 or None,
    }
    return render(request, "log/looks.html", context)


@require_GET
@page("see_reads")
def reads(request: HttpRequest, acting: Acting, patient: UUID) -> HttpResponse:
    """Who looked at one patient's record."""
    return render(request, "log/reads.html", {"table": _table(looks_at(acting, patient))})


@require_GET
@page("see_own_record")
def own_record(request: HttpRequest, acting: Acting) -> HttpResponse:
    """What a patient or carer sees of the record: who looked at it."""
    if acting.patient is None:
        raise Http404
    return render(request, "log/own_record.html", {"table": _table(looks_at(acting, acting.patient))})


def _table(found: Sequence[Look]) -> Table:
    columns = (Column(_("When")), Column(_("Who")), Column(_("As")), Column(_("Opened")))
    rows = tuple(Row(_cells(look)) for look in found)
    return Table(_("Who looked at this record"), columns, rows, empty=_("Nobody looked yet."))


def _clinic_table(found: Sequence[LookAt], *, may_open: bool) -> Table:
    columns = (
        Column(_("When")),
        Column(_("Who")),
        Column(_("As")),
        Column(_("Opened")),
        Column(_("Record")),
        Column(_("Reason")),
    )
    rows = tuple(
        Row(
            (
                *_cells(one.look),
                Cell(str(one.patient), url=reverse("reads", args=[one.patient]) if may_open else None),
                Cell(one.reason),
            )
        )
        for one in found
    )
    return Table(_("Who looked at which record"), columns, rows, empty=_("Nobody looked yet."))


def _cells(look: Look) -> tuple[Cell, ...]:
    return (
        Cell(_with_its_zone(look.at)),
        Cell(look.who),
        Cell(ROLE_WORDS.get(look.role, look.role)),
        Cell(PAGE_WORDS.get(look.page, look.page), tone="attention" if look.broke_the_glass else None),
    )


def _with_its_zone(at: datetime) -> str:
    here = localtime(at)
    return f"{date_format(here, 'DATETIME_FORMAT')} {date_format(here, 'T')}"
