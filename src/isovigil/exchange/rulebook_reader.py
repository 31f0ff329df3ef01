"""Do the rulebook's files make one rulebook, and where do they not?"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import NamedTuple, get_args

import msgspec

from isovigil.calendar.days import in_words
from isovigil.exchange.coverage_file import read_coverage
from isovigil.exchange.policy_files import POLICIES, check_policies, read_policy
from isovigil.exchange.problems import shown
from isovigil.exchange.programme_files import extended_by, read_programme, with_values_of
from isovigil.exchange.rulebook_problems import FileProblem, RulebookProblems
from isovigil.exchange.rulebook_values import Shelf, read_value_file
from isovigil.exchange.strict_yaml import Part, read_strictly
from isovigil.law.law import Programme
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
    for home, files in sorted(homes.items(), key=lambda pair: _those_that_extend_last(pair, wholes)):
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
        programme = read_programme(introduction, home, sources, _that_stand_alone(programmes))
        layers = {layer.id: layer for layer in programme.layers}
        values = _read_values(home, files, wholes, Shelf(sources, layers))
        if programme.extends is not None:
            values = with_values_of(programmes[programme.extends], values, layers, home, wholes)
        programmes[home] = msgspec.structs.replace(programme, values=values)
    check_policies(policies, wholes)
    coverage = read_coverage(wholes.get("coverage.yaml"), programmes, sources, problems)
    if problems:
        raise RulebookProblems(problems)
    return RulebookParts(dict(sorted(programmes.items())), policies, sources, coverage)


def _those_that_extend_last(home: tuple[str, _Home], wholes: Mapping[str, Part]) -> tuple[bool, str]:
    """What a programme extends is read before it."""
    name, files = home
    alone = files.introduction is None or extended_by(wholes[files.introduction]) is None
    return not alone and not name.startswith(f"{POLICIES}/"), name


def _that_stand_alone(programmes: Mapping[str, Programme]) -> dict[str, Programme]:
    return {name: each for name, each in programmes.items() if each.extends is None}


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
