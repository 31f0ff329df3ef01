"""How does the page of a correction answer?"""

from __future__ import annotations

from typing import Final
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from isovigil.exchange import review_words
from isovigil.exchange.problems import CaseProblems
from isovigil.usecases.record.access import LetsTreatmentGoOn
from isovigil.usecases.record.acting import Acting
from isovigil.usecases.record.correct_fact import FactToCorrect, NothingChanged, correct_fact, fact_to_correct
from isovigil.usecases.record.record_facts import NotInThisRecord
from isovigil.usecases.record.symptom_words import symptom_words
from isovigil.web.acting import page
from isovigil.web.corrections.forms import CorrectionForm
from isovigil.web.course.banner import banner_of
from isovigil.web.course.provenance import said_of
from isovigil.web.seen import entry_seen

UNPROCESSABLE: Final = 422


@require_http_methods(["GET", "HEAD", "POST"])
@page("correct_facts")
def correct(request: HttpRequest, acting: Acting, patient: UUID, fact: UUID) -> HttpResponse:
    """One entry as it stands; what is true instead, or that it was entered in error; and why."""
    try:
        to_correct = fact_to_correct(acting, patient, fact)
    except NotInThisRecord as missing:
        raise Http404 from missing
    if request.method != "POST":
        return _asked(request, to_correct, CorrectionForm(to_correct))
    seen = entry_seen(request)
    form = CorrectionForm(to_correct, request.POST)
    if not form.is_valid():
        return _asked(request, to_correct, form, status=UNPROCESSABLE)
    try:
        new = correct_fact(
            acting,
            to_correct,
            form.says(),
            reason=form.cleaned_data["reason"],
            request=request.POST.get("request") or str(uuid4()),
            expected=seen,
        )
    except (LetsTreatmentGoOn, NothingChanged) as refused:
        form.add_error(None, str(refused))
        return _asked(request, to_correct, form, status=UNPROCESSABLE)
    except CaseProblems as problems:
        for problem in problems.problems:
            form.add_error(None, f"{problem.message} {problem.remedy}")
        return _asked(request, to_correct, form, status=UNPROCESSABLE)
    messages.success(request, _("The correction is recorded. The earlier entry stays beside it."))
    return redirect(f"{reverse('course_facts', args=[patient])}#fact-{new}")


def _asked(
    request: HttpRequest, to_correct: FactToCorrect, form: CorrectionForm, *, status: int = 200
) -> HttpResponse:
    course, wrong = to_correct.course, to_correct.on_record
    named = symptom_words(course.judging, course.review.on)
    actor = wrong.recorded.actor
    context = {
        "banner": banner_of(course),
        "patient": course.known.patient,
        "form": form,
        "kind": review_words.plain(wrong.fact.kind),
        "day": wrong.fact.day,
        "says": "; ".join(said_of(wrong.fact, named)),
        "recorded_at": wrong.recorded.recorded_at,
        "recorded_by": course.people.get(actor, "") if actor is not None else "",
        "replaced_by": to_correct.replaced_by,
        "left_out": [review_words.plain(name) for name in form.left_out],
        "request_key": request.POST.get("request") or str(uuid4()),
        "expected": request.POST.get("expected") or course.known.seq,
    }
    return render(request, "corrections/correct.html", context, status=status)
