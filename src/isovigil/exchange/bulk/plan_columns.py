"""What do the rows of one template make, as columns of the fact store?

A plan says which fact a row makes. Here it is put into the words of the store once for all rows that have the
same template and the same texts; what is left over are numbers, days, moments and ids, a column each.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

from msgspec.structs import force_setattr, replace

from isovigil.case.fact import Fact
from isovigil.case.kinds import Dispense, Prescription
from isovigil.exchange.bulk.days_of_texts import FIRST_DAY, LAST_DAY, NEW_YEAR_1970
from isovigil.exchange.bulk.fact_columns import Wordings
from isovigil.exchange.bulk.fact_rows import Plan as Kept
from isovigil.exchange.bulk.fact_rows import Said, as_text, plan_of
from isovigil.exchange.bulk.known_templates import KnownTemplates, Template
from isovigil.exchange.bulk.numbers_of_rows import KnownNumbers
from isovigil.exchange.bulk.rows_as_resources import Row
from isovigil.exchange.bulk.template_plans import DAYS_INSIDE, PRESCRIPTION, Plan
from isovigil.exchange.fact_checks import CHECKS, ORDERS
from isovigil.exchange.fhir.outcome import Issue

DAY, LATER, CHANGED = 0, 2, 4
"""Where among the values of a row a day stands; the moment of each stands next to it."""
VALUES: Final = range(DAYS_INSIDE)
"""The values that each row has for itself."""
NOWHERE: Final = -1
UNDER: Final = -2
"""Stands for the prescription that a row names, where it is one."""
NUMBER: Final = -3
"""Stands for the number of a row."""
Piece = str | int
"""A text of `fields`, or which value stands there."""
Key = tuple[int, int, str | None]
"""The template, which texts there are, and the number where that decides more than a value."""
_COURSE: Final = (Prescription, Dispense)
_KEPT: Final = 50_000
_DAY_AT: Final = Row._fields.index("day")


class Way(NamedTuple):
    """How a row comes to its fact. There are few, however many templates there are."""

    is_plain: bool = False
    """False where such rows have to be read one by one."""
    makes_a_fact: bool = False
    tells: bool = False
    """Has anything to be told of each such row?"""
    ends_at: int = NOWHERE
    """Which value of the row is the last day of what lasts."""
    recorded_at: int = NOWHERE
    later_counts: bool = False
    changed_counts: bool = False
    is_under: bool = False
    """Does the fact name the prescription that the row names?"""
    is_prescription: bool = False
    is_of_course: bool = False
    """Is it a prescription or a hand-over, which may name each other?"""
    first_gap: int = NOWHERE
    """Which value of the row stands in `fields` behind `before`; nowhere where none does."""
    second_gap: int = NOWHERE
    """Which one stands there behind `between`."""
    attributes: tuple[str | None, ...] = (None,) * DAYS_INSIDE
    """Which attribute of the fact each value of the row is."""


class Making(NamedTuple):
    """What every row of one template and one set of texts makes. Days count from 1970."""

    way: int = 0
    """Its place among the ways; the first is to be read one by one."""
    said: int = NOWHERE
    """The place of what the fact says, but for its number and last day; nowhere where there is no fact."""
    first: int = FIRST_DAY
    """The row's own day may not be earlier, or the fact would not agree with itself."""
    last: int = LAST_DAY
    day: int | None = None
    """The fact's day, where it stands inside the template; else it is the row's."""
    ends_on: int | None = None
    """The last day of what lasts, where it stands inside the template."""
    numbers: int | None = None
    """The place of what the row's number means; none where the fact has none from there."""
    fact: Fact | None = None
    """What the row makes, but for its id, its number and the values that it has for itself."""
    before: str = ""
    """What `fields` says, up to the first value that each row has for itself; so on for the second."""
    between: str = ""
    after: str = ""
    issues: tuple[Issue, ...] = ()
    """What has to be told of each row."""


READ_SINGLY: Final = Making()
BY_NUMBER: Final = Making()
"""Such rows have to be told apart by their numbers, too."""


class _Shaped(NamedTuple):
    """What the rows of one plan make, before the days inside their template are known."""

    plan: Plan
    said: int
    way: Way
    numbers: int | None
    bounds: tuple[tuple[int, int, int], ...]
    """Orders between the row's day and a day inside: the place inside, and what is added for the row's day
    to be the earliest (1) or the latest (-1)."""
    between: tuple[tuple[int, int, bool], ...]
    """Two days inside, in their order, and whether they may not be the same."""
    day_inside: int
    ends_inside: int
    pieces: tuple[Piece, ...]
    """What `fields` says: texts, and between them days inside, or what each row has."""


