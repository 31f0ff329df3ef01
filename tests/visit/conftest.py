"""How are the pages of a visit asked? By Django's own client, on the clinics of the tests of access."""

from tests.access.conftest import clinics, template

__all__ = ["clinics", "template"]
