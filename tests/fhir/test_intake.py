"""Which shapes of input are taken in, and does no input at all make the reader fail?"""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isovigil.case import kinds
from isovigil.exchange.case_file import CaseProblems, load_case
from isovigil.exchange.fhir.intake import looks_like_fhir
from isovigil.exchange.fhir.outcome import operation_outcome
from isovigil.exchange.fhir.reading import read_fhir
from tests.fhir.bundles import Json, bundle, concept, hcg, observation, order, patient, quantity, read


@pytest.mark.parametrize(
    "kind", ["collection", "searchset", "transaction", "batch", "document", "history", "message"]
)
def test_bundles_of_every_type_are_read(kind: str):
    assert len(read_fhir([bundle(patient(), hcg(), kind=kind)], programme="us_ipledge").cases[0].facts) == 1


def test_a_bundle_within_a_bundle_is_read():
    inner = json.loads(bundle(hcg(), kind="searchset"))
    assert len(read(inner).cases[0].facts) == 1


def test_lines_of_a_bulk_export_split_by_type_are_read_together():
    patients = json.dumps(patient()).encode() + b"\n" + json.dumps(patient(id="p2")).encode() + b"\n"
    tests = b"\n".join(
        json.dumps(hcg(id=f"t{n}", subject={"reference": f"Patient/p{n}"})).encode() for n in (1, 2)
    )
    reading = read_fhir([patients, tests, json.dumps(order()).encode()], programme="us_ipledge")
    found = {case.patient.id: [type(fact) for fact in case.facts] for case in reading.cases}
    assert found == {"p1": [kinds.PregnancyTest, kinds.Prescription], "p2": [kinds.PregnancyTest]}


def test_a_line_that_is_no_json_is_told_and_the_others_are_read():
    lines = json.dumps(patient()) + "\n{broken\n" + json.dumps(hcg()) + "\n"
    reading = read_fhir([lines.encode()], programme="us_ipledge")
    assert len(reading.cases[0].facts) == 1
    assert [each.expression for each in reading.issues if each.severity == "error"] == ["line(2)"]


@pytest.mark.parametrize(
    "reference", ["Patient/p1", "http://a.example/fhir/Patient/p1", "Patient/p1/_history/3"]
)
def test_a_patient_may_be_referred_to_in_any_way(reference: str):
    assert len(read(hcg(subject={"reference": reference})).cases[0].facts) == 1


def test_a_full_url_is_a_reference_as_well():
    entries = [
        {"fullUrl": "urn:uuid:11111111-1111-1111-1111-111111111111", "resource": patient()},
        {"resource": hcg(subject={"reference": "urn:uuid:11111111-1111-1111-1111-111111111111"})},
    ]
    data = json.dumps({"resourceType": "Bundle", "type": "transaction", "entry": entries}).encode()
    assert len(read_fhir([data], programme="us_ipledge").cases[0].facts) == 1


def test_what_is_about_somebody_else_is_told_and_never_this_patients():
    reading = read(hcg(subject={"reference": "Patient/other"}))
    assert reading.cases[0].facts == ()
    assert [each.severity for each in reading.issues] == ["error"]


def test_one_page_of_several_is_told():
    page = json.loads(bundle(patient()))
    page["link"] = [{"relation": "next", "url": "http://a.example/next"}]
    reading = read_fhir([json.dumps(page).encode()], programme="us_ipledge")
    assert [each.code for each in reading.issues] == ["incomplete"]


def test_the_same_resource_sent_twice_counts_once():
    assert len(read(hcg(), hcg()).cases[0].facts) == 1


def test_two_contents_under_one_id_are_both_read_and_told():
    reading = read(hcg("negative"), hcg("positive"))
    assert {fact.id for fact in reading.cases[0].facts} == {"Observation/o-2106-3", "Observation/o-2106-3#2"}
    assert "duplicate" in {each.code for each in reading.issues}


def test_a_review_command_reads_a_bundle_and_tells_what_it_did_not_read(tmp_path, capsys):
    file = tmp_path / "p1.json"
    file.write_bytes(bundle(patient(), hcg(), hcg(id="x", status="preliminary")))
    case = load_case(file, programme="us_ipledge")
    assert (case.patient.id, len(case.facts)) == ("p1", 1)
    assert "preliminary" in capsys.readouterr().err


def test_a_bundle_larger_than_a_case_file_is_read_whole(tmp_path):
    """A case file has at most 512 KiB; a narrative of a megabyte comes before the test here."""
    file = tmp_path / "p1.json"
    told = {"div": "x" * 1_000_000}
    file.write_bytes(bundle(patient(text=told), hcg()))
    assert len(load_case(file, programme="us_ipledge").facts) == 1


