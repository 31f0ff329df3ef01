"""Which windows, lockouts and due days follow from a few dates, without any stored case?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from isovigil.calendar.days import days_after, in_words
from isovigil.calendar.moment import Moment
from isovigil.calendar.window import Window, first_instant, last_instant
from isovigil.case.case import Case, Patient
from isovigil.case.chart import Chart
from isovigil.case.fact import Fact
from isovigil.case.kinds import Category, Contraception, Cycle, Menses, PregnancyTest
from isovigil.decisions.course import Course
from isovigil.decisions.cycle import SPECIMEN_WINDOWS, negative_tests, scheme
from isovigil.decisions.start_tests import earliest_confirmatory_day, judge_start_tests
from isovigil.law.law import Law
from isovigil.law.rulebook import Rulebook
from isovigil.law.value import Dated

_POLICY = "balanced"
"""No window depends on a clinical policy; a reading of the law needs one."""


class WindowDates(msgspec.Struct, frozen=True):
    """The dates a person has at hand; every one may be missing."""

    tests: tuple[date, ...] = ()
    """Specimen days of negative pregnancy tests that were to open a window, or precede a prescription."""
    screening: date | None = None
    contraception_from: date | None = None
    menses: tuple[date, ...] = ()
    cycle_days: int | None = None
    """The usual length of a regular cycle; None for irregular cycles or no menses rule."""
    prescription: date | None = None
    certificate: date | None = None
    counselling: date | None = None
    """Of a patient who cannot become pregnant."""
    last_dose: date | None = None
    can_become_pregnant: bool | None = None
    """False leaves out what only concerns patients who can; None leaves out nothing."""

    @property
    def days(self) -> tuple[date, ...]:
        """Every day given."""
        single = (self.screening, self.contraception_from, self.prescription, self.certificate)
        more = (self.counselling, self.last_dose)
        return (*self.tests, *self.menses, *(day for day in (*single, *more) if day is not None))


class FoundWindow(msgspec.Struct, frozen=True):
    """One answer: from which day, until which day, and on which dated value it rests."""

    what: str
    opens_on: date
    closes_on: date | None
    """None where there is a first day only."""
    closes_at: datetime | None
    counting: str | None
    values: tuple[Dated[Any], ...]
    kind: str
    """One of KINDS: what `what` says, for a face with words of its own."""
    of: date | None
    """The day `what` names."""


KINDS = (
    "contraception_long_enough",
    "confirmatory_test",
    "hand_over_on_test",
    "next_specimen_after_first",
    "next_specimen_after_later",
    "hand_over_on_counselling",
    "prescription_on_test",
    "certificate_on_test",
    "any_hand_over_on_test",
    "hand_over_on_certificate",
    "hand_over_on_prescription",
    "test_after_treatment",
    "contraception_goes_on",
    "no_blood_donation",
)


class FoundWindows(msgspec.Struct, frozen=True):
    """The answers in one reading of the law's open dates."""

    programme: str
    decided_by: tuple[str, ...]
    """The open dates this reading had to assume; none where there is one reading."""
    found: tuple[FoundWindow, ...]


def windows_from_dates(
    rulebook: Rulebook, programme: str, dates: WindowDates, known_by: date
) -> tuple[FoundWindows, ...]:
    """Every window, lockout and due day that follows from the dates, once for each reading of the law.

    Each date is judged by the law of its own day. Raises UnknownProgramme, ProgrammeNotModelled, and
    NoRuleInForce for a date outside the law held; ValueError where no date is given.
    """
    if not dates.days:
        raise ValueError("No date was given from which a window could be counted.")
    told: list[FoundWindows] = []
    for law, assumed in rulebook.readings(programme, _POLICY, known_by, dates.days):
        for day in dates.days:
            law.regime_on(day)
        found = tuple(_found(law, dates))
        because = tuple(layer.undecided_because for layer in assumed if layer.undecided_because)
        if all(each.found != found for each in told):
            told.append(FoundWindows(programme, because, found))
    if len(told) == 1:
        return (msgspec.structs.replace(told[0], decided_by=()),)
    return tuple(told)


def _found(law: Law, dates: WindowDates) -> Iterator[FoundWindow]:
    if dates.contraception_from is not None:
        yield _from_period(
            law,
            "contraception/lead",
            dates.contraception_from,
            "Contraception long enough",
            "contraception_long_enough",
        )
    if scheme(law, max(dates.days)) == SPECIMEN_WINDOWS:
        yield from _around_specimens(law, dates)
    else:
        yield from _around_prescriptions(law, dates)
    if dates.last_dose is not None:
        yield from _after_the_last_dose(law, dates.last_dose, dates.can_become_pregnant)


