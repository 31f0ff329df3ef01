"""Is every kind of tampering found, and is no honest log ever accused?

Two adversaries. The first can change every file of the export, but cannot sign. The second is the log's own
keeper: holds the database and the signing key, makes every commitment and head anew, and leaves an export
that is sound in itself. Only a head kept elsewhere, from before, gives that one away.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isovigil.proof.canonical import canonical
from isovigil.proof.entries import instant_text
from isovigil.proof.export import head_line
from tests.profiles import how_many
from tests.proof.logs import (
    BEGAN,
    CLOSED,
    AClinicsLog,
    Export,
    Written,
    a_log,
    a_payload,
    a_row,
    changed,
    judged,
    renumbered,
    signed_over,
)

MANY = settings(max_examples=how_many(quick=200, nightly=5_000))
SEEDS = st.integers(min_value=0, max_value=2**32)

OutsidersWay = Callable[[Random, AClinicsLog], Export]
KeepersWay = Callable[[Random, AClinicsLog], AClinicsLog]


def resigned(log: AClinicsLog, rows: list[Written]) -> AClinicsLog:
    """The keeper's new history: other entries, heads at the same sizes as far as it reaches."""
    sizes = sorted({min(size, len(rows)) for size in log.sizes} | {len(rows)})
    return AClinicsLog(log.clinic, rows, sizes)


def somewhere(chance: Random, log: AClinicsLog) -> int:
    return chance.randrange(len(log.rows))


# --- what somebody without the key can do ---


def flip_a_bit(chance: Random, log: AClinicsLog) -> Export:
    export = log.export()
    spoilt = export.log if chance.random() < 0.7 else export.heads
    text = bytearray("".join(spoilt).encode())
    place = chance.randrange(len(text))
    text[place] ^= 1 << chance.randrange(8)
    # Written back as bytes that need not be UTF-8 any more.
    spoilt[:] = [text.decode("utf-8", "surrogateescape")]
    return export


def change_a_time(chance: Random, log: AClinicsLog) -> Export:
    export = log.export()
    shown = [at for at, row in enumerate(log.rows) if row.shown_as != CLOSED]
    if shown and chance.random() < 0.5:
        at = chance.choice(shown)
        export.log[at] = export.log[at].replace(log.rows[at].entry.recorded_at, "2026-03-02T07:59:00.000000Z")
    else:
        at = chance.randrange(len(export.heads))
        export.heads[at] = export.heads[at].replace(log.heads[at].head.at, "2026-03-02T07:59:00.000000Z")
    return export


def delete(chance: Random, log: AClinicsLog) -> Export:
    rows = [*log.rows]
    del rows[somewhere(chance, log)]
    export = log.export()
    export.log = AClinicsLog(log.clinic, rows, []).export().log
    if chance.random() < 0.5:
        export.log = renamed_lines(export.log)
    return export


def insert(chance: Random, log: AClinicsLog) -> Export:
    export = log.export()
    place = chance.randint(0, len(log.rows))
    forged = a_row(chance, log.clinic, place + 1, a_payload(chance))
    export.log.insert(place, AClinicsLog(log.clinic, [forged], []).export().log[0])
    if chance.random() < 0.5:
        export.log = renamed_lines(export.log)
    return export


def reorder(chance: Random, log: AClinicsLog) -> Export:
    export = log.export()
    one, other = sorted(chance.sample(range(len(export.log)), 2))
    export.log[one], export.log[other] = export.log[other], export.log[one]
    if chance.random() < 0.5:
        export.log = renamed_lines(export.log)
    return export


def cut_the_tail(chance: Random, log: AClinicsLog) -> Export:
    export = log.export(kept=[log.heads[-1]])
    left = chance.randrange(len(log.rows))
    export.log = export.log[:left]
    if chance.random() < 0.7:
        export.heads = [line for line, size in zip(export.heads, log.sizes, strict=True) if size <= left]
    return export


