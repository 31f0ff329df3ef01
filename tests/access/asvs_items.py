"""Which groups of OWASP ASVS 5.0 requirements did the product set itself, and what stands for each?"""

from __future__ import annotations

from typing import Final, NamedTuple


class Item(NamedTuple):
    """One group of requirements."""

    number: int
    requirements: tuple[str, ...]
    asks: str
    elsewhere: tuple[str, ...] = ()
    """Tests that do not say `covers`, by path and name; each must exist."""
    open: str = ""
    """What no test asks for yet, or why the item does not apply."""


RECORD, WEB = "tests/record/", "tests/web/"

ITEMS: Final = (
    Item(
        1,
        ("1.2.1", "1.2.3"),
        "hostile text is stored and shown as text",
        (
            f"{WEB}test_calculator.py::test_hostile_text_stays_text",
            f"{WEB}test_charts.py::test_hostile_words_stay_words",
        ),
        "PDF and iCalendar of the clinic's pages do not exist yet",
    ),
    Item(
        2,
        ("1.2.4",),
        "no SQL is built of strings",
        (),
        "held by lint (ruff S608); no corpus on every parameter yet",
    ),
    Item(
        3,
        ("1.2.10",),
        "cells of a sheet cannot be formulas",
        (),
        "not yet: no sheet of the record is written",
    ),
    Item(4, ("1.3.6",), "calls go to an allow-list alone", (), "does not apply: the product calls nobody"),
    Item(
        5,
        ("1.3.11",),
        "no line can be added to a letter's head",
        (),
        "Django refuses it; no test of ours yet",
    ),
    Item(
        6,
        ("1.5.1", "1.5.2"),
        "no entity of XML, no pickle, safe YAML",
        (),
        "held by lint (ruff S); the cache of attempts in production is Django's own file cache",
    ),
    Item(
        7,
        ("2.2.1", "2.2.2", "2.2.3"),
        "every field has type, range, unit; fields agree with each other",
        (f"{WEB}test_clinic_pages.py::test_a_unit_mix_up_cannot_be_saved_silently",),
    ),
    Item(
        8,
        ("2.3.1",),
        "no step is skipped or reordered",
        (f"{RECORD}test_authorise_once.py::test_a_number_is_used_once_and_never_after_its_reversal",),
        "no random walks over the whole course yet",
    ),
    Item(
        9,
        ("2.3.3",),
        "a fault at any statement leaves all or nothing",
        (f"{RECORD}test_faults.py::test_a_use_case_in_which_a_statement_fails_leaves_everything_as_it_was",),
    ),
    Item(
        10,
        ("2.3.4",),
        "one authorisation, one hand-over",
        (f"{RECORD}test_authorise_once.py::test_of_fifty_who_ask_at_once_one_succeeds",),
    ),
    Item(
        11,
        ("2.3.5",),
        "what weighs most needs two people",
        (),
        "the second person exists for a lost factor alone; not yet for bulk export",
    ),
    Item(12, ("2.4.1",), "trying out codes is throttled"),
    Item(
        13,
        ("3.2.1",),
        "files are never shown inline",
        (),
        "the two downloads that exist are attachments; photographs do not exist yet",
    ),
    Item(14, ("3.3.1", "3.3.2", "3.3.3", "3.3.4"), "cookies are locked to the host, TLS and our own pages"),
    Item(15, ("3.4.1", "3.4.4", "3.4.5", "3.4.6", "3.4.8"), "headers on every answer, errors too"),
    Item(
        16,
        ("3.4.3", "3.4.7"),
        "a content policy without anything unsafe; every browser test fails at one report",
    ),
    Item(17, ("3.5.1", "3.5.3"), "forms with their token, from our own pages, and looking changes nothing"),
    Item(18, ("3.5.8",), "who fetches photographs and PDFs", (), "not yet: neither exists"),
    Item(
        19,
        ("3.6.1",),
        "every page loads with the network closed",
        (f"{WEB}test_clinic_pages.py::test_each_page_of_the_clinic_is_accessible_and_fits",),
    ),
    Item(20, ("4.1.1", "4.1.4"), "types are exact, unlisted methods refused"),
    Item(21, ("4.1.3", "15.3.4"), "forged forwarding headers change neither limit nor log"),
    Item(
        22,
        ("5.2.1", "5.2.2", "5.2.6", "14.2.8"),
        "photographs",
        (),
        "does not apply yet: nothing can be uploaded",
    ),
    Item(
        23,
        ("6.2.1", "6.2.4", "6.2.5", "6.2.6", "6.2.7", "6.2.8", "6.2.9", "6.2.11", "6.2.12"),
        "passwords",
        (),
        "6.2.12 is asked of a list of 20,000 known passwords; no service of breaches is asked",
    ),
    Item(24, ("6.3.1", "6.3.8"), "guessing is stopped, and tells nothing"),
    Item(25, ("6.3.3",), "staff: two factors, and no page with one"),
    Item(26, ("6.4.1", "6.4.3", "6.4.4"), "invitations, forgotten passwords, lost factors"),
    Item(27, ("6.5.1", "6.5.5"), "a code works once, for 30 seconds"),
    Item(28, ("7.2.3", "7.2.4"), "a session's key: long, and new at each proof and role"),
    Item(29, ("7.3.1", "7.3.2"), "sessions end unused and old; drafts stay"),
    Item(
        30,
        ("7.4.1", "7.4.2", "7.4.3", "7.4.5"),
        "sessions end at sign-out, with a role, with a changed factor or password",
    ),
    Item(31, ("7.5.1", "7.5.2", "7.5.3"), "signing, adopting and changing a factor ask who one is"),
    Item(32, ("8.1.1", "8.2.1", "8.2.2", "8.2.3"), "every cell of role, page, owner and kind of fact"),
    Item(33, ("8.3.1", "8.3.2"), "a changed role counts from the next request"),
    Item(
        34,
        ("8.4.1",),
        "no clinic sees another's",
        (
            f"{RECORD}test_tenancy.py::test_whatever_three_clinics_do_in_turn_none_sees_or_counts_anothers_rows",
        ),
    ),
    Item(35, ("9.1.1", "9.2.1", "9.2.3"), "tokens of others", (), "does not apply yet: none is taken"),
    Item(36, ("10.3.1", "10.4.1"), "tokens of ours", (), "does not apply: none is issued"),
    Item(37, ("11.4.2", "11.5.1"), "Argon2id; secrets from the system's generator"),
    Item(
        38,
        ("11.3.1", "11.3.2"),
        "sealing",
        (
            f"{RECORD}test_secrets.py::test_no_nonce_is_used_twice_under_a_key",
            f"{RECORD}test_secrets.py::test_a_new_master_key_wraps_new_keys_at_once_and_old_ones_when_asked",
        ),
    ),
    Item(39, ("12.1.1", "12.3.1"), "TLS", (), "the proxy's part; no configuration of one is scanned yet"),
    Item(
        40,
        ("13.2.2", "13.3.1", "13.4.2", "13.4.6"),
        "an unfit instance does not start",
        (
            f"{RECORD}test_operations.py::test_production_refuses_what_a_demo_may_have",
            f"{RECORD}test_operations.py::test_production_refuses_a_role_that_owns_its_tables",
        ),
    ),
    Item(41, ("14.2.1",), "nothing of a person in an address or a log"),
    Item(
        42,
        ("14.3.1", "14.3.2", "14.3.3"),
        "nothing is left in the browser",
        (f"{WEB}test_calculator.py::test_the_answer_is_kept_nowhere",),
    ),
    Item(
        43,
        ("15.1.2", "15.2.1", "15.2.4"),
        "dependencies are known and locked",
        ("tests/code_health/test_locked_requirements.py::test_every_lock_is_asked_for",),
        "no bill of materials is built yet",
    ),
    Item(
        44,
        ("15.2.2",),
        "lists are paged, queries end",
        (),
        "PostgreSQL ends a query after 30 s; the worklist and the looks are paged; no test of the limit yet",
    ),
    Item(45, ("15.3.1", "15.3.3"), "a form sets only what it asks for"),
    Item(
        46,
        ("15.4.2",),
        "checking and acting are one transaction",
        (f"{RECORD}test_authorise_once.py::test_what_was_recorded_a_moment_before_is_not_missed",),
    ),
    Item(
        47,
        ("16.2.5", "16.4.1"),
        "lines of the log: who, what, when, and nobody's data",
        (),
        "no scanner of health data runs over the lines yet",
    ),
    Item(
        48,
        ("16.3.3",),
        "looks, refusals and broken glass are kept",
        (),
        "refused attempts are counted in the request log, not kept in the record",
    ),
    Item(
        49,
        ("16.4.2", "16.4.3"),
        "the log is append-only",
        (f"{RECORD}test_append_only.py::test_what_is_appended_is_neither_changed_nor_taken_away_by_anybody",),
        "sending the heads elsewhere is the operator's part",
    ),
    Item(
        50,
        ("16.5.1", "16.5.2", "16.5.3"),
        "a fault tells a number, opens nothing, changes nothing",
        (f"{WEB}test_errors.py::test_what_failed_is_told_to_nobody_and_only_a_number_leads_to_it",),
    ),
)
"""The fifty items of the security plan."""
