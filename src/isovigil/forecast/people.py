"""How do people differ, and which numbers describe one person's body?

Each person is one row of a matrix. Exposure and response have their own matrix, and the columns
are named by :class:`Body` and :class:`Skin`. Differences between people are log-normal (or normal
on the log-odds for fractions) with the published or assumed spread of each parameter.
"""

from __future__ import annotations

import enum

import msgspec
import numpy as np
from numpy.typing import NDArray

from isovigil.forecast import chance
from isovigil.forecast.parameters import ParameterSet, Reading

Floats = NDArray[np.float64]


class Body(enum.IntEnum):
    """Columns of the exposure matrix (L/h, L, 1/h, h, ratio)."""

    CLEARANCE = 0
    CENTRAL_VOLUME = 1
    INTERCOMPARTMENTAL = 2
    PERIPHERAL_VOLUME = 3
    ABSORPTION_FED = 4
    ABSORPTION_FASTED = 5
    LAG_FED = 6
    LAG_FASTED = 7
    AVAILABILITY_FED = 8
    AVAILABILITY_FASTED = 9
    METABOLITE_RATIO = 10
    METABOLITE_RATE = 11


class Skin(enum.IntEnum):
    """Columns of the response matrix (ng/mL, fractions, 1/d, exponents)."""

    HALF_SEBUM = 0
    LARGEST_SEBUM = 1
    RATE_GLAND = 2
    RATE_SEBUM = 3
    RATE_LOSS = 4
    RATE_REGROWTH = 5
    RATE_COMEDONES = 6
    LARGEST_KERATIN = 7
    HALF_KERATIN = 8
    RATE_INFLAMMATION = 9
    LARGEST_INFLAMMATION = 10
    HALF_INFLAMMATION = 11
    RATE_LESIONS = 12
    RATE_NODULES = 13
    HALF_LIPS = 14
    EXPONENT_COMEDO = 15
    EXPONENT_INFLAMMATION = 16
    LIPS_ON = 17
    LIPS_OFF = 18


_SKIN_NAMES = {
    Skin.HALF_SEBUM: "half_effect_sebum",
    Skin.LARGEST_SEBUM: "largest_effect_sebum",
    Skin.RATE_GLAND: "rate_gland_size",
    Skin.RATE_SEBUM: "rate_sebum_transit",
    Skin.RATE_LOSS: "rate_capacity_loss",
    Skin.RATE_REGROWTH: "rate_capacity_regrowth",
    Skin.RATE_COMEDONES: "rate_comedones",
    Skin.LARGEST_KERATIN: "largest_effect_keratinisation",
    Skin.HALF_KERATIN: "half_effect_keratinisation",
    Skin.RATE_INFLAMMATION: "rate_inflammation",
    Skin.LARGEST_INFLAMMATION: "largest_effect_inflammation",
    Skin.HALF_INFLAMMATION: "half_effect_inflammation",
    Skin.RATE_LESIONS: "rate_inflammatory_lesions",
    Skin.RATE_NODULES: "rate_nodules",
    Skin.HALF_LIPS: "half_effect_dry_lips",
    Skin.EXPONENT_COMEDO: "comedo_sebum_exponent",
    Skin.EXPONENT_INFLAMMATION: "inflammation_sebum_exponent",
    Skin.LIPS_ON: "dry_lips_onset_days",
    Skin.LIPS_OFF: "dry_lips_offset_days",
}
_HALF_EFFECTS = (Skin.HALF_SEBUM, Skin.HALF_KERATIN, Skin.HALF_INFLAMMATION, Skin.HALF_LIPS)

BODY_DRAWS = 8
SKIN_DRAWS = 13
DRAWS = BODY_DRAWS + SKIN_DRAWS


class People(msgspec.Struct, frozen=True):
    """``n`` bodies (n, 12) and skins (n, 19), and each person's number for repeatable chance."""

    bodies: Floats
    skins: Floats
    numbers: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.numbers)


