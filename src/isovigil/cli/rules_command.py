"""How does `isovigil rules` list what a programme asks and on whose word?"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from isovigil.case.case import DEFAULT_POLICY
from isovigil.cli.moment_asked import CallProblem, check_choice, day_typed
from isovigil.cli.streams import answer, complain
from isovigil.exchange.review_words import plain
from isovigil.exchange.rulebook_files import load_rulebook
from isovigil.exchange.rulebook_problems import RulebookProblems
from isovigil.exchange.rules_listed import ListedValue, RulesInForce, frame_of, rules_in_force
from isovigil.law.refusal import NoRuleInForce, ProgrammeNotModelled, UnknownPolicy, UnknownProgramme
from isovigil.law.rulebook import Rulebook

if TYPE_CHECKING:
    from rich.console import RenderableType

FORMATS = ("table", "json", "markdown")


def run_rules(
    programme: str | None,
    on: str | None,
    known_by: str | None,
    policy: str | None,
    overlay: str | None,
    form: str,
) -> int:
    """List the rules and values of one programme, or of all; 0, 2 (the call) or 3 (nothing in force)."""
    try:
        check_choice("--format", form, FORMATS)
        governing = None if on is None else day_typed(on, "--on")
        known = None if known_by is None else day_typed(known_by, "--known-by")
        rulebook = load_rulebook(Path(overlay) if overlay else None)
        names = [programme] if programme is not None else list(rulebook.programmes)
        for name in names:
            rulebook.programme(name)
        rulebook.policy(policy or DEFAULT_POLICY)
    except ProgrammeNotModelled as refusal:
        complain(refusal)
        return 3
    except (CallProblem, RulebookProblems, UnknownProgramme, UnknownPolicy) as wrong:
        complain(wrong)
        return 2
    show = _face(form)
    exit_code = 0
    for name in names:
        day = governing or _today(rulebook, name)
        try:
            show(rules_in_force(rulebook, name, policy or DEFAULT_POLICY, day, known or day))
        except NoRuleInForce as refusal:
            complain(refusal)
            exit_code = 3
    return exit_code


def _today(rulebook: Rulebook, programme: str) -> date:
    return datetime.now(ZoneInfo(rulebook.programme(programme).time_zone)).date()


def _face(form: str) -> Callable[[RulesInForce], None]:
    if form == "json":
        import msgspec

        return lambda listed: answer(msgspec.json.encode(listed).decode())
    if form == "markdown":
        from isovigil.exchange.rules_listed import rules_as_markdown

        return lambda listed: answer(rules_as_markdown(listed))
    from isovigil.cli.review_table import show, terminal

    def as_table(listed: RulesInForce) -> None:
        from rich.console import Group

        show(terminal(), Group(*_parts(listed)))

    return as_table


def _parts(listed: RulesInForce) -> Iterable[RenderableType]:
    from rich.text import Text

    from isovigil.cli.review_table import indented, section
    from isovigil.exchange.rules_listed import topics_of

    yield Text.assemble((listed.programme, "bold"), f": {listed.title}")
    for line in frame_of(listed):
        yield Text(line)
    for topic in topics_of(listed):
        yield section(plain(topic).capitalize())
        yield from _topic(topic, listed)
    for other in listed.readings[1:]:
        yield section("Another reading: what differs")
        yield indented(Text(other.supposes or ""))
        yield from (_value(value) for value in other.values)
        yield from (indented(Text(f"no longer asked: {name}")) for name in other.no_longer)


def _topic(topic: str, listed: RulesInForce) -> Iterable[RenderableType]:
    from rich.text import Text

    from isovigil.cli.review_table import indented
    from isovigil.exchange.rules_listed import stake_of, topic_of

    for rule in listed.rules:
        if topic_of(rule.name) == topic:
            yield indented(Text.assemble((rule.name, "bold"), f"  {rule.asks}"))
            yield indented(indented(Text(stake_of(rule), style="dim")))
    yield from (_value(value) for value in listed.readings[0].values if topic_of(value.name) == topic)


def _value(value: ListedValue) -> RenderableType:
    from rich.console import Group
    from rich.text import Text

    from isovigil.cli.review_table import indented
    from isovigil.exchange.rules_listed import basis_of

    more = [line for line in (basis_of(value), value.counting, value.note) if line]
    head = Text.assemble(f"· {value.asks} ", (value.in_words, "bold"))
    return indented(Group(head, *(indented(Text(line, style="dim")) for line in more)))
