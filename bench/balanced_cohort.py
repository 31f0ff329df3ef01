"""Does the balanced policy act as often on a simulated cohort as the published cohorts say it should?

    .venv/bin/python bench/balanced_cohort.py [HOW_MANY]

Prints, for each acceptance band, the share of a seeded cohort beside the band. The same draw is held by
tests/laboratory/test_cohort.py; its sources are in tests/laboratory/cohort.py.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.laboratory.cohort import told
from tests.laboratory.test_cohort import BANDS, SEED


def main(how_many: int) -> int:
    """Print the shares; 1 when one lies outside its band."""
    shares = told(SEED, how_many)
    outside = 0
    print(f"{how_many} simulated patients, seed {SEED}, policy balanced")
    for name, (low, high) in BANDS.items():
        inside = low <= shares[name] <= high
        outside += not inside
        print(f"{name:24} {shares[name]:7.2%}  band {low:.1%} to {high:.1%}  {'' if inside else 'OUTSIDE'}")
    return 1 if outside else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000))