# -- a window for each specimen (US) ---------------------------------------------------------------


def _around_specimens(law: Law, dates: WindowDates) -> Iterator[FoundWindow]:
    if dates.screening is not None or (dates.contraception_from is not None and dates.tests):
        confirmatory = _confirmatory_day(law, dates)
        if confirmatory is not None:
            yield confirmatory
    for test in dates.tests:
        length = law.days("dispensing/window_days", test)
        window = Window.counting_from(test, length.value)
        yield _window(
            law, f"Hand-over on the test of {in_words(test)}", window, length, "hand_over_on_test", test
        )
        lockout = law.days("dispensing/lockout_days_before_first_hand_over", test)
        after_a_first = days_after(test, lockout.value) if lockout.value else test
        yield _first_day(
            f"Next specimen if the first window, of {in_words(test)}, goes uncollected",
            after_a_first if lockout.value else days_after(test, 1),
            lockout,
            kind="next_specimen_after_first",
            of=test,
        )
        later = law.days("dispensing/lockout_days_after_first_hand_over", test)
        yield _first_day(
            f"Next specimen if a later window, of {in_words(test)}, goes uncollected",
            days_after(window.closes_on, 1 + later.value),
            length,
            later,
            kind="next_specimen_after_later",
            of=test,
        )
    if dates.counselling is not None:
        applies = law.flag("dispensing/window_if_cannot_become_pregnant", dates.counselling)
        if applies.value:
            name = "dispensing/window_days_if_cannot_become_pregnant"
            days = law.days(name, dates.counselling)
            window = Window.counting_from(dates.counselling, days.value)
            what = f"Hand-over on the counselling of {in_words(dates.counselling)}"
            yield _window(law, what, window, days, "hand_over_on_counselling", dates.counselling)


def _confirmatory_day(law: Law, dates: WindowDates) -> FoundWindow | None:
    """The engine's own answer about a patient with exactly these dates."""
    first = dates.screening or min(dates.tests)
    seen_on = max(first, dates.contraception_from or first, *dates.menses, first)
    course = Course(Chart(_made_up(law, dates), _moment(law, seen_on), _end(law, seen_on)))
    tests = judge_start_tests(course, law, negative_tests(course, law))
    earliest = earliest_confirmatory_day(course, law, tests)
    if earliest is None:
        return None
    gap = law.days("pregnancy_testing/days_between_start_tests", first)
    values: tuple[Dated[Any], ...] = (gap,)
    if dates.contraception_from is not None:
        values = (*values, law.period("contraception/lead", first))
    if dates.menses:
        values = (*values, law.days("pregnancy_testing/days_of_menses_for_confirmatory_test", earliest))
    return _first_day(
        f"Confirmatory test after the screening test of {in_words(first)}",
        earliest,
        *values,
        kind="confirmatory_test",
        of=first,
    )


def _made_up(law: Law, dates: WindowDates) -> Case:
    first = dates.screening or min(dates.tests)
    facts: list[Fact] = [
        Category(id="category", date=first, can_become_pregnant=True, by="prescriber"),
        PregnancyTest(id="screening", taken_on=first, result="negative", setting="laboratory"),
        Cycle(id="cycle", date=first, regular=bool(dates.menses), typical_days=dates.cycle_days),
    ]
    facts += [Menses(id=f"menses-{day}", started_on=day) for day in dates.menses]
    if dates.contraception_from is not None:
        facts.append(
            Contraception(
                id="contraception", from_=dates.contraception_from, reported_by="patient", abstinence=True
            )
        )
    return Case(Patient("dates"), law.programme.time_zone, tuple(facts))


def _moment(law: Law, day: date) -> Moment:
    zone = ZoneInfo(law.programme.time_zone)
    return Moment(first_instant(day, zone), zone)


def _end(law: Law, day: date) -> datetime:
    return last_instant(day, ZoneInfo(law.programme.time_zone))


# -- a test before each prescription (UK, Europe) ----------------------------------------------------


