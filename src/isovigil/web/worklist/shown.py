"""How does a line of the worklist read on the page?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from itertools import groupby
from typing import Final
from uuid import UUID

import msgspec
from django.conf import settings
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from isovigil.usecases.record.worklist_rows import Line
from isovigil.usecases.worklist import GROUPS, Group, Row
from isovigil.usecases.worklist_told import by_when, left, other_reading_told
from isovigil.web.asked import AskedIn
from isovigil.web.components import Words
from isovigil.web.templatetags.pages import verdict
from isovigil.web.worklist.reminder_words import REMINDER

_SOMEBODY: Final = UUID(int=0)
GROUP_WORDS: Final[dict[Group, Words]] = {
    "safety": _("Safety first"),
    "closing": _("Closing within 48 hours"),
    "ours": _("Our move"),
    "patient": _("The patient's move"),
    "pharmacy": _("The pharmacy's move"),
    "waiting": _("Waiting for a day to come"),
    "nothing": _("Nothing to do now"),
}
OWNER_WORDS: Final[dict[str, Words]] = {
    "prescriber": _("Prescriber"),
    "designee": _("Clinic"),
    "specialist": _("Specialist"),
    "patient": _("Patient"),
    "carer": _("Carer"),
    "pharmacy": _("Pharmacy"),
}


class LineShown(msgspec.Struct, frozen=True):
    """One line, in the words of the page."""

    patient: UUID
    name: str
    second_id: str
    verdict: str | None
    """A key of TONES; None once treatment has ended."""
    day_of_course: int | None
    course_number: int
    step: str
    reason: str
    more_reasons: int
    by_when: str
    no_day: str
    """Why there is no day by which, where there is none."""
    left: str
    is_late: bool
    is_safety: bool
    """Something endangers this patient: a reminder alone is not enough."""
    owner: Words
    other_reading: str
    language: str | None
    """The patient's; None where it cannot be read."""

    @property
    def reminders(self) -> tuple[tuple[str, str], ...]:
        """The neutral words to send, in the patient's language; in every one where it is not known."""
        spoken = [code for code, _name in settings.LANGUAGES]
        chosen = [self.language] if self.language in spoken else spoken
        return tuple((code, AskedIn(code).plain(REMINDER)) for code in chosen)

    @property
    def course_url(self) -> str:
        """Where the course is."""
        return _address("course", self.patient)

    @property
    def line_url(self) -> str:
        """Where the line is by itself."""
        return _address("worklist_line", self.patient)

    @property
    def visit_url(self) -> str:
        """Where the visit is."""
        return _address("visit", self.patient)

    @property
    def choose_words(self) -> str:
        """What its box does."""
        return _now("Choose %(name)s") % {"name": self.name}

    @property
    def state(self) -> SafeString:
        """The verdict as symbol, word and colour; once treatment has ended, that."""
        if self.verdict is None:
            return format_html('<span class="quiet">{}</span>', _("After treatment"))
        return _state(self.verdict, get_language())

    @property
    def day_words(self) -> str:
        """As `Day 92 of course`; empty where no course runs."""
        if self.day_of_course is None:
            return ""
        return _now("Day %(day)s of course") % {"day": self.day_of_course}

    @property
    def course_words(self) -> str:
        """As `Course 2`; empty for the first."""
        return _now("Course %(number)s") % {"number": self.course_number} if self.course_number > 1 else ""

    @property
    def more_words(self) -> str:
        """How many reasons there are besides the one that is told."""
        if not self.more_reasons:
            return ""
        words = ngettext("One more reason.", "%(more)s more reasons.", self.more_reasons)
        return words % {"more": self.more_reasons}


@cache
def _template_of(name: str) -> str:
    return reverse(name, args=[_SOMEBODY])


def _address(name: str, patient: UUID) -> str:
    """As `reverse` would say, which takes a tenth of a list's time when it is asked for each line."""
    return _template_of(name).replace(str(_SOMEBODY), str(patient))


@lru_cache(maxsize=128)
def _state(kind: str, language: str | None) -> SafeString:
    """Kept for each language: its word is in that of the request."""
    return SafeString(verdict(kind))


class GroupShown(msgspec.Struct, frozen=True):
    """One group with its lines."""

    name: Group
    words: Words
    lines: tuple[LineShown, ...]


class Filter(msgspec.Struct, frozen=True):
    """One filter: an address, its words, how many lines, and whether it is chosen."""

    url: str
    words: Words
    count: int
    is_chosen: bool


def line_shown(line: Line) -> LineShown:
    """One line in the words of the page."""
    row = line.row
    return LineShown(
        patient=line.patient,
        name=row.name or str(_("Name cannot be read")),
        second_id=line.second_id,
        verdict=row.verdict,
        day_of_course=row.course_day if row.verdict is not None else None,
        course_number=row.course_number,
        step=row.next_step,
        reason=row.reason,
        more_reasons=row.more_reasons,
        by_when=by_when(row),
        no_day=row.no_day,
        left=left(row),
        is_late=_is_late(row),
        is_safety=row.group == "safety",
        owner=OWNER_WORDS.get(row.whose_move or "", ""),
        other_reading=other_reading_told(row),
        language=line.language,
    )


def _is_late(row: Row) -> bool:
    return row.slack is not None and row.slack.endswith("late")


def groups_shown(lines: Sequence[Line]) -> tuple[GroupShown, ...]:
    """The lines under their groups, in the order of the worklist."""
    grouped = groupby(lines, key=lambda line: line.row.group)
    return tuple(
        GroupShown(name, GROUP_WORDS[name], tuple(line_shown(line) for line in members))
        for name, members in grouped
    )


def filters_shown(counts: dict[Group, int], chosen: Group | None, home: str) -> Iterable[Filter]:
    """All that is to do, then each group that has lines."""
    to_do = sum(count for group, count in counts.items() if group != "nothing")
    yield Filter(home, _("Everything to do"), to_do, chosen is None)
    for group in GROUPS:
        if counts[group] or group == chosen:
            yield Filter(f"{home}?group={group}", GROUP_WORDS[group], counts[group], group == chosen)
