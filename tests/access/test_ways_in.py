"""Does signing in ask for two factors, tell nothing to whoever guesses, and slow them down?"""

from __future__ import annotations

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core import mail
from django.core.cache import cache
from django.test import Client, RequestFactory
from django.test.utils import override_settings

from isovigil.storage.models import Person
from isovigil.usecases.record.invite import invite
from isovigil.web.accounts.adapter import WaysIn
from tests.access.asvs import covers
from tests.access.clinics import STAFF, Clinics
from tests.access.ways_in import (
    PASSWORD,
    code_now,
    password_sent,
    secret_shown,
    signed_in_with_both,
    with_a_password,
    with_an_app,
)


def invited_browser(clinics: Clinics, email: str = "new@nurse.example") -> Client:
    """A browser in which somebody typed the code of a nurse's invitation."""
    from datetime import UTC, datetime

    asked = invite(clinics.acting("administrator", datetime.now(UTC)), "Newman Nurse", email, "nurse")
    browser = Client()
    answer = browser.post("/account/invitation/", {"code": f" {asked.code} "})
    assert answer.headers["Location"] == "/account/invitation/"
    return browser


@covers("6.3.3", "6.4.1", "7.2.4")
def test_an_invited_nurse_sets_a_password_then_an_app_and_only_then_sees_the_worklist(clinics: Clinics):
    browser = invited_browser(clinics)
    assert "A clinic" in browser.get("/account/invitation/").content.decode()
    answer = browser.post("/account/invitation/", {"password": PASSWORD})
    assert answer.headers["Location"] == "/account/second-factor/"
    assert browser.get("/worklist/").headers["Location"].startswith("/account/second-factor/")
    one_factor = browser.session.session_key
    page = browser.get("/account/2fa/totp/activate/")
    assert page.status_code == 200
    secret = secret_shown(page.content.decode())
    answer = browser.post("/account/2fa/totp/activate/", {"code": code_now(secret)})
    assert answer.headers["Location"] == "/account/2fa/recovery-codes/"
    assert browser.session.session_key != one_factor
    assert browser.get("/worklist/").status_code == 200


@covers("6.4.1")
def test_the_code_of_an_invitation_stands_in_no_address(clinics: Clinics):
    answer = invited_browser(clinics).get("/account/invitation/")
    assert answer.request["QUERY_STRING"] == ""
    assert answer.request["PATH_INFO"] == "/account/invitation/"


def test_a_wrong_code_is_told_at_its_box_and_the_eleventh_try_in_a_minute_is_refused(
    clinics: Clinics, browser: Client
):
    answers = [browser.post("/account/invitation/", {"code": "x" * 32}) for _ in range(11)]
    # 10 a minute from one address.
    assert [answer.status_code for answer in answers] == [422] * 10 + [429]
    assert b"<h1>Too many tries</h1>" in answers[-1].content


@covers("6.3.3", "6.4.4")
@pytest.mark.parametrize("role", STAFF)
def test_a_password_alone_opens_nothing_to_staff_and_sets_up_no_factor(clinics: Clinics, role: str):
    person = with_a_password(clinics, role)  # type: ignore[arg-type]  # one of the roles
    browser = Client()
    assert password_sent(browser, person).status_code == 302
    assert browser.get("/judged-by/").headers["Location"].startswith("/account/second-factor/")
    assert b"A second person has to let you in" in browser.get("/account/second-factor/").content
    for page in ("/account/2fa/totp/activate/", "/account/2fa/webauthn/add/"):
        assert browser.get(page).status_code == 403
        assert browser.post(page, {"code": "000000"}).status_code == 403
    assert not Authenticator.objects.filter(user=person).exists()


@covers("6.3.3")
def test_staff_with_an_app_come_in_with_both_factors_and_not_with_a_wrong_code(clinics: Clinics):
    person, secret = with_an_app(clinics, "nurse")
    browser = Client()
    password_sent(browser, person)
    assert browser.get("/worklist/").status_code == 302
    wrong = str((int(code_now(secret)) + 1) % 1_000_000).zfill(6)
    assert b"This did not fit" in browser.post("/account/2fa/authenticate/", {"code": wrong}).content
    assert browser.get("/worklist/").status_code == 302
    browser.post("/account/2fa/authenticate/", {"code": code_now(secret)})
    assert browser.get("/worklist/").status_code == 200


@covers("6.5.1", "6.5.5")
def test_the_code_of_an_app_works_once(clinics: Clinics):
    person, secret = with_an_app(clinics, "nurse")
    code = code_now(secret)
    answers = []
    for _ in range(2):
        browser = Client()
        password_sent(browser, person)
        browser.post("/account/2fa/authenticate/", {"code": code})
        answers.append(browser.get("/worklist/").status_code)
    assert answers == [200, 302]


