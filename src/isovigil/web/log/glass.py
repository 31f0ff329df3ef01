"""How does somebody open, in need, a record that their role does not open?"""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_http_methods

from isovigil.usecases.record.acting import Acting
from isovigil.usecases.record.break_glass import NoReason, break_glass
from isovigil.web.acting import page
from isovigil.web.people.forms import Reason


@require_http_methods(["GET", "POST"])
@page("break_glass")
def break_the_glass(request: HttpRequest, acting: Acting, patient: UUID) -> HttpResponse:
    """Say why; the record is open for an hour, and the patient reads who opened it."""
    form = Reason(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            break_glass(acting, patient, reason=form.cleaned_data["reason"])
        except NoReason as none:
            form.add_error("reason", str(none))
        else:
            return redirect(_course(patient))
    context = {"form": form, "patient": patient}
    return render(request, "log/break_glass.html", context, status=422 if form.is_bound else 200)


def _course(patient: UUID) -> str:
    try:
        return reverse("course", args=[patient])
    except NoReverseMatch:
        return reverse("home")
