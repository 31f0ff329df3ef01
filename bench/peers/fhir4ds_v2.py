"""Which four answers does fhir4ds-v2 give about every patient of an export (Task A)?

Run by bench/population_peers.py with the Python of the peer's own environment, one thread:
fhir4ds_v2.py EXPORT ANSWERS INDEX_DAY. The lines go into its table by SQL: its own loader is slower.
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import Any

import fhir4ds

LIBRARY = Path(__file__).with_name("task_a_fhir4ds.cql")
HELPERS = Path(fhir4ds.__file__).parent / "cql" / "resources" / "cql"
COLUMNS = {
    "alt": "Latest ALT",
    "triglycerides": "Latest TG",
    "negative": "Negative hCG in 7 Days",
    "days": "Days since Dispense",
}


def loaded(export: str) -> Any:
    base = fhir4ds.create_connection(threads=1)
    base.execute(
        "CREATE TABLE resources (id VARCHAR, resourceType VARCHAR, resource JSON, patient_ref VARCHAR)"
    )
    for kind in ("Patient", "Observation", "MedicationDispense"):
        whose = "$.id" if kind == "Patient" else "$.subject.reference"
        base.execute(
            f"INSERT INTO resources SELECT json ->> '$.id', '{kind}', json, "
            f"replace(json ->> '{whose}', 'Patient/', '') FROM read_ndjson_objects('{export}/{kind}*.ndjson')"
        )
    return base


def number(value: Any) -> float | None:
    return None if value is None or (isinstance(value, float) and math.isnan(value)) else float(value)


def main(export: str, out: str, day: str) -> None:
    frame = fhir4ds.evaluate_measure(
        str(LIBRARY),
        loaded(export),
        output_columns=COLUMNS,
        include_paths=[str(HELPERS)],
        parameters={"Index Date": day},
    )
    lines = [
        json.dumps([patient, number(alt), number(fat), bool(negative), number(days)])
        for patient, alt, fat, negative, days in frame.values.tolist()
    ]
    Path(out).write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