@covers("6.5.1")
def test_a_recovery_code_works_once(clinics: Clinics):
    person, _secret = with_an_app(clinics, "nurse")
    codes = RecoveryCodes.activate(person).get_unused_codes()
    assert len(codes) == 10
    answers = []
    for code in (codes[0], codes[0], codes[1]):
        browser = Client()
        password_sent(browser, person)
        browser.post("/account/2fa/authenticate/", {"code": code})
        answers.append(browser.get("/worklist/").status_code)
    assert answers == [200, 302, 200]


@covers("11.3.2", "13.3.1")
def test_the_secrets_of_second_factors_are_sealed_in_the_database(clinics: Clinics):
    person, secret = with_an_app(clinics, "nurse")
    RecoveryCodes.activate(person)
    kept = str(list(Authenticator.objects.filter(user=person).values_list("data", flat=True)))
    assert secret not in kept
    browser = Client()
    password_sent(browser, person)
    with override_settings(SECRET_KEY="another secret than that which sealed it, and long enough"):
        from cryptography.fernet import InvalidToken

        from isovigil.web.accounts.adapter import Factors

        sealed = Authenticator.objects.get(user=person, type="totp").data["secret"]
        with pytest.raises(InvalidToken):
            Factors().decrypt(sealed)


@covers("6.3.8")
def test_a_known_and_an_unknown_address_get_the_same_answer(clinics: Clinics):
    person, _secret = with_an_app(clinics, "nurse")
    said = []
    for address in (person.email, "nobody@nowhere.example"):
        cache.clear()
        answer = Client().post("/account/login/", {"login": address, "password": "not the right one at all"})
        said.append((answer.status_code, _without_tokens(answer.content.decode(), address)))
    assert said[0] == said[1]


@covers("6.3.8")
def test_an_unknown_address_costs_the_hashing_of_a_password_too(
    clinics: Clinics, monkeypatch: pytest.MonkeyPatch
):
    # Hashing is what takes the time of an answer; done once for either, their times are alike.
    person, _secret = with_an_app(clinics, "nurse")
    hashed: list[str] = []
    hashing = Argon2PasswordHasher.encode

    def counted(hasher: Argon2PasswordHasher, password: str, salt: str) -> str:
        hashed.append("encode")
        return hashing(hasher, password, salt)

    monkeypatch.setattr(Argon2PasswordHasher, "encode", counted)
    monkeypatch.setattr(Argon2PasswordHasher, "verify", lambda *_: hashed.append("verify"))
    for address, done in ((person.email, ["verify"]), ("nobody@nowhere.example", ["encode"])):
        hashed.clear()
        Client().post("/account/login/", {"login": address, "password": "not the right one at all"})
        assert hashed == done


def _without_tokens(page: str, address: str) -> str:
    return re.sub(r'value="[A-Za-z0-9]{64}"', "", page).replace(address, "")


@covers("6.3.8", "6.4.3")
def test_a_forgotten_password_is_answered_alike_and_a_letter_goes_only_to_a_known_address(clinics: Clinics):
    person = with_a_password(clinics, "nurse")
    answers = []
    for address in (person.email, "nobody@nowhere.example"):
        answer = Client().post("/account/password/reset/", {"email": address}, follow=True)
        answers.append(
            (answer.status_code, answer.redirect_chain, _without_tokens(str(answer.content), address))
        )
    assert answers[0] == answers[1]
    assert [one.to for one in mail.outbox] == [[person.email]]


@covers("6.3.8")
def test_a_post_that_is_away_does_not_tell_who_is_known(clinics: Clinics, monkeypatch: pytest.MonkeyPatch):
    def away(*_: object) -> None:
        raise ConnectionRefusedError

    person = with_a_password(clinics, "nurse")
    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", away)
    for address in (person.email, "nobody@nowhere.example"):
        answer = Client().post("/account/password/reset/", {"email": address})
        assert (answer.status_code, answer.headers["Location"]) == (302, "/account/password/reset/done/")


def test_where_no_letters_are_sent_the_page_says_whom_to_ask(clinics: Clinics, browser: Client):
    with override_settings(SENDS_LETTERS=False):
        assert b"Ask your clinic" in browser.get("/account/password/reset/").content
        assert browser.post("/account/password/reset/", {"email": "a@b.example"}).status_code == 405
    assert mail.outbox == []


