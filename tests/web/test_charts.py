"""Does a drawing say what its values say, to the eye and in words?"""

from __future__ import annotations

import re
from datetime import date, timedelta
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from django.utils import translation

from isovigil.web.charts import (
    Band,
    Bar,
    BarLane,
    Doses,
    DoseStep,
    Forecast,
    ForecastPoint,
    Lane,
    Tick,
    TickLane,
    Value,
    ValueLane,
    timeline,
)
from isovigil.web.charts.axis import Axis, Scale, long_enough, scale_over
from isovigil.web.charts.drawing import is_outside
from isovigil.web.charts.timeline import WIDE
from tests.web.gallery.made_up_course import FROM, TODAY, UNTIL, lanes

SVG_RIGHT = 16
MONDAY = date(2026, 3, 2)


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def drawn_wide(lane: Lane, days: int = 100, selected: date | None = None) -> ET.Element:
    until = MONDAY + timedelta(days=days)
    return ET.fromstring(timeline([lane], MONDAY, until, MONDAY, selected).svg_wide)


def named(svg: ET.Element, css: str) -> list[ET.Element]:
    return [one for one in svg.iter() if one.get("class") == css]


def words_of(svg: ET.Element) -> list[str]:
    return [one.text or "" for one in svg.iter("text")]


def alt(*values: Value, **more: object) -> ValueLane:
    return ValueLane("ALT", "U/L", values, **more)  # type: ignore[arg-type]  # what each test varies


# -- the axis -----------------------------------------------------------------------------------------------


def test_a_day_in_the_middle_of_the_time_stands_in_the_middle_of_the_axis():
    axis = Axis(MONDAY, MONDAY + timedelta(days=100), left=150, right=950)
    assert axis.x(MONDAY) == 150
    assert axis.x(MONDAY + timedelta(days=50)) == 550  # 150 + 800 * 50/100
    assert axis.x(MONDAY + timedelta(days=100)) == 950
    assert axis.x(MONDAY - timedelta(days=1)) == 150, "nothing is drawn outside"


def test_four_weeks_are_the_shortest_time_shown():
    assert long_enough(MONDAY, MONDAY + timedelta(days=3)) == MONDAY + timedelta(days=28)
    assert long_enough(MONDAY, MONDAY + timedelta(days=29)) == MONDAY + timedelta(days=29)
    with pytest.raises(ValueError, match="before it begins"):
        long_enough(MONDAY, MONDAY - timedelta(days=1))


@pytest.mark.parametrize(
    ("numbers", "high"),
    # a quarter of the highest, rounded up to 1, 2, 2.5, 5 or 10 of its size: 15 -> 20, 125 -> 200, 6.75 -> 10
    [([60.0], 60.0), ([61.0], 80.0), ([500.0], 600.0), ([27.0], 30.0), ([0.0], 1.0), ([], 1.0)],
)
def test_a_scale_begins_at_zero_and_ends_round(numbers: list[float], high: float):
    assert scale_over(numbers, 0.0, bottom=100, top=20).labels == (0.0, high)


def test_half_of_the_scale_is_half_of_the_height():
    scale = Scale(0, 80, bottom=100, top=20)
    assert scale.y(40) == 60  # 100 - 80 * 40/80
    assert scale.y(0) == 100


def test_a_hundredth_of_a_weight_never_fills_the_lane():
    # 61.1 to 62.4 kg: the scale reaches a tenth further on either side, 55 to 68.6, and then to round ends.
    low, high = scale_over([61.1, 62.4], None, bottom=100, top=20).labels
    assert low <= 55.0
    assert high >= 68.6


# -- measured values ----------------------------------------------------------------------------------------


