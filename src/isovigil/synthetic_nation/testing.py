"""How are a person's pregnancy tests reported?"""

from __future__ import annotations

from typing import Final

from isovigil.synthetic_nation import clock
from isovigil.synthetic_nation import folder as files
from isovigil.synthetic_nation import shapes_observed as observed
from isovigil.synthetic_nation.folder import Folder
from isovigil.synthetic_nation.month import Month

SHARE_MEASURED: Final = 0.2
"""So many laboratory tests are quantitative."""
SHARE_BELOW_LIMIT: Final = 0.7
"""So many of those say only `<5`."""


def pregnancy_tests_of(folder: Folder, month: Month) -> None:
    """The tests of one month."""
    if month.tested_on is not None:
        pregnancy_test(folder, month.tested_on, month.setting, "positive" if month.positive else "negative")
    if month.doubtful_on is not None:
        value = b"%.1f" % (6 + folder.chance.random() * 17)
        _measured(folder, month.doubtful_on, None, value)


def pregnancy_test(folder: Folder, day: int, setting: str, result: str) -> None:
    """One test: coded, or measured by a laboratory, some as `<5` mIU/mL."""
    roll = folder.chance.random
    if setting == "laboratory" and roll() < SHARE_MEASURED:
        if result == "positive":
            _measured(folder, day, None, b"%d" % int(60 + roll() * 900))
        elif roll() < SHARE_BELOW_LIMIT:
            _measured(folder, day, "<", b"5")
        else:
            _measured(folder, day, None, b"%.1f" % (roll() * 4.4))
        return
    specimen = "serum" if setting == "laboratory" and roll() < 0.5 else "urine"
    more = {b"issued": clock.issued(day, folder.chance)}
    folder.write(files.OBSERVATION, observed.TESTS[specimen, setting, result], b"hcg", day, more)


def _measured(folder: Folder, day: int, comparator: str | None, value: bytes) -> None:
    more = {b"issued": clock.issued(day, folder.chance), b"value": value}
    folder.write(files.OBSERVATION, observed.MEASURED_TESTS[comparator], b"hcg", day, more)
