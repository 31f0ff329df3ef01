"""What stands around a page of the clinic: which clinic, who is signed in, where one can go?"""

from __future__ import annotations

from typing import Any, Final

import msgspec
from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from isovigil.web.components import Words


class Place(msgspec.Struct, frozen=True):
    """One entry of the navigation: the name of its address, its words, and who sees it."""

    name: str
    words: Words
    roles: tuple[str, ...] = ()
    """Empty: everybody who is signed in."""


PLACES: Final = (
    Place("worklist", _("Worklist"), ("prescriber", "nurse", "coordinator")),
    Place("patients", _("Patients"), ("prescriber", "nurse", "coordinator")),
    Place("dispense_check", _("Hand-over check"), ("pharmacist",)),
    Place("people", _("People"), ("administrator", "programme_lead")),
    Place("log", _("Log"), ("auditor", "administrator", "programme_lead")),
    Place("looks", _("Who looked"), ("auditor",)),
    Place("own_record", _("Who looked at my record"), ("patient", "carer")),
    Place("judged_by", _("What we judge by")),
    Place("window_calculator", _("Window calculator")),
)
"""An entry whose address does not exist yet is left out, so that pages can be added one by one."""

ROLE_WORDS: Final[dict[str, Words]] = {
    "prescriber": _("prescriber"),
    "nurse": _("nurse"),
    "coordinator": _("coordinator"),
    "pharmacist": _("pharmacist"),
    "programme_lead": _("programme lead"),
    "auditor": _("auditor"),
    "administrator": _("administrator"),
    "patient": _("patient"),
    "carer": _("carer"),
}


class PlaceShown(msgspec.Struct, frozen=True):
    """An entry of the navigation on one page."""

    url: str
    words: Words
    is_here: bool


class Shell(msgspec.Struct, frozen=True):
    """What the staff layout shows."""

    home: str
    clinic: str
    person: str
    role: Words
    places: tuple[PlaceShown, ...]
    sign_out: str
    is_demo: bool


def shell(request: HttpRequest) -> dict[str, Any]:
    """The context processor. Nothing is looked up before a layout asks."""
    return {"shell": SimpleLazyObject(lambda: _shell(request))}


def _shell(request: HttpRequest) -> Shell:
    # Whoever lets a request in puts the membership it acts in on it: a role of a person at a clinic.
    membership = getattr(request, "membership", None)
    role = "" if membership is None else str(membership.role)
    return Shell(
        home=_address("worklist") or "/",
        clinic="" if membership is None else str(membership.clinic),
        person="" if membership is None else str(membership.person),
        role=ROLE_WORDS.get(role, role),
        places=tuple(_places(request.path, role)) if membership is not None else (),
        sign_out=_address("account_logout") or "/",
        is_demo=settings.ISOVIGIL_ENVIRONMENT == "demo",
    )


def _places(path: str, role: str) -> list[PlaceShown]:
    shown = []
    for place in PLACES:
        url = _address(place.name)
        if url is not None and (not place.roles or role in place.roles):
            shown.append(PlaceShown(url, place.words, path == url))
    return shown


def _address(name: str) -> str | None:
    try:
        return reverse(name)
    except NoReverseMatch:
        return None
