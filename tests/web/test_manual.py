"""Does the manual show every page, and nothing that is not drawn?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver

from tests.web.browsing import MANUAL

PICTURED = {
    "front": "first-page",
    "confirm_who": "confirm",
    "account_login": "sign-in",
    "second_factor": "second-factor",
    "accept_invitation": "invitation",
    "account_reset_password": "forgotten-password",
    "mfa_authenticate": "second-step",
    "mfa_activate_totp": "codes-from-an-app",
    "mfa_add_webauthn": "passkey-added",
    "worklist": "worklist",
    "worklist_line": "worklist-opened",
    "day_sheet": "day-sheet",
    "reminders": "reminders",
    "course": "course",
    "course_facts": "facts",
    "outage": "outage",
    "visit": "visit",
    "patients": "patients",
    "register_patient": "register",
    "enrolment": "enrolment",
    "enrolment_task": "task-category",
    "consents": "task-consents",
    "consent": "task-consents-us_patient_consent",
    "signed_consent": "consent-signed",
    "correct_fact": "correct",
    "plan": "plan",
    "people": "people",
    "invite": "invite",
    "person": "person",
    "new_way_in": "new-way-in",
    "invite_patient": "invite-patient",
    "judged_by": "judged-by",
    "log": "log",
    "looks": "looks",
    "reads": "looks-at-a-record",
    "break_glass": "break-glass",
    "own_record": "own-record",
    "window_calculator": "window-calculator-begin",
}
"""The name of an address, and how the names of its pictures begin."""
WITHOUT_A_PICTURE = {
    "account_logout": "a form of the header; it leads to the first page",
    "choose_role": "whoever has one role never sees it",
    "demo_confirm": "a form of the page confirm",
    "demo_sign_in": "a form of the first page",
    "end_membership": "a form of the page person",
    "health": "for machines",
    "home": "leads to the first page of a role",
    "log_heads": "a file",
    "log_key": "a file",
    "set_language": "a form of the header",
    "sign_out_everywhere": "a form of the page sessions",
    "withdraw_invitation": "a form of the page people",
}


OF_ALLAUTH = ("account_", "mfa_", "usersessions_", "socialaccount_")
"""Its pages are told by name where people come upon them; the others look like these."""


def names_of_pages() -> set[str]:
    """The names of all addresses, but for those of allauth that nobody lists here."""
    listed = {*PICTURED, *WITHOUT_A_PICTURE}

    def below(patterns: list[URLPattern | URLResolver]) -> Iterator[str]:
        for one in patterns:
            if isinstance(one, URLResolver):
                yield from below(one.url_patterns)
            elif one.name is not None:
                yield one.name

    names = set(below(get_resolver("isovigil.web.urls").url_patterns))
    return {name for name in names if name in listed or not name.startswith(OF_ALLAUTH)}


def pictures_named() -> list[str]:
    return re.findall(r"\]\(([^)]+[.]png)\)", (MANUAL / "README.md").read_text("utf-8"))


def test_every_page_has_a_picture_in_the_manual() -> None:
    named = pictures_named()
    for name in sorted(names_of_pages()):
        assert name in PICTURED or name in WITHOUT_A_PICTURE, f"{name} is a new page: draw it for the manual"
        if name in PICTURED:
            beginning = f"{PICTURED[name]}-1280-light"
            assert [each for each in named if each.startswith(beginning)], f"no picture of {name}"


def test_no_page_is_listed_that_is_gone() -> None:
    assert {*PICTURED, *WITHOUT_A_PICTURE} <= names_of_pages()


def test_every_picture_of_the_manual_is_there_and_none_lies_about() -> None:
    assert sorted(set(pictures_named())) == sorted(file.name for file in MANUAL.glob("*.png"))


def test_every_picture_is_named_with_words_for_those_who_do_not_see_it() -> None:
    text = (MANUAL / "README.md").read_text("utf-8")
    told = re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", text)
    assert told
    assert not [file for words, file in told if len(words.strip()) < len("Log")]
