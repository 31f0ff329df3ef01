"""Which facts do prescriptions, hand-overs and statements about medicines hold?"""

from __future__ import annotations

import math
from datetime import date
from typing import Any, Final

from isovigil.exchange.fhir.code_tables import unit_table
from isovigil.exchange.fhir.days import read_day
from isovigil.exchange.fhir.medicines_meant import Meant, medicine_meant
from isovigil.exchange.fhir.record import FACT_ID, Draft, Record
from isovigil.exchange.fhir.resources import (
    Dosage,
    DoseAndRate,
    MedicationDispense,
    MedicationRequest,
    MedicationStatement,
    Quantity,
    Reference,
)

_ORDERS: Final = frozenset({"order", "original-order", "reflex-order", "filler-order", "instance-order"})
_DRAFTS: Final = frozenset({"proposal", "plan"})
_ENDED: Final = frozenset({"cancelled", "stopped"})
_NOT_YET: Final = frozenset({"draft", "unknown"})
_UNDONE: Final = frozenset({"declined", "cancelled", "stopped"})
_PIECES: Final = frozenset({"mg", "g", "ug"})


def read_request(one: MedicationRequest, record: Record) -> list[Draft]:
    """A prescription of isotretinoin, or another medicine the patient takes."""
    record.is_withdrawn = one.status == "entered-in-error"
    meant = medicine_meant(one, one.dosageInstruction, record)
    if not record.with_drafts and (one.intent in _DRAFTS or one.status in _NOT_YET):
        text = f"{meant.name}: {one.status} {one.intent} is not a prescription yet."
        record.tell("information", "business-rule", "status", text)
        return []
    if one.intent is not None and one.intent not in _ORDERS | _DRAFTS:
        record.tell(
            "information", "not-supported", "intent", f"{meant.name}: {one.intent} is no prescription."
        )
        return []
    if meant.what == "isotretinoin":
        return _read_prescription(one, meant, record)
    if _is_unnamed(meant, "prescription", record):
        return []
    _tell_of_contraception(meant, record)
    return _read_other_request(one, meant, record)


def _is_unnamed(meant: Meant, what: str, record: Record) -> bool:
    """Is it not said which medicine it is? It may be isotretinoin, so it is never passed over in silence."""
    if meant.is_named:
        return False
    text = (
        f"The {what} names no medicine, or refers to one that is not in the input. It may be isotretinoin. "
        "It was not read."
    )
    record.tell("error", "not-found", "medication", text)
    return True


def _tell_of_contraception(meant: Meant, record: Record) -> None:
    if meant.what == "contraceptive_evidence":
        text = f"{meant.name} is evidence of a contraceptive method; a person has to confirm the method."
        record.tell("information", "informational", "medication", text)


def _doubt_isotretinoin(meant: Meant, record: Record) -> None:
    if not meant.is_certain:
        text = f"{meant.name} is taken for oral isotretinoin: no product code says so. Please confirm."
        record.tell("warning", "code-invalid", "medication", text)


def _read_prescription(one: MedicationRequest, meant: Meant, record: Record) -> list[Draft]:
    _doubt_isotretinoin(meant, record)
    if one.status == "on-hold":
        text = f"The prescription of {meant.name} is on hold; it stays on record. Ask the prescriber."
        record.tell("warning", "business-rule", "status", text)
    issued = record.day(one.authoredOn, "authoredOn")
    dose = daily_dose_mg(one.dosageInstruction, meant.strength_mg)
    wanted = one.dispenseRequest
    days = None
    if wanted is not None:
        days = days_of(wanted.expectedSupplyDuration) or _days_by_quantity(wanted.quantity, meant, dose)
    missing = [
        name
        for name, value in (("day", issued), ("daily dose in mg", dose), ("days' supply", days))
        if not value
    ]
    if missing or issued is None:
        text = f"The prescription of {meant.name} lacks its {', '.join(missing)}. It was not read."
        record.tell("error", "required", "", text)
        return []
    values: dict[str, Any] = {"issued_on": issued.day, "daily_dose_mg": dose, "days_supply": days}
    if wanted is not None and wanted.numberOfRepeatsAllowed:
        values["refills"] = wanted.numberOfRepeatsAllowed
    if meant.product is not None:
        values["product"] = meant.product
    drafts = [_draft(one, "prescription", values, record)]
    return [*drafts, *_ending(one, drafts[0], record)]


