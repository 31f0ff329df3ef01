"""How is what a use case refuses told on a page?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from isovigil.decisions.review import ReviewNotPossible
from isovigil.law.refusal import NoRuleInForce, ProgrammeNotModelled
from isovigil.proof.sealing import DoesNotOpen
from isovigil.storage.patient_keys import Erased
from isovigil.usecases.record.access import NotAllowed
from isovigil.usecases.record.acting import Acting
from isovigil.usecases.record.course_read import NoSuchPatient
from isovigil.usecases.record.hand_over import AlreadyAuthorised, NoSuchAuthorisation, NotToday
from isovigil.usecases.record.hand_over_told import why_not_told_to_the_pharmacy
from isovigil.usecases.record.judging import NotAdopted
from isovigil.usecases.record.patient_case import DamagedRecord
from isovigil.usecases.record.record_facts import NotInThisRecord, OfThePharmacy
from isovigil.usecases.record.requests import ChangedMeanwhile, KeyReused
from isovigil.usecases.record.worklist_rows import work_out_again
from isovigil.web.components import Words
from isovigil.web.errors import logged_fault, page_not_found
from isovigil.web.partial import is_opened_in_place, page_or_part
from isovigil.web.seen import NotSaidWhatWasSeen

_TOLD: Final[dict[type[Exception], tuple[int, Words]]] = {
    NotAdopted: (409, _("Nobody's therapy is judged yet")),
    NoRuleInForce: (409, _("No rule is in force for this day")),
    ProgrammeNotModelled: (409, _("This programme is not modelled")),
    ReviewNotPossible: (409, _("This cannot be judged")),
    Erased: (410, _("This person was erased")),
    AlreadyAuthorised: (409, _("This was authorised before")),
    NoSuchAuthorisation: (409, _("There is no such authorisation")),
    ChangedMeanwhile: (412, _("The record changed meanwhile")),
    NotInThisRecord: (409, _("The record changed meanwhile")),
    OfThePharmacy: (409, _("This was authorised before")),
    KeyReused: (422, _("This form was sent before with other answers")),
    NotSaidWhatWasSeen: (400, _("This form cannot be taken")),
}
"""The texts of these say what is wrong and what to do, and name nobody."""
_NOT_THERE: Final = (NotAllowed, NoSuchPatient)
"""Told as what is not there: who may not see a record does not learn whether it exists."""
_DAMAGED: Final = (DamagedRecord, DoesNotOpen)
_CONFLICT: Final = 409
"""Also for a damaged record: a part of a page that is a fault of ours would not be shown in its place."""


class RefusalPages:
    """Gives what a use case refused a page of its own: what is wrong, and what to do."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A refusal told; anything else goes on to be a fault."""
        if isinstance(exception, _NOT_THERE):
            return page_not_found(request, Http404())
        if isinstance(exception, NotToday):
            return _not_today(request, exception)
        if isinstance(exception, _DAMAGED):
            return _damaged(request)
        told = _TOLD.get(type(exception))
        if told is None:
            return None
        status, title = told
        return _answer(request, title, "refused", {"says": str(exception)}, status)


def _not_today(request: HttpRequest, refusal: NotToday) -> HttpResponse:
    """What stands in the way of a hand-over, as far as it concerns whoever stands at the counter."""
    told = why_not_told_to_the_pharmacy(refusal.review)
    shown = told.verdict if refusal.until is None else "hold"
    context = {"told": told, "shown": shown, "until": refusal.until}
    return _answer(request, _("Do not dispense"), "not_today", context)


def _damaged(request: HttpRequest) -> HttpResponse:
    """A record that is not what was checked in: no answer, and a number to name. Never what it says."""
    number = logged_fault()
    match = request.resolver_match
    patient = None if match is None else match.kwargs.get("patient")
    acting: Acting | None = getattr(request, "acting", None)
    if acting is not None and patient is not None:
        try:  # or its line would say until midnight what was worked out while the record was whole
            work_out_again(acting, patient)
        except DatabaseError:
            logged_fault()
    title = _("A record does not verify") if patient is None else _("This record does not verify")
    return _answer(request, title, "damaged", {"number": number, "is_of_a_patient": patient is not None})


def _answer(
    request: HttpRequest, title: Words, name: str, context: dict[str, Any], status: int = _CONFLICT
) -> HttpResponse:
    """The page, or the same words where a script on our page asked for a part of it."""
    acting: Acting | None = getattr(request, "acting", None)
    context |= {
        "title": title,
        "inside": f"errors/{name}_says.html",
        "opens": is_opened_in_place(request),
    }
    with timezone.override(None if acting is None else ZoneInfo(acting.clinic_zone)):
        return page_or_part(request, "errors/refused.html", "errors/refused_words.html", context, status)
