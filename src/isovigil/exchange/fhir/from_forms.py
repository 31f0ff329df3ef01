"""Which facts do appointments, consents and answered questionnaires hold?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, get_args

from isovigil.case.kinds import KINDS
from isovigil.case.words import Form, Tool, VisitMode, VisitPurpose
from isovigil.exchange.fhir.code_tables import LOINC, meaning_of, own_code
from isovigil.exchange.fhir.declared_values import kinds_by_code, word_of
from isovigil.exchange.fhir.record import Draft, Record
from isovigil.exchange.fhir.resources import (
    Answer,
    Consent,
    Encounter,
    HasValue,
    QuestionnaireResponse,
    ResponseItem,
)
from isovigil.exchange.problems import shortened

QUESTIONNAIRE: Final = "urn:isovigil:questionnaire:"
_HAPPENED: Final = frozenset({"arrived", "triaged", "in-progress", "onleave", "finished"})
_MODES: Final[dict[str, VisitMode]] = {"VR": "video", "AMB": "in_person"}
_SIGNERS: Final = {
    "Patient": "patient",
    "RelatedPerson": "carer",
    "Practitioner": "prescriber",
    "PractitionerRole": "prescriber",
}
_FORMS: Final = get_args(Form)


def read_encounter(one: Encounter, record: Record) -> list[Draft]:
    """An appointment that took place."""
    record.is_withdrawn = one.status == "entered-in-error"
    if one.status not in _HAPPENED and not record.is_withdrawn:
        record.tell(
            "information",
            "business-rule",
            "status",
            f"The appointment is {one.status}: it did not take place.",
        )
        return []
    code = None if one.class_ is None else one.class_.code
    mode = _MODES.get(code or "")
    kinds = [own for each in one.type if (own := own_code(each)) is not None]
    if "asynchronous" in kinds:
        mode = "asynchronous"
    if mode is None:
        text = f"An encounter of class {code}, neither in person (AMB) nor remote (VR), is no visit here."
        record.tell("information", "not-supported", "class", text)
        return []
    started = record.day(one.period.start if one.period is not None else None, "period.start")
    if started is None:
        record.tell("error", "required", "period.start", "The appointment has no day. It was not read.")
        return []
    values: dict[str, Any] = {"date": started.day, "mode": mode}
    purposes = [
        word for each in kinds if (word := word_of(each, get_args(VisitPurpose))) in get_args(VisitPurpose)
    ]
    if purposes:
        values["purpose"] = purposes[0]
    return [Draft("visit", record.overlaid(one, "visit", values), one.id or "", record.place)]


def read_consent(one: Consent, record: Record) -> list[Draft]:
    """A signed form of the programme, named by the project's own CodeSystem."""
    record.is_withdrawn = one.status == "entered-in-error"
    words = [word_of(own, _FORMS) for each in one.category if (own := own_code(each)) is not None]
    if not words:
        record.tell(
            "information", "not-supported", "category", "A consent to something else; no rule looks at it."
        )
        return []
    if one.status != "active" and not record.is_withdrawn:
        record.tell("warning", "business-rule", "status", f"The form is {one.status}: it does not count.")
        return []
    signed = record.day(one.dateTime, "dateTime")
    named = [each.type or (each.reference or "").partition("/")[0] for each in one.performer]
    signers = [signer for each in named if (signer := _SIGNERS.get(each)) is not None]
    if signed is None or not signers:
        lacking = "the day it was signed" if signed is None else "who signed it"
        record.tell("error", "required", "", f"The form {words[0]} lacks {lacking}. It was not read.")
        return []
    values = {"signed_on": signed.day, "form": words[0], "by": signers}
    return [
        Draft("acknowledgement", record.overlaid(one, "acknowledgement", values), one.id or "", record.place)
    ]


def read_response(one: QuestionnaireResponse, record: Record) -> list[Draft]:
    """The answers to one of the project's own questionnaires, or to the PHQ-9 by its LOINC items."""
    record.is_withdrawn = one.status == "entered-in-error"
    if one.status not in ("completed", "amended") and not record.is_withdrawn:
        record.tell(
            "warning", "business-rule", "status", f"The answers are {one.status}: they do not count yet."
        )
        return []
    asked = (one.questionnaire or "").partition("|")[0]
    answers = list(_answered(one.item))
    if asked.startswith(QUESTIONNAIRE):
        return _read_own_response(one, asked.removeprefix(QUESTIONNAIRE), answers, record)
    scores = _phq9_items(answers)
    if not scores:
        text = f"The answers to {shortened(asked or 'a form without a name')} are of no form that is read."
        record.tell("warning", "not-supported", "questionnaire", text)
        return []
    given = record.day(one.authored, "authored")
    if given is None:
        record.tell(
            "error", "required", "authored", "The answers to the PHQ-9 have no day. They were not read."
        )
        return []
    items = [scores.get(number) for number in range(1, 10)]
    values: dict[str, Any] = {"date": given.day, "tool": "phq9", "items": items}
    return [Draft("questionnaire", record.overlaid(one, "questionnaire", values), one.id or "", record.place)]


def _answered(items: tuple[ResponseItem, ...]) -> Iterator[tuple[str, Answer]]:
    for item in items:
        for answer in item.answer:
            yield item.linkId, answer
            yield from _answered(answer.item)
        yield from _answered(item.item)


def _phq9_items(answers: list[tuple[str, Answer]]) -> dict[int, int]:
    scores = {}
    for link, answer in answers:
        row = meaning_of(LOINC, link.rpartition("/")[2])
        if row is None or row.reads != "questionnaire_item" or row.item is None:
            continue
        score = answer.valueInteger
        coding = answer.valueCoding
        if score is None and coding is not None:
            found = meaning_of(coding.system, coding.code)
            score = None if found is None else found.score
        if score is not None:
            scores[row.item] = score
    return scores


def _read_own_response(
    one: QuestionnaireResponse, asked: str, answers: list[tuple[str, Answer]], record: Record
) -> list[Draft]:
    tool = word_of(asked, get_args(Tool))
    kind = "questionnaire" if tool in get_args(Tool) else None
    if kind is None and asked in kinds_by_code():
        kind = kinds_by_code()[asked].kind
    if kind is None:
        text = f"{shortened(asked)} is not one of the project's questionnaires. It was not read."
        record.tell("error", "code-invalid", "questionnaire", text)
        return []
    given: list[tuple[str, HasValue]] = list(answers)
    values = record.fields(kind, given, "item")
    day_field = KINDS[kind].day_field.rstrip("_")
    if kind == "questionnaire":
        values.setdefault("tool", tool)
    if day_field not in values:
        authored = record.day(one.authored, "authored")
        if authored is None:
            record.tell("error", "required", "authored", "The answers have no day. They were not read.")
            return []
        values[day_field] = authored.day
    return [Draft(kind, record.overlaid(one, kind, values), one.id or "", record.place)]
