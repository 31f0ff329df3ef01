"""Do the indicators fall short by exactly what was planted in made-up people?"""

from __future__ import annotations

import pytest

from isovigil.indicators.totals import Totals
from isovigil.synthetic_nation import course
from isovigil.synthetic_nation.mishaps import MISHAPS, Mishap
from isovigil.synthetic_nation.people import Person
from isovigil.usecases.audit import audited, chart_of
from tests.indicators.audited_by_hand import PLACES
from tests.synthetic_nation.made_up import ON, MadeUp, people, whole_law

MANY = 40


def summed(several: list[MadeUp]) -> Totals:
    law = whole_law().readings("us_ipledge", "balanced", ON, [ON])[0][0]
    totals = Totals()
    for each in several:
        for _, counts in audited(chart_of(each.case(), ON), law, None):
            totals.add(counts)
    return totals


def shortfall(totals: Totals, indicator: str) -> int:
    place = PLACES[indicator]
    return totals.denominators[place] - totals.numerators[place]


@pytest.fixture
def struck_by(monkeypatch: pytest.MonkeyPatch):
    def some(name: str | None) -> list[MadeUp]:
        def drawn(person: Person, chance: object) -> Mishap | None:
            if name is None or not person.can_become_pregnant:
                return None
            return next(each for each in MISHAPS[True][0] if each.name == name)

        monkeypatch.setattr(course, "_drawn_mishap", drawn)
        return list(people(range(MANY), seed=31))

    return some


def test_smooth_courses_fall_short_of_none_of_the_duties_kept(struck_by):
    totals = summed(struck_by(None))
    for indicator in ("A1", "A3a", "A3b", "A4", "A14", "A15", "A17"):
        assert totals.denominators[PLACES[indicator]] > 0
        assert shortfall(totals, indicator) == 0, indicator


@pytest.mark.parametrize(
    ("mishap", "indicator", "kind"),
    [
        ("supply_too_long", "A14", "MedicationRequest"),
        ("collected_after_window", "A15", "MedicationDispense"),
        ("test_missing", "A3b", "MedicationRequest"),
        ("test_missing", "A15", "MedicationDispense"),
        ("test_after_prescription", "A3b", "MedicationRequest"),
        ("positive_test_overlooked", "A3b", "MedicationRequest"),
    ],
)
def test_an_indicator_falls_short_by_the_acts_planted(mishap: str, indicator: str, kind: str, struck_by):
    several = struck_by(mishap)
    acts = {violation.act for each in several for violation in each.truth if violation.act.startswith(kind)}
    assert len(acts) > 5
    assert shortfall(summed(several), indicator) == len(acts)


def test_a_consent_signed_late_is_missed_once_for_the_course(struck_by):
    several = struck_by("consent_late")
    courses = {violation.patient for each in several for violation in each.truth}
    assert shortfall(summed(several), "A1") == len(courses) > 5


def test_who_cannot_become_pregnant_is_left_out_of_pregnancy_prevention(struck_by):
    totals = summed(struck_by(None))
    others = totals.excluded[PLACES["A14"]]["the patient cannot become pregnant"]
    mine = totals.denominators[PLACES["A3a"]]
    assert others + mine == totals.denominators[PLACES["A17"]]