def fork(chance: Random, log: AClinicsLog) -> Export:
    """Two histories were signed; the log of one is shown under a head of the other."""
    other = rewritten_from(chance, log)
    export = log.export()
    export.heads[-1] = other.export().heads[-1]
    return export


def replay_an_old_head(chance: Random, log: AClinicsLog) -> Export:
    old = signed_over(log.rows, [chance.randrange(len(log.rows))], log.clinic)[0]
    with_old_head = AClinicsLog(log.clinic, log.rows, [old.head.size, len(log.rows)])
    export = with_old_head.export()
    export.heads = [head_line(old)] if chance.random() < 0.5 else [*export.heads, head_line(old)]
    return export


def swap_clinics(chance: Random, log: AClinicsLog) -> Export:
    other = a_log(chance.getrandbits(32), "south", least=2)
    export, theirs = log.export(), other.export()
    way = chance.randrange(4)
    if way == 0:
        export.log = theirs.log
    elif way == 1:
        export.heads = theirs.heads
    elif way == 2:
        export = replace(theirs, clinic=log.clinic)
    else:
        export.log = [line.replace('"north"', '"south"') for line in export.log]
        export.heads = [line.replace('"north"', '"south"') for line in export.heads]
    return export


def renamed_lines(lines: list[str]) -> list[str]:
    """The lines with new numbers, in their rows too: all that a text editor can do."""
    renamed = []
    for seq, text in enumerate(lines, 1):
        line = json.loads(text)
        line["seq"] = seq
        if "entry" in line:
            line["entry"]["seq"] = seq
        renamed.append(canonical_line(line))
    return renamed


def canonical_line(line: object) -> str:
    return canonical(line).decode() + "\n"


WITHOUT_THE_KEY: dict[str, OutsidersWay] = {
    "flip a bit": flip_a_bit,
    "change a time": change_a_time,
    "delete": delete,
    "insert": insert,
    "reorder": reorder,
    "cut the tail": cut_the_tail,
    "fork": fork,
    "replay an old head": replay_an_old_head,
    "swap clinics": swap_clinics,
}


# --- what the keeper can do, who has the key ---


def rewritten(rows: list[Written], at: int, written: Written) -> list[Written]:
    return [*rows[:at], written, *rows[at + 1 :]]


def keeper_flips_a_bit(chance: Random, log: AClinicsLog) -> AClinicsLog:
    at = somewhere(chance, log)
    row = log.rows[at]
    bit = 1 << chance.randrange(128)
    salt = (int.from_bytes(row.salt) ^ bit).to_bytes(16)
    return resigned(log, rewritten(log.rows, at, replace(row, salt=salt)))


def keeper_changes_a_time(chance: Random, log: AClinicsLog) -> AClinicsLog:
    at = somewhere(chance, log)
    row = log.rows[at]
    moved = row.entry.recorded_at.replace(":00.000000Z", f":{chance.randrange(1, 30):02}.000000Z")
    return resigned(log, rewritten(log.rows, at, replace(row, entry=changed(row.entry, recorded_at=moved))))


def keeper_deletes(chance: Random, log: AClinicsLog) -> AClinicsLog:
    rows = [*log.rows]
    del rows[somewhere(chance, log)]
    return resigned(log, renumbered(rows))


def keeper_inserts(chance: Random, log: AClinicsLog) -> AClinicsLog:
    at = somewhere(chance, log)
    forged = a_row(chance, log.clinic, at + 1, a_payload(chance))
    a_little_earlier = instant_text(BEGAN + timedelta(minutes=at, seconds=40))
    forged = replace(forged, entry=changed(forged.entry, recorded_at=a_little_earlier))
    return resigned(log, renumbered([*log.rows[:at], forged, *log.rows[at:]]))


