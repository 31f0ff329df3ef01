"""How does a test look at a page? Debian's Chromium, with every breach of the house's promises collected."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Playwright

WIDE, NARROW = 1280, 320
PATIENCE_MILLISECONDS = 15_000
NAMES = ("chromium", "chromium-browser", "google-chrome")
MANUAL = Path(__file__).resolve().parents[2] / "docs" / "manual"
Scheme = Literal["light", "dark"]
LOOKS: Final[tuple[tuple[int, Scheme], ...]] = (
    (WIDE, "light"),
    (NARROW, "light"),
    (WIDE, "dark"),
    (NARROW, "dark"),
)
"""The widths and schemes in each of which every page has to be right."""

REVIEWED: dict[tuple[str, str], str] = {
    ("color-contrast", "svg"): "axe cannot see behind SVG text; test_colours.py does the arithmetic",
    (
        "color-contrast",
        "pseudo element",
    ): "the drawn box of a radio button lies beside its label, on the same page",
}
"""What axe could not decide and a person did: a rule, a word of its place or message, and the reason."""


class NoChromium(Exception):
    """There is no browser to test with."""

    def __init__(self) -> None:
        super().__init__(
            "There is no Chromium on this machine.\nType:  sudo apt-get install --yes chromium\n"
            "(requirements/system.sh does it where it may; Playwright's own download is never used.)"
        )


def chromium_program() -> str:
    """Where the browser is. Raises NoChromium with the line to type."""
    for name in NAMES:
        found = shutil.which(name)
        if found is not None:
            return found
    raise NoChromium


def launched(playwright: Playwright) -> Browser:
    """The browser, without any page."""
    return playwright.chromium.launch(
        executable_path=chromium_program(),
        args=["--no-sandbox", "--disable-gpu", "--font-render-hinting=none", "--force-color-profile=srgb"],
    )


class Seen(NamedTuple):
    """What went wrong while a page was used."""

    violations: list[str]
    foreign: list[str]
    faults: list[str]


class Browsing:
    """Opens pages of one server, and knows at the end what they did."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.browser = browser
        self.address = address
        self.seen = Seen([], [], [])
        self._contexts: list[BrowserContext] = []

    def page(
        self,
        *,
        width: int = WIDE,
        height: int = 900,
        scheme: Scheme = "light",
        language: str = "en",
        script: bool = True,
        cookies: Sequence[dict[str, Any]] = (),
        **more: Any,
    ) -> Page:
        """A fresh page with no history and no cookies but those given."""
        context = self.browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            locale={"en": "en-GB", "es": "es-ES"}.get(language, language),
            java_script_enabled=script,
            base_url=self.address,
            reduced_motion="reduce",
            **more,
        )
        self._contexts.append(context)
        context.set_default_timeout(PATIENCE_MILLISECONDS)
        context.add_cookies(list(cookies))  # type: ignore[arg-type]  # a plain dict
        page = context.new_page()
        page.on("request", lambda request: self._asked(request.url))
        page.on("console", lambda message: self._said(message.type, message.text))
        page.on("pageerror", lambda error: self.seen.faults.append(str(error)))
        return page

    def _asked(self, url: str) -> None:
        if not url.startswith(("data:", self.address + "/")):
            self.seen.foreign.append(url)

    def _said(self, kind: str, text: str) -> None:
        if "Content Security Policy" in text or "Refused to" in text:
            self.seen.violations.append(text)
        elif kind == "error" and "the server responded with a status of" not in text:
            self.seen.faults.append(text)

    def close(self) -> None:
        """Close every page. Raises AssertionError where one broke a promise."""
        for context in self._contexts:
            context.close()
        assert not self.seen.violations, f"the content policy was broken: {self.seen.violations}"
        assert not self.seen.foreign, f"another host was asked: {self.seen.foreign}"
        assert not self.seen.faults, f"a script failed: {self.seen.faults}"


# -- what every page must be ----------------------------------------------------------------------------


