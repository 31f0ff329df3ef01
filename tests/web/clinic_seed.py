"""Which clinic do the page tests look at? Forty made-up patients, and a few whose story a test counts on.

Run as a command in the environment of the server that will serve it.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

KNOWN = {
    "Ada Unremarkable": "unremarkable, in the fourth week of the month",
    "Bea Untested": "unremarkable, in the fourth week of the month",
    "Cleo Troubled": "unremarkable and cannot become pregnant, in the fourth week of the month",
    "Dot Positive": "positive test",
    "Eve Keyboard": "unremarkable and cannot become pregnant, in the fourth week of the month",
}
"""The name of each known patient, and the story she lives; a test finds her by her name."""
COURSES = 40
SEED = 20261122


def seed() -> None:
    """Put the clinic on record."""
    import django

    django.setup()
    from django.conf import settings

    from isovigil.storage.keys import make_keys
    from isovigil.usecases.record.demo_clinic import (
        identity_of,
        made_up_patients,
        put_demo_clinic_on_record,
    )
    from isovigil.usecases.record.start_up import prepare_database
    from isovigil.usecases.synthetic_clinic.clinic import tell
    from isovigil.usecases.synthetic_clinic.story import STORIES

    now = datetime.now(UTC)
    make_keys(Path(settings.ISOVIGIL_KEYS))
    prepare_database()
    stories = {story.name: story for story in STORIES["us_ipledge"]}
    patients = list(made_up_patients("us_ipledge", now.date(), SEED, COURSES))
    for place, (name, story) in enumerate(KNOWN.items()):
        told = tell(stories[story], 900 + place, name, now.date(), SEED)
        patients.append((identity_of(told.case, name), told.case))
    for _ in put_demo_clinic_on_record("us_ipledge", now, patients):
        pass


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "isovigil.settings")
    seed()
