"""Is a patient registered once, enrolled as the review finds it, corrected without loss, and planned for?"""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from uuid import UUID

import pytest

from isovigil.case.kinds import Weight
from isovigil.decisions.plan import plan
from isovigil.decisions.rule import RULES
from isovigil.storage.tenancy import reading
from isovigil.usecases.enrolment.answers import FORM, consent_facts
from isovigil.usecases.enrolment.consent_texts import LANGUAGES, TITLES, consent_text, shown_order
from isovigil.usecases.enrolment.tasks import RULES_OF
from isovigil.usecases.record.access import NotAllowed
from isovigil.usecases.record.correct_fact import NothingChanged, correct_fact, fact_to_correct
from isovigil.usecases.record.course_read import read_course
from isovigil.usecases.record.enrolment_acts import AskedAct, ConsentAct, Signer, acts_of, record_with_act
from isovigil.usecases.record.enrolment_read import read_enrolment
from isovigil.usecases.record.find_patient import AlreadyKnown, find_patients, register_unless_known
from isovigil.usecases.record.judging import rulebook_in_use
from isovigil.usecases.record.patient_case import Identity
from isovigil.usecases.record.plan_read import PlanAsked, read_plan
from isovigil.usecases.record.record_facts import NoReason, record_facts
from isovigil.usecases.record.replay_record import replay_record
from tests.record.records import IDENTITY, NOW, ON_SQLITE, Record, weight

LATER = NOW + timedelta(hours=2)
NEW = Identity(name="Zoë Newly", second_id="N 12-7", born_on=date(2004, 4, 3), sex=None)


def registered(record: Record, identity: Identity = NEW, request: str = "new") -> UUID:
    return register_unless_known(record.acting(), identity, request, is_another=False)


def states(record: Record, patient: UUID) -> dict[str, str]:
    return {task.name: task.state for task in read_enrolment(record.acting(), patient).tasks}


# -- finding and registering ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wanted", ["wilhelmina", "Quill", "qx-70551", "QX70551", "2001-11-27", "quill wil", "QUILLFEATHER"]
)
@ON_SQLITE
def test_a_patient_is_found_by_the_beginning_of_a_name_a_number_or_a_day(record: Record, wanted: str):
    found = find_patients(record.acting(), wanted)
    assert [each.patient for each in found.patients] == [record.patient]


@pytest.mark.parametrize("wanted", ["mina", "quill nobody", "2001-11-28", " ", "-"])
@ON_SQLITE
def test_nobody_is_found_by_a_middle_by_another_word_or_by_nothing(record: Record, wanted: str):
    assert find_patients(record.acting(), wanted).number == 0


@ON_SQLITE
def test_accents_and_capitals_do_not_hide_anybody(record: Record):
    patient = registered(record)
    assert [each.patient for each in find_patients(record.acting(), "ZOE").patients] == [patient]


@ON_SQLITE
def test_who_may_not_see_patients_finds_none(record: Record):
    with pytest.raises(NotAllowed):
        find_patients(record.acting("pharmacist"), "wilhelmina")


def test_the_same_request_twice_registers_one(record: Record):
    first = registered(record)
    assert registered(record) == first
    assert find_patients(record.acting(), "newly").number == 1


def test_a_number_that_is_taken_is_never_given_again(record: Record):
    other = Identity(name="Somebody Else", second_id="qx 70551", born_on=date(1999, 1, 1))
    for is_another in (False, True):
        with pytest.raises(AlreadyKnown) as known:
            register_unless_known(record.acting(), other, "other", is_another=is_another)
        assert [each.patient for each in known.value.same_number] == [record.patient]


def test_the_same_name_and_day_of_birth_are_shown_before_a_second_record_is_opened(record: Record):
    twin = Identity(name="wilhelmina  QUILLFEATHER-test", second_id="T-2", born_on=IDENTITY.born_on)
    with pytest.raises(AlreadyKnown) as known:
        register_unless_known(record.acting(), twin, "twin", is_another=False)
    assert [each.patient for each in known.value.same_person] == [record.patient]
    assert register_unless_known(record.acting(), twin, "twin", is_another=True) != record.patient


@ON_SQLITE
def test_the_same_name_with_another_day_of_birth_is_another_person(record: Record):
    namesake = Identity(name=IDENTITY.name, second_id="T-3", born_on=date(2001, 11, 28))
    assert registered(record, namesake) != record.patient