def bodies_from(reading: Reading, weight_kg: Floats, z: Floats, *, crossover: bool = False) -> Floats:
    """Exposure matrix for people of ``weight_kg`` (n,) and standard normals ``z`` (n, 8).

    Weight scales clearances by (kg/70)**0.75 and volumes by kg/70: an assumption, marked as such
    in the parameter set; no sex or kidney effect is supported. ``crossover`` uses the narrower
    spread of clearance seen in healthy volunteers instead of the one for patients.
    """
    relative = np.asarray(weight_kg, dtype=np.float64) / reading.value("reference_weight")
    flow = relative ** reading.value("weight_exponent_clearance")
    volume = relative ** reading.value("weight_exponent_volume")
    spread = reading.parameter
    clearance_spread = (
        reading.value("clearance_spread_in_crossover") if crossover else spread("clearance").spread
    )

    def lognormal(name: str, column: int, width: float | None = None) -> Floats:
        found = reading.parameter(name)
        return np.asarray(found.value * np.exp((found.spread if width is None else width) * z[:, column]))

    out = np.empty((len(z), len(Body)))
    out[:, Body.CLEARANCE] = lognormal("clearance", 0, clearance_spread) * flow
    out[:, Body.CENTRAL_VOLUME] = lognormal("central_volume", 1) * volume
    out[:, Body.INTERCOMPARTMENTAL] = lognormal("intercompartmental_clearance", 2) * flow
    out[:, Body.PERIPHERAL_VOLUME] = lognormal("peripheral_volume", 3) * volume
    out[:, Body.ABSORPTION_FED] = lognormal("absorption_rate", 4)
    out[:, Body.ABSORPTION_FASTED] = lognormal(
        "absorption_rate", 4, reading.value("absorption_rate_spread_fasted")
    )
    out[:, Body.LAG_FED] = lognormal("lag_fed", 5)
    out[:, Body.LAG_FASTED] = lognormal("lag_fasted", 5)
    # the published availabilities are ratios of mean areas, so the personal factor averages to 1
    fed, fasted = (reading.value(f"availability_spread_{meal}") for meal in ("fed", "fasted"))
    out[:, Body.AVAILABILITY_FED] = np.exp(fed * z[:, 6] - 0.5 * fed**2)
    out[:, Body.AVAILABILITY_FASTED] = np.exp(fasted * z[:, 6] - 0.5 * fasted**2)
    out[:, Body.METABOLITE_RATIO] = lognormal("metabolite_ratio", 7)
    out[:, Body.METABOLITE_RATE] = reading.value("metabolite_rate")
    return kept_apart(out)


def kept_apart(bodies: Floats) -> Floats:
    """The same bodies with coinciding rates nudged apart by one part in ten million.

    The closed form divides by differences of the rates ka, alpha, beta and kM. The nudge moves a
    concentration by less than one part in a million and keeps ten digits after cancellation.
    """
    out = bodies.copy()
    alpha, beta = disposition_rates(out)
    for column in (Body.ABSORPTION_FED, Body.ABSORPTION_FASTED):
        for rate in (alpha, beta):
            close = np.abs(out[:, column] - rate) < 1e-7 * rate
            out[close, column] = rate[close] * (1.0 + 2e-7)
    others = (alpha, beta, out[:, Body.ABSORPTION_FED], out[:, Body.ABSORPTION_FASTED])
    for rate in others:
        close = np.abs(out[:, Body.METABOLITE_RATE] - rate) < 1e-7 * rate
        out[close, Body.METABOLITE_RATE] = rate[close] * (1.0 + 2e-7)
    return out


def disposition_rates(bodies: Floats) -> tuple[Floats, Floats]:
    """The fast and slow rates alpha > beta (1/h) of the two compartments, each (n,)."""
    k10 = bodies[:, Body.CLEARANCE] / bodies[:, Body.CENTRAL_VOLUME]
    k12 = bodies[:, Body.INTERCOMPARTMENTAL] / bodies[:, Body.CENTRAL_VOLUME]
    k21 = bodies[:, Body.INTERCOMPARTMENTAL] / bodies[:, Body.PERIPHERAL_VOLUME]
    total = k10 + k12 + k21
    alpha = 0.5 * (total + np.sqrt(total * total - 4.0 * k10 * k21))
    return alpha, k10 * k21 / alpha


