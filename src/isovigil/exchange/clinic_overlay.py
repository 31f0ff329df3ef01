"""What does a clinic make stricter, and which open dates of law does it confirm?"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from isovigil.calendar.days import Period, in_words
from isovigil.exchange.problems import did_you_mean, one_of, shown
from isovigil.exchange.rulebook_problems import FileProblem, RulebookProblems
from isovigil.exchange.rulebook_values import read_plain_value
from isovigil.exchange.strict_yaml import Part, read_strictly
from isovigil.law.law import Programme, readings
from isovigil.law.layer import Announcement, Layer
from isovigil.law.rulebook import Policy, Rulebook, RulebookParts
from isovigil.law.source import Citation, Source
from isovigil.law.tightening import is_looser, value_as_held
from isovigil.law.value import Dated, Tightened, ValueHistory

CLINIC_SOURCE = "clinic-overlay"
"""The source id under which a clinic's own statements are cited."""


class _Confirmed(NamedTuple):
    programme: str
    layer: str
    said: Announcement


def with_overlay(rulebook: Rulebook, overlay: Path) -> Rulebook:
    """The rulebook as a clinic's overlay file tightens and confirms it.

    Raises RulebookProblems with every problem of the file, among them every attempt to loosen.
    """
    try:
        text = overlay.read_bytes()
    except OSError as error:
        said = FileProblem(str(overlay), 1, f"the file cannot be read: {error.strerror}.")
        raise RulebookProblems([said], "The clinic's overlay") from error
    return overlay_read(rulebook, text, str(overlay))


def overlay_read(rulebook: Rulebook, text: bytes, file: str) -> Rulebook:
    """The same for an overlay that is at hand as text."""
    problems: list[FileProblem] = []
    whole = read_strictly(text.decode("utf-8", "replace"), file, problems)
    parts = whole.fields(("clinic",), ("tightens", "confirms"))
    clinic = parts["clinic"].text() or ""
    programmes = dict(rulebook.programmes)
    confirmed_on: list[date] = []
    for row in parts["confirms"].items():
        confirmed = _read_confirmation(row, programmes)
        if confirmed is not None:
            confirmed_on.append(confirmed.said.announced_on)
            programmes[confirmed.programme] = _confirm(programmes[confirmed.programme], confirmed)
    policies = dict(rulebook.policies)
    for row in parts["tightens"].items():
        _tighten(row, _Homes(rulebook, programmes, policies))
    if problems:
        raise RulebookProblems(problems, "The clinic's overlay")
    return _tightened_rulebook(rulebook, programmes, policies, clinic, text)


def _tightened_rulebook(
    rulebook: Rulebook,
    programmes: Mapping[str, Programme],
    policies: dict[str, Policy],
    clinic: str,
    text: bytes,
) -> Rulebook:
    says = Source(
        id=CLINIC_SOURCE,
        title=f"{clinic}: the clinic's own overlay",
        issuer=clinic,
        evidence="own_default",
        read_on=max(source.read_on for source in rulebook.sources.values()),
        note="Stricter than the law, never looser; a statement keeps the strength of what it makes stricter.",
    )
    sources = {**rulebook.sources, CLINIC_SOURCE: says}
    held = {name: msgspec.structs.replace(each, sources=sources) for name, each in programmes.items()}
    parts = RulebookParts(held, policies, sources, rulebook.coverage)
    digest = hashlib.sha256(bytes.fromhex(rulebook.digest) + hashlib.sha256(text).digest()).hexdigest()
    return Rulebook(parts, digest, clinic)


# -- confirming an open date -----------------------------------------------------------------------


