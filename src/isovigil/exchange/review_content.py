"""What does a review tell a person, and in which order?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import msgspec

from isovigil.calendar.days import in_words
from isovigil.calendar.window import instant_after
from isovigil.decisions.finding import BINDING, PASSES, Finding, Task
from isovigil.decisions.review import Alternative, Review, ReviewWindow
from isovigil.decisions.rule import RULES
from isovigil.decisions.verdict import GATES, GateVerdict, in_order_of_precedence, severity
from isovigil.exchange import review_words as words
from isovigil.law.law import Programme
from isovigil.law.rulebook import Rulebook
from isovigil.law.value import Dated

OPEN_TITLE = "Open, but no gate waits for it"
_DIGITS_SHOWN = 12
BLOCKING_ACTIONS = frozenset({"hold", "stop", "emergency"})


class CitedSource(msgspec.Struct, frozen=True):
    """One document and the places in it, with how strongly it governs and from which day."""

    id: str
    title: str
    places: tuple[str, ...]
    url: str | None
    strength: str
    from_: date

    @property
    def at(self) -> str:
        """The places in the document, as one text."""
        return "; ".join(self.places)

    def in_words(self) -> str:
        """``iPLEDGE REMS document, windows [us-22]: law since 13 December 2021``."""
        strength = words.STRENGTHS[self.strength]
        return f"{self.title}, {self.at} [{self.id}]: {strength} since {in_words(self.from_)}"


class GateTold(msgspec.Struct, frozen=True):
    """One gate's line: its verdict and the first reason in plain words."""

    gate: str
    verdict: str
    reason: str


class FindingTold(msgspec.Struct, frozen=True):
    """One finding as it is shown: what it says, what clears it, whose move, and on whose word."""

    finding: Finding
    blocks: bool
    needs: str | None
    when: str | None
    sources: tuple[CitedSource, ...]


class StepTold(msgspec.Struct, frozen=True):
    """One next step: what, whose move, when, and whether it is required."""

    what: str
    who: str
    when: str
    says: str
    rule: str
    is_required: bool
    """The law or the licence asks for it; otherwise it is advised."""

    def in_words(self) -> str:
        """What to do; what is only advised says so."""
        return self.says if self.is_required else f"Advised: {self.says}"


class AlternativeTold(msgspec.Struct, frozen=True):
    """The other reading of an open date: what it supposes, its gates, its window."""

    supposes: str
    decided_by: str
    gates: tuple[GateTold, ...]
    window: str | None


class ReviewTold(msgspec.Struct, frozen=True):
    """Everything a face shows of one review, in the order in which it is read."""

    patient: str
    day: str
    gates: tuple[GateTold, ...]
    clinical: GateTold | None
    next_step: str
    about: tuple[tuple[str, str], ...]
    window: str | None
    steps: tuple[StepTold, ...]
    obstacles: tuple[FindingTold, ...]
    advice: tuple[FindingTold, ...]
    amber: tuple[FindingTold, ...]
    passed: tuple[FindingTold, ...]
    not_applicable: tuple[FindingTold, ...]
    course: tuple[tuple[str, str], ...]
    alternatives: tuple[AlternativeTold, ...]
    notice: str

    @property
    def rest(self) -> str:
        """What needs nobody: ``31 met, 9 do not apply``."""
        apart = len(self.not_applicable)
        return f"{len(self.passed)} met, {apart} do{'es' if apart == 1 else ''} not apply"


def tell(review: Review, rulebook: Rulebook) -> ReviewTold:
    """A review in words, with every value's question and source looked up in the rulebook."""
    programme = rulebook.under_policy(review.programme, review.policy)
    told = [_finding(finding, review, rulebook) for finding in review.findings]
    told.sort(key=lambda one: _place(one, review))
    open_ones = [one for one in told if one.finding.answer not in PASSES]
    passing = [one for one in told if one.finding.answer in PASSES]
    calm = [one for one in passing if not one.finding.amber]
    return ReviewTold(
        patient=review.patient,
        day=words.weekday_in_words(review.on),
        gates=tuple(_gates(review)),
        clinical=_clinical(review),
        next_step=_next_step(review),
        about=tuple(_about(review, programme)),
        window=None if review.window is None else window_in_words(review.window, review),
        steps=_steps(review),
        obstacles=tuple(one for one in open_ones if one.blocks),
        advice=tuple(one for one in open_ones if not one.blocks),
        amber=tuple(one for one in passing if one.finding.amber),
        passed=tuple(one for one in calm if one.finding.answer != "not_applicable"),
        not_applicable=tuple(one for one in calm if one.finding.answer == "not_applicable"),
        course=tuple(course_in_words(review)),
        alternatives=tuple(_alternative(other, review, programme) for other in review.alternatives),
        notice=f"{review.notice} Rulebook {review.rulebook[:_DIGITS_SHOWN]}.",
    )


