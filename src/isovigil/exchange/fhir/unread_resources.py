"""Which resource types of FHIR R4 does no rule look at?

They are named so that a Bundle that holds some of them can still be decoded in one step. A type that is in
neither list is told all the same, only more slowly.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias, Union

import msgspec

from isovigil.exchange.fhir.resources import AnyResource, Element

UNREAD: Final = (
    "Account", "ActivityDefinition", "Appointment", "AppointmentResponse", "AuditEvent", "Binary",
    "BiologicallyDerivedProduct", "BodyStructure", "CapabilityStatement", "CarePlan", "CareTeam",
    "CatalogEntry", "ChargeItem", "ChargeItemDefinition", "Claim", "ClaimResponse", "ClinicalImpression",
    "CodeSystem", "Communication", "CommunicationRequest", "CompartmentDefinition", "Composition",
    "ConceptMap", "Contract", "Coverage", "CoverageEligibilityRequest", "CoverageEligibilityResponse",
    "DetectedIssue", "Device", "DeviceDefinition", "DeviceMetric", "DeviceRequest", "DeviceUseStatement",
    "DiagnosticReport", "DocumentManifest", "DocumentReference", "EffectEvidenceSynthesis", "Endpoint",
    "EnrollmentRequest", "EnrollmentResponse", "EpisodeOfCare", "EventDefinition", "Evidence",
    "EvidenceVariable", "ExampleScenario", "ExplanationOfBenefit", "FamilyMemberHistory", "Flag", "Goal",
    "GraphDefinition", "Group", "GuidanceResponse", "HealthcareService", "ImagingStudy", "Immunization",
    "ImmunizationEvaluation", "ImmunizationRecommendation", "ImplementationGuide", "InsurancePlan",
    "Invoice", "Library", "Linkage", "List", "Location", "Measure", "MeasureReport", "Media",
    "MedicationAdministration", "MedicationKnowledge", "MedicinalProduct", "MedicinalProductAuthorization",
    "MedicinalProductContraindication", "MedicinalProductIndication", "MedicinalProductIngredient",
    "MedicinalProductInteraction", "MedicinalProductManufactured", "MedicinalProductPackaged",
    "MedicinalProductPharmaceutical", "MedicinalProductUndesirableEffect", "MessageDefinition",
    "MessageHeader", "MolecularSequence", "NamingSystem", "NutritionOrder", "ObservationDefinition",
    "OperationDefinition", "OrganizationAffiliation", "Parameters", "PaymentNotice",
    "PaymentReconciliation", "Person", "PlanDefinition", "Practitioner", "PractitionerRole",
    "Questionnaire", "RelatedPerson", "RequestGroup", "ResearchDefinition", "ResearchElementDefinition",
    "ResearchStudy", "ResearchSubject", "RiskAssessment", "RiskEvidenceSynthesis", "Schedule",
    "SearchParameter", "ServiceRequest", "Slot", "SpecimenDefinition", "StructureDefinition",
    "StructureMap", "Subscription", "Substance", "SubstanceNucleicAcid", "SubstancePolymer",
    "SubstanceProtein", "SubstanceReferenceInformation", "SubstanceSourceMaterial",
    "SubstanceSpecification", "SupplyDelivery", "SupplyRequest", "Task", "TerminologyCapabilities",
    "TestReport", "TestScript", "ValueSet", "VerificationResult", "VisionPrescription",
)  # fmt: skip
"""All of R4 that is not read but Bundle and OperationOutcome, which say something about the input itself."""


class Unread(Element, frozen=True, tag_field="resourceType"):
    """A resource of which only its type is looked at."""

    @property
    def resource_type(self) -> str:
        """``Practitioner``."""
        return str(self.__struct_config__.tag)


if TYPE_CHECKING:
    Listed: TypeAlias = AnyResource | Unread
else:
    _OUTLINES = tuple(
        msgspec.defstruct(name, [], bases=(Unread,), tag=name, frozen=True, gc=False) for name in UNREAD
    )
    Listed = Union[(AnyResource, *_OUTLINES)]
