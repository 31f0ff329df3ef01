"""Which facts do Observations hold?

Only final, corrected and amended ones count. The limits of a quantitative pregnancy test, below 5 m[IU]/mL
negative and above 25 m[IU]/mL positive, are those of the mapping (docs/fhir.md).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, Final, get_args

from isovigil.case.units import UNITS
from isovigil.case.words import Method, SymptomCode
from isovigil.exchange.fhir.code_tables import OWN, Meaning, as_one_of, find, own_code, unit_table
from isovigil.exchange.fhir.days import ReadDay, read_instant
from isovigil.exchange.fhir.declared_values import (
    day_name_of,
    is_dated_by_instant,
    kinds_by_code,
    word_of,
)
from isovigil.exchange.fhir.outcome import Severity
from isovigil.exchange.fhir.pregnancy_tests import result_of, setting_of
from isovigil.exchange.fhir.record import Draft, Record, told
from isovigil.exchange.fhir.resources import HasValue, Observation, Quantity, Specimen

COUNTED: Final = frozenset({"final", "corrected", "amended"})
_ACNE_SCALES: Final = {
    "iga": "iga",
    "gags": "gags",
    "nodule-count": "nodules",
    "inflammatory-count": "inflammatory",
    "comedone-count": "comedones",
}
_SYMPTOMS: Final = frozenset(get_args(SymptomCode))
_METHODS: Final = get_args(Method)


def read_observation(one: Observation, record: Record) -> list[Draft]:
    """The facts of one Observation; what is not read is told."""
    own = own_code(one.code)
    found = None if own is not None else find(one.code)
    if own is None and found is None:
        record.tell("information", "not-supported", "code", f"No rule looks at {told(one.code)}.")
        return []
    record.is_withdrawn = one.status == "entered-in-error"
    if one.status not in COUNTED and not record.is_withdrawn:
        text = f"{told(one.code)} has the status {one.status}: it does not count until it is final."
        record.tell("warning", "business-rule", "status", text)
        return []
    if own is not None:
        return _read_own(one, own, record)
    assert found is not None  # one of the two was found
    reader = _READERS.get(found.meaning.reads)
    if reader is None:
        record.tell("information", "not-supported", "code", f"No rule looks at {told(one.code)}.")
        return []
    return reader(one, found.meaning, record)


def effective_day(one: Observation, record: Record) -> ReadDay | None:
    """The day the Observation is about; None, and told, where it has none."""
    text = one.effectiveDateTime or one.effectiveInstant
    if text is None and one.effectivePeriod is not None:
        text = one.effectivePeriod.start or one.effectivePeriod.end
    if text is not None:
        return record.day(text, "effective")
    specimen = record.resolve(one.specimen)
    if isinstance(specimen, Specimen) and specimen.collection is not None:
        taken = specimen.collection.collectedDateTime
        if taken is None and specimen.collection.collectedPeriod is not None:
            taken = specimen.collection.collectedPeriod.start
        if taken is not None:
            return record.day(taken, "specimen")
    return None


def _dated(one: Observation, record: Record) -> date | None:
    found = effective_day(one, record)
    if found is None:
        if one.effectiveDateTime is None:
            text = (
                f"{told(one.code)} has no day; when it was issued does not say when it was taken. Not read."
            )
            record.tell("error", "required", "effective", text)
        return None
    return found.day


def _draft(one: Observation, record: Record, kind: str, values: dict[str, Any]) -> Draft:
    issued = None if one.issued is None else read_instant(one.issued, record.zone)
    if issued is not None:
        day = values.get(day_name_of(kind))
        if isinstance(day, date) and not isinstance(day, datetime) and issued.date() < day:
            text = "It was issued before the day it is about; the time it was issued is not used."
            record.tell("warning", "value", "issued", text)
        else:
            values["recorded_at"] = issued
    values = record.overlaid(one, kind, values)
    return Draft(kind, values, one.id or "", record.place)


def _read_pregnancy_test(one: Observation, meaning: Meaning, record: Record) -> list[Draft]:
    result = result_of(one, record)
    taken = effective_day(one, record)
    if taken is None:
        grave = result == "positive" and not record.is_withdrawn
        text = f"A pregnancy test ({result}) has no day on which its specimen was taken. It was not read."
        record.tell("fatal" if grave else "error", "required", "effective", text)
        return []
    values: dict[str, Any] = {"taken_on": taken.day, "result": result, "setting": setting_of(one, record)}
    if meaning.specimen is not None:
        values["specimen"] = meaning.specimen
    return [_draft(one, record, "pregnancy_test", values)]


def _read_laboratory(one: Observation, meaning: Meaning, record: Record) -> list[Draft]:
    analyte = str(meaning.analyte)
    taken, value = _dated(one, record), one.valueQuantity
    if taken is None:
        return []
    if value is None or value.value is None:
        record.tell("error", "value", "value", f"{told(one.code)} has no number. It was not read.")
        return []
    unit = value.code if value.code in UNITS[analyte] else _unit(value, tuple(UNITS[analyte]), record)
    if unit is None:
        return []
    values: dict[str, Any] = {"taken_on": taken, "analyte": analyte, "value": value.value, "unit": unit}
    if value.comparator is not None:
        values["comparator"] = value.comparator
    values.update(_limits(one, unit, record))
    fasting = meaning.fasting if meaning.fasting is not None else _fasting_component(one)
    if fasting is not None:
        values["fasting"] = fasting
    return [_draft(one, record, "laboratory", values)]


def _unit(value: Quantity, accepted: tuple[str, ...], record: Record) -> str | None:
    for written in (value.code, value.unit):
        unit = as_one_of(written, accepted) if written is not None else None
        if unit is not None:
            if unit != written:
                record.tell("information", "value", "value.code", f"The unit {written} is read as {unit}.")
            return unit
    written = value.code or value.unit
    text = f"The unit {written} cannot be converted; read are {', '.join(accepted)}. The value was not read."
    record.tell("error", "value", "value.code", text)
    return None


def _limits(one: Observation, unit: str, record: Record) -> dict[str, float]:
    """The reference limits, where there is exactly one for each side and it is in the value's own unit."""
    found: dict[str, float] = {}
    if not one.referenceRange:
        return found
    for name, side in (("upper_limit", "high"), ("lower_limit", "low")):
        quantities = [limit for each in one.referenceRange if (limit := getattr(each, side)) is not None]
        numbers = {each.value for each in quantities if each.value is not None}
        if not numbers:
            continue
        units = {as_one_of(each.code or each.unit, (unit,)) for each in quantities if each.code or each.unit}
        if len(numbers) > 1 or (units and units != {unit}):
            text = f"Its {side} limits do not agree, or are in another unit; none is used."
            record.tell("warning", "multiple-matches", "referenceRange", text)
        elif (number := numbers.pop()) > 0 or side == "low":
            found[name] = number
    return found


