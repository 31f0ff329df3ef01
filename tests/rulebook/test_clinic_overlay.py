"""May a clinic tighten every value in its direction, and loosen none?"""

from __future__ import annotations

from datetime import date

import pytest

from isovigil import load_rulebook
from isovigil.exchange.clinic_overlay import CLINIC_SOURCE, overlay_read
from isovigil.exchange.rulebook_problems import RulebookProblems
from isovigil.law.law import Law
from isovigil.law.rulebook import Rulebook
from tests.rulebook.small_rulebook import small_rulebook

FROM = date(2021, 6, 1)
LATER = date(2024, 1, 1)


def entry(value: str, value_new: str, from_: str = "2021-06-01", programme: str = "xx_law") -> str:
    return (
        f"  - {{value: {value}, programme: {programme}, value_new: {value_new}, from: {from_}, "
        "reason: our own caution, by: Dr A}\n"
    )


def tightened(*entries: str) -> Rulebook:
    text = "clinic: The clinic\ntightens:\n" + "".join(entries)
    return overlay_read(small_rulebook(), text.encode(), "clinic.yaml")


def confirmed(rulebook: Rulebook, **changes: str) -> Rulebook:
    entry = {
        "layer": "second",
        "programme": "xx_law",
        "from": "2022-09-01",
        "source": "the authority's page",
        "person": "Dr A",
        "on": "2022-09-02",
        **changes,
    }
    fields = ", ".join(f"{key}: {value}" for key, value in entry.items())
    text = f"clinic: The clinic\nconfirms:\n  - {{{fields}}}\n"
    return overlay_read(rulebook, text.encode(), "clinic.yaml")


def only(rulebook: Rulebook, on: date, known_by: date = LATER) -> Law:
    ((law, _),) = rulebook.readings("xx_law", "balanced", known_by, [on])
    return law


def refusals(*entries: str) -> list[str]:
    with pytest.raises(RulebookProblems) as refused:
        tightened(*entries)
    return [problem.says for problem in refused.value.problems]


# (value, what the law says on 1 June 2021, the loosest accepted, the first refused, the direction)
PAIRS = [
    ("dispensing/window_days", "10", "11", "only change it to something lower or shorter"),
    ("contraception/lead", "P1M", "P30D", "only change it to something higher or longer"),
    (
        "pregnancy_testing/settings",
        "[laboratory]",
        "[laboratory, home]",
        "only change it by leaving words out",
    ),
]


@pytest.mark.parametrize(("value", "accepted", "refused", "direction"), PAIRS)
def test_a_value_can_be_kept_or_tightened_and_not_loosened_by_one_step(
    value: str, accepted: str, refused: str, direction: str
):
    tightened(entry(value, accepted))
    # The overlay of March 2021 tolerates home tests on 1 June 2021; from 1 January it does not.
    (says,) = refusals(entry(value, refused, from_="2021-01-01"))
    assert direction in says


def test_a_refusal_says_the_current_value_the_asked_one_and_the_direction():
    (says,) = refusals(entry("dispensing/window_days", "11"))
    assert says == (
        "xx_law/dispensing/window_days is 10 on 1 June 2021 and 11 is asked for; "
        "a clinic may only change it to something lower or shorter."
    )


def test_a_tightened_value_governs_from_its_day_on_and_not_before():
    law = only(tightened(entry("dispensing/window_days", "8")), FROM)
    assert law.days("dispensing/window_days", date(2021, 5, 31)).value == 10
    assert law.days("dispensing/window_days", FROM).value == 8
    assert law.days("dispensing/window_days", FROM).from_ == FROM


def test_it_keeps_the_strength_it_tightens_and_cites_the_clinic_with_the_laws_own_citation_in_the_note():
    value = only(tightened(entry("dispensing/window_days", "8")), FROM).days("dispensing/window_days", FROM)
    assert value.strength == "law"
    assert value.cite.source == CLINIC_SOURCE
    assert value.note is not None
    assert "by Dr A: our own caution." in value.note
    assert "Without it the value is 10 (doc-1, article 6)." in value.note


def test_where_the_law_becomes_stricter_than_the_clinic_the_law_governs_again():
    # The law goes from 7 to 10 days on 1 January 2021. A clinic that asks for 9 in December would loosen...
    assert (
        "is 7 on 1 December 2020 and 9 is asked for"
        in refusals(entry("dispensing/window_days", "9", from_="2020-12-01"))[0]
    )
    # ... and one that keeps 7 is not looser than either, so it stays with 7 when the law goes to 10.
    law = only(tightened(entry("dispensing/window_days", "7", from_="2020-12-01")), FROM)
    assert law.days("dispensing/window_days", date(2020, 12, 31)).cite.source == "doc-1"
    assert law.days("dispensing/window_days", date(2021, 1, 1)).value == 7
    assert law.days("dispensing/window_days", date(2021, 1, 1)).cite.source == CLINIC_SOURCE


