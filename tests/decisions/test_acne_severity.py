"""How severe is the acne, on whichever scales were used?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isovigil.decisions.acne_severity import gags_band, gags_by_area
from tests.decisions.judged import US, day, law_of

LAW = law_of(US, day("2024-03-04"))
FACTORS = LAW.value("eligibility/gags_area_factors", day("2024-03-04")).value
BANDS = LAW.value("eligibility/gags_bands", day("2024-03-04")).value
AREAS = sorted(FACTORS)


def test_vector_13_of_the_specification():
    # 2x4 + 2x3 + 2x3 + 1x0 + 1x2 + 3x4 = 8 + 6 + 6 + 0 + 2 + 12 = 34
    areas = {"forehead": 4, "right_cheek": 3, "left_cheek": 3, "nose": 0, "chin": 2, "chest_back": 4}
    assert gags_by_area(areas, FACTORS) == (34, True)
    assert gags_band(34, BANDS) == "severe"


def test_the_greatest_score_is_44():
    # (2 + 2 + 2 + 1 + 1 + 3) x 4 = 11 x 4
    assert gags_by_area(dict.fromkeys(AREAS, 4), FACTORS).score == 44


@pytest.mark.parametrize(
    ("score", "band"),
    [
        (0, "clear"), (1, "mild"), (18, "mild"), (19, "moderate"), (30, "moderate"),
        (31, "severe"), (38, "severe"), (39, "very severe"), (44, "very severe"),
    ],
)  # fmt: skip
def test_each_band_begins_where_the_source_says(score: int, band: str):
    assert gags_band(score, BANDS) == band


grades = st.dictionaries(st.sampled_from(AREAS), st.integers(min_value=0, max_value=4))


@given(grades, st.sampled_from(AREAS), st.integers(min_value=0, max_value=4))
def test_a_further_area_never_lowers_the_score(areas: dict[str, int], area: str, grade: int):
    without = {name: worst for name, worst in areas.items() if name != area}
    assert gags_by_area({**without, area: grade}, FACTORS).score >= gags_by_area(without, FACTORS).score


@given(grades)
def test_a_sum_is_whole_only_over_every_area(areas: dict[str, int]):
    assert gags_by_area(areas, FACTORS).complete == (len(areas) == len(AREAS))
