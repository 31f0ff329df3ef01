"""How hard do the tests try? Chosen once, for every test, by ISOVIGIL_PROFILE."""

from hypothesis import settings

from tests.profiles import PROFILE

# quick: the same examples every time, so that a change is red or green for everyone alike.
settings.register_profile("quick", derandomize=True, database=None, deadline=None, max_examples=100)
# nightly: new examples every time; a failure prints the line that reproduces it.
settings.register_profile("nightly", deadline=None, max_examples=5_000, print_blob=True)
settings.load_profile(PROFILE)
