"""Do the windows counted from a few dates agree with the published examples?"""

from __future__ import annotations

import json
from datetime import date

import pytest
from typer.testing import CliRunner

from isovigil import load_rulebook
from isovigil.cli.main import app
from isovigil.cli.plan_commands import app_commands
from isovigil.law.refusal import NoRuleInForce, ProgrammeNotModelled
from isovigil.usecases.windows import KINDS, WindowDates, windows_from_dates

RULEBOOK = load_rulebook()
NOW = date(2026, 11, 21)


def days(programme: str, dates: WindowDates, reading: int = 0) -> dict[str, tuple[str, str | None]]:
    """First and last day of each answer, by the first words of what it is about."""
    found = windows_from_dates(RULEBOOK, programme, dates, NOW)[reading].found
    return {
        each.what: (str(each.opens_on), None if each.closes_on is None else str(each.closes_on))
        for each in found
    }


def test_v1_to_v3_the_us_window_and_what_a_missed_one_costs():
    told = days("us_ipledge", WindowDates(tests=(date(2024, 3, 4),)))
    assert told["Hand-over on the test of 4 March 2024"] == ("2024-03-04", "2024-03-10")
    # 4 March + 19 days = 23 March; for a later window the day after 10 March.
    assert told["Next specimen if the first window, of 4 March 2024, goes uncollected"] == (
        "2024-03-23",
        None,
    )
    assert told["Next specimen if a later window, of 4 March 2024, goes uncollected"] == ("2024-03-11", None)


def test_v4_and_v5_after_the_scheduled_modification_both_readings_are_given():
    dates = WindowDates(tests=(date(2026, 11, 16),))
    assert len(windows_from_dates(RULEBOOK, "us_ipledge", dates, NOW)) == 2
    missed = "Next specimen if the first window, of 16 November 2026, goes uncollected"
    assert days("us_ipledge", dates, 0)[missed] == ("2026-12-05", None)  # 16 November + 19 days
    assert days("us_ipledge", dates, 1)[missed] == ("2026-11-17", None)  # at once


def test_v6_the_counselling_window_counts_its_first_day():
    told = days("us_ipledge", WindowDates(counselling=date(2023, 5, 2)))
    assert told["Hand-over on the counselling of 2 May 2023"] == ("2023-05-02", "2023-05-31")


@pytest.mark.parametrize(
    ("menses", "cycle_days", "earliest"),
    [((), None, "2025-02-10"), ((date(2025, 1, 20),), 28, "2025-02-17")],
)
def test_v7_the_confirmatory_test_by_gaps_and_by_cycle(
    menses: tuple[date, ...], cycle_days: int | None, earliest: str
):
    dates = WindowDates(
        screening=date(2025, 1, 6),
        contraception_from=date(2025, 1, 10),
        menses=menses,
        cycle_days=cycle_days,
    )
    told = days("us_ipledge", dates)
    assert told["Confirmatory test after the screening test of 6 January 2025"] == (earliest, None)


def test_v16_what_follows_the_last_dose():
    told = days("us_ipledge", WindowDates(last_dose=date(2025, 6, 30)))
    assert told["Pregnancy test after treatment"][0] == "2025-07-30"
    assert told["Contraception goes on"][1] == "2025-07-30"
    assert told["No blood donation"][1] == "2025-07-30"


def test_a_test_serves_prescriptions_for_three_days_and_a_prescription_seven():
    told = days("uk_mhra", WindowDates(tests=(date(2026, 2, 27),), prescription=date(2026, 3, 2)))
    served = told["A prescription that the test of 27 February 2026 serves"]
    assert served == ("2026-02-27", "2026-03-02")
    assert told["Any hand-over on the test of 27 February 2026"] == ("2026-02-27", "2026-03-09")
    assert told["Hand-over on the prescription of 2 March 2026"] == ("2026-03-02", "2026-03-09")


def test_germany_counts_six_days_and_italy_from_the_certificate():
    german = days("de_amvv", WindowDates(prescription=date(2026, 3, 2)))
    assert german["Hand-over on the prescription of 2 March 2026"][1] == "2026-03-08"
    italian = days("it_aifa", WindowDates(certificate=date(2026, 3, 1), prescription=date(2026, 3, 3)))
    assert italian == {"Hand-over on the certificate of 1 March 2026": ("2026-03-01", "2026-03-08")}


def test_each_date_is_judged_by_the_law_of_its_own_day():
    # Five weeks after 1 June 2017 are 6 July; a month after 31 January 2026 is 28 February.
    before = days("eu_ppp", WindowDates(last_dose=date(2017, 6, 1)))
    assert before["Pregnancy test after treatment"][0] == "2017-07-06"
    after = days("eu_ppp", WindowDates(last_dose=date(2026, 1, 31)))
    assert after["Pregnancy test after treatment"][0] == "2026-02-28"


def test_outside_the_law_held_and_elsewhere_nothing_is_guessed():
    with pytest.raises(NoRuleInForce):
        windows_from_dates(RULEBOOK, "us_ipledge", WindowDates(tests=(date(2006, 3, 4),)), NOW)
    with pytest.raises(ProgrammeNotModelled):
        windows_from_dates(RULEBOOK, "canada", WindowDates(tests=(date(2024, 3, 4),)), NOW)
    with pytest.raises(ValueError, match="No date was given"):
        windows_from_dates(RULEBOOK, "us_ipledge", WindowDates(), NOW)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        (["--programme", "us_ipledge", "--test", "2024-03-04"], 0),
        (["--programme", "us_ipledge"], 2),
        (["--programme", "us_ipledge", "--test", "4 March"], 2),
        (["--programme", "nowhere", "--test", "2024-03-04"], 2),
        (["--programme", "canada", "--test", "2024-03-04"], 3),
        (["--programme", "us_ipledge", "--test", "2006-03-04"], 3),
    ],
)
def test_the_command_answers_refuses_and_says_so_by_its_exit_code(typed: list[str], code: int):
    if "windows" not in {command.name for command in app.registered_commands}:
        app_commands(app)
    said = CliRunner().invoke(app, ["windows", *typed, "--format", "json", "--known-by", "2026-11-21"])
    assert said.exit_code == code, said.output
    if code == 0:
        assert json.loads(said.stdout)["schema"] == "isovigil.windows/1"


def kinds(programme: str, dates: WindowDates) -> list[str]:
    return [each.kind for each in windows_from_dates(RULEBOOK, programme, dates, NOW)[0].found]


def test_who_cannot_become_pregnant_is_told_only_what_concerns_everyone():
    # In the UK only the deferral of blood donation concerns everyone.
    cannot = WindowDates(
        prescription=date(2026, 3, 2), last_dose=date(2026, 3, 31), can_become_pregnant=False
    )
    assert kinds("uk_mhra", cannot) == ["no_blood_donation"]
    # Italy's window concerns everyone: seven days from the prescription.
    assert kinds("it_aifa", cannot) == ["hand_over_on_prescription", "no_blood_donation"]


def test_every_answer_has_a_kind_that_is_listed():
    everything = WindowDates(
        tests=(date(2026, 3, 2),),
        screening=date(2026, 2, 2),
        contraception_from=date(2026, 1, 20),
        prescription=date(2026, 3, 3),
        counselling=date(2026, 3, 2),
        last_dose=date(2026, 3, 31),
    )
    told = {kind for programme in RULEBOOK.programmes for kind in kinds(programme, everything)}
    told |= set(kinds("it_aifa", WindowDates(certificate=date(2026, 3, 2))))
    assert told == set(KINDS)
