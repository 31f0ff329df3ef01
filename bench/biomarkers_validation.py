"""Which published blood values does the model reproduce, and which does it miss?

Run: .venv/bin/python bench/biomarkers_validation.py
"""

from __future__ import annotations

from isovigil.forecast.biomarkers.validation import validation_rows


def main() -> None:
    rows = validation_rows()
    for row in rows:
        fitted = "fitted" if row.used_in_fitting else "not fitted"
        print(f"{row.verdict.upper():6s} {row.id:5s} {fitted:10s} {row.what}")
        print(f"       published {row.published}; model {row.model}; passes at {row.tolerance}")
    misses = [row.id for row in rows if row.verdict == "miss"]
    fresh = [row for row in rows if not row.used_in_fitting]
    held = sum(row.verdict == "within" for row in fresh)
    print(f"{len(rows)} rows, {len(misses)} misses: {', '.join(misses)}.")
    print(f"Of the {len(fresh)} rows not used in fitting, {held} hold and {len(fresh) - held} are missed.")


if __name__ == "__main__":
    main()
