"""Which procedures on the skin does the policy put off, and for how long after the last dose?"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from isovigil.calendar.days import Period
from isovigil.law.law import Law
from isovigil.law.value import Dated


class PutOff(NamedTuple):
    """The procedures put off during treatment, and the time after the last dose that counts as well."""

    procedures: Dated[tuple[str, ...]]
    wait: Dated[Period]


def procedures_put_off(law: Law, on: date) -> PutOff:
    """What is put off on a day: counselling only, for the case file records no procedures."""
    return PutOff(
        law.words("symptoms/procedures_put_off", on),
        law.period("symptoms/procedure_delay", on),
    )
