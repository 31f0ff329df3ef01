"""Which pages are written from the rulebook, the rules and the scenarios?

`python -m isovigil.cli.generated_docs` writes them again; a test fails when one is out of date.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

from isovigil.calendar.days import in_words
from isovigil.case.case import DEFAULT_POLICY
from isovigil.cli.picture import picture_of_a_review
from isovigil.cli.scenarios_told import ScenarioFile, scenarios_told
from isovigil.cli.streams import answer
from isovigil.cli.values_asked import values_by_rule
from isovigil.decisions.rule import RULES
from isovigil.exchange import review_words as words
from isovigil.exchange.coverage_listed import coverage_as_markdown, coverage_listed
from isovigil.exchange.generated_pages import pages_of_the_declaration
from isovigil.exchange.review_markdown import escaped, table
from isovigil.exchange.rulebook_files import load_rulebook
from isovigil.exchange.rules_listed import listed_rule, stake_of
from isovigil.law.law import Programme
from isovigil.law.rulebook import Rulebook
from isovigil.law.tightening import value_as_held
from isovigil.law.value import Statement, ValueHistory
from isovigil.usecases.nation_told import pages_of_the_nation
from isovigil.usecases.record.access_told import access_matrix

ROOT = Path(__file__).resolve().parents[3]
_WRITTEN = (
    "<!-- Written by `make docs` from the rulebook, the rules and the scenarios. Change those instead. -->"
)
_EPOCH = date.min


class Known(NamedTuple):
    """Everything the pages are written from."""

    rulebook: Rulebook
    scenarios: list[ScenarioFile]
    asked: Mapping[str, list[str]]
    """For each rule, the values it can ask for."""


def known(root: Path = ROOT) -> Known:
    """The rulebook that comes with the product, and the scenarios beside it."""
    rulebook = load_rulebook()
    places = {
        name: (rule.judge.__module__.rpartition(".")[2], rule.judge.__name__) for name, rule in RULES.items()
    }
    names = {name for programme in rulebook.programmes.values() for name in programme.values}
    names |= {name for policy in rulebook.policies.values() for name in policy.values}
    return Known(rulebook, scenarios_told(root / "scenarios"), values_by_rule(places, names))


def pages(root: Path = ROOT) -> dict[str, str]:
    """Every generated page by its path in the repository."""
    all_known = known(root)
    written = {
        "docs/rules/README.md": _contents(all_known),
        "docs/access-matrix.md": access_matrix(),
        "docs/coverage.md": f"{_WRITTEN}\n\n{_coverage(all_known.rulebook)}",
        "docs/images/review.svg": picture_of_a_review(all_known.rulebook, root),
        "docs/validation/trace.md": _trace(all_known),
        "docs/review.schema.json": (ROOT / "src/isovigil/exchange/review.schema.json").read_text(
            encoding="utf-8"
        ),
    }
    for programme in all_known.rulebook.programmes.values():
        for topic in _topics(programme):
            written[f"docs/rules/{programme.id}/{topic}.md"] = _topic_page(programme, topic, all_known)
    for policy in all_known.rulebook.policies.values():
        if policy.values:
            written[f"docs/rules/clinical/{policy.id}.md"] = _policy_page(policy.id, all_known)
    return written | pages_of_the_declaration() | pages_of_the_nation()


def _coverage(rulebook: Rulebook) -> str:
    return coverage_as_markdown(coverage_listed(rulebook, _EPOCH), dated=False)


def _topics(programme: Programme) -> list[str]:
    rules = [name.partition(".")[0] for name in programme.rules]
    values = sorted(name.partition("/")[0] for name in programme.values)
    return list(dict.fromkeys([*rules, *values]))


def _contents(all_known: Known) -> str:
    lines = [
        _WRITTEN,
        "",
        "# Rules and values",
        "",
        "One page a topic: what each rule asks, which gates it feeds, the values it rests on through time",
        "with their sources, and the scenarios that hold it. `isovigil rules PROGRAMME --on DATE` lists what",
        "governs a day.",
        "",
    ]
    for programme in all_known.rulebook.programmes.values():
        lines += [f"## {escaped(programme.id)}: {escaped(programme.title)}", ""]
        rows = []
        for topic in _topics(programme):
            rules = [name for name in programme.rules if name.partition(".")[0] == topic]
            values = [name for name in programme.values if name.partition("/")[0] == topic]
            cases = sum(len(one.cases) for one in _scenarios(all_known, programme.id, topic))
            link = f"[{words.plain(topic)}]({programme.id}/{topic}.md)"
            rows.append((link, str(len(rules)), str(len(values)), str(cases)))
        lines += table(("Topic", "Rules", "Values", "Cases"), rows)
    policies = [policy for policy in all_known.rulebook.policies.values() if policy.values]
    if policies:
        lines += ["## Clinical policies", ""]
        lines += [f"- [{escaped(policy.title)}](clinical/{policy.id}.md)" for policy in policies]
    return _page(lines)


def _scenarios(all_known: Known, programme: str, topic: str) -> list[ScenarioFile]:
    return [
        one
        for one in all_known.scenarios
        if one.programme == programme and one.about.partition(".")[0] == topic
    ]


def _topic_page(programme: Programme, topic: str, all_known: Known) -> str:
    title = words.sentence(words.plain(topic))[:-1]
    lines = [_WRITTEN, "", f"# {title} ({programme.id})", ""]
    for name in programme.rules:
        if name.partition(".")[0] == topic:
            lines += _rule_lines(name, programme, all_known)
    values = [each for name, each in programme.values.items() if name.partition("/")[0] == topic]
    if values:
        lines += ["## Values through time", ""]
        for history in sorted(values, key=lambda each: each.name):
            lines += _value_lines(history, programme, all_known.rulebook)
    return _page(lines)


def _rule_lines(name: str, programme: Programme, all_known: Known) -> Iterable[str]:
    yield from (f"## `{name}`", "")
    if name not in RULES:
        yield from ("Listed for this programme, and not written yet.", "")
        return
    rule = listed_rule(RULES[name])
    yield from (escaped(rule.asks), "", f"Gates: {stake_of(rule)}.", "")
    default = all_known.rulebook.policy(DEFAULT_POLICY).values
    links = [
        _value_link(value, name) if value in programme.values else _policy_link(value)
        for value in all_known.asked.get(name, ())
        if value in programme.values or value in default
    ]
    if links:
        yield from (f"Rests on: {', '.join(links)}.", "")
    for file in all_known.scenarios:
        if file.programme == programme.id and file.about == name:
            yield from (f"Cases in `{file.path}`:", "")
            yield from (f"- {escaped(case)}" for case in file.cases)
            yield ""


def _value_link(value: str, rule: str) -> str:
    topic, _, name = value.partition("/")
    page = "" if topic == rule.partition(".")[0] else f"{topic}.md"
    return f"[{words.plain(topic)}: {words.plain(name)}]({page}#{topic}{name})"


def _policy_link(value: str) -> str:
    """A link to the default policy, where the programme leaves the value to the clinic."""
    topic, _, name = value.partition("/")
    page = f"../clinical/{DEFAULT_POLICY}.md#{topic}{name}"
    return f"[{words.plain(topic)}: {words.plain(name)} (clinical policy)]({page})"


def _value_lines(history: ValueHistory, programme: Programme | None, rulebook: Rulebook) -> Iterable[str]:
    yield from (f"### {history.name}", "", escaped(history.asks), "")
    if history.counting:
        yield from (escaped(history.counting), "")
    rows = [_statement_row(said, history, programme, rulebook) for said in history.statements]
    yield from table(("From", "Value", "Strength", "Confidence", "Source", "Note"), rows)
    yield from (f"To be verified again by {in_words(history.reverify_by)}.", "")


def _statement_row(
    said: Statement, history: ValueHistory, programme: Programme | None, rulebook: Rulebook
) -> tuple[str, ...]:
    value = words.value_in_words(value_as_held(said.value, history.unit), history.unit)
    source = rulebook.sources[said.cite.source]
    title = escaped(source.title)
    linked = f"[{title}](<{source.url}>)" if source.url else title
    cited = f"{linked}, {escaped(said.cite.at)} (`{source.id}`)"
    start = _start(said, programme)
    strength = words.STRENGTHS[said.strength]
    return (start, escaped(value), strength, said.confidence, cited, escaped(said.note or ""))


def _start(said: Statement, programme: Programme | None) -> str:
    if said.from_day is not None:
        return in_words(said.from_day)
    layers = programme.layers if programme is not None else ()
    title = next((layer.title for layer in layers if layer.id == said.from_layer), said.from_layer or "")
    return f"the start of “{escaped(title)}”"


def _policy_page(policy: str, all_known: Known) -> str:
    held = all_known.rulebook.policies[policy]
    lines = [_WRITTEN, "", f"# Clinical policy: {escaped(held.title)}", ""]
    for history in sorted(held.values.values(), key=lambda each: each.name):
        lines += _value_lines(history, None, all_known.rulebook)
    return _page(lines)


def _trace(all_known: Known) -> str:
    """Source, value, rule, scenario: one table a programme, and what is not traced to the end."""
    lines = [
        _WRITTEN,
        "",
        "# Trace: source, value, rule, scenario",
        "",
        "Each dated value with the documents it cites, the rules that can ask for it (read from their code),",
        "and the scenario files about those rules.",
        "",
    ]
    for programme in all_known.rulebook.programmes.values():
        lines += [f"## {escaped(programme.id)}", ""]
        rows, unused = _trace_rows(programme.values, programme.rules, [programme.id], all_known)
        lines += table(("Source", "Value", "Rules", "Scenarios"), rows)
        without = [name for name in programme.rules if not _files_about(all_known, [programme.id], name)]
        lines += _open_ends("No rule's code names these values", unused)
        lines += _open_ends("No scenario file is about these rules", without)
    everywhere = [*all_known.rulebook.programmes]
    for policy in all_known.rulebook.policies.values():
        if policy.values:
            rows, unused = _trace_rows(policy.values, list(RULES), everywhere, all_known)
            lines += [f"## Clinical policy {escaped(policy.id)}", ""]
            lines += table(("Source", "Value", "Rules", "Scenarios"), rows)
            lines += _open_ends("No rule's code names these values", unused)
    return _page(lines)


def _trace_rows(
    values: Mapping[str, ValueHistory], rules: Sequence[str], programmes: Sequence[str], all_known: Known
) -> tuple[list[tuple[str, str, str, str]], list[str]]:
    askers: dict[str, list[str]] = defaultdict(list)
    for rule in rules:
        for value in all_known.asked.get(rule, ()):
            askers[value].append(rule)
    rows = []
    for name in sorted(values):
        sources = dict.fromkeys(said.cite.source for said in values[name].statements)
        files = dict.fromkeys(
            file.path.removeprefix("scenarios/")
            for rule in askers[name]
            for file in _files_about(all_known, programmes, rule)
        )
        rows.append((_ticked(sources), f"`{name}`", _ticked(askers[name]), _ticked(files)))
    return rows, [name for name in sorted(values) if not askers[name]]


def _files_about(all_known: Known, programmes: Sequence[str], rule: str) -> list[ScenarioFile]:
    return [one for one in all_known.scenarios if one.programme in programmes and one.about == rule]


def _ticked(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "–"


def _open_ends(title: str, names: list[str]) -> list[str]:
    return [f"{title}: {_ticked(names)}.", ""] if names else []


def _page(lines: Iterable[str]) -> str:
    return "\n".join(lines).strip() + "\n"


def stale_pages(root: Path = ROOT) -> list[str]:
    """The generated pages that are missing, out of date, or left over from something removed."""
    wanted = pages(root)
    stale = [path for path, text in wanted.items() if _held(root / path) != text]
    left_over = [
        path.relative_to(root).as_posix()
        for path in sorted((root / "docs/rules").rglob("*.md"))
        if path.relative_to(root).as_posix() not in wanted
    ]
    return [*stale, *left_over]


def _held(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None


def main() -> None:
    """Write every page that is out of date, remove what is left over, and name them."""
    wanted = pages()
    for path in stale_pages():
        file = ROOT / path
        if path not in wanted:
            file.unlink()
            answer(f"removed {path}")
            continue
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(wanted[path], encoding="utf-8")
        answer(f"wrote {path}")


if __name__ == "__main__":
    main()
