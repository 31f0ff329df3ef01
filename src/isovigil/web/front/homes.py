"""Which page does each role see first, and what will it see there?"""

from __future__ import annotations

from typing import Final

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from isovigil.usecases.record.acting import Role
from isovigil.web.components import Words

HOMES: Final[dict[Role, tuple[str, ...]]] = {
    "prescriber": ("worklist", "judged_by"),
    "nurse": ("worklist", "judged_by"),
    "coordinator": ("worklist", "judged_by"),
    "pharmacist": ("hand_over", "judged_by"),
    "programme_lead": ("log",),
    "auditor": ("log",),
    "administrator": ("people",),
    "patient": ("own_record",),
    "carer": ("own_record",),
}
"""The names of addresses; the first that exists in this version is the role's own page."""

WHAT_THEY_SEE: Final[dict[Role, Words]] = {
    "prescriber": _("The worklist, every patient's course, and the visits to sign."),
    "nurse": _("The worklist and every patient's course; records tests, answers and results."),
    "coordinator": _("The worklist: whose move it is, and which window closes next."),
    "pharmacist": _("Whether one patient may be handed their capsules now. No reason beyond what they need."),
    "programme_lead": _("How the log grows and who works at the clinic. No patient's record."),
    "auditor": _("The signed log and who looked at which record. No patient's record."),
    "administrator": _("Who works at the clinic: invitations, roles, leavers. No patient's record."),
    "patient": _("Her own record, and everybody who looked at it."),
    "carer": _("The part of that record that a parent may see, and who looked at it."),
}


def home_of(role: Role) -> str | None:
    """The address of a role's own page; None where this version has none for it yet."""
    for name in HOMES[role]:
        try:
            return reverse(name)
        except NoReverseMatch:
            continue
    return None
