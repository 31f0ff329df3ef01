"""Do the thresholds of a forecast come from the clinic's own policy?"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from isovigil.case.case import Case
from isovigil.exchange.case_file import load_case
from isovigil.exchange.rulebook_files import load_rulebook
from isovigil.forecast.biomarkers import Threshold
from isovigil.law.refusal import UnknownPolicy
from isovigil.usecases.forecast_thresholds import action_thresholds, reference_lines

DAY = date(2024, 4, 10)
ALT = "{kind: laboratory, taken_on: 2024-03-01, analyte: alt, value: 20, unit: U/L, upper_limit: 40}"
LATER_ALT = "{kind: laboratory, taken_on: 2024-04-01, analyte: alt, value: 20, unit: U/L, upper_limit: 30}"


def case_of(folder: Path, *facts: str, top: str = "programme: us_ipledge") -> Case:
    path = folder / "case.yaml"
    lines = "\n".join(f"  - {fact}" for fact in ("{kind: weight, date: 2024-03-01, kg: 62}", *facts))
    path.write_text(
        f"case: 1\npatient: {{id: p-001, born_on: 2004-04-02, sex: female}}\n{top}\nfacts:\n{lines}"
    )
    return load_case(str(path))


def thresholds(case: Case, analyte: str) -> list[Threshold]:
    found = action_thresholds(case, load_rulebook(), DAY)
    return [threshold for threshold in found if threshold.analyte == analyte]


def test_every_band_of_the_policy_that_asks_for_something_is_a_threshold(tmp_path: Path) -> None:
    """TG-1 to TG-5 of the balanced policy; TG-0 asks for nothing."""
    found = thresholds(case_of(tmp_path), "triglycerides")
    assert [(one.value, one.unit) for one in found] == [
        (150.0, "mg/dL"), (300.0, "mg/dL"), (500.0, "mg/dL"), (800.0, "mg/dL"), (1000.0, "mg/dL"),
    ]  # fmt: skip
    assert {one.citation for one in found} == {"isovigil-defaults, TG-0 to TG-5"}
    assert found[2].name == "500 mg/dL, reduce"


def test_multiples_are_of_the_laboratorys_own_latest_limit(tmp_path: Path) -> None:
    """The bands of the balanced policy are 1, 2, 3, 5 and 8 times the limit; 30 U/L is the latest."""
    found = thresholds(case_of(tmp_path, ALT, LATER_ALT), "alt")
    assert [one.value for one in found] == [30.0, 60.0, 90.0, 150.0, 240.0]


def test_without_a_stated_limit_there_is_no_threshold_for_a_multiple_of_it(tmp_path: Path) -> None:
    assert thresholds(case_of(tmp_path, ALT), "ast") == []


def test_another_policy_has_other_thresholds(tmp_path: Path) -> None:
    other = case_of(tmp_path, top="programme: us_ipledge\npolicy: eu_smpc")
    balanced = case_of(tmp_path)
    assert thresholds(other, "triglycerides") != thresholds(balanced, "triglycerides")


def test_a_policy_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnknownPolicy, match="strictest"):
        thresholds(case_of(tmp_path, top="programme: us_ipledge\npolicy: strictest"), "alt")


def test_without_a_programme_the_published_lines_stand_in_with_their_citation(tmp_path: Path) -> None:
    found = thresholds(case_of(tmp_path, top="time_zone: Europe/Berlin"), "triglycerides")
    assert found == list(reference_lines())
    assert all("Barbieri" in (one.citation or "") for one in found)
