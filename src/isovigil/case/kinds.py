"""Which kinds of fact are there, and what does each hold?

This is the one declaration. The case-file reader and writer, the JSON Schema, the glossary
and every other format are made from it; nothing else lists fields or words.
Required fields come first; a field with a default may be omitted, and `None` means that
nobody recorded it, which is never the same as "no".
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar

import msgspec
from msgspec import Meta

from isovigil.case import words
from isovigil.case.fact import Days, Fact, Instant, Label, Milligrams, Positive, Text, Whole
from isovigil.case.units import canonical_value

Day = date
"""A calendar day, where a field named `date` hides the type."""

_SEVERITY_RANK = {"none": 0.0, "mild": 1.0, "moderate": 2.0, "severe": 3.0}
_LOWER_IS_WORSE = frozenset({"hdl", "anc", "wbc", "platelets", "haemoglobin"})


class CapsuleCount(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """So many capsules of one strength."""

    mg: Milligrams
    count: Annotated[int, Meta(gt=0, le=10000)]


class Category(Fact, frozen=True, kw_only=True):
    """Whether the patient can become pregnant, and who determined it."""

    kind: ClassVar[str] = "category"
    day_field: ClassVar[str] = "date"
    date: date
    can_become_pregnant: bool
    by: words.CategoryDeterminer
    basis: words.CategoryBasis | None = None
    evidence: Text | None = None

    def severity_rank(self) -> float:
        return float(self.can_become_pregnant)


class Certification(Fact, frozen=True, kw_only=True):
    """A prescriber, designee or pharmacy is certified in the programme, in a professional role."""

    kind: ClassVar[str] = "certification"
    day_field: ClassVar[str] = "from_"
    who: words.CertifiedParty
    from_: date = msgspec.field(name="from")
    to: date | None = None
    role: words.ProfessionalRole | None = None


class Enrolment(Fact, frozen=True, kw_only=True):
    """The patient was entered in the programme."""

    kind: ClassVar[str] = "enrolment"
    day_field: ClassVar[str] = "date"
    date: date


class Acknowledgement(Fact, frozen=True, kw_only=True):
    """A consent or risk form was signed, in its own version, by these people."""

    kind: ClassVar[str] = "acknowledgement"
    day_field: ClassVar[str] = "signed_on"
    signed_on: date
    form: words.Form
    by: Annotated[tuple[words.Signer, ...], Meta(min_length=1)]
    version: Label | None = None
    complete: bool = True
    language: Text | None = None


class Counselling(Fact, frozen=True, kw_only=True):
    """The patient was counselled."""

    kind: ClassVar[str] = "counselling"
    day_field: ClassVar[str] = "date"
    date: date
    topics: tuple[words.Topic, ...] | None = None


class Comprehension(Fact, frozen=True, kw_only=True):
    """The patient answered the programme's comprehension questions."""

    kind: ClassVar[str] = "comprehension"
    day_field: ClassVar[str] = "date"
    date: date
    passed: bool

    def severity_rank(self) -> float:
        return float(not self.passed)


class Contraception(Fact, frozen=True, kw_only=True):
    """The methods in use from a day on, as one person reported them.

    An open entry stands for every later cycle until it ends or the same reporter records another.
    """

    kind: ClassVar[str] = "contraception"
    day_field: ClassVar[str] = "from_"
    from_: date = msgspec.field(name="from")
    reported_by: words.Reporter
    to: date | None = None
    primary: words.Method | None = None
    secondary: words.Method | None = None
    abstinence: bool | None = None


class ContraceptionWaiver(Fact, frozen=True, kw_only=True):
    """Prescriber and patient agree that no pregnancy is to be expected, and why."""

    kind: ClassVar[str] = "contraception_waiver"
    day_field: ClassVar[str] = "from_"
    from_: date = msgspec.field(name="from")
    agreed_by: Annotated[tuple[words.Reporter, ...], Meta(min_length=1)]
    reason: Text
    to: date | None = None


class Menses(Fact, frozen=True, kw_only=True):
    """A period started."""

    kind: ClassVar[str] = "menses"
    day_field: ClassVar[str] = "started_on"
    started_on: date


class Cycle(Fact, frozen=True, kw_only=True):
    """Whether the patient's cycles are regular, and their usual length."""

    kind: ClassVar[str] = "cycle"
    day_field: ClassVar[str] = "date"
    date: date
    regular: bool
    typical_days: Annotated[int, Meta(gt=0, le=366, extra={"unit": "d"})] | None = None


