"""Does the naive oracle reproduce the specification's vectors? Every expected date is written by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.oracle.answers import DayAnswer, Window
from tests.oracle.day_by_day import day_answer, readings_on
from tests.oracle.one_day_at_a_time import days_between, every_day, same_day_next_month, turn_pages
from tests.oracle.timelines import timeline
from tests.oracle.uk_days import UK
from tests.oracle.us_days import R2_STAYS, R3_IS_LIVE

Fact = dict[str, Any]
EASTERN = "America/New_York"


def day(text: str) -> date:
    return date.fromisoformat(text)


def us_case(*facts: Fact, can: bool = True) -> dict[str, Any]:
    category = {"kind": "category", "date": "2022-01-03", "can_become_pregnant": can, "by": "prescriber"}
    patient = {"id": "p-1", "born_on": "1999-05-05"}
    return {"case": 1, "patient": patient, "programme": "us_ipledge", "facts": [category, *facts]}


def uk_case(*facts: Fact) -> dict[str, Any]:
    category = {"kind": "category", "date": "2023-11-01", "can_become_pregnant": True, "by": "prescriber"}
    patient = {"id": "p-1", "born_on": "1999-05-05"}
    return {"case": 1, "patient": patient, "programme": "uk_mhra", "facts": [category, *facts]}


def negative(taken_on: str, setting: str = "laboratory") -> Fact:
    return {
        "kind": "pregnancy_test",
        "id": f"t-{taken_on}",
        "taken_on": taken_on,
        "result": "negative",
        "setting": setting,
    }


def prescribed(issued_on: str, number: str = "rx") -> Fact:
    return {
        "kind": "prescription",
        "id": number,
        "issued_on": issued_on,
        "daily_dose_mg": 40,
        "days_supply": 30,
    }


def dispensed(on: str, number: str = "rx") -> Fact:
    return {"kind": "dispense", "id": f"d-{number}", "date": on, "days_supply": 30, "prescription": number}


def both_forms(from_: str, primary: str = "combined_pill", secondary: str = "condom") -> list[Fact]:
    forms = {"kind": "contraception", "from": from_, "primary": primary, "secondary": secondary}
    return [{**forms, "reported_by": "patient"}, {**forms, "reported_by": "prescriber"}]


def answer(case: dict[str, Any], on: str, reading: str = R2_STAYS) -> DayAnswer:
    said = day_answer(case, day(on), reading)
    assert said is not None
    return said


def first_day_a_test_confirms(facts: list[Fact], first: str, last: str) -> date | None:
    """Take a specimen on each day in turn; the first one that both opens a window and confirms."""
    for page in every_day(day(first), day(last)):
        said = answer(us_case(*facts, negative(page.isoformat())), page.isoformat())
        opened = said.window is not None and said.window.opens_on == page
        if opened and said.rules["pregnancy_testing.confirmatory_test"] == "met":
            return page
    return None


STARTED = [
    negative("2023-12-04"),
    *both_forms("2023-12-01"),
    {"kind": "cycle", "date": "2023-12-04", "regular": False},
]
V7 = [negative("2025-01-06"), *both_forms("2025-01-10")]
REGULAR: list[Fact] = [
    {"kind": "cycle", "date": "2025-01-06", "regular": True},
    # 28 days apart: 20 January, 17 February, 17 March 2025
    {"kind": "menses", "started_on": "2025-01-20"},
    {"kind": "menses", "started_on": "2025-02-17"},
    {"kind": "menses", "started_on": "2025-03-17"},
]
IRREGULAR: list[Fact] = [{"kind": "cycle", "date": "2025-01-06", "regular": False}]


def test_v1_a_specimen_of_4_march_opens_a_window_to_10_march() -> None:
    assert answer(us_case(negative("2024-03-04")), "2024-03-05").window == Window(
        day("2024-03-04"), day("2024-03-10"), EASTERN
    )


@pytest.mark.parametrize(("on", "expected"), [("2024-03-10", "met"), ("2024-03-11", "not_met")])
def test_v1_day_7_is_inside_the_window_and_day_8_is_not(on: str, expected: str) -> None:
    assert answer(us_case(negative("2024-03-04")), on).rules["dispensing.inside_the_window"] == expected


@pytest.mark.parametrize(
    ("zone", "on", "expected"),
    [
        # 10 March 2024 23:59:59 EDT is 17:59:59 in Hawaii that day and 13:59:59 in Guam the next day
        ("Pacific/Honolulu", "2024-03-10", "met"),
        ("Pacific/Honolulu", "2024-03-11", "not_met"),
        ("Pacific/Guam", "2024-03-11", "met"),
        ("Pacific/Guam", "2024-03-12", "not_met"),
    ],
)
def test_v1_the_last_day_ends_on_the_east_coast(zone: str, on: str, expected: str) -> None:
    case = us_case(negative("2024-03-04")) | {"time_zone": zone}
    assert answer(case, on).rules["dispensing.inside_the_window"] == expected


def test_v2_a_missed_first_prescription_locks_the_next_specimen_out_until_23_march() -> None:
    missed = us_case(*STARTED, negative("2024-03-04"), prescribed("2024-03-05"))
    assert answer(missed, "2024-03-10").rules["dispensing.no_lockout"] == "met"
    for on in ("2024-03-11", "2024-03-22"):
        said = answer(missed, on)
        assert said.rules["dispensing.no_lockout"] == "not_met"
        assert said.days["dispensing.no_lockout"] == day("2024-03-23")  # 4 March + 19 days
    assert answer(missed, "2024-03-23").rules["dispensing.no_lockout"] == "met"


@pytest.mark.parametrize(
    ("taken_on", "opens_on"), [("2024-03-22", "2024-03-04"), ("2024-03-23", "2024-03-23")]
)
def test_v2_a_specimen_inside_the_lockout_opens_no_window(taken_on: str, opens_on: str) -> None:
    missed = us_case(*STARTED, negative("2024-03-04"), prescribed("2024-03-05"), negative(taken_on))
    window = answer(missed, taken_on).window
    assert window is not None
    assert window.opens_on == day(opens_on)


def test_v2_a_confirmatory_test_that_lapsed_without_any_prescription_locks_out_as_well() -> None:
    assert answer(us_case(*STARTED, negative("2024-03-04")), "2024-03-11").days[
        "dispensing.no_lockout"
    ] == day("2024-03-23")


@pytest.mark.parametrize(
    ("taken_on", "opens_on"), [("2024-03-10", "2024-03-04"), ("2024-03-11", "2024-03-11")]
)
def test_v3_after_a_hand_over_a_missed_window_only_asks_for_a_specimen_from_11_march(
    taken_on: str, opens_on: str
) -> None:
    third = [
        *STARTED,
        negative("2024-01-03"),
        prescribed("2024-01-03", "rx-1"),
        dispensed("2024-01-04", "rx-1"),
        negative("2024-02-02"),
        prescribed("2024-02-02", "rx-2"),
        dispensed("2024-02-03", "rx-2"),
        negative("2024-03-04"),
        prescribed("2024-03-05", "rx-3"),
    ]
    said = answer(us_case(*third, negative(taken_on)), taken_on)
    assert said.rules["dispensing.no_lockout"] == "met"
    assert said.window is not None
    assert said.window.opens_on == day(opens_on)


V4 = [
    negative("2026-10-12"),
    *both_forms("2026-10-01"),
    {"kind": "cycle", "date": "2026-10-12", "regular": False},
]
V4_MISSED = [*V4, negative("2026-11-16"), prescribed("2026-11-16")]


def test_v4_under_the_modification_the_test_is_repeated_at_once_in_a_medical_setting() -> None:
    # missed on 22 November (16 + 6), repeated on the 23rd
    at_once = us_case(*V4_MISSED, negative("2026-11-23", "clinic"))
    said = answer(at_once, "2026-11-23", R3_IS_LIVE)
    assert said.rules["dispensing.no_lockout"] == "met"
    assert said.rules["dispensing.inside_the_window"] == "met"
    assert said.rules["pregnancy_testing.test_setting"] == "met"
    at_home = us_case(*V4_MISSED, negative("2026-11-23", "home"))
    assert answer(at_home, "2026-11-23", R3_IS_LIVE).rules["pregnancy_testing.test_setting"] == "not_met"


def test_v5_if_the_modification_is_not_live_the_next_specimen_is_5_december() -> None:
    said = answer(us_case(*V4_MISSED, negative("2026-11-23")), "2026-11-23", R2_STAYS)
    assert said.rules["dispensing.inside_the_window"] == "not_met"
    assert said.days["dispensing.no_lockout"] == day("2026-12-05")  # 16 November + 19 days
    # Both readings are asked for from the scheduled day on.
    assert readings_on(us_case(), day("2026-11-14")) == (R2_STAYS,)
    assert readings_on(us_case(), day("2026-11-15")) == (R2_STAYS, R3_IS_LIVE)


def test_v6_who_cannot_become_pregnant_has_thirty_days_from_counselling() -> None:
    case = us_case({"kind": "counselling", "date": "2023-05-02"}, can=False)
    assert answer(case, "2023-05-31").window == Window(day("2023-05-02"), day("2023-05-31"), EASTERN)
    assert answer(case, "2023-05-31").rules["dispensing.inside_the_window"] == "met"
    assert answer(case, "2023-06-01").rules["dispensing.inside_the_window"] == "not_met"


def test_v7_the_gaps_allow_the_confirmatory_test_from_10_february() -> None:
    # 6 January + 19 days = 25 January; 10 January + 30 days = 9 February, + one calendar month = 10 February
    assert first_day_a_test_confirms([*V7, *IRREGULAR], "2025-01-07", "2025-03-01") == day("2025-02-10")


def test_v7_a_regular_cycle_moves_it_to_17_february_with_a_window_to_the_23rd() -> None:
    assert first_day_a_test_confirms([*V7, *REGULAR], "2025-01-07", "2025-03-01") == day("2025-02-17")
    window = answer(us_case(*V7, *REGULAR, negative("2025-02-17")), "2025-02-17").window
    assert window == Window(day("2025-02-17"), day("2025-02-23"), EASTERN)


@pytest.mark.parametrize(("taken_on", "expected"), [("2025-02-21", "met"), ("2025-02-22", "not_met")])
def test_v7_menses_day_5_confirms_and_day_6_does_not(taken_on: str, expected: str) -> None:
    said = answer(us_case(*V7, *REGULAR, negative(taken_on)), taken_on)
    assert said.rules["pregnancy_testing.confirmatory_test"] == expected


def test_v8_the_missed_window_costs_19_days_by_lockout_and_28_by_cycle() -> None:
    missed = [negative("2025-02-17")]
    # 17 February + 19 days = 8 March
    assert answer(us_case(*V7, *REGULAR, *missed), "2025-02-24").days["dispensing.no_lockout"] == day(
        "2025-03-08"
    )
    assert first_day_a_test_confirms([*V7, *IRREGULAR, *missed], "2025-02-24", "2025-04-01") == day(
        "2025-03-08"
    )
    assert first_day_a_test_confirms([*V7, *REGULAR, *missed], "2025-02-24", "2025-04-01") == day(
        "2025-03-17"
    )


def test_v15_a_lockout_running_at_the_modification_ends_there_under_that_reading_alone() -> None:
    before = [
        negative("2026-10-01"),
        *both_forms("2026-09-20"),
        {"kind": "cycle", "date": "2026-10-01", "regular": False},
    ]
    missed = us_case(*before, negative("2026-11-06"), prescribed("2026-11-06"))
    # the window closed on 12 November; 6 November + 19 days = 25 November
    for reading in (R2_STAYS, R3_IS_LIVE):
        assert answer(missed, "2026-11-14", reading).rules["dispensing.no_lockout"] == "not_met"
    assert answer(missed, "2026-11-15", R3_IS_LIVE).rules["dispensing.no_lockout"] == "met"
    assert answer(missed, "2026-11-15", R2_STAYS).days["dispensing.no_lockout"] == day("2026-11-25")
    retested = us_case(*missed["facts"][1:], negative("2026-11-15"))
    assert answer(retested, "2026-11-15", R3_IS_LIVE).rules["dispensing.inside_the_window"] == "met"
    assert answer(retested, "2026-11-15", R2_STAYS).rules["dispensing.inside_the_window"] == "not_met"


def test_v15_a_specimen_of_the_eve_stays_void_when_read_from_the_other_side() -> None:
    before = [
        negative("2026-10-01"),
        *both_forms("2026-09-20"),
        {"kind": "cycle", "date": "2026-10-01", "regular": False},
    ]
    void = us_case(*before, negative("2026-11-06"), prescribed("2026-11-06"), negative("2026-11-14"))
    assert answer(void, "2026-11-16", R3_IS_LIVE).rules["dispensing.inside_the_window"] == "not_met"


def test_v16_the_post_treatment_test_is_thirty_days_after_the_last_dose() -> None:
    given = [negative("2025-06-01"), prescribed("2025-06-01"), dispensed("2025-06-01")]
    stop = {"kind": "treatment_stop", "date": "2025-06-30", "reason": "completed"}
    assert answer(us_case(*given, stop), "2025-07-01").post_treatment_test_on == day("2025-07-30")


def test_a_positive_test_ends_the_sequence_and_its_disproof_asks_for_two_new_tests() -> None:
    facts = [
        *V7,
        *IRREGULAR,
        {
            "kind": "pregnancy_test",
            "id": "pos",
            "taken_on": "2025-02-10",
            "result": "positive",
            "setting": "laboratory",
        },
        negative("2025-02-11"),
    ]
    said = answer(us_case(*facts), "2025-02-11")
    assert said.rules["pregnancy_testing.no_positive_test"] == "not_met"
    assert said.rules["pregnancy_testing.confirmatory_test"] == "unknown"  # 11 February is the new first test
    disproved = {
        "kind": "clinical_decision",
        "date": "2025-02-12",
        "about": "pos",
        "decision": "continue",
        "by": "dr-1",
        "reason": "serum negative",
    }
    again = [*facts, disproved, negative("2025-02-13")]
    assert answer(us_case(*again), "2025-02-12").rules["pregnancy_testing.no_positive_test"] == "met"
    # The new sequence begins with the disproof: 13 February + 19 days = 4 March
    assert first_day_a_test_confirms(again, "2025-02-14", "2025-04-01") == day("2025-03-04")


@pytest.mark.parametrize(("taken_on", "expected"), [("2026-02-27", "met"), ("2026-02-26", "not_met")])
def test_uk_1_and_2_the_test_is_at_most_three_days_old_at_prescription(taken_on: str, expected: str) -> None:
    # 2026 is no leap year: 27 February to 2 March is 3 days, 26 February to 2 March is 4
    covered = both_forms("2026-01-05")
    said = answer(uk_case(*covered, negative(taken_on), prescribed("2026-03-02")), "2026-03-02", UK)
    assert said.rules["pregnancy_testing.test_before_prescription"] == expected


@pytest.mark.parametrize(
    ("on", "expected", "amber"),
    [("2026-03-08", "met", False), ("2026-03-09", "met", True), ("2026-03-10", "not_met", False)],
)
def test_uk_3_day_7_after_issue_passes_with_amber(on: str, expected: str, amber: bool) -> None:
    said = answer(uk_case(negative("2026-03-02"), prescribed("2026-03-02")), on, UK)
    assert said.window == Window(day("2026-03-02"), day("2026-03-09"), "Europe/London")
    assert (said.rules["dispensing.inside_the_window"], said.amber) == (expected, amber)


@pytest.mark.parametrize(("on", "expected"), [("2026-03-30", "not_met"), ("2026-03-31", "met")])
def test_uk_11_contraception_leads_by_four_weeks(on: str, expected: str) -> None:
    said = answer(uk_case(*both_forms("2026-03-03")), on, UK)
    assert said.rules["contraception.lead_time"] == expected
    assert said.days["contraception.lead_time"] == (None if expected == "met" else day("2026-03-31"))


@pytest.mark.parametrize(("taken_on", "expected"), [("2026-03-30", "not_met"), ("2026-03-31", "met")])
def test_uk_the_first_prescription_asks_for_a_test_after_the_lead_time(taken_on: str, expected: str) -> None:
    # UK-PPP-09; 3 March + 28 days = 31 March
    said = answer(uk_case(*both_forms("2026-03-03"), negative(taken_on)), "2026-03-31", UK)
    assert said.rules["pregnancy_testing.test_before_prescription"] == expected


def test_eu_11_a_calendar_month_after_3_march_is_3_april() -> None:
    assert same_day_next_month(day("2026-03-03")) == day("2026-04-03")


@pytest.mark.parametrize(
    ("stop", "due"),
    [
        ("2026-01-31", "2026-02-28"),
        ("2024-01-31", "2024-02-29"),
        ("2026-12-31", "2027-01-31"),
        ("2026-02-28", "2026-03-28"),
    ],
)
def test_eu_10_the_post_treatment_month_is_clamped_to_the_month_end(stop: str, due: str) -> None:
    given = [
        prescribed("2023-12-29"),
        dispensed("2023-12-29"),
        {"kind": "treatment_stop", "date": stop, "reason": "completed"},
    ]
    assert answer(uk_case(*given), "2027-02-01", UK).post_treatment_test_on == day(due)


def test_pages_are_counted_like_the_calendar() -> None:
    assert turn_pages(day("2024-02-28"), 2) == day("2024-03-01")
    assert days_between(day("2024-02-28"), day("2024-03-01")) == 2
    assert days_between(day("2024-03-01"), day("2024-02-28")) is None


def test_the_oracle_shares_no_code_with_the_product() -> None:
    sources = [path for path in Path(__file__).parent.glob("*.py") if not path.name.startswith("test_")]
    assert len(sources) >= 7
    for path in sources:
        imported = [line for line in path.read_text().splitlines() if line.startswith(("import ", "from "))]
        assert not [line for line in imported if "isovigil" in line], f"{path.name} imports the product"


def test_the_same_seed_gives_the_same_timeline() -> None:
    assert timeline(7) == timeline(7)
    assert timeline(7) != timeline(8)


def test_the_timelines_reach_every_answer_of_every_rule() -> None:
    seen: set[tuple[str, str, str]] = set()
    for seed in range(600):
        case, days = timeline(seed)
        for on in days:
            for reading in readings_on(case, on):
                said = day_answer(case, on, reading)
                if said is not None and said.can_become_pregnant:
                    seen |= {(case["programme"], rule, word) for rule, word in said.rules.items()}
    for programme, rule in sorted({(programme, rule) for programme, rule, _ in seen}):
        words = {word for where, what, word in seen if (where, what) == (programme, rule)}
        # A first test is there or nobody has recorded it; every other rule can also fail on its days.
        wanted = {"met", "unknown"} if rule == "pregnancy_testing.screening_test" else {"met", "not_met"}
        assert wanted <= words, f"{programme} {rule}: only {sorted(words)}"
