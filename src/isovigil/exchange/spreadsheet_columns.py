"""What can a column of a clinic's sheet mean, and which meaning does its heading suggest?"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple, get_args

from isovigil.case.units import UNITS, canonical_unit
from isovigil.case.words import Analyte
from isovigil.exchange.case_text import read_text
from isovigil.exchange.problems import Problem, did_you_mean, shown

IGNORED: Final = "ignore"
ANALYTES: Final[tuple[str, ...]] = get_args(Analyte)

_SUGGESTED_BY: Final[Mapping[str, tuple[str, ...]]] = {
    "patient_id": ("patient id", "id", "mrn", "patient", "chart no", "record number", "hospital number"),
    "born_on": ("born on", "dob", "date of birth", "birth date", "birthdate"),
    "sex": ("sex", "gender"),
    "can_become_pregnant": (
        "can become pregnant",
        "can get pregnant",
        "childbearing potential",
        "fcbp",
        "fcp",
    ),
    "visit_on": ("visit on", "visit date", "visit", "appointment", "date", "seen on", "today"),
    "visit_mode": ("visit mode", "mode of visit"),
    "enrolled_on": ("enrolled on", "enrolled", "registered", "registration date", "enrolment date"),
    "counselled_on": ("counselled on", "counselled", "counseling date", "counselling date"),
    "comprehension_on": ("comprehension on", "comprehension date", "questions answered"),
    "test_taken_on": ("test taken on", "hcg date", "pregnancy test date", "pt date", "test date"),
    "test_result": (
        "test result",
        "hcg",
        "hcg result",
        "pregnancy test",
        "pregnancy test result",
        "pt",
        "upt",
    ),
    "test_setting": ("test setting", "where tested", "tested at"),
    "test_specimen": ("test specimen", "specimen"),
    "labs_taken_on": ("labs taken on", "lab date", "labs date", "labs", "blood date", "bloods"),
    "fasting": ("fasting", "fasted"),
    "weight_kg": ("weight kg", "weight", "wt", "wt kg"),
    "weight_lb": ("weight lb", "weight lbs", "wt lb", "wt lbs"),
    "height_cm": ("height cm", "height", "ht", "ht cm"),
    "prescribed_on": ("prescribed on", "rx date", "prescription date", "prescribed"),
    "daily_dose_mg": ("daily dose mg", "dose", "daily dose", "dose mg", "mg day", "mg d", "dose mg day"),
    "days_supply": ("days supply", "days", "supply", "supply days"),
    "dispensed_on": ("dispensed on", "dispensed", "picked up", "pick up date", "pickup date", "fill date"),
    "started_on": ("started on", "start date", "start", "treatment start"),
    "stopped_on": ("stopped on", "stop date", "end date", "treatment stop"),
    "phq9_score": ("phq9 score", "phq9", "phq 9"),
    "contraception_primary": (
        "contraception primary",
        "method",
        "contraception",
        "birth control",
        "primary method",
        "first method",
    ),
    "contraception_secondary": (
        "contraception secondary",
        "second method",
        "secondary method",
        "barrier",
        "second contraception",
    ),
    "contraception_by": (
        "contraception by",
        "method reported by",
        "contraception reported by",
        "method told by",
    ),
    "contraception_on": ("contraception on", "method from", "contraception from", "method since"),
    "us_patient_consent_on": (
        "us patient consent on",
        "patient consent signed on",
        "patient consent",
        "consent signed on",
        "consent date",
    ),
    "us_birth_defects_consent_on": (
        "us birth defects consent on",
        "birth defects consent signed on",
        "birth defects consent",
    ),
    "uk_risk_form_on": (
        "uk risk form on",
        "risk form",
        "arf",
        "arf signed on",
        "risk acknowledgement form",
        "acknowledgement of risk",
    ),
    "eu_acknowledgement_on": ("eu acknowledgement on", "acknowledgement form"),
    "fr_agreement_on": ("fr agreement on", "accord de soins"),
    "it_consent_on": ("it consent on", "consenso informato"),
    "nl_consent_on": ("nl consent on",),
    "signed_by": ("signed by", "forms signed by", "consent signed by", "form signed by"),
    "conditions": ("conditions", "condition", "diagnoses", "problems", "medical history", "pmh"),
    "medicines": ("medicines", "medicine", "medications", "other medicines", "other meds", "meds"),
}
"""For each meaning the headings that suggest it, in small letters without signs; its own name first."""
_ANALYTE_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "alt": ("alt", "sgpt", "alat"),
    "ast": ("ast", "sgot", "asat"),
    "triglycerides": ("triglycerides", "tg", "trig", "trigs"),
    "cholesterol": ("cholesterol", "total cholesterol", "chol", "tc"),
    "ldl": ("ldl",),
    "hdl": ("hdl",),
    "ck": ("ck", "cpk", "creatine kinase"),
    "haemoglobin": ("haemoglobin", "hemoglobin", "hb", "hgb"),
    "platelets": ("platelets", "plt"),
    "wbc": ("wbc", "leukocytes"),
    "anc": ("anc", "neutrophils"),
}
TARGETS: Final = (*_SUGGESTED_BY, *ANALYTES, *(f"{analyte}_upper_limit" for analyte in ANALYTES), IGNORED)
_UNIT: Final = re.compile(r"[(\[]([^)\]]+)[)\]]\s*$")
_WORDS: Final = re.compile(r"[a-z0-9]+")


class Column(NamedTuple):
    """One column of the sheet: its heading, what it means, and the unit of its numbers."""

    heading: str
    target: str
    unit: str | None = None

    def in_words(self) -> str:
        """``"TG (mg/dL)" is triglycerides in mg/dL``."""
        if self.target == IGNORED:
            return f"{shown(self.heading)} is not read"
        return f"{shown(self.heading)} is {self.target}" + (f" in {self.unit}" if self.unit else "")


def guessed(headings: Sequence[str]) -> list[Column]:
    """What each heading suggests; one that suggests nothing, or what an earlier one means, is not read."""
    columns: list[Column] = []
    taken: set[str] = set()
    for heading in headings:
        column = _guess(heading)
        if column.target in taken and column.target != IGNORED:
            column = Column(heading, IGNORED)
        taken.add(column.target)
        columns.append(column)
    return columns


def _guess(heading: str) -> Column:
    unit_given = _UNIT.search(heading)
    plain = _plain(_UNIT.sub("", heading))
    with_unit = _plain(heading)
    for target, words in _SUGGESTED_BY.items():
        if with_unit in words or plain in words:
            if target == "weight_kg" and unit_given is not None and unit_given[1].lower().startswith("lb"):
                return Column(heading, "weight_lb")
            return Column(heading, target)
    is_limit = plain.endswith((" uln", " upper limit"))
    name = re.sub(r" (uln|upper limit)$", "", plain)
    for analyte in ANALYTES:
        if name in _ANALYTE_WORDS.get(analyte, (_plain(analyte),)):
            if is_limit:
                return Column(heading, f"{analyte}_upper_limit")
            return Column(heading, analyte, _unit_of(analyte, unit_given[1] if unit_given else None))
    return Column(heading, IGNORED)


def _plain(heading: str) -> str:
    return " ".join(_WORDS.findall(heading.replace("'", "").lower()))


def _unit_of(analyte: str, written: str | None) -> str | None:
    """The unit of the heading. Where none is written there is none: a guess could be eighty times wrong."""
    if written is None:
        units = set(UNITS[analyte].values())
        return canonical_unit(analyte) if len(units) == 1 and len(UNITS[analyte]) == 1 else None
    return next((unit for unit in UNITS[analyte] if unit.lower() == written.strip().lower()), written.strip())


def mapping_as_text(columns: Sequence[Column]) -> str:
    """The mapping as a file a person can correct: heading, meaning, unit."""
    lines = [
        "# Which column means what. Meanings: " + ", ".join(_SUGGESTED_BY) + ",",
        "# the name of a laboratory value with its unit, the same with _upper_limit, or ignore.",
        "columns:",
    ]
    for column in columns:
        unit = f", unit: {json.dumps(column.unit)}" if column.unit else ""
        lines.append(
            f"  - {{heading: {json.dumps(column.heading, ensure_ascii=False)}, means: {column.target}{unit}}}"
        )
    return "\n".join(lines) + "\n"


def mapping_from_text(text: str, name: str) -> tuple[list[Column], list[Problem]]:
    """The columns of a mapping file, or everything that is wrong with it."""
    read = read_text(text, name, "yaml")
    if read.problems:
        return [], [each.problem for each in read.problems]
    given: Any = read.document.value
    rows = given.get("columns") if isinstance(given, Mapping) else None
    if not isinstance(rows, list):
        return [], [Problem(name, "", "It has no list `columns`.", "Write it as `--write-map` does.")]
    columns, problems = [], []
    for number, row in enumerate(rows, start=1):
        heading, target = (row.get("heading"), row.get("means")) if isinstance(row, Mapping) else (None, None)
        if not isinstance(heading, str) or target not in TARGETS:
            hint = did_you_mean(str(target), TARGETS)
            message = f"{shown(target)} is not something a column can mean."
            problems.append(
                Problem(f"{name}, column {number}", shown(heading), message, f"{hint}Or write ignore.")
            )
            continue
        columns.append(Column(heading, str(target), row.get("unit")))
    return columns, problems
