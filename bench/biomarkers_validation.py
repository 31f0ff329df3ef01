"""Which published blood values does the model reproduce, and which does it miss?

Run: .venv/bin/python bench/biomarkers_validation.py
"""

from __future__ import annotations

from isovigil.forecast.biomarkers.validation import validation_rows
from isovigil.forecast.outcome import Outcome


def main() -> None:
    rows = validation_rows()
    for row in rows:
        fitted = "fitted" if row.used_in_fitting else "not fitted"
        print(f"{row.outcome.value.upper():10s} {row.id:5s} {fitted:10s} {row.what}")
        print(f"           published {row.published}; model {row.model}; passes at {row.tolerance}")
        if row.outcome is Outcome.KNOWN_MISS:
            print(f"           {row.known_miss}")
    misses = [row.id for row in rows if row.outcome is not Outcome.MET]
    fresh = [row for row in rows if not row.used_in_fitting]
    held = sum(row.outcome is Outcome.MET for row in fresh)
    print(f"{len(rows)} rows, {len(misses)} misses: {', '.join(misses)}.")
    print(f"Of the {len(fresh)} rows not used in fitting, {held} hold and {len(fresh) - held} are missed.")


if __name__ == "__main__":
    main()
