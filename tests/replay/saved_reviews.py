"""Which reviews were saved, and how are they made again?

`python -m tests.replay.saved_reviews` writes them anew. Do that only after reading the difference:
each changed line is a patient who would now be told something else.
"""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from isovigil.decisions.review import review
from isovigil.exchange.case_file import case_from_mapping
from isovigil.exchange.review_json import review_as_dict
from tests.properties.patients import BASES
from tests.scenarios.judged import the_rulebook
from tests.scenarios.scenario_patient import OnFile

FOLDER = Path(__file__).parent / "saved"
DAYS_AFTER = (-30, 0, 7, 40)
"""A month before, on, a week after and well after the day each patient's dates matter."""


def the_reviews() -> dict[str, list[dict[str, Any]]]:
    """Each base patient's reviews by its name. The rulebook's hash is left out: it changes with any
    comment in the rulebook, and what matters here is whether an answer did.
    """
    reviews = {}
    for (programme, base), around in BASES.items():
        case = case_from_mapping(OnFile.of_base(programme, base).as_case_file())
        reviews[f"{programme}.{base}"] = [_one(case, around + timedelta(days=days)) for days in DAYS_AFTER]
    return reviews


def _one(case: Any, on: date) -> dict[str, Any]:
    """One review; each value a finding used is told by name and value, its citation by the rulebook."""
    told = review_as_dict(review(case, the_rulebook(), on=on))
    del told["rulebook"]
    for finding in told["findings"]:
        finding["values"] = [f"{value['name']} = {value['value']}" for value in finding["values"]]
    return told


def as_text(reviews: list[dict[str, Any]]) -> str:
    """Readable in a diff: one line for each part of a review and for each finding."""
    lines = []
    for told in reviews:
        lines += [_line({name: part}) for name, part in told.items() if name != "findings"]
        lines += [_line(finding) for finding in told["findings"]]
    return "\n".join(lines) + "\n"


def _line(part: dict[str, Any]) -> str:
    said = {name: value for name, value in part.items() if value not in (None, [], False)}
    return json.dumps(said, ensure_ascii=False)


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, reviews in the_reviews().items():
        (FOLDER / f"{name}.jsonl").write_text(as_text(reviews), encoding="utf-8")