def test_two_patients_are_no_one_case(tmp_path):
    file = tmp_path / "both.json"
    file.write_bytes(bundle(patient(), patient(id="p2")))
    with pytest.raises(CaseProblems, match="2 patients"):
        load_case(file, programme="us_ipledge")


def test_without_a_programme_the_refusal_says_how_to_name_one(tmp_path):
    file = tmp_path / "p1.json"
    file.write_bytes(bundle(patient()))
    with pytest.raises(CaseProblems, match="--programme"):
        load_case(file)


def test_a_case_file_is_no_fhir():
    assert not looks_like_fhir(b'{"case": 1, "patient": {"id": "p"}, "facts": []}', "a.json")
    assert looks_like_fhir(b' \n{"id": "x", "resourceType" : "Patient"}', "standard input")


def test_the_outcome_is_an_operation_outcome():
    import fhirkit

    outcome = operation_outcome(read(hcg(status="preliminary")).issues)
    assert outcome["issue"][0]["expression"] == ["Bundle.entry[1].resource.status"]
    assert [str(each) for each in fhirkit.validate(json.dumps(outcome))] == []
    assert [str(each) for each in fhirkit.validate(json.dumps(operation_outcome([])))] == []


def test_what_a_hook_sends_along_is_read_as_a_list():
    """Resources, nothing found, and a search that failed, as a decision-support request holds them."""
    failed = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "exception"}]}
    drafts = json.loads(bundle(order(status="draft", intent="proposal")))
    sent = json.dumps([patient(), None, failed, drafts]).encode()
    reading = read_fhir([sent], programme="us_ipledge", with_drafts=True)
    assert [type(fact) for fact in reading.cases[0].facts] == [kinds.Prescription]
    assert [each.code for each in reading.issues] == ["incomplete"]


@pytest.mark.parametrize("when", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "2024-02-30", ""])
def test_a_day_outside_the_calendar_is_told(when: str):
    reading = read(hcg(effectiveDateTime=when))
    assert reading.cases[0].facts == ()
    assert "error" in {each.severity for each in reading.issues}


@pytest.mark.parametrize(
    "repeat",
    [
        {"frequency": 10**400, "period": 1, "periodUnit": "d"},
        {"frequency": 1, "period": 5e-324, "periodUnit": "min"},
        {"frequency": 1, "period": 0, "periodUnit": "d"},
        {"frequency": 1, "period": -1, "periodUnit": "d"},
    ],
)
def test_an_impossible_frequency_is_told(repeat: Json):
    dosage = order()["dosageInstruction"][0] | {"timing": {"repeat": repeat}}
    reading = read(order(dosageInstruction=[dosage]))
    assert reading.cases[0].facts == ()
    assert "error" in {each.severity for each in reading.issues}


def test_bundles_nested_without_end_are_refused():
    text = json.dumps(patient())
    for _ in range(180):
        text = '{"resourceType": "Bundle", "entry": [{"resource": ' + text + "}]}"
    reading = read_fhir([text.encode()], programme="us_ipledge")
    assert reading.cases or reading.fatal


_texts = st.text(max_size=8)
_likely = st.sampled_from(["2024-03-04", "final", "Patient/p1", "2024", "Observation", "2106-3"])
_numbers = st.integers(-3, 3000) | st.floats(allow_nan=False)
_leaves = st.none() | st.booleans() | _numbers | _texts | _likely
_junk = st.recursive(
    _leaves, lambda each: st.one_of(st.lists(each, max_size=3), st.dictionaries(_texts, each, max_size=3))
)
_GOOD = (
    hcg(),
    order(),
    observation("2571-8", valueQuantity=quantity(310, "mg/dL")),
    {
        "resourceType": "Condition",
        "id": "c",
        "subject": {"reference": "Patient/p1"},
        "code": concept("s", "c"),
    },
    patient(),
)


@st.composite
def spoilt_resources(draw: st.DrawFn) -> Json:
    """A good resource with one element replaced by junk."""
    one = dict(draw(st.sampled_from(_GOOD)))
    one[draw(st.sampled_from(sorted(one)))] = draw(_junk)
    return one


@given(resources=st.lists(spoilt_resources(), max_size=4))
def test_a_spoilt_resource_never_makes_the_reader_fail(resources: list[Json]):
    reading = read_fhir([bundle(patient(), *resources)], programme="us_ipledge")
    assert reading.cases or reading.fatal


@given(data=st.binary(max_size=200))
def test_any_bytes_at_all_give_a_reading(data: bytes):
    reading = read_fhir([data], programme="us_ipledge")
    assert reading.cases or reading.fatal