def test_each_result_is_drawn_with_the_range_that_came_with_it():
    svg = drawn_wide(
        alt(
            Value(MONDAY, 30, band=Band(None, 35)),
            Value(MONDAY + timedelta(days=50), 30, band=Band(None, 41)),
        )
    )
    first, second = named(svg, "band")
    # They meet half-way between the two results, on day 25 of 100: 150 + (960 - 16 - 150) * 0.25 = 348.5
    assert float(first.get("x", 0)) + float(first.get("width", 0)) == pytest.approx(348.5, abs=0.1)
    assert float(second.get("x", 0)) == pytest.approx(348.5, abs=0.1)
    assert float(second.get("height", 0)) > float(first.get("height", 0))


@pytest.mark.parametrize(
    ("value", "outside"),
    [
        (Value(MONDAY, 35, band=Band(None, 35)), False),
        (Value(MONDAY, 35.1, band=Band(None, 35)), True),
        (Value(MONDAY, 7, band=Band(7, 35)), False),
        (Value(MONDAY, 6.9, band=Band(7, 35)), True),
        (Value(MONDAY, 35, "above", Band(None, 35)), True),
        (Value(MONDAY, 34, "above", Band(None, 35)), False),  # it may be 34.5
        (Value(MONDAY, 7, "below", Band(7, 35)), True),
        (Value(MONDAY, 10, "below", Band(7, 35)), False),  # it may be 8
        (Value(MONDAY, 1000), False),
    ],
)
def test_a_value_is_outside_only_where_it_surely_is(value: Value, outside: bool):
    assert is_outside(value) is outside


def test_what_is_outside_is_filled_and_what_is_inside_is_not():
    svg = drawn_wide(
        alt(
            Value(MONDAY, 30, band=Band(None, 35)),
            Value(MONDAY + timedelta(days=28), 61, band=Band(None, 35)),
        )
    )
    assert len(named(svg, "mark")) == 1
    assert len(named(svg, "mark filled")) == 1
    assert "61" in words_of(svg), "and its number stands beside it"


def test_a_bound_is_an_arrow_and_joins_nothing():
    days = [MONDAY + timedelta(days=14 * place) for place in range(3)]
    svg = drawn_wide(alt(Value(days[0], 30), Value(days[1], 10, "below"), Value(days[2], 30)))
    assert named(svg, "first-line") == []
    bound = next(one for one in named(svg, "mark") if one.tag == "path")
    path = bound.get("d", "")
    level, tip = (float(number) for number in re.findall(r"M[\d.]+ ([\d.]+)H.*V([\d.]+)", path)[0])
    assert tip > level, "down, where the value lies"
    assert [one.text for one in bound] == ["<10 U/L"]


@pytest.mark.parametrize(("days", "lines"), [(45, 1), (46, 0)])
def test_a_missed_month_is_a_gap_and_not_a_line(days: int, lines: int):
    svg = drawn_wide(alt(Value(MONDAY, 30), Value(MONDAY + timedelta(days=days), 40)))
    assert len(named(svg, "first-line")) == lines


def test_item_9_is_an_alarm_by_shape_and_word_too():
    svg = drawn_wide(ValueLane("PHQ-9", "", (Value(MONDAY, 4, is_alarm=True, alarm="item 9"),), at_least=27))
    (mark,) = named(svg, "mark alarm")
    assert mark.get("d", "").endswith("Z"), "a triangle"
    assert "4 item 9" in words_of(svg)
    assert "30" in words_of(svg), "the scale reaches the instrument's 27"


def test_a_forecast_is_a_band_with_dashed_edges_and_says_how_sure_it_is():
    points = tuple(
        ForecastPoint(MONDAY + timedelta(days=28 * n), 40 - 5 * n, 30 - 5 * n, 50 - 5 * n) for n in range(3)
    )
    svg = drawn_wide(ValueLane("Lesions", "", (Value(MONDAY, 40),), Forecast(points, "9 of 10 people")))
    assert len(named(svg, "forecast")) == 1
    assert len(named(svg, "forecast-edge")) == 3
    assert "9 of 10 people" in words_of(svg)
    assert len(named(svg, "mark")) == 1, "only what was measured has a mark"


