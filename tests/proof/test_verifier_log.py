"""Does each check of a log find what only it can find, and does it say which entry is wrong?"""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from isovigil.proof.entries import commitment
from isovigil.proof.export import head_line
from isovigil.proof.heads import SignedHead, key_id_of, public_key_of, sign_tree
from isovigil.proof.tree import EMPTY_ROOT, Tree
from tests.proof.logs import KEY, OTHER_KEY, AClinicsLog, Export, a_row, changed, judged, signed_over
from tests.proof.spoiling import assert_wrong, resigned, six_entries, spoilt, with_row


def test_an_honest_log_is_ok_and_what_was_seen_of_it_is_counted():
    code, said = judged(six_entries().export(kept=six_entries().heads))
    assert code == 0
    # Of six entries one is closed; three of the other five show their payload.
    assert said == (
        "OK: 6 entries of clinic north (5 with their row, 3 with their payload), "
        "as signed at 2026-03-02T08:06:01.000002Z.\n"
    )


def test_without_a_key_or_a_head_of_ones_own_it_says_what_it_could_not_find():
    code, said = judged(replace(six_entries().export(), pinned=None))
    assert code == 0
    assert "NOTE: it was checked by its own keys." in said
    assert "NOTE: only a --head kept elsewhere" in said


def test_a_changed_payload_is_named_by_its_entry():
    export = six_entries().export()
    export.log[3] = spoilt(export.log[3], lambda line: line["payload"].update(value=65))
    assert_wrong(export, "entry 4: its payload is not the one that was committed to.")


def test_a_changed_row_is_named_by_its_entry():
    export = six_entries().export()
    export.log[1] = spoilt(export.log[1], lambda line: line["entry"].update(actor="nurse Eve"))
    assert_wrong(export, "entry 2: its row is not the one that was committed to.")


def test_a_changed_commitment_is_found_by_the_heads_and_narrowed_down():
    export = six_entries().export()
    export.log[2] = spoilt(export.log[2], lambda line: line.update(commitment="00" * 32))
    assert_wrong(
        export,
        "the head of 4 entries, signed at 2026-03-02T08:04:01.000001Z: entries 3 to 4 are not all those",
        "the head of 6 entries, signed at 2026-03-02T08:06:01.000002Z: entries 3 to 6 are not all those",
    )


def test_a_change_before_the_first_head_is_narrowed_down_to_it():
    export = six_entries().export()
    export.log[0] = spoilt(export.log[0], lambda line: line.update(commitment="00" * 32))
    code, said = judged(export)
    assert code == 1
    assert (
        "signed at 2026-03-02T08:02:01.000000Z: entries 1 to 2 are not all those it was signed for." in said
    )


def test_a_log_of_seven_is_three_subtrees_and_agrees_with_a_head_at_every_size():
    # 7 is 111 in binary: subtrees of four, two and one entries, hashed together from the right.
    log = six_entries()
    seventh = a_row(Random(9), "north", 7, {"kind": "weight", "value": 67})
    longer = AClinicsLog("north", [*log.rows, seventh], list(range(8)))
    assert judged(longer.export())[0] == 0


@pytest.mark.parametrize("missing", ["clinic", "seq", "recorded_at", "payload"])
def test_a_row_its_keeper_committed_to_without_all_it_must_say_is_refused(missing: str):
    log = six_entries()
    row = log.rows[1].entry.as_mapping()
    del row[missing]
    made = commitment(log.rows[1].salt, row).hex()
    export = log.export()
    export.log[1] = spoilt(export.log[1], lambda line: line.update(entry=row, commitment=made))
    code, said = judged(export)
    assert code == 1
    assert f"entry 2: its field {missing} is missing or has not its form." in said


def test_a_row_that_says_another_place_than_its_line_is_found():
    log = six_entries()
    row = replace(log.rows[1], entry=changed(log.rows[1].entry, seq=5))
    export = with_row(log, 1, row).export()
    export.log[1] = spoilt(export.log[1], lambda line: line.update(seq=2))
    assert_wrong(export, "entry 2: its row is of entry 5 of clinic north.")


def test_a_row_of_another_clinic_is_found_even_where_its_keeper_committed_to_it():
    log = six_entries()
    row = replace(log.rows[1], entry=changed(log.rows[1].entry, clinic="south"))
    assert_wrong(with_row(log, 1, row).export(), "entry 2: its row is of entry 2 of clinic south.")


def test_a_missing_line_is_named():
    export = six_entries().export()
    del export.log[5]
    code, said = judged(export)
    assert code == 1
    assert "the head of 6 entries, signed at 2026-03-02T08:06:01.000002Z: the log ends after entry 5" in said


def test_two_exchanged_closed_lines_are_found_by_their_numbers():
    export = six_entries().export()
    export.log[2:4] = reversed(export.log[2:4])
    code, said = judged(export)
    assert code == 1
    assert "entry 3: entry 4 stands here" in said
    assert "entry 4: entry 3 stands here" in said


def test_a_wrong_number_alone_is_found():
    export = six_entries().export()
    export.log[2] = spoilt(export.log[2], lambda line: line.update(seq=7))
    assert_wrong(export, "entry 3: entry 7 stands here: entries were removed, added or moved.")


def test_entries_after_the_last_head_are_not_vouched_for():
    log = six_entries()
    assert_wrong(replace(log, sizes=[2, 4]).export(), "entries 5 to 6 are under no signed head.")


def test_the_last_entry_alone_after_the_last_head_is_not_vouched_for_either():
    assert_wrong(replace(six_entries(), sizes=[5]).export(), "entries 6 to 6 are under no signed head.")