def skins_from(reading: Reading, z: Floats) -> Floats:
    """Response matrix for standard normals ``z`` (n, 13).

    One deviate moves all four half-effect concentrations of a person together (a sensitive person
    is sensitive everywhere); the largest effects and the rates each have their own.
    """
    out = np.empty((len(z), len(Skin)))
    column = 1
    for place, name in _SKIN_NAMES.items():
        found = reading.parameter(name)
        if found.distribution == "fixed":
            out[:, place] = found.value
            continue
        if place in _HALF_EFFECTS:
            deviate = z[:, 0]
        else:
            deviate, column = z[:, column], column + 1
        if found.distribution == "logitnormal":
            odds = found.value / (1.0 - found.value) * np.exp(found.spread * deviate)
            out[:, place] = odds / (1.0 + odds)
        else:
            out[:, place] = found.value * np.exp(found.spread * deviate)
    close = np.abs(out[:, Skin.RATE_GLAND] - out[:, Skin.RATE_SEBUM]) < 1e-6
    out[close, Skin.RATE_GLAND] += 2e-6
    return out


def typical_people(exposure: Reading, response: Reading, weight_kg: float) -> People:
    """One person with every parameter at its typical value."""
    body = bodies_from(exposure, np.array([weight_kg]), np.zeros((1, BODY_DRAWS)))
    body[:, Body.AVAILABILITY_FED : Body.AVAILABILITY_FASTED + 1] = 1.0
    return People(body, skins_from(response, np.zeros((1, SKIN_DRAWS))), np.zeros(1, dtype=np.int64))


def people_around(exposure: Reading, response: Reading, weight_kg: float, people: int, seed: int) -> People:
    """``people`` of one weight who fill the between-person spread evenly (for bands)."""
    z = chance.evenly_spread_normals(seed, people, DRAWS)
    body = bodies_from(exposure, np.full(people, weight_kg), z[:, :BODY_DRAWS])
    return People(body, skins_from(response, z[:, BODY_DRAWS:]), np.arange(people, dtype=np.int64))


def independent_people(
    exposure: Reading, response: Reading, weight_kg: Floats, seed: int, first_person: int = 0
) -> People:
    """Independent people with the given weights (n,), numbered from ``first_person``."""
    numbers = np.arange(first_person, first_person + len(weight_kg), dtype=np.int64)
    z = chance.normals(seed, numbers, DRAWS)
    body = bodies_from(exposure, weight_kg, z[:, :BODY_DRAWS])
    return People(body, skins_from(response, z[:, BODY_DRAWS:]), numbers)


def uncertain_typical_people(
    exposure: ParameterSet, response: ParameterSet, typical: People, number: int, seed: int
) -> People:
    """``number`` versions of the one ``typical`` person, each with other plausible typical values.

    This is uncertainty of the model, not difference between people. Each parameter moves by its
    ``uncertainty``; the result is clipped to the parameter's bounds.
    """
    body_names = [name for name, item in exposure.parameters.items() if item.uncertainty]
    skin_names = [name for name, item in response.parameters.items() if item.uncertainty]
    z = chance.evenly_spread_normals(seed, number, len(body_names) + len(skin_names))
    bodies = np.repeat(typical.bodies, number, axis=0)
    skins = np.repeat(typical.skins, number, axis=0)
    body_columns = {
        "clearance": Body.CLEARANCE, "central_volume": Body.CENTRAL_VOLUME,
        "intercompartmental_clearance": Body.INTERCOMPARTMENTAL,
        "peripheral_volume": Body.PERIPHERAL_VOLUME, "metabolite_ratio": Body.METABOLITE_RATIO,
        "metabolite_rate": Body.METABOLITE_RATE, "lag_fed": Body.LAG_FED, "lag_fasted": Body.LAG_FASTED,
    }  # fmt: skip
    for index, name in enumerate(body_names):
        if name in body_columns:
            bodies[:, body_columns[name]] *= np.exp(exposure[name].uncertainty * z[:, index])
        elif name == "absorption_rate":
            factor = np.exp(exposure[name].uncertainty * z[:, index])[:, np.newaxis]
            bodies[:, Body.ABSORPTION_FED : Body.ABSORPTION_FASTED + 1] *= factor
    places = {name: place for place, name in _SKIN_NAMES.items()}
    for index, name in enumerate(skin_names, start=len(body_names)):
        if name not in places:
            continue
        found, place = response[name], places[name]
        if found.distribution == "logitnormal":
            odds = found.value / (1.0 - found.value) * np.exp(found.uncertainty * z[:, index])
            moved = odds / (1.0 + odds)
        elif found.distribution == "lognormal":
            moved = found.value * np.exp(found.uncertainty * z[:, index])
        else:
            moved = found.value + found.uncertainty * z[:, index]
        skins[:, place] = np.clip(moved, found.low, found.high)
    return People(kept_apart(bodies), skins, np.zeros(number, dtype=np.int64))
