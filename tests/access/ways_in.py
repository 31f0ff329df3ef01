"""How do tests sign in as somebody with a password and a second factor, as in production?"""

from __future__ import annotations

import base64
import re
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from allauth.mfa.totp.internal.auth import yield_hotp_counters_from_time as counters
from django.core.cache import cache
from django.test import Client

from isovigil.storage.models import Person
from isovigil.usecases.record.acting import Role
from tests.access.clinics import Clinics

PASSWORD: Final = "a sentence nobody else would say"


def code_now(secret: str) -> str:
    """The six digits that the app shows now."""
    return str(format_hotp_value(hotp_value(secret, next(iter(counters())))))


def with_a_password(clinics: Clinics, role: Role) -> Person:
    """The person of a role, who has a password and no second factor."""
    person = Person.objects.get(id=clinics.people[role])
    person.set_password(PASSWORD)
    person.save()
    return person


def with_an_app(clinics: Clinics, role: Role) -> tuple[Person, str]:
    """The person of a role with a password and an app, and the secret in the app."""
    person = with_a_password(clinics, role)
    secret: str = generate_totp_secret()
    TOTP.activate(person, secret)
    assert Authenticator.objects.filter(user=person).count() == 1
    return person, secret


def password_sent(browser: Client, person: Person, password: str = PASSWORD, **more: Any) -> Any:
    """The answer to the sign-in form."""
    return browser.post("/account/login/", {"login": person.email, "password": password}, **more)


def signed_in_with_both(clinics: Clinics, role: Role) -> tuple[Client, str]:
    """A browser in which somebody signed in with password and app, and the secret in the app."""
    person, secret = with_an_app(clinics, role)
    browser = Client()
    assert password_sent(browser, person).headers["Location"].startswith("/account/2fa/authenticate/")
    answer = browser.post("/account/2fa/authenticate/", {"code": code_now(secret)})
    assert answer.status_code == 302, answer.content
    cache.clear()  # the code may be used again in this test
    return browser, secret


def secret_shown(page: str) -> str:
    """The secret that the page shows for typing it into an app."""
    found = re.search(r'value="([A-Z2-7]{16,})"', page)
    assert found is not None, page
    assert base64.b32decode(found.group(1))
    return found.group(1)


def next_of(location: str) -> str:
    """Where a redirect says to go on to."""
    return parse_qs(urlsplit(location).query).get("next", [""])[0]
