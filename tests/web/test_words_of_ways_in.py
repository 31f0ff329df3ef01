"""Does allauth put in a word of its own where people sign in? Its pages and its email are in our words.

The Spanish catalogue is replaced by one that puts each of our words into brackets: what allauth
says in Spanish of its own has none.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.core import mail
from django.test import Client
from django.urls import reverse

from isovigil.storage.models import Person
from tests.access.clinics import Clinics
from tests.access.conftest import clinics, template
from tests.access.ways_in import code_now, signed_in_with_both, with_a_password, with_an_app
from tests.web.bracketed import in_spanish, untranslated

__all__ = ["clinics", "template"]
SPANISH = {"accept-language": "es"}


def left_of(browser: Client, path: str, sent: dict[str, str] | None = None) -> list[str]:
    """What a page says without brackets."""
    answer: Any = (
        browser.get(path, headers=SPANISH) if sent is None else browser.post(path, sent, headers=SPANISH)
    )
    assert answer.status_code in {200, 422}, (path, answer.status_code, answer.headers)
    text = answer.content.decode()
    assert '<html lang="es"' in text
    assert "⟦" in text.partition("<main")[2]
    return untranslated(in_spanish(re.sub(r"<script.*?</script>", "", text, flags=re.DOTALL)))


@pytest.mark.usefixtures("bracketed")
def test_before_signing_in_every_word_is_ours(clinics: Clinics) -> None:
    browser = Client()
    person = with_a_password(clinics, "nurse")
    wrong = {"login": person.email, "password": "not the right one at all"}
    for path, sent in (
        ("/account/login/", None),
        ("/account/login/", {}),
        ("/account/login/", wrong),
        ("/account/password/reset/", None),
        ("/account/password/reset/", {}),
        ("/account/password/reset/done/", None),
        ("/account/password/reset/key/1-gone/", None),
        ("/account/password/reset/key/done/", None),
        ("/account/logout/", None),
    ):
        shown = clinics.signed_in("nurse") if path == "/account/logout/" else browser
        assert left_of(shown, path, sent) == [], path


@pytest.mark.usefixtures("bracketed")
def test_an_email_and_where_it_leads_are_in_our_words(clinics: Clinics) -> None:
    person = with_a_password(clinics, "nurse")
    browser = Client(headers=SPANISH)
    browser.post("/account/password/reset/", {"email": person.email})
    (letter,) = mail.outbox
    for part in (str(letter.subject), *str(letter.body).splitlines()):
        assert re.fullmatch(r"(⟦[^⟧]*⟧|https?://\S+|)", part), part
    (path,) = re.findall(r"https?://[^/]+(/account/password/reset/key/\S+)", str(letter.body))
    where = browser.get(path, follow=True).redirect_chain[-1][0]
    assert left_of(browser, where) == []
    assert left_of(browser, where, {}) == []
    done = browser.post(where, {"password1": "quite another sentence to remember"}, follow=True)
    assert untranslated(in_spanish(done.content.decode())) == []


@pytest.mark.usefixtures("bracketed")
def test_the_second_step_is_in_our_words(clinics: Clinics) -> None:
    person, _secret = with_an_app(clinics, "nurse")
    browser = Client(headers=SPANISH)
    browser.post("/account/login/", {"login": person.email, "password": "a sentence nobody else would say"})
    for sent in (None, {"code": ""}, {"code": "0"}):
        assert left_of(browser, "/account/2fa/authenticate/", sent) == []


@pytest.mark.usefixtures("bracketed")
def test_every_page_of_ones_own_account_is_in_our_words(clinics: Clinics) -> None:
    browser, secret = signed_in_with_both(clinics, "nurse")
    person = Person.objects.get(id=clinics.people["nurse"])
    RecoveryCodes.activate(person)
    browser.get("/account/2fa/")  # which told in English that she signed in
    key = Authenticator.objects.create(user=person, type="webauthn", data={"name": "K2"}).pk
    for path in ("/account/reauthenticate/", "/account/2fa/reauthenticate/"):
        for sent in (None, {"password": "not it", "code": "0"}):
            assert left_of(browser, path, sent) == [], path
    browser.post("/account/2fa/reauthenticate/", {"code": code_now(secret)})
    for name in (
        "account_change_password",
        "mfa_index",
        "mfa_deactivate_totp",
        "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes",
        "mfa_list_webauthn",
        "usersessions_list",
    ):
        assert left_of(browser, reverse(name)) == [], name
    for name in ("mfa_edit_webauthn", "mfa_remove_webauthn"):
        assert left_of(browser, reverse(name, kwargs={"pk": key})) == [], name
    wrong = {"oldpassword": "not it", "password1": "isovigil ipledge clinic"}
    assert left_of(browser, "/account/password/change/", wrong) == []
