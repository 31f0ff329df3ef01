"""What does this clinic judge by, and on whose word?"""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from isovigil.law.refusal import ProgrammeNotModelled
from isovigil.storage.models import Clinic
from isovigil.storage.tenancy import reading
from isovigil.usecases.record.access import may, refuse_unless_allowed
from isovigil.usecases.record.acting import Acting
from isovigil.usecases.record.judging import NotAdopted, adopt, judging_of, rulebook_in_use
from isovigil.web.accounts.freshness import asks_who_you_are
from isovigil.web.acting import page
from isovigil.web.people.forms import WhatWeJudgeBy


@require_http_methods(["GET", "POST"])
@page("see_judging")
@asks_who_you_are
def judged_by(request: HttpRequest, acting: Acting) -> HttpResponse:
    """Everybody sees what the clinic judges by; a prescriber adopts it."""
    if request.method == "POST":
        refuse_unless_allowed(acting, "adopt")
    form = WhatWeJudgeBy(request.POST if request.method == "POST" else None, initial=_meant(acting))
    if form.is_valid():
        try:
            adopt(acting, form.cleaned_data["programme"], form.cleaned_data["policy"])
        except ProgrammeNotModelled as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Adopted. It stands in the log under your name."))
            return redirect("judged_by")
    return render(request, "people/judged_by.html", _told(acting, form), status=422 if form.is_bound else 200)


def _meant(acting: Acting) -> dict[str, str]:
    with reading(acting.clinic, acting.person):
        here = Clinic.objects.get(id=acting.clinic)
    return {"programme": here.programme, "policy": here.policy}


def _told(acting: Acting, form: WhatWeJudgeBy) -> dict[str, object]:
    judging, why_not = None, ""
    with reading(acting.clinic, acting.person):
        try:
            judging = judging_of(acting.clinic)
        except NotAdopted as not_yet:
            why_not = str(not_yet)
    rulebook = rulebook_in_use()
    return {
        "form": form,
        "judging": judging,
        "why_not": why_not,
        "rulebook_hash": rulebook.digest,
        "programme": None if judging is None else rulebook.programmes[judging.programme].title,
        "policy": None if judging is None else rulebook.policies[judging.policy].title,
        "may_adopt": may(acting, "adopt"),
        "is_demo": not settings.IS_PRODUCTION,
    }
