"""Does another medicine defeat the hormonal method in use, and is there another primary method?"""

from __future__ import annotations

from typing import Any

import msgspec

from isovigil.case.kinds import Contraception, Medicine
from isovigil.decisions.contraceptive_cover import entry_in_force
from isovigil.decisions.course import Course
from isovigil.decisions.medicines import taken_now
from isovigil.law.law import Law
from isovigil.law.value import Dated


class HormonalCover(msgspec.Struct, frozen=True):
    """The methods in use, those a medicine can defeat, and the primary ones that stand beside them."""

    entries: tuple[Contraception, ...]
    in_use: frozenset[str]
    defeating: tuple[Medicine, ...]
    """Medicines taken now that defeat hormonal methods."""
    at_risk: frozenset[str]
    others: frozenset[str]
    """Primary methods in use that no medicine defeats."""
    values: tuple[Dated[Any], ...]


def hormonal_cover(course: Course, law: Law) -> HormonalCover:
    """What the entries of patient and prescriber and the medicines taken now say together."""
    today = course.today.day
    interfering = law.words("contraception/interfering_medicines", today)
    hormonal = law.words("contraception/hormonal_methods", today)
    both = (entry_in_force(course, "prescriber"), entry_in_force(course, "patient"))
    entries = tuple([entry for entry in both if entry is not None])
    in_use = frozenset([method for entry in entries for method in (entry.primary, entry.secondary) if method])
    taken = taken_now(course, law, interfering.value)
    others = law.words("contraception/primary_methods_not_hormonal", today).value if taken else ()
    return HormonalCover(
        entries,
        in_use,
        tuple(taken),
        in_use & frozenset(hormonal.value),
        in_use & frozenset(others),
        (interfering, hormonal),
    )
