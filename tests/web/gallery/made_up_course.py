"""Which made-up values show every lane?"""

from __future__ import annotations

from datetime import date, timedelta

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
)

FROM, UNTIL, TODAY = date(2026, 1, 5), date(2026, 7, 31), date(2026, 6, 10)
_LIVER, _LATER = Band(None, 35.0), Band(7.0, 41.0)


def lanes() -> list[Lane]:
    """One of each kind, with what is hard to draw: overlaps, bounds, gaps, alarms."""
    day = date(2026, 1, 12)
    return [
        BarLane(
            "Cycles",
            (
                Bar(date(2026, 2, 2), date(2026, 2, 8), "Window of 2 February", "quiet"),
                Bar(date(2026, 3, 3), date(2026, 3, 9), "Window of 3 March, missed", "stop"),
                Bar(date(2026, 4, 6), date(2026, 4, 12), "Window of 6 April", "quiet"),
                Bar(date(2026, 4, 10), date(2026, 4, 20), "Hold for triglycerides", "hold"),
                Bar(date(2026, 6, 8), date(2026, 6, 14), "Window of 8 June", "ready"),
            ),
            "windows",
            (
                (
                    "tests",
                    tuple(
                        Tick(day + timedelta(days=days), "Negative test", "circle", is_filled=False)
                        for days in (21, 50, 84, 147)
                    ),
                ),
                ("hand-overs", (Tick(date(2026, 4, 8), "Hand-over", "diamond"),)),
            ),
        ),
        Doses(
            "Dose",
            (
                DoseStep(date(2026, 2, 4), 20),
                DoseStep(date(2026, 3, 10), 0),
                DoseStep(date(2026, 4, 8), 40),
                DoseStep(date(2026, 5, 10), 60),
            ),
            date(2026, 6, 12),
        ),
        ValueLane(
            "ALT",
            "U/L",
            (
                Value(date(2026, 1, 12), 22, band=_LIVER, note="Riverside laboratory"),
                Value(date(2026, 2, 16), 28, band=_LIVER),
                Value(date(2026, 3, 16), 61, band=_LATER),
                Value(date(2026, 4, 13), 41, band=_LATER),
                Value(date(2026, 6, 8), 10, "below", _LATER),
            ),
        ),
        ValueLane(
            "Triglycerides",
            "mg/dL",
            (
                Value(date(2026, 1, 12), 96, band=Band(None, 150.0)),
                Value(date(2026, 3, 16), 181, band=Band(None, 150.0)),
                Value(date(2026, 4, 13), 500, "above", Band(None, 150.0), is_alarm=False),
                Value(date(2026, 6, 8), 212.5, band=Band(None, 150.0)),
            ),
            is_second=True,
        ),
        ValueLane(
            "Inflamed lesions",
            "",
            (
                Value(date(2026, 1, 12), 48),
                Value(date(2026, 2, 16), 39),
                Value(date(2026, 3, 16), 31),
                Value(date(2026, 6, 8), 12),
            ),
            Forecast(
                tuple(
                    ForecastPoint(
                        date(2026, 1, 12) + timedelta(days=28 * n), 48 * 0.78**n, 48 * 0.7**n, 48 * 0.86**n
                    )
                    for n in range(8)
                ),
                "expected, 9 of 10 people",
            ),
        ),
        ValueLane(
            "PHQ-9",
            "",
            (
                Value(date(2026, 1, 12), 4),
                Value(date(2026, 2, 16), 6),
                Value(date(2026, 3, 16), 5),
                Value(date(2026, 4, 13), 12, is_alarm=True, alarm="item 9"),
                Value(date(2026, 6, 8), 3),
            ),
            at_least=27,
        ),
        TickLane(
            "Symptoms",
            (
                (
                    "Dry lips",
                    (Tick(date(2026, 2, 16), "grade 1"), Tick(date(2026, 3, 16), "grade 2", "square")),
                ),
                ("Headache", (Tick(date(2026, 4, 13), "grade 3", is_alarm=True),)),
            ),
        ),
        ValueLane(
            "Weight",
            "kg",
            (Value(date(2026, 1, 12), 62.4), Value(date(2026, 2, 16), 62), Value(date(2026, 6, 8), 61.1)),
            begins_at=None,
        ),
    ]