# -- the tasks -------------------------------------------------------------------------------------------


def test_each_rule_belongs_to_one_task_and_each_named_rule_exists():
    claimed = [rule for rules in RULES_OF.values() for rule in rules]
    assert len(claimed) == len(set(claimed))
    assert set(claimed) <= set(RULES)
    # What holds the start and is in no task would stand under "what else"; today there is nothing.
    assert {name for name, rule in RULES.items() if "start" in rule.gates} - set(claimed) == set()


@ON_SQLITE
def test_nothing_is_answered_beforehand_and_what_hangs_on_the_category_waits_for_it(record: Record):
    told = states(record, registered(record))
    assert told["category"] == told["consents"] == told["programme"] == told["certification"] == "to_do"
    assert told["contraception"] == told["tests"] == told["counselling"] == "not_yet"
    assert "done" not in told.values()


@ON_SQLITE
def test_a_task_is_done_as_soon_as_the_review_passes_its_rules(record: Record):
    patient = registered(record)
    given = {"kind": "category", "date": "2026-03-10", "can_become_pregnant": True, "by": "designee"}
    record_facts(record.acting(), patient, [given], request="category")
    told = states(record, patient)
    assert told["category"] == "done"
    assert told["contraception"] == "to_do"


@ON_SQLITE
def test_none_known_is_no_answer_before_somebody_has_asked(record: Record):
    patient = registered(record)
    assert states(record, patient)["conditions"] == "to_do"
    asked = AskedAct(form=FORM, answers={"is_depression": False})
    record_with_act(record.acting(), patient, [], asked, form=FORM, expected=None, request="asked")
    assert states(record, patient)["conditions"] == "done"


@ON_SQLITE
def test_what_rules_isotretinoin_out_needs_attention(record: Record):
    patient = registered(record)
    told = {"kind": "condition", "from": "2026-03-10", "what": "allergy_isotretinoin"}
    asked = AskedAct(form=FORM, answers={"is_allergy_isotretinoin": True})
    record_with_act(record.acting(), patient, [told], asked, form=FORM, expected=None, request="asked")
    assert states(record, patient)["conditions"] == "attention"


# -- consents --------------------------------------------------------------------------------------------


def a_consent(form: str = "us_patient_consent") -> ConsentAct:
    text = consent_text(form, "es", can_become_pregnant=True)
    return ConsentAct(
        form=form,
        text_version=text.version,
        language="es",
        text=text.words,
        text_hash=text.digest,
        signers=(Signer("patient", "Zoë Newly", "He leído"), Signer("prescriber", "A prescriber", "Testigo")),
        told_back=tuple(risk.key for risk in text.risks),
        attempts=2,
    )


