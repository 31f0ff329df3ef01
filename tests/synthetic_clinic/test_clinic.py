"""Is the synthetic clinic repeatable, plausible, readable through the front door, and nobody's patients?"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections import Counter
from datetime import date
from pathlib import Path
from random import Random

import pytest

import isovigil.usecases.synthetic_clinic as package
from isovigil.case.case import Case
from isovigil.case.kinds import Laboratory, PregnancyTest, Questionnaire, Symptom, Weight
from isovigil.exchange.case_file import load_case, read_case_text
from isovigil.exchange.case_writer import write_case
from isovigil.usecases.synthetic_clinic.clinic import SyntheticPatient, make_clinic, tell
from isovigil.usecases.synthetic_clinic.diary import Diary
from isovigil.usecases.synthetic_clinic.people import FAMILY_NAMES, GIVEN_NAMES
from isovigil.usecases.synthetic_clinic.story import STORIES
from isovigil.usecases.synthetic_clinic.writing import (
    DISPLAY_LIST,
    NotOurFolder,
    display_names,
    write_clinic,
)

TODAY = date(2026, 11, 22)
FOLDER = Path(package.__file__).parent


def clinic(
    programme: str = "us_ipledge", today: date = TODAY, seed: int = 1, courses: int = 200
) -> list[SyntheticPatient]:
    return list(make_clinic(programme, today, seed, courses))


def test_the_same_seed_and_day_give_the_same_clinic():
    assert clinic(courses=30) == clinic(courses=30)


def test_another_seed_or_another_day_gives_another_clinic():
    one = [each.case for each in clinic(courses=30)]
    assert one != [each.case for each in clinic(courses=30, seed=2)]
    assert one != [each.case for each in clinic(courses=30, today=date(2026, 11, 23))]


@pytest.mark.parametrize("programme", sorted(STORIES))
@pytest.mark.parametrize("courses", [1, 7, 200, 900])
def test_there_are_as_many_patients_as_asked_for_and_each_once(programme: str, courses: int):
    patients = clinic(programme, courses=courses)
    assert len({each.person.id for each in patients}) == courses
    assert len({each.person.name for each in patients}) == courses


@pytest.mark.parametrize("programme", sorted(STORIES))
def test_six_in_ten_of_two_hundred_are_unremarkable_and_every_story_is_told(programme: str):
    patients = clinic(programme)
    assert sum(each.story.is_unremarkable for each in patients) == 120
    told = Counter(each.story.name for each in patients)
    assert set(told) == {each.name for each in STORIES[programme]}


def test_a_story_is_not_told_before_the_law_it_shows():
    # The two attestations are asked for from 22 January 2026 on.
    told = {each.story.name for each in clinic("uk_mhra", date(2025, 12, 1))}
    assert "under 18 with the attestations missing" not in told
    assert "under 18 with the attestations missing" in {each.story.name for each in clinic("uk_mhra")}


@pytest.mark.parametrize("programme", sorted(STORIES))
@pytest.mark.parametrize("today", [TODAY, date(2028, 2, 29), date(2026, 3, 8), date(2026, 3, 29)])
def test_every_case_reads_back_unchanged_through_the_front_door(programme: str, today: date):
    for place, story in enumerate(STORIES[programme]):
        case = tell(story, place + 1, "Wren Testwell", today, 3).case
        text = write_case(case, "json")
        assert in_any_order(read_case_text(text, story.name, "json")) == in_any_order(case), story.name


def in_any_order(case: Case) -> tuple[object, ...]:
    return (case.patient, case.programme, case.time_zone, sorted(case.facts, key=lambda fact: fact.id))


def test_no_fact_is_dated_after_today():
    for patient in clinic():
        assert max(fact.day for fact in patient.case.facts) <= TODAY


def test_a_diary_refuses_to_know_the_future():
    patient = clinic(courses=1)[0]
    diary = Diary(patient.person, TODAY, "us_ipledge", "America/New_York", Random(1))
    with pytest.raises(ValueError, match="after 2026-11-22"):
        diary.note(Weight, "weight", date=date(2026, 11, 23), kg=60)


def test_patients_are_followed_over_months_with_blood_values_weights_moods_and_complaints():
    facts = [fact for patient in clinic() for fact in patient.case.facts]
    count = Counter(type(fact) for fact in facts)
    for kind, least in ((Laboratory, 1500), (Weight, 250), (Questionnaire, 600), (Symptom, 400)):
        assert count[kind] > least
    values = [fact for fact in facts if isinstance(fact, Laboratory)]
    assert any(fact.analyte == "triglycerides" and fact.value > 500 for fact in values)
    assert any(fact.analyte == "alt" and fact.value > 3 * 40 for fact in values)
    assert any(isinstance(fact, Questionnaire) and fact.items and fact.items[-1] for fact in facts)


def test_only_patients_who_can_become_pregnant_are_tested_for_it():
    for patient in clinic():
        tested = any(isinstance(fact, PregnancyTest) for fact in patient.case.facts)
        assert patient.person.can_become_pregnant or not tested


def test_a_case_file_holds_neither_name_nor_story(tmp_path: Path):
    write_clinic(clinic(courses=40), tmp_path)
    for file in tmp_path.glob("*.yaml"):
        words = set(file.read_text(encoding="utf-8").replace(",", " ").split())
        assert not words & {*GIVEN_NAMES, *FAMILY_NAMES}


def test_the_clinic_is_written_readable_and_its_names_beside_it(tmp_path: Path):
    patients = clinic(courses=12)
    paths = write_clinic(patients, tmp_path / "clinic")
    assert [load_case(path).patient.id for path in paths] == [each.person.id for each in patients]
    names = display_names(tmp_path / "clinic" / DISPLAY_LIST)
    assert names == {each.person.id: each.person.name for each in patients}


def test_a_clinic_is_written_over_whole(tmp_path: Path):
    write_clinic(clinic(courses=12), tmp_path)
    write_clinic(clinic(courses=5, seed=2), tmp_path)
    assert len(list(tmp_path.glob("*.yaml"))) == 5
    assert len(display_names(tmp_path / DISPLAY_LIST)) == 5


def test_a_folder_that_holds_anything_else_is_left_alone(tmp_path: Path):
    mine = tmp_path / "p-0001.yaml"
    mine.write_text("case: 1\n", encoding="utf-8")
    with pytest.raises(NotOurFolder, match="nothing was written"):
        write_clinic(clinic(courses=2), tmp_path)
    assert mine.read_text(encoding="utf-8") == "case: 1\n"
    assert list(tmp_path.iterdir()) == [mine]


def test_no_file_of_the_clinic_imports_the_rules_or_the_law():
    imported = {
        node.module
        for file in FOLDER.glob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module
    }
    assert not [name for name in imported if name.startswith(("isovigil.decisions", "isovigil.law"))]
    assert "isovigil.case.kinds" in imported


def test_making_a_clinic_loads_no_rule_at_all():
    code = (
        "import sys; from datetime import date; "
        "from isovigil.usecases.synthetic_clinic.clinic import make_clinic; "
        "list(make_clinic('us_ipledge', date(2026, 11, 22), 1, 3)); "
        "print([name for name in sys.modules if name.startswith('isovigil.decisions')])"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"
