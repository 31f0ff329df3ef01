"""Do the facts of one case agree with each other: their ids, corrections and references?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from isovigil.exchange.problems import Fault, Path, capitalised, did_you_mean, shortened, shown, with_article

_REFERENCES: Final = {"dispense": {"prescription": "prescription"}, "reversal": {"dispense": "dispense"}}
"""For each kind the fields that hold the id of another fact, and the kind that fact must be."""


def generated_id(place: int) -> str:
    """The id of a fact that has none of its own: `f-1` for the first of the list."""
    return f"f-{place + 1}"


def faults_between_facts(facts: Sequence[Mapping[str, Any]]) -> Iterator[Fault]:
    """Ids given twice, corrections of nothing or in a circle, references that lead nowhere.

    Takes for each fact what could be read of it (`kind` and `id` at least), in the file's order.
    """
    yield from _faults_of_ids(facts)
    kinds = {fact["id"]: fact.get("kind") for fact in facts}
    for place, fact in enumerate(facts):
        path: Path = ("facts", place)
        yield from _faults_of_correction(fact, kinds, path)
        for field, kind in _REFERENCES.get(str(fact.get("kind")), {}).items():
            named = fact.get(field)
            if named is not None and kinds.get(named, kind if named in kinds else None) != kind:
                message = f"{shown(named)} is not the id of a {kind} fact of this case."
                remedy = f"{_hint(named, kinds)}Write the id of the {kind} fact, or leave `{field}` out."
                yield Fault((*path, field), named, message, remedy)
    yield from _circles(facts)


def _hint(named: str, kinds: Mapping[str, Any]) -> str:
    return did_you_mean(named, tuple(kinds))


def _faults_of_ids(facts: Sequence[Mapping[str, Any]]) -> Iterator[Fault]:
    first: dict[str, int] = {}
    for place, fact in enumerate(facts):
        earlier = first.setdefault(fact["id"], place)
        if earlier == place:
            continue
        named = [each for each in (earlier, place) if not facts[each].get("id_is_generated")]
        at: Path = ("facts", named[-1], "id")
        if len(named) == 2:
            message = f"The id {shown(fact['id'])} is already that of facts[{earlier}]."
            yield Fault(at, fact["id"], message, "Give each fact an id of its own.")
            continue
        other = earlier + place - named[-1]
        yield Fault(
            at,
            fact["id"],
            f"facts[{other}] has no id, so as number {other + 1} of the list its id is "
            f"{shown(fact['id'])} too.",
            f"Choose another id here, or give facts[{other}] an id of its own.",
        )


def _faults_of_correction(fact: Mapping[str, Any], kinds: Mapping[str, Any], path: Path) -> Iterator[Fault]:
    corrected = fact.get("supersedes")
    if corrected is None:
        return
    at = (*path, "supersedes")
    if corrected not in kinds:
        message = f"No fact of this case has the id {shown(corrected)}."
        yield Fault(at, corrected, message, f"{_hint(corrected, kinds)}Write the id of the corrected fact.")
    elif kinds[corrected] is not None and fact.get("kind") not in (None, kinds[corrected]):
        wrong, right = with_article(kinds[corrected]), capitalised(with_article(fact["kind"]))
        message = f"{right} fact cannot correct {shown(corrected)}, which is {wrong} fact."
        remedy = "Mark the wrong fact `withdrawn: true` and record the right one beside it."
        yield Fault(at, corrected, message, remedy)


def _circles(facts: Sequence[Mapping[str, Any]]) -> Iterator[Fault]:
    """Corrections that lead back to themselves; each circle is told once, at its first fact."""
    corrects = {fact["id"]: fact.get("supersedes") for fact in facts}
    told: set[str] = set()
    for place, fact in enumerate(facts):
        walked: list[str] = []
        at: str | None = fact["id"]
        while at is not None and at not in walked and at not in told:
            walked.append(at)
            at = corrects.get(at)
        if at is not None and at == fact["id"] and at in walked:
            way = " → ".join(shortened(each) for each in (*walked, at))
            message = f"The corrections run in a circle: {way}."
            remedy = "A correction names an earlier entry; the first entry supersedes nothing."
            yield Fault(("facts", place, "supersedes"), fact["supersedes"], message, remedy)
            told.update(walked)
