"""What do the United States rules say about one day, read page by page from the specification?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, cast

from tests.oracle.answers import Answer, DayAnswer, Window, worst
from tests.oracle.contraception_days import counts_in_the_us, unbroken_since
from tests.oracle.facts_seen import (
    Fact,
    can_become_pregnant,
    course_stopped_on,
    day_of,
    facts_seen_on,
    handed_over,
    happening_on,
    of_kind,
    of_this_course,
    still_to_do,
    waiting_prescription,
    zone_of,
)
from tests.oracle.one_day_at_a_time import (
    days_between,
    every_day,
    same_day_next_month,
    turn_pages,
)

R2_STAYS = "us_ipledge/2021-12-13"
R3_IS_LIVE = "us_ipledge/2026-modification"

R2_BEGINS = date(2021, 12, 13)  # section 1, row R2
PANDEMIC_BEGINS = date(2020, 3, 22)  # section 1, row R1-cov
R3_BEGINS = date(2026, 11, 15)  # section 1, row R3: scheduled, unconfirmed, hence two readings
WINDOW_DAYS = 7  # section 2 "CGP window length": the last day is day 1 + 6
CUT_OFF_ZONE = "America/New_York"  # section 2 "window cut-off time": 23:59 US Eastern
NCGP_WINDOW_DAYS = 30  # section 2 "NCGP window", section 5.2: inclusive count
LOCKOUT_DAYS = 19  # section 2 "lockout, first Rx"; nought in R3
TEST_GAP_DAYS = 19  # section 4.2: t2 >= t1 + 19 days
LEAD_DAYS = 30  # section 4.2: 30 days, or the calendar month where that is later
LAST_MENSES_DAY = 5  # section 4.2: menses day 1 to 5
POST_TEST_DAYS = 30  # section 6 "Post test"
SUPPLY_DAYS = 30  # section 2 "max_days_supply"
PANDEMIC_SURELY_UNTIL = date(
    2023, 9, 22
)  # section 1, R2-cov: "through fall 2023"; the day before that autumn began
DISCRETION_SURELY_FROM = date(2023, 11, 1)  # section 1, R2-disc: 2023-10, day not found


def in_r3(day: date, reading: str) -> bool:
    """Is an act of this day judged by the 2026 modification? Each act by its own day (section 1)."""
    return reading == R3_IS_LIVE and day >= R3_BEGINS


def window_of(specimen: date) -> Window:
    """Day 1 to day 7, the specimen day being day 1; the last day ends when it ends on the east coast."""
    return Window(specimen, last_window_day(specimen), CUT_OFF_ZONE)


def last_window_day(specimen: date) -> date:
    """Day 7, the specimen day being day 1."""
    return turn_pages(specimen, WINDOW_DAYS - 1)


def lead_passes_on(since: date) -> date:
    """The later of 30 days and one calendar month after contraception began."""
    return max(turn_pages(since, LEAD_DAYS), same_day_next_month(since))


@dataclass
class Diary:
    """What has happened in the course so far, as of the page being read."""

    counted: list[date] = field(default_factory=list)
    """Negative specimens of the current start sequence, or since it, that count."""
    negatives: list[date] = field(default_factory=list)
    """Every negative specimen of the current start sequence, or since it."""
    standing_positives: set[str] = field(default_factory=set)
    hand_overs: list[date] = field(default_factory=list)
    first_free_day: date | None = None
    start_sequence_due: bool = True
    zone: str = CUT_OFF_ZONE
    yesterday: date = date.min


def menses_rule(facts: list[Fact], specimen: date, repeat_in_r3: bool) -> Answer:
    """Regular cycles only: the specimen falls on menses day 1 to 5 (section 4.2)."""
    cycles = of_kind(facts, "cycle")
    if repeat_in_r3:
        return "met"  # section 5.2: proposed, not binding on a repeat
    if not cycles:
        return "unknown"
    if not all(cycle["regular"] for cycle in cycles if day_of(cycle) == day_of(cycles[-1])):
        return "met"
    begun = [day_of(fact) for fact in of_kind(facts, "menses") if day_of(fact) <= specimen]
    if not begun:
        return "unknown"
    gone = days_between(begun[-1], specimen)
    return "met" if gone is not None and gone + 1 <= LAST_MENSES_DAY else "not_met"


def lead_rule(facts: list[Fact], day: date) -> tuple[Answer, date | None]:
    """Has the contraception lead time passed on this day, and on which day does it pass?"""
    if not of_kind(facts, "contraception"):
        return "unknown", None
    since = unbroken_since(facts, day, counts_in_the_us)
    if since is None:
        return "unknown", None  # whether what is recorded counts is another rule's question
    passes = lead_passes_on(since)
    return ("met" if day >= passes else "not_met"), passes


def confirmatory_rule(facts: list[Fact], counted: list[date], specimen: date, reading: str) -> Answer:
    """Does this later negative specimen confirm the first one (section 4.2)?"""
    first = counted[0]
    gap: Answer = "met" if specimen >= turn_pages(first, TEST_GAP_DAYS) else "not_met"
    lead, _ = lead_rule([fact for fact in facts if day_of(fact) <= specimen], specimen)
    repeat = in_r3(specimen, reading) and any(
        confirmatory_rule(facts, counted, earlier, R2_STAYS) == "met"
        for earlier in counted[1:]
        if earlier < specimen
    )
    return worst(gap, lead, menses_rule(facts, specimen, repeat))


def prescribed_inside(facts: list[Fact], specimen: date) -> bool:
    """Was a prescription issued on a day of this specimen's window?"""
    return any(
        specimen <= day_of(fact) <= last_window_day(specimen) for fact in of_kind(facts, "prescription")
    )


