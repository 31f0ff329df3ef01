"""How long does it take from the bytes of one Bundle to a review, and what part of that is reading FHIR?

Invented courses of 61 resources shaped like US Core's, with narratives and profiles, 96 KB together. One
warm process reads a different patient each time, so that only what a clinic's patients share (codes, days of
the calendar, products) is remembered from the one before. Medians and 99th percentiles in processor time,
which neighbours on the machine disturb less.

The collector of garbage stays on, as a server has it: once warm, the rulebook is moved out of its sight
(gc.freeze) and nothing is said about when it runs. The last line is the same with the collector off, so that
what its pauses cost can be seen. How Python was built matters: Debian's own is faster by a tenth or more
than one compiled without profile-guided optimisation, so the first line names the interpreter.
Run: .venv/bin/python bench/fhir_review.py
"""

from __future__ import annotations

import gc
import json
import platform
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import cycle
from typing import Any

import msgspec

from isovigil.case.case import Case
from isovigil.decisions.review import review
from isovigil.exchange.case_file import case_from_mapping
from isovigil.exchange.fhir.reading import read_fhir
from isovigil.exchange.fhir.writing import bundle_of
from isovigil.exchange.rulebook_files import load_rulebook

TIMES = 1000
PATIENTS = 50
RESOURCES = 61
BYTES = 96 * 1024
FIRST = date(2024, 1, 2)
JUDGED_ON = date(2024, 7, 1)
GOAL_MS = 2.0

CYCLE: tuple[dict[str, Any], ...] = (
    {
        "kind": "pregnancy_test",
        "taken_on": 0,
        "result": "negative",
        "setting": "clinic",
        "specimen": "urine",
    },
    {
        "kind": "laboratory",
        "taken_on": 0,
        "analyte": "alt",
        "value": 23.5,
        "unit": "U/L",
        "upper_limit": 40,
    },
    {"kind": "laboratory", "taken_on": 0, "analyte": "triglycerides", "value": 128.4, "unit": "mg/dL"},
    {"kind": "laboratory", "taken_on": 0, "analyte": "cholesterol", "value": 181, "unit": "mg/dL"},
    {"kind": "weight", "date": 0, "kg": 61.2},
    {"kind": "questionnaire", "date": 0, "tool": "phq9", "score": 3},
    {"kind": "prescription", "issued_on": 0, "daily_dose_mg": 40, "days_supply": 30},
    {"kind": "dispense", "date": 1, "days_supply": 30},
    {
        "kind": "contraception",
        "from": 0,
        "reported_by": "patient",
        "primary": "iud_copper",
        "secondary": "condom",
    },
)
"""The facts of one cycle; a number is so many days after its beginning."""


def the_bundle(patient: int = 1) -> bytes:
    """A course as a Bundle, each resource padded with what record systems send beside the facts."""
    first = FIRST + timedelta(days=patient % 28)
    facts: list[dict[str, Any]] = [
        {"kind": "category", "date": first, "can_become_pregnant": True, "by": "prescriber"},
        {"kind": "enrolment", "date": first},
    ]
    for number in range(RESOURCES - 4):
        day = first + timedelta(days=30 * (number // len(CYCLE)))
        pattern = CYCLE[number % len(CYCLE)]
        facts.append(
            {key: day + timedelta(days=value) if key in ("taken_on", "date", "issued_on", "from") else value
             for key, value in pattern.items()}
        )  # fmt: skip
    for number, fact in enumerate(facts, start=1):
        fact["id"] = f"p{patient}-{number}"
    born_on = date(2001, 4, 2) + timedelta(days=patient)
    header = {"case": 1, "patient": {"id": f"p-{patient}", "born_on": born_on}, "programme": "us_ipledge"}
    bundle = bundle_of(case_from_mapping({**header, "facts": facts}))
    padding = (BYTES - len(msgspec.json.encode(bundle))) // len(bundle["entry"]) - 240
    for entry in bundle["entry"]:
        resource = entry["resource"]
        resource["meta"] = {"versionId": "1", "lastUpdated": "2024-07-01T08:00:00.000+00:00",
                            "profile": ["http://hl7.org/fhir/us/core"]}  # fmt: skip
        resource["text"] = {"status": "generated", "div": "<div>" + "x" * padding + "</div>"}
    return json.dumps(bundle, separators=(",", ":")).encode()


def percentiles(task: Callable[[], object]) -> tuple[float, float]:
    """Median and 99th percentile of many warm runs, in milliseconds."""
    for _ in range(TIMES // 5):
        task()
    taken = []
    for _ in range(TIMES):
        start = time.thread_time()
        task()
        taken.append((time.thread_time() - start) * 1000)
    taken.sort()
    return taken[TIMES // 2], taken[int(TIMES * 0.99)]


def parts_measured(inputs: Iterator[bytes], cases: Iterator[Case]) -> dict[str, tuple[float, float]]:
    """What each part takes, each time for the next patient."""
    rulebook = load_rulebook()

    def whole() -> object:
        return review(read_fhir([next(inputs)]).cases[0], rulebook, on=JUDGED_ON)

    found = {
        "parsing the JSON alone": percentiles(lambda: msgspec.json.decode(next(inputs))),
        "bytes to checked case": percentiles(lambda: read_fhir([next(inputs)])),
        "checked case to review": percentiles(
            lambda: review(msgspec.structs.replace(next(cases)), rulebook, on=JUDGED_ON)
        ),
        "bytes to review": percentiles(whole),
    }
    gc.disable()
    found["the same, no collector"] = percentiles(whole)
    gc.enable()
    return found


def main() -> None:
    """Measure and print."""
    bundles = [the_bundle(number) for number in range(PATIENTS)]
    cases = [read_fhir([data]).cases[0] for data in bundles]
    gc.collect()
    gc.freeze()
    print(f"Python {platform.python_version()} ({platform.python_compiler()}), {sys.base_prefix}")
    size = sum(map(len, bundles)) // PATIENTS
    print(f"{PATIENTS} Bundles of {size:,} bytes, {RESOURCES} resources, {len(cases[0].facts)} facts each")
    found = parts_measured(cycle(bundles), cycle(cases))
    for name, (median, last) in found.items():
        print(f"  {name:24} median {median:6.2f} ms, p99 {last:6.2f} ms")
    floor, reading, whole = (found[name] for name in (*list(found)[:2], "bytes to review"))
    print(f"  reading takes {reading[0] / floor[0]:.1f} times as long as parsing the JSON alone,")
    print(f"  and is {reading[0] / whole[0]:.0%} of bytes to review")
    verdict = "reached" if whole[1] < GOAL_MS else "NOT reached"
    print(f"  goal of {GOAL_MS} ms at p99: {verdict} ({whole[1] / GOAL_MS:.2f} times the goal)")


if __name__ == "__main__":
    main()
