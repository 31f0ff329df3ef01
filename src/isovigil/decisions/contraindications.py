"""Does anything recorded rule isotretinoin out, by the programme's label?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import lru_cache, partial
from typing import Any, NamedTuple, get_args

from isovigil.case.kinds import Condition, Medicine, Prescription
from isovigil.case.words import ProductFamily
from isovigil.decisions.asked import joined
from isovigil.decisions.course import Course
from isovigil.decisions.finding import Outcome, met, not_met, unknown
from isovigil.decisions.medicines import table_of_medicines, taken_now
from isovigil.decisions.rule import EVERY_GATE, rule
from isovigil.law.law import Law
from isovigil.law.value import Dated, once_for_each_value

_IN_PLAIN = {
    "allergy_isotretinoin": "allergy to isotretinoin",
    "allergy_soya": "allergy to soya",
    "allergy_peanut": "allergy to peanut",
    "allergy_parabens": "allergy to parabens",
    "allergy_tartrazine": "allergy to tartrazine",
    "hypervitaminosis_a": "hypervitaminosis A",
    "ibd": "inflammatory bowel disease",
    "intracranial_hypertension": "raised pressure in the head",
    "self_harm_history": "self-harm in the past",
    "family_history_hyperlipidaemia": "raised blood fats in the family",
    "hyperlipidaemia": "raised blood fats",
    "alcohol_excess": "much alcohol",
    "contact_lens_wearer": "contact lenses",
    "night_driver": "driving at night",
}
_PRODUCTS: tuple[str, ...] = get_args(ProductFamily)
_MEDICINES = "eligibility/contraindicated_medicine_classes"
_CAUTIONED = "eligibility/cautioned_conditions"
_BARRING = {product: f"eligibility/conditions_barring_{product}" for product in _PRODUCTS}


@rule("eligibility.contraindications", gates=EVERY_GATE, when_not_met="stop")
def contraindications(course: Course, law: Law) -> Outcome:
    """Is an absolute contraindication recorded?

    Conditions and medicines are recorded by exception: none recorded reads as none known.
    Pregnancy has rules of its own.
    """
    matters = law.worked_out(_what_matters, course.today.day)
    present = course.chart.open_saying(Condition, matters.conditions)
    barring = matters.barring
    medicines, medicine_values = _barring_medicines(course, law, matters)
    if not medicines and not present:
        return matters.none_known
    by_product = _barring_by_product(course, law)
    found: list[Condition | Medicine] = [
        fact for fact in present if fact.what in barring.value or fact.what in by_product.barred
    ]
    found += medicines
    if found:
        names = joined(list(dict.fromkeys(_plain(fact) for fact in found)))
        return not_met(
            f"Recorded: {names}, which rules isotretinoin out.",
            needs=f"another treatment, unless {names} is over or was recorded in error",
            whose_move="prescriber",
            facts=found,
            values=(barring, *by_product.values, *medicine_values),
        )
    doubtful = [fact for fact in present if fact.what in by_product.in_doubt]
    if doubtful:
        return _which_capsules(course, doubtful, (barring, *by_product.values))
    cared_for = law.value("eligibility/cautions", course.today.day)
    cares = _cares_of(cared_for)
    cautioned_by = _cautions(course, matters)
    cautions = [
        fact
        for fact in present
        if fact.what in matters.cautioned
        and fact.what not in by_product.free_of
        and any(fact.what in value.value for value in cautioned_by)
    ]
    careful = [fact for fact in present if fact.what in cares]
    if cautions or careful:
        said_of = _said_of(cared_for)
        return met(
            said_of(tuple([fact.what for fact in cautions]), tuple([fact.what for fact in careful])),
            facts=[*cautions, *careful],
            values=(barring, *cautioned_by, cared_for, *medicine_values),
            amber=True,
        )
    return matters.none_known


class _Matters(NamedTuple):
    """What the law of a day has to say of anybody."""

    conditions: frozenset[str]
    """Every condition that bars, may bar or asks for care: no other is worth a look."""
    barring: Dated[tuple[str, ...]]
    classes: Dated[tuple[str, ...]] | None
    """The classes of medicines that bar."""
    general: tuple[Dated[tuple[str, ...]], ...]
    """The allergies to heed in the choice of a product."""
    of_products: tuple[Dated[tuple[str, ...]], ...]
    """Those that bar some product."""
    cautioned: frozenset[str]
    """The conditions of both."""
    none_known: Outcome


def _what_matters(law: Law, on: date) -> _Matters:
    barring = law.words("eligibility/contraindications", on)
    classes = law.words(_MEDICINES, on) if law.holds(_MEDICINES, on) else None
    general = (law.words(_CAUTIONED, on),) if law.holds(_CAUTIONED, on) else ()
    of_products = _of_products(law, on, _PRODUCTS)
    cautioned = frozenset([word for each in (*general, *of_products) for word in each.value])
    cares = _cares_of(law.value("eligibility/cautions", on))
    none_known = met(
        "No absolute contraindication is recorded, which reads as none known.",
        values=(barring,) if classes is None else (barring, classes),
    )
    conditions = cautioned.union(barring.value, cares)
    return _Matters(conditions, barring, classes, general, of_products, cautioned, none_known)


@once_for_each_value
def _cares_of(cautions: Dated[Any]) -> dict[str, str]:
    return {row["condition"]: row["care"] for row in cautions.value}


@once_for_each_value
def _said_of(cautions: Dated[Any]) -> Callable[[tuple[str, ...], tuple[str, ...]], str]:
    """What is said of conditions for which a product without something is chosen, and of those that ask
    for care: many patients have the same.
    """
    return lru_cache(partial(_in_sentences, _cares_of(cautions)))


def _in_sentences(cares: dict[str, str], cautions: tuple[str, ...], careful: tuple[str, ...]) -> str:
    """What each caution asks for, each in a sentence."""
    said = ["No absolute contraindication is recorded."]
    if cautions:
        names = joined(list(dict.fromkeys(map(_in_plain, cautions))))
        said.append(f"{names.capitalize()}: choose a product without it.")
    said += [f"{_first_up(_in_plain(what))}: {cares[what]}." for what in careful]
    return " ".join(dict.fromkeys(said))


def _first_up(text: str) -> str:
    return text[0].upper() + text[1:]


class _ByProduct(NamedTuple):
    """What the excipients of the product now prescribed mean for people with an allergy."""

    barred: frozenset[str] = frozenset()
    in_doubt: frozenset[str] = frozenset()
    """The product may hold it, and nobody recorded which strengths are meant."""
    free_of: frozenset[str] = frozenset()
    values: tuple[Dated[Any], ...] = ()


_NOTHING_PRESCRIBED = _ByProduct()


def _barring_by_product(course: Course, law: Law) -> _ByProduct:
    """The allergies that bar the product now prescribed, for an excipient of it or of some of its
    strengths: those are told apart only where the capsules are itemised.
    """
    prescription = course.latest_prescription
    if prescription is None:
        return _NOTHING_PRESCRIBED
    allergies = _of_products(law, course.today.day, (prescription.product,))
    words = frozenset(word for value in allergies for word in value.value)
    name = f"eligibility/excipient_strength_{prescription.product}"
    day = course.today.day
    if not words or not law.holds(name, day):
        return _ByProduct(barred=words, values=allergies)
    strength = law.number(name, day)
    values = (*allergies, strength)
    if prescription.capsules is None:
        return _ByProduct(in_doubt=words, values=values)
    if any(item.mg == strength.value for item in prescription.capsules):
        return _ByProduct(barred=words, values=values)
    return _ByProduct(free_of=words, values=values)


def _which_capsules(course: Course, facts: list[Condition], values: tuple[Dated[Any], ...]) -> Outcome:
    names = joined(list(dict.fromkeys(_plain(fact) for fact in facts)))
    strength = values[-1].value
    prescription: Prescription | None = course.latest_prescription
    return unknown(
        f"{names.capitalize()} is recorded, the {strength:g} mg capsule of this product holds it, and the "
        "prescription does not say which capsules are meant.",
        needs=f"the strengths of the capsules, without the one of {strength:g} mg",
        whose_move="prescriber",
        satisfiable_from=course.today.day,
        facts=[*facts, prescription],
        values=values,
        task="prescription",
    )


def _cautions(course: Course, matters: _Matters) -> tuple[Dated[tuple[str, ...]], ...]:
    """The allergies to heed in the choice of a product: those that bar none outright and, while
    nothing is prescribed, those that bar some product.
    """
    if course.latest_prescription is not None:
        return matters.general
    return (*matters.general, *matters.of_products)


def _of_products(law: Law, day: date, products: tuple[str, ...]) -> tuple[Dated[tuple[str, ...]], ...]:
    names = [_BARRING[product] for product in products]
    return tuple([law.words(name, day) for name in names if law.holds(name, day)])


def _barring_medicines(
    course: Course, law: Law, matters: _Matters
) -> tuple[list[Medicine], tuple[Dated[object], ...]]:
    classes = matters.classes
    if classes is None:
        return [], ()
    barred = taken_now(course, law, classes.value)
    return barred, (classes, table_of_medicines(course, law)) if barred else (classes,)


def _plain(fact: Condition | Medicine) -> str:
    if isinstance(fact, Medicine):
        return fact.name
    return _in_plain(fact.what)


def _in_plain(condition: str) -> str:
    return _IN_PLAIN.get(condition, condition.replace("_", " "))
