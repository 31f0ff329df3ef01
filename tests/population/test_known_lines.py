"""Are lines recognised only where they are like one that was read, and do they make the same rows then?"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest

from isovigil.batch.summary import WITHOUT_LIBRARY, show_summary
from isovigil.exchange.bulk import native_lines
from isovigil.exchange.bulk.chunk_rows import row_schema
from isovigil.exchange.bulk.fast_columns import FAST
from isovigil.exchange.bulk.flatten import Flattener
from isovigil.exchange.bulk.input_files import chunks_of, survey
from isovigil.exchange.bulk.native_lines import KnownLines, Matched
from isovigil.exchange.rulebook_files import load_rulebook
from tests.population.exports import CHANGES, RAW_CHANGES, Lines, nation_lines, write_export
from tests.population.exports import changed as gone_wrong
from tests.population.odd_resources import odd_lines
from tests.profiles import how_many

needs_the_library = pytest.mark.skipif(
    not native_lines.is_there(), reason="There is no Rust compiler on this machine, so no library was made."
)

RESULT = (
    b'{"resourceType":"Observation","id":"a-1","meta":{"versionId":"1"},'
    b'"text":{"div":"<p class=\\"x\\">ALT</p>"},"status":"final",'
    b'"identifier":[{"value":"n1"}],'
    b'"code":{"coding":[{"system":"http://loinc.org","code":"1742-6"}]},'
    b'"subject":{"reference":"Patient/p-1","display":"Ada"},"effectiveDateTime":"2025-03-02",'
    b'"performer":[{"reference":"Organization/o1"}],"valueQuantity":{"value":31.5,"unit":"U/L"}}'
)


def changed(old: bytes, new: bytes) -> bytes:
    assert RESULT.count(old) == 1
    return RESULT.replace(old, new)


def test_where_there_is_a_compiler_the_library_was_made_of_these_sources():
    """`make install` makes it; a library of other sources is not used."""
    if shutil.which("rustc") is None:
        pytest.skip("There is no Rust compiler on this machine.")
    assert native_lines.is_there()


@pytest.mark.parametrize("is_there", [True, False])
def test_the_summary_says_when_the_library_is_missing(
    is_there: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(native_lines, "is_there", lambda: is_there)
    told = {
        "counts": {}, "patients": 1, "on": "2025-06-30", "replay": False,
        "lines": 2, "files": 1, "lines_fast": 2, "lines_strict": 0, "unread": 0,
    }  # fmt: skip
    show_summary(told, tmp_path, 1.0, load_rulebook())
    said = " ".join(capsys.readouterr().out.split())
    assert (WITHOUT_LIBRARY in said) is not is_there


@needs_the_library
@pytest.mark.parametrize(
    "line",
    [
        RESULT,
        changed(b'"a-1"', b'"another.id"'),
        changed(b'"a-1"', "\u00e4".join('""').encode()),
        changed(b"<p class=", b"\\u00e4\\n<p class="),
        changed(b'"U/L"', b'"mg\\/dL"'),
        changed(b'"1742-6"', b'"1920-8"'),
        changed(b"31.5", b"-0.25"),
        changed(b"31.5", b"123456789012345"),
        changed(b"Patient/p-1", b"https://ehr.example/fhir/Patient/p-1"),
        changed(b"Patient/p-1", b"http://a/Patient/x/Patient/" + b"p" * 64),
        changed(b"Organization/o1", b"Practitioner/o2"),
        changed(b'"value":"n1"', b'"value":"urn:isovigi:n1"'),
    ],
)
def test_a_line_that_differs_in_its_values_only_is_recognised(line: bytes):
    known = KnownLines("Observation")
    assert known.learn(RESULT)
    found = known.take(b"\n" + line + b"\n")
    assert (found.lines, found.places.to_pylist(), found.left) == (2, [1], [])


@needs_the_library
@pytest.mark.parametrize(
    "line",
    [
        changed(b'"status":', b'"status":"final","status":'),
        changed(b'"id":"a-1",', b""),
        changed(b'"status":"final",', b'"status": "final",'),
        changed(b'"Observation"', b'"observation"'),
        changed(b'"a-1"', b'""'),
        changed(b'"a-1"', b'"a\\u002d1"'),
        changed(b'"Ada"', b'"Ad\\u0061"'),
        changed(b'"Ada"', b"null"),
        changed(b'"Ada"', b"7"),
        changed(b"31.5", b'"31.5"'),
        changed(b"31.5", b"3.15e1"),
        changed(b"31.5", b"031.5"),
        changed(b"31.5", b"31."),
        changed(b"31.5", b"-"),
        changed(b"31.5", b"NaN"),
        changed(b"31.5", b"1234567890123456"),
        changed(b'"n1"', b'"urn:isovigil:n1"'),
        changed(b'"n1"', b'"n\\u0031"'),
        changed(b'"U/L"', b'"U\nL"'),
        changed(b'"U/L"', b'"U\tL"'),
        changed(b'"U/L"', b'"U\\xL"'),
        changed(b'"U/L"', b'"U\\u12gL"'),
        changed(b'"U/L"', b'"U\xffL"'),
        changed(b"2025-03-02", b""),
        changed(b"Patient/p-1", b"Patient/"),
        changed(b"Patient/p-1", b"Patient/p/1"),
        changed(b"Patient/p-1", b"patient/p-1"),
        changed(b"Patient/p-1", b"ftp://ehr.example/Patient/p-1"),
        changed(b"Patient/p-1", b"http://a/Patient/" + b"p" * 65),
        changed(b'"unit":"U/L"', b'"unit":"U/L","code":"U/L"'),
        RESULT[:-1],
        RESULT + b" ",
        RESULT + b"}",
        b" " + RESULT,
        RESULT[:200],
        b"{}",
        b"[]",
    ],
)
def test_a_line_that_differs_in_anything_else_is_left_to_the_careful_reader(line: bytes):
    known = KnownLines("Observation")
    assert known.learn(RESULT)
    found = known.take(line)
    assert found.places.to_pylist() == []
    assert found.lines == len(line.split(b"\n"))
    assert [line[each.start : each.end] for each in found.left] == line.split(b"\n")


@needs_the_library
@pytest.mark.parametrize("wrong", [b"\xff", b"U/L \xc3", b"\xed\xa0\x80 of 16 bytes", b"\\n\x80"])
@pytest.mark.parametrize("value", [b'"U/L"', b'"1742-6"', b'"a-1"', b'"final"', b'"Ada"', b'"n1"'])
def test_of_a_block_only_the_lines_that_are_no_utf8_are_left(value: bytes, wrong: bytes):
    known = KnownLines("Observation")
    assert known.learn(RESULT)
    line = changed(value, b'"' + wrong + b'"')
    found = known.take(b"\n".join([RESULT, line, RESULT]))
    assert [each.place for each in found.left] == [1]


@needs_the_library
@pytest.mark.parametrize("right", ["Ünïcode", "名", "👩 of more than sixteen bytes", "é"])
def test_texts_beyond_ascii_are_taken_as_they_are(right: str):
    known = KnownLines("Observation")
    assert known.learn(RESULT)
    found = known.take(changed(b'"U/L"', f'"{right}"'.encode()))
    assert not found.left
    assert [each.place for each in found.new_templates] == [0]


def of_each(found: Matched) -> list[tuple[int, int]]:
    """The template and the performers of each row."""
    return [found.kinds[place] for place in found.which.to_pylist()]


@needs_the_library
def test_rows_have_the_texts_as_they_were_written_and_templates_of_their_own():
    known = KnownLines("Observation")
    other = changed(b'"1742-6"', b'"1920-8"').replace(b'"a-1"', b'"b"').replace(b"31.5", b"30.0")
    assert known.learn(RESULT)
    found = known.take(b"\n".join([RESULT, other, RESULT]))
    assert {name: column.to_pylist() for name, column in found.columns.items()} == {
        "patient": ["p-1"] * 3,
        "resource": ["a-1", "b", "a-1"],
        "day": ["2025-03-02"] * 3,
        "later": [None] * 3,
        "changed": [None] * 3,
        "number": ["31.5", "30.0", "31.5"],
        "under": [None] * 3,
    }
    assert of_each(found) == [(0, 0), (1, 0), (0, 0)]
    assert [each.place for each in found.new_templates] == [0, 1]


@needs_the_library
def test_lines_whose_template_was_met_are_found_again_by_it_however_alike_templates_begin():
    known = KnownLines("Observation")
    assert known.learn(RESULT)
    codes = [b"1742-6", b"1742-60", b"1742", b"", b"1920-8", b"1742-\xc3\xa9", b"1742-\\u00e9", b"1742-6"]
    lines = [
        changed(b'"1742-6"', b'"%s"' % code).replace(b'"a-1"', b'"a-%d"' % at).replace(b"31.5", b"%d" % at)
        for at, code in enumerate(codes)
    ]
    first, again = known.take(b"\n".join(lines)), known.take(b"\n".join(reversed(lines)))
    assert [template for template, _ in of_each(first)] == [0, 1, 2, 3, 4, 5, 6, 0]
    assert [template for template, _ in of_each(again)] == [0, 6, 5, 4, 3, 2, 1, 0]
    assert first.kinds == [(template, 0) for template in range(7)]
    assert (list(again.new_templates), list(again.left)) == ([], [])
    for name, column in again.columns.items():
        assert column.to_pylist() == first.columns[name].to_pylist()[::-1]


@needs_the_library
@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"31.5", b"031.5"),
        (b'"a-1"', b'""'),
        (b"Patient/p-1", b"Group/p-1"),
        (b'"n1"', b'"urn:isovigil:fact"'),
        (b'"Ada"', b'"A\xffa"'),
        (b"}}", b"}} "),
        (b"}}", b"},"),
    ],
)
def test_a_line_of_a_template_that_was_met_is_left_where_another_value_is_wrong(old: bytes, new: bytes):
    known = KnownLines("Observation")
    assert known.learn(RESULT)
    block = b"\n".join([RESULT, RESULT.replace(old, new), RESULT])
    assert [each.place for each in known.take(block).left] == [1]
    assert [each.place for each in known.take(block).left] == [1]


@needs_the_library
def test_of_people_who_performed_it_the_type_counts_and_of_organizations_which_one():
    line = changed(b"Organization/o1", b"%s")
    whom = (
        b"Practitioner/a", b"Practitioner/b", b"http://e/Practitioner/a", b"Patient/a", b"Organization/a",
        b"Organization/b", b"#a", b"urn:uuid:a/b", b"a",
    )  # fmt: skip
    known = KnownLines("Observation")
    assert known.learn(RESULT)
    found = known.take(b"\n".join([line % each for each in whom]))
    assert [performers for _, performers in of_each(found)] == [0, 0, 1, 2, 3, 4, 5, 6, 7]


@needs_the_library
@pytest.mark.parametrize(
    "line",
    [b"", b"{", b"[]x", RESULT[:-1], RESULT.replace(b'"a-1"', b'"\\n"'), b"[" * 100 + b"]" * 100, b"\xff"],
)
def test_what_is_no_sound_line_cannot_be_an_example(line: bytes):
    assert not KnownLines("Observation").learn(line)


@needs_the_library
def test_the_id_of_a_patient_has_up_to_64_characters():
    known = KnownLines("Patient")
    assert known.learn(b'{"resourceType":"Patient","id":"p","birthDate":"2001-02-03"}')
    longest = b'{"resourceType":"Patient","id":"%s","birthDate":"2001-02-03"}'
    found = known.take(longest % (b"p" * 64) + b"\n" + longest % (b"p" * 65))
    assert found.columns["patient"].to_pylist() == ["p" * 64] == found.columns["resource"].to_pylist()
    assert [each.place for each in found.left] == [1]


@needs_the_library
def test_a_hand_over_names_the_one_prescription_it_was_made_under():
    known = KnownLines("MedicationDispense")
    line = (
        b'{"resourceType":"MedicationDispense","id":"d","subject":{"reference":"Patient/p"},'
        b'"whenHandedOver":"2025-01-02","authorizingPrescription":[{"reference":"%s"}]}'
    )
    assert known.learn(line % b"MedicationRequest/r1")
    found = known.take(
        b"\n".join([line % b"http://e:80/MedicationRequest/r2", line % (b"r" * 201), line % b"r 3"])
    )
    assert found.columns["under"].to_pylist() == ["http://e:80/MedicationRequest/r2"]
    assert [each.place for each in found.left] == [1, 2]


def rows_of(export: Path, *, knows_lines: bool) -> list[object]:
    """What is kept of every file, the rows in the order of their lines."""
    flattener = Flattener(knows_lines=knows_lines)
    found: list[object] = []
    for chunk in chunks_of(survey(str(export)).files):
        flat = flattener.flatten(chunk)
        table = flat.table.sort_by([("line", "ascending")]).select(row_schema().names)
        found.append((table.to_pylist(), flat.lines, flat.fast, flat.strict, flat.unread, flat.templates))
    return found


def assert_same_rows(lines: Lines, folder: Path) -> None:
    export = write_export(folder / "export", lines)
    assert rows_of(export, knows_lines=True) == rows_of(export, knows_lines=False)


def with_other_ids(lines: Sequence[bytes]) -> list[bytes]:
    """The same lines again with other ids, so that each is like one that was read."""
    return [line.replace(b'"id":"', b'"id":"again-', 1) for line in lines]


@needs_the_library
def test_a_nation_makes_the_same_rows_whether_lines_are_recognised_or_not(tmp_path: Path):
    assert_same_rows(nation_lines(30, seed=8), tmp_path)


@needs_the_library
def test_odd_resources_make_the_same_rows_whether_lines_are_recognised_or_not(tmp_path: Path):
    odd = odd_lines(["p0000000", "p0000001"], each=2)
    assert_same_rows({kind: [*lines, *with_other_ids(lines)] for kind, lines in odd.items()}, tmp_path)


@needs_the_library
@pytest.mark.parametrize("name", [*CHANGES, *RAW_CHANGES])
def test_one_thing_wrong_in_lines_like_known_ones_makes_the_same_rows(name: str, tmp_path: Path):
    random = Random(name)
    lines = nation_lines(4, seed=3)
    wrong = {
        kind: [each for line in with_other_ids(listed) for each in gone_wrong(line, name, random)]
        for kind, listed in lines.items()
    }
    assert_same_rows({kind: [*listed, *wrong[kind]] for kind, listed in lines.items()}, tmp_path)


@needs_the_library
@pytest.mark.parametrize("seed", range(how_many(quick=10, nightly=400)))
def test_lines_with_a_few_bytes_changed_anywhere_make_the_same_rows(seed: int, tmp_path: Path):
    random = Random(seed)
    lines = nation_lines(3, seed=seed)
    assert_same_rows(
        {
            kind: [*listed, *(_scratched(line, random) for line in with_other_ids(listed))]
            for kind, listed in lines.items()
        },
        tmp_path,
    )


def _scratched(line: bytes, random: Random) -> bytes:
    """A line of which one byte is lost, doubled or another, or a piece stands twice."""
    at = random.randrange(len(line))
    way = random.randrange(5)
    if way == 0:
        return line[:at] + line[at + 1 :]
    if way == 1:
        return line[:at] + line[at : at + 1] + line[at:]
    if way == 2:
        return line[:at] + bytes([random.choice(b'0"\\{}[]:, x\xc3\t')]) + line[at + 1 :]
    if way == 3:
        piece = line[at : at + random.randrange(1, 60)]
        return line[:at] + piece + line[at:]
    pairs = list(json.loads(line).items())
    random.shuffle(pairs)
    return json.dumps(dict(pairs), separators=(",", ":"), ensure_ascii=random.random() < 0.5).encode()


@needs_the_library
def test_where_there_is_no_more_room_everything_is_learned_anew(tmp_path: Path):
    """Ten times as many different kinds of lines as are looked at first."""
    lines = [
        b'{"resourceType":"Encounter","id":"e%d","status":"finished","class":{"k%d":1},'
        b'"subject":{"reference":"Patient/p"},"period":{"start":"2025-01-02"}}' % (at, at % 300)
        for at in range(1200)
    ]
    assert_same_rows({"Encounter": lines}, tmp_path)


@needs_the_library
def test_lines_whose_template_has_no_room_are_kept_whole_each_in_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("isovigil.exchange.bulk.chunk_rows._MOST_TEMPLATES", 0)
    lines = nation_lines(6, seed=2)
    export = write_export(tmp_path / "export", lines)
    for chunk in chunks_of(survey(str(export)).files):
        flat = Flattener(knows_lines=True).flatten(chunk)
        written = lines[chunk.file.name.partition(".")[0]]
        kept = flat.table.to_pylist()
        assert flat.fast == 0
        assert [row["raw"] for row in kept] == [written[row["line"]] for row in kept]
        assert len(kept) + sum(flat.unread.values()) == len(written)


def test_every_type_says_what_its_values_are_for():
    for name in FAST:
        roles = native_lines.roles_of(name)
        assert roles["resourceType"] == 1
        columns = [role for role in roles.values() if role in (5, 6, 7, 8, 9, 10, 11, 12)]
        assert len(columns) == len(set(columns)), name