def recorded(log: AClinicsLog, at: int, recorded_at: str) -> AClinicsLog:
    entry = changed(log.rows[at].entry, recorded_at=recorded_at)
    return with_row(log, at, replace(log.rows[at], entry=entry))


def heads_of(log: AClinicsLog, times_of: AClinicsLog) -> Export:
    """An export whose heads were signed over this log at the other one's instants."""
    export = log.export()
    signed: list[SignedHead] = []
    for head in times_of.heads:
        tree = Tree().extend(row.commitment for row in log.rows[: head.head.size])
        signed.append(sign_tree(tree, log.clinic, head.head.at, KEY, after=signed[-1] if signed else None))
    export.heads = [head_line(head) for head in signed]
    return export


# The second head was signed at 08:04:01.000001 and holds entries 1 to 4.
@pytest.mark.parametrize(
    ("at", "microsecond", "wrong"),
    [(4, 1, None), (4, 0, "is without it"), (3, 1, None), (3, 2, "already holds it")],
)
def test_a_back_dated_or_post_dated_entry_contradicts_a_head(at: int, microsecond: int, wrong: str | None):
    log, says = six_entries(), f"2026-03-02T08:04:01.00000{microsecond}Z"
    export = heads_of(recorded(log, at, says), log)
    if wrong is None:
        assert judged(export)[0] == 0
    else:
        head = "but the head signed at 2026-03-02T08:04:01.000001Z"
        assert_wrong(export, f"entry {at + 1}: it says {says}, {head} {wrong}.")


def test_a_head_kept_elsewhere_shows_an_entry_to_be_back_dated_too():
    log = six_entries()
    without_fifth = sign_tree(
        Tree().extend(row.commitment for row in log.rows[:4]), "north", "2026-03-02T08:05:30.000000Z", KEY
    )
    assert_wrong(
        replace(log, sizes=[6]).export(kept=[without_fifth]),
        "entry 5: it says 2026-03-02T08:05:00.000000Z, but the head signed at 2026-03-02T08:05:30.000000Z is",
    )


def test_a_changed_head_is_found_and_numbered():
    export = six_entries().export()
    export.heads[1] = spoilt(
        export.heads[1], lambda line: line["head"].update(at="2026-03-02T08:04:02.000001Z")
    )
    code, said = judged(export)
    assert code == 1
    assert "signed head 2: its signature is not of this text: it was changed or forged." in said


def test_a_head_signed_by_a_key_that_is_not_trusted_is_found():
    log = replace(six_entries(), key=OTHER_KEY)
    code, said = judged(log.export())
    assert code == 1
    theirs, ours = key_id_of(public_key_of(OTHER_KEY)), key_id_of(public_key_of(KEY))
    assert f"signed head 1: it is signed by key {theirs}; trusted: {ours}." in said
    assert "no signed head is genuine, so nothing shows what the log should be." in said


def test_an_export_without_heads_is_not_ok():
    export = six_entries().export()
    export.heads = []
    assert_wrong(export, "no signed head is genuine")


@pytest.mark.parametrize("gone", [0, 1])
def test_a_removed_head_breaks_the_row_of_heads(gone: int):
    export = six_entries().export()
    del export.heads[gone]
    assert_wrong(export, f"signed head {gone + 1}: one before it was removed, moved or replaced.")


def test_a_head_of_another_clinic_among_ours_is_found():
    log, south = six_entries(), six_entries("south")
    export = log.export()
    export.heads.append(head_line(south.heads[-1]))
    assert_wrong(export, "signed head 4: it is of clinic south, not of north.")


def test_a_head_kept_elsewhere_of_another_clinic_is_found():
    assert_wrong(
        six_entries().export(kept=[six_entries("south").heads[-1]]),
        "head kept elsewhere 1: it is of clinic south, not of north.",
    )


def test_the_log_of_another_clinic_than_was_asked_for_is_found():
    code, said = judged(replace(six_entries("south").export(), clinic="north"))
    assert code == 1
    assert "signed head 1: it is of clinic south, not of north." in said


def test_a_forged_head_kept_elsewhere_does_not_count():
    export = six_entries().export()
    export.kept = [spoilt(export.heads[2], lambda line: line["head"].update(root="00" * 32))]
    assert_wrong(export, "head kept elsewhere 1: its signature is not of this text")


def test_a_rewritten_log_is_narrowed_down_by_the_heads_kept_elsewhere():
    log = six_entries()
    forged = with_row(log, 2, log.rows[2].saying({"kind": "weight", "value": 1}))
    assert_wrong(
        forged.export(kept=log.heads),
        "the head kept elsewhere of 4 entries, signed at 2026-03-02T08:04:01.000001Z: entries 3 to 4 are not",
        "the head kept elsewhere of 6 entries, signed at 2026-03-02T08:06:01.000002Z: entries 3 to 6 are not",
    )


def test_a_head_over_no_entries_agrees_with_every_log_only_if_it_says_so():
    log = six_entries()
    assert judged(log.export(kept=signed_over(log.rows, [0], "north")))[0] == 0
    empty = AClinicsLog("north", [], [0])
    assert judged(empty.export())[0] == 0
    assert Tree().root() == EMPTY_ROOT
    lying = signed_over(log.rows, [0], "north")[0]
    tree_of_another = sign_tree(Tree().extend([b"x"]), "north", lying.head.at, KEY).head
    export = log.export()
    export.kept = [resigned(lying.head.as_mapping() | {"root": tree_of_another.root})]
    assert_wrong(export, "the head kept elsewhere of 0 entries, signed at")