def _read_confirmation(row: Part, programmes: Mapping[str, Programme]) -> _Confirmed | None:
    count = len(row.problems)
    parts = row.fields(("layer", "programme", "from", "source", "person", "on"))
    programme = _programme_of(parts["programme"], programmes)
    layer = None if programme is None else _layer_of(parts["layer"], programme)
    from_, on = parts["from"].day(), parts["on"].day()
    source, person = parts["source"].text(), parts["person"].text()
    if layer is not None and from_ is not None and on is not None:
        _check_confirmation(parts, layer, from_, on)
    if len(row.problems) > count or programme is None or layer is None:
        return None
    assert from_ is not None
    assert on is not None
    cite = Citation(CLINIC_SOURCE, f"confirmed by {person} from {source}")
    note = f"Confirmed by {person} on {in_words(on)}, from {source}."
    return _Confirmed(programme.id, layer.id, Announcement(on, from_, from_, True, on, cite, note))


def _programme_of(part: Part, programmes: Mapping[str, Programme]) -> Programme | None:
    name = part.text()
    if name is None:
        return None
    if name not in programmes:
        meant = did_you_mean(name, tuple(programmes))
        part.refuse(f"there is no programme {shown(name)}. {meant}There are {one_of(sorted(programmes))}.")
        return None
    return programmes[name]


def _layer_of(part: Part, programme: Programme) -> Layer | None:
    name = part.text()
    if name is None:
        return None
    layers = {layer.id: layer for layer in programme.layers}
    if name not in layers:
        meant = did_you_mean(name, tuple(layers))
        part.refuse(f"{programme.id} has no layer {shown(name)}. {meant}It has {one_of(list(layers))}.")
        return None
    return layers[name]


def _check_confirmation(parts: Mapping[str, Part], layer: Layer, from_: date, on: date) -> None:
    said = layer.announcements[-1]
    if said.confirmed and said.earliest == said.latest:
        parts["layer"].refuse(
            f"the start of {layer.id} is not open: it began on {in_words(said.earliest)}. Remove this entry."
        )
    elif said.confirmed and not said.earliest <= from_ <= said.latest:
        parts["from"].refuse(
            f"{layer.id} began between {in_words(said.earliest)} and {in_words(said.latest)}; "
            f"{in_words(from_)} lies outside."
        )
    elif not said.confirmed and from_ < said.earliest:
        parts["from"].refuse(
            f"{layer.id} is scheduled for {in_words(said.earliest)}; it cannot be confirmed for "
            f"{in_words(from_)}, which is earlier."
        )
    if on <= said.announced_on:
        parts["on"].refuse(
            f"the start was last announced on {in_words(said.announced_on)}; it can only be confirmed later."
        )


def _confirm(programme: Programme, confirmed: _Confirmed) -> Programme:
    layers = tuple(
        msgspec.structs.replace(layer, announcements=(*layer.announcements, confirmed.said))
        if layer.id == confirmed.layer
        else layer
        for layer in programme.layers
    )
    return msgspec.structs.replace(programme, layers=layers)


# -- making a value stricter -------------------------------------------------------------------------


class _Homes(NamedTuple):
    """Where the values stand that a clinic may make stricter: changed as the entries are read."""

    rulebook: Rulebook
    programmes: dict[str, Programme]
    policies: dict[str, Policy]


def _tighten(row: Part, homes: _Homes) -> None:
    """Read one entry and, if it is stricter, put it into the programme or the clinical policy."""
    count = len(row.problems)
    parts = row.fields(("value", "value_new", "from", "reason", "by"), ("programme", "policy"))
    law = _home_of(row, parts, homes)
    history = None if law is None else _history_of(parts["value"], law)
    from_ = parts["from"].day()
    reason, by = parts["reason"].text(), parts["by"].text()
    if law is None or history is None or from_ is None:
        return
    if history.tightening == "none":
        parts["value"].refuse(f"{history.home}/{history.name} cannot be changed by a clinic.")
        return
    value = read_plain_value(parts["value_new"], history.unit)
    if len(row.problems) > count:
        return
    _check_direction(parts, law, history, value, from_)
    if any(own.from_ >= from_ for own in history.clinic):
        parts["from"].refuse("the entries for one value stand in the order of their days, one for each day.")
    if len(row.problems) > count:
        return
    cite = Citation(CLINIC_SOURCE, f"{history.name}, by {by}")
    own = Tightened(value, from_, (reason or "").rstrip(".") + ".", by or "", cite)
    changed = msgspec.structs.replace(history, clinic=(*history.clinic, own))
    _put(changed, parts["policy"].text(), law, homes)


