"""How does `isovigil rules` list what a programme asks and on whose word?"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from isovigil.case.case import DEFAULT_POLICY
from isovigil.cli.moment_asked import CallProblem, check_choice, day_typed
from isovigil.exchange.rulebook_files import load_rulebook
from isovigil.exchange.rulebook_problems import RulebookProblems
from isovigil.exchange.rules_listed import ListedValue, RulesInForce, rules_in_force
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
        print(refusal, file=sys.stderr)
        return 3
    except (CallProblem, RulebookProblems, UnknownProgramme, UnknownPolicy) as wrong:
        print(wrong, file=sys.stderr)
        return 2
    show = _face(form)
    exit_code = 0
    for name in names:
        day = governing or _today(rulebook, name)
        try:
            show(rules_in_force(rulebook, name, policy or DEFAULT_POLICY, day, known or day))
        except NoRuleInForce as refusal:
            print(refusal, file=sys.stderr)
            exit_code = 3
    return exit_code


def _today(rulebook: Rulebook, programme: str) -> date:
    return datetime.now(ZoneInfo(rulebook.programme(programme).time_zone)).date()


def _face(form: str) -> Callable[[RulesInForce], None]:
    if form == "json":
        import msgspec

        return lambda listed: print(msgspec.json.encode(listed).decode())
    if form == "markdown":
        from isovigil.exchange.rules_listed import rules_as_markdown

        return lambda listed: print(rules_as_markdown(listed))
    from isovigil.cli.review_table import show, terminal

    def as_table(listed: RulesInForce) -> None:
        from rich.console import Group

        show(terminal(), Group(*_parts(listed)))

    return as_table


def _parts(listed: RulesInForce) -> Iterable[RenderableType]:
    from rich.text import Text

    from isovigil.calendar.days import in_words
    from isovigil.cli.review_table import indented, section
    from isovigil.exchange.review_words import plain
    from isovigil.exchange.rules_listed import stake_of, topic_of, topics_of

    main = listed.readings[0]
    yield Text.assemble((listed.programme, "bold"), f": {listed.title}")
    yield Text(f"On {in_words(listed.on)}, as known by {in_words(listed.known_by)}; clinical policy {listed.policy}.")
    yield Text(f"Regime: {main.title} ({main.regime}), in force since {in_words(main.since)}.")
    for overlay in main.overlays:
        yield Text(f"Overlay: {overlay}.")
    if main.supposes:
        yield Text(main.supposes)
    for topic in topics_of(listed):
        yield section(plain(topic).capitalize())
        for rule in listed.rules:
            if topic_of(rule.name) == topic:
                yield indented(Text.assemble((rule.name, "bold"), f"  {rule.asks}"))
                yield indented(indented(Text(stake_of(rule), style="dim")))
        for value in main.values:
            if topic_of(value.name) == topic:
                yield _value(value)
    for other in listed.readings[1:]:
        yield section("Another reading: what differs")
        yield indented(Text(other.supposes or ""))
        for value in other.values:
            yield _value(value)
        for name in other.no_longer:
            yield indented(Text(f"no longer asked: {name}"))


def _value(value: ListedValue) -> RenderableType:
    from rich.console import Group
    from rich.text import Text

    from isovigil.cli.review_table import indented
    from isovigil.exchange.rules_listed import basis_of

    more = [line for line in (basis_of(value), value.counting, value.note) if line]
    head = Text.assemble(f"· {value.asks} ", (value.in_words, "bold"))
    return indented(Group(head, *(indented(Text(line, style="dim")) for line in more)))
