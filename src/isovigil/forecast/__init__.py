"""What does the drug do in the body, and what will the next result probably be?

A pure library: it reads no clock, opens no network, and takes every seed from its caller. It
computes exposure, response and relapse from published parameters, each of which is data with a
citation (see :mod:`isovigil.forecast.parameters`). It never recommends a dose, and it imports
nothing from the decisions.

Names are resolved when first used, so that importing this package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from isovigil.forecast.course import CourseForecast, forecast_course
    from isovigil.forecast.doses import DoseHistory, Meal, Product
    from isovigil.forecast.parameters import ParameterSet, load
    from isovigil.forecast.plan_text import Plan, read_plan
    from isovigil.forecast.validate import validation_table
    from isovigil.forecast.virtual_trial import Arm, run_trial

_WHERE = {
    "Arm": "virtual_trial",
    "CourseForecast": "course",
    "DoseHistory": "doses",
    "Meal": "doses",
    "ParameterSet": "parameters",
    "Plan": "plan_text",
    "Product": "doses",
    "forecast_course": "course",
    "load": "parameters",
    "read_plan": "plan_text",
    "run_trial": "virtual_trial",
    "validation_table": "validate",
}

__all__ = [
    "Arm",
    "CourseForecast",
    "DoseHistory",
    "Meal",
    "ParameterSet",
    "Plan",
    "Product",
    "forecast_course",
    "load",
    "read_plan",
    "run_trial",
    "validation_table",
]


def __getattr__(name: str) -> Any:
    """Import a public name from the module that defines it, at first use."""
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_WHERE[name]}"), name)