def _home_of(row: Part, parts: Mapping[str, Part], homes: _Homes) -> Programme | None:
    """The programme whose value is meant, or the clinical policy's values as a law of their own."""
    if parts["programme"].is_given == parts["policy"].is_given:
        row.refuse("programme or policy is missing: an entry names the one whose value it makes stricter.")
        return None
    if parts["programme"].is_given:
        return _programme_of(parts["programme"], homes.programmes)
    name = parts["policy"].text()
    if name is None:
        return None
    if name not in homes.policies:
        meant = did_you_mean(name, tuple(homes.policies))
        parts["policy"].refuse(
            f"there is no policy {shown(name)}. {meant}There are {one_of(sorted(homes.policies))}."
        )
        return None
    own = homes.policies[name].values
    whole = {**homes.rulebook.policy(name).values, **own}
    return Programme(f"clinical/{name}", homes.policies[name].title, "UTC", "UTC", (), whole, (), {})


def _put(changed: ValueHistory, policy: str | None, law: Programme, homes: _Homes) -> None:
    """A policy that inherits the value states it itself from now on; the one it extends is untouched."""
    if policy is None:
        homes.programmes[law.id] = msgspec.structs.replace(law, values={**law.values, changed.name: changed})
        return
    held = homes.policies[policy]
    homes.policies[policy] = msgspec.structs.replace(held, values={**held.values, changed.name: changed})


def _history_of(part: Part, programme: Programme) -> ValueHistory | None:
    name = part.text()
    if name is None:
        return None
    history = programme.values.get(name)
    if history is None:
        meant = did_you_mean(name, tuple(programme.values))
        part.refuse(f"{programme.id} holds no value {shown(name)}. {meant}".rstrip())
    return history


def _check_direction(
    parts: Mapping[str, Part], programme: Programme, history: ValueHistory, value: Any, from_: date
) -> None:
    """The new value must be at least as strict as every value that may govern its first day."""
    name = f"{history.home}/{history.name}"
    bare = msgspec.structs.replace(history, clinic=())
    alone = msgspec.structs.replace(programme, values={history.name: bare})
    asked = value_as_held(value, history.unit)
    current: list[Dated[Any]] = []
    for law, _ in readings(alone, date.max, [from_]):
        if law.holds(history.name, from_):
            current.append(law.value(history.name, from_))
    if not current:
        parts["from"].refuse(
            f"no value of {name} is held on {in_words(from_)}, so there is nothing to tighten."
        )
    for said in current:
        if is_looser(history, said.value, asked):
            parts["value_new"].refuse(
                f"{name} is {_written(said.value)} on {in_words(from_)} and {_written(asked)} is asked for; "
                f"a clinic may only change it {_DIRECTIONS[history.tightening]}."
            )
            return
    if history.choices and asked not in history.choices:
        parts["value_new"].refuse(
            f"{_written(asked)} is not one of the choices for {name}: {one_of(history.choices)}."
        )
    if isinstance(asked, tuple) and not asked:
        parts["value_new"].refuse(f"an empty list for {name} would leave nothing that is accepted.")


_DIRECTIONS = {
    "lower": "to something lower or shorter",
    "higher": "to something higher or longer",
    "true": "from false to true",
    "false": "from true to false",
    "fewer": "by leaving words out",
    "more": "by adding words",
    "choice": "to one of its choices",
}


def _written(value: Any) -> str:
    if isinstance(value, Period):
        return value.in_words()
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"[{', '.join(map(str, value))}]" if isinstance(value, tuple) else str(value)
