"""How are pages tested? A server on the loopback, Debian's Chromium, and nothing else on the network."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import override_settings
from django.utils import translation
from playwright.sync_api import Browser, sync_playwright

from tests.web.bracketed import write_bracketed_catalogue
from tests.web.browsing import LOOKS, Browsing, Looking, launched
from tests.web.serving import Server, serving

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sockets are closed in all tests; here the loopback is open."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.allow_hosts(["127.0.0.1"]))


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for a module; ended before other tests run, with its event loop."""
    with pytest.MonkeyPatch.context() as patched:
        # Playwright's loop runs in this thread; a database test in this package would be taken for async.
        patched.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        with sync_playwright() as playwright:
            browser = launched(playwright)
            yield browser
            browser.close()


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The public pages and the gallery of parts, without a database."""
    with serving(tmp_path_factory.mktemp("server"), settings="tests.web.gallery.gallery_settings") as running:
        yield running


@pytest.fixture
def browsing(chromium: Browser, server: Server) -> Iterator[Browsing]:
    """Opens pages. Fails at the end where one broke the content policy, asked another host or failed."""
    pages = Browsing(chromium, server.address)
    yield pages
    pages.close()


@pytest.fixture(scope="package")
def clinic_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A seeded clinic: an embedded database, its people, and forty made-up patients."""
    home = tmp_path_factory.mktemp("clinic")
    with serving(home, before=[("-m", "tests.web.clinic_seed")]) as running:
        yield running


@pytest.fixture
def clinic(chromium: Browser, clinic_server: Server) -> Iterator[Browsing]:
    """Opens the clinic's pages. Fails at the end where one broke the content policy or asked another host."""
    pages = Browsing(chromium, clinic_server.address)
    yield pages
    pages.close()


@pytest.fixture(scope="module")
def small_clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A small clinic for each module: its people change, and its records may be damaged."""
    home = tmp_path_factory.mktemp("small-clinic")
    with serving(home, before=[("-m", "tests.web.small_clinic")]) as running:
        yield running


@pytest.fixture
def people(chromium: Browser, small_clinic: Server) -> Iterator[Browsing]:
    """Opens the small clinic's pages. A passkey belongs to a name: on a bare address there are none."""
    pages = Browsing(chromium, small_clinic.address.replace("127.0.0.1", "localhost"))
    yield pages
    pages.close()


@pytest.fixture(params=LOOKS, ids=lambda look: f"{look[0]}-{look[1]}")
def look(request: pytest.FixtureRequest, tmp_path: Path) -> Looking:
    """A test that asks for this is run in every width and scheme."""
    width, scheme = request.param
    return Looking(width, scheme, tmp_path)


@pytest.fixture
def bracketed(tmp_path: Path) -> Iterator[None]:
    """Spanish in which each word of our catalogue stands in brackets."""
    write_bracketed_catalogue(tmp_path / "bracketed", "es")
    with override_settings(LOCALE_PATHS=[tmp_path / "bracketed"]), translation.override("en"):
        yield
