"""How does Django know the pages?"""

from __future__ import annotations

from django.apps import AppConfig


class Web(AppConfig):
    """The pages of clinic, pharmacy and patient."""

    name = "isovigil.web"
    label = "web"
    default = True
