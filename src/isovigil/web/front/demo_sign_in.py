"""How does one sign in as a made-up person? In a demo alone: in production these addresses do not exist."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final, cast

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from isovigil.storage.models import Person
from isovigil.usecases.record.acting import Role
from isovigil.usecases.record.demo_clinic import address_of
from isovigil.usecases.record.members import roles_of
from isovigil.web.accounts import sessions
from isovigil.web.acting import IS_MADE_UP_IN_SESSION
from isovigil.web.front.going_on import going_on

BACKEND: Final = "allauth.account.auth_backends.AuthenticationBackend"


@require_POST
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in as the made-up person of a role, without a password."""
    _refuse_in_production()
    role = cast(Role, request.POST.get("role", ""))
    person = Person.objects.filter(email=address_of(role), is_active=True).first()
    as_role = None if person is None else next((one for one in roles_of(person.id) if one.role == role), None)
    if person is None or as_role is None:
        raise Http404
    login(request, person, backend=BACKEND)
    sessions.begin(request, datetime.now(UTC))
    sessions.enter(request, as_role)
    request.session[IS_MADE_UP_IN_SESSION] = True
    UserSession.objects.create_from_request(request)
    return redirect(going_on(request, request.POST.get("next", ""), reverse("home")))


@require_POST
def confirm(request: HttpRequest) -> HttpResponse:
    """A made-up person says once more who they are, as signing asks."""
    _refuse_in_production()
    if not request.session.get(IS_MADE_UP_IN_SESSION):
        raise Http404
    sessions.confirmed(request, datetime.now(UTC))
    return redirect(going_on(request, request.POST.get("next", ""), reverse("home")))


def _refuse_in_production() -> None:
    if settings.IS_PRODUCTION:
        raise Http404
