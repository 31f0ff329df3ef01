"""Which rules does a programme apply, and which dated values are in force on a day?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import msgspec

from isovigil.calendar.days import Period, in_words
from isovigil.decisions import catalogue as _declares_every_rule  # noqa: F401 - importing it fills RULES
from isovigil.decisions.rule import RULES, Rule
from isovigil.exchange import review_words as words
from isovigil.law.law import Law, Programme
from isovigil.law.layer import Layer
from isovigil.law.refusal import NoRuleInForce
from isovigil.law.rulebook import Rulebook
from isovigil.law.value import Dated


class ListedRule(msgspec.Struct, frozen=True):
    """One rule of a programme's family."""

    name: str
    asks: str
    gates: tuple[str, ...]
    when_not_met: str
    when_unknown: str
    clinical: bool


class ListedValue(msgspec.Struct, frozen=True):
    """One value in force: its question, since when, how strong, how sure, and who says so."""

    name: str
    asks: str
    value: Any
    in_words: str
    unit: str
    counting: str | None
    from_: date = msgspec.field(name="from")
    strength: str
    confidence: str
    source: str
    title: str
    at: str
    url: str | None
    note: str | None
    reverify_by: date


class Reading(msgspec.Struct, frozen=True):
    """The values in force in one reading of the open dates; in a further one, only what differs."""

    regime: str
    title: str
    since: date
    overlays: tuple[str, ...]
    supposes: str | None
    values: tuple[ListedValue, ...]
    no_longer: tuple[str, ...] = ()


class RulesInForce(msgspec.Struct, frozen=True):
    """A programme's rules and the values in force on a day, as known by a day."""

    programme: str
    title: str
    policy: str
    on: date
    known_by: date
    rules: tuple[ListedRule, ...]
    readings: tuple[Reading, ...]


def rules_in_force(rulebook: Rulebook, programme: str, policy: str, on: date, known_by: date) -> RulesInForce:
    """Everything a programme asks on a day. Raises NoRuleInForce, and what `Rulebook.readings` raises."""
    law = rulebook.under_policy(programme, policy)
    readings: list[Reading] = []
    refusal: NoRuleInForce | None = None
    told: Mapping[str, Dated[Any]] = {}
    for reading, assumed in rulebook.readings(programme, policy, known_by, [on]):
        try:
            one, values = _reading(reading, assumed, on, rulebook, told)
        except NoRuleInForce as nothing:
            refusal = nothing
            continue
        if not readings:
            told = values
        readings.append(one)
    if not readings:
        assert refusal is not None
        raise refusal
    rules = tuple(listed_rule(RULES[name]) for name in law.rules if name in RULES)
    return RulesInForce(programme, law.title, policy, on, known_by, rules, tuple(readings))


def listed_rule(rule: Rule) -> ListedRule:
    """A rule as it is listed."""
    return ListedRule(rule.name, rule.asks, rule.gates, rule.when_not_met, rule.when_unknown, rule.clinical)


def _reading(
    law: Law, assumed: tuple[Layer, ...], on: date, rulebook: Rulebook, told: Mapping[str, Dated[Any]]
) -> tuple[Reading, Mapping[str, Dated[Any]]]:
    regime = law.regime_on(on)
    held = {name: law.value(name, on) for name in sorted(law.programme.values) if law.holds(name, on)}
    differing = {name: value for name, value in held.items() if told.get(name) != value}
    reading = Reading(
        regime=regime.id,
        title=_title(regime.id, law.programme),
        since=regime.from_,
        overlays=regime.overlays,
        supposes=_supposes(law, assumed, on),
        values=tuple(_listed_value(name, value, law, rulebook) for name, value in differing.items()),
        no_longer=tuple(sorted(set(told) - set(held))),
    )
    return reading, held


def _supposes(law: Law, assumed: tuple[Layer, ...], on: date) -> str | None:
    """What a reading takes for granted about dates that are still open."""
    said = []
    for layer in assumed:
        start = law.start_of(layer.id)
        state = "is in force" if start is not None and start <= on else "is not yet in force"
        because = f" ({layer.undecided_because})" if layer.undecided_because else ""
        said.append(f"“{layer.title}” {state}{because}")
    return f"This reading supposes that {words.listed(said)}." if said else None


