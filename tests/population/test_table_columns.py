"""Tables collected as columns hold every row as it was told, however often the same was told before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from msgspec.structs import replace

from isovigil.case.case import Case, Patient
from isovigil.case.fact import Fact
from isovigil.case.kinds import Laboratory, TreatmentStart, TreatmentStop
from isovigil.decisions.finding import Finding
from isovigil.decisions.review import review_with_its_course
from isovigil.decisions.shared_answers import SharedAnswers
from isovigil.exchange.bulk import table_words
from isovigil.exchange.bulk.declared_tables import FINDINGS
from isovigil.exchange.bulk.fact_rows import StoredPatient
from isovigil.exchange.bulk.finding_columns import FindingColumns
from isovigil.exchange.bulk.table_files import schema_of
from isovigil.exchange.bulk.table_words import TableWords, Words
from isovigil.exchange.rulebook_files import load_rulebook
from isovigil.law.source import Citation
from isovigil.law.value import Dated
from isovigil.usecases import population_judged
from isovigil.usecases.population_judged import Asked
from isovigil.usecases.population_shard import judge_stored


def value(name: str) -> Dated[Any]:
    return Dated(name, 7, "day", date(2020, 1, 1), "law", "high", Citation(source="us-1", at="1"))


MET = Finding(
    rule="enrolment.patient_enrolled",
    gates=("start", "prescribe"),
    answer="met",
    strength="law",
    amber=False,
    says="The patient was enrolled on 1 March 2025.",
    needs=None,
    whose_move=None,
    satisfiable_from=None,
    facts=("e1",),
    values=(value("us_ipledge/enrolment"),),
    action=None,
    tasks=(),
)
WAITING = replace(
    MET,
    answer="not_met",
    needs="an enrolment",
    whose_move="prescriber",
    satisfiable_from=date(2025, 7, 1),
    facts=(),
    values=(),
)


def rows_by_hand(told: Sequence[tuple[str, Finding]]) -> list[dict[str, Any]]:
    """The rows of findings, each written down by itself."""
    named = [column.name for column in FINDINGS.columns if column.name not in ("patient", "values")]
    plain = {tuple: list}
    return [
        {
            "patient": patient,
            **{name: plain.get(type(said := getattr(each, name)), lambda same: same)(said) for name in named},
            "values": [value.name for value in each.values],
        }
        for patient, each in told
    ]


def rows_of(columns: FindingColumns) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = columns.table().cast(schema_of(FINDINGS)).to_pylist()
    return rows


def test_findings_that_differ_only_in_their_ids_reason_or_values_stay_apart():
    other_day = replace(MET, says="The patient was enrolled on 2 March 2025.", facts=("e7", "e8"))
    other_value = replace(MET, values=(value("us_ipledge/enrolment"), value("us_ipledge/renewal")))
    told = {"p1": [MET, WAITING], "p2": [], "p3": [other_day, other_value, MET], "p4": [WAITING]}
    columns = FindingColumns(Words())
    for patient, findings in told.items():
        columns.add(patient, findings)
    assert rows_of(columns) == rows_by_hand([(who, each) for who, all_ in told.items() for each in all_])
    assert len(columns) == 6


UNCONCERNED = replace(MET, rule="blood_donation.deferred_until", answer="not_applicable", facts=(), values=())
SHARED = replace(WAITING, rule="documents.risk_acknowledged", says="Nobody recorded it.")


def shared(*findings: Finding | None) -> SharedAnswers:
    return SharedAnswers(findings, ())


def test_findings_that_are_shared_stand_in_their_places_among_the_patients_own():
    own = replace(MET, rule="consent.signed", says="Signed on 3 March 2025.", facts=("e3",))
    naming_facts = replace(SHARED, facts=("e9",))
    groups = {
        "p1": (shared(SHARED, None, UNCONCERNED), [SHARED, own, UNCONCERNED]),
        "p2": (shared(None, naming_facts, UNCONCERNED), [UNCONCERNED, naming_facts, UNCONCERNED]),
        "p3": (shared(UNCONCERNED, None, UNCONCERNED), [UNCONCERNED] * 3),
        "p4": (shared(SHARED, SHARED, None), [SHARED, SHARED, own]),
        "p5": (None, [own, UNCONCERNED, SHARED]),
        "p6": (shared(SHARED, SHARED, SHARED), [SHARED] * 3),
    }
    every, concerned = FindingColumns(Words()), FindingColumns(Words())
    for patient, (alike, findings) in groups.items():
        every.add(patient, findings, alike)
        concerned.add(patient, findings, alike, every=False)
    told = [(who, each) for who, (_, findings) in groups.items() for each in findings]
    assert rows_of(every) == rows_by_hand(told)
    assert rows_of(concerned) == rows_by_hand([pair for pair in told if pair[1] is not UNCONCERNED])
    # Six times three, without the unconcerned: one of p1, two of p2, all of p3 and one of p5.
    assert (len(every), len(concerned)) == (18, 18 - 7)


def test_what_a_review_calls_shared_stands_where_its_findings_stand():
    case = Case(Patient("p1", date(2000, 1, 1)), "America/New_York", ())
    asked: dict[str, Any] = {"on": date(2025, 6, 30), "programme": "us_ipledge", "policy": "balanced"}
    law = load_rulebook()
    judged = [review_with_its_course(case, law, **asked) for _ in range(3)][-1]
    pairs = list(zip(judged.shared.findings, judged.review.findings, strict=True))
    assert any(each is not None for each, _ in pairs)
    assert all(each is None or each is told for each, told in pairs)


def test_what_was_told_of_earlier_patients_changes_no_row_and_no_byte_of_later_ones():
    words = Words()
    before = FindingColumns(words)
    before.add("p1", [WAITING, replace(MET, strength="licence"), MET])
    after, alone = FindingColumns(words), FindingColumns(Words())
    for columns in (after, alone):
        columns.add("p2", [MET, WAITING])
    assert rows_of(after) == rows_of(alone) == rows_by_hand([("p2", MET), ("p2", WAITING)])
    assert after.table().equals(alone.table(), check_metadata=True)
    assert after.table().column("rule").chunk(0).dictionary.to_pylist() == [MET.rule]


def test_words_are_forgotten_between_two_collections_where_they_are_too_many(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(table_words, "_KEPT", 1)
    words = Words()
    FindingColumns(words).add("p1", [MET, WAITING])
    columns = FindingColumns(words)
    assert (words.said, words.met) == ([], {})
    columns.add("p2", [WAITING])
    assert rows_of(columns) == rows_by_hand([("p2", WAITING)])


def test_no_findings_at_all_are_an_empty_table():
    assert rows_of(FindingColumns(Words())) == []


def drawn(name: str, value: float, **more: Any) -> Laboratory:
    return Laboratory(
        id=name,
        taken_on=date(2025, 3, 3),
        analyte="cholesterol",
        value=value,
        unit="mg/dL",
        upper_limit=200,
        **more,
    )


def laboratory_of(facts: tuple[Fact, ...], words: TableWords) -> pa.Table:
    case = Case(Patient("p1", date(2000, 1, 1)), "America/New_York", facts)
    asked = Asked(date(2025, 6, 30), "us_ipledge", "balanced", with_replay=False)
    judged = judge_stored([StoredPatient("p1", case, None, 0, 0)], load_rulebook(), asked, words)
    return judged.columns["laboratory"].table()


def test_equal_results_share_their_grade_and_nothing_else():
    facts = (drawn("a", 310), drawn("b", 310, fasting=True), drawn("c", 300), drawn("d", 300, comparator=">"))
    rows = laboratory_of(facts, TableWords()).sort_by("fact").to_pylist()
    # Both versions: grade 1 above the limit of 200 mg/dL, grade 2 above 300; "> 300" is judged just above.
    told = [(row["fact"], row["value"], row["fasting"], row["comparator"], row["grade"]) for row in rows]
    assert told == [
        ("a", 310.0, None, None, 2),
        ("b", 310.0, True, None, 2),
        ("c", 300.0, None, None, 1),
        ("d", 300.0, None, ">", 2),
    ]


def test_each_draw_has_its_day_and_the_day_of_treatment_of_its_course():
    dates = (date(2024, 12, 30), date(2025, 3, 3), date(2025, 3, 3), date(2025, 3, 4))
    facts = tuple(replace(drawn(name, 190), taken_on=day) for name, day in zip("abcd", dates, strict=True))
    ended = TreatmentStop(id="s", date=date(2025, 1, 5), reason="completed")
    begun = TreatmentStart(id="t", date=date(2025, 3, 3))
    rows = laboratory_of((*facts, ended, begun), TableWords()).to_pylist()
    # The second course opens on 6 January 2025, and its day 1 is the first dose on 3 March.
    told = [(row["fact"], row["taken_on"], row["course"], row["course_day"]) for row in rows]
    assert told == [
        ("a", dates[0], None, None),
        ("b", dates[1], 2, 1),
        ("c", dates[2], 2, 1),
        ("d", dates[3], 2, 2),
    ]


def test_a_lower_limit_of_zero_is_written_as_it_was_reported():
    words = TableWords()
    for zero in ("0.0", "-0.0", "0.0"):
        table = laboratory_of((drawn("a", 190, lower_limit=float(zero)), drawn("b", 190)), words)
        assert [str(limit) for limit in table.column("lower_limit").to_pylist()] == [zero, "None"]


def test_a_minus_before_zero_stays_whatever_was_met_before():
    words = TableWords()
    for zero in ("0.0", "-0.0", "0.0"):
        assert str(laboratory_of((drawn("a", float(zero)),), words).column("value")[0].as_py()) == zero


def test_the_hour_that_comes_twice_is_told_as_two_instants():
    # New York's clocks went back on 2 November 2025 at 06:00 UTC: 01:30 was first 05:30, then 06:30.
    first = datetime(2025, 11, 2, 1, 30, tzinfo=ZoneInfo("America/New_York"))
    told = [population_judged._utc(at) for at in (first, first.replace(fold=1), first)]
    assert told == [datetime(2025, 11, 2, hour, 30, tzinfo=UTC) for hour in (5, 6, 5)]
