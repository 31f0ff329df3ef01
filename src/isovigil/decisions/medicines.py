"""Which classes does another medicine belong to, by its class, code or name?

One table serves every rule (clinical specification A5): `interactions/medicines` lists each class
with its RxNorm ingredients, the beginnings of its ATC codes, and names. Any one of them is enough.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import lru_cache, partial
from typing import Any, NamedTuple

from isovigil.case.kinds import Medicine
from isovigil.decisions.course import Course
from isovigil.law.law import Law
from isovigil.law.value import Dated, once_for_each_value

_TABLE = "interactions/medicines"
_TOPICAL = "interactions/topical_codes"
_WORDS = re.compile(r"[a-z0-9]+")
_OUTWEIGHED_BY: Mapping[str, str] = {
    "oral_retinoid": "topical_retinoid",
    "progestin_only_pill": "combined_hormonal",
}
"""An ingredient's code or name serves two classes of medicine; the record's own word decides."""


class Recognised(NamedTuple):
    """A medicine with every class it belongs to."""

    medicine: Medicine
    classes: frozenset[str]


def medicines_on_file(course: Course, law: Law) -> tuple[Recognised, ...]:
    """Every medicine on file, from any course, with its classes. Worked out once for the course."""
    if not course.chart.all(Medicine):
        return ()
    return course.remember("medicines on file", lambda: _recognise_all(course, law))


def medicines_since(course: Course, law: Law, day: date) -> list[Recognised]:
    """The medicines on file that were not over before a day, oldest first.

    Most patients take none: that is asked first, and needs no look at what earlier ones were.
    """
    if not course.chart.not_over_before(Medicine, day):
        return []
    return [
        each for each in medicines_on_file(course, law) if each.medicine.to is None or each.medicine.to >= day
    ]


def taken_now(course: Course, law: Law, classes: Iterable[str]) -> list[Medicine]:
    """The medicines of these classes that the patient takes today, oldest first."""
    lately = medicines_since(course, law, course.today.day)
    if not lately:
        return []
    wanted = frozenset(classes)
    return [
        each.medicine
        for each in lately
        if not wanted.isdisjoint(each.classes) and course.chart.is_open(each.medicine)
    ]


def table_of_medicines(course: Course, law: Law) -> Dated[Any]:
    """The table of classes, as the value a finding names."""
    return law.value(_TABLE, course.today.day)


def _recognise_all(course: Course, law: Law) -> tuple[Recognised, ...]:
    classes_by = _classes_by(law.value(_TABLE, course.today.day))
    topical = law.words(_TOPICAL, course.today.day).value
    return tuple(
        [
            Recognised(each, classes_by(topical, each.class_, each.rxnorm, each.atc, each.name))
            for each in course.chart.all(Medicine)
        ]
    )


class _Row(NamedTuple):
    """What says that a medicine belongs to one class."""

    class_: str
    rxnorm: tuple[str, ...]
    atc: tuple[str, ...]
    """The beginnings of its codes."""
    names: tuple[str, ...]
    """In plain words, between spaces."""


_Classes = Callable[[tuple[str, ...], str | None, str | None, str | None, str], frozenset[str]]


@once_for_each_value
def _classes_by(table: Dated[Any]) -> _Classes:
    """What the rows of a table say of a medicine's class, codes and name: many patients take the same."""
    return lru_cache(partial(_classes_of, _as_rows(table.value)))


def _as_rows(rows: Iterable[Mapping[str, Any]]) -> tuple[_Row, ...]:
    return tuple(
        _Row(row["class"], tuple(row["rxnorm"]), tuple(row["atc"]), tuple(map(_plainly, row["names"])))
        for row in rows
    )


def classes_of(
    medicine: Medicine, rows: Iterable[Mapping[str, Any]], topical: Iterable[str]
) -> frozenset[str]:
    """Every class that the medicine's own class, its codes or its name say it belongs to.

    `rows` hold class, rxnorm, atc (beginnings of codes) and names; `topical` the beginnings of the
    ATC codes of what is put on the skin. What a record states outright outweighs an ingredient
    shared by two classes.
    """
    return _classes_of(
        _as_rows(rows), tuple(topical), medicine.class_, medicine.rxnorm, medicine.atc, medicine.name
    )


def _classes_of(
    rows: tuple[_Row, ...],
    topical: tuple[str, ...],
    class_: str | None,
    rxnorm: str | None,
    atc: str | None,
    name: str,
) -> frozenset[str]:
    stated = {class_} if class_ not in (None, "other") else set()
    plain = _plainly(name)
    found = {row.class_ for row in rows if _is_one_of(rxnorm, atc or "", plain, row)}
    if (atc or "").startswith(topical):
        stated = {*stated, "topical_retinoid"}
        found.add("topical_retinoid")
    for shared, other in _OUTWEIGHED_BY.items():
        if shared not in stated and (other in stated or other in found):
            found.discard(shared)
    return frozenset(word for word in (*stated, *found) if word is not None)


def _is_one_of(rxnorm: str | None, atc: str, name: str, row: _Row) -> bool:
    return rxnorm in row.rxnorm or atc.startswith(row.atc) or any(each in name for each in row.names)


def _plainly(name: str) -> str:
    """The words of a name between spaces, so that one name is found in another only as whole words."""
    return f" {' '.join(_WORDS.findall(name.casefold()))} "
