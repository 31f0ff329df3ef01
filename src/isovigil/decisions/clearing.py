"""Did a clinician end a hold that clinical advice made, and does that decision still stand?

The case-file contract, "Clearing a hold": a `clinical_decision` about the rule or the fact that says
`continue` or `reduce`, with the assessment the rule asks for where it asks for one, stands until its
`valid_until` or until a worse fact arrives. An emergency is never cleared without its assessment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from isovigil.calendar.days import in_words
from isovigil.case.fact import Fact
from isovigil.case.kinds import Assessment, ClinicalDecision, EyeExamination
from isovigil.case.words import AssessmentOutcome, AssessmentWord
from isovigil.decisions.advice import gravity
from isovigil.decisions.course import Course
from isovigil.decisions.finding import Action

CLEARING = ("continue", "reduce")
"""The decisions that end a hold. `hold` and `stop` about the same matter take one back."""
FAVOURABLE: tuple[AssessmentOutcome, ...] = ("cleared", "continue_with_care")
"""The outcomes of an assessment under which treatment may go on."""


def how_bad(fact: Fact) -> float:
    """How bad a fact is beside another of its kind, where a rule has no finer measure."""
    return fact.severity_rank()


def cleared_by(
    course: Course,
    rule_name: str,
    fact: Fact,
    *,
    among: Iterable[Fact] = (),
    badness: Callable[[Fact], float] = how_bad,
    needs_assessment: tuple[AssessmentWord, ...] = (),
    outcomes: tuple[AssessmentOutcome, ...] = FAVOURABLE,
) -> ClinicalDecision | None:
    """The decision that clears what `fact` holds under a rule, or None.

    `among` are the facts that answer the same question (one analyte, one symptom), oldest first. With
    them a decision about an earlier one of them still stands when `fact` is no worse by `badness`;
    without them it must be as late as the fact. Any word of `needs_assessment` will do. The last
    decision about the matter counts: a later `hold` or `stop` takes an earlier `continue` back.
    """
    decision = last_decision(course, rule_name, fact, among)
    if decision is None or decision.decision not in CLEARING:
        return None
    decided_on = _decided_on(decision, fact, among)
    if decided_on is None or badness(fact) > badness(decided_on):
        return None
    if needs_assessment and assessed(course, decided_on, needs_assessment, outcomes) is None:
        return None
    return decision


def last_decision(
    course: Course, rule_name: str, fact: Fact, among: Iterable[Fact] = ()
) -> ClinicalDecision | None:
    """The last decision about a rule, or about a fact and those it answers the same question as,
    while it stands. None when there is none, or its `valid_until` is past.
    """
    decisions = course.chart.all(ClinicalDecision)
    if not decisions:
        return None
    matters = {rule_name, fact.id, *[each.id for each in among]}
    about = [each for each in decisions if each.about in matters]
    if not about:
        return None
    last = about[-1]
    if last.valid_until is not None and course.today.is_past(last.valid_until):
        return None
    return last


def graver_decision(
    course: Course, rule_name: str, fact: Fact, among: Iterable[Fact], action: Action
) -> ClinicalDecision | None:
    """A clinician's own standing `hold` or `stop` since the fact, where it is graver than the advice."""
    last = last_decision(course, rule_name, fact, among)
    if last is None or last.decision in CLEARING or last.date < fact.day:
        return None
    return last if gravity(last.decision) > gravity(action) else None


def decision_in_words(decision: ClinicalDecision) -> str:
    """Who decided what, when and why, as a sentence."""
    day, reason = in_words(decision.date), decision.reason.rstrip(".")
    return f"{decision.by} decided on {day} to {decision.decision}: {reason}."


def assessed(
    course: Course,
    fact: Fact,
    words: tuple[AssessmentWord, ...],
    outcomes: tuple[AssessmentOutcome, ...] = FAVOURABLE,
) -> Assessment | EyeExamination | None:
    """The favourable assessment of a fact: made on its day or later, and not taken back since.

    For `ophthalmology` a normal eye examination serves as well. Of several the last one counts.
    """
    made: list[Assessment | EyeExamination] = [
        each for each in course.chart.all(Assessment) if each.what in words and each.date >= fact.day
    ]
    if "ophthalmology" in words:
        made += [each for each in course.chart.all(EyeExamination) if each.date >= fact.day]
    if not made:
        return None
    last = max(made, key=lambda each: (each.date, not _is_favourable(each, outcomes), each.id))
    return last if _is_favourable(last, outcomes) else None


def _is_favourable(made: Assessment | EyeExamination, outcomes: tuple[AssessmentOutcome, ...]) -> bool:
    return made.normal if isinstance(made, EyeExamination) else made.outcome in outcomes


def _decided_on(decision: ClinicalDecision, fact: Fact, among: Iterable[Fact]) -> Fact | None:
    """The fact the clinician had in mind: the one named, else the last one known to them."""
    known = {each.id: each for each in among}
    known[fact.id] = fact
    named = known.get(decision.about)
    if named is not None:
        return named if named.day <= decision.date else None
    seen = [each for each in known.values() if _was_seen(each, decision)]
    return max(seen, key=lambda each: each.sort_key(), default=None)


def _was_seen(fact: Fact, decision: ClinicalDecision) -> bool:
    """Was the fact there to be decided on? One of the same day counts, unless it was recorded later."""
    if fact.recorded_at is not None and decision.recorded_at is not None:
        return fact.day <= decision.date and fact.recorded_at <= decision.recorded_at
    return fact.day <= decision.date
