"""Are the generated pages what the rulebook, the rules and the scenarios say today?"""

from __future__ import annotations

import re
from os.path import normpath
from pathlib import Path

import pytest

import isovigil.indicators
from isovigil.cli.generated_docs import ROOT, known, pages, stale_pages
from isovigil.cli.scenarios_told import scenarios_told
from isovigil.cli.values_asked import ValuesAsked, values_by_rule
from isovigil.decisions.rule import RULES


@pytest.fixture(scope="module")
def written() -> dict[str, str]:
    return pages()


def test_no_generated_page_is_stale() -> None:
    assert stale_pages() == [], "run `make docs` and read what changed"


def test_every_value_is_on_exactly_one_page_with_its_sources(written: dict[str, str]) -> None:
    rulebook = known().rulebook
    for programme in rulebook.programmes.values():
        for name, history in programme.values.items():
            holders = [
                path for path, text in written.items() if f"\n### {name}\n" in text and programme.id in path
            ]
            assert len(holders) == 1, name
            assert all(f"`{said.cite.source}`" in written[holders[0]] for said in history.statements)


def test_every_rule_of_every_programme_is_on_the_page_of_its_topic(written: dict[str, str]) -> None:
    for programme in known().rulebook.programmes.values():
        for name in programme.rules:
            page = written[f"docs/rules/{programme.id}/{name.partition('.')[0]}.md"]
            assert f"\n## `{name}`\n" in page


def test_every_link_between_the_pages_leads_somewhere(written: dict[str, str]) -> None:
    for path, text in written.items():
        for target in re.findall(r"\]\(([^)<#]+\.md)", text):
            page = normpath(Path(path).parent / target)
            assert page in written, f"{path} links to {target}"


def test_the_trace_reads_from_the_code_which_values_a_rule_can_ask_for() -> None:
    names = [
        "dispensing/window_days",
        "pregnancy_testing/scheme",
        "visits/first_visit_mode",
        "mental_health/tools",
    ]
    rules = {
        name: (RULES[name].judge.__module__.rpartition(".")[2], RULES[name].judge.__name__)
        for name in ("pregnancy_testing.monthly_test", "mental_health.baseline")
    }
    asked = values_by_rule(rules, names)
    # Its own function names the first, and `scheme`, which it calls, the second.
    assert asked["pregnancy_testing.monthly_test"] == ["dispensing/window_days", "pregnancy_testing/scheme"]
    # A name put together as {topic}/tools counts within the rule's own topic only.
    assert asked["mental_health.baseline"] == ["mental_health/tools"]


def test_every_value_of_the_clinical_policies_is_one_that_something_can_ask_for() -> None:
    """A rule, the plan, or an audit indicator by the value's whole name."""
    all_known = known()
    asked = {name for names in all_known.asked.values() for name in names}
    indicators = "".join(path.read_text() for path in Path(isovigil.indicators.__file__).parent.glob("*.py"))
    for policy in all_known.rulebook.policies.values():
        planned_by = ValuesAsked().of("plan.plan", "plan", "plan", policy.values)
        audited_by = {name for name in policy.values if f'"{name}"' in indicators}
        assert set(policy.values) <= asked | set(planned_by) | audited_by, policy.id
        assert all(all_known.asked[rule] for rule in policy.rules), policy.id


def test_a_scenario_file_is_read_with_its_rule_and_its_sentences(tmp_path: Path) -> None:
    folder = tmp_path / "us_ipledge" / "dispensing"
    folder.mkdir(parents=True)
    (folder / "window.yaml").write_text(
        "about: dispensing.inside_the_window\nsource: {us-22: windows}\n"
        "cases:\n  - {name: The seventh day is inside}\n  - {name: The eighth is not}\n",
        encoding="utf-8",
    )
    (folder.parent / "bases.yaml").write_text("bases: {}\n", encoding="utf-8")
    (told,) = scenarios_told(tmp_path)
    assert told.path == "scenarios/us_ipledge/dispensing/window.yaml"
    assert (told.programme, told.about) == ("us_ipledge", "dispensing.inside_the_window")
    assert told.cases == ("The seventh day is inside", "The eighth is not")
    assert told.sources == ("us-22",)


def test_the_pages_are_written_beside_the_product() -> None:
    assert (ROOT / "pyproject.toml").is_file()
