"""Where does somebody go on to after signing in? To a page of ours, or nowhere."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def going_on(request: HttpRequest, asked: str, otherwise: str) -> str:
    """The page that was asked for, where it is one of this instance's own; else the other."""
    is_ours = url_has_allowed_host_and_scheme(asked, allowed_hosts={request.get_host()})
    return asked if is_ours and asked.startswith("/") else otherwise
