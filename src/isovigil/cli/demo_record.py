"""How does the demo put its clinic on record and serve its pages?"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from isovigil.case.case import Case
from isovigil.cli.instance import NotReady, reach_instance
from isovigil.cli.progress_bar import with_progress
from isovigil.cli.streams import answer, complain


def prepare_record(home: Path, programme: str, patients: Sequence[tuple[Case, str]]) -> bool:
    """Put the clinic into a new record in `home`, over the last demo's; False where it cannot be."""
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        reach_instance(home)
    except NotReady as why:
        complain(why)
        return False
    from django.conf import settings

    from isovigil.storage.keys import make_keys
    from isovigil.usecases.record.demo_clinic import identity_of, put_demo_clinic_on_record
    from isovigil.usecases.record.start_up import prepare_database

    if settings.IS_PRODUCTION:
        complain(
            "ISOVIGIL_ENVIRONMENT is production: a demo puts made-up patients on record and lets anybody "
            "sign in, so it is refused. Unset it for the demo."
        )
        return False
    make_keys(Path(settings.ISOVIGIL_KEYS))
    prepare_database()
    named = [(identity_of(case, name), case) for case, name in patients]
    on_record = put_demo_clinic_on_record(programme, datetime.now(UTC), named)
    for _ in with_progress(on_record, len(named), "Recording"):
        pass
    answer(f"\nThe clinic is on record in {home}/: its log, its people and its worklist.")
    return True


def serve_record(home: Path, port: int) -> int:
    """Serve the demo's clinic on this machine alone, until stopped."""
    from isovigil.cli.serving import run_serve

    answer("Open the address below and choose who you are. Everybody and everything in it is made up.")
    reach_instance(home)
    return run_serve("127.0.0.1", port, 2)
