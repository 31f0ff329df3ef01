"""Does the proof of one entry hold for that entry alone, and agree with every head kept elsewhere?"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from isovigil.proof.canonical import canonical
from isovigil.proof.export import fact_proof_text, head_line
from isovigil.proof.heads import public_key_of, public_key_text, sign_tree
from isovigil.proof.paths import consistency_proof, inclusion_proof
from isovigil.proof.tree import Tree
from tests.proof.logs import KEY, AClinicsLog, run, signed_over
from tests.proof.spoiling import Spoil, resigned, six_entries, spoilt, with_row


def proof_of(log: AClinicsLog, seq: int, earlier: tuple[int, ...] = ()) -> str:
    leaves = [row.commitment for row in log.rows]
    ways = {size: consistency_proof(leaves, size, len(leaves)) for size in earlier}
    path = inclusion_proof(leaves, seq - 1, len(leaves))
    return fact_proof_text(log.rows[seq - 1].shown(), path, log.heads[-1], ways)


def judged_proof(text: str, folder: Path, kept: list[str] | None = None, *more: str) -> tuple[int, str]:
    (folder / "proof.json").write_text(text, encoding="utf-8")
    (folder / "key.pem").write_text(public_key_text(public_key_of(KEY)), encoding="ascii")
    arguments = ["--fact", str(folder / "proof.json"), "--public-key", str(folder / "key.pem"), *more]
    for number, each in enumerate(kept or []):
        (folder / f"kept-{number}.jsonl").write_text(each, encoding="utf-8")
        arguments += ["--head", str(folder / f"kept-{number}.jsonl")]
    return run(arguments)


@pytest.mark.parametrize(
    ("seq", "shown"), [(1, "with its payload"), (2, "with its row"), (3, "closed"), (6, "with its payload")]
)
def test_a_proof_of_one_entry_holds_and_says_what_it_shows(seq: int, shown: str, tmp_path: Path):
    code, said = judged_proof(proof_of(six_entries(), seq), tmp_path)
    assert code == 0
    assert said.startswith(
        f"OK: entry {seq} of clinic north, {shown}, is in the log as signed at 2026-03-02T08:06:01.000002Z."
    )


SPOILT: dict[str, tuple[Spoil, str]] = {
    "another payload": (lambda proof: proof["line"]["payload"].update(value=1), "its payload is not the one"),
    "another actor": (lambda proof: proof["line"]["entry"].update(actor="x"), "its row is not the one"),
    "another order": (lambda proof: proof["path"].reverse(), "its path does not lead to the signed root"),
    "a shorter path": (lambda proof: proof["path"].pop(), "its path has not the length"),
    "a longer path": (lambda proof: proof["path"].append("00" * 32), "its path has not the length"),
    "another size": (lambda proof: proof["head"].update(size=7), "its signature is not of this text"),
    "a place beyond": (lambda proof: proof["line"].update(seq=7), "there is no entry 7 in a log of 6"),
    "a place before": (lambda proof: proof["line"].update(seq=0), "there is no entry 0 in a log of 6"),
    "another place": (lambda proof: proof["line"].update(seq=2), "its row is of entry 1"),
    "another format": (lambda proof: proof.update(format="isovigil fact proof v2"), "its field format"),
    "a note": (lambda proof: proof.update(note="x"), "nothing vouches for its field note"),
    "a way without a path": (
        lambda proof: proof.update(consistency=[{"size": 2}]),
        "its field path is missing",
    ),
    "a line without all": (lambda proof: proof.update(line={"seq": 1}), "its field commitment is missing"),
}


@pytest.mark.parametrize("name", SPOILT)
def test_a_spoilt_proof_does_not_hold(name: str, tmp_path: Path):
    spoil, said = SPOILT[name]
    code, words = judged_proof(spoilt(proof_of(six_entries(), 1), spoil), tmp_path)
    assert code == 1
    assert said in words


def test_a_proof_of_an_entry_that_was_never_in_the_log_does_not_hold(tmp_path: Path):
    log = six_entries()
    made = log.rows[0].saying({"kind": "weight", "value": 1})
    text = spoilt(
        proof_of(log, 1), lambda proof: proof.update(line=json.loads(canonical(made.shown().as_mapping())))
    )
    code, said = judged_proof(text, tmp_path)
    assert code == 1
    assert "its path does not lead to the signed root: the log holds no such entry" in said


def test_a_proof_of_another_clinic_than_was_asked_for_does_not_hold(tmp_path: Path):
    code, said = judged_proof(proof_of(six_entries("south"), 1), tmp_path, None, "--clinic", "north")
    assert code == 1
    assert "it is of clinic south, not of north" in said


def test_a_proof_agrees_with_earlier_heads_it_shows_the_way_from(tmp_path: Path):
    log = six_entries()
    kept = [head_line(head) for head in [*signed_over(log.rows, [0, 1], "north"), *log.heads]]
    code, said = judged_proof(proof_of(log, 1, (1, 2, 4)), tmp_path, kept)
    assert code == 0, said


@pytest.mark.parametrize("kept_at", [0, 1, 2])
def test_a_proof_from_a_rewritten_log_does_not_agree_with_a_kept_head(kept_at: int, tmp_path: Path):
    log = six_entries()
    forged = with_row(log, 0, log.rows[0].saying({"kind": "weight", "value": 1}))
    kept = [head_line(log.heads[kept_at])]
    code, said = judged_proof(proof_of(forged, 1, (2, 4)), tmp_path, kept)
    assert code == 1
    assert "its log is not the one that was signed at" in said


def test_a_proof_does_not_agree_with_a_head_over_no_entries_that_lies(tmp_path: Path):
    log = six_entries()
    empty = signed_over(log.rows, [0], "north")[0].head.as_mapping() | {"root": "00" * 32}
    code, said = judged_proof(proof_of(log, 1), tmp_path, [resigned(empty)])
    assert code == 1
    assert "its log is not the one that was signed at" in said


@pytest.mark.parametrize(
    ("steps", "said"),
    [(0, "has not the length"), (1, "is not the one that was signed"), (2, "has not the length")],
)
def test_a_way_from_an_earlier_head_that_leads_elsewhere_does_not_hold(steps: int, said: str, tmp_path: Path):
    # From 4 entries to 6 there is one step: the root over the fifth and the sixth.
    log, path = six_entries(), ["00" * 32] * steps
    text = spoilt(proof_of(log, 1, (4,)), lambda proof: proof["consistency"][0].update(path=path))
    code, words = judged_proof(text, tmp_path, [head_line(log.heads[1])])
    assert code == 1
    assert said in words


@pytest.mark.parametrize("size", [2, 8])
def test_a_kept_head_the_proof_shows_no_way_from_is_no_verdict(size: int, tmp_path: Path):
    log = six_entries()
    longer = replace(log, rows=[*log.rows, *six_entries(seed=3).rows[:2]])
    kept = head_line(signed_over(longer.rows, [size], "north")[0])
    code, said = judged_proof(proof_of(log, 1), tmp_path, [kept])
    assert code == 2
    assert f"the proof does not show how it goes with the kept head of {size} entries" in said


def test_from_no_entries_every_log_continues_whatever_way_the_proof_shows(tmp_path: Path):
    log = six_entries()
    way = [{"size": 0, "path": ["00" * 32]}]
    text = spoilt(proof_of(log, 1), lambda proof: proof.update(consistency=way))
    code, said = judged_proof(text, tmp_path, [head_line(signed_over(log.rows, [0], "north")[0])])
    assert code == 0, said


def test_a_way_back_from_a_longer_log_is_no_way(tmp_path: Path):
    log = six_entries()
    longer = [*log.rows, *six_entries(seed=3).rows[:2]]
    text = spoilt(proof_of(log, 1), lambda proof: proof.update(consistency=[{"size": 8, "path": []}]))
    code, said = judged_proof(text, tmp_path, [head_line(signed_over(longer, [8], "north")[0])])
    assert code == 2
    assert "the proof does not show how it goes with the kept head of 8 entries" in said


def test_a_forged_head_beside_a_proof_is_found(tmp_path: Path):
    log = six_entries()
    kept = spoilt(head_line(log.heads[0]), lambda line: line["head"].update(root="00" * 32))
    code, said = judged_proof(proof_of(log, 1), tmp_path, [kept])
    assert code == 1
    assert "head kept elsewhere 1: its signature is not of this text" in said


def test_a_back_dated_entry_is_found_from_its_proof_and_a_kept_head(tmp_path: Path):
    log = six_entries()
    late = sign_tree(Tree().extend([log.rows[0].commitment]), "north", "2026-03-02T08:02:30.000000Z", KEY)
    code, said = judged_proof(proof_of(log, 2, (1,)), tmp_path, [head_line(late)])
    assert code == 1
    assert "it says 2026-03-02T08:02:00.000000Z, but the head signed at 2026-03-02T08:02:30.000000Z" in said
