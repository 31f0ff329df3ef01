"""Does the page of a course show only what stands?"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from isovigil.case.kinds import Dispense
from isovigil.usecases.record import worklist_read
from isovigil.usecases.record.course_read import read_course
from isovigil.usecases.record.hand_over import authorise_hand_over, record_hand_over, reverse_hand_over
from isovigil.usecases.record.patient_case import Provenance
from isovigil.usecases.record.record_facts import record_facts
from isovigil.usecases.record.symptom_words import symptom_words
from isovigil.usecases.record.visit_read import read_visit
from isovigil.web.course.banner import banner_of
from isovigil.web.course.lanes import drawn_course
from tests.access.clinics import NOW, Clinics


def test_the_banner_shows_what_stands_not_what_was_corrected(clinics: Clinics):
    """A category and a test were recorded by mistake, and put right."""
    acting = clinics.acting("prescriber")
    wrong: list[dict[str, Any]] = [
        {"kind": "category", "date": "2026-03-10", "can_become_pregnant": False, "by": "prescriber"},
        {"kind": "pregnancy_test", "taken_on": "2026-03-10", "result": "negative", "setting": "clinic"},
    ]
    ids = record_facts(acting, clinics.patient, wrong, request="wrong")
    whose = Provenance(reason="meant for another patient")
    right = [
        {**fact, "withdrawn": True, "supersedes": str(each)} for fact, each in zip(wrong, ids, strict=True)
    ]
    record_facts(
        acting._replace(at=NOW + timedelta(minutes=1)), clinics.patient, right, request="r", provenance=whose
    )
    read = read_visit(clinics.acting("prescriber", NOW + timedelta(minutes=2)), clinics.patient)
    pairs = {str(pair.name): str(pair.value) for pair in banner_of(read.course).pairs}
    assert pairs["Can become pregnant"] == "yes"
    assert "4 March 2026" in pairs["Last test"]


def test_a_reversed_hand_over_is_not_drawn_as_one(clinics: Clinics):
    """Authorised and handed over by mistake, and taken back: no capsule left the pharmacy."""
    pharmacist, later = clinics.acting("pharmacist"), NOW + timedelta(minutes=5)
    given = authorise_hand_over(pharmacist, clinics.patient, request="a")
    record_hand_over(pharmacist, clinics.patient, given.number, days_supply=30, capsules=None, request="b")
    back = clinics.acting("pharmacist", later)
    reverse_hand_over(back, clinics.patient, given.number, reason="wrong patient", request="c")
    read = read_course(clinics.acting("nurse", later + timedelta(minutes=1)), clinics.patient, page="course")
    assert read.chart.all(Dispense), "it stays on record"
    drawn = drawn_course(read, symptom_words(read.judging, read.review.on))
    assert drawn is not None
    said = str(drawn)
    assert "Hand-over" not in said.replace("Windows and hand-overs", "")
    assert "Dose a day" not in said


def test_a_day_sheet_says_how_many_are_not_on_it(clinics: Clinics, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(worklist_read, "MOST_ON_A_DAY_SHEET", 0)
    page = clinics.signed_in("nurse").get("/worklist/day-sheet/").content.decode()
    assert "1 patient with something to do is not on this sheet" in page
    monkeypatch.setattr(worklist_read, "MOST_ON_A_DAY_SHEET", 1)
    page = clinics.signed_in("nurse").get("/worklist/day-sheet/").content.decode()
    assert "not on this sheet" not in page