def assert_accessible(page: Page, *, but_for: Sequence[str] = ()) -> None:
    """The checker axe finds nothing, and leaves nothing undecided that nobody reviewed.

    `but_for` names rules that cannot be judged here; say why at the call.
    """
    options = {
        "resultTypes": ["violations", "incomplete"],
        "rules": {rule: {"enabled": False} for rule in but_for},
    }
    answer = Axe().run(page, options=options).response
    told = [*_told("violation", answer["violations"]), *_told("undecided", answer["incomplete"])]
    assert not told, f"{urlsplit(page.url).path}:\n" + "\n".join(told)


def _told(kind: str, rules: Sequence[dict[str, Any]]) -> list[str]:
    told = []
    for rule in rules:
        for node in rule["nodes"]:
            place = " ".join(str(part) for part in node["target"])
            if kind == "undecided" and _is_reviewed(str(rule["id"]), node):
                continue
            told.append(f"{kind} {rule['id']}: {rule['help']}\n  {place}\n  {node['html'][:200]}")
            told += [f"    {each['message']}" for each in (*node["any"], *node["all"], *node["none"])]
    return told


def _is_reviewed(rule: str, node: dict[str, Any]) -> bool:
    if rule == "color-contrast" and str(node["html"]).startswith(("<text", "<tspan")):
        return ("color-contrast", "svg") in REVIEWED
    said = " ".join(str(each["message"]) for each in node["any"])
    return (rule, "pseudo element") in REVIEWED and "pseudo element" in said and "<label" in str(node["html"])


def assert_fits(page: Page) -> None:
    """Nothing makes the page scroll sideways."""
    wide = page.evaluate("document.scrollingElement.scrollWidth")
    shown = page.evaluate("document.documentElement.clientWidth")
    assert wide <= shown, f"{page.url} is {wide} px wide on a screen of {shown} px"


def assert_targets_are_large(page: Page, least: int) -> None:
    """Everything to press is so many pixels high and wide at least, but for links in a sentence."""
    small = page.evaluate(
        """least => [...document.querySelectorAll('a, button, summary, select, input:not([type=hidden])')]
            .filter(one => one.checkVisibility() && !one.closest('p, li > a + *, .govuk-skip-link'))
            .filter(one => !one.classList.contains('govuk-skip-link'))
            .map(one => [one, (one.labels && one.labels.length && /radio|checkbox/.test(one.type))
                ? one.closest('.govuk-radios__item, .govuk-checkboxes__item').getBoundingClientRect()
                : one.getBoundingClientRect()])
            .filter(([one, box]) => box.height > 0 && (box.height < least || box.width < least))
            .filter(([one]) => getComputedStyle(one).display !== 'inline')
            .map(([one, box]) =>
                `${one.outerHTML.slice(0, 90)}: ${Math.round(box.width)} x ${Math.round(box.height)}`)
        """,
        least,
    )
    assert not small, f"smaller than {least} px on {page.url}:\n" + "\n".join(small)


def picture(page: Page, name: str, folder: Path, is_for_the_manual: bool = True) -> Path:
    """A picture of the whole page.

    With ISOVIGIL_SCREENSHOTS=write, and if the manual names it, it goes there; else into the folder.
    """
    is_written = is_for_the_manual and os.environ.get("ISOVIGIL_SCREENSHOTS") == "write"
    goes_there = is_written and f"({name}.png)" in (MANUAL / "README.md").read_text("utf-8")
    target = (MANUAL if goes_there else folder) / f"{name}.png"
    target.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=target, full_page=True, animations="disabled", caret="hide")
    return target


class Looking(NamedTuple):
    """Looks at pages of one width and scheme."""

    width: int
    scheme: Scheme
    folder: Path
    """Where pictures go that the manual does not show."""

    def page(self, browsing: Browsing) -> Page:
        """A fresh page of that width and scheme."""
        return browsing.page(width=self.width, scheme=self.scheme)

    def assert_right(self, page: Page, name: str) -> None:
        """The page is accessible and fits, and a picture is taken of it."""
        assert_accessible(page)
        assert_fits(page)
        picture(page, f"{name}-{self.width}-{self.scheme}", self.folder, self.scheme == "light")