def _title(layer_id: str, programme: Programme) -> str:
    short = layer_id.rpartition("/")[2]
    return next((layer.title for layer in programme.layers if layer.id == short), short)


def _listed_value(name: str, value: Dated[Any], law: Law, rulebook: Rulebook) -> ListedValue:
    history = law.programme.values[name]
    source = rulebook.sources.get(value.cite.source)
    return ListedValue(
        name=value.name,
        asks=history.asks,
        value=value.value.as_text() if isinstance(value.value, Period) else value.value,
        in_words=words.dated_in_words(value),
        unit=value.unit,
        counting=history.counting,
        from_=value.from_,
        strength=value.strength,
        confidence=value.confidence,
        source=value.cite.source,
        title=value.cite.source if source is None else source.title,
        at=value.cite.at,
        url=None if source is None else source.url,
        note=value.note,
        reverify_by=history.reverify_by,
    )


def topic_of(name: str) -> str:
    """The topic of a rule (`topic.name`) or of a value (`programme/topic/name`)."""
    return name.partition(".")[0] if "/" not in name else name.split("/")[-2]


def topics_of(listed: RulesInForce) -> list[str]:
    """Every topic with a rule or a value, in the order of the rules, then by name."""
    rules = dict.fromkeys(topic_of(rule.name) for rule in listed.rules)
    values = dict.fromkeys(topic_of(value.name) for value in listed.readings[0].values)
    return [*rules, *sorted(set(values) - set(rules))]


def stake_of(rule: ListedRule) -> str:
    """``prescribe and dispense; waiting when not met, waiting when unknown``."""
    if rule.clinical:
        return "clinical advice"
    if not rule.gates:
        return "no gate: leads to steps only"
    gates = words.listed([words.GATES[gate].lower() for gate in rule.gates])
    return f"{gates}; {rule.when_not_met} when not met, {rule.when_unknown} when unknown"


def basis_of(value: ListedValue) -> str:
    """``law since 13 December 2021, confidence high: The guide, windows [us-22]``."""
    since = f"{words.STRENGTHS[value.strength]} since {in_words(value.from_)}, confidence {value.confidence}"
    return f"{since}: {value.title}, {value.at} [{value.source}]"


def frame_of(listed: RulesInForce) -> Iterable[str]:
    """Which day, which knowledge, which regime."""
    main = listed.readings[0]
    known = f"as known by {in_words(listed.known_by)}"
    yield f"On {in_words(listed.on)}, {known}; clinical policy {listed.policy}."
    yield f"Regime: {main.title} ({main.regime}), in force since {in_words(main.since)}."
    yield from (f"Overlay: {overlay}." for overlay in main.overlays)
    if main.supposes:
        yield main.supposes


def rules_as_markdown(listed: RulesInForce) -> str:
    """The listing as Markdown."""
    return "\n".join(_markdown_lines(listed)).strip() + "\n"


def _markdown_lines(listed: RulesInForce) -> Iterable[str]:
    from isovigil.exchange.review_markdown import escaped, table

    main = listed.readings[0]
    yield from (f"# {escaped(words.sentence(listed.title))[:-1]} ({escaped(listed.programme)})", "")
    yield from (f"{escaped(line)}  " for line in frame_of(listed))
    yield ""
    for topic in topics_of(listed):
        yield from (f"## {words.sentence(words.plain(topic))[:-1]}", "")
        rules = [rule for rule in listed.rules if topic_of(rule.name) == topic]
        if rules:
            rows = [(f"`{rule.name}`", escaped(rule.asks), escaped(stake_of(rule))) for rule in rules]
            yield from table(("Rule", "Asks", "Gates"), rows)
        yield from _values_table([one for one in main.values if topic_of(one.name) == topic])
    for other in listed.readings[1:]:
        yield from ("## Another reading", "", escaped(other.supposes or ""), "")
        yield from _values_table(other.values)
        yield from (f"- no longer asked: `{name}`" for name in other.no_longer)


def _values_table(values: Iterable[ListedValue]) -> Iterable[str]:
    from isovigil.exchange.review_markdown import escaped, table

    rows = [
        (escaped(one.asks), escaped(one.in_words), escaped(basis_of(one)), f"`{one.name}`") for one in values
    ]
    if rows:
        yield from table(("Question", "Value", "Basis", "Name"), rows)