def _place(told: FindingTold, review: Review) -> tuple[Any, ...]:
    """What makes a gate's verdict comes first, then the declared order of precedence."""
    first = [gate.first_reason for gate in review.gates.values()]
    because = {rule for gate in review.gates.values() for rule in gate.because}
    rule = told.finding.rule
    return (rule not in first, rule not in because, in_order_of_precedence(rule))


def sources_of(values: Iterable[Dated[Any]], rulebook: Rulebook) -> tuple[CitedSource, ...]:
    """The documents cited by the values a finding used, each once for each day and strength."""
    places: dict[tuple[str, str, date], list[str]] = {}
    for value in values:
        cited = places.setdefault((value.cite.source, value.strength, value.from_), [])
        if value.cite.at not in cited:
            cited.append(value.cite.at)
    found = []
    for (name, strength, from_), at in places.items():
        source = rulebook.sources.get(name)
        title, url = (name, None) if source is None else (source.title, source.url)
        found.append(CitedSource(name, title, tuple(at), url, strength, from_))
    return tuple(found)


def _finding(finding: Finding, review: Review, rulebook: Rulebook) -> FindingTold:
    open_one = finding.answer not in PASSES
    blocks = open_one and (
        (finding.strength in BINDING and bool(finding.gates)) or finding.action in BLOCKING_ACTIONS
    )
    when = None
    if open_one and finding.satisfiable_from is not None:
        now = finding.satisfiable_from <= review.on
        when = "from today" if now else f"from {in_words(finding.satisfiable_from)}"
    needs = finding.needs if open_one else None
    return FindingTold(finding, blocks, needs, when, sources_of(finding.values, rulebook))


def _gates(review: Review) -> Iterable[GateTold]:
    """Each gate's line; a gate that waits for the same as the one before says so, and is read faster."""
    before: str | None = None
    for gate in GATES:
        verdict = review.gates[gate]
        says = _first_reason(gate, verdict, review)
        shown = "the same reason" if verdict.first_reason and says == before else says
        yield GateTold(words.GATES[gate], verdict.verdict, shown + _and_more(verdict.because))
        before = says


def _first_reason(gate: str, verdict: GateVerdict, review: Review) -> str:
    started_on = review.start_frozen_on
    first = verdict.first_reason
    if gate == "start" and started_on is not None:
        day = f"the day of the first dose, {in_words(started_on)}"
        if first is None:
            return f"as judged on {day}"
        return f"On {day}, this was open: {RULES[first].asks if first in RULES else first}"
    if first is None:
        return ""
    return next((one.says for one in review.findings if one.rule == first), first)


def _and_more(rules: Sequence[str]) -> str:
    """`` (and 2 more reasons)``, where there are more than the first."""
    more = len(rules) - 1
    return f" (and {words.counted(more, 'more reason')})" if more > 0 else ""


def _clinical(review: Review) -> GateTold | None:
    """The clinical advice; nothing while it is to continue."""
    if review.clinical.action == "continue":
        return None
    first = next((one for one in review.findings if one.rule in review.clinical.findings[:1]), None)
    advice = words.ACTIONS[review.clinical.action]
    says = "" if first is None else f" {first.says}"
    reason = f"{advice}.{says}{_and_more(review.clinical.findings)}"
    return GateTold("Clinical", review.clinical.action, reason)


def _next_step(review: Review) -> str:
    """The one thing to do first: what clears the first reason of the worst gate, else the first task.

    The start gate of a course that has begun is history: nothing done today changes it.
    """
    ahead = [
        verdict for gate, verdict in review.gates.items() if gate != "start" or review.start_frozen_on is None
    ]
    worst = max(ahead, key=lambda gate: severity(gate.verdict))
    for finding in review.findings:
        if finding.rule == worst.first_reason and finding.needs:
            who = words.plain(finding.whose_move or "prescriber")
            from_ = finding.satisfiable_from
            when = "" if from_ is None else words.days_from_to(from_, None, None, review.on)
            return _who_what_when(who, finding.needs, when)
    for step in _steps(review)[:1]:
        return _who_what_when(step.who, step.says.rstrip("."), step.when)
    return "Nothing is asked of anybody now."


def _who_what_when(who: str, what: str, when: str) -> str:
    """``Patient: a new test (from today)``; a day that `what` names already is not told twice."""
    told_already = not when or when.removeprefix("from ") in what
    return f"{who.capitalize()}: {what}" + ("" if told_already else f" ({when})")


def _steps(review: Review) -> tuple[StepTold, ...]:
    """The next steps; what is only advised comes last."""
    advised = {
        one.rule
        for one in review.findings
        if one.answer not in PASSES and one.strength not in BINDING and one.action not in BLOCKING_ACTIONS
    }
    ordered = sorted(review.tasks, key=lambda task: task.rule in advised)
    return tuple(_step(task, review, task.rule not in advised) for task in ordered)


