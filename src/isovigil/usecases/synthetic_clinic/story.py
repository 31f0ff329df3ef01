"""What is a patient's story, and what should the gates say about it?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import NamedTuple

from isovigil.usecases.synthetic_clinic.diary import Diary
from isovigil.usecases.synthetic_clinic.people import Makeup

Tell = Callable[[Diary], None]


class Story(NamedTuple):
    """One named course: who it is about, how it is told, and what it is there to show.

    `expects` names a verdict for each gate the story is about; `because` names rules that must be
    among the reasons. They are the storyteller's own reading of the programme, for the tests alone.
    """

    name: str
    programme: str
    tell: Tell
    makeup: Makeup
    share: int
    """How many of two hundred patients live this story; unremarkable ones fill the rest."""
    is_unremarkable: bool
    expects: Mapping[str, str]
    because: Mapping[str, str]
    """For a gate, a rule that must be among its reasons."""
    not_before: date | None
    """The first day on which this story can be told; before it, the law it shows was not there."""


STORIES: dict[str, list[Story]] = {}
"""The stories of each programme, in the order in which they are declared."""


def story(
    name: str,
    programme: str,
    *,
    makeup: Makeup | None = None,
    share: int = 1,
    is_unremarkable: bool = False,
    expects: Mapping[str, str] | None = None,
    because: Mapping[str, str] | None = None,
    not_before: date | None = None,
) -> Callable[[Tell], Tell]:
    """Declare a story under its name; the decorated function tells it into a diary."""

    def declare(tell: Tell) -> Tell:
        told = Story(
            name,
            programme,
            tell,
            makeup or Makeup(),
            share,
            is_unremarkable,
            expects or {},
            because or {},
            not_before,
        )
        STORIES.setdefault(programme, []).append(told)
        return tell

    return declare
