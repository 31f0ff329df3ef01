"""Which parts of which FHIR R4 resources are looked at?

Typed strictly where a rule may depend on a value; every other element of R4 is passed over unread.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import msgspec
from msgspec import Raw, Struct


class Element(Struct, frozen=True, gc=False, omit_defaults=True):
    """Anything of a resource, written without what it leaves open. A tree, so it makes no cyclic garbage."""


class Coding(Element, frozen=True):
    """A code with its system."""

    system: str | None = None
    code: str | None = None
    display: str | None = None


class CodeableConcept(Element, frozen=True):
    """One concept in any number of code systems."""

    coding: tuple[Coding, ...] = ()
    text: str | None = None


class Identifier(Element, frozen=True):
    """A business identifier."""

    system: str | None = None
    value: str | None = None


class Reference(Element, frozen=True):
    """A reference to another resource."""

    reference: str | None = None
    type: str | None = None
    identifier: Identifier | None = None
    display: str | None = None


class Quantity(Element, frozen=True):
    """A measured amount."""

    value: float | None = None
    comparator: str | None = None
    unit: str | None = None
    system: str | None = None
    code: str | None = None


class Ratio(Element, frozen=True):
    """One quantity for another."""

    numerator: Quantity | None = None
    denominator: Quantity | None = None


class Range(Element, frozen=True):
    """A low and a high quantity."""

    low: Quantity | None = None
    high: Quantity | None = None


class Period(Element, frozen=True):
    """From when to when."""

    start: str | None = None
    end: str | None = None


class Valued(Element, frozen=True, kw_only=True):
    """Anything with a value of one of several types."""

    valueBoolean: bool | None = None
    valueInteger: int | None = None
    valueDecimal: float | None = None
    valueString: str | None = None
    valueDate: str | None = None
    valueDateTime: str | None = None
    valueQuantity: Quantity | None = None
    valueRatio: Ratio | None = None
    valueCoding: Coding | None = None
    valueCodeableConcept: CodeableConcept | None = None


class Extension(Valued, frozen=True, kw_only=True):
    """An addition to a resource, named by its URL."""

    url: str = ""


class Component(Valued, frozen=True, kw_only=True):
    """One of several results of an Observation."""

    code: CodeableConcept = CodeableConcept()


class Meta(Element, frozen=True):
    """When the resource was last changed."""

    lastUpdated: str | None = None


class Resource(Element, frozen=True, kw_only=True, tag_field="resourceType"):
    """What every resource has. `extension` is looked into only where it is ours."""

    id: str | None = None
    meta: Meta | None = None
    identifier: Any = None
    contained: tuple[Raw, ...] = ()
    extension: Raw = Raw()
    subject: Reference | None = None
    patient: Reference | None = None


class Patient(Resource, frozen=True, kw_only=True, tag="Patient"):
    """Who the facts are about."""

    gender: str | None = None
    birthDate: str | None = None


class ReferenceRange(Element, frozen=True):
    """What the laboratory takes for usual."""

    low: Quantity | None = None
    high: Quantity | None = None


class Observation(Resource, frozen=True, kw_only=True, tag="Observation"):
    """A measurement, a test, an answer. It has a value of one of several types, as a component has."""

    valueBoolean: bool | None = None
    valueInteger: int | None = None
    valueDecimal: float | None = None
    valueString: str | None = None
    valueDate: str | None = None
    valueDateTime: str | None = None
    valueQuantity: Quantity | None = None
    valueRatio: Ratio | None = None
    valueCoding: Coding | None = None
    valueCodeableConcept: CodeableConcept | None = None
    status: str | None = None
    code: CodeableConcept = CodeableConcept()
    effectiveDateTime: str | None = None
    effectiveInstant: str | None = None
    effectivePeriod: Period | None = None
    issued: str | None = None
    performer: tuple[Reference, ...] = ()
    interpretation: tuple[CodeableConcept, ...] = ()
    referenceRange: tuple[ReferenceRange, ...] = ()
    specimen: Reference | None = None
    component: tuple[Component, ...] = ()


HasValue: TypeAlias = Valued | Observation
"""Anything that one value can be read from."""


class Condition(Resource, frozen=True, kw_only=True, tag="Condition"):
    """A problem or diagnosis."""

    clinicalStatus: CodeableConcept | None = None
    verificationStatus: CodeableConcept | None = None
    severity: CodeableConcept | None = None
    code: CodeableConcept = CodeableConcept()
    onsetDateTime: str | None = None
    onsetPeriod: Period | None = None
    abatementDateTime: str | None = None
    abatementPeriod: Period | None = None
    recordedDate: str | None = None


class AllergyIntolerance(Resource, frozen=True, kw_only=True, tag="AllergyIntolerance"):
    """An allergy or intolerance."""

    clinicalStatus: CodeableConcept | None = None
    verificationStatus: CodeableConcept | None = None
    code: CodeableConcept = CodeableConcept()
    onsetDateTime: str | None = None
    recordedDate: str | None = None


class AdverseEvent(Resource, frozen=True, kw_only=True, tag="AdverseEvent"):
    """Something that happened and was not wanted."""

    event: CodeableConcept | None = None
    severity: CodeableConcept | None = None
    date: str | None = None
    recordedDate: str | None = None


class Procedure(Resource, frozen=True, kw_only=True, tag="Procedure"):
    """Something that was done; shown as evidence, never applied."""

    status: str | None = None
    code: CodeableConcept = CodeableConcept()


class Medication(Resource, frozen=True, kw_only=True, tag="Medication"):
    """A medicine, contained or referenced."""

    code: CodeableConcept | None = None
    form: CodeableConcept | None = None


class Repeat(Element, frozen=True, kw_only=True):
    """How often a dose is taken."""

    frequency: int | None = None
    frequencyMax: int | None = None
    period: float | None = None
    periodUnit: str | None = None


class Timing(Element, frozen=True):
    """When a dose is taken."""

    repeat: Repeat | None = None


class DoseAndRate(Element, frozen=True, kw_only=True):
    """How much is taken."""

    doseQuantity: Quantity | None = None
    doseRange: Range | None = None


class Dosage(DoseAndRate, frozen=True, kw_only=True):
    """One dosage instruction. Older senders put the dose here, or in one object instead of a list."""

    text: str | None = None
    timing: Timing | None = None
    route: CodeableConcept | None = None
    doseAndRate: tuple[DoseAndRate, ...] | DoseAndRate = ()


class DispenseRequest(Element, frozen=True, kw_only=True):
    """What the pharmacy may hand over."""

    quantity: Quantity | None = None
    expectedSupplyDuration: Quantity | None = None
    numberOfRepeatsAllowed: int | None = None
    validityPeriod: Period | None = None


class MedicationRequest(Resource, frozen=True, kw_only=True, tag="MedicationRequest"):
    """A prescription."""

    status: str | None = None
    intent: str | None = None
    medicationCodeableConcept: CodeableConcept | None = None
    medicationReference: Reference | None = None
    authoredOn: str | None = None
    dosageInstruction: tuple[Dosage, ...] = ()
    dispenseRequest: DispenseRequest | None = None


class MedicationDispense(Resource, frozen=True, kw_only=True, tag="MedicationDispense"):
    """A hand-over."""

    status: str | None = None
    medicationCodeableConcept: CodeableConcept | None = None
    medicationReference: Reference | None = None
    authorizingPrescription: tuple[Reference, ...] = ()
    quantity: Quantity | None = None
    daysSupply: Quantity | None = None
    whenPrepared: str | None = None
    whenHandedOver: str | None = None


class MedicationStatement(Resource, frozen=True, kw_only=True, tag="MedicationStatement"):
    """A medicine somebody says the patient takes."""

    status: str | None = None
    medicationCodeableConcept: CodeableConcept | None = None
    medicationReference: Reference | None = None
    effectiveDateTime: str | None = None
    effectivePeriod: Period | None = None
    dateAsserted: str | None = None
    dosage: tuple[Dosage, ...] = ()


class Encounter(Resource, frozen=True, kw_only=True, tag="Encounter"):
    """An appointment."""

    status: str | None = None
    class_: Coding | None = msgspec.field(name="class", default=None)
    type: tuple[CodeableConcept, ...] = ()
    period: Period | None = None


class Consent(Resource, frozen=True, kw_only=True, tag="Consent"):
    """A signed form."""

    status: str | None = None
    category: tuple[CodeableConcept, ...] = ()
    dateTime: str | None = None
    performer: tuple[Reference, ...] = ()


class Answer(Valued, frozen=True, kw_only=True):
    """One answer to one item, and what was asked because of it."""

    item: tuple[ResponseItem, ...] = ()


class ResponseItem(Element, frozen=True, kw_only=True):
    """One item of a questionnaire, answered."""

    linkId: str = ""
    answer: tuple[Answer, ...] = ()
    item: tuple[ResponseItem, ...] = ()


class QuestionnaireResponse(Resource, frozen=True, kw_only=True, tag="QuestionnaireResponse"):
    """The answers to a questionnaire."""

    status: str | None = None
    questionnaire: str | None = None
    authored: str | None = None
    item: tuple[ResponseItem, ...] = ()


class Collection(Element, frozen=True, kw_only=True):
    """How a specimen was taken."""

    collectedDateTime: str | None = None
    collectedPeriod: Period | None = None


class Specimen(Resource, frozen=True, kw_only=True, tag="Specimen"):
    """What was tested."""

    collection: Collection | None = None


class Organization(Resource, frozen=True, kw_only=True, tag="Organization"):
    """Who tested it."""

    type: tuple[CodeableConcept, ...] = ()


class Basic(Resource, frozen=True, kw_only=True, tag="Basic"):
    """The header of a course: programme, policy, time zone."""

    code: CodeableConcept = CodeableConcept()


class ProvenanceAgent(Element, frozen=True, kw_only=True):
    """Who recorded it."""

    type: CodeableConcept | None = None


class ProvenanceEntity(Element, frozen=True, kw_only=True):
    """What it was made from."""

    role: str | None = None
    what: Reference | None = None


class Provenance(Resource, frozen=True, kw_only=True, tag="Provenance"):
    """Who recorded a fact, when, from what, and which earlier fact it corrects."""

    target: tuple[Reference, ...] = ()
    recorded: str | None = None
    agent: tuple[ProvenanceAgent, ...] = ()
    entity: tuple[ProvenanceEntity, ...] = ()


AnyResource: TypeAlias = (
    Patient
    | Observation
    | Condition
    | AllergyIntolerance
    | AdverseEvent
    | Procedure
    | Medication
    | MedicationRequest
    | MedicationDispense
    | MedicationStatement
    | Encounter
    | Consent
    | QuestionnaireResponse
    | Specimen
    | Organization
    | Basic
    | Provenance
)
