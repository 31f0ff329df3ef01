"""Is this instance alive, for whoever watches over it? It says nothing else."""

from __future__ import annotations

from django.db import Error, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_GET

from isovigil.storage.keys import NoKeys, keys


@require_GET
def health(request: HttpRequest) -> JsonResponse:
    """200 where database and keys answer, 503 where one does not; no version, no count, no name."""
    parts = {"database": _database_answers(), "keys": _keys_are_there()}
    well = all(parts.values())
    words = {name: "well" if answers else "away" for name, answers in parts.items()}
    return JsonResponse({"status": "well" if well else "unwell", **words}, status=200 if well else 503)


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM django_migrations WHERE app = 'storage'")
            return cursor.fetchone() is not None
    except Error:
        return False


def _keys_are_there() -> bool:
    try:
        keys()
    except NoKeys:
        return False
    return True
