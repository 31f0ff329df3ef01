"""What do the tests of reports look at? One run over a few hundred made-up people, judged once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from isovigil.batch.command import run_population
from isovigil.batch.local_engine import Run
from isovigil.batch.report.reading import RunTables
from isovigil.exchange.rulebook_files import load_rulebook
from isovigil.synthetic_nation.nation import Nation, write_nation
from isovigil.usecases.population_judged import Asked
from tests.population.exports import ON
from tests.web.browsing import launched

HERE = Path(__file__).parent
PEOPLE = 260
ASKED = Asked(ON, "us_ipledge", "balanced")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sockets are closed in all tests; here the loopback is open for the browser."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.allow_hosts(["127.0.0.1"]))


@pytest.fixture(scope="package")
def nation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An export of made-up people, with its truth table."""
    folder = tmp_path_factory.mktemp("nation")
    list(write_nation(Nation(PEOPLE, 3, ON), folder, 1))
    return folder


@pytest.fixture(scope="package")
def judged(nation: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run over them, with its report."""
    out = tmp_path_factory.mktemp("judged") / "run"
    assert run_population(Run(str(nation), out, ASKED), "local") == 0
    return out


@pytest.fixture
def tables(judged: Path) -> Iterator[RunTables]:
    """The run's tables as a report reads them."""
    opened = RunTables(judged, load_rulebook())
    yield opened
    opened.close()


@pytest.fixture
def bare(tables: RunTables) -> RunTables:
    """The same with nothing hidden, so that numbers can be compared with counts."""
    tables.below = 1
    return tables


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for a module; ended before other tests run, with its event loop."""
    with sync_playwright() as playwright:
        browser = launched(playwright)
        yield browser
        browser.close()
