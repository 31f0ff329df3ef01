"""Does a nurse with a full waiting room see what to do, in 80 columns and without colour?"""

from __future__ import annotations

import re
from datetime import date, datetime

import msgspec
import pytest

from isovigil.decisions.finding import Task
from isovigil.decisions.review import Review
from isovigil.decisions.verdict import ClinicalVerdict, GateVerdict
from isovigil.exchange.review_words import ANSWERS, VERDICTS
from tests.faces.golden_text import golden
from tests.faces.hand_made import (
    HIGH_LIPIDS,
    LATE_TEST,
    NEW_YORK,
    finding,
    open_date_review,
    ready_review,
    waiting_review,
)
from tests.faces.printed import printed

ANSI = re.compile(r"\x1b\[[0-9;]*m")
COLOUR = re.compile(r"\x1b\[(?:\d;)*(?:3[0-7]|9[0-7]|38;|4[0-7])")


@pytest.mark.parametrize(
    ("name", "review", "everything"),
    [
        ("waiting.txt", waiting_review(), False),
        ("open_date.txt", open_date_review(), False),
        ("ready_all.txt", ready_review(), True),
    ],
)
def test_the_terminal_says_what_was_agreed(name: str, review: Review, everything: bool) -> None:
    assert printed(review, everything=everything) == golden(name)


def test_the_first_lines_name_the_patient_the_verdicts_and_the_next_step() -> None:
    top = printed(waiting_review()).splitlines()[:7]
    assert top[0] == "p-001 on Monday 11 March 2024"
    assert [line.split()[0] for line in top if line and not line.startswith(" ")] == [
        "p-001",
        "Start",
        "Prescribe",
        "Dispense",
        "Clinical",
        "Next",
    ]
    assert "Patient: a new negative pregnancy test (from today)" in top[-1]


def test_no_line_is_wider_than_80_columns() -> None:
    for review in (waiting_review(), open_date_review(), ready_review()):
        assert max(map(len, printed(review, everything=True).splitlines())) <= 80


def test_a_pipe_gets_no_terminal_codes() -> None:
    assert "\x1b" not in printed(waiting_review())


def test_with_no_color_a_terminal_gets_no_colour_and_the_same_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    coloured = printed(waiting_review())
    monkeypatch.setenv("NO_COLOR", "1")
    plain = printed(waiting_review())
    assert COLOUR.search(coloured)
    assert not COLOUR.search(plain)
    assert ANSI.sub("", coloured) == ANSI.sub("", plain)


def test_every_verdict_and_every_answer_has_a_symbol_and_a_word_of_its_own() -> None:
    for signs in (VERDICTS, ANSWERS):
        assert len({sign.word for sign in signs.values()}) == len(signs)
        assert all(sign.symbol and sign.word for sign in signs.values())
    assert len({sign.symbol for sign in VERDICTS.values()}) == len(VERDICTS)


def test_an_emergency_is_named_above_everything_but_the_gates() -> None:
    emergency = finding("symptoms.allergy", "not_met", "Swelling of the tongue.", action="emergency")
    stop = GateVerdict("stop", "symptoms.allergy", ("symptoms.allergy",))
    review = waiting_review(
        gates={"start": stop, "prescribe": stop, "dispense": stop},
        findings=(emergency,),
        clinical=ClinicalVerdict("emergency", ("symptoms.allergy",)),
    )
    clinical = next(line for line in printed(review).splitlines() if line.startswith("Clinical"))
    assert clinical.startswith("Clinical    ✖ STOP     Emergency: stop treatment and act now.")


def test_a_start_that_was_not_right_is_history_and_never_the_next_step() -> None:
    late = GateVerdict("waiting", "enrolment.patient_enrolled", ("enrolment.patient_enrolled",))
    review = waiting_review(gates={**waiting_review().gates, "start": late})
    lines = printed(review).splitlines()
    assert lines[1].startswith("Start       … WAITING  On the day of the first dose, 10 January 2024")
    assert any(line.startswith("Next") and "pregnancy test" in line for line in lines)


def test_what_is_only_advised_says_so_and_comes_after_what_is_required() -> None:
    day = date(2024, 3, 11)
    tasks = (
        Task("laboratory", "patient", day, None, None, HIGH_LIPIDS.rule, "Lipids."),
        Task("pregnancy_test", "patient", day, None, None, LATE_TEST.rule, "A test."),
    )
    text = printed(waiting_review(tasks=tasks))
    assert text.index("A test.") < text.index("Advised: Lipids.")
    assert "Advised: A test." not in text


def test_a_gate_that_waits_for_the_same_as_the_one_before_says_so_and_counts_its_own_reasons() -> None:
    lines = printed(waiting_review()).splitlines()
    assert lines[2].startswith("Prescribe   … WAITING  The window of the test of 4 March 2024 closed on")
    assert lines[4] == "Dispense    … WAITING  the same reason (and 1 more reason)"


def test_gates_that_are_all_ready_do_not_speak_of_a_reason() -> None:
    assert "the same reason" not in printed(ready_review())


def test_midnight_is_told_as_the_end_of_the_day_before() -> None:
    midnight = datetime(2024, 3, 25, tzinfo=NEW_YORK)
    noon = datetime(2024, 3, 25, 12, 0, tzinfo=NEW_YORK)
    assert "until the end of Sunday 24 March 2024 (America/New_York)" in printed(
        waiting_review(holds_until=midnight)
    )
    assert "until Monday 25 March 2024, 12:00 (America/New_York)" in printed(waiting_review(holds_until=noon))


def test_nothing_a_case_holds_can_steer_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    attack = "p\x1b]0;gone\x07\x1b[2J\u202e1"
    text = printed(waiting_review(patient=attack))
    assert "\x1b]" not in text
    assert "\x1b[2J" not in text
    assert "\u202e" not in text
    # Rich leaves out the bell itself; the escapes and the change of direction are made visible.
    assert "p\ufffd]0;gone\ufffd[2J\ufffd1" in ANSI.sub("", text)


@pytest.mark.parametrize(
    ("at", "state"),
    [
        # The window is 4 to 10 March; its last instant is 23:59:59 on the 10th.
        (datetime(2024, 3, 3, 23, 59, 59, tzinfo=NEW_YORK), "Not open yet"),
        (datetime(2024, 3, 4, 0, 0, 0, tzinfo=NEW_YORK), "Open"),
        (datetime(2024, 3, 10, 23, 59, 59, tzinfo=NEW_YORK), "Open"),
        (datetime(2024, 3, 11, 0, 0, 0, tzinfo=NEW_YORK), "Closed"),
    ],
)
def test_the_window_is_open_on_its_first_and_in_its_last_second(at: datetime, state: str) -> None:
    review = msgspec.structs.replace(waiting_review(), at=at, on=at.date())
    assert f"  {state}: 4 March 2024 to Sunday 10 March 2024, 23:59:59" in printed(review)
