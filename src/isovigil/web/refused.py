"""How is what a use case refuses told on a page?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from isovigil.decisions.review import ReviewNotPossible
from isovigil.law.refusal import NoRuleInForce, ProgrammeNotModelled
from isovigil.storage.patient_keys import Erased
from isovigil.usecases.record.access import NotAllowed
from isovigil.usecases.record.course_read import NoSuchPatient
from isovigil.usecases.record.hand_over import AlreadyAuthorised, NoSuchAuthorisation
from isovigil.usecases.record.judging import NotAdopted
from isovigil.usecases.record.record_facts import NotInThisRecord, OfThePharmacy
from isovigil.usecases.record.requests import ChangedMeanwhile, KeyReused
from isovigil.web.components import Words

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
}
"""The texts of these say what is wrong and what to do, and name nobody."""
_NOT_THERE: Final = (NotAllowed, NoSuchPatient)
"""Told as what is not there: who may not see a record does not learn whether it exists."""


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
            from isovigil.web.errors import page_not_found

            return page_not_found(request, Http404())
        told = _TOLD.get(type(exception))
        if told is None:
            return None
        status, title = told
        return render(request, "errors/refused.html", {"title": title, "says": str(exception)}, status=status)
