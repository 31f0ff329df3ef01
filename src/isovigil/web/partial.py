"""Is only a part of the page asked for? The one place in Python that knows of htmx."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
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


def asked_from(request: HttpRequest) -> str:
    """The address of the page that somebody stands on; empty where it cannot be gone back to."""
    if not is_partial(request):
        return request.get_full_path() if request.method == "GET" else ""
    here = urlsplit(request.headers.get("HX-Current-URL", ""))
    if here.netloc != request.get_host():
        return ""
    return f"{here.path}?{here.query}" if here.query else here.path


def lead_to(request: HttpRequest, where: str) -> HttpResponse:
    """Lead the whole window there: the page of signing in has no place inside a part of another page."""
    if is_partial(request):
        return HttpResponse(headers={"HX-Redirect": where})
    return redirect(where)


def never_inside_another(request: HttpRequest, told: HttpResponse) -> HttpResponse:
    """A whole page: where a part of one was asked for, the window goes to the address asked for instead."""
    if request.method == "GET" and is_partial(request):
        told.headers["HX-Redirect"] = request.get_full_path()
    return told


def page_or_part(
    request: HttpRequest, page: str, part: str, context: Mapping[str, Any], status: int = 200
) -> HttpResponse:
    """The page, or the template of the part where only that was asked for.

    Who may see it is the view's question, answered before this: a part is as open as its address.
    """
    answer = render(request, part if is_partial(request) else page, dict(context), status=status)
    patch_vary_headers(answer, ("HX-Request",))
    return answer
