"""Does each value say what the programmes' tables say, from the day and with the strength they say?

The tables are the parameter matrix of the US programme (regimes R2, R2 with discretion, R3) and the
comparison table of the UK's (UK-3, UK-3a, UK-3b, UK-4). Every change has the day before it beside it.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

import pytest

from isovigil import load_rulebook
from isovigil.calendar.days import Period
from isovigil.law.law import Law
from isovigil.law.rulebook import Rulebook

R2, LAST_OF_R2, R3 = date(2021, 12, 13), date(2026, 11, 14), date(2026, 11, 15)
NOW = date(2026, 11, 21)


@cache
def rulebook() -> Rulebook:
    return load_rulebook()


def us(on: date) -> Law:
    """The reading in which the 2026 modification took effect as last announced."""
    return [law for law, _ in rulebook().readings("us_ipledge", "balanced", NOW, [on])][-1]


def uk(on: date) -> Law:
    return [law for law, _ in rulebook().readings("uk_mhra", "balanced", NOW, [on])][-1]


UNCHANGED_SINCE_2021 = {
    "pregnancy_testing/scheme": "window_from_specimen",
    "pregnancy_testing/pregnancy_excludes_treatment": True,
    "pregnancy_testing/tests_before_start": 2,
    "pregnancy_testing/days_between_start_tests": 19,
    "pregnancy_testing/days_of_menses_for_confirmatory_test": 5,
    "pregnancy_testing/sensitivity": 25,
    "pregnancy_testing/settings_screening": ("clinic", "laboratory"),
    "contraception/lead": Period(1, "month", Period(30, "day")),
    "contraception/method_policy": "two_forms_one_primary",
    "contraception/entries_must_match": True,
    "dispensing/window_days": 7,
    "dispensing/window_days_if_cannot_become_pregnant": 30,
    "dispensing/lockout_days_after_first_hand_over": 0,
    "dispensing/single_hand_over": True,
    "prescription/supply_limit_days": 30,
    "prescription/supply_limit_concerns": "everyone",
    "prescription/refills_allowed": 0,
}


@pytest.mark.parametrize(("name", "value"), UNCHANGED_SINCE_2021.items())
def test_the_us_value_is_the_same_from_2021_on_and_is_law(name: str, value: Any):
    for on in (R2, LAST_OF_R2, R3):
        told = us(on).value(name, on)
        assert (told.value, told.strength) == (value, "law"), on


CHANGED_IN_2026 = {
    "dispensing/lockout_days_before_first_hand_over": (19, 0),
    "dispensing/window_if_cannot_become_pregnant": (True, False),
    "pregnancy_testing/settings_before_first_dose": (("laboratory",), ("clinic", "laboratory")),
    "pregnancy_testing/settings_during_treatment": (
        ("laboratory",),
        ("clinic", "laboratory", "home", "supervised_remote"),
    ),
}


@pytest.mark.parametrize(("name", "values"), CHANGED_IN_2026.items())
def test_the_us_value_changes_with_the_2026_modification_and_not_the_day_before(
    name: str, values: tuple[Any, Any]
):
    told = us(LAST_OF_R2).value(name, LAST_OF_R2), us(R3).value(name, R3)
    assert tuple(each.value for each in told) == values
    assert {each.strength for each in told} == {"law"}


# (setting, screening, before the first dose, during treatment) in R2, in R2 with discretion, in R3.
# L = law accepts, D = only tolerated, - = refused.
SETTINGS = [
    ("laboratory", "LLL", "LLL", "LLL"),
    ("clinic", "LDD", "LDD", "LLL"),
    ("home", "--D", "--D", "--L"),
    ("supervised_remote", "--D", "--D", "--L"),
    ("unknown", "---", "---", "---"),
]


@pytest.mark.parametrize(("setting", "in_the_pandemic", "by_discretion", "modified"), SETTINGS)
def test_where_a_us_test_may_be_taken(setting: str, in_the_pandemic: str, by_discretion: str, modified: str):
    for on, expected in ((R2, in_the_pandemic), (date(2024, 6, 1), by_discretion), (R3, modified)):
        law = us(on)
        told = ""
        for name in ("screening", "before_first_dose", "during_treatment"):
            tolerated = f"pregnancy_testing/settings_tolerated_{name}"
            if setting in law.words(f"pregnancy_testing/settings_{name}", on).value:
                told += "L"
            elif law.holds(tolerated, on) and setting in law.words(tolerated, on).value:
                told += "D"
                assert law.words(tolerated, on).strength == "discretion"
            else:
                told += "-"
        assert told == expected, on


def test_a_process_for_home_tests_is_needed_from_the_discretion_on():
    name = "pregnancy_testing/settings_needing_home_test_process"
    assert not us(date(2023, 9, 30)).holds(name, date(2023, 9, 30))
    told = us(date(2023, 11, 1)).words(name, date(2023, 11, 1))
    assert (told.value, told.strength) == (("home", "supervised_remote"), "discretion")
    assert us(R3).words(name, R3).strength == "law"


METHODS = """
tubal_sterilisation      primary    independent
partner_vasectomy        primary    independent
iud_copper               primary    independent
iud_hormonal             primary    independent
implant                  primary    independent
injection                primary    hormonal
combined_pill            primary    hormonal
patch                    primary    hormonal
ring                     primary    hormonal
progestin_only_pill      -          -
condom                   secondary  barrier
diaphragm_spermicide     secondary  barrier
cervical_cap_spermicide  secondary  barrier
sponge                   secondary  -
female_condom            -          -
withdrawal               -          -
fertility_awareness      -          -
lactation                -          -
"""
US_LISTS = {"primary": "contraception/primary_methods", "secondary": "contraception/secondary_methods"}
UK_LISTS = {
    "independent": "contraception/user_independent_methods",
    "hormonal": "contraception/user_dependent_hormonal_methods",
    "barrier": "contraception/user_dependent_barrier_methods",
}


@pytest.mark.parametrize("row", METHODS.strip().splitlines(), ids=lambda row: row.split()[0])
def test_a_contraceptive_method_is_on_the_list_it_belongs_to_and_on_no_other(row: str):
    method, in_us, in_uk = row.split()
    on = date(2026, 3, 1)
    for law, lists, belongs in ((us(on), US_LISTS, in_us), (uk(on), UK_LISTS, in_uk)):
        told = [kind for kind, name in lists.items() if method in law.words(name, on).value]
        assert told == ([] if belongs == "-" else [belongs])


UK_SINCE_2023 = {
    "pregnancy_testing/scheme": ("test_before_prescription", "licence"),
    "pregnancy_testing/pregnancy_excludes_treatment": (True, "licence"),
    "pregnancy_testing/tests_before_start": (1, "guidance"),
    "pregnancy_testing/days_before_prescription": (3, "licence"),
    "pregnancy_testing/start_test_follows_contraception_lead": (True, "licence"),
    "pregnancy_testing/sensitivity": (25, "licence"),
    "contraception/lead": (Period(4, "week"), "licence"),
    "contraception/method_policy": ("one_user_independent_or_two_complementary", "licence"),
    "contraception/waiver_accepted": (True, "licence"),
    "dispensing/days_after_prescription": (7, "licence"),
    "dispensing/last_days_to_look_at": (1, "local_default"),
    "dispensing/single_hand_over": (True, "licence"),
    "prescription/supply_limit_days": (30, "licence"),
    "prescription/supply_limit_concerns": ("can_become_pregnant", "licence"),
    "prescription/refills_allowed": (0, "licence"),
    "prescription/refused_media": (("repeat", "verbal"), "guidance"),
}


@pytest.mark.parametrize(("name", "value"), UK_SINCE_2023.items())
def test_the_uk_value_is_the_same_from_2023_on(name: str, value: tuple[Any, str]):
    for on in (date(2023, 10, 31), date(2025, 10, 26), date(2025, 10, 27), date(2026, 1, 22), NOW):
        told = uk(on).value(name, on)
        assert (told.value, told.strength) == value, on


def test_the_4_weeks_and_the_calendar_month_of_contraception_end_on_different_days():
    # Contraception from 3 March 2026: 28 days later is 31 March (3 + 28 = 31).
    # In the US a calendar month ends on 3 April and 30 days end on 2 April (3 + 30 - 31 = 2), so 3 April.
    on = date(2026, 3, 3)
    assert uk(on).period("contraception/lead", on).value.after(on) == date(2026, 3, 31)
    assert us(on).period("contraception/lead", on).value.after(on) == date(2026, 4, 3)
    # From 10 January 2025 a calendar month ends on 10 February and 30 days on 9 February.
    from_january = us(on).period("contraception/lead", on).value.after(date(2025, 1, 10))
    assert from_january == date(2025, 2, 10)


@pytest.mark.parametrize("name", ["settings_before_first_dose", "settings_during_treatment"])
def test_a_supervised_remote_test_counts_in_the_uk_from_27_october_2025_and_a_home_test_never(name: str):
    day_before, day = date(2025, 10, 26), date(2025, 10, 27)
    assert uk(day_before).words(f"pregnancy_testing/{name}", day_before).value == ("clinic", "laboratory")
    told = uk(day).words(f"pregnancy_testing/{name}", day)
    assert told.value == ("clinic", "laboratory", "supervised_remote")
    assert told.strength == "licence"


STARTERS = [
    (date(2023, 12, 6), ("dermatologist",)),
    (date(2023, 12, 7), ("dermatologist", "gp_extended_role")),
    (date(2024, 1, 31), ("dermatologist", "gp_extended_role")),
    (date(2024, 3, 1), ("dermatologist", "gp_extended_role", "nurse_specialist")),
]


@pytest.mark.parametrize(("on", "roles"), STARTERS)
def test_who_may_start_treatment_in_the_uk_is_guidance_and_grows(on: date, roles: tuple[str, ...]):
    told = uk(on).words("prescription/initiator_roles", on)
    assert (told.value, told.strength) == (roles, "guidance")


@pytest.mark.parametrize(("law", "on"), [(us, R2), (uk, date(2023, 10, 31))], ids=["us", "uk"])
def test_our_own_readings_are_named_as_such(law: Any, on: date):
    for name, value in (
        ("cycle/entries_count_from_days_before", 7),
        ("prescription/quantity_tolerance_days", 0.5),
    ):
        told = law(on).value(name, on)
        assert (told.value, told.strength, told.cite.source) == (value, "local_default", "isovigil-defaults")


@pytest.mark.parametrize(
    ("law", "name"),
    [
        (us, "dispensing/window_days"),
        (us, "dispensing/window_days_if_cannot_become_pregnant"),
        (uk, "dispensing/days_after_prescription"),
    ],
    ids=["us window", "us other window", "uk window"],
)
def test_a_window_says_how_its_days_are_counted(law: Any, name: str):
    assert law(date(2024, 6, 1)).counting(name)
