"""Who are the people of the made-up nation, so that nobody could take one for a real person?"""

from __future__ import annotations

from random import Random
from typing import Final, NamedTuple

GIVEN: Final = (
    b"Acorn", b"Alder", b"Aspen", b"Bramble", b"Briar", b"Cedar", b"Clover", b"Fennel", b"Fern", b"Finch",
    b"Hazel", b"Heron", b"Ivy", b"Juniper", b"Lark", b"Linnet", b"Maple", b"Myrtle", b"Plover", b"Sorrel",
)  # fmt: skip
FAMILY: Final = (
    b"Demoway", b"Dummerly", b"Examplar", b"Fictley", b"Imaginary", b"Inventley", b"Madeupham", b"Mockridge",
    b"Notreal", b"Placeholder", b"Pretendson", b"Sampleton", b"Simulton", b"Synthwell", b"Testerby",
    b"Unreally",
)  # fmt: skip
SHARE_WHO_CAN_BECOME_PREGNANT: Final = 0.52
SHARE_MINORS: Final = 0.22
SHARE_ABSTINENT: Final = 0.15
SHARE_REGULAR: Final = 0.7
PAIRS: Final = (
    (b"combined-pill", b"condom"),
    (b"combined-pill", b"condom"),
    (b"implant", b"condom"),
    (b"iud-hormonal", b"condom"),
    (b"iud-copper", b"condom"),
    (b"ring", b"condom"),
    (b"injection", b"diaphragm-spermicide"),
)
"""Accepted pairs of forms, a primary one first; the common pair twice."""
_DAYS_IN_A_YEAR: Final = 365.25
_ADULT: Final = 18
_CLINICS: Final = 900
_BMI: Final = (19.0, 31.0)


class Person(NamedTuple):
    """One made-up patient as the course begins."""

    pid: bytes
    given: bytes
    family: bytes
    born: int
    """A proleptic ordinal."""
    is_minor: bool
    can_become_pregnant: bool
    is_regular: bool
    pair: tuple[bytes, bytes] | None
    """The two forms of contraception; None for committed abstinence."""
    height_cm: int
    weight_kg: float
    clinic: bytes


def make_person(number: int, enrolled_on: int, chance: Random) -> Person:
    """A person who enrols on a day. Birthdays keep at least two months away from the eighteenth."""
    roll = chance.random
    can = roll() < SHARE_WHO_CAN_BECOME_PREGNANT
    is_minor = roll() < SHARE_MINORS
    age = 13 + roll() * 3.8 if is_minor else _ADULT + 0.3 + roll() ** 1.6 * 24
    height = int(152 + roll() * 25) if can else int(163 + roll() * 27)
    low, high = _BMI
    bmi = low + roll() * roll() * (high - low) * 1.3
    return Person(
        pid=b"p%07d" % number,
        given=GIVEN[int(roll() * len(GIVEN))],
        family=FAMILY[int(roll() * len(FAMILY))],
        born=enrolled_on - int(age * _DAYS_IN_A_YEAR),
        is_minor=is_minor,
        can_become_pregnant=can,
        is_regular=roll() < SHARE_REGULAR,
        pair=None if roll() < SHARE_ABSTINENT else PAIRS[int(roll() * len(PAIRS))],
        height_cm=height,
        weight_kg=round(bmi * (height / 100) ** 2, 1),
        clinic=b"%03d" % (int(roll() * _CLINICS) + 1),
    )