def _ending(one: MedicationRequest, ended: Draft, record: Record) -> list[Draft]:
    """A cancelled or stopped prescription counts until it was ended, where that is known.

    Where nobody recorded when, it counts as if it had never been issued: a prescription has no last day,
    and one that might still stand could be handed over. What is lost is only that it was once on record;
    capsules handed over are facts of their own. That doubt is told.
    """
    if one.status not in _ENDED:
        return []
    own = {f"MedicationRequest/{one.id}", str(ended.values.get("id"))}
    if own & record.handed_over_under:
        text = (
            f"The prescription is {one.status}; it stays on record, for capsules were handed over under it."
        )
        record.tell("warning", "business-rule", "status", text)
        return []
    changed = read_day(one.meta.lastUpdated, record.zone) if one.meta and one.meta.lastUpdated else None
    if changed is None or changed.instant is None or changed.day < ended.values["issued_on"]:
        text = (
            f"The prescription is {one.status}, but nobody recorded when. It counts as never issued, so that "
            "nothing is handed over under it. If capsules were, record the hand-over."
        )
        record.tell("warning", "incomplete", "status", text)
        ended.values["withdrawn"] = True
        return []
    record.tell(
        "information", "business-rule", "status", f"The prescription is {one.status}: nothing more under it."
    )
    values = {**ended.values, "withdrawn": True, "recorded_at": changed.instant, "supersedes_resource": True}
    return [Draft("prescription", values, f"{one.id}-{one.status}", record.place)]


def _draft(
    one: MedicationRequest | MedicationDispense | MedicationStatement,
    kind: str,
    values: dict[str, Any],
    record: Record,
) -> Draft:
    return Draft(kind, record.overlaid(one, kind, values), one.id or "", record.place)


def daily_dose_mg(dosages: tuple[Dosage, ...], strength_mg: float | None) -> float | None:
    """The sum of the instructions' doses: amount × frequency / period; a range takes its high end."""
    doses = [dose for each in dosages if (dose := _daily_dose_of(each, strength_mg)) is not None]
    return sum(doses) if doses and len(doses) == len(dosages) else None


def _daily_dose_of(dosage: Dosage, strength_mg: float | None) -> float | None:
    listed = dosage.doseAndRate if isinstance(dosage.doseAndRate, tuple) else (dosage.doseAndRate,)
    doses = (dosage, *listed)
    amounts = [amount for each in doses if (amount := _amount_mg(each, strength_mg)) is not None]
    if not amounts or dosage.timing is None or dosage.timing.repeat is None:
        return None
    repeat = dosage.timing.repeat
    per = unit_table().days.get(repeat.periodUnit or "")
    if per is None or not repeat.period:
        return None
    times = repeat.frequencyMax or repeat.frequency or 1
    try:
        return max(amounts) * times / (repeat.period * per)
    except (OverflowError, ZeroDivisionError):
        return None


def _amount_mg(each: DoseAndRate, strength_mg: float | None) -> float | None:
    quantity = each.doseQuantity or (each.doseRange.high if each.doseRange is not None else None)
    if quantity is None or not quantity.value:
        return None
    unit = quantity.code or quantity.unit or ""
    if unit in _PIECES:
        return quantity.value * unit_table().mass[unit]
    return None if strength_mg is None or unit == "mL" else quantity.value * strength_mg