def test_a_later_law_that_is_stricter_than_the_clinic_wins_over_it():
    stricter_later = ("xx_law/dispensing/window_days.yaml", "value: 14", "value: 5")
    text = "clinic: The clinic\ntightens:\n" + entry("dispensing/window_days", "8")
    rulebook = overlay_read(small_rulebook(stricter_later), text.encode(), "clinic.yaml")
    on = date(2022, 9, 1)
    told = [
        law.days("dispensing/window_days", on)
        for law, _ in rulebook.readings("xx_law", "balanced", LATER, [on])
    ]
    assert [(value.value, value.cite.source) for value in told] == [(8, CLINIC_SOURCE), (5, "doc-1")]


def test_a_value_must_be_as_strict_as_the_law_in_every_reading_of_an_open_date():
    # On 1 September 2022 the window is 10 days, or 5 if the second regime began.
    stricter_later = ("xx_law/dispensing/window_days.yaml", "value: 14", "value: 5")
    for value_new, accepted in (("5", True), ("6", False)):
        text = "clinic: A\ntightens:\n" + entry("dispensing/window_days", value_new, from_="2022-09-01")
        if accepted:
            overlay_read(small_rulebook(stricter_later), text.encode(), "clinic.yaml")
            continue
        with pytest.raises(RulebookProblems, match="is 5 on 1 September 2022 and 6 is asked for"):
            overlay_read(small_rulebook(stricter_later), text.encode(), "clinic.yaml")


def test_a_list_tightened_to_fewer_words_never_takes_up_what_a_later_law_adds():
    law = only(tightened(entry("pregnancy_testing/settings", "[laboratory]", from_="2020-06-01")), FROM)
    assert law.words("pregnancy_testing/settings", date(2020, 5, 31)).value == ("clinic", "laboratory")
    assert law.words("pregnancy_testing/settings", date(2020, 6, 1)).value == ("laboratory",)
    assert law.words("pregnancy_testing/settings", FROM).value == ("laboratory",)


def test_a_clinic_may_go_back_towards_the_law_with_a_later_entry():
    rulebook = tightened(
        entry("dispensing/window_days", "5"), entry("dispensing/window_days", "8", from_="2021-09-01")
    )
    law = only(rulebook, FROM)
    assert law.days("dispensing/window_days", date(2021, 8, 31)).value == 5
    assert law.days("dispensing/window_days", date(2021, 9, 1)).value == 8


OTHER_REFUSALS = [
    (entry("dispensing/window_dayz", "5"), "holds no value 'dispensing/window_dayz'. Did you mean"),
    (entry("dispensing/window_days", "5", programme="xx_lore"), "Did you mean xx_law?"),
    (entry("dispensing/window_days", "P5D"), "is not a whole number of days"),
    (
        entry("dispensing/window_days", "5", from_="2020-01-31"),
        "no value of xx_law/dispensing/window_days is held",
    ),
    (entry("pregnancy_testing/settings", "[]"), "would leave nothing that is accepted"),
    (entry("dispensing/window_days", "5").replace(", by: Dr A", ""), "by is missing"),
    (entry("dispensing/window_days", "5").replace("reason", "raison"), "Did you mean reason?"),
]


@pytest.mark.parametrize(("text", "says"), OTHER_REFUSALS, ids=[says for _, says in OTHER_REFUSALS])
def test_an_entry_is_refused_when(text: str, says: str):
    assert any(says in told for told in refusals(text))


def test_two_entries_for_one_value_on_one_day_are_refused():
    told = refusals(entry("dispensing/window_days", "5"), entry("dispensing/window_days", "4"))
    assert told == ["the entries for one value stand in the order of their days, one for each day."]


def test_a_value_that_is_no_clinics_to_change_is_refused():
    text = entry(
        "pregnancy_testing/scheme", "test_before_prescription", from_="2022-01-01", programme="us_ipledge"
    )
    with pytest.raises(RulebookProblems, match="cannot be changed by a clinic"):
        overlay_read(load_rulebook(), f"clinic: A\ntightens:\n{text}".encode(), "clinic.yaml")