# -- windows and doses -----------------------------------------------------------------------------------


def test_a_window_of_seven_days_is_seven_days_wide():
    svg = drawn_wide(BarLane("Windows", (Bar(MONDAY, MONDAY + timedelta(days=6), "Window", "ready"),)))
    (bar,) = named(svg, "bar ready")
    # 7 of 100 days on 960 - 16 - 150 = 794: 55.6
    assert float(bar.get("width", 0)) == pytest.approx(55.6, abs=0.1)
    assert len(named(svg, "sign ready")) == 1, "and carries its sign, not only its colour"


def test_overlapping_bars_go_below_each_other():
    week = timedelta(days=6)
    bars = (Bar(MONDAY, MONDAY + week, "one"), Bar(MONDAY + week, MONDAY + 2 * week, "two"))
    one, two = named(drawn_wide(BarLane("Windows", bars)), "bar quiet")
    assert float(two.get("y", 0)) > float(one.get("y", 0))


def test_a_dose_is_drawn_as_steps_down_to_zero():
    steps = (
        DoseStep(MONDAY, 20),
        DoseStep(MONDAY + timedelta(days=30), 0),
        DoseStep(MONDAY + timedelta(days=60), 40),
    )
    svg = drawn_wide(Doses("Dose", steps, MONDAY + timedelta(days=90)))
    (line,) = named(svg, "step-line")
    heights = [float(number) for number in re.findall(r"[ML][\d.]+ ([\d.]+)", line.get("d", ""))]
    assert heights[0] == heights[1]
    assert heights[2] == max(heights), "no dose is the lowest"
    assert heights[4] == min(heights)


# -- the whole -------------------------------------------------------------------------------------------


def test_both_sizes_are_drawn_with_title_and_a_sentence_for_each_lane():
    drawn = timeline(lanes(), FROM, UNTIL, TODAY)
    for svg in (drawn.svg_wide, drawn.svg_narrow):
        root = ET.fromstring(svg)
        assert root.get("role") == "img"
        title, desc = root.find("title"), root.find("desc")
        assert title is not None
        assert desc is not None
        assert (root.get("aria-labelledby"), root.get("aria-describedby")) == (
            title.get("id"),
            desc.get("id"),
        )
        assert "From 5 January 2026 to 31 July 2026." in (desc.text or "")
        assert "ALT: 5 values, the last <10 U/L on 8 June 2026." in (desc.text or "")
    assert "id=" not in re.sub(
        r'id="timeline-(wide|narrow)-(title|desc)"', "", drawn.svg_wide + drawn.svg_narrow
    )


def test_nothing_in_a_drawing_breaks_the_content_policy():
    drawn = timeline(lanes(), FROM, UNTIL, TODAY, TODAY)
    for svg in (drawn.svg_wide, drawn.svg_narrow):
        assert not re.search(r"\s(style|on\w+)=|<style|<script|href=|url\(", svg)


def test_every_lane_has_a_table_with_every_value():
    tables = timeline(lanes(), FROM, UNTIL, TODAY).tables
    assert [str(table.caption) for table in tables] == [str(lane.title) for lane in lanes()]
    alt_table = tables[2]
    told = [[str(cell.words) for cell in row.cells] for row in alt_table.rows]
    assert told[0] == ["8 June 2026", "<10 U/L", "7–41", ""]
    assert told[2] == ["16 March 2026", "61 U/L", "7–41", "outside the range"]
    assert told[4] == ["12 January 2026", "22 U/L", "up to 35", "Riverside laboratory"]


def test_acts_a_day_apart_do_not_hide_each_other():
    day = {
        "tests": MONDAY,
        "prescriptions": MONDAY + timedelta(days=1),
        "hand-overs": MONDAY + timedelta(days=2),
    }
    rows = tuple((name, (Tick(on, name),)) for name, on in day.items())
    svg = drawn_wide(BarLane("Cycles", (Bar(MONDAY, MONDAY + timedelta(days=6), "Window"),), "windows", rows))
    heights = [float(each.get("cy", "")) for each in named(svg, "mark filled")]
    assert len(heights) == len(set(heights)) == 3
    assert min(later - earlier for earlier, later in pairwise(heights)) >= 2 * 5  # a mark is 5 to each side


