"""Does a real record's export satisfy an outsider, and does it give away whoever changed the database?"""

from __future__ import annotations

import contextlib
import io
import json
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID, uuid4

import pytest

from isovigil.cli.log_handed_over import run_export_log, run_prove
from isovigil.proof import verify_log
from isovigil.proof.export import head_line
from isovigil.proof.sealing import DoesNotOpen
from isovigil.storage.keys import public_key_file
from isovigil.usecases.record.erase_patient import erase_patient
from isovigil.usecases.record.export_log import Exported, FolderInUse, NoSuchEntry, export_log, prove_entry
from isovigil.usecases.record.record_facts import record_facts
from isovigil.usecases.record.sign_log import sign_head
from tests.profiles import how_many
from tests.record.records import NOW, ON_SQLITE, Record, a_patient, weight


def verified(*arguments: object) -> tuple[int, str]:
    """The verifier's exit code and words."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        code = verify_log.main([str(each) for each in arguments])
    return code, said.getvalue()


def exported(record: Record, folder: Path, opening: Any = "payloads") -> tuple[Exported, int, str]:
    """An export, and what the verifier says of it with the clinic's own key."""
    done = export_log(record.clinic, folder, NOW + timedelta(hours=9), opening=opening)
    return done, *verified(folder, "--public-key", public_key_file(), "--clinic", record.clinic)


def grow(record: Record) -> None:
    """A head, then more, then another head: a log with a history."""
    sign_head(record.clinic, NOW)
    record_facts(record.acting(), record.patient, [weight(70), weight(71)], request="grow")
    sign_head(record.clinic, NOW + timedelta(hours=2))
    record_facts(
        record.acting(at=NOW + timedelta(hours=3)), record.patient, [weight(72)], request="grow again"
    )


@pytest.mark.parametrize("opening", ["closed", "rows", "payloads"])
def test_the_verifier_accepts_a_real_records_export(record: Record, tmp_path: Path, opening: str):
    grow(record)
    entries = len(record.entries())
    done, code, said = exported(record, tmp_path / "export", opening)
    assert (code, done.faults) == (0, ()), said
    assert (done.entries, done.heads) == (entries, 3)
    assert done.payloads == (entries if opening == "payloads" else 0)
    text = (tmp_path / "export/log.jsonl").read_text("utf-8")
    assert ("Quillfeather" in text) == (opening == "payloads")
    assert (str(record.patient) in text) == (opening != "closed")


