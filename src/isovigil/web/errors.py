"""What does a person see when a page cannot be given?"""

from __future__ import annotations

import logging
import secrets
import sys
import traceback
from collections.abc import Callable
from typing import Final

from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from isovigil.web.partial import never_inside_another

_DRESSED: Final = frozenset({400, 403, 404, 405, 413, 429, 503})
_RETRY_SECONDS: Final = "30"
_log = logging.getLogger("isovigil.web")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, or 413 where more was sent than a form can hold."""
    return _page(request, 413 if isinstance(exception, RequestDataTooBig) else 400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403. It never says whether what was asked for exists."""
    return _page(request, 403)


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form without its token: it is too old, or came from elsewhere."""
    return render(request, "errors/form_expired.html", status=403)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404."""
    return _page(request, 404)


def too_many_tries(request: HttpRequest) -> HttpResponse:
    """429, for whoever tried to get in too often."""
    return _page(request, 429)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: a number to name, and nothing about what happened. It asks the database for nothing.

    The log holds the number, the kind of fault and the lines it passed; never its text, which may quote
    a person's data.
    """
    return HttpResponse(render_to_string("errors/500.html", {"number": logged_fault()}), status=500)


def logged_fault() -> str:
    """The number under which the fault at hand stands in the log: its kind, and where it was."""
    number = secrets.token_hex(4)
    kind, _fault, passed = sys.exc_info()
    _log.error(
        "fault %s: %s\n%s",
        number,
        "unknown" if kind is None else kind.__qualname__,
        "".join(traceback.format_tb(passed)),
    )
    return number


class ErrorPages:
    """Gives an error without words a page in our style, and a database that is away a 503."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, dressed."""
        response = self.get_response(request)
        if response.status_code not in _DRESSED or response.streaming or response.content:
            return response
        dressed = _page(request, response.status_code)
        for name in ("Allow", "Retry-After"):
            if name in response.headers:
                dressed.headers[name] = response.headers[name]
        return dressed

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A database that does not answer is not a fault to report, but a reason to wait."""
        if isinstance(exception, InterfaceError | OperationalError):
            _log.error("the database does not answer: %s", type(exception).__qualname__)
            return _page(request, 503)
        return None


def _page(request: HttpRequest, status: int) -> HttpResponse:
    if status < 500:
        return never_inside_another(request, render(request, f"errors/{status}.html", status=status))
    # Without the request: its session would ask the database that is away.
    response = HttpResponse(render_to_string(f"errors/{status}.html"), status=status)
    response.headers["Retry-After"] = _RETRY_SECONDS
    return response
