"""How does a clinic let a patient, or who cares for them, see their own record?"""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from isovigil.usecases.record.acting import Acting, Role
from isovigil.usecases.record.invite import InvitationRefused, invite
from isovigil.web.acting import page
from isovigil.web.people.forms import InviteToRecord


@require_http_methods(["GET", "POST"])
@page("invite_patient")
def invite_to_record(request: HttpRequest, acting: Acting, patient: UUID) -> HttpResponse:
    """Invite the patient or a carer to this one record; the code is shown once."""
    form = InviteToRecord(request.POST if request.method == "POST" else None)
    if form.is_valid():
        asked = form.cleaned_data
        try:
            invited = invite(
                acting, asked["name"], asked["email"], cast(Role, asked["role"]), patient=patient
            )
        except InvitationRefused as refused:
            form.add_error(None, str(refused))
        else:
            where = request.build_absolute_uri(reverse("accept_invitation"))
            context = {"invited": invited, "name": asked["name"], "where": where}
            return render(request, "people/invited.html", context)
    context = {"form": form, "patient": patient}
    return render(request, "people/invite_to_record.html", context, status=422 if form.is_bound else 200)
