"""How is access tested? Through Django's own client, each test on a copy of a filled embedded database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django.plugin import DjangoDbBlocker

from tests.access.clinics import Clinics, Template, served


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    return Template(tmp_path_factory.mktemp("access"))


@pytest.fixture
def clinics(template: Template, tmp_path: Path, django_db_blocker: DjangoDbBlocker) -> Iterator[Clinics]:
    """Two clinics of one's own, and attempts counted from nothing."""
    cache.clear()
    with django_db_blocker.unblock(), served(template.copy(tmp_path)) as copied:
        yield copied


@pytest.fixture
def browser(clinics: Clinics) -> Client:
    """A browser in which nobody is signed in."""
    return Client()
