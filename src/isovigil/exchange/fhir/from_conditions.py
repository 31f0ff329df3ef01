"""Which facts do conditions, allergies, adverse events and procedures hold?

Evidence that somebody cannot become pregnant is shown to a person and never applied.
"""

from __future__ import annotations

import re
from typing import Any, Final, get_args

from isovigil.case.words import ConditionWord
from isovigil.exchange.fhir.code_tables import Found, find, own_code
from isovigil.exchange.fhir.days import read_day
from isovigil.exchange.fhir.declared_values import word_of
from isovigil.exchange.fhir.record import Draft, Record, severity_of, told, words_of
from isovigil.exchange.fhir.resources import (
    AdverseEvent,
    AllergyIntolerance,
    CodeableConcept,
    Condition,
    Procedure,
)

_WORDS: Final = get_args(ConditionWord)
_ENDED: Final = frozenset({"inactive", "remission", "resolved"})
_DOUBTED: Final = frozenset({"unconfirmed", "provisional", "differential"})
_ALLERGENS: Final = {
    "allergy_isotretinoin": re.compile(r"\b(isotretinoin|vitamin a|retinol|retinoids?)\b"),
    "allergy_soya": re.compile(r"\b(soya|soy|soybeans?)\b"),
    "allergy_peanut": re.compile(r"\bpeanuts?\b"),
    "allergy_parabens": re.compile(r"\b\w*parabens?\b"),
    "allergy_tartrazine": re.compile(r"\b(tartrazine|yellow (no\.? ?)?5|e ?102)\b"),
}
"""The excipients of clinical specification A4, by the words of an allergy that has no code."""


def _first_code(concept: CodeableConcept | None) -> str | None:
    if concept is None:
        return None
    return next((coding.code for coding in concept.coding if coding.code is not None), None)


def read_condition(one: Condition, record: Record) -> list[Draft]:
    """A condition, a pregnancy or a symptom; one without a day still counts as present."""
    verification = _first_code(one.verificationStatus)
    record.is_withdrawn = verification == "entered-in-error"
    if verification == "refuted":
        record.tell("information", "business-rule", "verificationStatus", f"{told(one.code)} is refuted.")
        return []
    if verification in _DOUBTED:
        text = f"{told(one.code)} is {verification}; it counts as present."
        record.tell("warning", "business-rule", "verificationStatus", text)
    own = own_code(one.code)
    found = find(one.code)
    if own is None and found is not None and found.meaning.reads == "pregnancy":
        return _read_pregnancy(one, found, record)
    if own is None and found is not None and _is_evidence(found, record):
        return []
    onset = one.onsetDateTime or (one.onsetPeriod.start if one.onsetPeriod is not None else None)
    since = record.day_or_partial(onset or one.recordedDate, "onset")
    if own is None and found is not None and found.meaning.reads == "symptom" and since is not None:
        values = _symptom(found, since.day, one.severity, record)
        return [_draft(one, "symptom", values, record)]
    if since is None:
        text = f"{told(one.code)} has no day; it counts as present from {record.since_ever()} on."
        record.tell("warning", "required", "onset", text)
    values = {"from": since.day if since is not None else record.since_ever(), **_what(one.code, own, found)}
    values.update(_end(one, values["from"], record))
    return [_draft(one, "condition", values, record)]


def _what(concept: CodeableConcept, own: str | None, found: Found | None) -> dict[str, Any]:
    if own is not None:
        return {"what": word_of(own, _WORDS)}
    if found is not None and found.meaning.reads == "condition" and found.meaning.word in _WORDS:
        return {"what": found.meaning.word, "code": found.coding.code}
    values = {"what": "other"}
    code = _first_code(concept) or concept.text
    return {**values, "code": code[:200]} if code else values


def _end(one: Condition, since: Any, record: Record) -> dict[str, Any]:
    status = _first_code(one.clinicalStatus)
    text = one.abatementDateTime or (one.abatementPeriod.end if one.abatementPeriod is not None else None)
    ended = read_day(text, record.zone) if text is not None else None
    if ended is not None and ended.last >= since:
        return {"to": ended.last}
    if status in _ENDED:
        said = f"{told(one.code)} is {status}, but nobody recorded since when. It counts as still present."
        record.tell("warning", "incomplete", "abatement", said)
    return {}


