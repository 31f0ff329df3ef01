"""Which medicine does a resource mean: oral isotretinoin, isotretinoin on the skin, or another?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, Literal, NamedTuple

from isovigil.case.words import ProductFamily
from isovigil.exchange.fhir.code_tables import ATC, RXNORM, Meaning, code_of, find, meaning_of
from isovigil.exchange.fhir.record import Record, told, words_of
from isovigil.exchange.fhir.resources import (
    CodeableConcept,
    Dosage,
    Medication,
    MedicationDispense,
    MedicationRequest,
    MedicationStatement,
)

What = Literal["isotretinoin", "topical_isotretinoin", "contraceptive_evidence", "other"]

_ON_THE_SKIN: Final = re.compile(r"\b(topical|cream|gel|ointment|lotion|cutaneous|skin)\b")
_BY_MOUTH: Final = re.compile(r"\b(oral|capsules?|by mouth)\b")
_STRENGTH: Final = re.compile(r"\b(\d+(?:\.\d+)?) ?mg\b")


class Meant(NamedTuple):
    """A medicine as coded and as put in words."""

    what: What
    name: str
    rxnorm: str | None
    atc: str | None
    strength_mg: float | None
    product: ProductFamily | None
    is_certain: bool
    """False where only its name, or its ingredient without a form or route, says so."""
    is_named: bool
    """False where neither a code nor a word says which medicine it is."""


def medicine_meant(
    one: MedicationRequest | MedicationDispense | MedicationStatement,
    dosages: Sequence[Dosage],
    record: Record,
) -> Meant:
    """The medicine of a resource, coded in it, contained in it or referenced by it."""
    medication = record.resolve(one.medicationReference)
    referenced = medication if isinstance(medication, Medication) else None
    return _meant(
        one.medicationCodeableConcept,
        None if referenced is None else referenced.code,
        None if referenced is None else referenced.form,
        tuple([each.route for each in dosages]),
        None if one.medicationReference is None else one.medicationReference.display,
    )


@lru_cache(maxsize=1024)
def _meant(
    coded: CodeableConcept | None,
    referenced: CodeableConcept | None,
    form: CodeableConcept | None,
    routes: tuple[CodeableConcept | None, ...],
    display: str | None,
) -> Meant:
    """The same from the concepts alone: a clinic prescribes the same few products over and over."""
    concepts = (coded, referenced)
    words = words_of(*concepts, form, *routes)
    meanings = [meaning for concept in concepts for meaning in _all_meanings(concept)]
    product = next((each for each in meanings if each.reads == "isotretinoin" and each.strength_mg), None)
    reads = {each.reads for each in meanings}
    what, is_certain = _judged(reads, product is not None, words, _route(routes))
    strength = _STRENGTH.search(words)
    return Meant(
        what,
        _name(concepts, display),
        next((code for each in concepts if (code := code_of(RXNORM, each)) is not None), None),
        next((code for each in concepts if (code := code_of(ATC, each)) is not None), None),
        product.strength_mg if product is not None else float(strength[1]) if strength is not None else None,
        product.product if product is not None else None,
        is_certain,
        display is not None or any(each is not None and (each.coding or each.text) for each in concepts),
    )


def _all_meanings(concept: CodeableConcept | None) -> list[Meaning]:
    if concept is None:
        return []
    return [row for each in concept.coding if (row := meaning_of(each.system, each.code)) is not None]


def _route(routes: Sequence[CodeableConcept | None]) -> str | None:
    found = [hit.meaning.route for each in routes if (hit := find(each, "route")) is not None]
    return found[0] if found else None


def _judged(reads: set[str], is_a_product: bool, words: str, route: str | None) -> tuple[What, bool]:
    if is_a_product:
        return "isotretinoin", True
    if "isotretinoin" in reads or "isotretinoin" in words:
        if "topical_isotretinoin" in reads or route == "topical":
            return "topical_isotretinoin", True
        if route == "oral" or _BY_MOUTH.search(words):
            return "isotretinoin", "isotretinoin" in reads
        if _ON_THE_SKIN.search(words):
            return "topical_isotretinoin", False
        return "isotretinoin", False
    if "topical_isotretinoin" in reads:
        return "topical_isotretinoin", True
    return ("contraceptive_evidence" if "contraceptive_evidence" in reads else "other"), True


def _name(concepts: Sequence[CodeableConcept | None], display: str | None) -> str:
    for concept in concepts:
        if concept is not None:
            names = (concept.text, *(coding.display for coding in concept.coding))
            name = next(filter(None, names), None)
            if name is not None:
                return name
    coded = next((told(concept) for concept in concepts if concept is not None and concept.coding), None)
    return display or coded or "a medicine without a name"
