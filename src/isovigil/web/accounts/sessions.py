"""When does a session begin, change its key, grow too old, and end?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import urlencode

from allauth.usersessions.models import UserSession
from django.contrib.auth import logout
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from isovigil.usecases.record.acting import OWN_RECORD_ROLES
from isovigil.usecases.record.members import RoleAt
from isovigil.web.acting import (
    CLINIC_IN_SESSION,
    MEMBERSHIP_IN_SESSION,
    SIGNED_IN_AT_IN_SESSION,
)
from isovigil.web.errors import ErrorPages
from isovigil.web.partial import asked_from, lead_to

BEGAN_AT: Final = "began_at"
SEEN_AT: Final = "seen_at"
IDLE_SECONDS: Final = "idle_seconds"

IDLE_FOR_STAFF: Final = timedelta(minutes=15)
IDLE_FOR_PATIENTS: Final = timedelta(minutes=10)
LONGEST: Final = timedelta(hours=12)
_WITHOUT_A_SESSION: Final = ("/static/", "/health")
_NOTED_EVERY: Final = timedelta(minutes=1)
"""How often being there is written down: the limit ends a session up to this much early, never late."""


def begin(request: HttpRequest, now: datetime) -> None:
    """Start the clocks of a session in which somebody just proved who they are."""
    session = request.session
    session[BEGAN_AT] = session[SEEN_AT] = session[SIGNED_IN_AT_IN_SESSION] = now.isoformat()
    session[IDLE_SECONDS] = IDLE_FOR_PATIENTS.total_seconds()


def enter(request: HttpRequest, role: RoleAt) -> None:
    """Act in this role from now on, under a new session key."""
    renew(request)
    request.session[CLINIC_IN_SESSION] = str(role.clinic)
    request.session[MEMBERSHIP_IN_SESSION] = str(role.membership)
    idle = IDLE_FOR_PATIENTS if role.role in OWN_RECORD_ROLES else IDLE_FOR_STAFF
    request.session[IDLE_SECONDS] = idle.total_seconds()


def confirmed(request: HttpRequest, now: datetime) -> None:
    """Somebody who is signed in proved once more who they are: note when, under a new session key."""
    renew(request)
    request.session[SIGNED_IN_AT_IN_SESSION] = now.isoformat()


def renew(request: HttpRequest) -> None:
    """Give the session a new key; the list of the person's sessions goes along."""
    before = request.session.session_key
    request.session.cycle_key()
    UserSession.objects.filter(session_key=before).update(session_key=request.session.session_key)


def _is_over(request: HttpRequest, now: datetime) -> bool:
    began, seen = request.session.get(BEGAN_AT), request.session.get(SEEN_AT)
    if began is None or seen is None:
        return True
    idle = timedelta(seconds=request.session.get(IDLE_SECONDS, 0))
    return now - datetime.fromisoformat(seen) >= idle or now - datetime.fromisoformat(began) >= LONGEST


class SessionLimits:
    """Ends a session nobody used for a while, and every session after twelve hours. Drafts stay."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, unless the session is over: then ask who it is."""
        if request.path.startswith(_WITHOUT_A_SESSION):
            return self.get_response(request)
        try:
            is_somebody = request.user.is_authenticated
        except (InterfaceError, OperationalError) as away:
            # Whose session it is cannot be asked, so nothing is opened; the page says when to come back.
            answer = ErrorPages(self.get_response).process_exception(request, away)
            assert answer is not None
            return answer
        if not is_somebody:
            return self.get_response(request)
        now = datetime.now(UTC)
        if _is_over(request, now):
            end(request)
            return self._told_it_is_over(request)
        if now - datetime.fromisoformat(request.session[SEEN_AT]) >= _NOTED_EVERY:
            request.session[SEEN_AT] = now.isoformat()
        return self.get_response(request)

    def _told_it_is_over(self, request: HttpRequest) -> HttpResponse:
        asked = {"ended": "1"}
        came_from = asked_from(request)
        if came_from:
            asked["next"] = came_from
        return lead_to(request, f"{reverse('front')}?{urlencode(asked)}")


def end(request: HttpRequest) -> None:
    """End this session, here and in the person's list."""
    forget(request.session.session_key)
    logout(request)


def forget(key: str | None) -> None:
    """Take an ended session off the person's list."""
    UserSession.objects.filter(session_key=key).delete()