def is_an_attempt(diary: Diary, facts: list[Fact], specimen: date, reading: str) -> bool:
    """Did this specimen open a window somebody meant to use: it confirmed, or a prescription fell in it?"""
    confirmed = (
        diary.start_sequence_due
        and specimen != diary.counted[0]
        and confirmatory_rule(facts, diary.counted, specimen, reading) == "met"
    )
    return confirmed or prescribed_inside(facts, specimen)


def close_windows(diary: Diary, facts: list[Fact], day: date, reading: str) -> None:
    """Before the first hand-over: a missed window of a real attempt locks the next specimen out."""
    for specimen in diary.counted:
        # A specimen carries a day and no hour, so the days themselves decide here, not the cut-off's zone.
        ended = diary.yesterday <= last_window_day(specimen) < day
        if not diary.start_sequence_due or not ended or in_r3(day, reading):
            continue
        if is_an_attempt(diary, facts, specimen, reading):
            diary.first_free_day = turn_pages(specimen, LOCKOUT_DAYS)


def locked_out(diary: Diary, day: date, reading: str) -> bool:
    """Is the 19-day lockout running? It ends with a hand-over and at the modification (section 1)."""
    return diary.first_free_day is not None and day < diary.first_free_day and not in_r3(day, reading)


def specimen_counts(diary: Diary, facts: list[Fact], day: date, reading: str) -> bool:
    """May a negative specimen of this day stand for anything?

    Not inside a lockout, and in R2 not while the window of an earlier attempt is open: section 5.2, "next
    specimen > last (window expired or closed)". After a hand-over every window is one. In R3 "at once".
    """
    if locked_out(diary, day, reading):
        return False
    if not diary.counted or day > last_window_day(diary.counted[-1]):
        return True
    if any(diary.counted[-1] <= handed <= day for handed in diary.hand_overs):
        return False  # a window that was used has to be over, in every reading (our reading, ADR 4)
    if in_r3(day, reading):
        return True
    return diary.start_sequence_due and not is_an_attempt(diary, facts, diary.counted[-1], reading)


