"""What follows when allauth tells that somebody proved who they are, or changed a factor or password?"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from allauth.account.signals import authentication_step_completed, password_changed, password_reset
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from allauth.usersessions.models import UserSession
from django.http import HttpRequest

from isovigil.storage.models import Person
from isovigil.usecases.record.end_membership import end_sessions_of
from isovigil.web.accounts import sessions


def listen() -> None:
    """Connect what follows to what is told."""
    authentication_step_completed.connect(_proved_once_more, dispatch_uid="isovigil.proved")
    for told in (authenticator_added, authenticator_removed, authenticator_reset):
        told.connect(_other_sessions_end, dispatch_uid="isovigil.factors")
    for told in (password_changed, password_reset):
        told.connect(_other_sessions_end, dispatch_uid="isovigil.password")


def _proved_once_more(request: HttpRequest, reauthenticated: bool = False, **_more: Any) -> None:
    if reauthenticated:
        sessions.confirmed(request, datetime.now(UTC))


def _other_sessions_end(request: HttpRequest, user: Person, **_more: Any) -> None:
    """Whoever else holds a session of this person may be the reason for the change."""
    here = request.session.session_key
    end_sessions_of(user.id, but=here)
    # A changed password gives this session a new key, and the list has to follow it.
    if request.user.is_authenticated and not UserSession.objects.filter(session_key=here).exists():
        UserSession.objects.create_from_request(request)
