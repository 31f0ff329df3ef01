"""Does an export show exactly what its reader may see?"""

import json
from dataclasses import replace
from random import Random

import pytest

from isovigil.proof.export import Shown, fact_proof_text, head_line, keys_text, log_line
from isovigil.proof.heads import key_id_of, public_key_of, public_key_text
from isovigil.proof.paths import consistency_proof, inclusion_proof
from tests.proof.logs import CLOSED, KEY, OTHER_KEY, PAYLOAD, ROW, AClinicsLog, Written, a_row


def written(shown_as: str = PAYLOAD) -> Written:
    return a_row(Random(7), "north", 1, {"kind": "mood", "value": 12}, shown_as)


@pytest.mark.parametrize(
    ("shown_as", "fields"),
    [
        (CLOSED, {"seq", "commitment"}),
        (ROW, {"seq", "commitment", "salt", "entry"}),
        (PAYLOAD, {"seq", "commitment", "salt", "entry", "payload_salt", "payload"}),
    ],
)
def test_a_line_holds_what_is_shown_and_nothing_else(shown_as: str, fields: set[str]):
    text = log_line(written(shown_as).shown())
    assert set(json.loads(text)) == fields
    assert ("mood" in text) == (shown_as == PAYLOAD)
    assert text.count("\n") == 1
    assert text.endswith("\n")


def test_a_row_without_its_salt_or_a_payload_without_its_row_is_not_shown():
    whole = written().shown()
    for seen in (
        Shown(seq=1, commitment=whole.commitment, entry=whole.entry),
        Shown(seq=1, commitment=whole.commitment, salt=whole.salt),
        Shown(seq=1, commitment=whole.commitment, opened=whole.opened),
    ):
        with pytest.raises(ValueError, match="Entry 1 is shown with its salt and row together"):
            log_line(seen)


def test_keys_stand_in_pem_under_their_names():
    keys = [public_key_of(KEY), public_key_of(OTHER_KEY)]
    assert json.loads(keys_text(keys)) == {key_id_of(key): public_key_text(key) for key in keys}


def test_a_proof_holds_one_entry_its_path_its_head_and_the_way_from_earlier_heads():
    chance = Random(3)
    rows = [a_row(chance, "north", seq, {"kind": "weight", "value": seq}) for seq in range(1, 6)]
    log = AClinicsLog("north", rows, [2, 5])
    leaves = [row.commitment for row in rows]
    path, earlier = inclusion_proof(leaves, 3, 5), consistency_proof(leaves, 2, 5)
    text = fact_proof_text(replace(rows[3], shown_as=ROW).shown(), path, log.heads[-1], {2: earlier})
    proof = json.loads(text)
    assert proof == {
        "format": "isovigil fact proof v1",
        "line": json.loads(log_line(replace(rows[3], shown_as=ROW).shown())),
        "path": [each.hex() for each in path],
        **json.loads(head_line(log.heads[-1])),
        "consistency": [{"size": 2, "path": [each.hex() for each in earlier]}],
    }
    for other in (1, 2, 3, 5):
        assert rows[other - 1].entry.fact not in text
