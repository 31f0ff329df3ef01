"""What do the pages say about the audit indicators and about what is planted in the made-up nation?"""

from __future__ import annotations

from collections.abc import Iterator

from isovigil.exchange.review_markdown import table
from isovigil.indicators.catalogue import INDICATORS
from isovigil.synthetic_nation.mishaps import MISHAPS, SHARE_WITH_A_MISHAP, Mishap
from isovigil.synthetic_nation.period_law import FIRST_DAY, LAST_DAY, TABLE

_WRITTEN = "<!-- Written by `make docs` from the code. Change that instead. -->"
_PLACES = {"start": "before the first dose", "month": "in some month", "last_month": "in the last month"}
_WHO = {True: "can become pregnant", False: "cannot become pregnant", None: "anyone"}


def pages_of_the_nation() -> dict[str, str]:
    """The pages by their paths in the repository."""
    return {
        "docs/population/indicators.md": "\n".join(_indicators()),
        "docs/population/synthetic-nation.md": "\n".join(_nation()),
    }


def _indicators() -> Iterator[str]:
    yield from (
        _WRITTEN,
        "",
        "# Audit indicators",
        "",
        "A rate is the second column over the first. What is left out of both is told with its reason and",
        "its number. Each is held to `audit/target_share`, but A19, a rate per",
        "`audit/pregnancies_per_courses` courses, and A20, a median of days. Counts below",
        "`audit/small_cells_below` are hidden, and so is any other that would tell them by subtraction",
        "inside its own row or list of reasons. Two indicators about the same courses can still be",
        "subtracted from each other; mind that before you publish both.",
        "",
        "Limits: a referral is no fact of a case and what delayed a start is not on file, so A20 counts",
        "from the first appointment and gives no share of delays; A13 takes who entered a test for its",
        "supervisor.",
        "",
    )
    rows = [
        (each.id, each.due, each.done, each.regimes, each.basis, ", ".join(each.sources))
        for each in INDICATORS
    ]
    yield from table(("", "of", "how many with", "asked for", "basis", "sources"), rows)
    yield from (
        "Basis: B, an audit point of the British Association of Dermatologists of 2010; M, derived from the",
        "duties the MHRA set from 2023 on; E, European or national; P, the product's own proposal.\n",
    )


def _nation() -> Iterator[str]:
    yield from (
        _WRITTEN,
        "",
        "# The made-up nation",
        "",
        "`isovigil synthesize --patients N --seed S --out DIR` writes FHIR R4 Bulk Data of people who do",
        "not exist, shaped like US Core, and `truth.csv`: every violation planted in it, by patient, act",
        "and rule.",
        f"It knows the law of `us_ipledge` from {FIRST_DAY} to {LAST_DAY}, from a table of its own; it",
        "may not import the engine, or that would be compared with itself. `isovigil population DIR --truth",
        "DIR/truth.csv` prints recall and precision; both have to be 1.0.",
        "",
        f"{SHARE_WITH_A_MISHAP:.0%} of the courses have one mishap. An act is charged with the gravest that",
        "stands in its way: where a rule stops, rules that merely wait are not told.",
        "",
    )
    seen: dict[tuple[str, bool | None], Mishap] = {}
    for mishaps, _ in MISHAPS.values():
        for each in mishaps:
            seen.setdefault((each.name, each.who_can), each)
    yield from table(
        ("mishap", "whom", "when", "the prescription breaks", "the hand-over breaks", "why"),
        [
            (
                each.name.replace("_", " "),
                _WHO[each.who_can],
                _PLACES[each.place],
                ", ".join(f"`{rule}`" for rule in each.at_prescription) or "–",
                ", ".join(f"`{rule}`" for rule in each.at_hand_over) or "–",
                each.why,
            )
            for each in seen.values()
        ],
    )
    yield from ("## The law it was planted under", "")
    yield from table(
        ("", "from", "value", "source"),
        [
            (row.asks, row.from_.isoformat(), f"{row.value} {row.unit}".removesuffix(" 1"), row.cite)
            for row in TABLE
        ],
    )
    yield from (
        "Right and yet untidy, as real exports are: preliminary, corrected and entered-in-error results,",
        "five UTC offsets, evening draws that fall on the next day in the sender's writing, 3 % of moments",
        "without a time, 10 % of triglycerides in mmol/L, two codings a code, uncollected windows, home",
        "tests with a written process, pregnancies after which nothing more was prescribed, last tests that",
        "nobody took.\n",
    )
