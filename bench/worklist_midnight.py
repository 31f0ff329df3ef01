"""What does the clinic's midnight cost: every row judged anew at once, or what was prepared taking over?

Run: .venv/bin/python bench/worklist_midnight.py [--courses 1000]

A made-up clinic is put on an embedded database in a temporary folder. Its worklist is worked out in the
evening; at midnight every row runs out. Measured is what the first page after midnight has to wait for, in
processor time: `refresh_worklist` with nothing prepared, and with tomorrow's rows laid beside today's by the
rounds of the hour before. Both leave the same lines; that is checked.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

SEED = 20261122
MIDNIGHT = datetime(2026, 11, 23, tzinfo=ZoneInfo("America/New_York"))
EVERY = timedelta(minutes=5)


def main(courses: int) -> None:
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "isovigil.settings",
            "ISOVIGIL_ENVIRONMENT": "demo",
            "ISOVIGIL_HOME": home,
            "ISOVIGIL_DATABASE": f"sqlite:///{home}/record.sqlite3",
        }
        measure(courses)


def measure(courses: int) -> None:
    import django

    django.setup()
    from django.conf import settings

    from isovigil.storage.keys import make_keys
    from isovigil.storage.tenancy import every_clinic
    from isovigil.usecases.record.acting import Acting
    from isovigil.usecases.record.demo_clinic import made_up_patients, put_demo_clinic_on_record
    from isovigil.usecases.record.look_after import NOBODY
    from isovigil.usecases.record.start_up import prepare_database
    from isovigil.usecases.record.worklist_ahead import AHEAD, prepare_next_day
    from isovigil.usecases.record.worklist_read import day_sheet
    from isovigil.usecases.record.worklist_rows import refresh_worklist

    make_keys(Path(settings.ISOVIGIL_KEYS))
    prepare_database()
    evening = MIDNIGHT - AHEAD
    patients = list(made_up_patients("us_ipledge", evening.date(), SEED, courses))
    for _ in put_demo_clinic_on_record("us_ipledge", evening - EVERY, patients):
        pass
    (clinic,) = every_clinic()

    def at(moment: datetime) -> Acting:
        return Acting(NOBODY, "Isovigil", clinic, "nurse", moment)

    _, unprepared = spent(lambda: refresh_worklist(at(MIDNIGHT)))
    lines = day_sheet(at(MIDNIGHT)).lines
    refresh_worklist(at(evening), everything=True)
    rounds = []
    moment = evening
    while moment < MIDNIGHT:
        rounds.append(spent(partial(prepare_next_day, at(moment)))[1])
        moment += EVERY
    judged, prepared = spent(lambda: refresh_worklist(at(MIDNIGHT)))
    assert judged == 0, f"{judged} rows were judged at midnight"
    assert day_sheet(at(MIDNIGHT)).lines == lines, "what was prepared says something else"
    print(f"{courses} rows at midnight, processor time:")
    print(f"  all judged at once           {unprepared:8.2f} s")
    print(f"  prepared ones taking over    {prepared:8.3f} s  ({unprepared / prepared:.0f} times less)")
    print(
        f"  the hour before              {sum(rounds):8.2f} s in {len(rounds)} rounds, "
        f"the longest {max(rounds):.2f} s"
    )


def spent(work: Callable[[], int]) -> tuple[int, float]:
    """What it answers, and its processor time in seconds."""
    began = time.process_time()
    answer = work()
    return answer, time.process_time() - began


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--courses", type=int, default=1000)
    main(parser.parse_args().courses)
