"""Does every day have exactly one value or a named refusal, in every reading of the open dates?"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isovigil import load_rulebook
from isovigil.exchange.rulebook_reader import read_rulebook
from isovigil.law.law import Law
from isovigil.law.refusal import NoRuleInForce, ProgrammeNotModelled, UnknownPolicy, UnknownProgramme
from isovigil.law.rulebook import Rulebook
from isovigil.law.value import ValueHistory
from tests.rulebook.small_rulebook import SMALL, WINDOW, small_rulebook, with_changes

US, UK, BALANCED = "us_ipledge", "uk_mhra", "balanced"
PROGRAMMES = (US, UK, "eu_ppp", "de_amvv", "fr_ansm", "it_aifa", "nl_ppp")


@cache
def rulebook() -> Rulebook:
    return load_rulebook()


def readings(programme: str, known_by: date, *days: date) -> list[Law]:
    return [law for law, _ in rulebook().readings(programme, BALANCED, known_by, days)]


BOUNDARIES = sorted(
    {date(2007, 12, 1), date(2007, 12, 31), date(2020, 3, 22), date(2005, 1, 1), date(2005, 12, 31)}
    | {date(2003, 10, 17), date(2004, 11, 1), date(2005, 11, 1), date(2005, 11, 30), date(2015, 5, 1)}
    | {date(2015, 5, 31), date(2018, 3, 22), date(2018, 6, 1), date(2018, 6, 30), date(2019, 3, 29)}
    | {date(2019, 4, 1), date(2019, 6, 1), date(2019, 6, 30)}
    | {date(2021, 10, 8), date(2021, 12, 13), date(2023, 10, 1), date(2023, 10, 31), date(2023, 12, 7)}
    | {date(2024, 2, 1), date(2024, 2, 29), date(2025, 10, 27), date(2026, 1, 22), date(2026, 2, 9)}
    | {date(2026, 6, 16), date(2026, 8, 8), date(2026, 11, 15)}
)
near_a_boundary = st.builds(
    lambda day, by: day + timedelta(days=by), st.sampled_from(BOUNDARIES), st.integers(-2, 2)
)
any_day = st.dates(date(2003, 1, 1), date(2030, 12, 31))
days = st.one_of(near_a_boundary, any_day)


def governing(history: ValueHistory, law: Law, on: date) -> object:
    """The value of the statement with the latest start by that day, found the long way round."""
    found: tuple[date, object] | None = None
    for said in history.statements:
        start = said.from_day if said.from_layer is None else law.start_of(said.from_layer)
        announced = said.announced_on <= law.known_by
        if announced and start is not None and start <= on and (found is None or start > found[0]):
            found = (start, said.value)
    return None if found is None else found[1]


@given(programme=st.sampled_from(PROGRAMMES), on=days, known_by=days)
def test_every_question_has_exactly_one_value_or_a_named_refusal_on_every_day(
    programme: str, on: date, known_by: date
):
    for law in readings(programme, known_by, on):
        for name, history in law.programme.values.items():
            expected = governing(history, law, on)
            assert law.holds(name, on) == (expected is not None)
            if expected is not None:
                assert law.value(name, on).from_ <= on
                assert law.value(name, on).cite.source in rulebook().sources
                continue
            with pytest.raises(NoRuleInForce, match=name):
                law.value(name, on)


@given(programme=st.sampled_from(PROGRAMMES), on=days, known_by=days)
def test_a_day_has_at_most_two_readings_and_they_are_told_with_what_decides(
    programme: str, on: date, known_by: date
):
    told = rulebook().readings(programme, BALANCED, known_by, [on])
    assert len(told) in (1, 2)
    for _, assumed in told:
        assert bool(assumed) == (len(told) == 2)
        assert all(layer.undecided_because for layer in assumed)


@given(programme=st.sampled_from(PROGRAMMES), on=days, known_by=days)
def test_the_same_question_is_answered_by_the_same_reading_again(programme: str, on: date, known_by: date):
    once, again = readings(programme, known_by, on), readings(programme, known_by, on)
    assert [id(law) for law in once] == [id(law) for law in again]


@given(on=days, known_by=days)
def test_what_is_announced_later_never_changes_what_was_known_before(on: date, known_by: date):
    """The kept readings answer like fresh ones, whatever was asked of the rulebook before."""
    fresh = Rulebook(rulebook().parts, rulebook().digest)
    for programme in (US, UK):
        for kept, new in zip(
            readings(programme, known_by, on),
            (law for law, _ in fresh.readings(programme, BALANCED, known_by, [on])),
            strict=True,
        ):
            for name in kept.programme.values:
                assert kept.holds(name, on) == new.holds(name, on)
                if kept.holds(name, on):
                    assert kept.value(name, on) == new.value(name, on)


def test_the_day_before_the_first_regime_is_refused_and_the_day_itself_is_not():
    last_refused, first_held = date(2003, 10, 16), date(2003, 10, 17)
    (law,) = readings("eu_ppp", date(2024, 1, 1), last_refused, first_held)
    with pytest.raises(NoRuleInForce, match="start on 17 October 2003"):
        law.regime_on(last_refused)
    with pytest.raises(NoRuleInForce, match="start on 17 October 2003"):
        law.days("dispensing/days_after_prescription", last_refused)
    assert law.regime_on(first_held).id == "eu_ppp/2003-10-17"
    assert law.days("dispensing/days_after_prescription", first_held).value == 7


def test_a_first_regime_known_to_the_month_says_so_when_it_refuses():
    (law,) = readings(US, date(2024, 1, 1), date(2007, 11, 30))
    open_time = "between 1 December 2007 and 31 December 2007, on a day that was not found"
    with pytest.raises(NoRuleInForce, match=open_time):
        law.regime_on(date(2007, 12, 31))
    assert law.regime_on(date(2008, 1, 1)).id == "us_ipledge/2007-12"


def test_a_regime_is_unknown_until_the_day_it_is_announced():
    # The platform change of 13 December 2021 was approved on 8 October 2021.
    (before,) = readings(US, date(2021, 10, 7), date(2021, 12, 13))
    assert before.regime_on(date(2021, 12, 13)).id == "us_ipledge/2007-12"
    (after,) = readings(US, date(2021, 10, 8), date(2021, 12, 13))
    assert after.regime_on(date(2021, 12, 13)).id == "us_ipledge/2021-12-13"
    (nothing,) = readings(US, date(2007, 11, 30), date(2008, 1, 1))
    with pytest.raises(NoRuleInForce, match="nothing about the US iPLEDGE REMS had been announced"):
        nothing.regime_on(date(2008, 1, 1))


def test_an_overlay_ends_with_its_regime_unless_it_was_carried_on():
    (law,) = readings(US, date(2024, 1, 1), date(2020, 3, 21))
    carried = ("us_ipledge/pandemic-2020",)
    told = [law.regime_on(day).overlays for day in (date(2020, 3, 21), date(2020, 3, 22), date(2021, 12, 13))]
    assert told == [(), carried, carried]


LOCKOUT = "dispensing/lockout_days_before_first_hand_over"

# (known by, the day before the scheduled one and that day, or None when nothing is known of it)
SCHEDULED = [
    (date(2026, 2, 8), None),
    (date(2026, 2, 9), date(2026, 8, 8)),
    (date(2026, 6, 15), date(2026, 8, 8)),
    (date(2026, 6, 16), date(2026, 11, 15)),
    (date(2026, 12, 31), date(2026, 11, 15)),
]


@pytest.mark.parametrize(("known_by", "scheduled"), SCHEDULED)
def test_the_2026_modification_is_scheduled_as_it_was_announced_by_then(
    known_by: date, scheduled: date | None
):
    if scheduled is None:
        (law,) = readings(US, known_by, date(2026, 12, 31))
        assert law.days(LOCKOUT, date(2026, 12, 31)).value == 19
        return
    (certain,) = readings(US, known_by, scheduled - timedelta(days=1))
    assert certain.days(LOCKOUT, scheduled - timedelta(days=1)).value == 19
    without, with_it = readings(US, known_by, scheduled)
    assert without.days(LOCKOUT, scheduled).value == 19
    assert without.regime_on(scheduled).id == "us_ipledge/2021-12-13"
    assert with_it.days(LOCKOUT, scheduled).value == 0
    assert with_it.regime_on(scheduled).id == "us_ipledge/2026-modification"


OCTOBER = [
    (date(2023, 9, 30), [["pandemic-2020"]]),
    (date(2023, 10, 1), [["pandemic-2020"], ["discretion-2023-10"]]),
    (date(2023, 10, 31), [["pandemic-2020"], ["discretion-2023-10"]]),
    (date(2023, 11, 1), [["discretion-2023-10"]]),
]


@pytest.mark.parametrize(("on", "overlays"), OCTOBER)
def test_a_start_known_to_the_month_gives_two_readings_inside_it_and_one_outside(
    on: date, overlays: list[list[str]]
):
    told = [
        [name.removeprefix("us_ipledge/") for name in law.regime_on(on).overlays]
        for law in readings(US, date(2024, 1, 1), on)
    ]
    assert told == overlays


def test_an_overlay_ends_with_the_regime_it_lies_over():
    on = date(2026, 11, 15)
    before, after = readings(US, date(2026, 11, 21), on)
    assert before.regime_on(on).overlays == ("us_ipledge/discretion-2023-10",)
    assert after.regime_on(on).overlays == ()


def test_a_regime_ends_the_day_before_the_next_settled_one_and_not_for_a_scheduled_one():
    (law,) = readings(UK, date(2026, 3, 1), date(2026, 1, 21))
    assert law.regime_on(date(2026, 1, 21)).to == date(2026, 1, 21)
    assert law.regime_on(date(2026, 1, 22)).to is None
    (scheduled,) = readings(US, date(2026, 3, 1), date(2026, 3, 1))
    assert scheduled.regime_on(date(2026, 3, 1)).to is None


def test_the_uk_month_is_open_on_each_of_its_days_and_on_no_other():
    # 2024 is a leap year: February has 29 days.
    counts = {
        on: len(readings(UK, date(2024, 6, 1), on))
        for on in (date(2024, 1, 31), date(2024, 2, 1), date(2024, 2, 29), date(2024, 3, 1))
    }
    assert list(counts.values()) == [1, 2, 2, 1]


def test_an_act_in_an_open_month_keeps_both_readings_for_a_later_day():
    assert len(readings(UK, date(2024, 6, 1), date(2024, 6, 1), date(2024, 2, 15))) == 2


def test_the_small_rulebook_reads_its_open_dates_by_what_is_known():
    law = small_rulebook()
    for known_by, on, values in (
        (date(2021, 12, 31), date(2022, 10, 1), [10]),
        (date(2022, 1, 1), date(2022, 5, 31), [10]),
        (date(2022, 1, 1), date(2022, 6, 1), [10, 14]),
        (date(2022, 4, 1), date(2022, 8, 31), [10]),
        (date(2022, 4, 1), date(2022, 9, 1), [10, 14]),
        (date(2020, 11, 30), date(2021, 1, 1), [7]),
        (date(2020, 12, 1), date(2020, 12, 31), [7]),
        (date(2020, 12, 1), date(2021, 1, 1), [10]),
    ):
        told = [
            one.days("dispensing/window_days", on).value
            for one, _ in law.readings("xx_law", BALANCED, known_by, [on])
        ]
        assert told == values, (known_by, on)


def test_a_programmes_own_value_wins_over_the_clinical_policys():
    on, name = date(2020, 6, 1), "dispensing/window_days"
    policy = SMALL[WINDOW].replace("from: first", "from: 2020-02-01\n    announced_on: 2020-01-10")
    policy = policy[: policy.index("  - from: 2021")].replace("value: 7", "value: 99")
    texts = {**with_changes(), "clinical/balanced/dispensing/window_days.yaml": policy.encode()}
    texts["clinical/balanced/dispensing/other_days.yaml"] = policy.encode()
    ((law, _),) = Rulebook(read_rulebook(texts), "00" * 32).readings("xx_law", BALANCED, on, [on])
    assert (law.days(name, on).value, law.days(name, on).name) == (7, "xx_law/dispensing/window_days")
    other = law.days("dispensing/other_days", on)
    assert (other.value, other.name) == (99, "clinical/balanced/dispensing/other_days")


def test_what_was_resolved_for_one_days_knowledge_is_not_handed_to_another():
    # The value of 10 days was announced on 1 December 2020.
    law, on = small_rulebook(), date(2021, 6, 1)
    for known_by, value in ((date(2020, 12, 1), 10), (date(2020, 11, 30), 7), (date(2020, 12, 1), 10)):
        told = [
            one.days("dispensing/window_days", on).value
            for one, _ in law.readings("xx_law", BALANCED, known_by, [on])
        ]
        assert told == [value]


def test_a_country_known_by_name_is_refused_with_what_is_missing():
    with pytest.raises(ProgrammeNotModelled, match=r"Ypsilonia cannot be judged: .*Its two tests"):
        small_rulebook().programme("Ypsilonia")
    with pytest.raises(
        ProgrammeNotModelled, match=r"Zetland cannot be judged: .*Nothing about its rules was read"
    ):
        small_rulebook().programme("zetland")


def test_a_name_nobody_knows_is_refused_with_what_there_is_and_a_guess():
    with pytest.raises(UnknownProgramme, match=r"'zzz' is not a programme .*It holds xx_law") as refused:
        small_rulebook().programme("zzz")
    assert refused.value.meant is None
    with pytest.raises(UnknownProgramme, match=r"Did you mean xx_law\?"):
        small_rulebook().programme("xx")
    with pytest.raises(UnknownPolicy, match=r"'balance' .*Did you mean balanced\?"):
        small_rulebook().policy("balance")


COUNTRIES = [
    "canada",
    "australia",
    "new_zealand",
    "brazil",
    "saudi_arabia",
    "south_korea",
    "singapore",
    "central_asia",
    "turkey",
    "israel",
    "norway",
    "sweden",
    "austria",
    "ireland",
    "malaysia",
    "spain",
    "belgium",
    "poland",
    "denmark",
]


@pytest.mark.parametrize("country", COUNTRIES)
def test_every_programme_and_country_of_the_comparison_is_refused_by_name(country: str):
    with pytest.raises(ProgrammeNotModelled) as refused:
        rulebook().programme(country)
    assert "What is known to be missing: " in str(refused.value)