class PregnancyTest(Fact, frozen=True, kw_only=True):
    """A pregnancy test: the day the specimen was taken, and what it showed."""

    kind: ClassVar[str] = "pregnancy_test"
    day_field: ClassVar[str] = "taken_on"
    taken_on: date
    result: words.TestResult
    setting: words.TestSetting
    specimen: words.Specimen | None = None
    sensitivity_miu_ml: Annotated[float, Meta(gt=0, extra={"unit": "m[IU]/mL"})] | None = None
    reported_on: date | None = None
    evidence: Text | None = None

    def severity_rank(self) -> float:
        return {"negative": 0.0, "invalid": 1.0, "positive": 2.0}[self.result]


class Pregnancy(Fact, frozen=True, kw_only=True):
    """The patient is or was pregnant."""

    kind: ClassVar[str] = "pregnancy"
    day_field: ClassVar[str] = "date"
    by_exception: ClassVar[bool] = True
    date: date
    outcome: Text | None = None


class NonPregnancyCertificate(Fact, frozen=True, kw_only=True):
    """A doctor certified that the patient is not pregnant (Italy)."""

    kind: ClassVar[str] = "non_pregnancy_certificate"
    day_field: ClassVar[str] = "date"
    date: date


class Laboratory(Fact, frozen=True, kw_only=True):
    """One laboratory value in its own reported unit, with its own reference limits."""

    kind: ClassVar[str] = "laboratory"
    day_field: ClassVar[str] = "taken_on"
    word_field: ClassVar[str] = "analyte"
    taken_on: date
    analyte: words.Analyte
    value: Annotated[float, Meta(ge=0)]
    unit: Label
    upper_limit: Positive | None = None
    lower_limit: Annotated[float, Meta(ge=0)] | None = None
    fasting: bool | None = None
    comparator: words.Comparator | None = None
    reported_on: date | None = None

    def severity_rank(self) -> float:
        value = canonical_value(self.analyte, self.value, self.unit)
        return -value if self.analyte in _LOWER_IS_WORSE else value


class Weight(Fact, frozen=True, kw_only=True):
    """Body weight."""

    kind: ClassVar[str] = "weight"
    day_field: ClassVar[str] = "date"
    date: date
    kg: Annotated[float, Meta(ge=1, le=500, extra={"unit": "kg"})]

    def severity_rank(self) -> float:
        return -self.kg


class Height(Fact, frozen=True, kw_only=True):
    """Body height."""

    kind: ClassVar[str] = "height"
    day_field: ClassVar[str] = "date"
    date: date
    cm: Annotated[float, Meta(ge=10, le=300, extra={"unit": "cm"})]


class Prescription(Fact, frozen=True, kw_only=True):
    """A prescription of oral isotretinoin."""

    kind: ClassVar[str] = "prescription"
    day_field: ClassVar[str] = "issued_on"
    issued_on: date
    daily_dose_mg: Milligrams
    days_supply: Days
    refills: Whole = 0
    medium: words.PrescriptionMedium | None = None
    product: words.ProductFamily = "conventional"
    capsules: tuple[CapsuleCount, ...] | None = None
    signed_at: Instant | None = None
    by: Label | None = None

    def severity_rank(self) -> float:
        return self.daily_dose_mg * self.days_supply


class Authorisation(Fact, frozen=True, kw_only=True):
    """The programme authorised one hand-over, until an instant."""

    kind: ClassVar[str] = "authorisation"
    day_field: ClassVar[str] = "issued_at"
    issued_at: Instant
    number: Label
    do_not_dispense_after: Instant


class Dispense(Fact, frozen=True, kw_only=True):
    """Capsules were handed over."""

    kind: ClassVar[str] = "dispense"
    day_field: ClassVar[str] = "date"
    date: date
    days_supply: Days
    capsules: tuple[CapsuleCount, ...] | None = None
    product: words.ProductFamily | None = None
    at: Instant | None = None
    authorisation: Label | None = None
    prescription: Label | None = None
    partial: bool | None = None


class Return(Fact, frozen=True, kw_only=True):
    """Capsules came back unused."""

    kind: ClassVar[str] = "return"
    day_field: ClassVar[str] = "date"
    date: date
    capsules: Annotated[tuple[CapsuleCount, ...], Meta(min_length=1)]


class Reversal(Fact, frozen=True, kw_only=True):
    """An authorisation or a hand-over was undone."""

    kind: ClassVar[str] = "reversal"
    day_field: ClassVar[str] = "date"
    by_exception: ClassVar[bool] = True
    date: date
    authorisation: Label | None = None
    dispense: Label | None = None


