"""In which words does a visit ask about thoughts of self-harm, and about a weight that is doubtful?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from isovigil.usecases.visit.weight_guard import WeightDoubt
from isovigil.web.components import Words

DONE_AT_ONCE: Final = gettext_lazy("What was done at once")
LATER_ASSESSMENT: Final = gettext_lazy("Assessment of the risk of self-harm at this visit")
STANDS_FROM_EARLIER: Final = gettext_lazy(
    "Thoughts of self-harm were reported before, and stand in the way of treatment. It can go on only after "
    "an assessment that says so and, where one is asked for, a prescriber's decision with its reason."
)
WHO_MAY: Final = gettext_lazy(
    "The prescriber records whether treatment may go on. Record here that you hand over now."
)
GRAVER_OF_ONE_DAY: Final = gettext_lazy(
    "An assessment of today that did not clear is on record. Of two on one day the graver one counts: assess "
    "again on a later day, or correct that entry where it was wrong."
)
WEIGHT_IS_RIGHT: Final = gettext_lazy("The weight is right, and in kg")
_BY_A_PRESCRIBER: Final = (
    ("cleared", gettext_lazy("Assessed now: no present risk")),
    ("continue_with_care", gettext_lazy("Assessed now: goes on with a safety plan and follow-up")),
    ("not_cleared", gettext_lazy("Handed over to emergency or crisis care now")),
)
_BY_ANOTHER: Final = (
    ("not_cleared", gettext_lazy("Handed over now, to the prescriber or to emergency or crisis care")),
)
_LEFT: Final = (("", gettext_lazy("Not assessed at this visit")),)


def dispositions(may_prescribe: bool, *, may_be_left: bool) -> Sequence[tuple[str, Words]]:
    """What can be chosen: whether treatment goes on is a prescriber's to say."""
    chosen = _BY_A_PRESCRIBER if may_prescribe else _BY_ANOTHER
    return (*_LEFT, *chosen) if may_be_left else chosen


def weight_doubted(doubt: WeightDoubt) -> str:
    """What is on record, what was typed, and what the likelier of the two would be, were it pounds."""
    said = {
        "on_record": f"{doubt.on_record_kg:g}",
        "day": date_format(doubt.weighed_on),
        "typed": f"{doubt.typed:g}",
    }
    if doubt.likelier == "on_record":
        return _(
            "%(on_record)s kg is on record (%(day)s), and %(typed)s kg was typed. %(on_record)s lb would be "
            "%(in_kg)s kg. Correct whichever is wrong, or mark that the weight typed is right."
        ) % {**said, "in_kg": f"{doubt.on_record_in_pounds_kg:.1f}"}
    return _(
        "%(on_record)s kg is on record (%(day)s), and %(typed)s kg was typed. %(typed)s lb would be "
        "%(in_kg)s kg. Correct the weight, or mark that it is right."
    ) % {**said, "in_kg": f"{doubt.typed_in_pounds_kg:.1f}"}
