"""What does `isovigil report-harm` print and refuse?"""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.faces.typed import BROKEN, typed

HARM = """\
case: 1
patient: {id: p-001, born_on: 2001-04-02}
programme: us_ipledge
facts:
  - {id: category, kind: category, date: 2024-01-02, can_become_pregnant: true, by: prescriber}
  - {id: weight, kind: weight, date: 2024-01-02, kg: 70}
  - {id: script, kind: prescription, issued_on: 2024-02-06, daily_dose_mg: 40, days_supply: 30}
  - {id: capsules, kind: dispense, date: 2024-02-07, days_supply: 30}
  - {id: belly, kind: symptom, date: 2024-03-02, code: AE15, severity: severe, detail: "<b>worst</b> ever"}
  - {id: test, kind: pregnancy_test, taken_on: 2024-03-04, result: positive, setting: clinic}
  - {id: told, kind: adverse_event_report, date: 2024-03-04, about: test, to: registry, reference: R-17}
"""
NONE = HARM.split("  - {id: belly", maxsplit=1)[0]
UK = HARM.replace("us_ipledge", "uk_mhra")


@cache
def sheets(text: str = HARM) -> list[dict[str, Any]]:
    came = typed("report-harm", "-", "--on", "2024-03-05", "--format", "json", text=text)
    assert (came.code, came.err) == (0, "")
    told: list[dict[str, Any]] = json.loads(came.out)
    return told


def test_every_harm_has_a_sheet_of_its_own():
    assert [(sheet["harm"], sheet["about"]) for sheet in sheets()] == [
        ("pregnancy", "test"),
        ("adverse_event", "belly"),
    ]


def test_a_sheet_says_who_has_heard_and_who_has_not():
    told = {each["to"]: each for each in sheets()[0]["addressees"]}
    assert (told["registry"]["reported_on"], told["registry"]["reference"]) == ("2024-03-04", "R-17")
    assert told["regulator"]["reported_on"] is None
    assert "MedWatch" in told["regulator"]["name"]


def test_each_country_has_its_own_addressees():
    assert [each["name"] for each in sheets(UK)[0]["addressees"]] == ["MHRA Yellow Card scheme"]


def test_what_is_on_file_is_filled_in_and_the_rest_is_asked():
    pregnancy = sheets()[0]
    known = {line["label"]: line["value"] for line in pregnancy["known"]}
    assert known["daily dose"] == "40 mg"
    assert known["age at the time"] == "22 years"  # born 2 April 2001, not yet 23 on 4 March 2024
    assert known["cumulative dose of the course"] == "17.1 mg/kg"  # 40 x 30 / 70
    assert "outcome of the pregnancy" in pregnancy["to_ask"]
    assert "first day of the last period" in pregnancy["to_ask"]
    assert not set(known) & set(pregnancy["to_ask"])


def test_referral_follow_up_and_leftover_capsules_are_on_the_sheet():
    steps = " ".join(sheets()[0]["next_steps"])
    for word in ("Refer", "outcome", "capsules"):
        assert word in steps


@pytest.mark.parametrize("form", ["text", "html"])
def test_people_read_it_as_text_or_as_a_page(form: str):
    came = typed("report-harm", "-", "--on", "2024-03-05", "--format", form, text=HARM)
    assert came.code == 0
    assert "Still to ask" in came.out
    assert "iPLEDGE pregnancy registry" in came.out


def test_no_word_of_a_case_becomes_a_tag_of_the_page():
    came = typed("report-harm", "-", "--on", "2024-03-05", "--format", "html", text=HARM)
    assert "<b>worst" not in came.out
    assert "&lt;b&gt;worst" in came.out
    assert "<script" not in came.out


def test_where_nothing_is_recorded_it_says_so():
    came = typed("report-harm", "-", "--on", "2024-03-05", text=NONE)
    assert (came.code, came.out.startswith("No pregnancy under the drug")) == (0, True)
    assert sheets(NONE) == []


def test_a_wrong_call_and_a_bad_case_are_refused_with_nothing_printed(tmp_path: Path):
    wrong = typed("report-harm", "-", "--format", "pdf", text=HARM)
    assert (wrong.code, wrong.out) == (2, "")
    assert "text, html, json" in wrong.err
    bad = typed("report-harm", "-", "--on", "2024-03-05", text=BROKEN)
    assert (bad.code, bad.out) == (2, "")
