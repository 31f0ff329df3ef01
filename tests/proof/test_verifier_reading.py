"""Does the verifier read strictly, trust only the keys it was given, and admit what it cannot check?"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from isovigil.proof import verify_log
from isovigil.proof.canonical import canonical
from tests.proof.logs import OTHER_KEY, arguments_for, judged, run
from tests.proof.spoiling import Spoil, six_entries, spoilt

TWO_MEANINGS: dict[str, tuple[str, str, str]] = {
    "a space": ('"seq":1', '"seq": 1', "it is not written as canonical JSON"),
    "a name that stands twice": (
        '"value":61',
        '"value":61,"value":62',
        "it is not written as canonical JSON",
    ),
    "a number written longer": ('"value":61', '"value":61.0', "it is not written as canonical JSON"),
    "no number": ('"value":61', '"value":NaN', "a number in it is too large for JSON"),
    "a number without end": ('"value":61', '"value":1e999', "a number in it is too large for JSON"),
    "an inexact number": ('"value":61', f'"value":{2**53}', "a whole number in it is too large for JSON"),
    "half a character": ('"weight"', '"\\ud800"', "it is not readable JSON"),
    "no end": ('"seq":1}', '"seq":1', "it is not readable JSON"),
    "true for one": ('"seq":1}', '"seq":true}', "its field seq is missing or has not its form"),
}


@pytest.mark.parametrize("name", TWO_MEANINGS)
def test_a_line_that_has_not_one_meaning_is_refused(name: str):
    right, wrong, said = TWO_MEANINGS[name]
    export = six_entries().export()
    assert right in export.log[0]
    export.log[0] = export.log[0].replace(right, wrong)
    code, words = judged(export)
    assert code == 1
    assert f"entry 1: {said}" in words


@pytest.mark.parametrize(
    ("line", "said"),
    [("[1]\n", "it is not a set of named fields"), ('{"seq":1}\n', "its field commitment is missing")],
)
def test_a_line_of_another_form_is_refused(line: str, said: str):
    export = six_entries().export()
    export.log[0] = line
    code, words = judged(export)
    assert code == 1
    assert f"entry 1: {said}" in words


NOT_COMMITTED_TO: dict[str, tuple[int, Spoil, str]] = {
    "a note on an open line": (0, lambda line: line.update(note="x"), "nothing vouches for its field note"),
    "a note on a row": (1, lambda line: line.update(note="x"), "nothing vouches for its field note"),
    "a note on a closed line": (2, lambda line: line.update(note="x"), "nothing vouches for its field note"),
    "a row without its salt": (0, lambda line: line.pop("salt"), "its field salt is missing"),
    "a payload without its salt": (
        0,
        lambda line: line.pop("payload_salt"),
        "its field payload_salt is missing",
    ),
    "a salt without a row": (1, lambda line: line.pop("entry"), "its field entry is missing"),
    "a longer salt": (
        0,
        lambda line: line.update(salt=line["salt"] + "00"),
        "its field salt is missing or has",
    ),
    "capitals": (
        0,
        lambda line: line.update(commitment=line["commitment"].upper()),
        "its field commitment is",
    ),
    "a payload without a row": (
        2,
        lambda line: line.update(payload={}, payload_salt="00" * 16),
        "its field salt is missing",
    ),
    "a row without a time": (
        0,
        lambda line: line["entry"].pop("recorded_at"),
        "its field recorded_at is missing",
    ),
}


@pytest.mark.parametrize("name", NOT_COMMITTED_TO)
def test_a_line_shows_nothing_that_was_not_committed_to(name: str):
    at, spoil, said = NOT_COMMITTED_TO[name]
    export = six_entries().export()
    export.log[at] = spoilt(export.log[at], spoil)
    code, words = judged(export)
    assert code == 1
    assert f"entry {at + 1}: {said}" in words


NO_HEADS: dict[str, tuple[Spoil, str]] = {
    "a note beside": (lambda line: line.update(note="x"), "nothing vouches for its field note"),
    "a note inside": (lambda line: line["head"].update(note="x"), "nothing vouches for its field note"),
    "no previous": (lambda line: line["head"].pop("previous"), "its field previous is missing"),
    "less than nothing": (lambda line: line["head"].update(size=-1), "its field size is missing or has not"),
    "a text for a number": (
        lambda line: line["head"].update(size="6"),
        "its field size is missing or has not",
    ),
    "no instant": (lambda line: line["head"].update(at="yesterday"), "its field at is missing or has not"),
    "a short signature": (
        lambda line: line.update(signature="00"),
        "its field signature is missing or has not",
    ),
}


@pytest.mark.parametrize("name", NO_HEADS)
def test_a_head_of_another_form_is_refused(name: str):
    spoil, said = NO_HEADS[name]
    export = six_entries().export()
    export.heads[2] = spoilt(export.heads[2], spoil)
    code, words = judged(export)
    assert code == 1
    assert f"signed head 3: {said}" in words


def test_a_log_nested_too_deeply_is_refused_in_words():
    export = six_entries().export()
    export.log[0] = "[" * 100_000 + "]" * 100_000 + "\n"
    code, said = judged(export)
    assert (code, said) == (1, "WRONG: something in it is nested too deeply to be read.\n")


def test_a_long_list_of_faults_is_shortened_and_counted():
    export = six_entries().export()
    export.log = ["{}\n"] * 60
    code, said = judged(export)
    # Sixty lines, three heads, and the entries beyond the last head: 60 + 3 + 1, of which 50 are shown.
    assert code == 1
    assert said.startswith("WRONG: 64 found.\n")
    assert said.endswith("and 14 more.\n")
    assert said.count("\n") == 52


def test_a_list_of_faults_that_is_just_short_enough_is_shown_whole():
    export = six_entries().export()
    export.log = ["{}\n"] * 46
    code, said = judged(export)
    # 46 lines, three heads, and the entries beyond the last head: 50.
    assert code == 1
    assert said.startswith("WRONG: 50 found.\n")
    assert "more." not in said
    assert said.count("\n") == 51


def test_no_control_character_of_a_file_reaches_the_terminal():
    export = six_entries().export()
    export.log[0] = spoilt(export.log[0], lambda line: line.update({"\x1b[2J": 1}))
    code, said = judged(export)
    assert code == 1
    assert "\x1b" not in said
    assert "nothing vouches for its field ?[2J" in said


def test_a_new_key_the_export_brings_itself_is_trusted_only_where_none_was_given():
    rewritten = replace(six_entries(seed=2), key=OTHER_KEY).export()
    assert judged(replace(rewritten, pinned=None))[0] == 0
    assert judged(rewritten)[0] == 1


def test_the_keys_of_the_export_are_not_read_where_one_was_given():
    assert judged(replace(six_entries().export(), keys="nothing"))[0] == 0


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ("[]\n", "keys.json: it is not a set of named fields."),
        ('{"k":1}\n', "keys.json: it holds no public key in PEM."),
        ('{"k":"-----BEGIN PUBLIC KEY-----"}\n', "keys.json: it holds no public key in PEM."),
        ("{}\n", "trusted: none"),
    ],
)
def test_keys_that_are_none_are_refused(keys: str, said: str):
    code, words = judged(replace(six_entries().export(), keys=keys, pinned=None))
    assert code == 1
    assert said in words


def test_a_key_of_another_kind_is_refused():
    pem = generate_private_key(65537, 2048).public_key()
    text = pem.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    keys = canonical({"k": text}).decode()
    code, said = judged(replace(six_entries().export(), keys=keys, pinned=None))
    assert code == 1
    assert "keys.json: its key is not an Ed25519 key." in said


@pytest.mark.parametrize("missing", ["log.jsonl", "heads.jsonl", "key.pem", "kept-0.jsonl"])
def test_a_missing_file_is_no_verdict(missing: str, tmp_path: Path):
    arguments = arguments_for(six_entries().export(kept=six_entries().heads[:1]), tmp_path)
    (tmp_path / missing).unlink()
    code, said = run(arguments)
    assert code == 2
    assert said == f"NOT CHECKED: {tmp_path}/{missing}: No such file or directory.\n"


def test_missing_keys_are_no_verdict(tmp_path: Path):
    arguments = arguments_for(replace(six_entries().export(), pinned=None), tmp_path)
    (tmp_path / "keys.json").unlink()
    code, said = run(arguments)
    assert (code, said[:12]) == (2, "NOT CHECKED:")


def test_a_key_of_no_use_is_no_verdict(tmp_path: Path):
    arguments = arguments_for(six_entries().export(), tmp_path)
    (tmp_path / "key.pem").write_text("no key", encoding="ascii")
    code, said = run(arguments)
    assert code == 2
    assert "a key given with --public-key is of no use: it holds no public key in PEM" in said


def test_without_its_library_nothing_is_said_of_the_log(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    def missing(pem: bytes) -> Any:
        raise ImportError

    monkeypatch.setattr(verify_log, "public_key", missing)
    code, said = run(arguments_for(six_entries().export(), tmp_path))
    assert (code, said) == (2, "NOT CHECKED: this Python has no package `cryptography`.\n")


@pytest.mark.parametrize("arguments", [[], ["here", "--fact", "proof.json"], ["--fact", "proof.json"]])
def test_a_call_that_asks_nothing_or_too_much_is_refused(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
):
    with pytest.raises(SystemExit) as stopped:
        verify_log.main(arguments)
    assert stopped.value.code == 2
    assert "error:" in capsys.readouterr().err