def _fasting_component(one: Observation) -> bool | None:
    for each in one.component:
        if find(each.code, "fasting_status") is not None:
            return yes_or_no(each)
    return None


def yes_or_no(value: Any) -> bool | None:
    """Yes or no, as a flag or an answer code; None where neither is said."""
    if value.valueBoolean is not None:
        flag: bool = value.valueBoolean
        return flag
    found = find(value.valueCodeableConcept, "answer_yes_no")
    return None if found is None else found.meaning.yes


def _read_fasting(one: Observation, meaning: Meaning, record: Record) -> list[Draft]:
    """A status of its own, put to the laboratory values of the same day once all are read."""
    taken, fasting = _dated(one, record), yes_or_no(one)
    if taken is None or fasting is None or record.is_withdrawn:
        return []
    return [Draft("fasting_status", {"taken_on": taken, "fasting": fasting}, one.id or "", record.place)]


def _read_measure(one: Observation, meaning: Meaning, record: Record) -> list[Draft]:
    kind, field = meaning.reads, {"weight": "kg", "height": "cm"}[meaning.reads]
    factors: Mapping[str, float] = getattr(unit_table(), kind)
    taken, value = _dated(one, record), one.valueQuantity
    if taken is None:
        return []
    factor = None if value is None else factors.get(value.code or value.unit or "")
    if value is None or value.value is None or factor is None:
        text = f"{told(one.code)} has no number in {', '.join(factors)}. It was not read."
        record.tell("error", "value", "value", text)
        return []
    return [_draft(one, record, kind, {"date": taken, field: value.value * factor})]


def _read_score(one: Observation, meaning: Meaning, record: Record) -> list[Draft]:
    taken, score = _dated(one, record), one.valueInteger
    if taken is None:
        return []
    if score is None and one.valueQuantity is not None and one.valueQuantity.value is not None:
        number = one.valueQuantity.value
        score = int(number) if number.is_integer() else None
    if score is None:
        found = find(one.valueCodeableConcept, "answer_score")
        score = None if found is None else found.meaning.score
    if score is None:
        record.tell("error", "value", "value", f"{told(one.code)} has no whole number. It was not read.")
        return []
    values: dict[str, Any] = {"date": taken, "tool": meaning.tool, "score": score}
    if meaning.item is not None:
        values = {"date": taken, "tool": meaning.tool, "item": meaning.item, "answer": score}
        return (
            [Draft("questionnaire_item", values, one.id or "", record.place)]
            if not record.is_withdrawn
            else []
        )
    return [_draft(one, record, "questionnaire", values)]


