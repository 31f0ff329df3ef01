"""Is a signature bound to what the signer was shown, word for word, and can that be shown later?"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
import pytest
from django.utils import translation

from isovigil.proof.canonical import canonical
from isovigil.storage import ledger
from isovigil.storage.tenancy import reading, writing
from isovigil.usecases.record.check_log import check_log
from isovigil.usecases.record.export_log import export_log
from isovigil.usecases.record.judging import adopt
from isovigil.usecases.record.patient_case import Identity
from isovigil.usecases.record.record_facts import record_facts
from isovigil.usecases.record.register_patient import register_patient
from isovigil.usecases.record.requests import ChangedMeanwhile
from isovigil.usecases.record.shown_to_sign import (
    ShownOtherwise,
    ShownToSign,
    ToSign,
    kept,
    statement_from,
)
from isovigil.usecases.record.sign_visit import sign_visit
from isovigil.web.visit.shown import changes_shown
from tests.record.records import IDENTITY, NOW, ON_SQLITE, Record, weight
from tests.record.signing import ONE_PAGE, page_to_sign

KEY = "one request"
LDL = {"kind": "laboratory", "taken_on": "2026-03-10", "analyte": "ldl", "value": 98, "unit": "mg/dL"}


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """Whatever language a request of another test left behind; and none is left behind here."""
    with translation.override("en"):
        yield


def last_seq(record: Record) -> int:
    return max(row.seq for row in record.entries() if row.patient_id == record.patient)


def signed(
    record: Record, to_sign: ToSign, *facts: Mapping[str, Any], at: datetime = NOW, expected: int = 0
) -> UUID:
    return sign_visit(
        record.acting("prescriber", at),
        record.patient,
        facts,
        form="visit/1",
        expected=expected or last_seq(record),
        request=KEY,
        to_sign=to_sign,
    )


def shown_now(record: Record, *facts: Mapping[str, Any], at: datetime = NOW) -> tuple[ShownToSign, ToSign]:
    return page_to_sign(record.acting("prescriber", at), record.patient, facts)


def refused(record: Record, to_sign: ToSign, *facts: Mapping[str, Any], at: datetime = NOW) -> ShownToSign:
    """What would be shown now; nothing is recorded."""
    before = len(record.entries())
    with pytest.raises(ShownOtherwise) as refusal:
        signed(record, to_sign, *facts, at=at)
    assert len(record.entries()) == before
    return refusal.value.now


# -- what is unchanged is signed, and kept ----------------------------------------------------------------


def test_what_was_shown_is_signed_and_kept_word_for_word_with_its_hash(record: Record):
    shown, to_sign = shown_now(record, weight(70), LDL)
    signature = signed(record, to_sign, weight(70), LDL)
    with reading(record.clinic):
        entries = ledger.entries_about(record.clinic, record.patient, ledger.Category.ACT)
        payload: Any = next(each.payload for each in entries if each.id == signature)
    assert msgspec.convert(payload["shown"]["statement"], ShownToSign) == shown
    assert payload["shown"]["hash"] == hashlib.sha256(canonical(msgspec.to_builtins(shown))).hexdigest()
    assert shown.language == "en"
    assert (shown.name, shown.second_id, shown.signer) == (IDENTITY.name, IDENTITY.second_id, "A prescriber")
    assert [name for name, _ in shown.facts] == ["Weight, 10 March 2026", "Laboratory, 10 March 2026"]
    assert [words for words, _, _ in shown.gates] == ["Start", "Prescribe", "Dispense"]


def test_the_export_shows_what_the_signer_was_shown(record: Record, tmp_path: Path):
    shown, to_sign = shown_now(record, weight(70))
    signed(record, to_sign, weight(70))
    assert check_log(record.clinic).faults == ()
    export_log(record.clinic, tmp_path / "export", NOW + timedelta(hours=1), opening="payloads")
    lines = [json.loads(each) for each in (tmp_path / "export/log.jsonl").read_text("utf-8").splitlines()]
    assert any(json.dumps(kept(shown)["hash"]) in json.dumps(line) for line in lines)
    assert any("Weight, 10 March 2026" in json.dumps(line) for line in lines)


def test_a_check_of_the_log_finds_a_statement_that_does_not_have_its_hash(record: Record):
    forged = {**kept(ONE_PAGE), "statement": {**kept(ONE_PAGE)["statement"], "signer": "Somebody else"}}
    payload = {"kind": "signature", "of": [], "shown": forged}
    entry = ledger.ToRecord(UUID(int=7), ledger.Category.ACT, payload, record.patient)
    with writing(record.clinic):
        ledger.append(record.clinic, record.people["prescriber"], NOW, [entry])
    (fault,) = check_log(record.clinic).faults
    assert f"Entry {last_seq(record)}" in fault
    assert "does not have its hash" in fault


def test_the_same_page_is_signed_once_however_often_it_is_sent(record: Record):
    _, to_sign = shown_now(record, weight(70))
    expected = last_seq(record)
    first = signed(record, to_sign, weight(70), expected=expected)
    assert signed(record, to_sign, weight(70), expected=expected) == first


def test_an_hour_later_on_the_same_day_the_page_still_says_the_same(record: Record):
    before, to_sign = shown_now(record, weight(70))
    assert shown_now(record, weight(70), at=NOW + timedelta(hours=1))[0] == before
    entries = len(record.entries())
    signed(record, to_sign, weight(70), at=NOW + timedelta(hours=1))
    assert len(record.entries()) == entries + 2  # the weight and the signature


# -- what changed between showing and signing is refused --------------------------------------------------


def test_advice_that_another_policy_changed_is_refused_though_nothing_about_the_patient_was_recorded(
    record: Record,
):
    """An adoption is no entry about the patient, so the entry that the form expects is still the last."""
    before, to_sign = shown_now(record, weight(70), LDL)
    adopt(record.acting("prescriber"), "us_ipledge", "us_label_legacy")
    now = refused(record, to_sign, weight(70), LDL)
    assert now.lines != before.lines
    said = changes_shown(before, now)
    assert {each.is_new for each in said} >= {True}


def test_a_gate_that_the_clock_closed_is_refused(record: Record):
    """The test of 4 March opened a window of 7 days, 4 March being day 1: it closes with 10 March, and on
    11 March its capsules may no longer be handed over.
    """
    last_day = datetime(2026, 3, 10, 23, 59, tzinfo=ZoneInfo("America/New_York"))
    before, to_sign = shown_now(record, weight(70), at=last_day)
    assert before.gates[2][1] == "ready"
    now = refused(record, to_sign, weight(70), at=last_day + timedelta(minutes=1))
    assert now.gates[2][1] != "ready"


def test_what_another_recorded_meanwhile_is_refused_before_anything_is_compared(record: Record):
    _, to_sign = shown_now(record, weight(70))
    expected = last_seq(record)
    record_facts(record.acting(), record.patient, [weight(90)], request="meanwhile")
    with pytest.raises(ChangedMeanwhile):
        signed(record, to_sign, weight(70), expected=expected)


@ON_SQLITE
def test_another_language_is_another_page(record: Record):
    before, _ = shown_now(record, weight(70))
    with translation.override("es"):
        now, _ = shown_now(record, weight(70))
    assert (before.language, now.language) == ("en", "es")
    assert before.hash != now.hash


@ON_SQLITE
def test_another_draft_is_refused_also_where_it_reads_alike(record: Record):
    """`68.5` and `68.50000001` both read as 68.5 kg; only the first was shown."""
    _, to_sign = shown_now(record, weight(68.5))
    tampered, now_tells = shown_now(record, weight(68.50000001))
    assert tampered.facts == shown_now(record, weight(68.5))[0].facts
    refused(record, ToSign(to_sign.hash, now_tells.tell), weight(68.50000001))


@ON_SQLITE
def test_the_page_of_another_patient_is_refused(record: Record):
    other = register_patient(
        record.acting(), Identity(name="Somebody Else", second_id="QX-2", born_on=IDENTITY.born_on), "other"
    )
    _, elsewhere = page_to_sign(record.acting("prescriber"), other, [weight(70)])
    _, here = shown_now(record, weight(70))
    refused(record, ToSign(elsewhere.hash, here.tell), weight(70))


@ON_SQLITE
@pytest.mark.parametrize("tampered", ["", "0" * 64, "ñ", "not a hash"])
def test_a_tampered_hash_is_refused(record: Record, tampered: str):
    _, to_sign = shown_now(record, weight(70))
    refused(record, ToSign(tampered, to_sign.tell), weight(70))


@ON_SQLITE
def test_one_digit_of_the_hash_is_enough_to_be_refused(record: Record):
    _, to_sign = shown_now(record, weight(70))
    last = "0" if to_sign.hash[-1] != "0" else "1"
    refused(record, ToSign(to_sign.hash[:-1] + last, to_sign.tell), weight(70))


# -- what changed is told ---------------------------------------------------------------------------------


def test_a_change_is_told_as_what_is_said_no_longer_and_what_is_said_now():
    before = msgspec.structs.replace(ONE_PAGE, gates=(("Dispense", "ready", False),))
    now = msgspec.structs.replace(ONE_PAGE, gates=(("Dispense", "hold", True),))
    assert [(each.says, each.is_new) for each in changes_shown(before, now)] == [
        ("Dispense READY", False),
        ("Dispense HOLD (with this visit)", True),
    ]


def test_a_change_that_no_line_shows_is_told_all_the_same():
    now = msgspec.structs.replace(ONE_PAGE, draft_hash="0" * 64)
    (only,) = changes_shown(ONE_PAGE, now)
    assert only.says


def test_a_statement_is_believed_only_with_its_own_hash():
    text = msgspec.json.encode(ONE_PAGE).decode()
    assert statement_from(text, ONE_PAGE.hash) == ONE_PAGE
    assert statement_from(text, "0" * 64) is None
    assert statement_from(text.replace('"en"', '"es"'), ONE_PAGE.hash) is None
    assert statement_from("no statement", ONE_PAGE.hash) is None
    assert statement_from("{}", ONE_PAGE.hash) is None
