"""Is everybody on the worklist once, in the right group, the most urgent first?"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import pytest

from isovigil.case.kinds import Weight
from isovigil.decisions.review import review
from isovigil.exchange.rulebook_files import load_rulebook
from isovigil.law.rulebook import Rulebook
from isovigil.usecases.synthetic_clinic.clinic import make_clinic, tell
from isovigil.usecases.synthetic_clinic.diary import Diary
from isovigil.usecases.synthetic_clinic.story import STORIES
from isovigil.usecases.synthetic_clinic.uk_treatment import (
    follow_up,
    initiate,
    months_of_treatment,
    prepare,
    prescribe,
)
from isovigil.usecases.synthetic_clinic.us_stories_mid_course import on_treatment
from isovigil.usecases.worklist import GROUPS, LOOK_AHEAD_DAYS, Row, Worklist, row_of, worklist
from isovigil.usecases.worklist_days import AT_ONCE, BEFORE_CAPSULES, LAST_DAY, NO_RULE, OVER, RUN_OUT

US, UK = "us_ipledge", "uk_mhra"
TODAY = date(2026, 11, 22)
NEW_YORK = ZoneInfo("America/New_York")


@lru_cache(maxsize=1)
def rulebook() -> Rulebook:
    return load_rulebook()


def row(
    story: str, on: date = TODAY, programme: str = US, told: date = TODAY, at: datetime | None = None
) -> Row:
    """The row of a patient whose story is told as of one day and judged on another, or at an instant."""
    each = next(one for one in STORIES[programme] if one.name == story)
    case = tell(each, 1, "Wren Testwell", told, 1).case
    if at is not None:
        return row_of(case, review(case, rulebook(), at, date(2027, 12, 31)))
    return row_of(case, review(case, rulebook(), on=on))


@lru_cache(maxsize=4)
def listed(programme: str) -> Worklist:
    return worklist(
        row_of(each.case, review(each.case, rulebook(), on=TODAY), name=each.person.name)
        for each in make_clinic(programme, TODAY, 1, 200)
    )


@pytest.mark.parametrize(
    ("story", "group", "mover"),
    [
        ("pregnancy recorded", "safety", "prescriber"),
        ("positive test", "safety", "prescriber"),
        ("under 12", "safety", "prescriber"),
        ("enzyme inducer beside the pill alone", "safety", "prescriber"),
        ("window closes today", "closing", "pharmacy"),
        ("window closes tomorrow", "closing", "pharmacy"),
        ("window closes today, comprehension missing", "closing", "patient"),
        ("counselling missing this month", "ours", "prescriber"),
        ("tested and counselled, prescription to be written", "ours", "prescriber"),
        ("home test without attested process", "ours", "prescriber"),
        ("finished, post-treatment test overdue", "ours", "prescriber"),
        ("comprehension missing", "patient", "patient"),
        ("contraception entries differ", "patient", "patient"),
        ("window closed yesterday", "patient", "patient"),
        ("platform outage on day 7", "patient", "patient"),
        ("not heard of since the capsules ran out", "patient", "patient"),
        ("home test with process", "pharmacy", "pharmacy"),
        ("authorisation lapsed", "pharmacy", "pharmacy"),
        ("first capsules to be collected", "pharmacy", "pharmacy"),
        ("first window missed, lockout running", "waiting", "patient"),
        ("waits for the confirmatory window", "waiting", "patient"),
        ("finished, post-treatment test due", "waiting", "patient"),
        ("unremarkable, in the second week of the month", "nothing", None),
        ("finished, everything done", "nothing", None),
    ],
)
def test_each_story_is_in_the_group_a_nurse_would_look_in(story: str, group: str, mover: str | None):
    found = row(story)
    assert (found.group, found.whose_move) == (group, mover)


@pytest.mark.parametrize("programme", [US, UK])
def test_every_patient_is_listed_exactly_once(programme: str):
    ids = [each.patient for each in listed(programme).rows]
    assert sorted(ids) == [f"p-{number:04d}" for number in range(1, 201)]
    assert sum(len(listed(programme).of(group)) for group in GROUPS) == 200


@pytest.mark.parametrize("programme", [US, UK])
def test_whoever_has_something_to_do_is_told_what_and_whose_move_it_is(programme: str):
    for each in listed(programme).rows:
        assert each.next_step
        assert each.reason
        assert each.whose_move is not None or each.group == "nothing"


@pytest.mark.parametrize("programme", [US, UK])
def test_groups_follow_each_other_and_inside_one_the_earliest_deadline_is_first(programme: str):
    rows = listed(programme).rows
    places = [GROUPS.index(each.group) for each in rows]
    assert places == sorted(places)
    for group in ("closing", "ours", "patient", "pharmacy", "nothing"):
        ends = [each.deadline.at for each in listed(programme).of(group) if each.deadline is not None]
        assert ends == sorted(ends)


def test_every_stop_and_hold_at_a_gate_that_matters_is_under_safety_first():
    for each in listed(US).rows:
        assert (each.group == "safety") == (each.verdict in ("stop", "hold"))


def test_the_window_is_closing_from_forty_eight_hours_before_its_end():
    # Specimen on 17 November, so the window ends on 23 November at 23:59:59; 48 hours before that is
    # 21 November at 23:59:59, and a second earlier it is not yet closing.
    ends_at = datetime(2026, 11, 23, 23, 59, 59, tzinfo=NEW_YORK)
    inside, outside = ends_at - timedelta(hours=48), ends_at - timedelta(hours=48, seconds=1)
    tomorrow = "window closes tomorrow"
    assert row(tomorrow, at=inside).group == "closing"
    assert row(tomorrow, at=outside).group == "pharmacy"


def test_a_window_just_over_is_no_longer_closing():
    ends_at = datetime(2026, 11, 22, 23, 59, 59, tzinfo=NEW_YORK)
    assert row("window closes today", at=ends_at).group == "closing"
    over = row("window closes today", at=ends_at + timedelta(seconds=1))
    assert (over.group, over.rule) == ("patient", "dispensing.inside_the_window")


def handed_over_ago(days: int) -> Row:
    """A patient in her fourth month whose last capsules were handed over so many days ago."""
    each = next(one for one in STORIES[US] if one.is_unremarkable)
    case = tell(each._replace(tell=on_treatment(days, days, months=4)), 1, "Wren Testwell", TODAY, 1).case
    return row_of(case, review(case, rulebook(), on=TODAY))


def test_the_next_appointment_comes_onto_the_list_a_week_before_the_capsules_run_out():
    # Thirty days of capsules every 28 days from 2 August (25 October - 84 days): 2 August + 120 days is
    # 30 November, eight days from 22 November; handed over a day earlier they run out in seven.
    assert LOOK_AHEAD_DAYS == 7
    early = handed_over_ago(28)
    assert (early.group, early.opens_on) == ("nothing", date(2026, 11, 23))
    assert handed_over_ago(29).group == "patient"


def test_what_was_handed_over_early_is_taken_after_what_was_still_there():
    # Thirty days each on 14 August, 11 September and 9 October, 44 days before 22 November:
    # 14 August + 90 days = 12 November.
    found = row("not heard of since the capsules ran out")
    assert found.deadline is not None
    assert found.deadline.what in ("capsules run out", "due")
    assert found.deadline.at.date() == date(2026, 11, 12)
    assert found.slack == "10 days late"


def test_a_missed_window_is_named_before_the_entries_that_lapsed_with_it():
    found = row("platform outage on day 7")
    assert found.rule == "dispensing.inside_the_window"
    assert found.next_step == "Take a new pregnancy test"


def test_somebody_locked_out_is_told_from_which_day_to_test_again():
    found = row("first window missed, lockout running")
    assert found.rule == "dispensing.no_lockout"
    assert found.opens_on is not None
    assert found.opens_on > TODAY


def test_a_pass_that_a_person_should_look_at_says_so_although_it_is_ready():
    # UK: prescribed seven days ago; whether day 7 counts is read either way, so a person looks.
    found = row("window closes today, day 7", programme=UK)
    assert (found.verdict, found.rule) == ("ready", "dispensing.inside_the_window")
    assert found.reason.startswith("Look at this:")


def test_a_stop_has_no_window_to_catch():
    assert row("under 12").deadline is None


def test_a_test_that_soon_grows_too_old_is_the_prescribers_deadline():
    # UK: a test serves prescriptions for three days; one of 22 November serves until 25 November.
    found = row("start today", programme=UK)
    assert found.verdict == "ready"
    assert found.deadline is not None
    assert found.deadline.at.date() == date(2026, 11, 25)


def test_an_answer_that_hangs_on_the_unconfirmed_date_says_so():
    # From 15 November 2026 on the modification, if in force, ends the window of those who cannot
    # become pregnant; whoever was counselled 31 days ago waits in one reading and not in the other.
    found = row("counselling lapsed, cannot become pregnant")
    assert found.verdict == "waiting"
    assert found.other_reading is not None
    assert found.other_reading.verdict == "ready"
    before = date(2026, 11, 14)
    assert row("counselling lapsed, cannot become pregnant", on=before, told=before).other_reading is None


def test_a_lockout_that_would_not_run_in_the_other_reading_is_marked_although_the_verdict_is_the_same():
    found = row("first window missed, lockout running")
    assert found.other_reading is not None
    assert found.other_reading.verdict == found.verdict
    assert "dispensing.no_lockout" in found.other_reading.without


def test_answers_that_hang_on_a_date_are_counted():
    marked = [each for each in listed(US).rows if each.other_reading is not None]
    assert listed(US).open_dates.total() == len(marked) > 0
    assert not listed(UK).open_dates


# -- by which day, and why there is none -----------------------------------------------------------------


@pytest.mark.parametrize("programme", [US, UK])
def test_a_line_has_a_day_or_says_why_there_is_none(programme: str):
    for each in listed(programme).rows:
        assert (each.deadline is None) == bool(each.no_day)
        assert (each.deadline is None) == (each.slack is None)


@pytest.mark.parametrize("programme", [US, UK])
def test_who_has_capsules_has_a_day_unless_treatment_stops(programme: str):
    for each in listed(programme).rows:
        assert each.no_day != NO_RULE


@pytest.mark.parametrize(
    ("story", "why"),
    [
        ("finished, everything done", OVER),
        ("under 12", AT_ONCE),
        ("category not recorded", BEFORE_CAPSULES),
    ],
)
def test_a_line_without_a_day_says_why(story: str, why: str):
    assert row(story).no_day == why


def test_a_confirmatory_test_is_to_be_taken_while_its_period_lasts():
    """The task of the review, which the plan begins with, says when: the worklist counts nothing anew."""
    each = next(one for one in STORIES[US] if one.name == "first window missed, lockout running")
    case = tell(each, 1, "Wren Testwell", TODAY, 1).case
    judged = review(case, rulebook(), on=TODAY)
    (task,) = [one for one in judged.tasks if one.what == "confirmatory_test"]
    found = row_of(case, judged)
    assert found.deadline is not None
    assert (found.opens_on, found.deadline.at.date()) == (task.opens_on, task.closes_on)
    assert found.deadline.what == LAST_DAY


def test_capsules_without_a_window_are_handed_over_before_those_in_hand_run_out():
    """In Britain no window bounds the hand-over to a patient who cannot become pregnant. Capsules for 30 days
    that were collected 27 days ago last 3 days more: on 25 November there are none.
    """
    each = next(one for one in STORIES[UK] if one.name == "waiting at the pharmacy, cannot become pregnant")

    def collected_once(diary: Diary) -> None:
        months_of_treatment(diary, diary.ago(27), 1)
        follow_up(diary, diary.ago(1), 1)
        prescribe(diary, diary.ago(1), 1)

    case = tell(each._replace(tell=collected_once), 1, "Wren Testwell", TODAY, 1).case
    found = row_of(case, review(case, rulebook(), on=TODAY))
    assert (found.gate, found.verdict, found.next_step) == ("dispense", "ready", "Hand over the capsules")
    assert found.deadline is not None
    assert (found.deadline.at.date(), found.deadline.what) == (date(2026, 11, 25), RUN_OUT)
    assert found.slack == "3 days"


def test_the_first_capsules_without_a_window_have_no_last_day():
    each = next(one for one in STORIES[UK] if one.name == "new, cannot become pregnant")

    def prescribed(diary: Diary) -> None:
        prepare(diary, diary.ago(1))
        initiate(diary, diary.ago(1))
        prescribe(diary, diary.ago(1), 0)

    case = tell(each._replace(tell=prescribed), 1, "Wren Testwell", TODAY, 1).case
    found = row_of(case, review(case, rulebook(), on=TODAY))
    assert (found.gate, found.verdict) == ("dispense", "ready")
    assert (found.deadline, found.no_day) == (None, BEFORE_CAPSULES)


def test_what_medicine_asks_for_meanwhile_is_due_before_the_capsules_run_out():
    """30 days were handed over every 28 days, the last of four times on 12 November: 3 x 2 days are left over
    from before, so the first day without capsules is 12 November + 30 + 6 days = 18 December. A dose too high
    for the weight has no day of its own; it is put right with the next prescription at the latest.
    """
    each = next(one for one in STORIES[US] if one.is_unremarkable)

    def heavily_treated(diary: Diary) -> None:
        on_treatment(10, 10, months=4)(diary)
        for weight in diary.written(Weight):
            diary.correct(weight, kg=weight.kg / 3)

    case = tell(each._replace(tell=heavily_treated), 1, "Wren Testwell", TODAY, 1).case
    judged = review(case, rulebook(), on=TODAY)
    found = row_of(case, judged)
    assert found.rule == "dose.daily_range"
    assert found.deadline is not None
    assert (found.deadline.at.date(), found.deadline.what) == (date(2026, 12, 18), RUN_OUT)