def read_page(diary: Diary, facts: list[Fact], day: date, reading: str) -> None:
    """Carry the diary over one day: closed windows, then results, then decisions, then hand-overs."""
    close_windows(diary, facts, day, reading)
    tests = happening_on(facts, day, "pregnancy_test")
    positives = {str(test.get("id")) for test in tests if test["result"] == "positive"}
    if positives:
        diary.standing_positives |= positives
        diary.counted, diary.start_sequence_due, diary.first_free_day = [], True, None
        diary.negatives = []
    for decision in happening_on(facts, day, "clinical_decision"):
        if decision["decision"] == "continue":
            diary.standing_positives.discard(str(decision["about"]))
    # A start sequence begins anew once the positive is disproved, and not on its own day (ADR 4).
    may_count = not positives and not diary.standing_positives
    results = {test["result"] for test in tests}
    if may_count and "negative" in results and "invalid" not in results:
        diary.negatives.append(day)
        if specimen_counts(diary, facts, day, reading):
            diary.counted.append(day)
    if any(day_of(dispense) == day for dispense in handed_over(facts)) and may_count:
        diary.hand_overs.append(day)
        diary.first_free_day = None
        diary.start_sequence_due = False  # one against a standing positive does not come this far
    diary.yesterday = day


def diary_up_to(case: Mapping[str, Any], on: date, reading: str) -> tuple[Diary, list[Fact]]:
    """Read every page up to and including `on`, with what is known on that day."""
    facts = facts_seen_on(case, on)
    diary = Diary(zone=zone_of(case))
    for day in every_day(min((day_of(fact) for fact in facts), default=on), on):
        if happening_on(facts, day, "course"):
            diary = Diary(standing_positives=diary.standing_positives, zone=diary.zone)
        read_page(diary, facts, day, reading)
        if happening_on(facts, day, "treatment_stop"):
            diary = Diary(standing_positives=diary.standing_positives, zone=diary.zone)
    return diary, facts


def setting_rule(facts: list[Fact], diary: Diary, unused: date | None, reading: str) -> Answer:
    """Were the specimens that stand taken where their day allows (section 2, CLIA and home rows)?

    Before the first hand-over these are the first and the latest one, after it the latest one not yet used.
    """
    starting = diary.start_sequence_due
    standing = {unused} if unused else set()
    if starting and diary.counted:
        standing.add(diary.counted[0])
    if not standing:
        return "not_applicable"  # other rules ask for the test
    answers: set[Answer] = set()
    for taken in standing:
        screening = starting and taken == diary.counted[0]
        for test in happening_on(facts, taken, "pregnancy_test"):
            if test["result"] == "negative":
                setting = test["setting"]
                answers.add(setting_answer(setting, taken, reading, screening=screening, starting=starting))
    for word in ("undecided", "not_met", "unknown", "met_by_discretion"):
        if word in answers:
            return cast(Answer, word)
    return "met"


def setting_answer(setting: str, taken: date, reading: str, *, screening: bool, starting: bool) -> Answer:
    """One setting on one day; `undecided` where nobody published the date or where more than days decide."""
    if setting == "unknown":
        return "unknown"
    if setting == "laboratory" or (setting == "clinic" and (screening or in_r3(taken, reading))):
        return "met"
    if taken < PANDEMIC_BEGINS and setting in ("home", "clinic"):
        return "not_met"  # section 2, R1: a certified laboratory, and no home test before or during
    if setting == "home" and starting:
        return "not_met" if taken >= DISCRETION_SURELY_FROM else "undecided"  # section 14, question 9
    if PANDEMIC_SURELY_UNTIL < taken < DISCRETION_SURELY_FROM or setting not in ("home", "clinic"):
        return "undecided"
    if setting == "home" and taken >= DISCRETION_SURELY_FROM:
        return "undecided"  # rests on the clinic's documented process, which is no matter of days
    return "met_by_discretion"


def supply_rule(course: list[Fact]) -> Answer:
    """At most thirty days in the prescription that waits to be handed over."""
    waiting = waiting_prescription(course)
    if waiting is None:
        return "unknown"
    return "met" if waiting["days_supply"] <= SUPPLY_DAYS else "not_met"


def in_doubt(facts: list[Fact], diary: Diary, latest: date, on: date) -> bool:
    """Did an invalid test fall in the window, with no negative one since (ADR 4)?"""
    invalid = [
        day_of(test)
        for test in of_kind(facts, "pregnancy_test")
        if test["result"] == "invalid" and latest <= day_of(test) <= min(on, last_window_day(latest))
    ]
    return bool(invalid) and not any(negative > invalid[-1] for negative in diary.negatives)


