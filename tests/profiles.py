"""Which profile do the tests run under, and how many examples does it ask for?"""

import os

PROFILES = ("quick", "nightly")
PROFILE = os.environ.get("ISOVIGIL_PROFILE", "quick")

if PROFILE not in PROFILES:
    raise SystemExit(f"ISOVIGIL_PROFILE is {PROFILE!r}; it is one of: {', '.join(PROFILES)}.")


def how_many(*, quick: int, nightly: int) -> int:
    """The number of examples a test draws by hand, such as random timelines, under this profile."""
    return quick if PROFILE == "quick" else nightly