def keeper_reorders(chance: Random, log: AClinicsLog) -> AClinicsLog:
    rows = [*log.rows]
    one, other = chance.sample(range(len(rows)), 2)
    rows[one], rows[other] = rows[other], rows[one]
    return resigned(log, renumbered(rows))


def keeper_cuts_the_tail(chance: Random, log: AClinicsLog) -> AClinicsLog:
    return resigned(log, log.rows[: somewhere(chance, log)])


def rewritten_from(chance: Random, log: AClinicsLog) -> AClinicsLog:
    """Another history from some entry on."""
    at = somewhere(chance, log)
    new = [row.saying({"kind": "rewritten", "value": chance.random()}) for row in log.rows[at:]]
    return resigned(log, [*log.rows[:at], *new])


def keeper_replays_an_old_head(chance: Random, log: AClinicsLog) -> AClinicsLog:
    """The log as it once was, under the head it then had."""
    old = somewhere(chance, log)
    return AClinicsLog(log.clinic, log.rows[:old], [old])


def keeper_swaps_clinics(chance: Random, log: AClinicsLog) -> AClinicsLog:
    other = a_log(chance.getrandbits(32), "south", least=2)
    if chance.random() < 0.5:
        return other
    return AClinicsLog(log.clinic, renumbered(other.rows, log.clinic), other.sizes)


BY_THE_KEEPER: dict[str, KeepersWay] = {
    "flip a bit": keeper_flips_a_bit,
    "change a time": keeper_changes_a_time,
    "delete": keeper_deletes,
    "insert": keeper_inserts,
    "reorder": keeper_reorders,
    "cut the tail": keeper_cuts_the_tail,
    "fork": rewritten_from,
    "replay an old head": keeper_replays_an_old_head,
    "swap clinics": keeper_swaps_clinics,
}


@pytest.mark.parametrize("way", WITHOUT_THE_KEY)
@MANY
@given(seed=SEEDS)
def test_tampering_without_the_key_is_found(way: str, seed: int):
    chance, log = Random(seed), a_log(seed, least=2)
    code, said = judged(WITHOUT_THE_KEY[way](chance, log))
    assert (code, said[:5]) == (1, "WRONG"), said


@pytest.mark.parametrize("way", BY_THE_KEEPER)
@MANY
@given(seed=SEEDS)
def test_the_keepers_own_tampering_is_found_by_a_head_kept_elsewhere(way: str, seed: int):
    chance, log = Random(seed), a_log(seed, least=2)
    tampered = BY_THE_KEEPER[way](chance, log)
    code, said = judged(tampered.export(kept=[log.heads[-1]]))
    assert (code, said[:5]) == (1, "WRONG"), said


@pytest.mark.parametrize("way", BY_THE_KEEPER)
@settings(max_examples=how_many(quick=25, nightly=500))
@given(seed=SEEDS)
def test_without_such_a_head_the_keepers_history_looks_whole(way: str, seed: int):
    """So the test above finds it by the kept head alone, and the keeper's forgery is a good one."""
    chance, log = Random(seed), a_log(seed, least=2)
    code, said = judged(BY_THE_KEEPER[way](chance, log).export())
    assert code == 0, said
    assert "only a --head kept elsewhere can show" in said


@MANY
@given(seed=SEEDS)
def test_an_honest_log_is_never_accused(seed: int):
    chance, log = Random(seed), a_log(seed, least=0)
    kept = [head for head in log.heads if chance.random() < 0.5]
    code, said = judged(replace(log.export(kept=kept), clinic=chance.choice([None, "north"])))
    assert (code, said[:3]) == (0, "OK:"), said


@MANY
@given(seed=SEEDS)
def test_a_log_that_only_grew_agrees_with_every_head_it_ever_had(seed: int):
    log = a_log(seed, least=2)
    earlier = AClinicsLog(log.clinic, log.rows[: len(log.rows) // 2], [len(log.rows) // 2])
    code, said = judged(log.export(kept=[*earlier.heads, *log.heads]))
    assert code == 0, said