def answer_who_can(case: Mapping[str, Any], on: date, reading: str) -> DayAnswer:
    """The day's answers for a patient who can become pregnant."""
    diary, facts = diary_up_to(case, on, reading)
    latest = diary.counted[-1] if diary.counted else None
    if latest is not None and any(latest <= day for day in diary.hand_overs):
        latest = None  # a hand-over has used it up
    screened = latest is not None
    if latest is not None and in_doubt(facts, diary, latest, on):
        latest = None
    window = window_of(latest) if latest else None
    inside: Answer = "unknown" if window is None else "not_met"
    if window and not window.is_over(on, zone_of(case)):
        inside = "met"
    lead, passes = lead_rule(facts, on)
    starting = diary.start_sequence_due
    confirmatory: Answer = "unknown" if starting else "not_applicable"
    if window and starting and len(diary.counted) > 1:
        confirmatory = confirmatory_rule(facts, diary.counted, window.opens_on, reading)
        if (
            window.is_over(on, zone_of(case)) and confirmatory == "met"
        ):  # section 4.2: dispensed in [t2, t2 + 6]
            confirmatory = "not_met"
    still_open = bool(diary.counted) and not window_of(diary.counted[-1]).is_over(on, zone_of(case))
    locked = locked_out(diary, on, reading) and not still_open
    return DayAnswer(
        on=on,
        reading=reading,
        can_become_pregnant=True,
        before_the_first_hand_over=not diary.hand_overs,
        window=window,
        rules={
            "dispensing.inside_the_window": inside,
            "dispensing.no_lockout": "not_met" if locked else "met",
            "contraception.lead_time": lead,
            "pregnancy_testing.no_positive_test": "not_met" if diary.standing_positives else "met",
            "pregnancy_testing.screening_test": ("met" if screened else "unknown")
            if starting
            else "not_applicable",
            "pregnancy_testing.confirmatory_test": confirmatory,
            "pregnancy_testing.monthly_test": "not_applicable" if starting else inside,
            "pregnancy_testing.test_setting": setting_rule(facts, diary, latest, reading),
            "prescription.supply_limit": supply_rule(of_this_course(facts, on)),
        },
        days={
            "dispensing.no_lockout": diary.first_free_day if locked else None,
            "contraception.lead_time": passes if lead == "not_met" else None,
        },
        post_treatment_test_on=post_treatment_test_on(facts),
    )


def answer_who_cannot(case: Mapping[str, Any], on: date, reading: str) -> DayAnswer:
    """The day's answers for a patient who cannot become pregnant: only the counselling window counts days."""
    facts = facts_seen_on(case, on)
    course = of_this_course(facts, on)
    used = [day_of(given) for given in handed_over(course)]
    # Section 5.1: counselling is confirmed anew for every prescription.
    counselled = [
        day_of(fact)
        for fact in of_kind(course, "counselling")
        if not any(day_of(fact) <= day for day in used)
    ]
    window: Window | None = None
    inside: Answer = "not_applicable" if in_r3(on, reading) else "unknown"
    if counselled and not in_r3(on, reading):
        window = Window(counselled[-1], turn_pages(counselled[-1], NCGP_WINDOW_DAYS - 1), CUT_OFF_ZONE)
        inside = "not_met" if window.is_over(on, zone_of(case)) else "met"
    return DayAnswer(
        on=on,
        reading=reading,
        can_become_pregnant=False,
        before_the_first_hand_over=not used,
        window=window,
        rules={
            "dispensing.inside_the_window": inside,
            "prescription.supply_limit": supply_rule(course),
        },
        days={},
    )


def post_treatment_test_on(facts: list[Fact]) -> date | None:
    """Thirty days after the last dose (section 6), until a negative test of that day or later is recorded."""
    stopped = course_stopped_on(facts)
    return None if stopped is None else still_to_do(turn_pages(stopped, POST_TEST_DAYS), facts)


def us_answer(case: Mapping[str, Any], on: date, reading: str) -> DayAnswer | None:
    """The oracle's answer for `us_ipledge`; None while nobody has recorded the category."""
    can = can_become_pregnant(facts_seen_on(case, on))
    if can is None:
        return None
    return answer_who_can(case, on, reading) if can else answer_who_cannot(case, on, reading)
