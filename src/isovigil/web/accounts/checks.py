"""Which addresses must not exist in production? Django refuses to start where one does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.urls import NoReverseMatch, reverse

_OF_A_DEMO = ("demo_sign_in", "demo_confirm")


def register_checks() -> None:
    """Let `check`, and whatever runs it at the start, ask them."""
    register(nobody_signs_in_without_proof, "security")


def nobody_signs_in_without_proof(
    app_configs: Sequence[Any] | None = None, **_more: Any
) -> list[CheckMessage]:
    """In production no address lets anybody in without a proof of who they are."""
    if not settings.IS_PRODUCTION:
        return []
    return [
        Error(
            f"The address {name!r} signs anybody in without a password, and this is production.",
            hint="It belongs to a demo: take it out of web/front/urls.py.",
            id="isovigil.E001",
        )
        for name in _OF_A_DEMO
        if _exists(name)
    ]


def _exists(name: str) -> bool:
    try:
        reverse(name)
    except NoReverseMatch:
        return False
    return True
