"""How severe is the acne, on whichever scales were used?

Clinical specification A2. GAGS is the sum over six areas of the area's factor times its worst
grade; "severe" is IGA 4, GAGS of at least 31, a site with CASS of at least 4, at least 3 nodules,
acne conglobata or fulminans, or active scarring. Factors, bands and cuts are dated values.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

from isovigil.case.kinds import Acne
from isovigil.law.value import Dated

Severity = Literal["severe", "moderate", "milder", "untold"]
SCALES = ("iga", "gags", "cass", "nodules")
SIGNS = {
    "conglobata": "acne conglobata",
    "fulminans": "acne fulminans",
    "scarring": "active scarring",
}


class Gags(NamedTuple):
    """A score on the Global Acne Grading System; a sum over some areas only is the least it can be."""

    score: int
    complete: bool


class Graded(NamedTuple):
    """How severe one record is, and every reason that makes it so, in words."""

    severity: Severity
    reasons: tuple[str, ...]


def gags_by_area(areas: Mapping[Any, int], factors: Mapping[str, int]) -> Gags:
    """The sum of factor times worst grade (0 to 4) over the areas that were graded."""
    return Gags(sum(factors[area] * grade for area, grade in areas.items()), set(areas) == set(factors))


def gags_band(score: int, bands: Sequence[Mapping[str, Any]]) -> str:
    """The name of the band a score falls into; a score below the first is clear."""
    names = [row["name"] for row in bands if score >= row["from"]]
    return names[-1] if names else "clear"


def score_on(acne: Acne, scale: str, factors: Mapping[str, int]) -> int | None:
    """The score on a scale: for CASS that of the worst site, for GAGS the greater of the score as
    recorded and the sum over the areas.
    """
    if scale == "cass":
        return max(acne.cass.values(), default=None) if isinstance(acne.cass, dict) else acne.cass
    if scale == "gags" and acne.gags_areas:
        return max(gags_by_area(acne.gags_areas, factors).score, acne.gags or 0)
    score: int | None = getattr(acne, scale)
    return score


def says_how_severe(acne: Acne) -> bool:
    """A recorded score or a recorded sign says something; the absence of one sign alone does not."""
    return (
        any(getattr(acne, scale) is not None for scale in SCALES)
        or bool(acne.gags_areas)
        or any(getattr(acne, sign) for sign in SIGNS)
    )


def grade(
    acne: Acne,
    cuts: Mapping[str, Dated[float]],
    moderate_from: Mapping[str, int],
    factors: Mapping[str, int],
    bands: Sequence[Mapping[str, Any]],
) -> Graded:
    """Severe, moderate or milder, by whichever scale says the most.

    A GAGS over some of its areas alone proves what it reaches and nothing below it: then the
    severity is untold.
    """
    scores = {scale: score_on(acne, scale, factors) for scale in SCALES}
    told = {scale: score for scale, score in scores.items() if score is not None}
    reasons = [_in_words(scale, score, bands) for scale, score in told.items() if score >= cuts[scale].value]
    reasons += [name for sign, name in SIGNS.items() if getattr(acne, sign)]
    if reasons:
        return Graded("severe", tuple(reasons))
    if set(told) == {"gags"} and acne.gags is None and not _every_area_was_graded(acne, factors):
        return Graded("untold", (f"GAGS at least {told['gags']}, with areas that nobody graded",))
    moderate = [
        _in_words(scale, score, bands)
        for scale, score in told.items()
        if scale in moderate_from and score >= moderate_from[scale]
    ]
    if moderate:
        return Graded("moderate", tuple(moderate))
    return Graded("milder", tuple(_in_words(scale, score, bands) for scale, score in told.items()))


def _every_area_was_graded(acne: Acne, factors: Mapping[str, int]) -> bool:
    return gags_by_area(acne.gags_areas or {}, factors).complete


def _in_words(scale: str, score: int, bands: Sequence[Mapping[str, Any]]) -> str:
    if scale == "nodules":
        return f"{score} nodule{'' if score == 1 else 's'}"
    if scale == "gags":
        return f"GAGS {score} ({gags_band(score, bands)})"
    return f"{scale.upper()} {score}"