def _around_prescriptions(law: Law, dates: WindowDates) -> Iterator[FoundWindow]:
    for test in dates.tests:
        days = law.days("pregnancy_testing/days_before_prescription", test)
        served = Window.starting_after(test, days.value)
        anchor = "certificate" if _counts_from_certificate(law, test) else "prescription"
        what = f"A {anchor} that the test of {in_words(test)} serves"
        yield _window(law, what, served, days, f"{anchor}_on_test", test)
        after = law.days("dispensing/days_after_prescription", served.closes_on)
        yield FoundWindow(
            f"Any hand-over on the test of {in_words(test)}",
            test,
            days_after(served.closes_on, after.value),
            None,
            None,
            (days, after),
            "any_hand_over_on_test",
            test,
        )
    if dates.certificate is not None and dates.can_become_pregnant is not False:
        days = law.days("dispensing/days_after_prescription", dates.certificate)
        window = Window.starting_after(dates.certificate, days.value)
        what = f"Hand-over on the certificate of {in_words(dates.certificate)}"
        yield _window(law, what, window, days, "hand_over_on_certificate", dates.certificate)
    elif dates.prescription is not None and _concerns(
        law, "dispensing/window_concerns", dates.prescription, dates.can_become_pregnant
    ):
        days = law.days("dispensing/days_after_prescription", dates.prescription)
        window = Window.starting_after(dates.prescription, days.value)
        what = f"Hand-over on the prescription of {in_words(dates.prescription)}"
        yield _window(law, what, window, days, "hand_over_on_prescription", dates.prescription)


def _concerns(law: Law, name: str, on: date, can_become_pregnant: bool | None) -> bool:
    """Does what the value names concern this patient: everyone, or who can become pregnant?"""
    if can_become_pregnant is not False:
        return True
    return law.holds(name, on) and law.word(name, on).value == "everyone"


def _counts_from_certificate(law: Law, on: date) -> bool:
    name = "dispensing/window_counts_from"
    return law.holds(name, on) and law.word(name, on).value == "certificate"


# -- after the last dose -------------------------------------------------------------------------------


def _after_the_last_dose(law: Law, last: date, can_become_pregnant: bool | None) -> Iterator[FoundWindow]:
    if _concerns(law, "post_treatment/test_concerns", last, can_become_pregnant):
        yield _from_period(
            law, "post_treatment/test_after", last, "Pregnancy test after treatment", "test_after_treatment"
        )
    for name, concerns, what, kind in (
        (
            "post_treatment/contraception_after",
            "post_treatment/contraception_concerns",
            "Contraception goes on",
            "contraception_goes_on",
        ),
        (
            "blood_donation/deferred_after",
            "blood_donation/concerns",
            "No blood donation",
            "no_blood_donation",
        ),
    ):
        if _concerns(law, concerns, last, can_become_pregnant):
            period = law.period(name, last)
            end = period.value.after(last)
            yield FoundWindow(what, last, end, None, law.counting(name), (period,), kind, None)


def _from_period(law: Law, name: str, day: date, what: str, kind: str) -> FoundWindow:
    period = law.period(name, day)
    return FoundWindow(what, period.value.after(day), None, None, law.counting(name), (period,), kind, None)


def _window(law: Law, what: str, window: Window, value: Dated[int], kind: str, of: date) -> FoundWindow:
    zone = ZoneInfo(law.programme.window_zone)
    return FoundWindow(
        what,
        window.opens_on,
        window.closes_on,
        window.closes_at(zone),
        law.counting(value.name.partition("/")[2]),
        (value,),
        kind,
        of,
    )


def _first_day(what: str, day: date, *values: Dated[Any], kind: str, of: date) -> FoundWindow:
    return FoundWindow(what, day, None, None, None, tuple(values), kind, of)


def windows_as_dict(readings: Sequence[FoundWindows]) -> dict[str, Any]:
    """The answers as plain values (schema isovigil.windows/1)."""
    return {
        "schema": "isovigil.windows/1",
        "programme": readings[0].programme,
        "readings": [
            {
                "decided_by": list(reading.decided_by),
                "windows": [
                    {
                        "what": each.what,
                        "opens_on": each.opens_on.isoformat(),
                        "closes_on": None if each.closes_on is None else each.closes_on.isoformat(),
                        "closes_at": None if each.closes_at is None else each.closes_at.isoformat(),
                        "counting": each.counting,
                        "values": [
                            {
                                "name": value.name,
                                "value": getattr(value.value, "as_text", lambda value=value: value.value)(),
                                "from": value.from_.isoformat(),
                                "strength": value.strength,
                                "cite": {"source": value.cite.source, "at": value.cite.at},
                            }
                            for value in each.values
                        ],
                    }
                    for each in reading.found
                ],
            }
            for reading in readings
        ],
    }
