"""How is the record tested? On both databases, each test on a fresh copy of a filled one, nothing mocked.

The tables refuse deletion, so no test can be tidied up after by emptying them, and Django's own test database
is never used: the connection is led to a copied file, or to a database made from a template.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from pytest_django.plugin import DjangoDbBlocker

from tests.record.postgresql import Server, a_server
from tests.record.records import Record, Templates, in_use

Vendor = Literal["sqlite", "postgresql"]


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """A real server for the whole run; where there is none the tests fail, and say what to install."""
    with a_server() as server:
        server.wait_for_the_disk(wait=False)
        yield server


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Templates:
    return Templates(tmp_path_factory.mktemp("record"))


@pytest.fixture(params=["sqlite", "postgresql"])
def vendor(request: pytest.FixtureRequest) -> Vendor:
    """A test that asks for this, or for `record`, runs on both databases."""
    chosen: Vendor = request.param
    return chosen


@pytest.fixture
def record(
    vendor: Vendor,
    request: pytest.FixtureRequest,
    templates: Templates,
    tmp_path: Path,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[Record]:
    """A clinic of its own for each test."""
    with django_db_blocker.unblock():
        if vendor == "sqlite":
            with in_use(templates.copy_on_sqlite(tmp_path)) as copied:
                yield copied
            return
        server: Server = request.getfixturevalue("postgresql")
        copied = templates.copy_on_postgresql(tmp_path, server)
        with in_use(copied):
            yield copied
        server.drop(copied.name)
