"""How does somebody without a mouse go through a page? Tab, Enter, Space, arrows and typing alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from playwright.sync_api import Locator, Page, expect

from tests.web.actions import assert_focus_is_seen

MOST_STOPS: Final = 400
"""More than any page has; who has not come round by then is trapped."""

_STOPS: Final = """() => {
    const asked = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]';
    const groups = new Set();
    return [...document.querySelectorAll(asked)].filter(one => {
        if (one.disabled || one.tabIndex < 0) return false;
        if (!one.checkVisibility({visibilityProperty: true})) return false;
        if (one.type !== 'radio') return true;
        const form = one.form ? [...document.forms].indexOf(one.form) : -1;
        const group = form + '/' + one.name;
        const chosen = document.querySelector(`input[type=radio][name="${CSS.escape(one.name)}"]:checked`);
        if (groups.has(group) || (chosen && chosen !== one && chosen.form === one.form)) return false;
        groups.add(group);
        return true;
    }).map(one => {
        one.dataset.stop ||= String(Math.random());
        return [one.dataset.stop, one.outerHTML.slice(0, 110)];
    });
}"""
"""Where the tabulator has to stop, in the order of the page: of each group of radio buttons one."""
_TO_THE_TOP: Final = (
    "document.body.tabIndex = -1; document.body.focus(); document.body.removeAttribute('tabindex')"
)
_HERE: Final = (
    "document.activeElement === document.body ? null : document.activeElement.dataset.stop || 'other'"
)


class Keys:
    """One person at a keyboard, on one page."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, key: str) -> None:
        """A key that changes something in place."""
        self.page.keyboard.press(key)

    def go(self, key: str = "Enter") -> None:
        """A key after which another page, or this one again, stands on the screen."""
        with self.page.expect_navigation():
            self.page.keyboard.press(key)

    def to(self, place: Locator, *, key: str = "Tab") -> None:
        """Go on to a place, once round the page at most; every stop on the way is seen."""
        expect(place).to_have_count(1)
        for _ in range(MOST_STOPS):
            self.page.keyboard.press(key)
            if self.page.evaluate("document.activeElement !== document.body"):
                assert_focus_is_seen(self.page)
            if place.evaluate("one => one === document.activeElement"):
                return
        raise AssertionError(f"{place} is not reached by {MOST_STOPS} presses on {self.page.url}")

    def back_to(self, place: Locator) -> None:
        """Go back to a place."""
        self.to(place, key="Shift+Tab")

    def follow(self, place: Locator) -> None:
        """Reach a link or button that leads to a page, and press Enter."""
        self.to(place)
        self.go()

    def write(self, place: Locator, text: str) -> None:
        """Reach a box and type into it, over what stood there."""
        self.to(place)
        if place.evaluate("one => ['text', 'email', 'password', 'search', 'number'].includes(one.type)"):
            self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)

    def mark(self, place: Locator) -> None:
        """Reach a box to tick, or the first of a group that has no answer, and mark it with the space bar."""
        self.to(place)
        self.page.keyboard.press("Space")
        expect(place).to_be_checked()

    def choose(self, group: Locator, place: Locator) -> None:
        """Reach a group of radio buttons, and go to an answer by the arrow keys."""
        first = group.first
        self.to(group.and_(self.page.locator(":checked")) if _has_answer(group) else first)
        self.page.keyboard.press("Space")
        for _ in range(group.count()):
            if place.is_checked():
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{place} is not reached by the arrows")


def _has_answer(group: Locator) -> bool:
    return any(each.is_checked() for each in group.all())


def stops_of(page: Page) -> list[tuple[str, str]]:
    """Where the tabulator has to stop: a mark of each, and how it begins."""
    return [(mark, words) for mark, words in page.evaluate(_STOPS)]


def walked(page: Page, key: str = "Tab") -> list[str | None]:
    """The marks of what gets the focus, from the top of the page until the page is left."""
    page.evaluate(_TO_THE_TOP)
    marks: list[str | None] = []
    for _ in range(MOST_STOPS):
        page.keyboard.press(key)
        mark: Any = page.evaluate(_HERE)
        if mark is None:
            return marks
        if marks and mark == marks[0]:
            return marks
        assert_focus_is_seen(page)
        if not marks or marks[-1] != mark:  # a box for a day has a stop for each of its parts
            marks.append(mark)
    raise AssertionError(f"the focus does not leave {page.url}: {marks[-5:]}")


def assert_walks(page: Page) -> None:
    """Tab reaches everything that can be pressed or filled, in the order of the page, and leaves it again.

    Every stop is on the screen, shows a mark and lies under nothing. The first leads past the header.
    """
    expected = stops_of(page)
    assert expected, f"nothing on {page.url} can be reached"
    assert not page.locator("[tabindex]:not([tabindex='0']):not([tabindex='-1'])").count(), (
        "an order of its own"
    )
    seen = walked(page)
    _assert_same(page, [mark for mark, _ in expected], seen, dict(expected))


def _assert_same(
    page: Page, expected: Sequence[str], seen: Sequence[str | None], told: dict[str, str]
) -> None:
    missed = [told[mark] for mark in expected if mark not in seen]
    assert not missed, f"not reached on {page.url}:\n" + "\n".join(missed)
    order = [mark for mark in seen if mark in told]
    assert order == list(expected), f"out of order on {page.url}: " + "\n".join(told[mark] for mark in order)
    more = [mark for mark in seen if mark not in told]
    assert not more, f"reached on {page.url} and not counted: {more}"


def assert_skip_link_works(page: Page) -> None:
    """The first stop of a fresh page is the way past the header; behind it comes the content's own first."""
    page.goto(page.url)
    page.keyboard.press("Tab")
    link = page.locator(".govuk-skip-link")
    expect(link).to_be_focused()
    assert_focus_is_seen(page)
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main, footer') !== null"), "the header comes again"


# -- answers --------------------------------------------------------------------------------------------

Answer = tuple[str, str, str]
"""What to do, the name of the field, the value: as ("choose", "result", "negative")."""


def do(keys: Keys, answer: Answer) -> None:
    """One answer."""
    page, (what, name, value) = keys.page, answer
    if what == "type":
        keys.write(page.locator(f"#id_{name}"), value)
    elif what == "select":
        place = page.locator(f"#id_{name}")
        before = place.input_value()
        keys.to(place)
        keys.press("ArrowDown")
        assert place.input_value() != before, f"the arrow chose nothing in {name}"
    elif what == "choose":
        keys.choose(page.locator(f"input[name={name}]"), page.locator(f"input[name={name}][value='{value}']"))
    elif what == "choose every":
        names = page.eval_on_selector_all("main input[type=radio]", "all => all.map(one => one.name)")
        for one in dict.fromkeys(names):
            do(keys, ("choose", one, value))
    else:
        boxes = page.locator(f"main input[type=checkbox]{f'[name={name}]' if name else ''}")
        assert boxes.count() >= 1
        for each in range(boxes.count()):
            keys.mark(boxes.nth(each))