def days_of(quantity: Quantity | None) -> int | None:
    """Whole days of a duration, rounded up, for a part of a day is a day with a dose."""
    if quantity is None or not quantity.value:
        return None
    factor = unit_table().days.get(quantity.code or quantity.unit or "d")
    if factor is None:
        factor = 1.0 if (quantity.unit or "").lower() in ("day", "days") else None
    return None if factor is None else _whole(-(-quantity.value * factor // 1))


def _days_by_quantity(quantity: Quantity | None, meant: Meant, dose: float | None) -> int | None:
    """Capsules × strength / daily dose; a part of a day left over is no day of supply."""
    if quantity is None or not quantity.value or meant.strength_mg is None or not dose:
        return None
    return _whole(quantity.value * meant.strength_mg / dose)


def _whole(days: float) -> int | None:
    """The whole days of a number; None for one that is not finite."""
    return int(days) if math.isfinite(days) else None


def read_dispense(one: MedicationDispense, record: Record) -> list[Draft]:
    """A hand-over of isotretinoin, or that it was undone."""
    record.is_withdrawn = one.status == "entered-in-error"
    meant = medicine_meant(one, (), record)
    if _is_unnamed(meant, "hand-over", record):
        return []
    if meant.what != "isotretinoin":
        record.tell(
            "information", "not-supported", "medication", f"The hand-over of {meant.name}: no rule looks."
        )
        return []
    _doubt_isotretinoin(meant, record)
    return _read_hand_over(one, meant, record) if _took_place(one, record) else []


def _took_place(one: MedicationDispense, record: Record) -> bool:
    """Were capsules handed over, even if that was undone later? Where not, it is told."""
    if one.status in _UNDONE and one.whenHandedOver is None:
        text = f"The hand-over was {one.status} before anything was handed over. Reverse the authorisation."
    elif one.status not in _UNDONE and one.status != "completed" and not record.is_withdrawn:
        text = f"The hand-over is {one.status}: nothing was handed over yet."
    else:
        return True
    record.tell("warning", "business-rule", "status", text)
    return False


def _read_hand_over(one: MedicationDispense, meant: Meant, record: Record) -> list[Draft]:
    element = "whenHandedOver" if one.whenHandedOver is not None else "whenPrepared"
    handed_over = record.day(one.whenHandedOver or one.whenPrepared, element)
    days = days_of(one.daysSupply) or _days_under(one, meant, record)
    if handed_over is None or not days:
        lacking = "its day" if handed_over is None else "its days' supply"
        record.tell(
            "error", "required", "", f"The hand-over of {meant.name} lacks {lacking}. It was not read."
        )
        return []
    values: dict[str, Any] = {"date": handed_over.day, "days_supply": days}
    count = None if one.quantity is None else one.quantity.value
    if count and count.is_integer() and meant.strength_mg is not None:
        values["capsules"] = [{"mg": meant.strength_mg, "count": int(count)}]
    if meant.product is not None:
        values["product"] = meant.product
    if handed_over.instant is not None:
        values["at"] = handed_over.instant
    under = prescription_named(one.authorizingPrescription)
    if under is not None:
        values["prescription"] = under
    draft = _draft(one, "dispense", values, record)
    if one.status not in _UNDONE:
        return [draft]
    undone = {"date": handed_over.day, "dispense_resource": True}
    return [draft, Draft("reversal", undone, f"{one.id}-{one.status}", record.place)]


def _days_under(one: MedicationDispense, meant: Meant, record: Record) -> int | None:
    """The days the capsules last at the dose of the prescription they were handed over under."""
    for each in one.authorizingPrescription:
        request = record.resolve(each)
        if isinstance(request, MedicationRequest):
            dose = daily_dose_mg(request.dosageInstruction, meant.strength_mg)
            days = _days_by_quantity(one.quantity, meant, dose)
            if days is not None:
                record.tell("warning", "value", "daysSupply", f"The days' supply is worked out: {days} days.")
            return days
    return None


def prescription_named(references: tuple[Reference, ...]) -> str | None:
    """The fact id of the first prescription referred to, or its reference to be turned into one."""
    for each in references:
        if each.identifier is not None and each.identifier.system == FACT_ID:
            return each.identifier.value
        if each.reference is not None:
            return f"reference:{each.reference}"
    return None


def _read_other_request(one: MedicationRequest, meant: Meant, record: Record) -> list[Draft]:
    since = record.day_or_partial(one.authoredOn, "authoredOn")
    values = _other(meant, since.day if since is not None else None, record)
    wanted = one.dispenseRequest
    if one.status in ("completed", *_ENDED):
        until = (
            read_day(wanted.validityPeriod.end, record.zone)
            if wanted and wanted.validityPeriod and wanted.validityPeriod.end
            else None
        )
        changed = read_day(one.meta.lastUpdated, record.zone) if one.meta and one.meta.lastUpdated else None
        last = until or changed
        if last is not None and last.day >= values["from"]:
            values["to"] = last.day
        else:
            _still_counts(meant, one.status or "ended", record)
    return [_draft(one, "medicine", values, record)]


def _still_counts(meant: Meant, status: str, record: Record) -> None:
    text = f"{meant.name} is {status}, but nobody recorded since when. It counts as still taken."
    record.tell("warning", "incomplete", "status", text)


def read_statement(one: MedicationStatement, record: Record) -> list[Draft]:
    """A medicine the patient takes or took."""
    record.is_withdrawn = one.status == "entered-in-error"
    meant = medicine_meant(one, one.dosage, record)
    if one.status == "not-taken":
        record.tell("information", "informational", "status", f"{meant.name} is not taken.")
        return []
    if meant.what == "isotretinoin":
        text = "A statement about isotretinoin is no prescription and no hand-over; no rule looks at it."
        record.tell("information", "informational", "medication", text)
        return []
    if _is_unnamed(meant, "statement", record):
        return []
    _tell_of_contraception(meant, record)
    period = one.effectivePeriod
    start = period.start if period is not None else one.effectiveDateTime
    since = record.day_or_partial(start or one.dateAsserted, "effective")
    values = _other(meant, since.day if since is not None else None, record)
    end = read_day(period.end, record.zone) if period is not None and period.end is not None else None
    if end is not None:
        values["to"] = end.last
    elif one.status in ("completed", "stopped"):
        _still_counts(meant, one.status, record)
    return [_draft(one, "medicine", values, record)]


def _other(meant: Meant, since: date | None, record: Record) -> dict[str, Any]:
    if since is None:
        text = f"{meant.name} has no day; it counts as taken from {record.since_ever()} on."
        record.tell("warning", "required", "", text)
    values: dict[str, Any] = {"from": since or record.since_ever(), "name": meant.name}
    if meant.rxnorm is not None:
        values["rxnorm"] = meant.rxnorm
    if meant.atc is not None:
        values["atc"] = meant.atc
    if meant.what == "topical_isotretinoin":
        values["class"] = "topical_retinoid"
    return values
