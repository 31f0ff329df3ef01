"""Which standard resource says a fact to other systems?

US Core's shapes where it has one. What a standard element cannot hold is added by the writer, which reads
each resource back and compares.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from isovigil.case import kinds
from isovigil.case.fact import Fact
from isovigil.exchange.fhir.code_tables import ATC, LOINC, OWN, RXNORM, SNOMED_CT, UCUM
from isovigil.exchange.fhir.declared_values import code_of_word, concept_of_word
from isovigil.exchange.fhir.record import FACT_ID

Json: TypeAlias = dict[str, Any]

_CATEGORY: Final = "http://terminology.hl7.org/CodeSystem/observation-category"
_CODE: Final = re.compile(r"\S+(?: \S+)*")

_TESTS: Final = {None: "2106-3", "urine": "2106-3", "serum": "2118-8"}
_RESULTS: Final[Mapping[str, tuple[str, str]]] = {
    "negative": ("LA6577-6", "260385009"),
    "positive": ("LA6576-8", "10828004"),
}
_ANALYTES: Final[Mapping[str, Mapping[str, str]]] = {
    "alt": {"": "1742-6"},
    "ast": {"": "1920-8"},
    "alp": {"": "6768-6"},
    "ggt": {"": "2324-2"},
    "bilirubin": {"": "1975-2", "umol/L": "14631-6"},
    "bilirubin_direct": {"": "1968-7"},
    "triglycerides": {"": "2571-8", "mmol/L": "14927-8"},
    "cholesterol": {"": "2093-3", "mmol/L": "14647-2"},
    "ldl": {"": "13457-7", "mmol/L": "22748-8"},
    "hdl": {"": "2085-9", "mmol/L": "14646-4"},
    "ck": {"": "2157-6"},
    "anc": {"": "751-8"},
    "wbc": {"": "6690-2"},
    "platelets": {"": "777-3"},
    "haemoglobin": {"": "718-7"},
    "glucose": {"": "2345-7", "mmol/L": "14749-6"},
    "hba1c": {"": "4548-4", "mmol/mol": "59261-8"},
    "creatinine": {"": "2160-0"},
    "inr": {"": "6301-6"},
    "lipase": {"": "3040-3"},
}
"""For each analyte its LOINC code, and the one for a unit that needs its own."""
_TOTALS: Final = {"phq9": "44261-6", "phq2": "55758-7", "phqa": "89204-2", "gad7": "70274-6"}
_PRODUCTS: Final[Mapping[tuple[str, float], str]] = {
    ("conventional", 10.0): "197843",
    ("conventional", 20.0): "197844",
    ("conventional", 30.0): "403930",
    ("conventional", 40.0): "197845",
    ("lidose", 25.0): "1547561",
    ("lidose", 35.0): "1547565",
    ("micronised", 8.0): "2262729",
    ("micronised", 16.0): "2262711",
    ("micronised", 24.0): "2262717",
    ("micronised", 32.0): "2262725",
}


def concept(system: str, code: str, text: str | None = None) -> Json:
    """A concept of one coding."""
    found: Json = {"coding": [{"system": system, "code": code}]}
    return found if text is None else {**found, "text": text}


def quantity(value: float, unit: str) -> Json:
    """A quantity in a UCUM unit."""
    number: float = int(value) if float(value).is_integer() else value
    return {"value": number, "unit": unit, "system": UCUM, "code": unit}


def observation(fact: Fact, code: Json, category: str) -> Json:
    """An Observation about the fact's day, without its value."""
    return {
        "resourceType": "Observation",
        "status": "entered-in-error" if fact.withdrawn else "final",
        "category": [concept(_CATEGORY, category)],
        "code": code,
        "effectiveDateTime": fact.day.isoformat(),
    }