def test_the_verifier_alone_on_another_machine_accepts_it_too(record: Record, tmp_path: Path):
    grow(record)
    export_log(record.clinic, tmp_path / "export", NOW + timedelta(hours=9))
    alone = tmp_path / "verify_log.py"
    alone.write_bytes(Path(verify_log.__file__).read_bytes())
    done = subprocess.run(
        [sys.executable, "-I", alone, tmp_path / "export"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_an_export_is_never_mixed_with_another(record: Record, tmp_path: Path):
    export_log(record.clinic, tmp_path / "export", NOW + timedelta(hours=1))
    with pytest.raises(FolderInUse):
        export_log(record.clinic, tmp_path / "export", NOW + timedelta(hours=2))


def test_every_entry_is_proved_alone_and_with_the_heads_before(record: Record, tmp_path: Path):
    kept = tmp_path / "kept.jsonl"
    kept.write_text(head_line(sign_head(record.clinic, NOW)))
    grow(record)
    for row in record.entries():
        proof = tmp_path / f"{row.seq}.json"
        proof.write_text(prove_entry(row.id, NOW + timedelta(hours=9)), "utf-8")
        code, said = verified("--fact", proof, "--public-key", public_key_file(), "--head", kept)
        assert code == 0, said
        others = {str(each.id) for each in record.entries()} - {str(row.id), str(record.clinic)}
        assert not [each for each in others if each in proof.read_text("utf-8")]
    with pytest.raises(NoSuchEntry):
        prove_entry(uuid4(), NOW)


def test_an_erased_entry_is_proved_without_what_it_said(record: Record, tmp_path: Path):
    (fact,) = record_facts(record.acting(), record.patient, [weight(70)], request="a")
    erase_patient(record.acting("administrator"), record.patient, reason="asked to")
    proof = tmp_path / "proof.json"
    proof.write_text(prove_entry(fact, NOW + timedelta(hours=1)), "utf-8")
    code, said = verified("--fact", proof, "--public-key", public_key_file())
    assert code == 0, said
    assert "with its row" in said
    _, code, said = exported(record, tmp_path / "export")
    assert code == 0, said


# --- tampering, done in the database itself ---

Tampering = Callable[[Random, Record, Any], None]


def a_seq(chance: Random, record: Record) -> int:
    return chance.randint(2, len(record.entries()) - 1)


def marks(record: Record) -> str:
    return "?" if record.server is None else "%s"


def change(record: Record, database: Any, column: str, value: Any, seq: int) -> None:
    mark = marks(record)
    assert database.execute(f"UPDATE entry SET {column} = {mark} WHERE seq = {mark}", [value, seq]).rowcount


def flipped(chance: Random, data: bytes) -> bytes:
    place = chance.randrange(len(data))
    return data[:place] + bytes([data[place] ^ 1 << chance.randrange(8)]) + data[place + 1 :]


def flip_a_bit_of(column: str) -> Tampering:
    def tamper(chance: Random, record: Record, database: Any) -> None:
        row = chance.choice(record.entries())
        change(record, database, column, flipped(chance, bytes(getattr(row, column))), row.seq)

    tamper.__name__ = f"flip_a_bit_of_{column}"
    return tamper


def change_when(chance: Random, record: Record, database: Any) -> None:
    row = chance.choice(record.entries())
    at = row.recorded_at + timedelta(microseconds=chance.choice([-1, 1, 86_400_000_000]))
    value = at.replace(tzinfo=None).isoformat(" ", "microseconds") if record.server is None else at
    change(record, database, "recorded_at", value, row.seq)


def change_who(chance: Random, record: Record, database: Any) -> None:
    row = chance.choice(record.entries())
    other = next(each for each in record.people.values() if each != row.actor_id)
    change(record, database, "actor_id", as_id(record, other), row.seq)


def change_about_whom(chance: Random, record: Record, database: Any) -> None:
    other = next(row.patient_id for row in record.entries() if row.patient_id not in (None, record.patient))
    rows = [row for row in record.entries() if row.patient_id == record.patient]
    change(record, database, "patient_id", as_id(record, other), chance.choice(rows).seq)


def change_what_sort(chance: Random, record: Record, database: Any) -> None:
    row = chance.choice(record.entries())
    change(record, database, "category", "act" if row.category != "act" else "fact", row.seq)


def rename(chance: Random, record: Record, database: Any) -> None:
    change(record, database, "id", as_id(record, uuid4()), a_seq(chance, record))


def take_one_away(chance: Random, record: Record, database: Any) -> None:
    mark = marks(record)
    database.execute(f"DELETE FROM entry WHERE seq = {mark}", [a_seq(chance, record)])


def close_the_gap(chance: Random, record: Record, database: Any) -> None:
    seq, last = a_seq(chance, record), len(record.entries())
    mark = marks(record)
    database.execute(f"DELETE FROM entry WHERE seq = {mark}", [seq])
    for moved in range(seq + 1, last + 1):
        change(record, database, "seq", moved - 1, moved)


def cut_the_tail(chance: Random, record: Record, database: Any) -> None:
    mark = marks(record)
    database.execute(f"DELETE FROM entry WHERE seq > {mark}", [a_seq(chance, record)])


def swap_two(chance: Random, record: Record, database: Any) -> None:
    one, other = chance.sample(range(1, len(record.entries()) + 1), 2)
    for old, new in ((one, 0), (other, one), (0, other)):
        change(record, database, "seq", new, old)


def add_one(chance: Random, record: Record, database: Any) -> None:
    columns = "clinic_id, patient_id, category, recorded_at, actor_id, sealed, payload_commitment, salt"
    mark, row = marks(record), chance.choice(record.entries())
    database.execute(
        f"INSERT INTO entry (id, seq, {columns}, commitment) SELECT {mark}, {mark}, {columns}, commitment "
        f"FROM entry WHERE seq = {mark}",
        [as_id(record, uuid4()), len(record.entries()) + 1, row.seq],
    )


def replace_what_it_says(chance: Random, record: Record, database: Any) -> None:
    """With another entry's seal, whole: it opens nowhere else."""
    one, other = chance.sample([row for row in record.entries() if row.patient_id == record.patient], 2)
    change(record, database, "sealed", bytes(other.sealed), one.seq)


def change_a_head(chance: Random, record: Record, database: Any) -> None:
    text = database.execute("SELECT signed FROM log_head ORDER BY size LIMIT 1").fetchone()[0]
    signed = json.loads(text) if isinstance(text, str) else text
    signed["head"]["root"] = flipped(chance, bytes.fromhex(signed["head"]["root"])).hex()
    mark = marks(record)
    database.execute(
        f"UPDATE log_head SET signed = {mark} WHERE size = {mark}",
        [json.dumps(signed), signed["head"]["size"]],
    )


def remove_a_head(chance: Random, record: Record, database: Any) -> None:
    database.execute("DELETE FROM log_head WHERE size = (SELECT min(size) FROM log_head)")


def as_id(record: Record, each: UUID) -> Any:
    return each.hex if record.server is None else each


TAMPERINGS: list[Tampering] = [
    *(flip_a_bit_of(column) for column in ("sealed", "salt", "commitment", "payload_commitment")),
    change_when,
    change_who,
    change_about_whom,
    change_what_sort,
    rename,
    take_one_away,
    close_the_gap,
    cut_the_tail,
    swap_two,
    add_one,
    replace_what_it_says,
    change_a_head,
    remove_a_head,
]


def drop_the_guards(record: Record, database: Any) -> None:
    """What whoever owns the tables can do, and no application role can."""
    if record.server is None:
        for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f"DROP TRIGGER {name}")
        return
    for table in ("entry", "log_head"):
        database.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        database.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")


@pytest.mark.parametrize("tamper", TAMPERINGS, ids=lambda tamper: tamper.__name__)
def test_whatever_is_changed_in_the_database_is_found(record: Record, tmp_path: Path, tamper: Tampering):
    a_patient(record)
    grow(record)
    sign_head(record.clinic, NOW + timedelta(hours=4))
    before = snapshot(record)
    with record.owner() as database:
        drop_the_guards(record, database)
        for seed in range(how_many(quick=3, nightly=40)):
            database.execute("BEGIN")
            tamper(Random(seed), record, database)
            database.execute("COMMIT")
            done, code, said = exported(record, tmp_path / str(seed))
            assert code == 1 or done.faults, f"not found with seed {seed}: {said}"
            put_back(record, database, before)
    _, code, said = exported(record, tmp_path / "after")
    assert code == 0, said


def snapshot(record: Record) -> dict[str, list[tuple[Any, ...]]]:
    with record.owner() as database:
        if record.server is not None:
            database.execute("SELECT set_config('isovigil.clinic', %s, false)", [str(record.clinic)])
        return {
            table: database.execute(f"SELECT * FROM {table}").fetchall() for table in ("entry", "log_head")
        }


def put_back(record: Record, database: Any, before: dict[str, list[tuple[Any, ...]]]) -> None:
    database.execute("BEGIN")
    for table, rows in before.items():
        database.execute(f"DELETE FROM {table}")
        marked = ", ".join([marks(record)] * len(rows[0]))
        for row in rows:
            database.execute(f"INSERT INTO {table} VALUES ({marked})", [as_stored(each) for each in row])
    database.execute("COMMIT")


def as_stored(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, dict) else value


def test_a_fact_whose_words_were_changed_is_not_proved(record: Record):
    (fact,) = record_facts(record.acting(), record.patient, [weight(70)], request="a")
    row = record.entries()[-1]
    with record.owner() as database:
        drop_the_guards(record, database)
        change(record, database, "sealed", flipped(Random(1), bytes(row.sealed)), row.seq)
    with pytest.raises(DoesNotOpen):
        prove_entry(fact, NOW + timedelta(hours=1))


@ON_SQLITE
def test_the_commands_write_what_the_verifier_accepts(record: Record, tmp_path: Path):
    (fact,) = record_facts(record.acting(), record.patient, [weight(70)], request="a")

    def isovigil(*words: object) -> subprocess.CompletedProcess[str]:
        command = [str(Path(sys.executable).with_name("isovigil")), *map(str, words)]
        return subprocess.run(
            command, env=record.environment, capture_output=True, text=True, check=False, cwd=tmp_path
        )

    for words in (["export-log", "out", "--show", "payloads"], ["prove", fact, "--out", "proof.json"]):
        done = isovigil(*words)
        assert (done.returncode, done.stderr) == (0, ""), done
    assert verified(tmp_path / "out", "--public-key", public_key_file())[0] == 0
    assert verified("--fact", tmp_path / "proof.json", "--public-key", public_key_file())[0] == 0
    again = isovigil("export-log", "out")
    assert (again.returncode, again.stderr) == (2, "out is not empty. Name a new folder for each export.\n")


@pytest.mark.parametrize(
    ("run", "words", "said"),
    [
        (run_prove, ["x", None, "rows"], "FACT 'x' is not an id"),
        (run_prove, ["00000000-0000-0000-0000-000000000001", None, "rows"], "No clinic's log here holds"),
        (run_prove, ["00000000-0000-0000-0000-000000000001", None, "all"], "--show 'all' is not one of"),
        (run_export_log, ["out", "00000000-0000-0000-0000-000000000001", "rows"], "no such clinic"),
        (run_export_log, ["out", None, "row"], "Did you mean rows?"),
    ],
)
def test_what_is_asked_wrongly_is_refused_by_name(
    record: Record,
    capsys: pytest.CaptureFixture[str],
    run: Callable[..., int],
    words: list[str | None],
    said: str,
):
    before = record.vendor, len(record.entries())
    assert run(*words) == 2
    assert said in capsys.readouterr().err
    assert (record.vendor, len(record.entries())) == before
