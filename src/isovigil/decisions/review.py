"""May this patient start, be prescribed to, be handed the capsules now, and if not, why?"""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from isovigil.calendar.window import Window, first_instant, last_instant
from isovigil.case.case import Case
from isovigil.case.chart import days_up_to
from isovigil.decisions.course import Course
from isovigil.decisions.course_summary import CourseSummary, summarise_course
from isovigil.decisions.cycle import hand_over_window, window_zone
from isovigil.decisions.finding import Finding, Task
from isovigil.decisions.holding import answer_of, next_change
from isovigil.decisions.judgement import Judgement, judge_every_reading
from isovigil.decisions.next_steps import next_steps
from isovigil.decisions.shared_answers import SharedAnswers
from isovigil.decisions.verdict import ClinicalVerdict, GateVerdict, badness
from isovigil.law.law import Law, Regime
from isovigil.law.layer import Layer
from isovigil.law.refusal import NoRuleInForce
from isovigil.law.rulebook import Rulebook

NOTICE = "Decision support for professionals, not medical advice."
SCHEMA = "isovigil.review/1"


class ReviewWindow(msgspec.Struct, frozen=True):
    """The hand-over window: first and last day, the instant it closes, and how days are counted."""

    opens_on: date
    closes_on: date
    closes_at: datetime
    counting: str | None


class Alternative(msgspec.Struct, frozen=True):
    """The same review in another reading of a date of law that is still open."""

    regime: str
    overlays: tuple[str, ...]
    decided_by: str
    gates: dict[str, GateVerdict]
    window: ReviewWindow | None


class Review(msgspec.Struct, frozen=True):
    """One review of one case: verdicts at three gates, with every reason and the next steps."""

    patient: str
    programme: str
    policy: str
    on: date
    at: datetime
    known_by: datetime
    holds_until: datetime | None
    regime: Regime
    gates: dict[str, GateVerdict]
    window: ReviewWindow | None
    findings: tuple[Finding, ...]
    clinical: ClinicalVerdict
    tasks: tuple[Task, ...]
    course: CourseSummary
    alternatives: tuple[Alternative, ...]
    rulebook: str
    start_frozen_on: date | None = None
    """The day of the first dose, on which the start gate was judged for good; None while it is still
    judged for today, which it is again after a positive test or a pregnancy.
    """
    notice: str = NOTICE


class ReviewNotPossible(Exception):
    """The call does not say what is to be reviewed: no moment, or no programme."""


class ReviewedCourse(NamedTuple):
    """A review with the course it was read from and the law it was judged by, of which more can be told."""

    review: Review
    course: Course
    law: Law
    shared: SharedAnswers
    """Which of the review's findings others are told too, the very same ones."""
    assumed: tuple[Layer, ...]
    """The layers of the law whose start had to be assumed; none where the law can be read in one way only."""


_Reading = tuple[Judgement, tuple[Layer, ...]]
"""One reading's judgement, and the layers whose open start it had to assume."""


class _Question(NamedTuple):
    case: Case
    programme: str
    policy: str
    at: datetime
    known_by: datetime


def review(
    case: Case,
    law: Rulebook,
    at: datetime | None = None,
    known_by: datetime | date | None = None,
    *,
    on: date | None = None,
    programme: str | None = None,
    policy: str | None = None,
) -> Review:
    """Judge one case at an instant (`at`), or on a day from its first moment (`on`).

    `known_by` hides facts recorded later and law announced later; it defaults to the same
    instant, or to the end of the day for `on`. Raises ReviewNotPossible when the moment or the
    programme is not stated, UnknownProgramme and ProgrammeNotModelled for programmes not held,
    and NoRuleInForce for a day outside the dates held.
    """
    return review_with_its_course(case, law, at, known_by, on=on, programme=programme, policy=policy).review


