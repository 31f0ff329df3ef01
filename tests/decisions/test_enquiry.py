"""Was the patient asked about mental health and sexual function before the start, and again later?"""

import pytest

from isovigil.case import kinds
from isovigil.case.fact import Fact
from isovigil.decisions.answering import strongest
from tests.decisions.judged import UK, US, cannot, day, fact, handed_over, judged, prescribed


def entry(tool: str, on: str, depth: str | None = None) -> Fact:
    return fact(kinds.Questionnaire, id=f"{tool}-{on}", date=day(on), tool=tool, depth=depth)


def visit(on: str) -> Fact:
    return fact(kinds.Visit, id=f"visit-{on}", date=day(on), mode="in_person")


@pytest.mark.parametrize("tool", ["phq2", "phq9", "phqa", "gad7", "mood_entry"])
def test_which_tools_are_a_baseline_of_mental_health(tool: str):
    facts = [entry(tool, "2024-01-05")]
    assert judged("mental_health.baseline", facts, "2024-01-10", UK).answer == "met"
    assert judged("sexual_function.baseline", facts, "2024-01-10", UK).answer == "unknown"


@pytest.mark.parametrize("tool", ["asex", "sexual_function_entry"])
def test_which_tools_are_a_baseline_of_sexual_function(tool: str):
    facts = [entry(tool, "2024-01-05")]
    assert judged("sexual_function.baseline", facts, "2024-01-10", UK).answer == "met"
    assert judged("mental_health.baseline", facts, "2024-01-10", UK).answer == "unknown"


@pytest.mark.parametrize("topic", ["mental_health", "sexual_function"])
@pytest.mark.parametrize("moment", ["baseline", "follow_up"])
def test_the_uk_licence_blocks_and_elsewhere_it_advises(topic: str, moment: str):
    facts = [cannot(), handed_over("2024-01-10")]
    uk = judged(f"{topic}.{moment}", facts, "2024-02-08", UK)
    us = judged(f"{topic}.{moment}", facts, "2024-02-08", US)
    assert (uk.answer, strongest(uk.values)) == ("unknown", "licence")
    assert us.answer == "unknown"
    assert strongest(us.values) in ("guidance", "local_default")


@pytest.mark.parametrize("rule", ["mental_health.follow_up", "sexual_function.follow_up"])
def test_the_first_prescription_needs_the_baseline_only(rule: str):
    assert judged(rule, [cannot()], "2024-01-10", UK).answer == "not_applicable"


# Prescribed on 8 February 2024; seven days before is 1 February.
@pytest.mark.parametrize(
    ("on", "answer"),
    [("2024-01-31", "unknown"), ("2024-02-01", "met"), ("2024-02-08", "met"), ("2024-02-09", "met")],
)
def test_each_further_prescription_has_an_entry_of_its_cycle_or_the_week_before(on: str, answer: str):
    facts = [
        cannot(),
        prescribed("2024-01-09", "first"),
        handed_over("2024-01-10"),
        prescribed("2024-02-08"),
        entry("mood_entry", on),
    ]
    assert judged("mental_health.follow_up", facts, "2024-02-09", UK).answer == answer


def test_an_entry_does_not_serve_two_prescriptions():
    facts = [
        cannot(),
        prescribed("2024-01-09", "first"),
        handed_over("2024-01-10"),
        entry("mood_entry", "2024-01-09"),
    ]
    assert judged("mental_health.follow_up", facts, "2024-01-14", UK).answer == "unknown"


# Golden vector 12: the third appointment on 5 November 2025; on 20 October a brief entry was not
# endorsed yet, whatever the number of the appointment.
@pytest.mark.parametrize(
    ("appointments", "on", "amber"),
    [
        (["2025-09-01", "2025-10-06", "2025-11-05"], "2025-11-05", False),
        (["2025-09-01", "2025-11-05"], "2025-11-05", True),
        (["2025-08-04", "2025-09-01", "2025-10-20"], "2025-10-20", True),
        (["2025-08-04", "2025-09-01", "2025-10-26"], "2025-10-26", True),
        (["2025-08-04", "2025-09-01", "2025-10-27"], "2025-10-27", False),
    ],
)
def test_a_brief_enquiry_is_endorsed_from_the_third_appointment_and_since_27_october_2025(
    appointments: list[str], on: str, amber: bool
):
    facts = [
        cannot(),
        handed_over("2025-09-02"),
        *(visit(each) for each in appointments),
        entry("sexual_function_entry", on, "brief"),
    ]
    outcome = judged("sexual_function.follow_up", facts, on, UK)
    assert (outcome.answer, outcome.amber) == ("met", amber)


def test_a_full_enquiry_is_never_remarked_on():
    facts = [cannot(), handed_over("2025-09-02"), entry("asex", "2025-10-01", "full")]
    assert judged("sexual_function.follow_up", facts, "2025-10-01", UK).amber is False
