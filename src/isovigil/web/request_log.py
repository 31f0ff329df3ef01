"""What is written down of a request, without anything about a person?"""

from __future__ import annotations

import logging
import secrets
import sys
from collections.abc import Callable, Mapping, MutableMapping
from time import perf_counter
from typing import Any, Final

import structlog
from django.http import HttpRequest, HttpResponse

ALLOWED: Final = frozenset(
    {
        "clinic",
        "event",
        "level",
        "method",
        "milliseconds",
        "outcome",
        "person",
        "request",
        "role",
        "route",
        "status",
        "timestamp",
    }
)
"""The only names a line may hold. Addresses, forms, names and texts are none of them."""


def only_what_is_allowed(logger: Any, method: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """Drop every name that is not in the list, and whatever could begin another line."""
    return {
        name: value.replace("\n", " ").replace("\r", " ") if isinstance(value, str) else value
        for name, value in event.items()
        if name in ALLOWED
    }


class Lines:
    """Writes each line to standard error, whatever that is at the moment."""

    def msg(self, message: str) -> None:
        """One line."""
        sys.stderr.write(message + "\n")

    info = warning = error = msg


log: Final = structlog.wrap_logger(
    Lines(),
    processors=[
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        only_what_is_allowed,
        structlog.processors.JSONRenderer(sort_keys=True),
    ],
)


class RequestLog:
    """One line a request: when, which page, who by id and role, what came of it, how long it took."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, and write down that it was asked."""
        number = secrets.token_hex(8)
        began = perf_counter()
        response = self.get_response(request)
        response.headers["X-Request-ID"] = number
        match = request.resolver_match
        acting = getattr(request, "acting", None)
        log.info(
            "request",
            request=number,
            method=request.method,
            route=None if match is None else match.view_name,
            status=response.status_code,
            milliseconds=round((perf_counter() - began) * 1000, 1),
            role=None if acting is None else acting.role,
            person=None if acting is None else str(acting.person),
            clinic=None if acting is None else str(acting.clinic),
        )
        return response


class KindAndPlace(logging.Formatter):
    """A fault by its kind and the lines it passed; never by its text, which may quote somebody's data."""

    def formatException(self, ei: Any) -> str:  # noqa: N802 - the name that logging calls
        """The lines of our code the fault passed, then its kind."""
        import traceback

        kind, _, passed = ei
        return "".join(traceback.format_tb(passed)) + (kind.__qualname__ if kind else "unknown")
