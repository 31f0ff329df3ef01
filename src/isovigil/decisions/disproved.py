"""On which day was a positive test or a pregnancy disproved, or recorded as ended?"""

from __future__ import annotations

from datetime import date

from isovigil.case.chart import Chart
from isovigil.case.fact import Fact
from isovigil.case.kinds import Assessment, ClinicalDecision


def cleared_on(chart: Chart, fact: Fact, rule: str) -> date | None:
    """The first day a later decision about the fact or its rule, or a specialist's assessment, cleared it."""
    decided = [
        decision.date
        for decision in chart.all(ClinicalDecision)
        if decision.decision == "continue" and decision.about in (fact.id, rule) and decision.date >= fact.day
    ]
    assessed = [
        assessment.date
        for assessment in chart.all(Assessment)
        if assessment.what == "specialist" and assessment.outcome == "cleared" and assessment.date > fact.day
    ]
    return min([*decided, *assessed], default=None)
