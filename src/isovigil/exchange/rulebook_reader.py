"""Do the rulebook's files make one rulebook, and where do they not?"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from itertools import pairwise
from typing import NamedTuple, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from isovigil.calendar.days import in_words
from isovigil.exchange.coverage_file import read_coverage
from isovigil.exchange.policy_files import POLICIES, check_policies, read_policy, read_rule_names
from isovigil.exchange.problems import did_you_mean, shown
from isovigil.exchange.rulebook_problems import FileProblem, RulebookProblems
from isovigil.exchange.rulebook_values import Shelf, read_citation, read_value_file
from isovigil.exchange.strict_yaml import Part, read_strictly
from isovigil.law.law import Programme
from isovigil.law.layer import Announcement, Layer
from isovigil.law.rulebook import Policy, RulebookParts
from isovigil.law.source import Evidence, Source
from isovigil.law.value import ValueHistory

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_VALUE_FILE_DEPTH = 2
"""A value file lies two steps below its home: <topic>/<value>.yaml."""


class _Home(NamedTuple):
    """One programme's or policy's folder: the file that introduces it, and its value files."""

    introduction: str | None
    values: list[str]


def read_rulebook(texts: Mapping[str, bytes]) -> RulebookParts:
    """Read every file of a rulebook, given by its path inside the rulebook.

    Raises RulebookProblems with all problems of all files.
    """
    problems: list[FileProblem] = []
    wholes = {file: _whole(file, text, problems) for file, text in sorted(texts.items())}
    homes, source_files = _sort_out(wholes, problems)
    sources = _read_sources([wholes[file] for file in source_files])
    programmes: dict[str, Programme] = {}
    policies: dict[str, Policy] = {}
    for home, files in sorted(homes.items()):
        if files.introduction is None:
            problems.append(
                FileProblem(files.values[0], 1, f"{home}/ has values and no file that introduces it.")
            )
            continue
        introduction = wholes[files.introduction]
        if home.startswith(f"{POLICIES}/"):
            policy = read_policy(introduction, home.removeprefix(f"{POLICIES}/"))
            values = _read_values(home, files, wholes, Shelf(sources, {}))
            policies[policy.id] = msgspec.structs.replace(policy, values=values)
            continue
        programme = _read_programme(introduction, home, sources)
        shelf = Shelf(sources, {layer.id: layer for layer in programme.layers})
        programmes[home] = msgspec.structs.replace(programme, values=_read_values(home, files, wholes, shelf))
    check_policies(policies, wholes)
    coverage = read_coverage(wholes.get("coverage.yaml"), programmes, sources, problems)
    if problems:
        raise RulebookProblems(problems)
    return RulebookParts(programmes, policies, sources, coverage)


def _whole(file: str, text: bytes, problems: list[FileProblem]) -> Part:
    try:
        return read_strictly(text.decode("utf-8"), file, problems)
    except UnicodeDecodeError as error:
        line = text.count(b"\n", 0, error.start) + 1
        problems.append(FileProblem(file, line, "the file is not UTF-8 text here."))
        return Part(file, None, (), {}, problems)


def _sort_out(wholes: Mapping[str, Part], problems: list[FileProblem]) -> tuple[dict[str, _Home], list[str]]:
    """Which file belongs to which home, and which hold sources? Files of no known place are refused."""
    introductions: dict[str, str] = {}
    values: dict[str, list[str]] = defaultdict(list)
    sources = []
    for file in wholes:
        steps = file.removesuffix(".yaml").split("/")
        home = "/".join(steps[:2] if steps[0] == POLICIES else steps[:1])
        below = steps[home.count("/") + 1 :]
        if not all(_NAME.fullmatch(step) for step in steps):
            problems.append(
                FileProblem(file, 1, "folders and files are named in lower-case words joined by _.")
            )
        elif steps[0] == "sources" and len(below) == 1:
            sources.append(file)
        elif below == ["policy" if steps[0] == POLICIES else "programme"]:
            introductions[home] = file
        elif len(below) == _VALUE_FILE_DEPTH:
            values[home].append(file)
        elif file != "coverage.yaml":
            problems.append(
                FileProblem(
                    file,
                    1,
                    "a file of the rulebook is coverage.yaml, sources/<name>.yaml, "
                    f"<programme>/programme.yaml, <programme>/<topic>/<value>.yaml, "
                    f"or the same below {POLICIES}/ with policy.yaml.",
                )
            )
    homes = {home: _Home(introductions.get(home), values[home]) for home in {*introductions, *values}}
    return homes, sources


def _read_sources(files: list[Part]) -> dict[str, Source]:
    sources: dict[str, Source] = {}
    superseding: list[tuple[Part, str]] = []
    for whole in files:
        for identifier, part in whole.entries():
            source = _read_source(identifier, part, superseding)
            if identifier in sources:
                part.refuse(f"the source {shown(identifier)} is registered in another file too.")
            sources[identifier] = source
    for part, earlier in superseding:
        if earlier not in sources:
            part.refuse(f"the source {shown(earlier)} is not registered.")
    return sources


def _read_source(identifier: str, part: Part, superseding: list[tuple[Part, str]]) -> Source:
    """One source; where it has problems, with stand-ins that nobody will ever see."""
    parts = part.fields(
        ("title", "issuer", "evidence", "read_on"), ("url", "published_on", "version", "supersedes", "note")
    )
    url = parts["url"].text()
    if url is not None and not url.startswith(("https://", "http://")):
        parts["url"].refuse(f"{shown(url)} is not an address that begins with https:// or http://.")
    read_on = parts["read_on"].day() or date.min
    published_on = parts["published_on"].day()
    if published_on is not None and published_on > read_on != date.min:
        parts["read_on"].refuse(
            f"it was published on {in_words(published_on)}, so it cannot have been read before."
        )
    supersedes = parts["supersedes"].text()
    if supersedes is not None:
        superseding.append((parts["supersedes"], supersedes))
    return Source(
        id=identifier,
        title=parts["title"].text() or "",
        issuer=parts["issuer"].text() or "",
        evidence=parts["evidence"].word(get_args(Evidence)) or "primary",
        read_on=read_on,
        url=url,
        published_on=published_on,
        version=parts["version"].text(),
        supersedes=supersedes,
        note=parts["note"].text(),
    )


def _read_values(
    home: str, files: _Home, wholes: Mapping[str, Part], shelf: Shelf
) -> dict[str, ValueHistory]:
    values = {}
    for file in files.values:
        name = file.removeprefix(f"{home}/").removesuffix(".yaml")
        history = read_value_file(wholes[file], home, name, shelf)
        if history is not None:
            values[name] = history
    return values


# -- a programme and its layers ------------------------------------------------------------------


def _read_programme(whole: Part, home: str, sources: Mapping[str, Source]) -> Programme:
    parts = whole.fields(("title", "time_zone", "window_zone", "layers", "rules"))
    layers: list[Layer] = []
    for row in parts["layers"].items(at_least=1):
        layer = _read_layer(row, layers, sources)
        if layer is not None:
            layers.append(layer)
    _check_regimes(parts["layers"], layers)
    return Programme(
        id=home,
        title=parts["title"].text() or "",
        time_zone=_zone(parts["time_zone"]),
        window_zone=_zone(parts["window_zone"]),
        layers=tuple(layers),
        values={},
        rules=read_rule_names(parts["rules"]),
        sources=dict(sources),
    )


def _zone(part: Part) -> str:
    name = part.text() or ""
    try:
        ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        part.refuse(f"{shown(name)} is not a time zone such as America/New_York.")
    return name


def _read_layer(row: Part, before: list[Layer], sources: Mapping[str, Source]) -> Layer | None:
    count = len(row.problems)
    parts = row.fields(("id", "kind", "title", "announcements"), ("undecided_because", "replaces"))
    identifier = parts["id"].text() or ""
    ids = {layer.id: layer for layer in before}
    if identifier in ids:
        parts["id"].refuse(f"the layer {shown(identifier)} is listed twice.")
    kind = parts["kind"].word(("regime", "overlay"))
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
    return Layer(identifier, kind, parts["title"].text() or "", tuple(announcements), because, replaces)


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
