"""Who is asking for this page, in which role, and may they?

Every page about the record goes through `page`: it reads the clock once, and finds the person's open
membership in the database at this very request, so a role that ended a moment ago opens nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any, Concatenate, Final, NamedTuple, ParamSpec, cast
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from isovigil.storage.models import Person
from isovigil.usecases.record.access import Verb, may, refuse_unless_allowed
from isovigil.usecases.record.acting import OWN_RECORD_ROLES, Acting, Role
from isovigil.usecases.record.break_glass import with_broken_glass
from isovigil.usecases.record.kept import refuse_unless_kept
from isovigil.usecases.record.members import NoMembership, acting_as
from isovigil.web.partial import asked_from, lead_to

CLINIC_IN_SESSION: Final = "clinic"
MEMBERSHIP_IN_SESSION: Final = "membership"
SIGNED_IN_AT_IN_SESSION: Final = "signed_in_at"
IS_MADE_UP_IN_SESSION: Final = "is_made_up"
"""Signed in as a made-up person of a demo; it means nothing in production."""

P = ParamSpec("P")


class SignInFirst(Exception):
    """Nobody is signed in, or their role has ended."""


class SecondFactorFirst(SignInFirst):
    """Staff are signed in with one factor alone: that opens nothing of the record."""


class Standing(NamedTuple):
    """What the layout says of whoever asks."""

    role: Role
    person: str
    clinic: str


def acting_of(request: HttpRequest) -> Acting:
    """Who is asking.

    Raises:
        SignInFirst: Nobody is signed in, or the role ended.
        SecondFactorFirst: Staff signed in with one factor only.
    """
    person = request.user
    membership = request.session.get(MEMBERSHIP_IN_SESSION)
    clinic = request.session.get(CLINIC_IN_SESSION)
    if not isinstance(person, Person) or not person.is_active or membership is None or clinic is None:
        raise SignInFirst
    again = request.session.get(SIGNED_IN_AT_IN_SESSION)
    try:
        acting = acting_as(
            person.id,
            UUID(clinic),
            UUID(membership),
            datetime.now(UTC),
            signed_in_again_at=None if again is None else datetime.fromisoformat(again),
        )
    except NoMembership as ended:
        raise SignInFirst from ended
    if acting.role not in OWN_RECORD_ROLES and not passed_a_second_factor(request):
        raise SecondFactorFirst
    cast(Any, request).membership = Standing(acting.role, acting.name, acting.clinic_name)
    cast(Any, request).acting = acting
    return acting


def passed_a_second_factor(request: HttpRequest) -> bool:
    """Did whoever holds this session show a passkey, a one-time code or a recovery code in it?"""
    if request.session.get(IS_MADE_UP_IN_SESSION) and not settings.IS_PRODUCTION:
        return True
    records = get_authentication_records(request, cast(Person, request.user))
    return any(record.get("method") == "mfa" for record in records)


def page(
    verb: Verb,
) -> Callable[
    [Callable[Concatenate[HttpRequest, Acting, P], HttpResponse]],
    Callable[Concatenate[HttpRequest, P], HttpResponse],
]:
    """A view that is handed who asks, once the table of access lets their role do `verb`.

    A view about one patient names them `patient`; the table judges that too. What a role may not see is
    answered as what is not there.
    """

    def made(
        view: Callable[Concatenate[HttpRequest, Acting, P], HttpResponse],
    ) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
        @wraps(view)
        def answered(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            try:
                acting = acting_of(request)
            except SecondFactorFirst:
                return to_second_factor(request)
            except SignInFirst:
                return to_sign_in(request)
            patient = cast("UUID | None", kwargs.get("patient"))
            if patient is not None and not may(acting, verb, patient):
                acting = with_broken_glass(acting, patient)
            refuse_unless_allowed(acting, verb, patient)
            if patient is not None:
                refuse_unless_kept(acting, patient)
            with timezone.override(ZoneInfo(acting.clinic_zone)):
                return view(request, acting, *args, **kwargs)

        cast(Any, answered).verb = verb
        return cast("Callable[Concatenate[HttpRequest, P], HttpResponse]", answered)

    return made


def to_second_factor(request: HttpRequest) -> HttpResponse:
    """To where a second factor is shown, or set up; it leads back here."""
    return _led(request, reverse("second_factor"))


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """To the page where one signs in, and back here afterwards."""
    return _led(request, reverse("account_login") if settings.IS_PRODUCTION else reverse("front"))


def _led(request: HttpRequest, where: str) -> HttpResponse:
    came_from = asked_from(request)
    return lead_to(request, f"{where}?{urlencode({'next': came_from})}" if came_from else where)
