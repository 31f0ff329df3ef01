"""Are passwords judged by length and by being known, and by nothing else?"""

from __future__ import annotations

import pytest
from django.conf import settings
from django.contrib.auth.hashers import identify_hasher, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from isovigil.storage.models import Person
from isovigil.web.accounts.forms import FirstPassword
from tests.access.asvs import covers

SOMEBODY = Person(name="Wilhelmina Quillfeather", email="w.quillfeather@harbour.example")


@covers("6.2.1")
@pytest.mark.parametrize(("password", "is_taken"), [("kq8vzt3mwpx", False), ("kq8vzt3mwpxf", True)])
def test_a_password_has_twelve_characters_at_least(password: str, is_taken: bool):
    # 11 and 12 characters.
    form = FirstPassword(SOMEBODY, {"password": password})
    assert form.is_valid() is is_taken


@covers("6.2.9")
@pytest.mark.parametrize(("length", "is_taken"), [(64, True), (200, True), (201, False)])
def test_sixty_four_characters_are_taken_and_more(length: int, is_taken: bool):
    password = ("a sentence of many words, " * 10)[:length]
    assert FirstPassword(SOMEBODY, {"password": password}).is_valid() is is_taken


@covers("6.2.5")
@pytest.mark.parametrize(
    "password",
    [
        "only lower case letters",
        "ONLY CAPITAL LETTERS HERE",
        "ñandú y piñata en otoño",
        "🦊🐻🐼🦁🐮🐷🐸🐵🐔🐧🐦🐤",
    ],
)
def test_no_kind_of_character_is_asked_for_or_refused(password: str):
    assert FirstPassword(SOMEBODY, {"password": password}).is_valid()


@covers("6.2.8")
def test_a_password_is_kept_as_it_was_typed_with_its_spaces():
    typed = "  a sentence with spaces around  "
    form = FirstPassword(SOMEBODY, {"password": typed})
    assert form.is_valid()
    assert form.cleaned_data["password"] == typed


@covers("6.2.4", "6.2.11", "6.2.12")
@pytest.mark.parametrize(
    "password",
    ["1qaz2wsx3edc", "qwerty123456", "isotretinoin123", "IsovigilClinic1", "quillfeather123"],
)
def test_a_known_password_or_one_of_this_place_is_refused(password: str):
    with pytest.raises(ValidationError):
        validate_password(password, SOMEBODY)


@covers("6.2.4")
@pytest.mark.parametrize(
    "password", ["123456789012", "abcdefghijklm", "210987654321", "passwordpassword", "aaaaaaaaaaaaaaaa"]
)
def test_a_row_of_letters_or_digits_or_the_same_again_is_refused(password: str):
    with pytest.raises(ValidationError, match=r"a row|the same again"):
        validate_password(password, SOMEBODY)


@covers("6.2.6", "6.2.7")
def test_a_password_is_hidden_and_may_be_pasted_and_filled_in():
    page = str(FirstPassword(SOMEBODY)["password"])
    assert 'type="password"' in page
    assert 'autocomplete="new-password"' in page
    assert "onpaste" not in page


@covers("11.4.2")
def test_passwords_are_hashed_by_argon2id_at_its_stated_cost():
    assert settings.PASSWORD_HASHERS == ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    hashed = make_password("a sentence nobody else would say")
    assert identify_hasher(hashed).algorithm == "argon2"
    # 100 MiB, two passes, eight lanes: above the 46 MiB, one pass that OWASP names.
    assert hashed.startswith("argon2$argon2id$v=19$m=102400,t=2,p=8$")
