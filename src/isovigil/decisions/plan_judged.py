"""What does the engine say about one day of a plan, in every reading of the law?"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from isovigil.calendar.days import days_after
from isovigil.case.kinds import Prescription
from isovigil.decisions.cycle import (
    SPECIMEN_WINDOWS,
    certificate_for,
    counts_from_certificate,
    hand_over_window,
    scheme,
)
from isovigil.decisions.finding import Finding, Gate
from isovigil.decisions.judgement import Judgement
from isovigil.decisions.test_before_prescription import serving_test
from isovigil.decisions.verdict import programme_verdict


class JudgedDay(NamedTuple):
    """A day judged in every reading of the law; `main` is the first one not ready, else the first."""

    main: Judgement
    every: tuple[Judgement, ...]

    def is_ready(self, gate: Gate) -> bool:
        """Is a gate ready in every reading?"""
        return all(each.gates[gate].verdict == "ready" for each in self.every)

    def blocking(self, gate: Gate) -> list[Finding]:
        """What stands in the way at a gate, each rule once, in any reading."""
        found: dict[str, Finding] = {}
        for each in self.every:
            named = set(each.gates[gate].because)
            for finding in each.findings:
                stands = gate in finding.gates and programme_verdict(finding) != "ready"
                if stands or finding.rule in named:
                    found.setdefault(finding.rule, finding)
        return list(found.values())


def may_prescribe(now: JudgedDay) -> bool:
    """Is there nothing to hand over yet that was prescribed for this cycle?"""
    course = now.main.course
    if course.undispensed is None:
        return True
    exists = next(each for each in now.main.findings if each.rule == "dispensing.prescription_exists")
    lapsed = next(each for each in now.main.findings if each.rule == "dispensing.inside_the_window")
    return exists.answer == "not_met" or lapsed.answer == "not_met"


def last_prescribing_day(now: JudgedDay) -> date | None:
    """The last day on which the test, or the certificate, still serves a prescription; None without one."""
    course, law = now.main.course, now.main.law
    if course.can_become_pregnant is False or scheme(law, course.today.day) == SPECIMEN_WINDOWS:
        opened = hand_over_window(course, law)
        is_own = opened is not None and isinstance(opened.opened_by, Prescription)
        return None if opened is None or is_own else opened.window.closes_on
    certificate = certificate_for(course, course.undispensed)
    if counts_from_certificate(course, law, course.today.day) and certificate is not None:
        days = law.days("dispensing/days_after_prescription", certificate.date).value
        return days_after(certificate.date, days)
    test = serving_test(course, law)
    if test is None:
        return None
    return days_after(
        test.taken_on, law.days("pregnancy_testing/days_before_prescription", test.taken_on).value
    )