def _pregnancy_test(fact: kinds.PregnancyTest) -> Json:
    found = observation(fact, concept(LOINC, _TESTS[fact.specimen], "pregnancy test"), "laboratory")
    if fact.result in _RESULTS:
        loinc, snomed = _RESULTS[fact.result]
        codings = [{"system": LOINC, "code": loinc}, {"system": SNOMED_CT, "code": snomed}]
        found["valueCodeableConcept"] = {"coding": codings, "text": fact.result}
    else:
        found["valueCodeableConcept"] = concept_of_word(fact.result)
    if fact.recorded_at is not None:
        found["issued"] = fact.recorded_at.isoformat()
    if fact.setting == "home":
        found["performer"] = [{"type": "Patient", "display": "at home"}]
    elif fact.setting == "clinic":
        found["performer"] = [{"type": "Practitioner", "display": "at the clinic"}]
    elif fact.setting == "laboratory":
        found["contained"] = [
            {
                "resourceType": "Organization",
                "id": "laboratory",
                "name": "laboratory",
                "type": [concept(OWN, "laboratory")],
            }
        ]
        found["performer"] = [{"reference": "#laboratory"}]
    return found


def _laboratory(fact: kinds.Laboratory) -> Json:
    codes = _ANALYTES[fact.analyte]
    found = observation(fact, concept(LOINC, codes.get(fact.unit, codes[""]), fact.analyte), "laboratory")
    value = quantity(fact.value, fact.unit)
    if fact.comparator is not None:
        value["comparator"] = fact.comparator
    found["valueQuantity"] = value
    limits = {
        side: quantity(limit, fact.unit)
        for side, limit in (("low", fact.lower_limit), ("high", fact.upper_limit))
        if limit is not None
    }
    if limits:
        found["referenceRange"] = [limits]
    if fact.fasting is not None:
        answer = concept(LOINC, "LA33-6", "Yes") if fact.fasting else concept(LOINC, "LA32-8", "No")
        found["component"] = [{"code": concept(LOINC, "49541-6", "fasting"), "valueCodeableConcept": answer}]
    if fact.recorded_at is not None:
        found["issued"] = fact.recorded_at.isoformat()
    return found


def _weight(fact: kinds.Weight) -> Json:
    found = observation(fact, concept(LOINC, "29463-7", "body weight"), "vital-signs")
    return {**found, "valueQuantity": quantity(fact.kg, "kg")}


def _height(fact: kinds.Height) -> Json:
    found = observation(fact, concept(LOINC, "8302-2", "body height"), "vital-signs")
    return {**found, "valueQuantity": quantity(fact.cm, "cm")}


def _questionnaire(fact: kinds.Questionnaire) -> Json | None:
    if fact.tool not in _TOTALS or fact.score is None:
        return None
    found = observation(fact, concept(LOINC, _TOTALS[fact.tool], f"{fact.tool} total score"), "survey")
    return {**found, "valueInteger": fact.score}


def _menses(fact: kinds.Menses) -> Json:
    found = observation(fact, concept(LOINC, "8665-2", "last menstrual period start"), "social-history")
    return {**found, "valueDateTime": fact.started_on.isoformat()}


def _pregnancy(fact: kinds.Pregnancy) -> Json:
    found = observation(fact, concept(LOINC, "82810-3", "pregnancy status"), "social-history")
    return {**found, "valueCodeableConcept": concept(SNOMED_CT, "77386006", "pregnant")}


def isotretinoin(product: str | None, capsules: tuple[kinds.CapsuleCount, ...] | None) -> Json:
    """Oral isotretinoin: the product of one strength where there is a code for it, else the ingredient."""
    strengths = {each.mg for each in capsules or ()}
    code = _PRODUCTS.get((product or "conventional", next(iter(strengths)))) if len(strengths) == 1 else None
    if code is None:
        return concept(RXNORM, "6064", "isotretinoin oral capsule")
    text = f"isotretinoin {next(iter(strengths)):g} MG oral capsule"
    return {"coding": [{"system": RXNORM, "code": code}, {"system": RXNORM, "code": "6064"}], "text": text}


def _count(capsules: tuple[kinds.CapsuleCount, ...] | None) -> Json:
    if not capsules:
        return {}
    return {"quantity": {"value": sum(each.count for each in capsules), "unit": "capsule"}}


