"""What does a programme's own file say: its layers, its rules, and the programme it extends?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import pairwise
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from isovigil.calendar.days import in_words
from isovigil.exchange.policy_files import read_rule_names
from isovigil.exchange.problems import did_you_mean, one_of, shown
from isovigil.exchange.rulebook_values import possible_starts_of, read_citation
from isovigil.exchange.strict_yaml import Part
from isovigil.law.law import Programme
from isovigil.law.layer import Announcement, Layer
from isovigil.law.source import Source
from isovigil.law.value import ValueHistory


def extended_by(introduction: Part) -> str | None:
    """The programme that a programme's file says it extends; None when it stands on its own."""
    return introduction.value.get("extends") if isinstance(introduction.value, dict) else None


def read_programme(
    whole: Part, home: str, sources: Mapping[str, Source], held: Mapping[str, Programme]
) -> Programme:
    """One programme without its values. One that extends another keeps its layers, among which its own
    find their places by date, and its rules; `held` holds the programmes that may be extended.
    """
    base = _base(whole, held)
    of_its_own = ("layers", "rules")
    optional = ("extends", *of_its_own) if extended_by(whole) is not None else ("extends",)
    required = () if extended_by(whole) is not None else of_its_own
    parts = whole.fields(("title", "time_zone", "window_zone", *required), optional)
    layers: list[Layer] = list(base.layers) if base else []
    for row in parts["layers"].items(at_least=0 if base else 1):
        layer = _read_layer(row, layers, sources)
        if layer is not None:
            layers.append(layer)
    if base:
        layers.sort(key=lambda layer: layer.announcements[-1].earliest)
    _check_regimes(parts["layers"], layers)
    rules = read_rule_names(parts["rules"]) if parts["rules"].is_given or not base else ()
    return Programme(
        id=home,
        title=parts["title"].text() or "",
        time_zone=_zone(parts["time_zone"]),
        window_zone=_zone(parts["window_zone"]),
        layers=tuple(layers),
        values={},
        rules=(*base.rules, *(rule for rule in rules if rule not in base.rules)) if base else rules,
        sources=dict(sources),
        extends=base.id if base else None,
    )


def _base(whole: Part, held: Mapping[str, Programme]) -> Programme | None:
    name = extended_by(whole)
    if name is None:
        return None
    base = held.get(name)
    if base is None:
        there = one_of(sorted(held)) if held else "none"
        whole.refuse(f"it extends {shown(name)}, which is no programme that can be extended: {there}.")
    return base


def with_values_of(
    base: Programme,
    own: Mapping[str, ValueHistory],
    layers: Mapping[str, Layer],
    home: str,
    wholes: Mapping[str, Part],
) -> dict[str, ValueHistory]:
    """Every value of the programme extended, each until the day from which the own one states another."""
    values = dict(base.values)
    for name, history in own.items():
        before = base.values.get(name)
        if before is None:
            values[name] = history
            continue
        if before.unit != history.unit:
            wholes[f"{home}/{name}.yaml"].refuse(
                f"its unit is {history.unit}, and {base.id} answers {name} in {before.unit}."
            )
        first, _ = possible_starts_of(history.statements[0], layers)
        kept = [said for said in before.statements if possible_starts_of(said, layers)[1] < first]
        values[name] = msgspec.structs.replace(history, statements=(*kept, *history.statements))
    return values


def _zone(part: Part) -> str:
    name = part.text() or ""
    try:
        ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        part.refuse(f"{shown(name)} is not a time zone such as America/New_York.")
    return name


def _read_layer(row: Part, before: list[Layer], sources: Mapping[str, Source]) -> Layer | None:
    count = len(row.problems)
    parts = row.fields(
        ("id", "kind", "title", "announcements"), ("undecided_because", "replaces", "continues_into")
    )
    identifier = parts["id"].text() or ""
    ids = {layer.id: layer for layer in before}
    if identifier in ids:
        parts["id"].refuse(f"the layer {shown(identifier)} is listed twice.")
    kind = parts["kind"].word(("regime", "overlay"))
    carried_on = tuple(name for name in (item.text() for item in parts["continues_into"].items()) if name)
    replaces = parts["replaces"].text()
    if replaces is not None and (replaces not in ids or ids[replaces].kind != "overlay" or kind != "overlay"):
        meant = did_you_mean(replaces, tuple(ids))
        parts["replaces"].refuse(f"{shown(replaces)} is not an overlay listed above. {meant}".rstrip())
    announcements: list[Announcement] = []
    for item in parts["announcements"].items(at_least=1):
        said = _read_announcement(item, sources)
        if said is not None:
            if announcements and said.announced_on <= announcements[-1].announced_on:
                item.refuse("announcements stand in the order in which they were made, one for each day.")
            announcements.append(said)
    because = parts["undecided_because"].text()
    if because is None and any(not said.confirmed or said.earliest != said.latest for said in announcements):
        row.refuse("undecided_because is missing: it names what decides while the start is open.")
    if len(row.problems) > count:
        return None
    return Layer(
        identifier, kind, parts["title"].text() or "", tuple(announcements), because, replaces, carried_on
    )


def _read_announcement(item: Part, sources: Mapping[str, Source]) -> Announcement | None:
    count = len(item.problems)
    parts = item.fields(("announced_on", "starts", "confirmed", "read_on", "cite"), ("note",))
    announced_on, read_on = parts["announced_on"].day(), parts["read_on"].day()
    if announced_on is not None and read_on is not None and announced_on > read_on:
        parts["read_on"].refuse(
            f"it was announced on {in_words(announced_on)}, so it cannot have been read before."
        )
    earliest, latest = _first_and_last(parts["starts"])
    confirmed = parts["confirmed"].flag()
    cite = read_citation(parts["cite"], sources)
    note = parts["note"].text()
    if len(item.problems) > count:
        return None
    assert announced_on is not None
    assert read_on is not None
    assert earliest is not None
    assert latest is not None
    assert confirmed is not None
    assert cite is not None
    return Announcement(announced_on, earliest, latest, confirmed, read_on, cite, note)


def _first_and_last(starts: Part) -> tuple[date | None, date | None]:
    if not isinstance(starts.value, dict):
        day = starts.day()
        return day, day
    parts = starts.fields(("earliest", "latest"))
    earliest, latest = parts["earliest"].day(), parts["latest"].day()
    if earliest is not None and latest is not None and earliest >= latest:
        starts.refuse("the earliest possible day must lie before the latest; a known start is a single day.")
    return earliest, latest


def _check_regimes(part: Part, layers: list[Layer]) -> None:
    """Regimes follow one another, each beginning after the one before, as last announced."""
    regimes = [layer for layer in layers if layer.kind == "regime"]
    if part.value and layers and not regimes:
        part.refuse("no layer is a regime, so no day is governed.")
    for earlier, later in pairwise(regimes):
        if later.announcements[-1].earliest <= earlier.announcements[-1].latest:
            part.refuse(f"the regime {later.id} must begin after {earlier.id}, which stands above it.")
    ids = {layer.id for layer in regimes}
    for layer in layers:
        for name in layer.continues_into:
            if name not in ids:
                part.refuse(f"{layer.id} continues into {shown(name)}, which is no regime listed here.")
