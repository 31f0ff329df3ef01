"""How is a course drawn? Lanes of SVG on one shared time axis, each with a table of the same values.

`timeline(lanes, from_, until, today)` is the one way in; it takes plain values and knows no patient.
"""

from isovigil.web.charts.lanes import (
    Band,
    Bar,
    BarLane,
    Censored,
    Doses,
    DoseStep,
    Forecast,
    ForecastPoint,
    Lane,
    Tick,
    TickLane,
    Value,
    ValueLane,
)
from isovigil.web.charts.timeline import Drawn, timeline

__all__ = [
    "Band",
    "Bar",
    "BarLane",
    "Censored",
    "DoseStep",
    "Doses",
    "Drawn",
    "Forecast",
    "ForecastPoint",
    "Lane",
    "Tick",
    "TickLane",
    "Value",
    "ValueLane",
    "timeline",
]
