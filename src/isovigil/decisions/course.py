"""Where does the patient stand in the current course of treatment?"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from datetime import date, timedelta
from typing import Any, TypeVar

from isovigil.calendar.moment import Moment
from isovigil.calendar.once import worked_out_once
from isovigil.case.chart import Chart
from isovigil.case.fact import Fact
from isovigil.case.kinds import (
    Authorisation,
    Category,
    CourseOpened,
    Dispense,
    Laboratory,
    Pregnancy,
    PregnancyTest,
    Prescription,
    Reversal,
    Symptom,
    TreatmentStart,
    TreatmentStop,
)
from isovigil.decisions.disproved import cleared_on
from isovigil.law.compared_reading import ComparedReading

F = TypeVar("F", bound=Fact)
T = TypeVar("T")

_NOT_YET: Any = object()
_ONE_DAY = timedelta(days=1)
_POSITIVE_TEST_RULE = "pregnancy_testing.no_positive_test"
_PREGNANCY_RULE = "pregnancy_testing.not_pregnant"


class Course:
    """The current course of treatment, as a chart shows it.

    A course opens with a `course` fact or on the day after a `treatment_stop`; without either
    all facts are one course. A positive test or a pregnancy, once disproved or ended, and a
    change to "can become pregnant", make the start sequence (tests, first hand-over) begin anew
    inside the course.
    """

    def __init__(
        self,
        chart: Chart,
        *,
        before_first_dose: bool = False,
        last_day: date = date.max,
        compared: ComparedReading | None = None,
    ) -> None:
        self.chart = chart
        self.today = chart.today
        self.patient = chart.patient
        self._before_first_dose = before_first_dose
        self._last_day = last_day
        self._compared = compared
        """The law it is judged by, where that notes what the readings of the law answer otherwise."""
        self._differing: set[Hashable] = set()
        self._remembered: dict[Hashable, Any] = {}
        self._own: dict[type[Fact], list[Any]] = {}

    def at(self, today: Moment) -> Course:
        """The same course at a later moment, before which no fact comes into view, no interval ends
        and no value of law begins: all that was worked out about it still holds.
        """
        later = object.__new__(type(self))
        later.__dict__.update(self.__dict__)
        later.chart = self.chart.at(today)
        later.today = today
        return later

    def in_another_reading(self, today: Moment) -> Course:
        """The same course for another reading of the law: what was worked out of its facts holds there too,
        and so does what the readings agree about.
        """
        alike = {what: found for what, found in self._remembered.items() if what not in self._differing}
        other = self.at(today)
        other.__dict__.update(_compared=None, _remembered=alike)
        other.__dict__.pop("ended_before", None)
        return other

    def remember(self, what: Hashable, work_out: Callable[[], T]) -> T:
        """Work something out once for this course. Never for anything that asks the time: each
        rule must ask for itself, or its turning points would be lost.
        """
        found: T = self._remembered.get(what, _NOT_YET)
        if found is _NOT_YET:
            found = work_out() if self._compared is None else self._noting(self._compared, what, work_out)
            self._remembered[what] = found
        elif self._compared is not None and what in self._differing:
            self._compared.readings_differ = True
        return found

    def _noting(self, law: ComparedReading, what: Hashable, work_out: Callable[[], T]) -> T:
        """Work something out, noting whether the readings of the law differ about it: then they differ for
        everyone who is told it again.
        """
        differed_before, law.readings_differ = law.readings_differ, False
        found = work_out()
        if law.readings_differ:
            self._differing.add(what)
        law.readings_differ |= differed_before
        return found

    # -- the course's own days ---------------------------------------------------------

    @worked_out_once
    def opened_on(self) -> date:
        """The first day whose facts belong to this course."""
        boundaries = [fact.date + _ONE_DAY for fact in self.chart.all(TreatmentStop)]
        boundaries += [fact.from_ for fact in self.chart.all(CourseOpened)]
        return max([day for day in boundaries if day <= self._last_day], default=date.min)

    @worked_out_once
    def number(self) -> int:
        """Which course this is; the first is 1. A `course` fact states its own number."""
        opened = [fact for fact in self.chart.all(CourseOpened) if fact.from_ <= self.opened_on]
        since, first = (opened[-1].from_, opened[-1].number) if opened else (date.min, 1)
        if self.opened_on <= since:
            return first
        ends = {fact.date for fact in self.chart.all(TreatmentStop)}
        return first + sum(since <= end < self.opened_on for end in ends)

    @worked_out_once
    def last_stop(self) -> TreatmentStop | None:
        """The last end of treatment, in whichever course."""
        return self.chart.latest(TreatmentStop)

    @property
    def has_ended(self) -> bool:
        """Has a treatment ended, and no dose been taken since? See `ended_treatment`."""
        return self.ended_treatment is not None

    @worked_out_once
    def ended_treatment(self) -> TreatmentStop | None:
        """The last end of treatment, while no dose has been taken since. None where none was ever taken.

        A stop is the day of the last dose, so it counts without any recorded hand-over; but where every
        recorded hand-over was reversed, nothing was taken.
        """
        stop = self.last_stop
        if stop is None or self.started_on is not None:
            return None
        undone = self.reversed_hand_overs
        if not undone or self.chart.all(TreatmentStart):
            return stop
        handed_over = [fact for fact in self.chart.all(Dispense) if fact.date <= stop.date]
        nothing_taken = bool(handed_over) and all(fact.id in undone for fact in handed_over)
        return None if nothing_taken else stop

    @worked_out_once
    def ended_before(self) -> Course | None:
        """The course that the last `treatment_stop` ended, when there is one before this."""
        stop = self.last_stop
        if stop is None or stop.date >= self._last_day:
            return None
        return Course(self.chart, last_day=stop.date, compared=self._compared)

    def all(self, kind: type[F]) -> list[F]:
        """The facts of a kind that belong to this course, oldest first."""
        facts: list[F] | None = self._own.get(kind)
        if facts is None:
            first, last = self.opened_on, self._last_day
            facts = self.chart.all(kind)
            if first != date.min:
                # From the last fact back: of most kinds there is none since treatment ended.
                begins = len(facts)
                while begins and facts[begins - 1].day >= first:
                    begins -= 1
                facts = facts[begins:]
            if last != date.max:
                ends = len(facts)
                while ends and facts[ends - 1].day > last:
                    ends -= 1
                facts = facts[:ends]
            self._own[kind] = facts
        return facts

    def latest(self, kind: type[F]) -> F | None:
        """The last fact of a kind that belongs to this course."""
        facts = self.all(kind)
        return facts[-1] if facts else None

    # -- who the patient is to the programme ---------------------------------------------

    @worked_out_once
    def category(self) -> Category | None:
        """The category in force; on one day the more protective of two entries wins."""
        return self.chart.latest(Category)

    @worked_out_once
    def can_become_pregnant(self) -> bool | None:
        """As recorded; None when nobody recorded it, which no rule may treat as "no"."""
        return None if self.category is None else self.category.can_become_pregnant

    @worked_out_once
    def became_able_to_become_pregnant_on(self) -> date:
        """The day of the last change from "cannot" to "can"; the earliest possible day if none."""
        changed = date.min
        was_unable = False
        for category in self.chart.all(Category):
            if category.can_become_pregnant and was_unable:
                changed = category.date
            was_unable = not category.can_become_pregnant
        return changed

    # -- positive tests and pregnancies ----------------------------------------------------

    @worked_out_once
    def _positive_tests(self) -> list[PregnancyTest]:
        return [test for test in self.chart.all(PregnancyTest) if test.result == "positive"]

    @worked_out_once
    def standing_positive(self) -> PregnancyTest | None:
        """The last positive test that nobody has disproved, from any course."""
        positives = self._positive_tests
        standing = [test for test in positives if cleared_on(self.chart, test, _POSITIVE_TEST_RULE) is None]
        return standing[-1] if standing else None

    @worked_out_once
    def standing_pregnancy(self) -> Pregnancy | None:
        """The last recorded pregnancy that nobody has recorded as ended or disproved."""
        standing = [
            pregnancy
            for pregnancy in self.chart.all(Pregnancy)
            if cleared_on(self.chart, pregnancy, _PREGNANCY_RULE) is None
        ]
        return standing[-1] if standing else None

    @worked_out_once
    def sequence_from(self) -> date:
        """The first day whose tests and hand-overs count for the present start sequence."""
        begun = max(self.opened_on, self.became_able_to_become_pregnant_on)
        for test in self._positive_tests:
            begun = max(begun, self._begun_anew_after(test, _POSITIVE_TEST_RULE))
        for fact in self.chart.all(Pregnancy):
            begun = max(begun, self._begun_anew_after(fact, _PREGNANCY_RULE))
        return begun

    def _begun_anew_after(self, fact: Fact, rule: str) -> date:
        """Not before it was disproved or ended, and not on the day of the positive itself.

        While it stands, nothing recorded up to today counts for a start.
        """
        cleared = cleared_on(self.chart, fact, rule)
        if cleared is None:
            return self.today.day + _ONE_DAY
        return max(fact.day + _ONE_DAY, cleared)

    @worked_out_once
    def blood_results(self) -> dict[str, list[Laboratory]]:
        """Every blood result of the patient by analyte, from any course, oldest first."""
        found: dict[str, list[Laboratory]] = {}
        for fact in self.chart.all(Laboratory):
            if fact.analyte in found:
                found[fact.analyte].append(fact)
            else:
                found[fact.analyte] = [fact]
        return found

    @worked_out_once
    def reported_symptoms(self) -> dict[str, list[Symptom]]:
        """Every report of a symptom by its code, from any course, oldest first."""
        found: dict[str, list[Symptom]] = {}
        for fact in self.chart.all(Symptom):
            found.setdefault(fact.code, []).append(fact)
        return found

    # -- prescriptions and hand-overs --------------------------------------------------------

    @worked_out_once
    def reversals(self) -> list[Reversal]:
        """Every undone authorisation or hand-over."""
        return self.chart.all(Reversal)

    @worked_out_once
    def reversed_hand_overs(self) -> frozenset[str]:
        """The ids of undone hand-overs, under whichever of their entries they were undone."""
        if not self.reversals:
            return frozenset()
        named = (reversal.dispense for reversal in self.reversals if reversal.dispense is not None)
        return frozenset(each for name in named for each in self.chart.entries_of(name))

    @worked_out_once
    def hand_overs(self) -> list[Dispense]:
        """The hand-overs of this course that were not reversed, oldest first."""
        made = [] if self._before_first_dose else self.all(Dispense)
        if not made or not self.reversals:
            return made
        undone = self.reversed_hand_overs
        return [fact for fact in made if fact.id not in undone]

    @worked_out_once
    def sequence_hand_overs(self) -> list[Dispense]:
        """The hand-overs since the present start sequence began."""
        return [fact for fact in self.hand_overs if fact.date >= self.sequence_from]

    @worked_out_once
    def started_on(self) -> date | None:
        """The day of the first dose of this course: the first hand-over, or as recorded."""
        if self._before_first_dose:
            return None
        recorded, handed_over = self.all(TreatmentStart), self.hand_overs
        first = handed_over[0].date if handed_over else None
        if not recorded:
            return first
        return recorded[0].date if first is None else min(recorded[0].date, first)

    @worked_out_once
    def sequence_started_on(self) -> date | None:
        """The first dose since the present start sequence began; None while it is still to come."""
        if self.started_on is None:
            return None
        starts = [fact.date for fact in self.all(TreatmentStart) if fact.date >= self.sequence_from]
        starts += [fact.date for fact in self.sequence_hand_overs]
        return min(starts, default=None)

    @property
    def is_treated(self) -> bool:
        """Was a first dose of this course handed over or recorded?"""
        return self.started_on is not None

    @worked_out_once
    def has_started(self) -> bool:
        """Has the first dose of the present start sequence been handed over?"""
        return self.sequence_started_on is not None

    @worked_out_once
    def last_hand_over(self) -> Dispense | None:
        """The last hand-over of the present start sequence."""
        return self.sequence_hand_overs[-1] if self.sequence_hand_overs else None

    @worked_out_once
    def prescriptions(self) -> list[Prescription]:
        """The prescriptions of this course, oldest first."""
        return self.all(Prescription)

    @property
    def is_prescribed(self) -> bool:
        """Is anything prescribed in this course?"""
        return bool(self.prescriptions)

    @worked_out_once
    def latest_prescription(self) -> Prescription | None:
        """The last prescription of this course, handed over or not."""
        return self.prescriptions[-1] if self.prescriptions else None

    def hand_overs_of(self, prescription: Prescription) -> list[Dispense]:
        """The hand-overs made on a prescription: those that name it, also by an entry of it that was
        corrected, else those that name none and fall between its issue and the next prescription's.
        """
        entries = self.chart.entries_of(prescription.id)
        place = self.prescriptions.index(prescription)
        following = self.prescriptions[place + 1 : place + 2]
        until = following[0].issued_on if following else date.max
        return [
            fact
            for fact in self.hand_overs
            if fact.prescription in entries
            or (
                fact.prescription is None
                and prescription.issued_on <= fact.date
                and (fact.date < until or until == prescription.issued_on)
            )
        ]

    def is_handed_over(self, prescription: Prescription) -> bool:
        """Has the whole of a prescription been handed over? Parts count until they add up."""
        made = self.hand_overs_of(prescription)
        if any(not fact.partial for fact in made):
            return True
        return sum(fact.days_supply for fact in made) >= prescription.days_supply

    @worked_out_once
    def undispensed(self) -> Prescription | None:
        """The latest prescription, while it has not been handed over whole."""
        latest = self.latest_prescription
        return None if latest is None or self.is_handed_over(latest) else latest

    @worked_out_once
    def authorisation(self) -> Authorisation | None:
        """The last authorisation issued for the prescription to be handed over."""
        prescription = self.latest_prescription
        authorisation = self.latest(Authorisation)
        if authorisation is None or prescription is None:
            return authorisation
        return authorisation if authorisation.day >= prescription.issued_on else None
