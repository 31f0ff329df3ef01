"""Which addresses are there, which verb does each ask for, and how is each asked for?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls.converters import UUIDConverter

from isovigil.usecases.record.access import Verb
from tests.access.clinics import Clinics

PUBLIC: Final = {
    "front": "the first page: who may sign in",
    "demo_sign_in": "signing in, in a demo alone",
    "health": "whether the instance serves",
    "set_language": "the language of the pages",
    "window_calculator": "windows from a few dates; nothing is kept",
    "accept_invitation": "shows nothing without a code of 192 random bits",
    "account_login": "signing in",
    "account_logout": "signing out",
    "account_signup": "closed: answers that there is no such page",
    "account_email": "closed",
    "account_email_verification_sent": "closed",
    "account_confirm_email": "closed",
    "account_confirm_login_code": "closed",
    "account_set_password": "closed",
    "account_inactive": "closed",
    "account_reset_password": "asks for an address, and answers the same for every one",
    "account_reset_password_done": "says that a letter may be under way",
    "account_reset_password_from_key": "shows nothing without the key of a letter",
    "account_reset_password_from_key_done": "says that the password is changed",
    "mfa_authenticate": "asks for the second factor of whoever showed the first",
    "mfa_login_webauthn": "signing in with a passkey",
}
"""Shown to anybody. Each says why; none shows anything of a record."""
OWN_ACCOUNT: Final = {
    "home": "leads to the page of one's role",
    "choose_role": "choosing among one's own roles",
    "confirm_who": "saying once more who one is",
    "demo_confirm": "the same, in a demo alone",
    "second_factor": "where the second factor is shown or set up",
    "sign_out_everywhere": "ending one's own sessions",
    "account_change_password": "one's own password",
    "account_reauthenticate": "saying once more who one is",
    "mfa_index": "one's own factors",
    "mfa_reauthenticate": "saying once more who one is",
    "mfa_reauthenticate_webauthn": "the same, with a passkey",
    "mfa_activate_totp": "one's own app",
    "mfa_deactivate_totp": "one's own app",
    "mfa_view_recovery_codes": "one's own codes",
    "mfa_generate_recovery_codes": "one's own codes",
    "mfa_download_recovery_codes": "one's own codes",
    "mfa_list_webauthn": "one's own passkeys",
    "mfa_add_webauthn": "one's own passkeys",
    "mfa_edit_webauthn": "one's own passkeys",
    "mfa_remove_webauthn": "one's own passkeys",
    "usersessions_list": "one's own sessions",
}
"""Shown to whoever is signed in, about themselves alone; nothing of a record."""


class Route(NamedTuple):
    """One address."""

    pattern: str
    name: str | None
    view: Callable[..., Any]
    parameters: tuple[str, ...]

    @property
    def verb(self) -> Verb | None:
        """What the table of access is asked for it; None where the view declares nothing."""
        said: Verb | None = getattr(self.view, "verb", None)
        return said

    @property
    def is_declared(self) -> bool:
        """Does it say who may open it?"""
        return self.verb is not None or self.name in PUBLIC or self.name in OWN_ACCOUNT or self._is_closed

    @property
    def _is_closed(self) -> bool:
        return self.view.__module__ == "isovigil.web.accounts.views" and self.view.__name__ == "closed"


def every_route() -> list[Route]:
    """All of them, in the order in which they are tried."""
    return list(_within("", (), get_resolver().url_patterns))


def _within(prefix: str, parameters: tuple[str, ...], patterns: list[Any]) -> Iterator[Route]:
    for one in patterns:
        pattern = prefix + str(one.pattern)
        known = (*parameters, *one.pattern.converters, *_named_groups(one))
        if isinstance(one, URLResolver):
            yield from _within(pattern, known, one.url_patterns)
        elif isinstance(one, URLPattern):
            yield Route(pattern, one.name, one.callback, known)


def _named_groups(one: Any) -> tuple[str, ...]:
    expression = getattr(one.pattern, "regex", None)
    return () if one.pattern.converters or expression is None else tuple(expression.groupindex)


def of_the_record() -> list[Route]:
    """The addresses that the table of access judges."""
    return [route for route in every_route() if route.verb is not None]


Owner = str
OWNERS: Final[tuple[Owner, ...]] = ("young", "other_patient", "other_clinic", "nobody")
"""Whose patient is asked for: the one the clinic's patient and carer belong to, another of the same clinic,
one of another clinic, and one that does not exist."""


def address(route: Route, clinics: Clinics, owner: Owner) -> str:
    """The address for this owner. A parameter that nobody told the tests how to fill fails, by its name."""
    is_ours = owner in {"young", "other_patient"}
    patient = {
        "young": clinics.young,
        "other_patient": clinics.patient,
        "other_clinic": clinics.elsewhere,
        "nobody": UUID(int=7),
    }[owner]
    values: dict[str, Any] = {
        "patient": patient,
        "membership": clinics.memberships["nurse"] if is_ours else clinics.membership_elsewhere,
        "invitation": clinics.invitation if is_ours else UUID(int=8),
        "form": "us_patient_consent",
        "task": "questions",
        "fact": clinics.weights.get(owner, UUID(int=10)),
        "act": clinics.consents.get(owner, UUID(int=9)),
    }
    untold = [each for each in route.parameters if each not in values]
    assert not untold, f"say here with what {untold} of {route.pattern} is filled, for each owner"
    return reverse(str(route.name), kwargs={each: values[each] for each in route.parameters})


def asked(browser: Client, url: str) -> Any:
    """The answer to looking; where a page only takes a form, to sending it an empty one."""
    answer = browser.get(url)
    return browser.post(url) if answer.status_code == 405 else answer


def is_uuid(route: Route) -> bool:
    """Does the address name a patient by the opaque number?"""
    return "patient" in route.parameters and UUIDConverter.regex is not None
