"""Was the pregnancy test taken in a place the programme accepts?"""

from __future__ import annotations

from typing import Any

from isovigil.calendar.days import in_words
from isovigil.case.kinds import Attestation, PregnancyTest
from isovigil.decisions.course import Course
from isovigil.decisions.cycle import SPECIMEN_WINDOWS, negative_tests, scheme, window_test
from isovigil.decisions.finding import Outcome, met, not_applicable, not_met, unknown
from isovigil.decisions.pregnancy_testing import CANNOT, category_unknown
from isovigil.decisions.rule import PRESCRIBE_AND_DISPENSE, rule
from isovigil.decisions.test_before_prescription import serving_test
from isovigil.law.law import Law
from isovigil.law.value import Dated

_ACCEPTED = {
    name: f"pregnancy_testing/settings_{name}"
    for name in ("screening", "before_first_dose", "during_treatment")
}
"""The lists of accepted settings."""


@rule("pregnancy_testing.test_setting", gates=PRESCRIBE_AND_DISPENSE)
def test_setting(course: Course, law: Law) -> Outcome:
    """Was the test that counts taken in a setting the programme accepts?"""
    today = course.today.day
    if course.can_become_pregnant is None:
        return category_unknown(law)
    period = "during_treatment" if course.has_started else "before_first_dose"
    if not course.can_become_pregnant:
        return not_applicable(CANNOT, values=(law.words(_ACCEPTED[period], today),))
    relied_on = _tests_relied_on(course, law)
    if not relied_on:
        return not_applicable(
            "There is no negative test yet whose setting could be judged; other rules ask for one.",
            values=(law.words(_ACCEPTED[period], today),),
        )
    outcomes = [_setting_of(course, law, test, name) for test, name in relied_on]
    if len(outcomes) == 1:
        return outcomes[0]
    order = ("not_met", "unknown", "met_by_discretion", "met")
    return min(outcomes, key=lambda outcome: order.index(outcome.answer))


def _tests_relied_on(course: Course, law: Law) -> list[tuple[PregnancyTest, str]]:
    """The tests whose setting matters now, each with the name of the list it is held against."""
    if scheme(law, course.today.day) != SPECIMEN_WINDOWS:
        name = "during_treatment" if course.has_started else "before_first_dose"
        serving = serving_test(course, law)
        return [] if serving is None else [(serving, name)]
    negatives = negative_tests(course, law)
    if not negatives:
        return []
    if course.has_started:
        test = window_test(course, law)
        return [] if test is None else [(test, "during_treatment")]
    tests = [(negatives[0], "screening")]
    counted = window_test(course, law)
    if counted is not None and counted is not negatives[0]:
        tests.append((counted, "before_first_dose"))
    return tests


def _setting_of(course: Course, law: Law, test: PregnancyTest, name: str) -> Outcome:
    accepted = law.words(_ACCEPTED[name], test.taken_on)
    other_specimen = _wrong_specimen(course, law, test)
    if other_specimen is not None:
        return other_specimen
    if test.setting == "unknown":
        return unknown(
            f"Nobody recorded where the test of {in_words(test.taken_on)} was taken.",
            needs="the setting of the test, or a new test in an accepted setting",
            whose_move="prescriber",
            satisfiable_from=course.today.day,
            facts=[test],
            values=(accepted,),
            task="record_fact",
        )
    taken = f"The test of {in_words(test.taken_on)}"
    place = test.setting.replace("_", " ")
    if test.setting in accepted.value:
        says = f"{taken} was taken in an accepted setting ({place})."
        return _with_process(course, law, test, says, (accepted,), by_discretion=False)
    tolerated_name = f"pregnancy_testing/settings_tolerated_{name}"
    if law.holds(tolerated_name, test.taken_on):
        tolerated = law.words(tolerated_name, test.taken_on)
        if test.setting in tolerated.value:
            says = f"{taken} was taken in a setting ({place}) tolerated by discretion."
            values = (accepted, tolerated)
            return _with_process(course, law, test, says, values, by_discretion=True)
    return not_met(
        f"{taken} was taken in a setting ({place}) that is not accepted.",
        needs="a negative pregnancy test in "
        + " or ".join(setting.replace("_", " ") for setting in accepted.value),
        whose_move="patient",
        satisfiable_from=course.today.day,
        facts=[test],
        values=(accepted,),
        task="pregnancy_test",
    )


def _wrong_specimen(course: Course, law: Law, test: PregnancyTest) -> Outcome | None:
    """Where the programme asks for blood (France): why another specimen does not count."""
    name = "pregnancy_testing/specimens"
    if not law.holds(name, test.taken_on):
        return None
    specimens = law.words(name, test.taken_on)
    if test.specimen in specimens.value:
        return None
    needs = f"a negative pregnancy test from {' or '.join(specimens.value)}"
    if test.specimen is None:
        return unknown(
            f"Nobody recorded from which specimen the test of {in_words(test.taken_on)} was made.",
            needs=f"the specimen of the test, or {needs}",
            whose_move="prescriber",
            satisfiable_from=course.today.day,
            facts=[test],
            values=(specimens,),
            task="record_fact",
        )
    return not_met(
        f"The test of {in_words(test.taken_on)} was made from {test.specimen}, which does not count here.",
        needs=needs,
        whose_move="patient",
        satisfiable_from=course.today.day,
        facts=[test],
        values=(specimens,),
        task="pregnancy_test",
    )


def _with_process(
    course: Course,
    law: Law,
    test: PregnancyTest,
    says: str,
    values: tuple[Dated[Any], ...],
    *,
    by_discretion: bool,
) -> Outcome:
    """A home test counts only where the prescriber's written process for home tests is attested."""
    name = "pregnancy_testing/settings_needing_home_test_process"
    if not law.holds(name, test.taken_on):
        return met(says, facts=[test], values=values, by_discretion=by_discretion)
    needing = law.words(name, test.taken_on)
    if test.setting not in needing.value:
        return met(says, facts=[test], values=values, by_discretion=by_discretion)
    attested = [fact for fact in course.chart.all(Attestation) if fact.what == "home_test_process"]
    if not attested:
        return unknown(
            f"{says} Nobody attested the process that limits misreading and falsification.",
            needs="the prescriber's attestation of a home-test process",
            whose_move="prescriber",
            satisfiable_from=course.today.day,
            facts=[test],
            values=(*values, needing),
            task="attestation",
        )
    return met(says, facts=[test, attested[-1]], values=(*values, needing), by_discretion=by_discretion)
