"""Is a weight that was likely typed in pounds asked about, and never converted by itself?"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from isovigil.case.kinds import Weight
from isovigil.storage.models import Entry
from isovigil.storage.tenancy import reading
from isovigil.usecases.record.judging import judging_of
from isovigil.usecases.record.patient_case import on_record
from isovigil.usecases.record.record_facts import record_facts
from isovigil.usecases.record.symptom_words import symptom_words
from isovigil.usecases.record.visit_read import read_visit
from isovigil.usecases.visit.answers import facts_of
from isovigil.usecases.visit.weight_guard import WeightDoubt, doubt_about_weight
from isovigil.web.asked import AskedIn
from isovigil.web.visit.forms import VisitForm
from tests.access.clinics import NOW, Clinics

WEIGHED = date(2026, 2, 10)


def doubt(typed: float, on_record: float | None) -> WeightDoubt | None:
    return doubt_about_weight(typed, on_record, None if on_record is None else WEIGHED)


def visit_form(clinics: Clinics, at: datetime = NOW, /, **typed: str) -> VisitForm:
    """The form of the second patient's visit, who weighed 68.5 kg on 10 March 2026."""
    read = read_visit(clinics.acting("prescriber", at), clinics.patient)
    data = {"day": f"{at:%Y-%m-%d}", "mode": "in_person", "test_setting": "clinic", **typed}
    words = symptom_words(read.course.judging, read.asks.today)
    return VisitForm(read.asks, words, data, may_prescribe=True, asked_in=AskedIn("en"))


def confirmed(typed: str) -> dict[str, str]:
    """What the page sends where this weight was asked about and marked as right."""
    return {"sure_weight": "on", "asked_about_weight": typed}


def test_pounds_typed_as_kilograms_are_doubted_and_told_in_kilograms() -> None:
    told = doubt(150.0, 68.0)
    assert told is not None
    assert told.likelier == "typed"  # 68 / 0.45359237 = 149.9: as good as the same weight
    assert told.typed_in_pounds_kg == pytest.approx(68.04, abs=0.005)  # 150 x 0.45359237 = 68.0389


def test_a_weight_on_record_that_was_likely_pounds_is_told_in_kilograms() -> None:
    told = doubt(61.0, 135.0)
    assert told is not None
    assert told.likelier == "on_record"
    assert told.on_record_in_pounds_kg == pytest.approx(61.23, abs=0.005)  # 135 x 0.45359237 = 61.235


@pytest.mark.parametrize(
    ("typed", "is_doubted"),
    [
        (75.0, False),  # 60 + 60 / 4 = 75: exactly a quarter more
        (75.1, True),
        (45.0, False),  # 60 - 60 / 4 = 45: exactly a quarter less
        (44.9, True),
        (60.0, False),
    ],
)
def test_more_than_a_quarter_up_or_down_is_doubted_and_a_quarter_is_not(
    typed: float, is_doubted: bool
) -> None:
    assert (doubt(typed, 60.0) is not None) is is_doubted


@pytest.mark.parametrize(
    ("typed", "likelier"),
    [
        # 60 kg are 132.3 lb; the middle between the two is (60 + 132.277) / 2 = 96.14
        (96.1, None),
        (96.2, "typed"),
        # 60 lb are 27.2 kg; the middle is (60 + 27.2155) / 2 = 43.61
        (43.7, None),
        (43.6, "on_record"),
    ],
)
def test_what_is_nearer_to_the_same_weight_in_pounds_is_told_from_what_is_not(
    typed: float, likelier: str | None
) -> None:
    told = doubt(typed, 60.0)
    assert told is not None  # each is more than a quarter away as well
    assert told.likelier == likelier


@pytest.mark.parametrize("typed", [20.0, 150.0, 350.0])
def test_without_a_weight_on_record_nothing_is_doubted(typed: float) -> None:
    assert doubt(typed, None) is None


@pytest.mark.parametrize(
    ("typed", "is_taken"), [("19.9", False), ("20", True), ("350", True), ("350.1", False)]
)
def test_what_the_field_refuses_it_refuses_also_when_it_is_confirmed(
    clinics: Clinics, typed: str, is_taken: bool
) -> None:
    assert visit_form(clinics, weight_kg=typed, **confirmed(typed)).is_valid() is is_taken


def test_the_page_says_what_is_on_record_what_was_typed_and_what_that_would_be(clinics: Clinics) -> None:
    form = visit_form(clinics, weight_kg="151")
    assert not form.is_valid()
    # 151 x 0.45359237 = 68.49 kg
    assert form.errors["weight_kg"] == [
        (
            "68.5 kg is on record (10 March 2026), and 151 kg was typed. 151 lb would be 68.5 kg. "
            "Correct the weight, or mark that it is right."
        )
    ]


def test_the_page_says_what_the_weight_on_record_would_be_where_that_was_likely_pounds(
    clinics: Clinics,
) -> None:
    form = visit_form(clinics, weight_kg="31")
    # 68.5 x 0.45359237 = 31.07 kg
    assert form.errors["weight_kg"] == [
        (
            "68.5 kg is on record (10 March 2026), and 31 kg was typed. 68.5 lb would be 31.1 kg. "
            "Correct whichever is wrong, or mark that the weight typed is right."
        )
    ]