def test_what_is_expected_is_not_struck_through_by_a_limit():
    band = Band(None, 40.0)
    points = (
        ForecastPoint(MONDAY, 20.0, 10.0, 30.0),
        ForecastPoint(MONDAY + timedelta(days=20), 20.0, 10.0, 30.0),
    )
    lane = ValueLane("ALT", "U/L", (Value(MONDAY, 20.0, band=band),), Forecast(points, "expected"))
    svg = drawn_wide(lane)
    words = next(each for each in svg.iter() if each.text == "expected")
    limits = {float(each.get("y1", "")) for each in named(svg, "band-edge")}
    assert all(abs(float(words.get("y", "")) - 4 - limit) > 8 for limit in limits)


def test_a_selected_day_is_answered_by_every_lane():
    answers = timeline(lanes(), FROM, UNTIL, TODAY, date(2026, 4, 15)).on_selected
    told = {str(pair.name): str(pair.value) for pair in answers}
    assert told["Cycles"] == "Hold for triglycerides"  # 10 to 20 April
    assert told["Dose"] == "40 mg a day"  # since 8 April
    assert told["ALT"] == "41 U/L, 2 days before"  # 13 April
    assert told["Triglycerides"] == ">500 mg/dL, 2 days before"
    assert told["Symptoms"] == "nothing on this day"


def test_before_the_first_value_a_lane_says_so():
    answers = timeline(lanes(), FROM, UNTIL, TODAY, date(2026, 1, 11)).on_selected
    assert str(answers[2].value) == "nothing until this day"


def test_numbers_and_days_follow_the_language():
    with translation.override("es"):
        drawn = timeline(lanes(), FROM, UNTIL, TODAY)
    assert "212,5" in drawn.svg_wide
    assert "Del 5 de enero de 2026 al 31 de julio de 2026." in drawn.svg_wide


def test_a_course_is_drawn_within_half_its_life_and_before_it():
    steps = (DoseStep(MONDAY - timedelta(days=200), 20), DoseStep(MONDAY - timedelta(days=100), 30))
    svg = drawn_wide(Doses("Dose", steps, MONDAY + timedelta(days=10)))
    assert "30" in words_of(svg)
    assert "20" not in words_of(svg), "the first step ended before the axis begins"


def test_hostile_words_stay_words():
    lane = TickLane("<b>", (("<script>", (Tick(MONDAY, "</svg><img onerror=x>"),)),))
    svg = timeline([lane], MONDAY, UNTIL, TODAY).svg_wide
    assert "<script>" not in svg
    assert "<img" not in svg


def test_no_mark_lies_outside_the_drawing():
    drawn = timeline(lanes(), FROM, UNTIL, TODAY)
    root = ET.fromstring(drawn.svg_wide)
    for circle in root.iter("circle"):
        assert 0 <= float(circle.get("cx", -1)) <= WIDE.width
    for text in root.iter("text"):
        assert 0 <= float(text.get("x", -1)) <= WIDE.width - SVG_RIGHT + 1


@pytest.mark.parametrize(
    "lane", [BarLane("A"), TickLane("B", ()), Doses("C", (), MONDAY), ValueLane("D", "U/L", ())]
)
def test_an_empty_lane_is_drawn_and_says_that_nothing_is_there(lane: Lane):
    drawn = timeline([lane], MONDAY, UNTIL, TODAY, MONDAY)
    assert drawn.tables[0].rows == ()
    assert str(drawn.tables[0].empty).startswith("Nothing")
    assert str(drawn.on_selected[0].value).startswith("nothing")