class Makings:
    """What rows make, worked out once for each template and set of texts."""

    def __init__(self, known: KnownTemplates, wordings: Wordings, *, with_fields: bool) -> None:
        self._known = known
        self._with_fields = with_fields
        self._wordings = wordings
        self._made: dict[Key, Making] = {}
        self._shaped: dict[int, _Shaped | None] = {}
        self.ways: list[Way] = [Way()]
        self.numbers = KnownNumbers()
        self._plans: list[Plan] = []
        """Kept, so that no other plan comes to have the identity of one."""

    def forget_where_too_many(self) -> None:
        """Begin anew where much was met. Only between two tables: places change."""
        if self._wordings.forget_where_too_many() or len(self._made) > _KEPT:
            self._made.clear()
            self._shaped.clear()
            self._plans.clear()
            self.numbers.clear()

    def known(self, keys: Iterable[Key]) -> list[Making | None]:
        """What rows of these templates and texts make, where it was asked before."""
        return list(map(self._made.get, keys))

    def making(self, row: tuple[Any, ...], key: Key, rows: int) -> Making:
        """What rows like this one make, of which there are so many. READ_SINGLY where that cannot be said."""
        mark, shape, number = key
        template = self._known.template(mark)
        decided = template.family.decided_by_number
        plan = None if number is None and shape in decided else self._known.plan(template, row, rows)
        if number is None and shape in decided:
            self._made[key] = BY_NUMBER
            return BY_NUMBER
        if plan is None:
            return READ_SINGLY
        if id(plan) not in self._shaped:
            self._plans.append(plan)
            self._shaped[id(plan)] = self._shape(plan, has_day=row[_DAY_AT] is not None)
        shaped = self._shaped[id(plan)]
        making = READ_SINGLY if shaped is None else self._filled(shaped, template)
        self._made[key] = making
        return making

    def _shape(self, plan: Plan, *, has_day: bool) -> _Shaped | None:
        """The columns of a plan; None where its rows have to be read one by one."""
        way = _way_without_a_fact(plan)
        if plan.base is None:
            return _Shaped(plan, NOWHERE, way, None, (), (), NOWHERE, NOWHERE, ())
        kind = type(plan.base)
        kept, holes = plan_of(kind.kind), dict(plan.holes)
        day_at, ends_at = holes.get(kept.day_attribute, NOWHERE), NOWHERE
        if "to" in kept.others:
            ends_at = holes.get("to", NOWHERE)
        recorded_at = holes.get("recorded_at", NOWHERE)
        if not _is_dated(kept, day_at) or (not has_day and (plan.later_counts or plan.changed_counts)):
            return None
        if not has_day and day_at < DAYS_INSIDE:
            return None
        if plan.numbers is not None and plan.numbers.attribute != kept.number:
            return None
        attributes = {at: attribute for attribute, at in plan.holes}
        if len(attributes) < len(plan.holes):
            return None
        pieces = _pieces(plan, kept)
        if pieces is None or len(_gaps_of(pieces)) > 2:
            return None
        first_gap, second_gap = (*_gaps_of(pieces), NOWHERE, NOWHERE)[:2]
        orders = _orders(plan.base, holes) if plan.has_days_inside else ((), ())
        if orders is None:
            return None
        return _Shaped(
            plan,
            self._wordings.place_of_said(_alone(kept.said(kept.values_of(plan.base)), plan, ends_at)),
            way._replace(
                makes_a_fact=True,
                ends_at=ends_at if ends_at < DAYS_INSIDE else NOWHERE,
                recorded_at=recorded_at,
                is_under=plan.is_under,
                is_prescription=kind is Prescription,
                is_of_course=kind in _COURSE,
                first_gap=first_gap,
                second_gap=second_gap,
                attributes=tuple([attributes.get(value) for value in VALUES]),
            ),
            None if plan.numbers is None else self.numbers.place_of(plan.numbers),
            *orders,
            day_at - DAYS_INSIDE if day_at >= DAYS_INSIDE else NOWHERE,
            ends_at - DAYS_INSIDE if ends_at >= DAYS_INSIDE else NOWHERE,
            pieces,
        )

    def _filled(self, shaped: _Shaped, template: Template) -> Making:
        """With the days inside a template."""
        if shaped.way not in self.ways:
            self.ways.append(shaped.way)
        way = self.ways.index(shaped.way)
        if not shaped.way.makes_a_fact:
            return Making(way, issues=shaped.plan.issues)
        inside = template.inside or []
        fact = _made_up(shaped.plan, inside)
        making = Making(way, shaped.said, numbers=shaped.numbers, fact=fact, issues=shaped.plan.issues)
        if shaped.plan.has_days_inside:
            for place, other, strictly in shaped.between:
                if inside[other] < inside[place] or (strictly and inside[other] == inside[place]):
                    return READ_SINGLY
            making = _between(making, shaped, inside)
        return _worded(making, shaped.pieces, inside) if self._with_fields else making