def review_with_its_course(
    case: Case,
    law: Rulebook,
    at: datetime | None = None,
    known_by: datetime | date | None = None,
    *,
    on: date | None = None,
    programme: str | None = None,
    policy: str | None = None,
) -> ReviewedCourse:
    """The same review, with what was worked out for it. Raises the same."""
    question = _ask(case, at, known_by, on, programme, policy)
    judged = _judge_every_reading(question, law)
    main = judged[0] if len(judged) == 1 else max(judged, key=lambda reading: badness(reading[0].gates))
    told = _told(question, law, judged, main)
    judgement, assumed = main
    return ReviewedCourse(told, judgement.course, judgement.law, judgement.shared, assumed)


def _told(question: _Question, law: Rulebook, judged: list[_Reading], main: _Reading) -> Review:
    judgement, _ = main
    others = [reading for reading in judged if reading is not main]
    changes = [next_change(question.case, reading, question.known_by) for reading, _ in judged]
    return Review(
        patient=question.case.patient.id,
        programme=question.programme,
        policy=question.policy,
        on=judgement.course.today.day,
        at=question.at,
        known_by=question.known_by,
        holds_until=min((change for change in changes if change is not None), default=None),
        regime=judgement.regime,
        gates=judgement.gates,
        window=_window(judgement),
        findings=judgement.findings,
        clinical=judgement.clinical,
        tasks=next_steps(judgement),
        course=summarise_course(judgement.course, judgement.law),
        alternatives=tuple(_alternative(reading, main) for reading in others),
        rulebook=law.digest,
        start_frozen_on=judgement.course.sequence_started_on,
    )


def _ask(
    case: Case,
    at: datetime | None,
    known_by: datetime | date | None,
    on: date | None,
    programme: str | None,
    policy: str | None,
) -> _Question:
    zone = ZoneInfo(case.time_zone)
    if (at is None) == (on is None):
        raise ReviewNotPossible("A review needs one moment: either `at` (an instant) or `on` (a day).")
    chosen = programme or case.programme
    if chosen is None:
        raise ReviewNotPossible(
            "Neither the case nor the call names a programme; name one, such as us_ipledge or uk_mhra."
        )
    if on is not None:
        at = first_instant(on, zone)
        until = last_instant(on, zone) if known_by is None else known_by
    else:
        assert at is not None
        at = at.astimezone(zone)
        until = at if known_by is None else known_by
    if not isinstance(until, datetime):
        until = last_instant(until, zone)
    return _Question(case, chosen, policy or case.policy, at, until.astimezone(zone))


def _judge_every_reading(question: _Question, law: Rulebook) -> list[_Reading]:
    """Every reading of the law's open dates, earlier law first; identical ones are told once.

    A reading whose open date only touches acts of the past is dropped when it changes nothing.
    Where one reading holds no rule for the day, whether it can be judged is itself open: it is refused.
    """
    days = days_up_to(question.case, question.at.date())
    readings = law.readings(question.programme, question.policy, question.known_by.date(), days)
    laws = [reading for reading, _ in readings]
    judgements = judge_every_reading(question.case, laws, question.at, question.known_by)
    judged: list[_Reading] = []
    for judgement, (_, assumed) in zip(judgements, readings, strict=True):
        if any(_same_answer(judgement, told) for told, _ in judged):
            continue
        judged.append((judgement, assumed))
    return judged


def _same_answer(one: Judgement, other: Judgement) -> bool:
    same_findings = one.findings is other.findings or all(
        said is also or answer_of(said) == answer_of(also)
        for said, also in zip(one.findings, other.findings, strict=True)
    )
    return one.regime == other.regime and same_findings


def _window(judgement: Judgement) -> ReviewWindow | None:
    try:
        opened = hand_over_window(judgement.course, judgement.law)
    except NoRuleInForce:
        return None
    if opened is None:
        return None
    window: Window = opened.window
    return ReviewWindow(
        window.opens_on,
        window.closes_on,
        window.closes_at(window_zone(judgement.law)),
        judgement.law.counting(opened.value_name),
    )


def _alternative(reading: _Reading, main: _Reading) -> Alternative:
    judgement, assumed = reading
    because = " and ".join(layer.undecided_because for layer in assumed or main[1] if layer.undecided_because)
    return Alternative(
        judgement.regime.id,
        judgement.regime.overlays,
        because,
        judgement.gates,
        _window(judgement),
    )
