"""What do the United States rules say about one day, read page by page from the specification?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tests.oracle.answers import Answer, DayAnswer, Window, worst
from tests.oracle.contraception_days import counts_in_the_us, unbroken_since
from tests.oracle.facts_seen import (
    Fact,
    can_become_pregnant,
    course_opened_on,
    day_of,
    facts_seen_on,
    handed_over,
    happening_on,
    of_kind,
    of_this_course,
    undispensed,
)
from tests.oracle.one_day_at_a_time import (
    days_between,
    every_day,
    same_day_next_month,
    the_day_after,
    turn_pages,
)

R2_STAYS = "us_ipledge/2021-12-13"
R3_IS_LIVE = "us_ipledge/2026-modification"

R2_BEGINS = date(2021, 12, 13)  # section 1, row R2
R3_BEGINS = date(2026, 11, 15)  # section 1, row R3: scheduled, unconfirmed, hence two readings
WINDOW_DAYS = 7  # section 2 "CGP window length": the last day is day 1 + 6
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
    standing_positives: set[str] = field(default_factory=set)
    hand_overs: list[date] = field(default_factory=list)
    first_free_day: date | None = None
    start_sequence_due: bool = True


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
        return "not_met", None
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


def close_windows(diary: Diary, facts: list[Fact], day: date, reading: str) -> None:
    """Before the first hand-over: a missed window of a real attempt locks the next specimen out."""
    for specimen in diary.counted:
        if diary.hand_overs or the_day_after(last_window_day(specimen)) != day or in_r3(day, reading):
            continue
        confirmed = specimen != diary.counted[0] and (
            confirmatory_rule(facts, diary.counted, specimen, reading) == "met"
        )
        if confirmed or prescribed_inside(facts, specimen):
            free = turn_pages(specimen, LOCKOUT_DAYS)
            diary.first_free_day = free if diary.first_free_day is None else max(free, diary.first_free_day)


def locked_out(diary: Diary, day: date, reading: str) -> bool:
    """Is the 19-day lockout running? It ends with a hand-over and at the modification (section 1)."""
    return diary.first_free_day is not None and day < diary.first_free_day and not in_r3(day, reading)


def specimen_counts(diary: Diary, day: date, reading: str) -> bool:
    """May a negative specimen of this day stand for anything?"""
    if diary.standing_positives or locked_out(diary, day, reading):
        return False
    if diary.counted and not diary.start_sequence_due:
        return day > last_window_day(diary.counted[-1])  # section 5.2: "next specimen > last"
    return True


def read_page(diary: Diary, facts: list[Fact], day: date, reading: str) -> None:
    """Carry the diary over one day: closed windows, then results, then decisions, then hand-overs."""
    close_windows(diary, facts, day, reading)
    tests = happening_on(facts, day, "pregnancy_test")
    positives = {str(test.get("id")) for test in tests if test["result"] == "positive"}
    if positives:
        diary.standing_positives |= positives
        diary.counted, diary.start_sequence_due = [], True
    elif any(test["result"] == "negative" for test in tests) and specimen_counts(diary, day, reading):
        diary.counted.append(day)
    for decision in happening_on(facts, day, "clinical_decision"):
        if decision["decision"] == "continue":
            diary.standing_positives.discard(str(decision["about"]))
    if any(day_of(dispense) == day for dispense in handed_over(facts)):
        diary.hand_overs.append(day)
        diary.first_free_day, diary.start_sequence_due = None, False


def diary_up_to(case: Mapping[str, Any], on: date, reading: str) -> tuple[Diary, list[Fact]]:
    """Read every page up to and including `on`, with what is known on that day."""
    facts = facts_seen_on(case, on)
    diary = Diary()
    for day in every_day(min((day_of(fact) for fact in facts), default=on), on):
        if course_opened_on(facts, day) == day:
            diary = Diary(standing_positives=diary.standing_positives)
        read_page(diary, facts, day, reading)
    return diary, facts


def setting_rule(facts: list[Fact], diary: Diary, reading: str) -> Answer:
    """Was the latest counted specimen taken where its day allows (section 2, CLIA and home rows)?"""
    if not diary.counted:
        return "unknown"
    taken = diary.counted[-1]
    screening = diary.start_sequence_due and taken == diary.counted[0]
    settings = {
        test["setting"]
        for test in happening_on(facts, taken, "pregnancy_test")
        if test["result"] == "negative"
    }
    if len(settings) != 1:
        return "undecided"
    return setting_answer(
        settings.pop(), taken, reading, screening=screening, starting=diary.start_sequence_due
    )


def setting_answer(setting: str, taken: date, reading: str, *, screening: bool, starting: bool) -> Answer:
    """One setting on one day; `undecided` where nobody published the date or where more than days decide."""
    if setting == "unknown":
        return "unknown"
    if setting == "laboratory" or (setting == "clinic" and (screening or in_r3(taken, reading))):
        return "met"
    if setting == "home" and starting:
        return "not_met" if taken >= DISCRETION_SURELY_FROM else "undecided"  # section 14, question 9
    if PANDEMIC_SURELY_UNTIL < taken < DISCRETION_SURELY_FROM or setting not in ("home", "clinic"):
        return "undecided"
    if setting == "home" and taken >= DISCRETION_SURELY_FROM:
        return "undecided"  # rests on the clinic's documented process, which is no matter of days
    return "met_by_discretion"


def supply_rule(course: list[Fact]) -> Answer:
    """At most thirty days in the prescription that waits to be handed over."""
    waiting = undispensed(course)
    if waiting is None:
        return "unknown"
    return "met" if waiting["days_supply"] <= SUPPLY_DAYS else "not_met"


def answer_who_can(case: Mapping[str, Any], on: date, reading: str) -> DayAnswer:
    """The day's answers for a patient who can become pregnant."""
    diary, facts = diary_up_to(case, on, reading)
    latest = diary.counted[-1] if diary.counted else None
    used = latest is not None and any(latest <= day for day in diary.hand_overs)
    window = Window(latest, last_window_day(latest)) if latest else None
    inside: Answer = "unknown" if latest is None else "not_met"
    if window and not used and window.opens_on <= on <= window.closes_on:
        inside = "met"
    lead, passes = lead_rule(facts, on)
    starting = diary.start_sequence_due
    confirmatory: Answer = "not_applicable"
    if starting:
        confirmatory = "unknown" if len(diary.counted) < 2 else "met"
        if latest is not None and len(diary.counted) >= 2:
            confirmatory = confirmatory_rule(facts, diary.counted, latest, reading)
    locked = locked_out(diary, on, reading)
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
            "pregnancy_testing.screening_test": ("met" if latest else "unknown")
            if starting
            else "not_applicable",
            "pregnancy_testing.confirmatory_test": confirmatory,
            "pregnancy_testing.monthly_test": "not_applicable" if starting else inside,
            "pregnancy_testing.test_setting": setting_rule(facts, diary, reading),
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
    counselled = [day_of(fact) for fact in of_kind(of_this_course(facts, on), "counselling")]
    window: Window | None = None
    inside: Answer = "not_applicable" if in_r3(on, reading) else "unknown"
    if counselled and not in_r3(on, reading):
        window = Window(counselled[-1], turn_pages(counselled[-1], NCGP_WINDOW_DAYS - 1))
        inside = "met" if on <= window.closes_on else "not_met"
    return DayAnswer(
        on=on,
        reading=reading,
        can_become_pregnant=False,
        before_the_first_hand_over=not handed_over(of_this_course(facts, on)),
        window=window,
        rules={
            "dispensing.inside_the_window": inside,
            "prescription.supply_limit": supply_rule(of_this_course(facts, on)),
        },
        days={},
    )


def post_treatment_test_on(facts: list[Fact]) -> date | None:
    """Thirty days after the last dose, for a course in which capsules were handed over (section 6)."""
    stops = of_kind(facts, "treatment_stop")
    if not stops or not any(day_of(given) <= day_of(stops[-1]) for given in handed_over(facts)):
        return None
    return turn_pages(day_of(stops[-1]), POST_TEST_DAYS)


def us_answer(case: Mapping[str, Any], on: date, reading: str) -> DayAnswer | None:
    """The oracle's answer for `us_ipledge`; None while nobody has recorded the category."""
    can = can_become_pregnant(facts_seen_on(case, on))
    if can is None:
        return None
    return answer_who_can(case, on, reading) if can else answer_who_cannot(case, on, reading)
