"""How is a number written in the language of the page?"""

from __future__ import annotations

from decimal import Decimal

from django.utils.formats import number_format

from isovigil.web.components import Words


def in_digits(number: float) -> str:
    """At most six digits, without zeros nobody measured: 41, 0.62, in Spanish 0,62."""
    return number_format(Decimal(f"{number:.6g}"), use_l10n=True)


def with_unit(value: str, unit: Words) -> str:
    """A value with its unit, where it has one."""
    return f"{value} {unit}" if str(unit) else value