def test_a_confirmed_weight_is_recorded_as_it_was_typed(clinics: Clinics) -> None:
    form = visit_form(clinics, weight_kg="151", **confirmed("151"))
    assert form.is_valid(), form.errors
    facts = facts_of(form.answers(), form.asks, "Dr. Osei")
    assert {"kind": "weight", "date": "2026-03-10", "kg": 151.0} in facts


def test_a_mark_left_from_one_weight_confirms_no_other(clinics: Clinics) -> None:
    left = visit_form(clinics, weight_kg="300", **confirmed("151"))
    assert "300 lb would be 136.1 kg" in str(left.errors["weight_kg"])  # 300 x 0.45359237 = 136.08
    assert not left["sure_weight"].value(), "the mark is taken off, to be set for this one"
    assert "weight_kg" in visit_form(clinics, weight_kg="300", sure_weight="on").errors
    status, told = corrected(clinics, "300", **confirmed("151"))
    assert status == 422
    assert 'name="asked_about_weight" value="300"' in told
    assert not re.search(r'name="sure_weight"[^>]*checked', told)


def test_an_everyday_weight_is_recorded_without_a_question(clinics: Clinics) -> None:
    form = visit_form(clinics, weight_kg="70.5")
    assert form.is_valid(), form.errors
    assert form.answers().weight_kg == 70.5


def test_a_doubted_weight_is_neither_checked_nor_advised_on_and_the_page_lets_one_confirm_it(
    clinics: Clinics,
) -> None:
    browser, address = clinics.signed_in("prescriber"), f"/course/{clinics.patient}/visit/"
    assert 'name="sure_weight"' not in browser.get(address).content.decode()
    today = f"{datetime.now(UTC) - timedelta(days=1):%Y-%m-%d}"
    sent = {"day": today, "mode": "in_person", "weight_kg": "151", "act": "check"}
    asked = browser.post(address, sent)
    assert asked.status_code == 422
    told = asked.content.decode()
    assert 'name="sure_weight"' in told
    assert 'name="asked_about_weight" value="151"' in told
    assert "An answer that is not complete was left out." in told
    taken = browser.post(address, {**sent, **confirmed("151")})
    assert taken.status_code == 200
    assert "151" in taken.content.decode()


def test_the_last_weight_on_record_is_the_one_it_is_held_against(clinics: Clinics) -> None:
    next_day = NOW + timedelta(days=1)
    lighter = {"kind": "weight", "date": "2026-03-11", "kg": 52.0}
    record_facts(clinics.acting("nurse", next_day), clinics.patient, [lighter], request=str(uuid4()))
    # 52 + 52 / 4 = 65; beside 68.5 kg neither of the two would be asked about
    assert visit_form(clinics, next_day, weight_kg="65").is_valid()
    assert "52 kg is on record (11 March 2026)" in str(visit_form(clinics, next_day, weight_kg="66").errors)


# -- the page of a correction -----------------------------------------------------------------------------


def corrected(clinics: Clinics, kg: str, **more: str) -> tuple[int, str]:
    """What the page answers when the weight of 10 March 2026, 68.5 kg, is put right; before it stand 68."""
    with reading(clinics.clinic):
        seen = max(entry.seq for entry in Entry.objects.filter(patient=clinics.patient))
    sent = {"says_date": "2026-03-10", "says_kg": kg, "reason": "Misread.", "expected": str(seen)}
    where = f"/course/{clinics.patient}/fact/{clinics.weights['other_patient']}/correct/"
    answer = clinics.signed_in("nurse").post(where, {**sent, "act": "correct", **more})
    return answer.status_code, answer.content.decode()


def test_a_correction_is_held_against_the_other_weights_on_record_and_can_be_confirmed(
    clinics: Clinics,
) -> None:
    status, told = corrected(clinics, "151")
    assert status == 422
    # 151 x 0.45359237 = 68.49 kg
    assert "68 kg is on record (27 January 2026), and 151 kg was typed. 151 lb would be 68.5 kg." in told
    assert 'name="sure_weight"' in told
    assert corrected(clinics, "151", **confirmed("151"))[0] == 302


def test_pounds_on_record_are_put_right_without_a_question(clinics: Clinics) -> None:
    """The right weight differs from the wrong one by more than a quarter, and that is why it is typed."""
    assert corrected(clinics, "151", **confirmed("151"))[0] == 302
    with reading(clinics.clinic):
        known = on_record(clinics.clinic, clinics.patient, judging_of(clinics.clinic))
    (wrong,) = [each.fact.id for each in known.facts if isinstance(each.fact, Weight) and each.fact.kg == 151]
    clinics.weights["other_patient"] = UUID(wrong)
    assert corrected(clinics, "68.5")[0] == 302


def test_an_entry_in_error_is_withdrawn_without_a_question_about_its_weight(clinics: Clinics) -> None:
    assert corrected(clinics, "151", act="withdraw")[0] == 302
