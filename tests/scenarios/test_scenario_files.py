"""Do the scenarios reach every rule and every number, and does each say where it comes from?"""

from functools import cache
from itertools import chain
from pathlib import Path

import msgspec
import pytest

from isovigil.exchange.rulebook_files import RULEBOOK
from isovigil.exchange.yaml_events import parse_yaml
from tests.scenarios.judged import the_rulebook
from tests.scenarios.scenario_file import (
    SCENARIOS,
    Expected,
    ScenarioFile,
    bases_of,
    programme_of,
    scenario_file,
    scenario_paths,
)

TOPICS_WITHOUT_RULES = ("law", "precedence")
UNITS_WITHOUT_NUMBERS = ("word", "words", "flag")
ONLY_WORDS_A_REMARK = "_in_the_other_reading"  # such a value changes no answer, only what is said about it

each_file = pytest.mark.parametrize(
    "path", scenario_paths(), ids=lambda path: path.relative_to(SCENARIOS).as_posix()
)
CLINICAL = "clinical"

each_programme = pytest.mark.parametrize("programme", sorted(the_rulebook().programmes))

each_folder = pytest.mark.parametrize("programme", [*sorted(the_rulebook().programmes), CLINICAL])


@cache
def files_of(programme: str) -> tuple[ScenarioFile, ...]:
    return tuple(scenario_file(path) for path in scenario_paths() if programme_of(path) == programme)


@cache
def rules_of(folder: str) -> frozenset[str]:
    """The rules that cases in a folder may be about: a programme's, with those every policy adds."""
    law, programmes = the_rulebook(), the_rulebook().programmes
    seen = sorted(programmes) if folder == CLINICAL else [folder]
    return frozenset(rule for each in seen for rule in law.under_policy(each, "balanced").rules)


@cache
def numbers_of(programme: str) -> frozenset[str]:
    """The names of the rulebook's values that are numbers, days or lengths of time."""
    named = set()
    for path in (RULEBOOK / (f"{CLINICAL}/balanced" if programme == CLINICAL else programme)).glob(
        "*/*.yaml"
    ):
        unit = parse_yaml(path.read_text(encoding="utf-8"), path.name).value["unit"]
        if unit not in UNITS_WITHOUT_NUMBERS and not path.stem.endswith(ONLY_WORDS_A_REMARK):
            named.add(f"{path.parent.name}/{path.stem}")
    return frozenset(named)


@each_file
def test_a_file_is_about_a_rule_of_its_programme_and_lies_in_that_topic(path: Path):
    file, topic = scenario_file(path), path.parent.name
    assert file.about.startswith(f"{topic}.")
    if topic not in TOPICS_WITHOUT_RULES:
        assert file.about in rules_of(programme_of(path))


@each_file
def test_a_file_says_where_its_expectations_come_from(path: Path):
    file = scenario_file(path)
    assert file.source
    assert set(file.source) <= set(the_rulebook().sources)


@each_file
def test_every_case_has_one_moment_and_expects_something(path: Path):
    for case in scenario_file(path).cases:
        assert (case.on is None) != (case.at is None), case.name
        assert case.expect != Expected(), case.name


@each_file
def test_a_name_is_a_sentence_of_its_own(path: Path):
    names = [case.name for case in scenario_file(path).cases]
    assert len(set(names)) == len(names)
    for name in names:
        assert name[0].isupper(), name
        assert not name.endswith("."), name
        assert " " in name, name


@each_file
def test_a_number_is_looked_at_from_both_sides(path: Path):
    file = scenario_file(path)
    if file.pins:
        looked_at = {msgspec.json.encode(case.expect) for case in file.cases}
        assert len(looked_at) > 1, "every case expects the same, so no side is the other one"
    assert set(file.pins) <= numbers_of(programme_of(path)), "the rulebook holds no such number"


@each_programme
def test_every_number_of_the_rulebook_has_scenarios(programme: str):
    pinned = {name for file in files_of(programme) for name in file.pins}
    assert sorted(numbers_of(programme) - pinned) == [], (
        "each of these needs a scenario on either side of it, in a file that pins it"
    )


@each_programme
def test_every_rule_is_expected_to_answer_something(programme: str):
    expected = {file.about for file in files_of(programme)}
    expected |= {rule for file in files_of(programme) for case in file.cases for rule in case.expect.findings}
    held = the_rulebook().programme(programme)
    told_elsewhere = the_rulebook().programme(held.extends).rules if held.extends else ()
    assert sorted(set(held.rules) - {*expected, *told_elsewhere}) == []


@each_folder
def test_every_rule_named_exists(programme: str):
    rules = rules_of(programme)
    for file in files_of(programme):
        for case in file.cases:
            reasons = [each for each in case.expect.first_reason.values() if each]
            named = {*case.expect.findings, *reasons, *chain(*case.expect.because.values())}
            assert named <= rules, (case.name, sorted(named - rules))


@each_folder
def test_every_base_patient_is_used(programme: str):
    files = files_of(programme)
    used = {case.base or file.base for file in files for case in file.cases}
    used |= {base.moved.base for base in bases_of(programme).values() if base.moved}
    assert sorted(set(bases_of(programme)) - used) == []


def test_there_are_enough_scenarios_to_be_worth_signing():
    assert sum(len(scenario_file(path).cases) for path in scenario_paths()) >= 150
