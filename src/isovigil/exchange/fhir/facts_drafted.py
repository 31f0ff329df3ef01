"""Which checked facts do the drafts make, once ids, corrections and joint answers are settled?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

import msgspec

from isovigil.case.fact import Fact
from isovigil.case.kinds import KINDS
from isovigil.exchange.case_checks import faults_between_facts
from isovigil.exchange.declared_types import declared, fields_of
from isovigil.exchange.fact_checks import Known, faults_of_fact
from isovigil.exchange.fhir.intake import Entry
from isovigil.exchange.fhir.outcome import Issue, IssueCode, Severity
from isovigil.exchange.fhir.provenance import Provenances
from isovigil.exchange.fhir.record import FACT_ID, Draft, Record, plain_reference, type_of
from isovigil.exchange.field_reading import read_struct
from isovigil.exchange.problems import Document, Fault, shortened, spelled
from isovigil.exchange.sound_facts import sound_fact

_NOTHING: Final = Document(None)
BY_REFERENCE: Final = "reference:"
_FACTS_NAMED: Final = ("prescription", "supersedes", "dispense")
_NAMING_OTHERS: Final = frozenset({*_FACTS_NAMED, "supersedes_resource", "dispense_resource"})
_PHQ9_ITEMS: Final = range(1, 10)


class Drafted(msgspec.Struct, frozen=True, gc=False):
    """A draft with the resource it was read from."""

    draft: Draft
    entry: Entry
    withdrawn: bool


def facts_of(drafted: Sequence[Drafted], record: Record, provenances: Provenances) -> tuple[Fact, ...]:
    """The facts, in the order of the input. A draft that does not hold together is told and left out."""
    whole = _joined(drafted)
    are_connected = _identify(whole, provenances, record)
    known = Known(record.born_on, zone_is_known=True)
    facts, places = [], []
    for each in whole:
        draft = each.draft
        fact = sound_fact(KINDS[draft.kind], draft.values, known, record.zone)
        if fact is None:
            fact = checked(draft, record, known)
        if fact is not None:
            facts.append(fact)
            places.append(draft.place)
    return tuple(_agreeing(facts, places, record) if are_connected else facts)


def _joined(drafted: Sequence[Drafted]) -> list[Drafted]:
    """The drafts with fasting put to the values of its day, and single items to the score of theirs."""
    kinds = {each.draft.kind for each in drafted}
    if not kinds & {"fasting_status", "questionnaire_item"}:
        return list(drafted)
    fasting = {
        each.draft.values["taken_on"]: each.draft.values["fasting"]
        for each in drafted
        if each.draft.kind == "fasting_status"
    }
    answers: dict[tuple[Any, Any], dict[int, Drafted]] = {}
    for each in drafted:
        if each.draft.kind == "questionnaire_item":
            values = each.draft.values
            answers.setdefault((values["date"], values["tool"]), {})[values["item"]] = each
    whole = [each for each in drafted if each.draft.kind not in ("fasting_status", "questionnaire_item")]
    for each in whole:
        values = each.draft.values
        if each.draft.kind == "laboratory" and values["taken_on"] in fasting:
            values.setdefault("fasting", fasting[values["taken_on"]])
        elif each.draft.kind == "questionnaire" and "items" not in values:
            answered = answers.pop((values.get("date"), values.get("tool")), None)
            if answered is not None:
                values["items"] = _items(answered)
    for (day, tool), answered in answers.items():
        first = next(iter(answered.values()))
        values = {"date": day, "tool": tool, "items": _items(answered)}
        draft = msgspec.structs.replace(first.draft, kind="questionnaire", values=values)
        whole.append(msgspec.structs.replace(first, draft=draft))
    return whole


def _items(answered: Mapping[int, Drafted]) -> list[int | None]:
    return [answered[number].draft.values["answer"] if number in answered else None for number in _PHQ9_ITEMS]


def _identify(drafted: Sequence[Drafted], provenances: Provenances, record: Record) -> bool:
    """Give the drafts their ids, what their Provenance says, and references to facts instead of resources.

    True where some fact names another.
    """
    ids = _ids(drafted)
    are_connected = bool(provenances)
    for each, fact_id in zip(drafted, ids, strict=True):
        values = each.draft.values
        if not are_connected and not _NAMING_OTHERS.isdisjoint(values):
            are_connected = True
        values["id"] = fact_id
        if each.withdrawn:
            values["withdrawn"] = True
    if are_connected:
        _connect(drafted, ids, provenances, record)
    return are_connected


def _connect(
    drafted: Sequence[Drafted], ids: Sequence[str], provenances: Provenances, record: Record
) -> None:
    references = [_references_to(each.entry) for each in drafted]
    by_reference: dict[str, str] = {}
    for named, fact_id in zip(references, ids, strict=True):
        for reference in named:
            by_reference.setdefault(reference, fact_id)
    for each, named in zip(drafted, references, strict=True):
        values = each.draft.values
        own = by_reference[named[0]] if named else None
        if not _names_its_own_resource(values, own) and provenances:
            for reference in named:
                if reference in provenances:
                    values |= provenances[reference].values()
        for field in _FACTS_NAMED:
            if field in values:
                _settle(values, field, by_reference, each.draft, record)


def _names_its_own_resource(values: dict[str, Any], own: str | None) -> bool:
    """A second fact of one resource, about the first: its ending, or its reversal."""
    for mark, field in (("supersedes_resource", "supersedes"), ("dispense_resource", "dispense")):
        if values.pop(mark, False):
            values[field] = own
            return True
    return False


def _settle(
    values: dict[str, Any], field: str, by_reference: Mapping[str, str], draft: Draft, record: Record
) -> None:
    """Turn the reference of a resource into the id of its fact; one that leads nowhere is told."""
    named = values.get(field)
    if not isinstance(named, str) or not named.startswith(BY_REFERENCE):
        return
    reference = plain_reference(named.removeprefix(BY_REFERENCE))
    if reference in by_reference:
        values[field] = by_reference[reference]
        return
    del values[field]
    text = f"The {field} {shortened(reference)} is not in the input; the fact stands without it."
    record.issues.append(Issue("information", "not-found", draft.place, text))


def _references_to(entry: Entry) -> list[str]:
    found = []
    if entry.resource.id is not None:
        found.append(f"{type_of(entry.resource)}/{entry.resource.id}")
    if entry.full_url is not None:
        found.append(plain_reference(entry.full_url))
    return found


def _ids(drafted: Sequence[Drafted]) -> list[str]:
    """The id of each fact: our own identifier, else `Type/id`, else its place; never one twice."""
    found: dict[str, None] = {}
    for each in drafted:
        resource, draft = each.entry.resource, each.draft
        wanted = None
        if resource.identifier is not None and draft.resource_id == (resource.id or ""):
            wanted = fact_id_of(resource.identifier)
        if wanted is None:
            wanted = f"{type_of(resource)}/{draft.resource_id}" if draft.resource_id else draft.place
        unique, number = wanted, 2
        while unique in found:
            unique, number = f"{wanted}#{number}", number + 1
        found[unique] = None
    return list(found)


def fact_id_of(identifier: Any) -> str | None:
    """The fact's own id among the identifiers of a resource."""
    for each in identifier if isinstance(identifier, list) else [identifier]:
        if isinstance(each, dict) and each.get("system") == FACT_ID and isinstance(each.get("value"), str):
            return str(each["value"])
    return None