def _read_menses(one: Observation, meaning: Meaning, record: Record) -> list[Draft]:
    stated = one.valueDateTime or one.valueDate
    found = record.day(stated, "value") if stated is not None else effective_day(one, record)
    if found is None:
        record.tell("error", "required", "value", "The last period has no day. It was not read.")
        return []
    return [_draft(one, record, "menses", {"started_on": found.day})]


def _read_pregnancy_status(one: Observation, meaning: Meaning, record: Record) -> list[Draft]:
    found = find(one.valueCodeableConcept, "pregnancy", "not_pregnant", "possible_pregnancy")
    if found is None or found.meaning.reads != "pregnancy":
        text = "A pregnancy status other than pregnant is not a pregnancy test; no rule looks at it."
        severity: Severity = (
            "information" if found is not None and found.meaning.reads == "not_pregnant" else "warning"
        )
        record.tell(severity, "not-supported", "value", text)
        return []
    taken = effective_day(one, record)
    if taken is None:
        record.tell("fatal", "required", "effective", "A pregnancy is recorded without a day.")
        return []
    return [_draft(one, record, "pregnancy", {"date": taken.day})]


def _read_contraception(one: Observation, meaning: Meaning, record: Record) -> list[Draft]:
    since = _dated(one, record)
    if since is None:
        return []
    reporter = reported_by(one)
    if reporter is None:
        text = "It is not said whether the patient or the prescriber reported the method. It was not read."
        record.tell("error", "required", "performer", text)
        return []
    valued: tuple[HasValue, ...] = (one, *one.component)
    codes = [own_code(each.valueCodeableConcept) for each in valued]
    methods = [word_of(code, _METHODS) for code in codes if code is not None]
    if not methods:
        text = f"{told(one.valueCodeableConcept)} is shown as evidence: the method needs a code of {OWN}."
        record.tell("warning", "code-invalid", "value", text)
        return []
    values = {
        "from": since,
        "reported_by": reporter,
        **dict(zip(("primary", "secondary"), methods, strict=False)),
    }
    return [_draft(one, record, "contraception", values)]


def reported_by(one: Observation) -> str | None:
    """Patient or prescriber, by who performed the Observation."""
    for performer in one.performer:
        named = performer.type or (performer.reference or "").rpartition("/")[0].rpartition("/")[2]
        if named == "Patient":
            return "patient"
        if named in ("Practitioner", "PractitionerRole"):
            return "prescriber"
    return None


def _read_own(one: Observation, code: str, record: Record) -> list[Draft]:
    """An Observation in the project's own CodeSystem: one component a field."""
    given: list[tuple[str, HasValue]] = []
    given += [(own, each) for each in one.component if (own := own_code(each.code)) is not None]
    values: dict[str, Any] = {}
    if code in _SYMPTOMS:
        kind = "symptom"
        given.append(("severity", one))
        values["code"] = code
    elif code in _ACNE_SCALES:
        kind = "acne"
        given.append((code, one))
    elif code in kinds_by_code():
        kind = kinds_by_code()[code].kind
    else:
        record.tell("error", "code-invalid", "code", f"{code} is not a code of {OWN}. It was not read.")
        return []
    if kind == "category":
        given.append(("can-become-pregnant", one))
        values["by"] = reported_by(one)
    day_name = day_name_of(kind)
    when = _effective_of(one, record, is_instant=is_dated_by_instant(kind))
    if when is None:
        severity: Severity = "fatal" if kind in ("pregnancy", "pregnancy_test", "category") else "error"
        record.tell(severity, "required", "effective", f"{kind} has no day. It was not read.")
        return []
    values |= {day_name: when, **record.fields(kind, given, "component")}
    return [_draft(one, record, kind, {key: value for key, value in values.items() if value is not None})]


def _effective_of(one: Observation, record: Record, *, is_instant: bool) -> date | None:
    found = effective_day(one, record)
    return None if found is None else found.instant if is_instant else found.day


_READERS: Final[Mapping[str, Callable[[Observation, Meaning, Record], list[Draft]]]] = {
    "pregnancy_test": _read_pregnancy_test,
    "laboratory": _read_laboratory,
    "fasting_status": _read_fasting,
    "weight": _read_measure,
    "height": _read_measure,
    "questionnaire": _read_score,
    "questionnaire_item": _read_score,
    "menses": _read_menses,
    "pregnancy_status": _read_pregnancy_status,
    "contraception": _read_contraception,
}
