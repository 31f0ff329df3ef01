"""Which patients does the clinic have on a day, and which story does each of them live?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from random import Random
from typing import NamedTuple

from isovigil.case.case import Case
from isovigil.case.time_zones import DEFAULT_TIME_ZONES
from isovigil.usecases.synthetic_clinic import (
    uk_stories_mid_course,
    uk_stories_mishaps,
    us_stories_end,
    us_stories_mid_course,
    us_stories_pharmacy,
    us_stories_start,
    us_stories_this_month,
)
from isovigil.usecases.synthetic_clinic.diary import Diary
from isovigil.usecases.synthetic_clinic.people import Person, make_person, names_of
from isovigil.usecases.synthetic_clinic.story import STORIES, Story

STORYTELLERS = (
    uk_stories_mid_course,
    uk_stories_mishaps,
    us_stories_end,
    us_stories_mid_course,
    us_stories_pharmacy,
    us_stories_start,
    us_stories_this_month,
)
"""Every module that declares stories, so that none can be forgotten in silence."""
SHARE_WITH_A_MISHAP = 0.4
"""So much of a clinic is anything but unremarkable on one day."""


class SyntheticPatient(NamedTuple):
    """One course of the clinic: who, which story, and the case it makes."""

    person: Person
    story: Story
    case: Case


def make_clinic(programme: str, today: date, seed: int, courses: int) -> Iterator[SyntheticPatient]:
    """A clinic as it stands on a day. The same programme, day, seed and number give the same clinic.

    Raises KeyError for a programme without stories.
    """
    chance = Random(f"{programme}/{today}/{seed}")  # noqa: S311 - it must be repeatable, not secret
    told = [each for each in STORIES[programme] if each.not_before is None or each.not_before <= today]
    chosen = _choose(told, courses)
    chance.shuffle(chosen)
    names = names_of(chance, courses)
    for place, (each, name) in enumerate(zip(chosen, names, strict=True)):
        yield tell(each, place + 1, name, today, seed)


def tell(each: Story, number: int, name: str, today: date, seed: int) -> SyntheticPatient:
    """One patient living one story; her chance depends on her number, so neighbours change nothing."""
    chance = Random(f"{seed}/{number}/{each.name}")  # noqa: S311 - it must be repeatable, not secret
    person = make_person(number, name, each.makeup, today, chance)
    diary = Diary(person, today, each.programme, DEFAULT_TIME_ZONES[each.programme], chance)
    each.tell(diary)
    return SyntheticPatient(person, each, diary.case())


def _choose(stories: Sequence[Story], courses: int) -> list[Story]:
    """So many stories: every mishap as often as its share says, the rest unremarkable.

    A small clinic has the first mishaps of every kind; a large one has more of each.
    """
    mishaps = [each for each in stories if not each.is_unremarkable]
    unremarkable = [each for each in stories if each.is_unremarkable]
    with_a_mishap = round(courses * SHARE_WITH_A_MISHAP)
    return [*_in_shares(mishaps, with_a_mishap), *_in_shares(unremarkable, courses - with_a_mishap)]


def _in_shares(stories: Sequence[Story], count: int) -> list[Story]:
    """So many, by largest remainder, each at least once where there is room."""
    if not stories or count <= 0:
        return []
    if count < len(stories):
        step = len(stories) / count
        return [stories[int(place * step)] for place in range(count)]
    spare = count - len(stories)
    total = sum(each.share for each in stories)
    quotas = [spare * each.share / total for each in stories]
    counts = [1 + int(quota) for quota in quotas]
    by_remainder = sorted(range(len(stories)), key=lambda place: int(quotas[place]) - quotas[place])
    for place in by_remainder[: count - sum(counts)]:
        counts[place] += 1
    return [each for each, times in zip(stories, counts, strict=True) for _ in range(times)]