@covers("6.4.3")
def test_a_new_password_by_letter_leaves_the_second_factor_and_ends_every_session(clinics: Clinics):
    elsewhere, secret = signed_in_with_both(clinics, "nurse")
    person = Person.objects.get(id=clinics.people["nurse"])
    Client().post("/account/password/reset/", {"email": person.email})
    (path,) = re.findall(r"https?://[^/]+(/account/password/reset/key/\S+)", str(mail.outbox[-1].body))
    browser = Client()
    form = browser.get(path, follow=True)
    where = form.redirect_chain[-1][0]
    new = "quite another sentence to remember"
    answer = browser.post(where, {"password1": new, "password2": new})
    assert answer.status_code == 302, answer.content
    assert elsewhere.get("/worklist/").status_code == 302
    assert Authenticator.objects.filter(user=person).exists()
    assert password_sent(browser, person, new).headers["Location"].startswith("/account/2fa/authenticate/")
    assert browser.get("/worklist/").status_code == 302
    browser.post("/account/2fa/authenticate/", {"code": code_now(secret)})
    assert browser.get("/worklist/").status_code == 200


@covers("6.3.1", "2.4.1")
def test_five_wrong_passwords_lock_an_account_for_a_while_also_for_the_right_one(clinics: Clinics):
    person, _secret = with_an_app(clinics, "nurse")
    browser = Client()
    for _ in range(5):
        password_sent(browser, person, "not the right one at all")
    answer = password_sent(browser, person)
    assert answer.status_code == 200
    assert b"Too many tries" in answer.content


@covers("6.3.1", "4.1.3", "15.3.4")
def test_ten_wrong_passwords_from_one_address_lock_it_whatever_its_headers_say(clinics: Clinics):
    person = with_a_password(clinics, "patient")
    browser = Client()
    for number in range(10):
        browser.post(
            "/account/login/",
            {"login": f"guess{number}@nowhere.example", "password": "not the right one"},
            headers={"x-forwarded-for": f"203.0.113.{number}", "forwarded": f"for=203.0.113.{number}"},
        )
    answer = password_sent(browser, person, headers={"x-forwarded-for": "203.0.113.77"})
    assert answer.status_code in {200, 429}
    assert "_auth_user_id" not in browser.session
    other = Client(REMOTE_ADDR="198.51.100.7")
    assert password_sent(other, person).status_code == 302


@covers("4.1.3", "15.3.4")
@pytest.mark.parametrize(
    ("connected", "said", "counted"),
    [
        ("198.51.100.7", "", "198.51.100.7"),
        ("198.51.100.7", "203.0.113.9", "198.51.100.7"),  # not a proxy of ours: what it says counts nothing
        ("127.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("127.0.0.1", "192.0.2.1, 203.0.113.9", "203.0.113.9"),  # the first was written by the visitor
        ("127.0.0.1", "nonsense", "0.0.0.0"),
        ("", "", "0.0.0.0"),
    ],
)
def test_the_address_that_counts_is_the_connections_or_what_our_own_proxy_saw(
    connected: str, said: str, counted: str
):
    request = RequestFactory().get("/", REMOTE_ADDR=connected, headers={"x-forwarded-for": said})
    with override_settings(TRUSTED_PROXIES=frozenset({"127.0.0.1"})):
        assert WaysIn(request).get_client_ip(request) == counted


@covers("6.3.1", "6.5.5")
def test_guessing_the_code_of_an_app_is_stopped(clinics: Clinics):
    person, secret = with_an_app(clinics, "nurse")
    browser = Client()
    password_sent(browser, person)
    wrong = str((int(code_now(secret)) + 1) % 1_000_000).zfill(6)
    for _ in range(5):
        browser.post("/account/2fa/authenticate/", {"code": wrong})
    browser.post("/account/2fa/authenticate/", {"code": code_now(secret)})
    assert browser.get("/worklist/").status_code == 302


@covers("6.3.1")
def test_nobody_signs_up(clinics: Clinics, browser: Client):
    for page in ("/account/signup/", "/account/email/", "/account/confirm-email/", "/account/password/set/"):
        assert browser.get(page).status_code == 404
        assert browser.post(page, {"email": "a@b.example", "password1": PASSWORD}).status_code == 404
    assert not Person.objects.filter(email="a@b.example").exists()


@covers("7.2.4", "7.5.1")
def test_the_last_factor_of_staff_cannot_be_removed(clinics: Clinics):
    browser, secret = signed_in_with_both(clinics, "nurse")
    answer = browser.post("/account/2fa/reauthenticate/", {"code": code_now(secret)})
    assert answer.status_code == 302
    answer = browser.post("/account/2fa/totp/deactivate/")
    assert b"this is your last passkey or app" in answer.content
    assert Authenticator.objects.filter(user=clinics.people["nurse"], type="totp").exists()


@covers("6.3.3")
def test_a_patient_signs_in_with_a_password_and_sees_who_looked(clinics: Clinics):
    person = with_a_password(clinics, "patient")
    browser = Client()
    answer = password_sent(browser, person)
    assert answer.headers["Location"] == "/home/"
    assert browser.get("/home/").headers["Location"] == "/my-record/"
    assert browser.get("/my-record/").status_code == 200
