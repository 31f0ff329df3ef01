"""How does the enrolment answer? A list of tasks, and a small page for each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from isovigil.decisions.finding import Finding
from isovigil.exchange.problems import CaseProblems
from isovigil.usecases.enrolment.answers import FORM
from isovigil.usecases.record.access import KINDS_RECORDED
from isovigil.usecases.record.acting import Acting
from isovigil.usecases.record.enrolment_acts import record_with_act
from isovigil.usecases.record.enrolment_read import EnrolmentRead, read_enrolment
from isovigil.usecases.record.patient_case import Provenance
from isovigil.usecases.record.record_facts import record_facts
from isovigil.web.acting import page
from isovigil.web.course.banner import banner_of
from isovigil.web.enrolment.forms import FORMS, TaskForm
from isovigil.web.enrolment.shown import how_many_done, tasks_shown
from isovigil.web.enrolment.words import TASK_WORDS
from isovigil.web.seen import entry_seen

UNPROCESSABLE: Final = 422


@require_GET
@page("record_facts")
def enrolment(request: HttpRequest, acting: Acting, patient: UUID) -> HttpResponse:
    """What is in place, and what is not."""
    read = read_enrolment(acting, patient)
    done, of = how_many_done(read)
    context = {
        **frame(read),
        "tasks": tasks_shown(read),
        "done": done,
        "of": of,
        "start": read.course.review.gates["start"].verdict,
        "has_started": read.course.review.course.started_on is not None,
    }
    return render(request, "enrolment/enrolment.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page("record_facts")
def task(request: HttpRequest, acting: Acting, patient: UUID, task: str) -> HttpResponse:
    """One task: its form, and what the review found for it."""
    if task not in FORMS:
        raise Http404
    read = read_enrolment(acting, patient)
    if request.method != "POST":
        return _asked(request, read, task, FORMS[task](read, acting))
    form = FORMS[task](read, acting, request.POST)
    if form.is_valid():
        facts = [fact for fact in form.facts() if fact["kind"] in KINDS_RECORDED[acting.role]]
        if facts or form.act() is not None:
            return _record(request, acting, read, task, form, facts)
        form.add_error(None, _("Nothing is filled in yet. Answer at least one question."))
    return _asked(request, read, task, form, status=UNPROCESSABLE)


def _asked(
    request: HttpRequest, read: EnrolmentRead, task: str, form: TaskForm, *, status: int = 200
) -> HttpResponse:
    found = next((each for each in read.tasks if each.name == task), None)
    context = {
        **frame(read),
        "task": task,
        "title": TASK_WORDS[task],
        "form": form,
        "is_asked": found is not None,
        "findings": () if found is None else _each_once((*found.open_ones, *found.met)),
        "request_key": request.POST.get("request") or str(uuid4()),
        "expected": request.POST.get("expected") or read.course.known.seq,
    }
    return render(request, "enrolment/task.html", context, status=status)


def _each_once(findings: Sequence[Finding]) -> list[Finding]:
    """Several rules may wait for one and the same thing; it is said once."""
    return list({finding.says: finding for finding in findings}.values())


def _record(
    request: HttpRequest,
    acting: Acting,
    read: EnrolmentRead,
    task: str,
    form: TaskForm,
    facts: list[dict[str, Any]],
) -> HttpResponse:
    patient, act = read.course.known.patient, form.act()
    key, expected = request.POST.get("request") or str(uuid4()), entry_seen(request)
    try:
        if act is None:
            record_facts(
                acting, patient, facts, request=key, expected=expected, provenance=Provenance(form=FORM)
            )
        else:
            record_with_act(acting, patient, facts, act, form=FORM, request=key, expected=expected)
    except CaseProblems as problems:
        add_problems(form, problems)
        return _asked(request, read, task, form, status=UNPROCESSABLE)
    messages.success(request, _("Recorded: %(task)s") % {"task": TASK_WORDS[task]})
    return redirect(reverse("enrolment", args=[patient]))


def frame(read: EnrolmentRead) -> dict[str, object]:
    """What every page of an enrolment shows around it."""
    return {"banner": banner_of(read.course), "patient": read.course.known.patient}


def add_problems(form: Any, problems: CaseProblems) -> None:
    """Every problem of the facts, above the form; nothing was recorded."""
    for problem in problems.problems:
        form.add_error(None, f"{problem.message} {problem.remedy}")
