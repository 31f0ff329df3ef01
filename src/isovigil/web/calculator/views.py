"""How does the window calculator answer?

By POST alone, so that no date ever stands in an address; and nothing is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from isovigil.exchange.rulebook_files import load_rulebook
from isovigil.law.refusal import NoRuleInForce
from isovigil.law.rulebook import Rulebook
from isovigil.usecases.windows import FoundWindow, FoundWindows, windows_from_dates
from isovigil.web.calculator import words
from isovigil.web.calculator.calendars import as_icalendar, entries, months
from isovigil.web.calculator.forms import CATEGORIES, COUNTRIES, Dates, Setting
from isovigil.web.components import Pair

UNPROCESSABLE: Final = 422


@cache
def _rulebook() -> Rulebook:
    return load_rulebook()


@require_http_methods(["GET", "HEAD", "POST"])
def window_calculator(request: HttpRequest) -> HttpResponse:
    """Asks for country and category, then for the dates that matter there, then answers."""
    if request.method != "POST":
        return _ask_setting(request, Setting())
    language = request.POST.get("language")
    if language in dict(settings.LANGUAGES):
        translation.activate(language)
        request.LANGUAGE_CODE = language
    answer = _answer(request, is_only_language=language is not None)
    if language in dict(settings.LANGUAGES):
        answer.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
            samesite="Lax",
            secure=settings.LANGUAGE_COOKIE_SECURE,
        )
    return answer


def _answer(request: HttpRequest, *, is_only_language: bool) -> HttpResponse:
    """The next page for what was sent. Another language alone judges nothing that is half filled in."""
    step = request.POST.get("step", "setting")
    setting = Setting(request.POST)
    if step == "setting" and is_only_language:
        setting.errors.clear()
        return _ask_setting(request, setting)
    if not setting.is_valid():
        return _ask_setting(request, setting, UNPROCESSABLE)
    chosen = setting.cleaned_data
    if step == "setting":
        return _ask_dates(request, chosen, Dates(chosen["programme"], chosen["category"]))
    dates = Dates(chosen["programme"], chosen["category"], request.POST)
    if step == "change" or (step == "dates" and is_only_language):
        dates.errors.clear()
        return _ask_dates(request, chosen, dates)
    return _count(request, chosen, dates) if dates.is_valid() else _refuse(request, chosen, dates)


def _ask_setting(request: HttpRequest, form: Setting, status: int = 200) -> HttpResponse:
    return render(request, "calculator/setting.html", {"form": form, "answers_form": "asked"}, status=status)


def _ask_dates(request: HttpRequest, chosen: dict[str, str], form: Dates, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "chosen": chosen,
        "country": COUNTRIES[chosen["programme"]],
        "category": CATEGORIES[chosen["category"]],
        "answers_form": "asked",
    }
    return render(request, "calculator/dates.html", context, status=status)


def _refuse(request: HttpRequest, chosen: dict[str, str], form: Dates) -> HttpResponse:
    return _ask_dates(request, chosen, form, UNPROCESSABLE)


def _count(request: HttpRequest, chosen: dict[str, str], form: Dates) -> HttpResponse:
    now = timezone.now()
    try:
        readings = windows_from_dates(_rulebook(), chosen["programme"], form.window_dates(), now.date())
    except NoRuleInForce as refusal:
        _point_at(form, refusal)
        return _refuse(request, chosen, form)
    if "calendar" in request.POST:
        return _calendar(request, readings)
    return _show(request, chosen, form, readings)


def _point_at(form: Dates, refusal: NoRuleInForce) -> None:
    """Say it at the field whose day has no rule."""
    name = next((name for name, value in form.cleaned_data.items() if value == refusal.on), None)
    says = _(
        "No rule is held for %(day)s in this programme, so nothing can be counted from it. %(reason)s"
    ) % {
        "day": words.short_day(refusal.on),
        "reason": f"{refusal.reason[:1].upper()}{refusal.reason[1:]}.",
    }
    form.add_error(name or next(iter(form.fields)), says)


def _calendar(request: HttpRequest, readings: Sequence[FoundWindows]) -> HttpResponse:
    """The calendar of one reading. A number that is none is answered with the first."""
    asked = request.POST["calendar"]
    place = int(asked) if asked.isdecimal() and int(asked) < len(readings) else 0
    text = as_icalendar(entries(readings[place].found), timezone.now())
    answer = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="calendar.ics"'
    return answer


def _show(
    request: HttpRequest, chosen: dict[str, str], form: Dates, readings: Sequence[FoundWindows]
) -> HttpResponse:
    context = {
        "chosen": chosen,
        "pairs": [*_setting_told(chosen), *_dates_told(form)],
        "sent": [(name, value) for name, value in request.POST.items() if _is_a_date_of(form, name)],
        "readings": [_reading_told(each, readings[0], chosen["programme"]) for each in readings],
        "answers_form": "again",
    }
    return render(request, "calculator/answer.html", context)


def _is_a_date_of(form: Dates, name: str) -> bool:
    return name.removesuffix("_day").removesuffix("_month").removesuffix("_year") in form.fields


def _setting_told(chosen: dict[str, str]) -> list[Pair]:
    return [
        Pair(_("Country"), COUNTRIES[chosen["programme"]]),
        Pair(_("Category"), CATEGORIES[chosen["category"]]),
    ]


def _dates_told(form: Dates) -> list[Pair]:
    told = []
    for name, value in form.cleaned_data.items():
        if value is not None:
            words_of = str(value) if name == "cycle_days" else words.day_in_words(value)
            told.append(Pair(form.fields[name].label or name, words_of))
    return told


def _reading_told(reading: FoundWindows, first: FoundWindows, programme: str) -> dict[str, Any]:
    """A reading; of a second one, only what differs from the first."""
    told = entries(reading.found)
    shows_a_calendar = reading is first or told != entries(first.found)
    new = [each for each in reading.found if reading is first or each not in first.found]
    return {
        "supposes": [gettext(because) for because in reading.decided_by],
        "found": [_found_told(each) for each in new],
        "says_the_same": reading is not first and len(new) < len(reading.found),
        "entries": told if shows_a_calendar else (),
        "months": months(told, programme) if shows_a_calendar else (),
    }


def _found_told(found: FoundWindow) -> dict[str, Any]:
    return {
        "what": words.what_in_words(found),
        "first": words.day_in_words(found.opens_on),
        "last": words.last_in_words(found),
        "counting": words.COUNTINGS.get(found.counting or "", ""),
        "rests_on": [words.cited(value, _rulebook()) for value in found.values],
    }