def _draft(
    one: Condition | AllergyIntolerance | AdverseEvent, kind: str, values: dict[str, Any], record: Record
) -> Draft:
    return Draft(kind, record.overlaid(one, kind, values), one.id or "", record.place)


def _read_pregnancy(one: Condition, found: Found, record: Record) -> list[Draft]:
    since = record.day(one.onsetDateTime or one.recordedDate, "onset")
    if since is None:
        text = f"{told(one.code)}: a pregnancy is recorded without a day, so nothing may be judged."
        record.tell("fatal", "required", "onset", text)
        return []
    values: dict[str, Any] = {"date": since.day}
    if _first_code(one.clinicalStatus) in _ENDED or one.abatementDateTime is not None:
        values["outcome"] = f"recorded as ended {one.abatementDateTime or 'on a day nobody recorded'}"
        text = (
            "The pregnancy is recorded as ended. It stands until somebody decides about it, as the rules ask."
        )
        record.tell("warning", "business-rule", "abatement", text)
    return [_draft(one, "pregnancy", values, record)]


def _is_evidence(found: Found, record: Record) -> bool:
    """Told, never applied: what may bear on who can become pregnant, or on a method."""
    meaning = found.meaning
    if meaning.reads == "category_evidence":
        text = (
            f"{meaning.name} ({meaning.code}) may bear on whether the patient can become pregnant "
            f"({meaning.basis})."
        )
    elif meaning.reads == "contraceptive_evidence":
        text = f"{meaning.name} ({meaning.code}) is evidence of a contraceptive method ({meaning.method})."
    else:
        return False
    record.tell(
        "information", "informational", "code", f"{text} A person has to confirm it; it was not applied."
    )
    return True


def _symptom(found: Found, day: Any, severity: CodeableConcept | None, record: Record) -> dict[str, Any]:
    stated = severity_of(severity)
    if stated is None:
        text = f"The severity of {found.meaning.name} is not stated; it counts as severe until somebody says."
        record.tell("warning", "required", "severity", text)
    return {"date": day, "code": found.meaning.symptom, "severity": stated or "severe"}


def read_allergy(one: AllergyIntolerance, record: Record) -> list[Draft]:
    """An allergy to isotretinoin or to what a capsule holds; any other is told for a person to compare."""
    verification = _first_code(one.verificationStatus)
    record.is_withdrawn = verification == "entered-in-error"
    if verification == "refuted":
        record.tell("information", "business-rule", "verificationStatus", f"{told(one.code)} is refuted.")
        return []
    found = find(one.code)
    word = None if found is None else found.meaning.allergy or found.meaning.word
    own = own_code(one.code)
    if own is not None:
        word = word_of(own, _WORDS)
    if word is None:
        words = words_of(one.code)
        word = next((each for each, pattern in _ALLERGENS.items() if pattern.search(words)), None)
        if word is not None:
            text = f"{told(one.code)} is recognised by its words alone. Please confirm."
            record.tell("warning", "code-invalid", "code", text)
    if word is None:
        text = (
            f"{told(one.code)}: compare it with isotretinoin, vitamin A, soya, peanut, parabens, tartrazine."
        )
        record.tell("warning", "code-invalid", "code", text)
        return []
    since = record.day_or_partial(one.onsetDateTime or one.recordedDate, "onset")
    if since is None:
        text = f"The allergy has no day; it counts as present from {record.since_ever()} on."
        record.tell("warning", "required", "onset", text)
    values = {"from": since.day if since is not None else record.since_ever(), "what": word}
    return [_draft(one, "condition", values, record)]


def read_adverse_event(one: AdverseEvent, record: Record) -> list[Draft]:
    """A symptom of the checklist."""
    found = find(one.event, "symptom")
    if found is None:
        text = f"{told(one.event)} is not on the checklist of symptoms; a person has to look at it."
        record.tell("warning", "code-invalid", "event", text)
        return []
    happened = record.day(one.date or one.recordedDate, "date")
    if happened is None:
        record.tell("error", "required", "date", f"{told(one.event)} has no day. It was not read.")
        return []
    return [_draft(one, "symptom", _symptom(found, happened.day, one.severity, record), record)]


def read_procedure(one: Procedure, record: Record) -> list[Draft]:
    """Evidence only."""
    found = find(one.code)
    if found is None or not _is_evidence(found, record):
        record.tell("information", "not-supported", "code", f"No rule looks at {told(one.code)}.")
    return []
