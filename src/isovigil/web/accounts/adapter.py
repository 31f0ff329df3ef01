"""Where does allauth ask us: who may sign up, what happens at sign-in, how are secrets kept?"""

from __future__ import annotations

import base64
import logging
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import Any, ClassVar, Final

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from isovigil.storage.models import Person
from isovigil.usecases.record.acting import OWN_RECORD_ROLES
from isovigil.usecases.record.members import roles_of
from isovigil.web.accounts import sessions

NOWHERE: Final = "0.0.0.0"  # noqa: S104 - where no address is known; nothing is bound to it
_log = logging.getLogger("isovigil.web")
_TOO_OFTEN = _("Too many tries. Wait a few minutes and try again.")


class WaysIn(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Signing in and out, as this product wants it."""

    error_messages: ClassVar = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _(
            "Address and password do not belong together. Type both again, or choose a new password."
        ),
        "enter_current_password": _("This is not the password you have now. Type it again."),
        "incorrect_password": _("This is not your password. Type it again."),
        "too_many_login_attempts": _TOO_OFTEN,
        "rate_limited": _TOO_OFTEN,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up: a clinic invites."""
        return False

    def post_login(self, request: HttpRequest, user: Person, **kwargs: Any) -> HttpResponse:
        """Start the session's clocks, and act in the one role there is; who has several chooses next."""
        sessions.begin(request, datetime.now(UTC))
        roles = roles_of(user.id)
        if len(roles) == 1:
            sessions.enter(request, roles[0])
        answer: HttpResponse = super().post_login(request, user, **kwargs)
        return answer

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send a letter. Where the post is away the page answers as ever: it must not tell who is known."""
        try:
            super().send_mail(template_prefix, email, context)
        except OSError as away:
            _log.error("a letter could not be sent: %s", type(away).__qualname__)

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address attempts are counted under: the connection's, or what our own proxy says it is.

        A proxy adds the address it sees at the end of the header; what stands before it, anybody can write.
        """
        connected = str(request.META.get("REMOTE_ADDR") or "")
        said = str(request.META.get("HTTP_X_FORWARDED_FOR") or "").rpartition(",")[2].strip()
        seen = said if connected in settings.TRUSTED_PROXIES and said else connected
        try:
            return str(ip_address(seen))
        except ValueError:
            return NOWHERE


class Factors(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """Second factors: their secrets are sealed in the database, and staff keep at least one."""

    error_messages: ClassVar = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": _(
            "Nothing was removed: this is your last passkey or app. Whoever works at a clinic needs one."
        ),
        "cannot_generate_recovery_codes": _("No codes were drawn: set up a passkey or an app first."),
        "incorrect_code": _("This did not fit. Type the code your app shows now, or try the passkey again."),
    }

    def encrypt(self, text: str) -> str:
        """What is stored of a secret: sealed under a key that is not in the database."""
        return _sealing().encrypt(text.encode()).decode("ascii")

    def decrypt(self, encrypted_text: str) -> str:
        """The secret again. Raises cryptography.fernet.InvalidToken where the key is another."""
        return _sealing().decrypt(encrypted_text.encode("ascii")).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """May this factor go? Not the last one of somebody who works at a clinic."""
        others = Authenticator.objects.filter(user=authenticator.user_id)
        others = others.exclude(pk=authenticator.pk).exclude(type=Authenticator.Type.RECOVERY_CODES)
        return others.exists() or not is_staff(authenticator.user_id)


def is_staff(person: Any) -> bool:
    """Does this person work at any clinic?"""
    return any(one.role not in OWN_RECORD_ROLES for one in roles_of(person))


def _sealing() -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"isovigil second factors")
    return Fernet(base64.urlsafe_b64encode(derived.derive(str(settings.SECRET_KEY).encode())))
