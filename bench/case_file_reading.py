"""How long does reading a case file take, beside what its parser alone takes?

A case of 60 facts, as YAML and as JSON; medians of many readings in one process.
Run: .venv/bin/python bench/case_file_reading.py
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable
from datetime import date, timedelta

from ruamel.yaml import YAML

from isovigil.exchange.case_file import case_from_mapping, read_case_text
from isovigil.exchange.case_writer import case_as_mapping, write_case

FACTS = 60
TIMES = 60
KINDS = (
    {
        "kind": "pregnancy_test",
        "taken_on": "DAY",
        "result": "negative",
        "setting": "clinic",
        "specimen": "urine",
    },
    {
        "kind": "prescription",
        "issued_on": "DAY",
        "daily_dose_mg": 40,
        "days_supply": 30,
        "medium": "electronic",
    },
    {
        "kind": "laboratory",
        "taken_on": "DAY",
        "analyte": "alt",
        "value": 23.5,
        "unit": "U/L",
        "upper_limit": 40,
    },
    {"kind": "comprehension", "date": "DAY", "passed": True},
    {"kind": "contraception", "from": "DAY", "reported_by": "patient", "primary": "iud_copper"},
    {"kind": "dispense", "date": "DAY", "days_supply": 30, "capsules": [{"mg": 20, "count": 60}]},
)


def sixty_facts() -> dict[str, object]:
    """A plausible course of treatment as plain values."""
    facts = []
    for number in range(FACTS):
        day = (date(2024, 1, 2) + timedelta(days=3 * number)).isoformat()
        pattern = KINDS[number % len(KINDS)]
        facts.append({name: day if value == "DAY" else value for name, value in pattern.items()})
    return {
        "case": 1,
        "patient": {"id": "p-001", "born_on": "2001-04-02"},
        "programme": "us_ipledge",
        "facts": facts,
    }


def median_ms(task: Callable[[], object]) -> float:
    """The median of many runs, in milliseconds."""
    taken = []
    for _ in range(TIMES):
        start = time.perf_counter()
        task()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken) * 1000


def main() -> None:
    mapping = sixty_facts()
    case = case_from_mapping(mapping)
    as_yaml, as_json = write_case(case, "yaml"), write_case(case, "json")
    checking = median_ms(lambda: case_from_mapping(mapping))
    yaml_parser = median_ms(lambda: sum(1 for _ in YAML(typ="safe", pure=True).parse(as_yaml)))
    yaml_whole = median_ms(lambda: read_case_text(as_yaml, "case.yaml"))
    json_parser = median_ms(lambda: json.loads(as_json))
    json_whole = median_ms(lambda: read_case_text(as_json, "case.json"))
    writing = median_ms(lambda: write_case(case, "yaml"))
    plain = median_ms(lambda: case_as_mapping(case))
    print(f"{FACTS} facts, {len(as_yaml):,} bytes of YAML, {len(as_json):,} of JSON")
    print(f"  checking plain values  {checking:7.2f} ms")
    print(f"  reading YAML           {yaml_whole:7.2f} ms, {yaml_whole / yaml_parser:.2f} times its parser")
    print(f"  reading JSON           {json_whole:7.2f} ms, {json_whole / json_parser:.2f} times its parser")
    print(f"  reading YAML takes     {yaml_whole / json_whole:7.1f} times as long as reading JSON")
    print(f"  writing YAML           {writing:7.2f} ms, of which making plain values {plain:.2f} ms")


if __name__ == "__main__":
    main()