def _made_up(plan: Plan, inside: Sequence[date]) -> Fact:
    """The fact of a made-up row, with the days inside its template."""
    assert plan.base is not None  # asked only where there is a fact
    fact = replace(plan.base)
    for attribute, at in plan.holes:
        if at >= DAYS_INSIDE:
            force_setattr(fact, attribute, inside[at - DAYS_INSIDE])
    return fact


def _between(making: Making, shaped: _Shaped, inside: list[date]) -> Making:
    first, last = making.first, making.last
    for place, way, strictly in shaped.bounds:
        day = inside[place].toordinal() - NEW_YEAR_1970
        if way > 0:
            first = max(first, day + strictly)
        else:
            last = min(last, day - strictly)
    own, ends_on = (
        None if place == NOWHERE else inside[place].toordinal() - NEW_YEAR_1970
        for place in (shaped.day_inside, shaped.ends_inside)
    )
    return making._replace(first=first, last=last, day=own, ends_on=ends_on)


def _way_without_a_fact(plan: Plan) -> Way:
    return Way(
        is_plain=True,
        later_counts=plan.later_counts,
        changed_counts=plan.changed_counts,
        tells=bool(plan.issues),
    )


def _worded(making: Making, pieces: Sequence[Piece], inside: Sequence[date]) -> Making:
    """With the text of `fields`, as far as it is the same for all rows."""
    texts = [""]
    for piece in pieces:
        if isinstance(piece, str):
            texts[-1] += piece
        elif piece >= DAYS_INSIDE:
            texts[-1] += inside[piece - DAYS_INSIDE].isoformat()
        else:
            texts.append("")
    before, between, after = (*texts, "", "")[:3]
    return making._replace(before=before, between=between, after=after)


def _pieces(plan: Plan, kept: Kept) -> tuple[Piece, ...] | None:
    """What `fields` says of a fact of a plan; None where it is not known where what each row has stands."""
    assert plan.base is not None  # asked only where there is a fact
    own, given = kept.told(kept.values_of(plan.base))
    gaps = {attribute: at for attribute, at in plan.holes if attribute in kept.others}
    if plan.numbers is not None:
        gaps[plan.numbers.attribute] = NUMBER
    found: list[Piece] = []
    for attribute, (name, _) in kept.others.items():
        gap = gaps.get(attribute)
        opening = f'{"," if found else "{"}"{name}":'
        if attribute == PRESCRIPTION and plan.is_under:
            if not found:
                return None
            found.append(UNDER)
        elif gap is not None:
            if name not in given:
                return None
            found += [opening, gap] if gap == NUMBER else [f'{opening}"', gap, '"']
        elif name in given:
            found.append(f"{opening}{as_text(own[attribute])}")
    return (*(found or "{"), "}")


def _gaps_of(pieces: Sequence[Piece]) -> list[int]:
    """Which values each row has for itself, in their order."""
    return [each for each in pieces if isinstance(each, int) and each < DAYS_INSIDE]


def _alone(said: Said, plan: Plan, ends_at: int) -> Said:
    """What the fact of a made-up row says, without what comes from the row or stands inside the template."""
    if plan.numbers is not None:
        said = said._replace(number=None)
    return said if ends_at == NOWHERE else said._replace(ends_on=None)


def _is_dated(kept: Kept, day_at: int) -> bool:
    """Is the fact's day the row's own, or one inside its template?"""
    if kept.day_is_instant:
        return day_at == DAY + 1
    return day_at == DAY or day_at >= DAYS_INSIDE


_Bounds = tuple[tuple[tuple[int, int, int], ...], tuple[tuple[int, int, bool], ...]]


def _orders(base: Fact, holes: dict[str, int]) -> _Bounds | None:
    """What the days inside a template have to agree with; None where that is more than the row's own day."""
    if base.kind in CHECKS or "recorded_at" in holes:
        return None
    bounds: list[tuple[int, int, int]] = []
    between: list[tuple[int, int, bool]] = []
    for first, second, strictly in ORDERS:
        one, other = holes.get(first), holes.get(second)
        if one is None and other is None:
            continue
        if one is None or other is None:
            if getattr(base, first, None) is None or getattr(base, second, None) is None:
                continue
            return None
        if min(one, other) >= DAYS_INSIDE:
            between.append((one - DAYS_INSIDE, other - DAYS_INSIDE, strictly))
        elif other == DAY and one >= DAYS_INSIDE:
            bounds.append((one - DAYS_INSIDE, 1, int(strictly)))
        elif one == DAY and other >= DAYS_INSIDE:
            bounds.append((other - DAYS_INSIDE, -1, int(strictly)))
        else:
            return None
    return tuple(bounds), tuple(between)
