"""Do the laboratory values of 20,000 made-up people lie inside the bands of the published cohorts?

The bands are the acceptance bands for a simulated cohort of the clinical specification, part F: any
abnormal triglycerides 15 to 44 % (C15 7.1 to 39 %, C1 44 %), any abnormal ALT 2 to 13 % (C1 11 % of
transaminases, C3 9 to 12.7 %), held or stopped for triglycerides at most 1.5 %, for ALT at most 1 % (C2:
grade 3 or more below 1 % and below 0.5 %).
"""

from __future__ import annotations

import math
from statistics import fmean, stdev

import pytest

from isovigil.synthetic_nation.laboratory import BEFORE, DURING, Draws, spread
from isovigil.synthetic_nation.mishaps import MISHAPS, SHARE_WITH_A_MISHAP
from tests.synthetic_nation.made_up import chance

PEOPLE = 20_000
TRIGLYCERIDES_UPPER_LIMIT = 150  # mg/dL: CTCAE grade 1 begins here
ALT_UPPER_LIMIT = 40  # U/L


class Drawn:
    """One person's values before and at the two draws on treatment that a course has."""

    def __init__(self, draws: Draws) -> None:
        self.before = {analyte: draws.before(analyte) for analyte in ("triglycerides", "alt")}
        self.during = {
            analyte: (draws.during(analyte), draws.during(analyte)) for analyte in ("triglycerides", "alt")
        }


@pytest.fixture(scope="module")
def cohort() -> list[Drawn]:
    source = chance(1)
    return [Drawn(Draws(source)) for _ in range(PEOPLE)]


def share(cohort: list[Drawn], analyte: str, limit: float) -> float:
    return sum(max(each.during[analyte]) >= limit for each in cohort) / len(cohort)


def test_a_log_normal_value_has_the_mean_and_spread_asked_for():
    """Mean = exp(mu + sigma^2 / 2); SD = mean x sqrt(exp(sigma^2) - 1)."""
    value = spread(87.0, 48.3)
    assert math.exp(value.mu + value.sigma**2 / 2) == pytest.approx(87.0)
    assert 87.0 * math.sqrt(math.exp(value.sigma**2) - 1) == pytest.approx(48.3)


def test_the_centres_are_those_of_the_published_cohorts(cohort: list[Drawn]):
    """Within four standard errors: triglycerides 4 x 48.8 / sqrt(20,000) = 1.4, ALT 4 x 8.3 / sqrt(20,000) =
    0.24 before and 4 x 14.4 / sqrt(20,000) = 0.41 during, and a little for the values cut off.
    """
    assert fmean(each.before["triglycerides"] for each in cohort) == pytest.approx(87.0, abs=1.4)
    assert fmean(each.during["triglycerides"][0] for each in cohort) == pytest.approx(119.98, abs=1.4)
    assert fmean(each.before["alt"] for each in cohort) == pytest.approx(18.2, abs=0.3)
    assert fmean(each.during["alt"][0] for each in cohort) == pytest.approx(21.77, abs=0.5)


def test_the_spread_of_triglycerides_is_that_of_the_published_cohort(cohort: list[Drawn]):
    assert stdev(each.during["triglycerides"][0] for each in cohort) == pytest.approx(48.8, rel=0.05)


def test_abnormal_triglycerides_are_as_common_as_in_the_cohorts(cohort: list[Drawn]):
    """One draw: ln 150 = 5.011 lies (5.011 - 4.711) / 0.391 = 0.77 above the middle, so 22 % are abnormal;
    of two draws of one person at least one is, in somewhat more.
    """
    found = share(cohort, "triglycerides", TRIGLYCERIDES_UPPER_LIMIT)
    assert 0.15 <= found <= 0.44
    assert found > 0.22


def test_abnormal_alt_is_as_common_as_in_the_cohorts(cohort: list[Drawn]):
    """One draw: ln 40 = 3.689 lies (3.689 - 2.900) / 0.601 = 1.31 above the middle, so 9.5 % are abnormal;
    of two draws of one person at least one is, in about 12 %.
    """
    found = share(cohort, "alt", ALT_UPPER_LIMIT + 0.5)
    assert 0.02 <= found <= 0.13


def test_no_natural_value_would_hold_treatment(cohort: list[Drawn]):
    """Below 500 mg/dL and three times the limit of ALT no band holds; a raised baseline lowers the first to
    500 and the second to twice the baseline.
    """
    for each in cohort:
        assert max(each.during["triglycerides"]) < 500
        assert max(each.during["alt"]) <= 3 * ALT_UPPER_LIMIT
        if each.before["alt"] > ALT_UPPER_LIMIT:
            assert max(each.during["alt"]) < 1.5 * each.before["alt"]


def test_planted_holds_stay_below_the_ceiling_of_the_cohorts():
    """Of 100 courses 8 have a mishap, drawn by the mishaps' shares."""
    for mishaps, weights in MISHAPS.values():
        for name, ceiling in (("triglycerides_overlooked", 0.015), ("alt_overlooked", 0.01)):
            theirs = next(each.share for each in mishaps if each.name == name)
            assert 0 < SHARE_WITH_A_MISHAP * theirs / weights[-1] <= ceiling


def test_values_rise_on_treatment_as_published():
    for analyte in ("triglycerides", "alt", "ast", "cholesterol"):
        assert DURING[analyte].mu > BEFORE[analyte].mu
