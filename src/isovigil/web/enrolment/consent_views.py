"""How do the pages of consents answer: which are asked, one to tell back, and one as it was signed?"""

from __future__ import annotations

from typing import Final
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from isovigil.case.kinds import Acknowledgement
from isovigil.exchange.problems import CaseProblems
from isovigil.usecases.enrolment.answers import FORM, consent_facts
from isovigil.usecases.enrolment.consent_texts import (
    LANGUAGES,
    TITLES,
    ConsentText,
    Language,
    consent_text,
)
from isovigil.usecases.record.acting import Acting
from isovigil.usecases.record.enrolment_acts import ConsentAct, record_with_act
from isovigil.usecases.record.enrolment_read import EnrolmentRead, read_enrolment
from isovigil.web.acting import page
from isovigil.web.asked import AskedIn
from isovigil.web.components import Task
from isovigil.web.enrolment.consent_form import ConsentForm
from isovigil.web.enrolment.signed_sheet import signed_sheet
from isovigil.web.enrolment.views import UNPROCESSABLE, add_problems, frame
from isovigil.web.enrolment.words import LANGUAGES as LANGUAGE_WORDS
from isovigil.web.seen import entry_seen

_MOST_ATTEMPTS_COUNTED: Final = 99


@require_GET
@page("record_facts")
def consents(request: HttpRequest, acting: Acting, patient: UUID) -> HttpResponse:
    """Which consents the programme asks for, and those that were signed here."""
    read = read_enrolment(acting, patient)
    found = next((each for each in read.tasks if each.name == "consents"), None)
    kept_forms = {each.form for each in read.course.chart.all(Acknowledgement)}
    tasks = [
        Task(
            TITLES[form].en if form in TITLES else form,
            "done" if form in read.signed else "started" if form in kept_forms else "to_do",
            reverse("consent", args=[patient, form]),
            _("On record; the programme's consents count together.")
            if form in kept_forms - read.signed
            else "",
        )
        for form in read.forms
    ]
    kept = [
        {"id": each.id, "at": each.at, "title": each.act.text.partition("\n")[0], "act": each.act}
        for each in read.acts
        if isinstance(each.act, ConsentAct)
    ]
    context = {**frame(read), "tasks": tasks, "found": found, "signed": kept}
    return render(request, "enrolment/consents.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page("record_facts")
def consent(request: HttpRequest, acting: Acting, patient: UUID, form: str) -> HttpResponse:
    """One consent: the summary, a question for each risk, and the signatures."""
    read = read_enrolment(acting, patient)
    if form not in read.forms:
        raise Http404
    text = consent_text(form, _language(request, read), can_become_pregnant=read.can_become_pregnant)
    asks_version = read.version if form not in _WITHOUT_A_VERSION else None
    if request.method != "POST":
        initial = {"signed_on": read.course.review.on}
        return _asked(request, read, ConsentForm(text, asks_version=asks_version, initial=initial), 0)
    asked = ConsentForm(text, request.POST, asks_version=asks_version)
    attempts = min(_attempts(request) + 1, _MOST_ATTEMPTS_COUNTED)
    if not asked.is_valid():
        return _asked(request, read, asked, attempts if asked.wrong else attempts - 1, UNPROCESSABLE)
    return _record(request, acting, read, asked, attempts)


_WITHOUT_A_VERSION: Final = frozenset({"us_patient_consent", "us_birth_defects_consent"})


def _language(request: HttpRequest, read: EnrolmentRead) -> Language:
    """The patient's own language, unless another is asked for on this page."""
    asked = request.GET.get("in") or request.POST.get("in") or read.course.known.identity.language
    return "es" if asked == "es" else "en"


def _attempts(request: HttpRequest) -> int:
    text = request.POST.get("attempts", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= len("99") else 0


def _asked(
    request: HttpRequest, read: EnrolmentRead, form: ConsentForm, attempts: int, status: int = 200
) -> HttpResponse:
    others = [(code, name) for code, name in LANGUAGE_WORDS if code in LANGUAGES]
    context = {
        **frame(read),
        "form": form,
        "text": form.text,
        "risks": _said(form.text),
        "others": others,
        "attempts": attempts,
        "request_key": request.POST.get("request") or str(uuid4()),
        "expected": request.POST.get("expected") or read.course.known.seq,
    }
    return render(request, "enrolment/consent.html", context, status=status)


def _said(text: ConsentText) -> list[tuple[str, str]]:
    return [
        (risk.title.in_language(text.language), risk.says.in_language(text.language)) for risk in text.risks
    ]


def _record(
    request: HttpRequest, acting: Acting, read: EnrolmentRead, form: ConsentForm, attempts: int
) -> HttpResponse:
    text, patient, signers = form.text, read.course.known.patient, form.signers()
    facts = consent_facts(
        text.form,
        form.cleaned_data["signed_on"],
        [signer.role for signer in signers],
        version=form.cleaned_data.get("version"),
        language=text.language,
    )
    act = ConsentAct(
        form=text.form,
        text_version=text.version,
        language=text.language,
        text=text.words,
        text_hash=text.digest,
        signers=signers,
        told_back=tuple(risk.key for risk in text.risks),
        attempts=attempts,
    )
    try:
        record_with_act(
            acting,
            patient,
            facts,
            act,
            form=FORM,
            expected=entry_seen(request),
            request=request.POST.get("request") or str(uuid4()),
        )
    except CaseProblems as problems:
        add_problems(form, problems)
        return _asked(request, read, form, attempts, UNPROCESSABLE)
    messages.success(request, _("The consent is recorded, with the text as it was read."))
    return redirect(reverse("consents", args=[patient]))


@require_GET
@page("record_facts")
def signed(request: HttpRequest, acting: Acting, patient: UUID, act: UUID) -> HttpResponse:
    """A consent as it was signed, to print: the text, its version and hash, and the signatures."""
    read = read_enrolment(acting, patient)
    found = next((each for each in read.acts if each.id == act), None)
    if found is None or not isinstance(found.act, ConsentAct):
        raise Http404
    who = read.course.known
    with translation.override(AskedIn(found.act.language).language):  # the patient's copy, in her language
        told = {"patient": who.patient, "name": who.identity.name, "second_id": who.identity.second_id}
        return render(request, "enrolment/signed.html", {**told, **signed_sheet(found, found.act)})
