"""Which symptoms that bear on a blood result does the patient have now?"""

from __future__ import annotations

from collections.abc import Iterable

from isovigil.case.kinds import Symptom
from isovigil.decisions.course import Course


def reported(course: Course, codes: Iterable[str]) -> list[Symptom]:
    """The last entry of each of these symptoms, where it says that the symptom is there at all.

    A symptom stands until an entry says that it is gone.
    """
    symptoms = course.chart.all(Symptom)
    if not symptoms:
        return []
    wanted = frozenset(codes)
    last = {fact.code: fact for fact in symptoms if fact.code in wanted}
    return sorted(
        (fact for fact in last.values() if fact.severity != "none"), key=lambda each: each.sort_key()
    )
