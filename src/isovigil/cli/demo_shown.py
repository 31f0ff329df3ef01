"""How does `isovigil demo` show a made-up clinic, from the first file to the last line?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from time import perf_counter
from typing import NamedTuple
from zoneinfo import ZoneInfo

from isovigil.case.case import Case
from isovigil.case.time_zones import DEFAULT_TIME_ZONES
from isovigil.cli.moment_asked import CallProblem, check_choice, moment_typed
from isovigil.cli.progress_bar import with_progress
from isovigil.cli.streams import answer, complain
from isovigil.cli.worklist_command import print_worklist
from isovigil.decisions.review import Review
from isovigil.decisions.rule import RULES
from isovigil.decisions.verdict import GATES
from isovigil.exchange import review_words as words
from isovigil.exchange.case_file import load_case
from isovigil.exchange.rulebook_files import load_rulebook
from isovigil.law.refusal import NoRuleInForce
from isovigil.law.rulebook import Rulebook
from isovigil.usecases.review_cases import AskedMoment, review_at
from isovigil.usecases.synthetic_clinic.clinic import make_clinic
from isovigil.usecases.synthetic_clinic.story import STORIES
from isovigil.usecases.synthetic_clinic.writing import (
    DISPLAY_LIST,
    ENDINGS,
    Form,
    NotOurFolder,
    display_names,
    write_clinic,
)
from isovigil.usecases.worklist import Row, row_of, worklist

RECORD = "record"
"""The folder of the demo's record, in the folder of its cases."""
_REASONS_SHOWN = 8
_COMMAND = ".venv/bin/isovigil"


class AskedDemo(NamedTuple):
    """What was typed."""

    on: str | None
    seed: int
    courses: int
    programme: str
    out: str
    form: str
    limit: int | None
    serve: bool
    port: int


class _Spent(NamedTuple):
    """Seconds spent on each part of the work."""

    writing: float
    reading: float
    judging: float


def run_demo(asked: AskedDemo) -> int:
    """Write the clinic, judge it and print the worklist; 0, 2 (the call) or 3 (no rule in force)."""
    try:
        check_choice("--programme", asked.programme, tuple(STORIES))
        form: Form = "yaml" if asked.form == "yaml" else "fhir"
        check_choice("--form", asked.form, tuple(ENDINGS))
        moment = moment_typed(asked.on, None, None)
        rulebook = load_rulebook()
        today = _today(moment, asked.programme)
        began = perf_counter()
        folder = Path(asked.out)
        clinic = make_clinic(asked.programme, today, asked.seed, asked.courses)
        paths = write_clinic(clinic, folder, form)
        writing = perf_counter() - began
    except (CallProblem, NotOurFolder) as wrong:
        complain(wrong)
        return 2
    except OSError as wrong:
        complain(f"{asked.out} cannot be written: {wrong.strerror or wrong}. Name another folder with --out.")
        return 2
    judged = _Judged([], [], 0.0, 0.0)
    try:
        for _ in with_progress(_judge(paths, rulebook, moment, judged), len(paths), "Judging"):
            pass
    except NoRuleInForce as refusal:
        complain(refusal)
        return 3
    print_worklist(worklist(judged.rows), rulebook, "table", asked.limit, everything=False)
    _summary(judged.reviews, judged.rows)
    _how_to_go_on(asked, folder, judged.rows, _Spent(writing, *judged.seconds), today)
    if asked.on is not None:
        answer("\nThe pages judge the present moment: without --on, the clinic is put on record and served.")
        return 0
    from isovigil.cli.demo_record import prepare_record, serve_record

    named = [(case, row.name or row.patient) for case, row in zip(judged.cases, judged.rows, strict=True)]
    home = folder / RECORD
    if not prepare_record(home, asked.programme, named):
        return 2
    return serve_record(home, asked.port) if asked.serve else 0


def _today(moment: AskedMoment, programme: str) -> date:
    """The day asked for, else today where the clinic is."""
    if moment.on is not None:
        return moment.on
    return (moment.now or datetime.now(UTC)).astimezone(ZoneInfo(DEFAULT_TIME_ZONES[programme])).date()


class _Judged:
    """What has been judged so far, and how long each part took."""

    def __init__(self, rows: list[Row], reviews: list[Review], reading: float, judging: float) -> None:
        self.rows = rows
        self.reviews = reviews
        self.cases: list[Case] = []
        self._reading = reading
        self._judging = judging

    def add(self, case: Case, row: Row, review: Review, reading: float, judging: float) -> None:
        """Another patient."""
        self.cases.append(case)
        self.rows.append(row)
        self.reviews.append(review)
        self._reading += reading
        self._judging += judging

    @property
    def seconds(self) -> tuple[float, float]:
        """Reading, judging."""
        return self._reading, self._judging


def _judge(paths: Sequence[Path], rulebook: Rulebook, moment: AskedMoment, judged: _Judged) -> Iterator[Path]:
    """Each case through the front door: its file is read and checked like anybody's, then judged."""
    names = display_names(paths[0].parent / DISPLAY_LIST)
    for path in paths:
        began = perf_counter()
        case = load_case(path)
        read = perf_counter()
        review = review_at(case, rulebook, moment)
        row = row_of(case, review, str(path), names.get(review.patient))
        judged.add(case, row, review, read - began, perf_counter() - read)
        yield path


def _summary(reviews: Sequence[Review], rows: Sequence[Row]) -> None:
    answer("\nVerdicts at the gates")
    for gate in GATES:
        counts: Counter[str] = Counter(review.gates[gate].verdict for review in reviews)
        told = [f"{counts[verdict]:>4} {sign.word.lower()}" for verdict, sign in words.VERDICTS.items()]
        answer(f"  {words.GATES[gate]:<10}{'  '.join(told)}")
    held_up = [row for row in rows if row.group != "nothing" and row.verdict != "ready"]
    reasons = Counter(row.rule for row in held_up if row.rule is not None)
    if reasons:
        answer("\nWhat stands in the way most often")
        for rule, count in reasons.most_common(_REASONS_SHOWN):
            answer(f"  {count:>3}  {RULES[rule].asks}")


def _how_to_go_on(asked: AskedDemo, folder: Path, rows: Sequence[Row], spent: _Spent, today: date) -> None:
    count = len(rows)
    per_second = count / spent.judging if spent.judging else 0
    answer(
        f"\n{words.counted(count, 'made-up patient')} in {folder}/: written in {spent.writing:.1f} s, "
        f"read and checked in {spent.reading:.1f} s,\njudged in {spent.judging:.1f} s "
        f"({per_second:,.0f} reviews a second)."
    )
    first = worklist(rows).rows[0]
    on = f" --on {today.isoformat()}" if asked.on else ""
    answer("\nLook at one patient:")
    answer(f"  {_COMMAND} review {first.case_file}{on}")
    if first.rule is not None:
        answer(f"  {_COMMAND} explain {first.case_file} {first.rule}{on}")
    answer(f"The whole worklist:\n  {_COMMAND} worklist {folder} --names {folder / DISPLAY_LIST} --all{on}")