def _step(task: Task, review: Review, is_required: bool) -> StepTold:
    when = words.days_from_to(task.opens_on, task.due_on, task.closes_on, review.on)
    return StepTold(words.plain(task.what), words.plain(task.who), when, task.says, task.rule, is_required)


def _about(review: Review, programme: Programme) -> Iterable[tuple[str, str]]:
    """The frame of the review: until when, by which programme, under which law."""
    if review.holds_until is None:
        yield "Holds", "as long as nothing new is recorded"
    else:
        until = words.until_in_words(review.holds_until.astimezone(review.at.tzinfo))
        yield "Holds", f"until {until}, if nothing new is recorded"
    yield "Judged at", words.instant_in_words(review.at)
    if review.known_by.date() != review.on:
        yield "Known by", f"only what was known by {words.instant_in_words(review.known_by)}"
    yield "Programme", f"{programme.title} ({review.programme}), clinical policy {words.plain(review.policy)}"
    yield "Regime", _regime(review, programme)
    for overlay in review.regime.overlays:
        yield "Overlay", f"{layer_title(overlay, programme)} ({overlay})"


def _regime(review: Review, programme: Programme) -> str:
    regime = review.regime
    until = "" if regime.to is None else f" until {in_words(regime.to)}"
    since = f"in force since {in_words(regime.from_)}{until}"
    return f"{layer_title(regime.id, programme)} ({regime.id}), {since}"


def layer_title(layer_id: str, programme: Programme) -> str:
    """The title of a regime or overlay; its id where the register holds none."""
    short = layer_id.rpartition("/")[2]
    return next((layer.title for layer in programme.layers if layer.id == short), short)


def window_in_words(window: ReviewWindow, review: Review) -> str:
    """The hand-over window: open or not, first and last day, how days are counted."""
    if review.at >= instant_after(window.closes_at):
        state = "Closed"
    elif review.on < window.opens_on:
        state = "Not open yet"
    else:
        state = "Open"
    closes = words.instant_in_words(window.closes_at)
    counting = f" {words.sentence(window.counting)}" if window.counting else ""
    return f"{state}: {in_words(window.opens_on)} to {closes}.{counting}"


def course_in_words(review: Review) -> Iterable[tuple[str, str]]:
    """The course in numbers, each with its unit."""
    course = review.course
    if course.started_on is None:
        yield "Course", f"number {course.number}, not started"
    else:
        day = f", today is day {course.day}" if course.day is not None else ""
        yield "Course", f"number {course.number}, first dose {in_words(course.started_on)}{day}"
    if course.daily_mg_per_kg is not None:
        yield "Daily dose", f"{course.daily_mg_per_kg:.2f} mg/kg a day as prescribed"
    if course.cumulative_mg_per_kg is not None:
        yield "Handed over", _cumulative(course.cumulative_mg_per_kg, course.target_mg_per_kg)
        nominal = course.nominal_cumulative_mg_per_kg
        if nominal is not None and nominal != course.cumulative_mg_per_kg:
            yield (
                "By strength",
                f"{nominal:.1f} mg/kg of capsules, before the formulation is taken into account",
            )
    if course.days_to_target is not None:
        days = words.counted(course.days_to_target, "day")
        yield "To target", f"{days} of treatment at the present dose" if course.days_to_target else "reached"


def _cumulative(given: float, target: Sequence[float] | None) -> str:
    if target is None:
        return f"{given:.1f} mg/kg"
    low, high = target
    share = f"{given / low:.0%}".replace("%", " %")
    return f"{given:.1f} mg/kg: {share} of the target's lower end ({low:g} to {high:g} mg/kg)"


def _alternative(other: Alternative, review: Review, programme: Programme) -> AlternativeTold:
    gates = tuple(
        GateTold(words.GATES[gate], other.gates[gate].verdict, other.gates[gate].first_reason or "")
        for gate in GATES
    )
    window = None if other.window is None else window_in_words(other.window, review)
    return AlternativeTold(supposes(other, review, programme), other.decided_by, gates, window)


def supposes(other: Alternative, review: Review, programme: Programme) -> str:
    """What the other reading takes for granted, told from the reading that is the main answer."""
    here = {review.regime.id, *review.regime.overlays}
    there = {other.regime, *other.overlays}
    order = [f"{programme.id}/{layer.id}" for layer in programme.layers]
    differ = sorted((here | there) - (here & there), key=lambda one: order.index(one) if one in order else -1)
    if not differ:
        return "If the open date falls the other way"
    last = differ[-1]
    state = "is already in force" if last in there else "is not yet in force"
    return f"If “{layer_title(last, programme)}” ({last}) {state}"
