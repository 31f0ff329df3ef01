"""How does Django know the record's tables?"""

from __future__ import annotations

from django.apps import AppConfig


class Storage(AppConfig):
    """The record: clinics, people, the append-only log and what is derived from it."""

    name = "isovigil.storage"
    label = "storage"
    default = True
