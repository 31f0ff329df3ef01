"""Are the symptoms the expected ones that settle, or do they persist or get worse?"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from isovigil.calendar.days import days_after, in_words
from isovigil.case.kinds import Symptom
from isovigil.decisions.advice import advised, nothing_asked
from isovigil.decisions.clearing import cleared_by
from isovigil.decisions.course import Course
from isovigil.decisions.finding import Outcome, not_applicable
from isovigil.decisions.rule import rule
from isovigil.decisions.symptom_reports import Reported, reported, severity_rank
from isovigil.decisions.symptoms import CODES
from isovigil.law.law import Law
from isovigil.law.value import Dated

TABLES = {code: f"symptoms/{name}" for name, code in CODES.items()}
"""The table of each symptom, by the code it is reported under."""

_RULE = "symptoms.course"
_WORSENING = "worsening"
_PERSISTENT = "persistent"
_EXPECTED = "expected"
_AS_REPORTED = "as reported"


class _Followed:
    """One symptom of this course, and what its reports show."""

    def __init__(self, course: Course, law: Law, code: str, reports: Reported) -> None:
        self.reports = reports
        self.last: Symptom = max(reports.run[-1].present, key=severity_rank)
        whole = law.value(TABLES[code], course.today.day)
        self.plain: str = whole.value["plain"]
        self.value, self.shows = self._shown(law, whole)
        cleared = cleared_by(course, _RULE, self.last, among=reports.reports, badness=self._badness)
        self.is_left_alone = cleared is not None
        self.decision = cleared

    def _shown(self, law: Law, whole: Dated[Any]) -> tuple[Dated[Any], str]:
        table = whole.value
        if self._is_worse():
            return _used(whole, _WORSENING), _WORSENING
        if table.get("lasts_with_treatment"):
            return _used(whole, _EXPECTED), _EXPECTED
        settles = table.get("settles_within_days")
        limit = whole if settles is not None else law.days("symptoms/persistent_after_days", self.last.date)
        days = settles if settles is not None else limit.value
        if self.reports.run_days >= days:
            return (_used(whole, _PERSISTENT) if settles is not None else limit), _PERSISTENT
        shows = _EXPECTED if settles is not None else _AS_REPORTED
        return _used(whole, shows), shows

    def _is_worse(self) -> bool:
        """Is it worse than when it began, and not on its way down?"""
        ranks = [day.rank for day in self.reports.run]
        return len(ranks) > 1 and ranks[-1] > ranks[0] and ranks[-1] >= ranks[-2]

    def _badness(self, fact: Any) -> float:
        return severity_rank(fact)

    @property
    def says(self) -> str:
        first, last = self.reports.run[0].day, self.reports.run[-1].day
        since = f"{in_words(first)}" if first == last else f"{in_words(first)} to {in_words(last)}"
        return f"{self.plain} ({self.last.severity}, {since})"


def _used(whole: Dated[Any], shows: str) -> Dated[Any]:
    used = {"code": whole.value["code"], "shows": shows}
    for name in ("settles_within_days", "lasts_with_treatment"):
        if name in whole.value:
            used[name] = whole.value[name]
    return msgspec.structs.replace(whole, value=used)


@rule(_RULE, clinical=True, never_holds=True)
def course_of_symptoms(course: Course, law: Law) -> Outcome:
    """Are the symptoms expected and settling, or persistent, or getting worse?

    Expected: they last as long as treatment does, or the time their table gives them to settle is not
    over. Persistent: reported without a break for at least that time. Worse: graver than at the start
    of the run of reports, and not on the way down.
    """
    told = reported(course)
    if not told:
        return not_applicable("No symptom is reported, which reads as none known.", strength="local_default")
    if not course.has_started:
        return not_applicable("The first dose is still to come.", strength="local_default")
    followed = [_Followed(course, law, code, told[code]) for code in sorted(told) if told[code].run]
    if not followed:
        return nothing_asked("Every symptom reported is reported as gone.")
    asking = [each for each in followed if each.shows in (_WORSENING, _PERSISTENT) and not each.is_left_alone]
    says = ". ".join(
        f"{_WORDS[shows]}: {_listed(each.says for each in followed if each.shows == shows)}"
        for shows in _WORDS
        if any(each.shows == shows for each in followed)
    )
    facts = [fact for each in followed for fact in (each.last, each.decision)]
    values = tuple(each.value for each in followed)
    if not asking:
        return nothing_asked(
            f"{says}.", facts=facts, values=values, amber=any(each.is_left_alone for each in followed)
        )
    first = min(each.last.date for each in asking)
    review = law.days("symptoms/course_review_within_days", course.today.day)
    return advised(
        "recheck",
        f"{says}.",
        needs=f"a look at {_listed(each.plain for each in asking)}: is the dose right, is it something else?",
        whose_move="prescriber",
        facts=facts,
        values=(*values, review),
        task="visit",
        opens_on=first,
        due_on=days_after(first, review.value),
    )


_WORDS = {
    _WORSENING: "Getting worse",
    _PERSISTENT: "Persistent",
    _EXPECTED: "Expected",
    _AS_REPORTED: "Reported",
}


def _listed(parts: Iterable[str]) -> str:
    return ", ".join(parts)
