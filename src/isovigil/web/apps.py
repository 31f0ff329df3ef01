"""How does Django know the pages?"""

from __future__ import annotations

from django.apps import AppConfig


class Web(AppConfig):
    """The pages of clinic, pharmacy and patient."""

    name = "isovigil.web"
    label = "web"
    default = True

    def ready(self) -> None:
        """Listen to what allauth tells, and check what must hold of the addresses."""
        from isovigil.web.accounts import checks, told

        checks.register_checks()
        told.listen()
