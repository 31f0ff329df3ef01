"""How do the pages of patients as a list answer? By POST, so that no name stands in an address."""

from __future__ import annotations

from typing import Any, Final
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from isovigil.usecases.record.acting import Acting
from isovigil.usecases.record.find_patient import (
    AlreadyKnown,
    FoundPatients,
    KnownPatient,
    find_patients,
    register_unless_known,
)
from isovigil.web.acting import page
from isovigil.web.components import Cell, Column, Row, Table
from isovigil.web.patients.forms import RegisterForm, SearchForm

UNPROCESSABLE: Final = 422
CONFLICT: Final = 409


@require_http_methods(["GET", "HEAD", "POST"])
@page("see_worklist")
def patients(request: HttpRequest, acting: Acting) -> HttpResponse:
    """Look for a patient."""
    form = SearchForm(request.POST or None)
    if request.method != "POST":
        return render(request, "patients/patients.html", {"form": SearchForm()})
    if not form.is_valid():
        return render(request, "patients/patients.html", {"form": form}, status=UNPROCESSABLE)
    found = find_patients(acting, form.cleaned_data["wanted"])
    context = {"form": form, "found": found, "table": _table(found)}
    return render(request, "patients/patients.html", context)


def _table(found: FoundPatients) -> Table:
    return Table(
        _("Patients found"),
        (Column(_("Name")), Column(_("Number")), Column(_("Born"))),
        tuple(Row(_cells(each)) for each in found.patients),
        empty=_("Nobody of this clinic answers to that. Try fewer letters, or register a new patient."),
    )


def _cells(known: KnownPatient) -> tuple[Cell, ...]:
    identity = known.identity
    born_on = _("not recorded") if identity.born_on is None else date_format(identity.born_on)
    return (
        Cell(identity.name, url=reverse("course", args=[known.patient])),
        Cell(identity.second_id),
        Cell(born_on),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@page("register_patient")
def register(request: HttpRequest, acting: Acting) -> HttpResponse:
    """Register a patient; who may be on record already is shown first."""
    if request.method != "POST":
        return _asked(request, RegisterForm(initial={"language": "en", "sex": ""}), str(uuid4()))
    form = RegisterForm(request.POST)
    key = request.POST.get("request") or str(uuid4())
    if not form.is_valid():
        return _asked(request, form, key, status=UNPROCESSABLE)
    try:
        patient = register_unless_known(
            acting, form.identity(), key, is_another=request.POST.get("is_another") == "yes"
        )
    except AlreadyKnown as known:
        return _asked(request, form, key, status=CONFLICT, known=known)
    messages.success(request, _("The patient is registered. Next: enrolment, task by task."))
    return redirect(reverse("enrolment", args=[patient]))


def _asked(
    request: HttpRequest,
    form: RegisterForm,
    key: str,
    *,
    status: int = 200,
    known: AlreadyKnown | None = None,
) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "request_key": key}
    if known is not None:
        everybody = (*known.same_number, *known.same_person)
        context["same_number"] = bool(known.same_number)
        context["known"] = _table(FoundPatients(everybody, len(everybody)))
    return render(request, "patients/register.html", context, status=status)
