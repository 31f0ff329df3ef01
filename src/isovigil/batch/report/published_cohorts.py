"""Which shares of abnormal laboratory values did published cohorts find during treatment?"""

from __future__ import annotations

from typing import Final, NamedTuple


class PublishedBand(NamedTuple):
    """A range of shares of patients, and the studies it spans."""

    analyte: str
    from_grade: int
    """The worst CTCAE grade during treatment is this one or higher."""
    low: float
    high: float
    studies: str


PUBLISHED: Final = (
    PublishedBand(
        "triglycerides", 1, 0.15, 0.44,
        "Hansen 2016 (574 courses) 19.3 %; Zane 2006 (13,772 patients) 44 %; ranges of a 2022 review 7.1 to "
        "39.0 %. Band: clinical specification, part F",
    ),
    PublishedBand(
        "cholesterol", 1, 0.068, 0.31,
        "Hansen 2016 22.8 %; Zane 2006 31 %; ranges of a 2022 review 6.8 to 27.2 %",
    ),
    PublishedBand(
        "alt", 1, 0.02, 0.13,
        "Li 2024 (388, low dose) 8.2 %; Zane 2006 11 % (transaminases); Qassim 2021 (407) 9 to 12.7 %; "
        "Hansen 2016 1.9 %. Band: clinical specification, part F",
    ),
    PublishedBand(
        "ast", 1, 0.039, 0.11, "Qassim 2021 3.9 %; Li 2024 7.2 %; Vieira 2012 (70) 8.6 %; Zane 2006 11 %"
    ),
    PublishedBand("triglycerides", 3, 0.0, 0.01, "Barbieri 2020 (1,863 patients): below 1 %"),
    PublishedBand("alt", 3, 0.0, 0.005, "Barbieri 2020: liver enzymes below 0.5 %"),
    PublishedBand("cholesterol", 3, 0.0, 0.0, "Barbieri 2020: none"),
)  # fmt: skip
"""Full titles stand in docs/population/report.md."""
