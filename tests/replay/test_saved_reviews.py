"""Do the reviews of the past come out the same, to the letter and in any process?"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.replay.saved_reviews import FOLDER, as_text, the_reviews

ISOVIGIL = str(Path(sys.executable).with_name("isovigil"))
EXAMPLE = Path(__file__).resolve().parents[2] / "docs" / "examples" / "amber.yaml"


@pytest.mark.parametrize("name", sorted(the_reviews()))
def test_a_saved_review_replays_identically(name: str) -> None:
    saved = (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8")
    assert as_text(the_reviews()[name]) == saved, (
        f"the review of {name} has changed; read the difference, and if it is right save it with "
        "`python -m tests.replay.saved_reviews`"
    )


def test_the_same_review_is_the_same_bytes_in_every_process() -> None:
    said = {
        subprocess.run(
            [ISOVIGIL, "review", str(EXAMPLE), "--on", "2024-03-11", "--format", "json"],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "20260101")
    }
    assert len(said) == 1
