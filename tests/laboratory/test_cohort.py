"""A simulated cohort under the balanced policy lies inside the acceptance bands of the specification.

Bands (part F): any abnormal triglycerides 15 to 44 %, any abnormal ALT 2 to 13 %, hold or stop from
triglycerides at most 1.5 %, from ALT at most 1 %, from blood counts about none.
"""

from __future__ import annotations

from functools import cache

from tests.laboratory.cohort import told
from tests.profiles import how_many

SEED = 20261122
BANDS = {
    "triglycerides abnormal": (0.15, 0.44),
    "liver abnormal": (0.02, 0.13),
    "triglycerides held": (0, 0.015),
    "liver held": (0, 0.01),
    "blood_count held": (0, 0.001),
}


@cache
def shares() -> dict[str, float]:
    return told(SEED, how_many(quick=2000, nightly=20000))


def inside(name: str) -> bool:
    low, high = BANDS[name]
    return low <= shares()[name] <= high


def test_abnormal_triglycerides_are_as_common_as_published():
    assert inside("triglycerides abnormal")


def test_abnormal_alt_is_as_common_as_published():
    assert inside("liver abnormal")


def test_triglycerides_hold_or_stop_as_rarely_as_they_should():
    assert inside("triglycerides held")


def test_alt_holds_or_stops_as_rarely_as_it_should():
    assert inside("liver held")


def test_blood_counts_hold_almost_nobody():
    assert inside("blood_count held")
