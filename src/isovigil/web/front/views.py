"""What stands on the first page, and where does each role go from there?"""

from __future__ import annotations

from typing import Final, cast
from urllib.parse import urlencode

import msgspec
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_GET, require_http_methods

from isovigil.storage.models import Person
from isovigil.usecases.record.acting import Role
from isovigil.usecases.record.demo_clinic import MEMBERS, OF_ONE_PATIENT, address_of
from isovigil.usecases.record.members import RoleAt, roles_of
from isovigil.web.accounts import sessions
from isovigil.web.acting import (
    IS_MADE_UP_IN_SESSION,
    SecondFactorFirst,
    SignInFirst,
    acting_of,
    to_second_factor,
    to_sign_in,
)
from isovigil.web.components import Words
from isovigil.web.front.going_on import going_on
from isovigil.web.front.homes import WHAT_THEY_SEE, home_of
from isovigil.web.shell import ROLE_WORDS

_CARDS: Final[tuple[tuple[Role, str], ...]] = (*MEMBERS, *OF_ONE_PATIENT)


class SignInCard(msgspec.Struct, frozen=True):
    """One made-up person to sign in as."""

    role: Role
    role_words: Words
    name: str
    what_they_see: Words


class RoleShown(msgspec.Struct, frozen=True):
    """One of a person's roles to go on in."""

    membership: str
    clinic: str
    words: Words


@require_GET
def front(request: HttpRequest) -> HttpResponse:
    """The first page: in a demo the made-up people, in production where to sign in."""
    shown = {
        "ended": "ended" in request.GET,
        "next": going_on(request, request.GET.get("next", ""), ""),
        "calculator": _address("window_calculator"),
        "is_signed_in": request.user.is_authenticated,
        "cards": () if settings.IS_PRODUCTION else _cards(),
    }
    return render(request, "front/production.html" if settings.IS_PRODUCTION else "front/demo.html", shown)


def _cards() -> tuple[SignInCard, ...]:
    """The made-up people who are on record, in the order of the roles."""
    addresses = Person.objects.filter(email__in=[address_of(role) for role, _ in _CARDS], is_active=True)
    there = set(addresses.values_list("email", flat=True))
    return tuple(
        SignInCard(role, ROLE_WORDS[role], name, WHAT_THEY_SEE[role])
        for role, name in _CARDS
        if address_of(role) in there
    )


def _address(name: str) -> str | None:
    try:
        return reverse(name)
    except NoReverseMatch:
        return None


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """To the page of one's own role; who has several chooses first."""
    try:
        acting = acting_of(request)
    except SecondFactorFirst:
        return to_second_factor(request)
    except SignInFirst:
        return _without_a_role(request)
    own = home_of(acting.role)
    if own is not None:
        return redirect(own)
    return render(request, "front/no_page_yet.html", {"role": ROLE_WORDS[acting.role]})


def _without_a_role(request: HttpRequest) -> HttpResponse:
    if not request.user.is_authenticated:
        return to_sign_in(request)
    roles = [RoleShown(str(one.membership), one.clinic_name, ROLE_WORDS[one.role]) for one in _roles(request)]
    return render(request, "front/choose_role.html", {"roles": roles})


@require_http_methods(["POST"])
def choose_role(request: HttpRequest) -> HttpResponse:
    """Act in another of one's own roles from now on."""
    if not request.user.is_authenticated:
        return to_sign_in(request)
    chosen = request.POST.get("membership", "")
    role = next((one for one in _roles(request) if str(one.membership) == chosen), None)
    if role is None:
        raise Http404
    sessions.enter(request, role)
    return redirect("home")


def _roles(request: HttpRequest) -> list[RoleAt]:
    return roles_of(cast(Person, request.user).id)


@require_GET
def confirm_who(request: HttpRequest) -> HttpResponse:
    """Where signing sends whoever has to say once more who they are; `next` leads back."""
    if not request.user.is_authenticated:
        return to_sign_in(request)
    going = going_on(request, request.GET.get("next", ""), reverse("home"))
    if request.session.get(IS_MADE_UP_IN_SESSION) and not settings.IS_PRODUCTION:
        return render(request, "front/confirm_demo.html", {"next": going, "person": request.user})
    return redirect(f"{reverse('account_reauthenticate')}?{urlencode({'next': going})}")
