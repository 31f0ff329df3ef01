"""Who are the clinic's patients, so that nobody could take one for a real person?"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Literal, NamedTuple

GIVEN_NAMES = (
    "Acorn", "Alder", "Aspen", "Bramble", "Briar", "Bryony", "Cedar", "Clover", "Fennel", "Fern",
    "Finch", "Hazel", "Heather", "Heron", "Ivy", "Jay", "Juniper", "Lark", "Laurel", "Linnet",
    "Maple", "Martin", "Meadow", "Myrtle", "Olive", "Pepper", "Plover", "Poppy", "Robin", "Rowan",
    "Rue", "Saffron", "Sage", "Sorrel", "Tansy", "Teal", "Thistle", "Willow", "Wren", "Yarrow",
)  # fmt: skip
FAMILY_NAMES = (
    "Demoway", "Dummerly", "Examplar", "Fakenham-Test", "Fictley", "Imaginary", "Inventley",
    "Madeupham", "Makebelieve", "Mockridge", "Notreal", "Placeholder", "Pretendson", "Sampleton",
    "Simulton", "Specimen", "Synthwell", "Testerby", "Testwell", "Unreally",
)  # fmt: skip
_DAYS_IN_A_YEAR = 365.25
ADULT = 18

Sex = Literal["female", "male"]


class Person(NamedTuple):
    """One made-up patient: an opaque id for the case file, a name for the display list only."""

    id: str
    name: str
    born_on: date
    sex: Sex
    weight_kg: int
    height_cm: int
    can_become_pregnant: bool


class Makeup(NamedTuple):
    """What a story asks of its patient: the category, age in whole years and body mass index, from and to."""

    can_become_pregnant: bool = True
    youngest: int = 18
    oldest: int = 34
    lightest: float = 19.5
    heaviest: float = 26.5
    """kg/m²"""


def names_of(chance: Random, count: int) -> list[str]:
    """So many different names; more than there are get a number."""
    every = [f"{given} {family}" for given in GIVEN_NAMES for family in FAMILY_NAMES]
    chance.shuffle(every)
    return [every[place % len(every)] + _more_than_once(place, len(every)) for place in range(count)]


def _more_than_once(place: int, names: int) -> str:
    return f" {place // names + 1}" if place >= names else ""


def make_person(number: int, name: str, makeup: Makeup, today: date, chance: Random) -> Person:
    """A patient of the age and category a story asks for. Birthdays keep clear of today."""
    age = chance.randint(makeup.youngest, makeup.oldest)
    born_on = today - timedelta(days=round((age + chance.uniform(0.2, 0.8)) * _DAYS_IN_A_YEAR))
    sex: Sex = "female" if makeup.can_become_pregnant else "male"
    height = chance.randint(155, 178) if sex == "female" else chance.randint(165, 190)
    return Person(
        id=f"p-{number:04d}",
        name=name,
        born_on=born_on,
        sex=sex,
        weight_kg=round(chance.uniform(makeup.lightest, makeup.heaviest) * (height / 100) ** 2),
        height_cm=height,
        can_become_pregnant=makeup.can_become_pregnant,
    )


def is_adult_on(person: Person, day: date) -> bool:
    """Is the patient eighteen on that day?"""
    return (day - person.born_on).days / _DAYS_IN_A_YEAR >= ADULT