def test_all_problems_of_an_overlay_are_told_with_their_lines():
    with pytest.raises(RulebookProblems) as refused:
        tightened(entry("dispensing/window_days", "11"), entry("contraception/lead", "P1W"))
    assert [(problem.file, problem.line) for problem in refused.value.problems] == [
        ("clinic.yaml", 3),
        ("clinic.yaml", 4),
    ]
    assert str(refused.value).startswith("The clinic's overlay cannot be used: 2 problems.")


def test_a_confirmed_layer_has_one_reading_from_the_day_of_its_confirmation_on():
    on = date(2022, 9, 1)
    rulebook = confirmed(small_rulebook())
    assert only(rulebook, on, known_by=date(2022, 9, 2)).days("dispensing/window_days", on).value == 14
    assert only(rulebook, date(2022, 8, 31)).days("dispensing/window_days", date(2022, 8, 31)).value == 10
    assert len(rulebook.readings("xx_law", "balanced", date(2022, 9, 1), [on])) == 2


def test_a_scheduled_start_may_be_confirmed_for_its_day_or_later_and_not_for_an_earlier_one():
    confirmed(small_rulebook(), **{"from": "2022-09-01"})
    late = confirmed(small_rulebook(), **{"from": "2022-10-01", "on": "2022-10-02"})
    assert only(late, date(2022, 9, 30)).days("dispensing/window_days", date(2022, 9, 30)).value == 10
    with pytest.raises(RulebookProblems, match="cannot be confirmed for 31 August 2022, which is earlier"):
        confirmed(small_rulebook(), **{"from": "2022-08-31"})


def test_a_start_known_to_the_month_may_be_confirmed_inside_it_and_not_outside():
    name = "pregnancy_testing/settings"
    inside = confirmed(small_rulebook(), layer="mildness", **{"from": "2021-03-31", "on": "2022-01-01"})
    assert only(inside, date(2021, 3, 30)).words(name, date(2021, 3, 30)).value == ("clinic", "laboratory")
    assert "home" in only(inside, date(2021, 3, 31)).words(name, date(2021, 3, 31)).value
    for outside in ("2021-02-28", "2021-04-01"):
        with pytest.raises(RulebookProblems, match="lies outside"):
            confirmed(small_rulebook(), layer="mildness", **{"from": outside, "on": "2022-01-01"})


def test_a_start_that_is_not_open_cannot_be_confirmed():
    with pytest.raises(RulebookProblems, match="is not open: it began on 1 February 2020"):
        confirmed(small_rulebook(), layer="first", **{"from": "2020-02-01"})


def test_a_start_cannot_be_confirmed_before_it_was_last_announced():
    confirmed(small_rulebook(), on="2022-04-02")
    with pytest.raises(RulebookProblems, match="it can only be confirmed later"):
        confirmed(small_rulebook(), on="2022-04-01")


def test_an_overlay_changes_the_rulebooks_digest_and_leaves_the_rulebook_itself_alone():
    rulebook = small_rulebook()
    changed = confirmed(rulebook)
    assert changed.digest != rulebook.digest
    assert changed.clinic == "The clinic"
    assert CLINIC_SOURCE in changed.sources
    assert CLINIC_SOURCE not in rulebook.sources
    assert len(rulebook.readings("xx_law", "balanced", LATER, [date(2022, 9, 1)])) == 2


def test_a_clinic_confirms_the_2026_modification_with_source_and_person():
    text = (
        "clinic: Bright Skin\nconfirms:\n  - {layer: 2026-modification, programme: us_ipledge, "
        "from: 2026-11-15, source: the platform's notice of 16 November, person: Dr B, on: 2026-11-16}\n"
    )
    rulebook = overlay_read(load_rulebook(), text.encode(), "clinic.yaml")
    on = date(2026, 11, 20)
    ((law, assumed),) = rulebook.readings("us_ipledge", "balanced", on, [on])
    assert assumed == ()
    assert law.regime_on(on).id == "us_ipledge/2026-modification"


def test_a_file_that_cannot_be_read_is_a_problem_and_no_crash(tmp_path):
    with pytest.raises(RulebookProblems, match="the file cannot be read"):
        load_rulebook(tmp_path / "nothing.yaml")


def test_an_overlay_file_is_read_from_disk(tmp_path):
    path = tmp_path / "clinic.yaml"
    text = entry("prescription/supply_limit_days", "28", from_="2024-01-01", programme="uk_mhra")
    path.write_text(f"clinic: Lancashire\ntightens:\n{text}")
    on = date(2024, 1, 1)
    laws = [law for law, _ in load_rulebook(path).readings("uk_mhra", "balanced", date(2024, 1, 1), [on])]
    assert [law.days("prescription/supply_limit_days", on).value for law in laws] == [28]
