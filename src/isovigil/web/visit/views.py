"""How does the visit answer? One page, then a page to check and sign."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from isovigil.exchange.problems import CaseProblems
from isovigil.usecases.record.access import TooLongSinceSignIn, may
from isovigil.usecases.record.acting import Acting
from isovigil.usecases.record.drafts import draft_of, drop_draft, save_draft
from isovigil.usecases.record.patient_case import Provenance
from isovigil.usecases.record.record_facts import record_facts
from isovigil.usecases.record.requests import ChangedMeanwhile, was_carried_out
from isovigil.usecases.record.shown_to_sign import ShownOtherwise, ToSign, statement_from
from isovigil.usecases.record.sign_visit import sign_visit
from isovigil.usecases.record.symptom_words import symptom_words
from isovigil.usecases.record.visit_read import VisitRead, advice_on_draft, read_visit, recordable
from isovigil.usecases.visit.answers import FORM, facts_of
from isovigil.web.acting import page
from isovigil.web.asked import AskedIn
from isovigil.web.course.banner import banner_of
from isovigil.web.partial import is_partial
from isovigil.web.visit import safety_words
from isovigil.web.visit.asked_words import PHQ_ASKS
from isovigil.web.visit.forms import VisitForm
from isovigil.web.visit.shown import (
    advice_shown,
    capsules_shown,
    changes_shown,
    suggestions_shown,
    told_to_sign,
)

UNPROCESSABLE: Final = 422
CONFLICT: Final = 409
_NOT_AN_ANSWER: Final = frozenset(
    {"csrfmiddlewaretoken", "act", "request", "expected", "shown", "shown_statement"}
)


@require_http_methods(["GET", "HEAD", "POST"])
@page("record_facts")
def visit(request: HttpRequest, acting: Acting, patient: UUID) -> HttpResponse:
    """The form; its draft, its advice; and what it says, to be checked and signed."""
    read = read_visit(acting, patient)
    if request.method != "POST":
        return _asked(request, acting, read)
    act = request.POST.get("act", "check")
    form = _form(acting, read, request.POST)
    if act in ("sign", "record"):
        return _recorded(request, acting, read, form)
    _keep(acting, patient, request.POST)
    if act == "draft":
        return render(request, "visit/saved.html", {"saved_at": acting.at})
    if act == "advice":
        return _advised(request, acting, read, form)
    if act == "drop":
        drop_draft(acting, patient, FORM)
        return redirect(reverse("visit", args=[patient]))
    if not form.is_valid():
        return _page(request, acting, read, form, status=UNPROCESSABLE)
    return _check(request, acting, read, form)


def _recorded(request: HttpRequest, acting: Acting, read: VisitRead, form: VisitForm) -> HttpResponse:
    """What stood on the page to check, recorded once: a second press finds the first one's answer.

    The suggestions have changed by then, so the same form would mean other facts; and no draft is kept of it.
    """
    patient, key = read.course.known.patient, request.POST.get("request", "")
    if key and was_carried_out(acting, patient, key):
        messages.info(request, _("This visit was recorded before; nothing was recorded twice."))
        return redirect(reverse("course", args=[patient]))
    if not form.is_valid():
        return _page(request, acting, read, form, status=UNPROCESSABLE)
    expected = request.POST.get("expected", "")
    if not key or not (expected.isascii() and expected.isdigit()):
        return _check(request, acting, read, form)
    if request.POST["act"] == "sign":
        return _sign(request, acting, read, form, key, int(expected))
    return _record(request, acting, read, form, key, int(expected))


def _form(acting: Acting, read: VisitRead, data: QueryDict | None, **kwargs: Any) -> VisitForm:
    symptoms = symptom_words(read.course.judging, read.asks.today)
    prescribes = may(acting, "sign_visit")
    spoken = AskedIn(read.course.known.identity.language)
    return VisitForm(
        read.asks,
        symptoms,
        data,
        may_prescribe=prescribes,
        asked_in=spoken,
        auto_id="id_%s",
        **kwargs,
    )


def _asked(request: HttpRequest, acting: Acting, read: VisitRead) -> HttpResponse:
    """The form as it was left, or as it begins."""
    draft = draft_of(acting, read.course.known.patient, FORM)
    initial = {} if draft is None else _initial_from(draft.answers)
    is_older = draft is not None and draft.based_on_seq != read.course.known.seq
    zone = ZoneInfo(acting.clinic_zone)
    is_of_another_day = draft is not None and draft.saved_at.astimezone(zone).date() != read.asks.today
    form = _form(acting, read, None, initial=initial)
    return _page(
        request, acting, read, form, draft=draft, is_older=is_older, is_of_another_day=is_of_another_day
    )


def _keep(acting: Acting, patient: UUID, data: QueryDict) -> None:
    answers = {name: data.getlist(name) for name in data if name not in _NOT_AN_ANSWER}
    save_draft(acting, patient, FORM, answers)


def _initial_from(answers: Mapping[str, Any]) -> dict[str, Any]:
    """The typed texts again; a form shows them as they were typed."""
    return {name: values[0] if len(values) == 1 else values for name, values in answers.items() if values}


def _page(
    request: HttpRequest, acting: Acting, read: VisitRead, form: VisitForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    context = {
        "banner": banner_of(read.course),
        "patient": read.course.known.patient,
        "asks": read.asks,
        "form": form,
        "suggestions": suggestions_shown(read.asks),
        "may_sign": may(acting, "sign_visit"),
        "advice": _advice(acting, read, form) if form.is_bound else None,
        "capsules": capsules_shown(read.asks, read.asks.daily_dose_mg, read.asks.days_supply),
        **_rows(read, form),
        **more,
    }
    return render(request, "visit/visit.html", context, status=status)


def _rows(read: VisitRead, form: VisitForm) -> dict[str, Any]:
    """The fields whose number depends on the patient, row by row."""
    mood = list(form.rows("phq_"))
    has_answers = any(field.value() for field in mood)
    analytes = [last.analyte for last in read.asks.results]
    results = [[form[f"{part}_{each}"] for part in ("value", "unit", "limit", "sure")] for each in analytes]
    return {
        "symptoms": list(form.rows("symptom_")),
        "mood": mood,
        "first_two": mood[:2],
        "phq_asks": form.asked_in.shown(PHQ_ASKS),
        "phq_asks_beside": form.asked_in.beside(PHQ_ASKS),
        "mood_is_open": has_answers,
        "self_harm": form.reports_self_harm() or bool(form["self_harm_disposition"].errors),
        "self_harm_stands_words": safety_words.STANDS_FROM_EARLIER,
        "results": [(*fields, last) for fields, last in zip(results, read.asks.results, strict=True)],
        "decisions": list(zip(form.rows("decision_"), form.rows("reason_"), strict=True)),
    }


def _advised(request: HttpRequest, acting: Acting, read: VisitRead, form: VisitForm) -> HttpResponse:
    """The advice alone where a script asks for it, else the whole page with it."""
    form.is_valid()
    if not is_partial(request):
        return _page(request, acting, read, form)
    shown = {"advice": _advice(acting, read, form), "self_harm_told": form.reports_self_harm()}
    return render(request, "visit/advice.html", shown)


def _advice(acting: Acting, read: VisitRead, form: VisitForm) -> Any:
    """What the engine says to those answers that are sound; the others are told beside their fields."""
    facts, untold = _facts(acting, read, form)
    try:
        advice = advice_on_draft(acting, read.course, recordable(acting, facts))
    except CaseProblems as problems:
        return advice_shown(None, [problem.message for problem in problems.problems], untold)
    return advice_shown(advice, [], untold)


def _facts(acting: Acting, read: VisitRead, form: VisitForm) -> tuple[Sequence[dict[str, Any]], bool]:
    """The facts of the sound answers, and whether an answer is still unsound."""
    if not form.is_valid():
        for name in list(form.errors):
            form.cleaned_data.pop(name, None)
        for name, field in form.fields.items():
            form.cleaned_data.setdefault(name, form.get_initial_for_field(field, name))
    return facts_of(form.answers(), read.asks, acting.name), bool(form.errors)


def _check(
    request: HttpRequest, acting: Acting, read: VisitRead, form: VisitForm, *, is_again: bool = False
) -> HttpResponse:
    """Everything in words, and what the pharmacy will be told; nothing is recorded yet.

    The page is drawn from the statement whose hash it carries. Shown again, it says what changed since.
    """
    facts = facts_of(form.answers(), read.asks, acting.name)
    try:
        advice = advice_on_draft(acting, read.course, recordable(acting, facts))
    except CaseProblems as problems:
        return _refused(request, acting, read, form, problems)
    told = told_to_sign(acting, read.course.judging, facts)(advice, read.course.known)
    context = {
        "banner": banner_of(read.course),
        "patient": read.course.known.patient,
        "advice": told,
        "may_sign": may(acting, "sign_visit"),
        "at": acting.at,
        "hidden": [(name, value) for name in form.data for value in _values(form.data, name)],
        "request_key": str(uuid4()),
        "expected": read.course.known.seq,
        "shown": told.hash,
        "shown_statement": msgspec.json.encode(told).decode(),
        "is_again": is_again,
    }
    if is_again:
        before = statement_from(request.POST.get("shown_statement", ""), request.POST.get("shown", ""))
        context["is_untold"] = before is None
        context["changes"] = () if before is None or before == told else changes_shown(before, told)
    return render(request, "visit/check.html", context, status=CONFLICT if is_again else 200)


def _values(data: Mapping[str, Any], name: str) -> list[str]:
    if name in _NOT_AN_ANSWER:
        return []
    return data.getlist(name) if isinstance(data, QueryDict) else [str(data[name])]


def _sign(
    request: HttpRequest, acting: Acting, read: VisitRead, form: VisitForm, key: str, expected: int
) -> HttpResponse:
    """Record and sign, both or neither."""
    patient = read.course.known.patient
    facts = facts_of(form.answers(), read.asks, acting.name)
    to_sign = ToSign(request.POST.get("shown", ""), told_to_sign(acting, read.course.judging, facts))
    try:
        sign_visit(acting, patient, facts, form=FORM, expected=expected, request=key, to_sign=to_sign)
    except (ShownOtherwise, ChangedMeanwhile):
        return _check(request, acting, read, form, is_again=True)
    except TooLongSinceSignIn:
        _keep(acting, patient, request.POST)
        messages.info(request, _("Confirm who you are, then sign. What you entered is kept."))
        return redirect(f"{reverse('confirm_who')}?next={reverse('visit', args=[patient])}")
    except CaseProblems as problems:
        return _refused(request, acting, read, form, problems)
    messages.success(request, _("The visit is signed."))
    return redirect(reverse("course", args=[patient]))


def _record(
    request: HttpRequest, acting: Acting, read: VisitRead, form: VisitForm, key: str, expected: int
) -> HttpResponse:
    """Record what this role may record; a prescriber decides, prescribes and signs."""
    patient = read.course.known.patient
    facts = recordable(acting, facts_of(form.answers(), read.asks, acting.name))
    try:
        record_facts(
            acting,
            patient,
            facts,
            request=key,
            expected=expected,
            provenance=Provenance(form=FORM),
        )
    except CaseProblems as problems:
        return _refused(request, acting, read, form, problems)
    drop_draft(acting, patient, FORM)
    messages.success(request, _("Recorded. A prescriber decides and signs."))
    return redirect(reverse("course", args=[patient]))


def _refused(
    request: HttpRequest, acting: Acting, read: VisitRead, form: VisitForm, problems: CaseProblems
) -> HttpResponse:
    """Every problem of the facts, above the form; nothing was recorded."""
    for problem in problems.problems:
        form.add_error(None, f"{problem.message} {problem.remedy}")
    return _page(request, acting, read, form, status=UNPROCESSABLE)
