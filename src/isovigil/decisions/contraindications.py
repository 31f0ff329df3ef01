"""Does anything recorded rule isotretinoin out, by the programme's label?"""

from __future__ import annotations

import re
from typing import get_args

from isovigil.case.kinds import Condition, Medicine
from isovigil.case.words import ProductFamily
from isovigil.decisions.asked import joined
from isovigil.decisions.course import Course
from isovigil.decisions.finding import Outcome, met, not_met
from isovigil.decisions.rule import EVERY_GATE, rule
from isovigil.law.law import Law
from isovigil.law.value import Dated

_IN_PLAIN = {
    "allergy_isotretinoin": "allergy to isotretinoin",
    "allergy_soya": "allergy to soya",
    "allergy_peanut": "allergy to peanut",
    "allergy_parabens": "allergy to parabens",
    "allergy_tartrazine": "allergy to tartrazine",
    "hypervitaminosis_a": "hypervitaminosis A",
}
_PRODUCTS: tuple[str, ...] = get_args(ProductFamily)


@rule("eligibility.contraindications", gates=EVERY_GATE, when_not_met="stop")
def contraindications(course: Course, law: Law) -> Outcome:
    """Is an absolute contraindication recorded?

    Conditions and medicines are recorded by exception: none recorded reads as none known.
    Pregnancy has rules of its own.
    """
    present = course.chart.open_now(Condition)
    barring = law.words("eligibility/contraindications", course.today.day)
    by_product = _barring_by_product(course, law)
    medicines, medicine_values = _barring_medicines(course, law)
    barred = {*barring.value, *(word for value in by_product for word in value.value)}
    found: list[Condition | Medicine] = [fact for fact in present if fact.what in barred]
    found += medicines
    if found:
        names = joined(list(dict.fromkeys(_plain(fact) for fact in found)))
        return not_met(
            f"Recorded: {names}, which rules isotretinoin out.",
            needs=f"another treatment, unless {names} is over or was recorded in error",
            whose_move="prescriber",
            facts=found,
            values=(barring, *by_product, *medicine_values),
        )
    cautioned_by = _cautions(course, law)
    cautioned = {word for value in cautioned_by for word in value.value}
    cautions = [fact for fact in present if fact.what in cautioned]
    if cautions:
        names = joined(list(dict.fromkeys(_plain(fact) for fact in cautions)))
        return met(
            f"No absolute contraindication is recorded. {names.capitalize()}: choose a product without it.",
            facts=cautions,
            values=(barring, *cautioned_by, *medicine_values),
            amber=True,
        )
    return met(
        "No absolute contraindication is recorded, which reads as none known.",
        values=(barring, *medicine_values),
    )


def _barring_by_product(course: Course, law: Law) -> tuple[Dated[tuple[str, ...]], ...]:
    """The allergies that bar the product now prescribed, for an excipient it may hold."""
    prescription = course.latest_prescription
    return () if prescription is None else _of_products(course, law, (prescription.product,))


def _cautions(course: Course, law: Law) -> tuple[Dated[tuple[str, ...]], ...]:
    """The allergies to heed in the choice of a product: those that bar none outright and, while
    nothing is prescribed, those that bar some product.
    """
    name = "eligibility/cautioned_conditions"
    day = course.today.day
    general = (law.words(name, day),) if law.holds(name, day) else ()
    if course.latest_prescription is not None:
        return general
    return (*general, *_of_products(course, law, _PRODUCTS))


def _of_products(course: Course, law: Law, products: tuple[str, ...]) -> tuple[Dated[tuple[str, ...]], ...]:
    names = [f"eligibility/conditions_barring_{product}" for product in products]
    day = course.today.day
    return tuple(law.words(name, day) for name in names if law.holds(name, day))


def _barring_medicines(course: Course, law: Law) -> tuple[list[Medicine], tuple[Dated[object], ...]]:
    name = "eligibility/contraindicated_medicine_classes"
    day = course.today.day
    if not law.holds(name, day):
        return [], ()
    classes = law.words(name, day)
    names = law.words("eligibility/contraindicated_medicine_names", day).value
    atc = law.words("eligibility/contraindicated_medicine_atc", day).value
    rxnorm = law.words("eligibility/contraindicated_medicine_rxnorm", day).value
    barred = [
        fact
        for fact in course.chart.open_now(Medicine)
        if fact.class_ in classes.value
        or (fact.atc or "").startswith(atc)
        or fact.rxnorm in rxnorm
        or _is_named(fact, names)
    ]
    return barred, (classes,)


def _is_named(medicine: Medicine, names: tuple[str, ...]) -> bool:
    """Is a barred medicine named, whatever class somebody gave it?"""
    return not set(names).isdisjoint(re.findall(r"[a-z]+", medicine.name.casefold()))


def _plain(fact: Condition | Medicine) -> str:
    if isinstance(fact, Medicine):
        return fact.name
    return _IN_PLAIN.get(fact.what, fact.what.replace("_", " "))
