"""How does somebody who was invited come in? A code, a password, then a second factor."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final, cast

from allauth.account.internal.flows.login import record_authentication
from allauth.core import ratelimit
from allauth.usersessions.models import UserSession
from django import forms
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from isovigil.storage.models import Person
from isovigil.usecases.record.acting import OWN_RECORD_ROLES
from isovigil.usecases.record.invite import (
    InvitationGone,
    InvitationShown,
    SignInToAccept,
    accept_signed_in,
    accept_with_password,
    digest_of,
    invitation_behind,
)
from isovigil.usecases.record.members import roles_of
from isovigil.web.accounts import sessions
from isovigil.web.accounts.forms import FirstPassword
from isovigil.web.accounts.views import WAS_INVITED
from isovigil.web.acting import passed_a_second_factor
from isovigil.web.shell import ROLE_WORDS

HELD: Final = "invitation"
"""In the session: the digest of the code that was typed. A code never stands in an address."""
BACKEND: Final = "allauth.account.auth_backends.AuthenticationBackend"
LONGEST_CODE: Final = 64
OPENS_NOTHING: Final = _(
    "This code opens nothing. An invitation works once and holds for 24 hours; "
    "ask whoever invited you for a new one."
)


class Code(forms.Form):
    """The code of an invitation."""

    code = forms.CharField(
        label=_("The code of your invitation"),
        max_length=LONGEST_CODE,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


@require_http_methods(["GET", "POST"])
@sensitive_post_parameters("code", "password")
def accept(request: HttpRequest) -> HttpResponse:
    """Type the code; then choose a password, or accept as who is signed in."""
    held = request.session.get(HELD)
    if held is None or "code" in request.POST:
        return _asked_for_the_code(request)
    digest = bytes.fromhex(held)
    try:
        shown = invitation_behind(digest, datetime.now(UTC))
        if request.method == "POST":
            return _accepted(request, digest, shown)
    except (InvitationGone, SignInToAccept):
        request.session.pop(HELD, None)
        return _code_page(request, Code(), refusal=str(OPENS_NOTHING), status=410)
    return _page(request, shown, FirstPassword(_nobody_yet(shown)))


def _asked_for_the_code(request: HttpRequest) -> HttpResponse:
    if request.method == "GET":
        return _code_page(request, Code())
    limited: HttpResponse | None = ratelimit.consume_or_429(request, action="invitation")
    if limited is not None:
        return limited
    form = Code(request.POST)
    if not form.is_valid():
        return _code_page(request, form, status=422)
    digest = digest_of(form.cleaned_data["code"])
    try:
        invitation_behind(digest, datetime.now(UTC))
    except InvitationGone:
        form.add_error("code", str(OPENS_NOTHING))
        return _code_page(request, form, status=422)
    request.session[HELD] = digest.hex()
    return redirect("accept_invitation")


def _accepted(request: HttpRequest, digest: bytes, shown: InvitationShown) -> HttpResponse:
    now = datetime.now(UTC)
    if shown.asks_to_sign_in:
        person = cast(Person, request.user)
        if not person.is_authenticated or not passed_a_second_factor(request):
            return _page(request, shown, FirstPassword(_nobody_yet(shown)), status=403)
        accept_signed_in(digest, person.id, now)
        request.session.pop(HELD, None)
        return redirect("home")
    form = FirstPassword(_nobody_yet(shown), request.POST)
    if not form.is_valid():
        return _page(request, shown, form, status=422)
    person_id = accept_with_password(digest, form.cleaned_data["password"], now)
    _let_in(request, Person.objects.get(id=person_id), now)
    return redirect("home" if shown.role in OWN_RECORD_ROLES else "second_factor")


def _let_in(request: HttpRequest, person: Person, now: datetime) -> None:
    """Sign them in with the one factor they have; staff come to nothing before they set up the second."""
    request.session.flush()
    login(request, person, backend=BACKEND)
    sessions.begin(request, now)
    roles = roles_of(person.id)
    if len(roles) == 1:
        sessions.enter(request, roles[0])
    request.session[WAS_INVITED] = True
    UserSession.objects.create_from_request(request)
    record_authentication(request, person, "password", reauthenticated=True)


def _nobody_yet(shown: InvitationShown) -> Person:
    return Person(name=shown.name, email=shown.email)


def _code_page(request: HttpRequest, form: Code, *, refusal: str = "", status: int = 200) -> HttpResponse:
    return render(request, "accounts/invitation_code.html", {"form": form, "refusal": refusal}, status=status)


def _page(
    request: HttpRequest, shown: InvitationShown, form: FirstPassword, status: int = 200
) -> HttpResponse:
    is_them = getattr(request.user, "id", None) == shown.person and passed_a_second_factor(request)
    context = {"shown": shown, "role": ROLE_WORDS[shown.role], "form": form, "is_them": is_them}
    return render(request, "accounts/invitation.html", context, status=status)
