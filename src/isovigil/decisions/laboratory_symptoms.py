"""Which symptoms that bear on a blood result does the patient have now?"""

from __future__ import annotations

from collections.abc import Collection

from isovigil.case.kinds import Symptom
from isovigil.decisions.course import Course


def reported(course: Course, codes: Collection[str]) -> list[Symptom]:
    """The last entry of each of these symptoms, where it says that the symptom is there at all.

    A symptom stands until an entry says that it is gone.
    """
    symptoms = course.chart.saying(Symptom, codes)
    if not symptoms:
        return []
    last = {fact.code: fact for fact in symptoms}
    return sorted(
        (fact for fact in last.values() if fact.severity != "none"), key=lambda each: each.sort_key()
    )
