"""What does the rulebook say about its own limits?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from isovigil.calendar.days import days_after
from isovigil.exchange.problems import one_of, shown
from isovigil.exchange.rulebook_problems import FileProblem
from isovigil.exchange.rulebook_values import read_citation
from isovigil.exchange.strict_yaml import Part
from isovigil.law.coverage import Coverage, Gap, Modelled, NotModelled, plainly
from isovigil.law.law import Programme
from isovigil.law.layer import Layer
from isovigil.law.source import Source


def read_coverage(
    whole: Part | None,
    programmes: Mapping[str, Programme],
    sources: Mapping[str, Source],
    problems: list[FileProblem],
) -> Coverage:
    """Read coverage.yaml: every programme held has an entry, and no name means two things."""
    if whole is None:
        problems.append(FileProblem("coverage.yaml", 1, "the file is missing: it says what is not modelled."))
        return Coverage((), ())
    parts = whole.fields(("programmes", "not_modelled"), ("nothing_read",))
    modelled = [
        _modelled(programme, part, programmes, sources) for programme, part in parts["programmes"].entries()
    ]
    for programme in sorted(programmes.keys() - {each.programme for each in modelled}):
        parts["programmes"].refuse(f"{programme} is held, and nothing is said about its coverage.")
    missing = [_not_modelled(name, part, sources) for name, part in parts["not_modelled"].entries()]
    _check_names(parts, programmes, missing)
    return Coverage(tuple(modelled), tuple(missing), _words(parts["nothing_read"]))


def _check_names(
    parts: Mapping[str, Part], programmes: Mapping[str, Programme], missing: list[NotModelled]
) -> None:
    meanings: dict[str, str] = dict.fromkeys(programmes, "a programme that is held")
    for each, (_, part) in zip(missing, parts["not_modelled"].entries(), strict=True):
        for name in map(plainly, (each.id, *each.names)):
            if name in meanings:
                part.refuse(f"the name {shown(name)} already means {meanings[name]}.")
            meanings[name] = each.id
    for country in parts["nothing_read"].items():
        if isinstance(country.value, str) and plainly(country.value) in meanings:
            country.refuse(f"{country.value} already means {meanings[plainly(country.value)]}.")


def _modelled(
    programme: str, part: Part, programmes: Mapping[str, Programme], sources: Mapping[str, Source]
) -> Modelled:
    if programme not in programmes:
        part.refuse(f"there is no programme {shown(programme)}; there are {one_of(sorted(programmes))}.")
    parts = part.fields(("modelled_since", "last_checked", "before", "known_gaps"), ("names",))
    since = parts["modelled_since"].day() or date.min
    last_checked = parts["last_checked"].day() or date.min
    layers = programmes[programme].layers if programme in programmes else ()
    first = min((_surely_from(layer) for layer in layers if layer.kind == "regime"), default=since)
    if since not in (first, date.min):
        parts["modelled_since"].refuse(f"the first regime of {programme} begins on {first}.")
    return Modelled(
        programme,
        since,
        last_checked,
        parts["before"].text() or "",
        _gaps(parts["known_gaps"], sources),
        _words(parts["names"]),
    )


def _surely_from(layer: Layer) -> date:
    """The first day that can be judged: a day in an open time might still lie before the regime."""
    said = layer.announcements[0]
    return said.earliest if said.earliest == said.latest else days_after(said.latest, 1)


def _not_modelled(identifier: str, part: Part, sources: Mapping[str, Source]) -> NotModelled:
    parts = part.fields(("title", "missing"), ("names",))
    title = parts["title"].text() or ""
    return NotModelled(identifier, title, _words(parts["names"]), _gaps(parts["missing"], sources))


def _gaps(part: Part, sources: Mapping[str, Source]) -> tuple[Gap, ...]:
    gaps = []
    for item in part.items(at_least=1):
        parts = item.fields(("says",), ("cite",))
        cited = [read_citation(each, sources) for each in parts["cite"].items()]
        gaps.append(Gap(parts["says"].text() or "", tuple(cite for cite in cited if cite is not None)))
    return tuple(gaps)


def _words(part: Part) -> tuple[str, ...]:
    return tuple(word for word in (item.text() for item in part.items()) if word is not None)