class Intake(Fact, frozen=True, kw_only=True):
    """How much of the prescribed dose was taken over some days."""

    kind: ClassVar[str] = "intake"
    day_field: ClassVar[str] = "from_"
    from_: date = msgspec.field(name="from")
    to: date
    adherence: Annotated[float, Meta(ge=0, le=1)]
    with_food: bool | None = None


class TreatmentStart(Fact, frozen=True, kw_only=True):
    """The day of the first dose."""

    kind: ClassVar[str] = "treatment_start"
    day_field: ClassVar[str] = "date"
    date: date


class TreatmentStop(Fact, frozen=True, kw_only=True):
    """The day of the last dose, and why treatment ended."""

    kind: ClassVar[str] = "treatment_stop"
    day_field: ClassVar[str] = "date"
    by_exception: ClassVar[bool] = True
    word_field: ClassVar[str] = "reason"
    date: date
    reason: words.StopReason
    permanent: bool | None = None

    def severity_rank(self) -> float:
        return float(bool(self.permanent))


class CourseOpened(Fact, frozen=True, kw_only=True):
    """A new course of treatment opens on this day."""

    kind: ClassVar[str] = "course"
    day_field: ClassVar[str] = "from_"
    from_: date = msgspec.field(name="from")
    number: Annotated[int, Meta(gt=0, le=99)]


class Visit(Fact, frozen=True, kw_only=True):
    """An appointment."""

    kind: ClassVar[str] = "visit"
    day_field: ClassVar[str] = "date"
    date: date
    mode: words.VisitMode
    purpose: words.VisitPurpose | None = None


class Opinion(Fact, frozen=True, kw_only=True):
    """One prescriber's own opinion on whether treatment should start."""

    kind: ClassVar[str] = "opinion"
    day_field: ClassVar[str] = "date"
    date: date
    by: Label
    supports_treatment: bool

    def severity_rank(self) -> float:
        return float(not self.supports_treatment)


class Attestation(Fact, frozen=True, kw_only=True):
    """Somebody attested one thing. A form never implies an attestation."""

    kind: ClassVar[str] = "attestation"
    day_field: ClassVar[str] = "date"
    date: date
    what: words.Attested
    by: Label


class Acne(Fact, frozen=True, kw_only=True):
    """How severe the acne was, by whichever scales were used."""

    kind: ClassVar[str] = "acne"
    day_field: ClassVar[str] = "date"
    date: date
    iga: Annotated[int, Meta(ge=0, le=4, extra={"unit": "{score}"})] | None = None
    gags: Annotated[int, Meta(ge=0, le=44, extra={"unit": "{score}"})] | None = None
    nodules: Whole | None = None
    inflammatory: Whole | None = None
    comedones: Whole | None = None
    scarring: bool | None = None
    gags_areas: dict[words.GagsArea, words.GagsGrade] | None = None
    cass: dict[words.CassSite, words.CassGrade] | words.CassGrade | None = None
    truncal: bool | None = None
    conglobata: bool | None = None
    fulminans: bool | None = None
    redness: words.Severity | None = None
    tenderness: words.Severity | None = None
    oiliness: words.Severity | None = None
    psychosocial_burden: words.Severity | bool | None = None

    def severity_rank(self) -> float:
        return float((self.iga or 0) * 100 + (self.gags or 0))


class PriorTherapy(Fact, frozen=True, kw_only=True):
    """A treatment tried before, and how it went."""

    kind: ClassVar[str] = "prior_therapy"
    day_field: ClassVar[str] = "from_"
    from_: date = msgspec.field(name="from")
    what: words.PriorTherapyWord
    outcome: words.TherapyOutcome
    to: date | None = None
    name: Text | None = None
    daily_dose_mg: Milligrams | None = None
    adherence: Annotated[float, Meta(ge=0, le=1)] | None = None
    cumulative_mg_per_kg: Annotated[float, Meta(ge=0, extra={"unit": "mg/kg"})] | None = None


class Questionnaire(Fact, frozen=True, kw_only=True):
    """A questionnaire's score, its items in the tool's own order, or that the question was asked."""

    kind: ClassVar[str] = "questionnaire"
    day_field: ClassVar[str] = "date"
    word_field: ClassVar[str] = "tool"
    date: date
    tool: words.Tool
    score: Annotated[int, Meta(ge=0, extra={"unit": "{score}"})] | None = None
    items: tuple[Annotated[int, Meta(ge=0)] | None, ...] | None = None
    depth: words.Depth | None = None

    def severity_rank(self) -> float:
        answered = sum([item for item in self.items or () if item is not None])
        return float(max(self.score or 0, answered))


