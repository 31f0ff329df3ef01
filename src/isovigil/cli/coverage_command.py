"""How does `isovigil coverage` say what can be judged and what cannot?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from isovigil.cli.moment_asked import CallProblem, check_choice, day_typed
from isovigil.cli.streams import answer, complain
from isovigil.exchange.coverage_listed import (
    CoverageListed,
    checked_in_words,
    coverage_as_markdown,
    coverage_listed,
    gap_in_words,
    policy_in_words,
    source_in_words,
)
from isovigil.exchange.rulebook_files import load_rulebook
from isovigil.exchange.rulebook_problems import RulebookProblems

if TYPE_CHECKING:
    from rich.console import RenderableType

FORMATS = ("table", "json", "markdown")


def run_coverage(on: str | None, form: str) -> int:
    """Print the rulebook's own account of its limits; 0, or 2 when the call is wrong."""
    try:
        check_choice("--format", form, FORMATS)
        day = datetime.now(UTC).date() if on is None else day_typed(on, "--on")
        listed = coverage_listed(load_rulebook(), day)
    except (CallProblem, RulebookProblems) as wrong:
        complain(wrong)
        return 2
    if form == "json":
        import msgspec

        answer(msgspec.json.encode(listed).decode())
    elif form == "markdown":
        answer(coverage_as_markdown(listed))
    else:
        from rich.console import Group

        from isovigil.cli.review_table import show, terminal

        show(terminal(), Group(*_parts(listed)))
    return 0


def _parts(listed: CoverageListed) -> Iterable[RenderableType]:
    from rich.text import Text

    from isovigil.calendar.days import in_words
    from isovigil.cli.review_table import indented, section
    from isovigil.exchange.review_words import AMBER, counted

    yield Text(f"What can be judged, as of {in_words(listed.on)}", style="bold")
    for each in listed.programmes:
        yield section(f"{each.programme}: {each.title}")
        size = f"{counted(each.rules, 'rule')}, {counted(each.values, 'value')}"
        yield indented(Text(f"From {in_words(each.since)} on; {size}; {checked_in_words(each)}."))
        yield indented(Text(f"Before that: {each.before}"))
        for name in each.overdue:
            yield indented(Text(f"{AMBER.symbol} overdue: {name}", style="yellow"))
        for gap in each.gaps:
            yield indented(Text(f"– {gap_in_words(gap)}"))
    yield section("Clinical policies a clinic can choose")
    for policy in listed.policies:
        yield indented(Text(policy_in_words(policy)))
    yield section("Known by name, and refused")
    for country in listed.not_modelled:
        also = f" ({', '.join(country.names)})" if country.names else ""
        yield indented(Text.assemble((country.title, "bold"), also))
        for gap in country.missing:
            yield indented(indented(Text(f"– {gap_in_words(gap)}")))
    yield section("Sources named here")
    for source in listed.sources:
        yield indented(Text(source_in_words(source)))
