"""What do the templates of rows and the texts of days mean? Each is worked out once and kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from itertools import chain, zip_longest
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Raw
from msgspec.structs import replace

from isovigil.exchange.bulk.rows_as_resources import Row
from isovigil.exchange.bulk.template_plans import Family, Plan, Planner
from isovigil.exchange.fhir.days import DAY_LENGTH
from isovigil.exchange.fhir.intake import Entry
from isovigil.exchange.fhir.record import OWN_EXTENSION
from isovigil.exchange.fhir.resources import AnyResource, Consent, QuestionnaireResponse, Reference
from isovigil.exchange.refusals import EARLIEST_YEAR, LATEST_YEAR

EARLIEST: Final = date(EARLIEST_YEAR, 1, 1)
LATEST: Final = date(LATEST_YEAR, 12, 31)
_DAY_INSIDE: Final = re.compile(r'"valueDateTime":"([0-9]{4}-[0-9]{2}-[0-9]{2})(?=")')
_KEPT: Final = 50_000
_KIND, _NUMBER = map(Row._fields.index, ("kind", "number"))
MET_ENOUGH: Final = 4
"""A plan costs as much as some four readings; most templates met but once stay rare."""
OF_COURSE: Final = ("MedicationRequest", "MedicationDispense")
"""May name each other: where one is read, all of the patient are, which costs more than a plan."""
_BARE: Final[dict[str, Any]] = dict.fromkeys(("id", "meta", "identifier", "extension", "subject", "patient"))
"""What no reader of a form looks at, or what differs from one to the next."""
_NOT_MET: Final[Any] = object()
_NO_DAY: Final = (None, None)
_resource: Final = msgspec.json.Decoder(AnyResource)


class Template:
    """One template as rows name it."""

    def __init__(self, decoded: Callable[[], AnyResource], family: Family, inside: list[date] | None) -> None:
        self.family = family
        self.plans = {} if inside is None else family.plans
        self.inside = inside
        """The days inside it; None where one of them is unusual."""
        self._decode = decoded
        self._decoded: AnyResource | None = None

    def resource(self) -> AnyResource:
        """The template as the strict loader decodes it."""
        if self._decoded is None:
            self._decoded = self._decode()
        return self._decoded


class KnownTemplates:
    """The templates of a run by their marks, with the plans of those met more than once."""

    def __init__(self, texts: Mapping[int, str], shared: Mapping[str, Entry], zone: ZoneInfo) -> None:
        self.zone = zone
        self.zone_name = str(zone)
        self._texts = texts
        self._planner = Planner(shared, zone)
        self.templates: dict[int, Template] = {}
        self._by_content: dict[AnyResource, Template] = {}
        self._families: dict[tuple[str, ...], Family] = {}
        self._days_told: dict[str, tuple[date, None]] = {}

    def template(self, mark: int) -> Template:
        """A template by its mark."""
        found = self.templates.get(mark)
        if found is None:
            if len(self.templates) >= _KEPT:
                self.templates.clear()
                self._families.clear()
            found = self.templates[mark] = self._worked_out(self._texts[mark])
        return found

    def _worked_out(self, text: str) -> Template:
        found = list(_DAY_INSIDE.finditer(text))
        ends = [0, *(each.end() for each in found)]
        starts = [*(each.start(1) for each in found), len(text)]
        pieces = tuple([text[end:start] for end, start in zip(ends, starts, strict=True)])
        family = self._families.get(pieces)
        if family is None:
            family = self._families[pieces] = Family(len(found), partial(_with_days, pieces))
        days = [self.told(each[1])[0] for each in found]
        inside = [each for each in days if each is not None]
        return Template(lambda: _resource.decode(text), family, inside if len(inside) == len(days) else None)

    def template_of(self, resource: AnyResource) -> tuple[Template, str | None] | None:
        """The template of a resource that was not taken apart, and its day; None for most types."""
        if resource.contained or OWN_EXTENSION in bytes(resource.extension):
            return None
        bare: AnyResource
        if isinstance(resource, Consent):
            day = resource.dateTime
            signers = tuple([_by_type(each) for each in resource.performer])
            bare = replace(resource, **_BARE, dateTime=None, performer=signers)
        elif isinstance(resource, QuestionnaireResponse):
            day = resource.authored
            bare = replace(resource, **_BARE, authored=None)
        else:
            return None
        found = self._by_content.get(bare)
        if found is None:
            if len(self._by_content) >= _KEPT:
                self._by_content.clear()
            readable = replace(bare, extension=Raw())
            family = Family(0, lambda _: readable)
            found = self._by_content[bare] = Template(lambda: readable, family, [])
        return found, day

    def plan(self, template: Template, row: tuple[Any, ...], rows: int = 1) -> Plan | None:
        """What rows with the texts of this one make, of which there are so many more.

        None where it is not known yet, or cannot be said.
        """
        if template.inside is None:
            return None
        family = template.family
        _, _, _, _, day, later, changed, number, under, *_ = row
        key: Any = shape_of(day, later, changed, number, under)
        if key in family.decided_by_number:
            key = (key, number)
        found = family.plans.get(key, _NOT_MET)
        return self._planned(family, row, key, rows) if found is _NOT_MET else found

    def _planned(self, family: Family, row: tuple[Any, ...], key: Any, rows: int) -> Plan | None:
        if len(family.plans) + len(family.met) >= _KEPT:
            family.plans.clear()
            family.met.clear()
        family.met[key] += rows
        if family.met[key] < MET_ENOUGH and row[_KIND] not in OF_COURSE:
            return None
        plan = self._planner.plan(family, Row(*row))
        if row[_NUMBER] is not None and isinstance(key, int) and (plan is None or plan.number_decides):
            family.decided_by_number.add(key)
            key = (key, row[_NUMBER])
        family.plans[key] = plan
        return plan

    def day(self, text: str) -> date | None:
        """A day without a time; None for one that is none, or not of our time."""
        try:
            found = date.fromisoformat(text)
        except ValueError:
            return None
        return found if EARLIEST <= found <= LATEST else None

    def told(self, text: str) -> tuple[date, datetime | None] | tuple[None, None]:
        """The day of a text in the clinic's zone, and the moment where it has one; nothing if unusual."""
        if len(text) == DAY_LENGTH:
            return self._days_told.get(text) or self._day_told(text)
        try:
            at = datetime.fromisoformat(text)
            if at.tzinfo is None:
                return _NO_DAY
            at = at.astimezone(self.zone)
        except (ValueError, OverflowError):
            return _NO_DAY
        return at.date(), at

    def _day_told(self, text: str) -> tuple[date, None] | tuple[None, None]:
        on = self.day(text)
        if on is None:
            return _NO_DAY
        if len(self._days_told) >= _KEPT:
            self._days_told.clear()
        self._days_told[text] = on, None
        return on, None


def _with_days(pieces: Sequence[str], days: Sequence[date]) -> AnyResource:
    """A template with days between the pieces of its JSON."""
    texts = (each.isoformat() for each in days)
    resource: AnyResource = _resource.decode("".join(chain(*zip_longest(pieces, texts, fillvalue=""))))
    return resource


def _by_type(signer: Reference) -> Reference:
    """Who signed, without the name: only the type is looked at."""
    kind, slash, _ = (signer.reference or "").partition("/")
    return Reference(reference=f"{kind}{slash}", type=signer.type)


def shape_of(
    day: str | None, later: str | None, changed: str | None, number: str | None, under: str | None
) -> int:
    """Which texts a row has, and which of its days have a time."""
    shape = 0
    if day is not None:
        shape = 1 if len(day) == DAY_LENGTH else 2
    if later is not None:
        shape += 3 if len(later) == DAY_LENGTH else 6
    if changed is not None:
        shape += 9 if len(changed) == DAY_LENGTH else 18
    if under is not None:
        shape += 27
    return shape if number is None else shape + 54