def _prescription(fact: kinds.Prescription) -> Json:
    dose = quantity(fact.daily_dose_mg, "mg")
    repeat = {"frequency": 1, "period": 1, "periodUnit": "d"}
    request: Json = {**_count(fact.capsules), "expectedSupplyDuration": quantity(fact.days_supply, "d")}
    if fact.refills:
        request["numberOfRepeatsAllowed"] = fact.refills
    return {
        "resourceType": "MedicationRequest",
        "status": "entered-in-error" if fact.withdrawn else "active",
        "intent": "order",
        "medicationCodeableConcept": isotretinoin(fact.product, fact.capsules),
        "authoredOn": fact.issued_on.isoformat(),
        "dosageInstruction": [
            {
                "text": f"{fact.daily_dose_mg:g} mg a day",
                "timing": {"repeat": repeat},
                "doseAndRate": [{"doseQuantity": dose}],
            }
        ],
        "dispenseRequest": request,
    }


def _dispense(fact: kinds.Dispense) -> Json:
    has_time = fact.at is not None and fact.at.date() == fact.date
    found: Json = {
        "resourceType": "MedicationDispense",
        "status": "entered-in-error" if fact.withdrawn else "completed",
        "medicationCodeableConcept": isotretinoin(fact.product, fact.capsules),
        **_count(fact.capsules),
        "daysSupply": quantity(fact.days_supply, "d"),
        "whenHandedOver": fact.at.isoformat() if has_time and fact.at is not None else fact.date.isoformat(),
    }
    if fact.prescription is not None:
        named = {"identifier": {"system": FACT_ID, "value": fact.prescription}}
        found["authorizingPrescription"] = [named]
    return found


def _condition(fact: kinds.Condition) -> Json:
    base = "http://terminology.hl7.org/CodeSystem/condition"
    found: Json = {
        "resourceType": "Condition",
        "verificationStatus": concept(
            f"{base}-ver-status", "entered-in-error" if fact.withdrawn else "confirmed"
        ),
        "category": [concept(f"{base}-category", "problem-list-item")],
        "code": concept_of_word(fact.what),
        "onsetDateTime": fact.from_.isoformat(),
    }
    if not fact.withdrawn:
        found["clinicalStatus"] = concept(f"{base}-clinical", "active" if fact.to is None else "resolved")
    if fact.to is not None:
        found["abatementDateTime"] = fact.to.isoformat()
    return found


def _medicine(fact: kinds.Medicine) -> Json:
    codes = ((RXNORM, fact.rxnorm), (ATC, fact.atc))
    codings = [{"system": system, "code": code} for system, code in codes if code and _CODE.fullmatch(code)]
    period = {"start": fact.from_.isoformat()}
    if fact.to is not None:
        period["end"] = fact.to.isoformat()
    status = "active" if fact.to is None else "completed"
    return {
        "resourceType": "MedicationStatement",
        "status": "entered-in-error" if fact.withdrawn else status,
        "medicationCodeableConcept": {**({"coding": codings} if codings else {}), "text": fact.name},
        "effectivePeriod": period,
    }


def _visit(fact: kinds.Visit) -> Json:
    code = "AMB" if fact.mode == "in_person" else "VR"
    words = [word for word in (fact.purpose, fact.mode if fact.mode == "asynchronous" else None) if word]
    found: Json = {
        "resourceType": "Encounter",
        "status": "entered-in-error" if fact.withdrawn else "finished",
        "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": code},
        "period": {"start": fact.date.isoformat(), "end": fact.date.isoformat()},
    }
    return {**found, "type": [concept(OWN, code_of_word(word)) for word in words]} if words else found


STANDARD: Final[Mapping[str, Callable[[Any], Json | None]]] = {
    "pregnancy_test": _pregnancy_test,
    "laboratory": _laboratory,
    "weight": _weight,
    "height": _height,
    "questionnaire": _questionnaire,
    "menses": _menses,
    "pregnancy": _pregnancy,
    "prescription": _prescription,
    "dispense": _dispense,
    "condition": _condition,
    "medicine": _medicine,
    "visit": _visit,
}
"""For each kind that a standard resource can say, how. None where this fact of the kind cannot be said so."""
