"""How many actions does a task take, and how long would they last? Counted against budgets.yaml.

The keystroke-level model (Card, Moran and Newell 1980): 0.28 s a key, 1.1 s to point, 0.1 s to press,
0.4 s to move the hand between keyboard and mouse, 1.35 s to think where the script says so. It is a gauge
for regressions, no claim about people.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page
from ruamel.yaml import YAML

BUDGETS = Path(__file__).parent / "budgets.yaml"
KEY, POINT, PRESS, HAND, THINK = 0.28, 1.1, 0.1, 0.4, 1.35


def budgets() -> Mapping[str, Mapping[str, Any]]:
    """What each task may cost: actions, seconds, page loads, each with its story."""
    told: Mapping[str, Mapping[str, Any]] = YAML(typ="safe").load(BUDGETS.read_text("utf-8"))["tasks"]
    return told


class Task:
    """Does a task on a page and counts. An action is a click, a tap, or one field filled in."""

    def __init__(self, page: Page, name: str) -> None:
        self.page = page
        self.name = name
        self.actions = 0
        self.seconds = 0.0
        self.loads = 0
        self._hand_on = "mouse"
        page.on("load", lambda _: self._loaded())

    def _loaded(self) -> None:
        self.loads += 1

    def think(self, steps: int = 1) -> None:
        """The person decides something here."""
        self.seconds += THINK * steps

    def click(self, place: Locator) -> None:
        """Point and press: one action."""
        self._move_to("mouse")
        self.actions += 1
        self.seconds += POINT + PRESS
        place.click()

    def choose(self, place: Locator, value: str) -> None:
        """Choose in a list: opened and chosen with the mouse, one field."""
        self._move_to("mouse")
        self.actions += 1
        self.seconds += 2 * (POINT + PRESS)
        place.select_option(value)

    def write(self, place: Locator, text: str, *, by_tab: bool = False) -> None:
        """Fill one field: pointed at, or reached with the tabulator."""
        self.actions += 1
        if by_tab:
            self._move_to("keys")
            self.seconds += KEY
        else:
            self._move_to("mouse")
            self.seconds += POINT + PRESS
            self._move_to("keys")
        self.seconds += KEY * len(text)
        place.fill(text)

    def write_day(self, first_box: Locator, day: str, month: str, year: str) -> None:
        """Fill the three boxes of one day: one field, reached with the mouse and then with the tabulator."""
        identity = first_box.get_attribute("id")
        self._move_to("mouse")
        self.seconds += POINT + PRESS
        self._move_to("keys")
        self.actions += 1
        self.seconds += KEY * (len(day + month + year) + 2)
        first_box.fill(day)
        self.page.locator(f"#{identity}_month").fill(month)
        self.page.locator(f"#{identity}_year").fill(year)

    def press(self, key: str) -> None:
        """One key that does something, such as Enter: one action."""
        self._move_to("keys")
        self.actions += 1
        self.seconds += KEY
        self.page.keyboard.press(key)

    def _move_to(self, device: str) -> None:
        if self._hand_on != device:
            self.seconds += HAND
            self._hand_on = device

    def assert_within_budget(self) -> None:
        """One action over fails."""
        budget = budgets()[self.name]
        spent = f"{self.name}: {self.actions} actions, {self.seconds:.1f} s, {self.loads} page loads"
        assert self.actions <= budget["actions"], f"{spent}; the budget is {budget['actions']} actions"
        assert self.seconds <= budget["seconds"], f"{spent}; the budget is {budget['seconds']} s"
        assert self.loads <= budget["page_loads"], f"{spent}; the budget is {budget['page_loads']} loads"


# -- without a mouse ---------------------------------------------------------------------------------------


def tab_to(page: Page, place: Locator, most: int = 80) -> None:
    """Reach a place with the tabulator alone. Raises AssertionError where it cannot be reached."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if place.evaluate("one => one === document.activeElement"):
            assert_focus_is_seen(page)
            return
    raise AssertionError(f"{place} is not reached by {most} tabs on {page.url}")


def assert_focus_is_seen(page: Page) -> None:
    """What has the focus is on the screen, shows a mark, and nothing sticky lies over it (WCAG 2.4.11)."""
    fault = page.evaluate(
        """() => {
            const one = document.activeElement, box = one.getBoundingClientRect();
            if (box.bottom < 0 || box.top > innerHeight) return 'is off the screen';
            const banner = document.querySelector('.patient-banner');
            const isSticky = banner && !banner.contains(one)
                && getComputedStyle(banner).position === 'sticky';
            if (isSticky && box.top < banner.getBoundingClientRect().bottom - 1
                && banner.getBoundingClientRect().top <= 0) return 'is under the banner';
            const looks = [one, one.labels && one.labels[0]].filter(Boolean)
                .flatMap(each => [getComputedStyle(each), getComputedStyle(each, '::before')]);
            const isMarked = looks.some(
                look => look.outlineStyle !== 'none' && parseFloat(look.outlineWidth) >= 2);
            return isMarked ? null : 'shows no mark of the focus';
        }"""
    )
    assert fault is None, f"{page.evaluate('document.activeElement.outerHTML.slice(0, 120)')} {fault}"