def test_a_consent_keeps_who_signed_what_exactly_and_is_recorded_once(record: Record):
    patient, act = registered(record), a_consent()
    facts = consent_facts(
        act.form, date(2026, 3, 10), ["patient", "prescriber"], version=None, language=act.language
    )
    sent = [
        record_with_act(record.acting(), patient, facts, act, form=FORM, expected=None, request="signed")
        for _ in range(2)
    ]
    assert sent[0] == sent[1]
    with reading(record.clinic):
        (kept,) = acts_of(record.clinic, patient)
    assert kept.act == act
    assert kept.time_zone == "America/New_York"
    assert kept.recorded_by == "A nurse"
    assert isinstance(kept.act, ConsentAct)
    assert hashlib.sha256(kept.act.text.encode()).hexdigest() == kept.act.text_hash
    read = read_enrolment(record.acting(), patient)
    assert [each.fact.kind for each in read.course.facts] == ["acknowledgement"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("form", TITLES)
def test_every_summary_says_what_it_is_and_each_risk_has_one_right_answer(form, language):
    text = consent_text(form, language, can_become_pregnant=True)
    assert text.label in text.words
    assert text.risks
    for risk in text.risks:
        answers = [answer.in_language(language) for answer in risk.answers]
        assert len(set(answers)) == len(answers) == len(shown_order(risk))
        assert sorted(shown_order(risk)) == list(range(len(answers)))


def test_the_right_answer_is_not_always_the_first():
    risks = {
        risk.key: risk for form in TITLES for risk in consent_text(form, "en", can_become_pregnant=None).risks
    }
    assert len({shown_order(risk)[0] for risk in risks.values()}) > 1


@pytest.mark.parametrize(("can", "is_told"), [(True, True), (None, True), (False, False)])
def test_the_risk_to_an_unborn_baby_is_left_out_only_where_nobody_can_become_pregnant(can, is_told):
    risks = consent_text("uk_risk_form", "en", can_become_pregnant=can).risks
    assert ("birth_defects" in {risk.key for risk in risks}) is is_told


# -- corrections -----------------------------------------------------------------------------------------


def corrected(record: Record, fact: UUID, says: dict[str, object] | None, reason: str = "Misread") -> UUID:
    acting = record.acting("prescriber", LATER)
    to_correct = fact_to_correct(acting, record.patient, fact)
    changed = None if says is None else {**to_correct.says, **says}
    return correct_fact(acting, to_correct, changed, reason=reason, request="correct", expected=None)


def test_a_correction_keeps_the_earlier_value_and_says_why(record: Record):
    (wrong,) = record_facts(record.acting(), record.patient, [weight(86.5)], request="weight")
    right = corrected(record, wrong, {"kg": 68.5})
    read = read_course(record.acting("prescriber", LATER), record.patient, page="test")
    told = {each.recorded.id: each for each in read.facts}
    before, after = told[wrong].fact, told[right].fact
    assert isinstance(before, Weight)
    assert isinstance(after, Weight)
    assert (before.kg, after.kg) == (86.5, 68.5)
    assert told[right].fact.supersedes == str(wrong)
    assert told[right].provenance.reason == "Misread"


def test_what_was_entered_in_error_stands_no_longer_and_can_still_be_read(record: Record):
    (wrong,) = record_facts(record.acting(), record.patient, [weight(86.5)], request="weight")
    corrected(record, wrong, None)
    read = read_course(record.acting("prescriber", LATER), record.patient, page="test")
    assert wrong in {each.recorded.id for each in read.facts}
    assert 86.5 not in {fact.kg for fact in read.chart.all(Weight)}


def test_past_verdicts_replay_unchanged_after_a_correction(record: Record):
    prescriber = record.acting("prescriber", LATER)
    before = replay_record(prescriber, record.patient, known_by=NOW)
    review_then = read_course(prescriber, record.patient, page="test", as_known_on=NOW).review
    facts = read_course(prescriber, record.patient, page="test").facts
    test = next(each for each in facts if each.fact.kind == "pregnancy_test" and each.fact.day.month == 3)
    corrected(record, test.recorded.id, {"result": "positive"})
    assert replay_record(prescriber, record.patient, known_by=NOW) == before
    assert read_course(prescriber, record.patient, page="test", as_known_on=NOW).review == review_then
    now = read_course(prescriber, record.patient, page="test").review
    assert now.gates["dispense"].verdict == "stop"  # a positive test stands from the correction on


@ON_SQLITE
def test_a_correction_without_a_reason_or_without_a_change_records_nothing(record: Record):
    (wrong,) = record_facts(record.acting(), record.patient, [weight(86.5)], request="weight")
    number = len(record.entries())
    with pytest.raises(NoReason):
        corrected(record, wrong, {"kg": 68.5}, reason="  ")
    with pytest.raises(NothingChanged):
        corrected(record, wrong, {})
    assert len(record.entries()) == number


@ON_SQLITE
def test_a_nurse_cannot_correct_what_only_a_prescriber_records(record: Record):
    facts = read_course(record.acting(), record.patient, page="test").facts
    prescription = next(each for each in facts if each.fact.kind == "prescription")
    with pytest.raises(NotAllowed):
        fact_to_correct(record.acting("nurse"), record.patient, prescription.recorded.id)


# -- the plan --------------------------------------------------------------------------------------------


@ON_SQLITE
def test_the_plan_is_the_engines_own_and_supposing_records_nothing(record: Record):
    number = len(record.entries())
    away = ((date(2026, 4, 1), date(2026, 4, 20)),)
    read = read_plan(record.acting(), record.patient, PlanAsked(unavailable=away))
    own = plan(
        read.course.known.case, rulebook_in_use(), NOW.date(), programme="us_ipledge", policy="balanced"
    )
    assert read_plan(record.acting(), record.patient, PlanAsked()).plan == own
    assert not [step for step in read.plan.steps if away[0][0] <= step.on <= away[0][1]]
    assert read.moved
    assert len(record.entries()) == number
