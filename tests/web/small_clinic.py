"""Which clinic do the pages about people look at? Two made-up patients. Run in the server's environment."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

COURSES, SEED = 2, 7


def seed() -> None:
    """Put the clinic on record."""
    import django

    django.setup()
    from django.conf import settings

    from isovigil.storage.keys import make_keys
    from isovigil.storage.tenancy import every_clinic
    from isovigil.usecases.record.demo_clinic import made_up_patients, put_demo_clinic_on_record
    from isovigil.usecases.record.sign_log import sign_head
    from isovigil.usecases.record.start_up import prepare_database

    now = datetime.now(UTC)
    make_keys(Path(settings.ISOVIGIL_KEYS))
    prepare_database()
    for _ in put_demo_clinic_on_record(
        "us_ipledge", now, list(made_up_patients("us_ipledge", now.date(), SEED, COURSES))
    ):
        pass
    for clinic in every_clinic():
        sign_head(clinic, now)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "isovigil.settings")
    seed()