class Symptom(Fact, frozen=True, kw_only=True):
    """A possible unwanted effect, as the patient put it."""

    kind: ClassVar[str] = "symptom"
    day_field: ClassVar[str] = "date"
    by_exception: ClassVar[bool] = True
    word_field: ClassVar[str] = "code"
    date: date
    code: words.SymptomCode
    severity: words.Severity
    features: tuple[words.SymptomFeature, ...] | None = None
    detail: Text | None = None

    def severity_rank(self) -> float:
        return _SEVERITY_RANK[self.severity]


class Condition(Fact, frozen=True, kw_only=True):
    """A condition the patient has from a day on."""

    kind: ClassVar[str] = "condition"
    day_field: ClassVar[str] = "from_"
    by_exception: ClassVar[bool] = True
    word_field: ClassVar[str] = "what"
    from_: date = msgspec.field(name="from")
    what: words.ConditionWord
    to: date | None = None
    code: Label | None = None


class Medicine(Fact, frozen=True, kw_only=True):
    """Another medicine or supplement the patient takes from a day on."""

    kind: ClassVar[str] = "medicine"
    day_field: ClassVar[str] = "from_"
    by_exception: ClassVar[bool] = True
    from_: date = msgspec.field(name="from")
    name: Text
    to: date | None = None
    class_: words.MedicineClass | None = msgspec.field(name="class", default=None)
    rxnorm: Label | None = None
    atc: Label | None = None


class Assessment(Fact, frozen=True, kw_only=True):
    """A specialist looked at one question and reached an outcome."""

    kind: ClassVar[str] = "assessment"
    day_field: ClassVar[str] = "date"
    date: date
    what: words.AssessmentWord
    outcome: words.AssessmentOutcome
    by: Label

    def severity_rank(self) -> float:
        return {"cleared": 0.0, "continue_with_care": 1.0, "not_cleared": 2.0}[self.outcome]


class EyeExamination(Fact, frozen=True, kw_only=True):
    """An eye examination."""

    kind: ClassVar[str] = "eye_examination"
    day_field: ClassVar[str] = "date"
    date: date
    normal: bool

    def severity_rank(self) -> float:
        return float(not self.normal)


class ClinicalDecision(Fact, frozen=True, kw_only=True):
    """A named clinician decided about a rule or a fact, with the reason."""

    kind: ClassVar[str] = "clinical_decision"
    day_field: ClassVar[str] = "date"
    by_exception: ClassVar[bool] = True
    date: date
    about: Label
    decision: words.DecisionWord
    by: Label
    reason: Text
    valid_until: Day | None = None

    def severity_rank(self) -> float:
        return {"continue": 0.0, "reduce": 1.0, "hold": 2.0, "stop": 3.0}[self.decision]


class PlatformOutage(Fact, frozen=True, kw_only=True):
    """The programme's platform could not be used."""

    kind: ClassVar[str] = "platform_outage"
    day_field: ClassVar[str] = "from_at"
    by_exception: ClassVar[bool] = True
    from_at: Instant
    to_at: Instant


class AdverseEventReport(Fact, frozen=True, kw_only=True):
    """A harm was reported to the registry or the regulator."""

    kind: ClassVar[str] = "adverse_event_report"
    day_field: ClassVar[str] = "date"
    date: date
    about: Label
    to: words.ReportAddressee
    reference: Label | None = None


KINDS: dict[str, type[Fact]] = {
    kind.kind: kind
    for kind in (
        Category,
        Certification,
        Enrolment,
        Acknowledgement,
        Counselling,
        Comprehension,
        Contraception,
        ContraceptionWaiver,
        Menses,
        Cycle,
        PregnancyTest,
        Pregnancy,
        NonPregnancyCertificate,
        Laboratory,
        Weight,
        Height,
        Prescription,
        Authorisation,
        Dispense,
        Return,
        Reversal,
        Intake,
        TreatmentStart,
        TreatmentStop,
        CourseOpened,
        Visit,
        Opinion,
        Attestation,
        Acne,
        PriorTherapy,
        Questionnaire,
        Symptom,
        Condition,
        Medicine,
        Assessment,
        EyeExamination,
        ClinicalDecision,
        PlatformOutage,
        AdverseEventReport,
    )
}
"""Every kind by the word that names it in a case file."""
