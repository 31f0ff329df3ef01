"""What do the pages about one's own way in do beyond allauth's own?"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Final, cast

from allauth.account.internal.flows.login import record_authentication
from allauth.account.views import logout as allauth_logout
from allauth.account.views import password_reset
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from isovigil.storage.models import Person
from isovigil.usecases.record.end_membership import end_sessions_of
from isovigil.web.accounts import sessions
from isovigil.web.accounts.adapter import is_staff
from isovigil.web.acting import passed_a_second_factor, to_sign_in
from isovigil.web.front.going_on import going_on

WAS_INVITED: Final = "was_invited"
"""In a session that an invitation opened: the one in which a first factor may be set up."""
FORGET: Final = '"cache", "cookies", "storage"'
"""What the browser lets go of at the end of a session."""


@require_http_methods(["GET", "POST"])
def sign_out(request: HttpRequest) -> HttpResponse:
    """End this session, and let the browser forget what it kept of it."""
    key = request.session.session_key
    answer = cast(HttpResponse, allauth_logout(request))
    if request.method == "POST":
        sessions.forget(key)
        answer.headers["Clear-Site-Data"] = FORGET
    return answer


@require_POST
def sign_out_everywhere(request: HttpRequest) -> HttpResponse:
    """End every session of this person, this one too."""
    if not request.user.is_authenticated:
        return to_sign_in(request)
    end_sessions_of(request.user.id)
    sessions.end(request)
    answer = redirect("front")
    answer.headers["Clear-Site-Data"] = FORGET
    return answer


@require_GET
def second_factor(request: HttpRequest) -> HttpResponse:
    """Where staff are sent who showed one factor alone: show the second, set one up, or ask for help."""
    if not request.user.is_authenticated:
        return to_sign_in(request)
    going = going_on(request, request.GET.get("next", ""), reverse("home"))
    if passed_a_second_factor(request):
        return redirect(going)
    if is_mfa_enabled(request.user):
        return redirect(f"{reverse('mfa_reauthenticate')}?{urlencode({'next': going})}")
    if not request.session.get(WAS_INVITED):
        return render(request, "accounts/ask_for_help.html")
    return render(request, "accounts/second_factor.html", {"next": going})


@require_http_methods(["GET", "POST"])
def forgotten_password(request: HttpRequest) -> HttpResponse:
    """Asks for an address, and answers the same for every one; without post, says whom to ask."""
    if not settings.SENDS_LETTERS:
        return render(request, "accounts/no_letters.html", status=200 if request.method == "GET" else 405)
    return cast(HttpResponse, password_reset(request))


def closed(request: HttpRequest, **_more: str) -> HttpResponse:
    """An address of allauth's that leads nowhere here."""
    raise Http404


View = Callable[..., Any]


def not_by_a_password_alone(view: View) -> View:
    """A page that adds a factor; staff without any come to it by an invitation, never by a password alone.

    Whoever only knew a password could otherwise add a factor of their own. Setting one up shows it, so the
    session has passed a second factor from then on, under a new key.
    """

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not request.user.is_authenticated:
            return to_sign_in(request)
        person = request.user
        had_one = is_mfa_enabled(person)
        if not had_one and not request.session.get(WAS_INVITED) and is_staff(person.id):
            return render(request, "accounts/ask_for_help.html", status=403)
        if had_one and not passed_a_second_factor(request):
            return redirect("second_factor")
        answer = view(request, *args, **kwargs)
        if request.method == "POST" and not had_one:
            _passed_by_setting_it_up(request, person)
        return answer

    return answered


def _passed_by_setting_it_up(request: HttpRequest, person: Person) -> None:
    factors = Authenticator.objects.filter(user=person).exclude(type=Authenticator.Type.RECOVERY_CODES)
    added = factors.order_by("-id").first()
    if added is not None:
        record_authentication(request, person, "mfa", id=added.pk, type=added.type, reauthenticated=True)
