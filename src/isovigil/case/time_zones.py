"""Which time zone does a clinic keep when its case file names none?"""

from __future__ import annotations

from typing import Final

DEFAULT_TIME_ZONES: Final[dict[str, str]] = {
    "us_ipledge": "America/New_York",
    "uk_mhra": "Europe/London",
    "eu_ppp": "Europe/Brussels",
    "de_amvv": "Europe/Berlin",
    "fr_ansm": "Europe/Paris",
    "it_aifa": "Europe/Rome",
    "nl_ppp": "Europe/Amsterdam",
}
"""For each programme the zone of its clinics, as the review contract lists them.

A programme that is not here has no default: the case file must name its zone, because a day
in the wrong zone is a different day.
"""
