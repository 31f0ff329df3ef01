"""Is only a part of the page asked for? The one place in Python that knows of htmx."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers


def is_partial(request: HttpRequest) -> bool:
    """Did a script on our page ask for a part of it? Without script every answer is a whole page."""
    headers = request.headers
    return (
        headers.get("HX-Request") == "true"
        and headers.get("HX-Request-Type") != "full"
        and headers.get("HX-History-Restore-Request") != "true"
    )


def is_opened_in_place(request: HttpRequest) -> bool:
    """Was the part asked for by something that opens a panel under itself?"""
    return is_partial(request) and request.headers.get("HX-Target", "").startswith("div#panel-")


def page_or_part(
    request: HttpRequest, page: str, part: str, context: Mapping[str, Any], status: int = 200
) -> HttpResponse:
    """The page, or the template of the part where only that was asked for.

    Who may see it is the view's question, answered before this: a part is as open as its address.
    """
    answer = render(request, part if is_partial(request) else page, dict(context), status=status)
    patch_vary_headers(answer, ("HX-Request",))
    return answer
