"""In which words does the calculator tell a window, in English and in Spanish?"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final, NamedTuple

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop, pgettext

from isovigil.law.rulebook import Rulebook
from isovigil.law.value import Dated
from isovigil.usecases.windows import FoundWindow
from isovigil.web.components import Words

PHARMACY: Final = gettext_lazy("Pharmacy")
APPOINTMENT: Final = gettext_lazy("Appointment")
REMINDER: Final = gettext_lazy("Health reminder")


class Kind(NamedTuple):
    """One kind of answer: in words, and what a calendar that others see may call it."""

    words: Words
    title: Words | None
    """None: it depends on what has not happened, and stands in no calendar."""
    is_deadline: bool = False
    """Only its last day stands in a calendar."""


KINDS: Final[dict[str, Kind]] = {
    "contraception_long_enough": Kind(
        gettext_lazy("First day on which contraception has lasted long enough"), REMINDER
    ),
    "confirmatory_test": Kind(
        gettext_lazy("Confirmatory test after the screening test of %(day)s"), REMINDER
    ),
    "hand_over_on_test": Kind(gettext_lazy("Collect the capsules on the test of %(day)s"), PHARMACY),
    "next_specimen_after_first": Kind(
        gettext_lazy("Next specimen, if the first window, of %(day)s, goes uncollected"), None
    ),
    "next_specimen_after_later": Kind(
        gettext_lazy("Next specimen, if a later window, of %(day)s, goes uncollected"), None
    ),
    "hand_over_on_counselling": Kind(
        gettext_lazy("Collect the capsules on the counselling of %(day)s"), PHARMACY
    ),
    "prescription_on_test": Kind(gettext_lazy("Prescription that the test of %(day)s serves"), APPOINTMENT),
    "certificate_on_test": Kind(gettext_lazy("Certificate that the test of %(day)s serves"), APPOINTMENT),
    "any_hand_over_on_test": Kind(gettext_lazy("Any hand-over on the test of %(day)s"), None),
    "hand_over_on_certificate": Kind(
        gettext_lazy("Collect the capsules on the certificate of %(day)s"), PHARMACY
    ),
    "hand_over_on_prescription": Kind(
        gettext_lazy("Collect the capsules on the prescription of %(day)s"), PHARMACY
    ),
    "test_after_treatment": Kind(gettext_lazy("Pregnancy test after treatment"), REMINDER),
    "contraception_goes_on": Kind(gettext_lazy("Contraception goes on"), REMINDER, is_deadline=True),
    "no_blood_donation": Kind(gettext_lazy("No blood donation"), REMINDER, is_deadline=True),
}

STRENGTHS: Final[dict[str, Words]] = {
    "law": gettext_lazy("law"),
    "licence": gettext_lazy("licence"),
    "guidance": gettext_lazy("guidance"),
    "discretion": gettext_lazy("discretion of the regulator"),
    "local_default": gettext_lazy("our own default"),
}

COUNTINGS: Final[dict[str, Words]] = {
    "The day counselling is confirmed is day 1.": gettext_lazy("The day counselling is confirmed is day 1."),
    "The day of issue is day 0; day 7 is the last day.": gettext_lazy(
        "The day of issue is day 0; day 7 is the last day."
    ),
    "The day of the last dose is day 0; a test counts from the due day on.": gettext_lazy(
        "The day of the last dose is day 0; a test counts from the due day on."
    ),
    "The day of the last dose is day 0; the last day is still inside.": gettext_lazy(
        "The day of the last dose is day 0; the last day is still inside."
    ),
    "The day of the test is day 0; day 3 is the last day for the prescription.": gettext_lazy(
        "The day of the test is day 0; day 3 is the last day for the prescription."
    ),
    "The day the specimen is taken is day 1.": gettext_lazy("The day the specimen is taken is day 1."),
    "The first day both forms are in use, or abstinence begins, is day 0.": gettext_lazy(
        "The first day both forms are in use, or abstinence begins, is day 0."
    ),
    "The first day the method is in use is day 0.": gettext_lazy(
        "The first day the method is in use is day 0."
    ),
}
"""The rulebook's own sentences on counting, so that they can be translated. A test compares."""

BECAUSE: Final = (
    gettext_noop("the day around 1 April 2019 on which section 3b entered into force was not found"),
    gettext_noop("the day in June 2018 on which the review of 2018 became final was not found"),
    gettext_noop("the day in May 2015 on which starting was reserved to dermatologists was not found"),
    gettext_noop("the day in November 2005 on which the decree took effect was not found"),
    gettext_noop("the day in 2005 on which the programme began was not found"),
    gettext_noop("the day in June 2019 on which the revised materials were published was not found"),
    gettext_noop("the day in February 2024 on which the addendum was published was not found"),
    gettext_noop(
        "the day in December 2007 on which the 7-day window began to count from the specimen was not found"
    ),
    gettext_noop("the day in October 2023 on which FDA's discretion began was not found"),
    gettext_noop("the effective date of the 2026 modification is unconfirmed"),
)
"""The rulebook's own words for each open date of the law. A test compares."""


def day_in_words(day: date) -> str:
    """The day with its weekday, as people of the language write it."""
    return date_format(day, pgettext("how a day with its weekday is written (Django format)", "l j F Y"))


def short_day(day: date) -> str:
    """The day without its weekday."""
    return date_format(day, "DATE_FORMAT")


def what_in_words(found: FoundWindow) -> str:
    """What the answer is about."""
    words = str(KINDS[found.kind].words)
    return words if found.of is None else words % {"day": short_day(found.of)}


def last_in_words(found: FoundWindow) -> str:
    """The last day, with hour and zone where the law has one; empty where there is only a first day."""
    if found.closes_on is None:
        return ""
    if found.closes_at is None:
        return day_in_words(found.closes_on)
    return _("%(day)s, until %(time)s %(zone)s") % {
        "day": day_in_words(found.closes_on),
        "time": date_format(found.closes_at, "TIME_FORMAT"),
        "zone": _zone(found.closes_at),
    }


def _zone(moment: datetime) -> str:
    return moment.tzname() or ""


class Cited(NamedTuple):
    """One value an answer rests on."""

    strength: Words
    title: str
    at: str
    url: str | None


def cited(value: Dated[Any], rulebook: Rulebook) -> Cited:
    """The value's strength and its source by title."""
    source = rulebook.sources.get(value.cite.source)
    return Cited(
        STRENGTHS[value.strength],
        source.title if source is not None else value.cite.source,
        value.cite.at,
        source.url if source is not None else None,
    )