def checked(draft: Draft, record: Record, known: Known) -> Fact | None:
    """The fact of values that may not hold together; None where they do not, and every reason is told."""
    kind, values = KINDS[draft.kind], draft.values
    read = read_struct(kind, values, (), _NOTHING, f"the {draft.kind}")
    fact = read.struct
    read_values = read.values
    instants = {
        name: value.astimezone(record.zone)
        for name in _instants_of(kind)
        if isinstance(value := read_values.get(name), datetime)
    }
    if instants:
        read_values = {**read_values, **instants}
        fact = None if fact is None else msgspec.structs.replace(fact, **instants)
    faults = [*read.faults, *faults_of_fact(kind, read_values, known, ())]
    if not faults:
        return fact
    severity: Severity = "information" if values.get("withdrawn") else _severity(draft, values)
    for fault in faults:
        record.issues.append(_told(fault, draft.place, severity, "value", f"The {draft.kind} was not read."))
    return None


@lru_cache(maxsize=64)
def _instants_of(kind: type[Fact]) -> tuple[str, ...]:
    """The fields of a kind that hold an instant, by their Python names."""
    return tuple(each.attribute for each in fields_of(kind).values() if declared(each.type).shape is datetime)


def _severity(draft: Draft, values: Mapping[str, Any]) -> Severity:
    """A pregnancy, a positive test, or who can become pregnant, is never passed over."""
    if draft.kind in ("pregnancy", "category"):
        return "fatal"
    return "fatal" if draft.kind == "pregnancy_test" and values.get("result") != "negative" else "error"


def _told(fault: Fault, place: str, severity: Severity, code: IssueCode, end: str) -> Issue:
    field = spelled(fault.path)
    named = f"`{field}`: " if field and field not in fault.message else ""
    return Issue(severity, code, place, f"{named}{fault.message} {end}")


def _agreeing(facts: list[Fact], places: Sequence[str], record: Record) -> list[Fact]:
    """The facts without references to each other that lead nowhere or in a circle."""
    outlines = [{**msgspec.structs.asdict(fact), "kind": fact.kind} for fact in facts]
    dropped = set()
    for fault in faults_between_facts(outlines):
        _, number, field = fault.path[:3]
        if not isinstance(number, int):
            continue
        fact = facts[number]
        if fact.kind == "reversal" and field == "dispense":
            dropped.add(number)
            record.issues.append(
                _told(fault, places[number], "error", "not-found", "The reversal was not read.")
            )
            continue
        facts[number] = msgspec.structs.replace(fact, **{str(field): None})
        end = "The fact stands without it."
        record.issues.append(_told(fault, places[number], "warning", "not-found", end))
    return [fact for number, fact in enumerate(facts) if number not in dropped]
