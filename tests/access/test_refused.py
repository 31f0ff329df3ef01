"""What does a page say of a record that does not verify, and of capsules that may not be handed over?"""

from __future__ import annotations

import logging
import re
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory

from isovigil.storage.models import Entry
from isovigil.usecases.record.hand_over import NotToday, authorise_hand_over
from isovigil.usecases.record.hand_over_told import TOLD_TO_THE_PHARMACY, why_not_told_to_the_pharmacy
from isovigil.usecases.record.judging import rulebook_in_use
from isovigil.usecases.record.record_facts import record_facts
from isovigil.usecases.record.worklist_read import WorklistAsked, read_worklist
from isovigil.usecases.record.worklist_rows import DOES_NOT_VERIFY, Line
from isovigil.usecases.review_cases import AskedMoment, review_at
from isovigil.usecases.synthetic_clinic.clinic import tell
from isovigil.usecases.synthetic_clinic.story import STORIES
from isovigil.web.accounts.sessions import SEEN_AT
from isovigil.web.refused import RefusalPages
from tests.access.clinics import NOW, OF_PEOPLE, Clinics

PAGES = ("", "facts/", "visit/", "plan/", "enrolment/", "outage/")
POSITIVE = {"kind": "pregnancy_test", "taken_on": "2026-03-10", "result": "positive", "setting": "clinic"}


def damage(clinics: Clinics, category: str) -> None:
    """The last entry of a category about the patient now holds the sealed bytes of another entry."""
    with clinics.owner() as owner:
        owner.execute("DROP TRIGGER entry_refuses_update")
        owner.execute(
            "UPDATE entry SET sealed = (SELECT sealed FROM entry WHERE patient_id != :patient LIMIT 1) "
            "WHERE seq = (SELECT max(seq) FROM entry WHERE patient_id = :patient AND category = :category)",
            {"patient": clinics.patient.hex, "category": category},
        )
    assert Entry.objects.filter(patient=clinics.patient, category=category).exists()


def damage_the_key(clinics: Clinics) -> None:
    with clinics.owner() as owner:
        owner.execute(
            "UPDATE patient_key SET wrapped = (SELECT wrapped FROM patient_key WHERE patient_id != :patient "
            "LIMIT 1) WHERE patient_id = :patient",
            {"patient": clinics.patient.hex},
        )


def line_of(clinics: Clinics, patient: UUID) -> Line:
    """The one line of a patient, wherever on the worklist it is."""
    acting = clinics.acting("nurse", datetime.now(UTC))
    lines = [
        line
        for group in (None, "nothing")
        for line in read_worklist(acting, WorklistAsked(group)).lines
        if line.patient == patient
    ]
    assert len(lines) == 1, "a patient stands on the worklist exactly once"
    return lines[0]


# -- a record that does not verify ------------------------------------------------------------------------


@pytest.mark.parametrize("where", PAGES)
def test_no_page_answers_from_a_damaged_record(
    clinics: Clinics, where: str, caplog: pytest.LogCaptureFixture
) -> None:
    damage(clinics, "fact")
    with caplog.at_level(logging.ERROR, "isovigil.web"):
        told = clinics.signed_in("nurse").get(f"/course/{clinics.patient}/{where}")
    said = told.content.decode()
    assert told.status_code == 409
    assert '<h1 class="govuk-heading-l">This record does not verify</h1>' in said
    assert "Nothing was changed." in said
    assert "Tell whoever runs this system at once" in said
    assert 'class="verdict verdict--ready' not in said
    number = re.search(r"<strong>([0-9a-f]{8})</strong>", said)
    assert number is not None
    assert f"fault {number[1]}: DoesNotOpen" in caplog.text
    assert not [word for word in OF_PEOPLE if word in caplog.text]


def test_a_visit_is_not_recorded_into_a_damaged_record(clinics: Clinics) -> None:
    damage(clinics, "fact")
    before = Entry.objects.count()
    told = clinics.signed_in("nurse").post(f"/course/{clinics.patient}/visit/", {"act": "check"})
    assert told.status_code == 409
    assert Entry.objects.count() == before


def test_a_damaged_record_opened_in_place_says_so_in_its_panel(clinics: Clinics) -> None:
    damage(clinics, "fact")
    told = clinics.signed_in("nurse").get(
        f"/worklist/{clinics.patient}/",
        headers={"HX-Request": "true", "HX-Request-Type": "partial", "HX-Target": "div#panel-x"},
    )
    said = told.content.decode()
    assert said.startswith('<div class="panel" data-opened tabindex="-1" role="group"')
    assert "<html" not in said
    assert "This record does not verify" in said


def test_the_line_of_a_damaged_record_says_so_with_the_name_and_is_never_ready(clinics: Clinics) -> None:
    assert line_of(clinics, clinics.patient).row.reason != DOES_NOT_VERIFY
    damage(clinics, "fact")
    clinics.signed_in("nurse").get(f"/course/{clinics.patient}/")  # whoever looks finds it
    line = line_of(clinics, clinics.patient)
    assert (line.row.group, line.row.verdict) == ("safety", "hold")
    assert line.row.reason == DOES_NOT_VERIFY
    assert "tell whoever runs this system" in line.row.next_step
    assert line.row.name == "Wilhelmina Quillfeather-Test"  # who it is still opens
    assert line_of(clinics, clinics.young).row.reason != DOES_NOT_VERIFY


@pytest.mark.parametrize("who", ["identity", "key"])
def test_a_line_that_cannot_even_say_who_it_is_stays_on_the_worklist(clinics: Clinics, who: str) -> None:
    """One damaged key hides nobody else, and a name that cannot be read is no reason to vanish."""
    if who == "key":
        damage_the_key(clinics)
    else:
        damage(clinics, "identity")
    line = line_of(clinics, clinics.patient)
    assert (line.row.group, line.row.verdict, line.row.name) == ("safety", "hold", None)
    assert line.second_id == f"record {str(clinics.patient)[:8]}"
    page = clinics.signed_in("nurse").get("/worklist/").content.decode()
    assert "Name cannot be read" in page
    assert "Quince-Marker" in page  # the other patient
    sheet = clinics.signed_in("nurse").get("/worklist/day-sheet/").content.decode()
    assert "Name cannot be read" in sheet
    found = clinics.signed_in("nurse").post("/patients/", {"wanted": "quince"})
    assert "Quince-Marker" in found.content.decode()


def test_an_entry_of_a_kind_this_version_does_not_know_is_not_passed_over(
    clinics: Clinics, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a return to an earlier version: what it cannot read may forbid what it would allow."""
    from isovigil.case.kinds import KINDS
    from isovigil.usecases.record import patient_case

    known = {name: kind for name, kind in KINDS.items() if name != "pregnancy_test"}
    monkeypatch.setattr(patient_case, "KINDS", known)
    told = clinics.signed_in("nurse").get(f"/course/{clinics.patient}/")
    assert told.status_code == 409
    assert "This record does not verify" in told.content.decode()


# -- capsules that may not be handed over -----------------------------------------------------------------


def refused(clinics: Clinics, refusal: NotToday) -> str:
    """The page of a refusal as the pharmacist gets it."""
    request = RequestFactory().post("/")
    request.acting = clinics.acting("pharmacist")  # type: ignore[attr-defined]  # as whoever lets in puts it
    answer = RefusalPages(lambda _: HttpResponse()).process_exception(request, refusal)
    assert answer is not None
    assert answer.status_code == 409
    return answer.content.decode()


def test_a_hand_over_refused_says_what_to_do_and_tells_nothing_that_is_the_clinics(clinics: Clinics) -> None:
    """A positive test: the pharmacist learns to stop and to call, and not that there was a test."""
    record_facts(clinics.acting("prescriber"), clinics.patient, [POSITIVE], request=str(uuid4()))
    with pytest.raises(NotToday) as refusal:
        authorise_hand_over(clinics.acting("pharmacist"), clinics.patient, request="a")
    said = refused(clinics, refusal.value)
    inside = said.partition("<main")[2].partition("</main>")[0]
    assert "Do not dispense</h1>" in inside
    assert "verdict--stop" in inside
    assert "Hand over no capsules. Nothing was recorded." in inside
    assert "the clinic sees what" in inside
    assert "call the clinic" in inside
    assert not re.search("pregnan|positive|contracept|mood", inside, re.IGNORECASE)


def test_a_hand_over_refused_tells_what_concerns_the_pharmacy(clinics: Clinics) -> None:
    """The capsules of 4 March's window, asked for on 10 April: the window closed on 10 March."""
    late = clinics.acting("pharmacist", NOW + timedelta(days=31))
    with pytest.raises(NotToday) as refusal:
        authorise_hand_over(late, clinics.patient, request="a")
    said = refused(clinics, refusal.value)
    told = [each for each in refusal.value.review.findings if each.rule == "dispensing.inside_the_window"]
    assert told[0].says in said.replace("&#x27;", "'")


def test_with_no_time_left_the_page_says_hold_and_the_last_moment_in_the_clinics_zone(
    clinics: Clinics,
) -> None:
    with pytest.raises(NotToday) as refusal:
        authorise_hand_over(
            clinics.acting("pharmacist", NOW + timedelta(days=31)), clinics.patient, request="a"
        )
    said = refused(clinics, NotToday(refusal.value.review, NOW))
    assert "The last moment for this hand-over was 10 March 2026, 11:00 EDT." in said  # 15:00 UTC
    assert "verdict--hold" in said
    assert "verdict--ready" not in said


def test_nothing_told_to_the_pharmacy_is_a_rule_about_a_person() -> None:
    """R4: prescription, hand-over and the pharmacy's own certificate; any other rule is the clinic's."""
    assert {rule.partition(".")[0] for rule in TOLD_TO_THE_PHARMACY} == {
        "dispensing",
        "enrolment",
        "prescription",
    }
    assert "dispensing.no_lockout" not in TOLD_TO_THE_PHARMACY  # it names a test


def test_no_story_makes_the_page_name_what_is_the_clinics() -> None:
    """Where nothing opened a window its rule names the test or the counselling that is missing."""
    today = NOW.date()
    moment = AskedMoment(on=None, at=None, now=NOW, known_by=NOW)
    without_a_window = 0
    for story in STORIES["us_ipledge"]:
        case = tell(story, 1, "Ada Brook", today, 7).case
        review = review_at(case, rulebook_in_use(), moment, "us_ipledge", "balanced")
        told = why_not_told_to_the_pharmacy(review)
        said = " ".join(told.reasons)
        assert not re.search("pregnan|test|counsel|contracept|mood", said, re.IGNORECASE), (story.name, said)
        assert told.verdict == "ready" or told.reasons or told.has_untold, story.name
        window = next(each for each in review.findings if each.rule == "dispensing.inside_the_window")
        without_a_window += window.rule in review.gates["dispense"].because and window.answer == "unknown"
    assert without_a_window > 0


# -- a form that does not say what was looked at ----------------------------------------------------------


@pytest.mark.parametrize("expected", [{}, {"expected": ""}, {"expected": "latest"}, {"expected": "-1"}])
def test_a_correction_that_does_not_say_what_was_looked_at_is_refused(
    clinics: Clinics, expected: dict[str, str]
) -> None:
    """Two nurses open one weight; the second one's form says nothing of what it showed."""
    nurse, fact = clinics.signed_in("nurse"), clinics.weights["other_patient"]
    where = f"/course/{clinics.patient}/fact/{fact}/correct/"
    before = Entry.objects.count()
    told = nurse.post(where, {"act": "withdraw", "reason": "Another patient's", **expected})
    assert told.status_code == 400
    said = told.content.decode()
    assert "This form cannot be taken" in said
    assert "Nothing was recorded. Open the page again" in said
    assert Entry.objects.count() == before


def test_a_task_of_enrolment_that_does_not_say_what_was_looked_at_is_refused(clinics: Clinics) -> None:
    before = Entry.objects.count()
    told = clinics.signed_in("nurse").post(
        f"/course/{clinics.young}/enrolment/category/", {"can": "yes", "day": "2026-03-10"}
    )
    assert told.status_code == 400
    assert "This form cannot be taken" in told.content.decode()
    assert Entry.objects.count() == before


# -- parts of a page asked for by somebody who may not have them ------------------------------------------

PART = {
    "HX-Request": "true",
    "HX-Request-Type": "partial",
    "HX-Target": "div#panel-x",
    "HX-Current-URL": "http://testserver/worklist/?group=ours",
}


def test_whoever_is_signed_out_is_led_to_sign_in_with_the_whole_window(clinics: Clinics) -> None:
    """Or the page of signing in would stand inside the line that was to open."""
    told = Client().get(f"/worklist/{clinics.patient}/", headers=PART)
    assert told.status_code == 200
    assert told.headers["HX-Redirect"] == "/?next=%2Fworklist%2F%3Fgroup%3Dours"
    assert told.content == b""


def test_a_session_that_is_over_leads_the_whole_window_back_to_where_one_stood(clinics: Clinics) -> None:
    nurse = clinics.signed_in("nurse")
    session = nurse.session
    session[SEEN_AT] = (datetime.now(UTC) - timedelta(minutes=16)).isoformat()  # 15 are allowed
    session.save()
    here = {**PART, "HX-Current-URL": f"http://testserver/course/{clinics.patient}/visit/"}
    told = nurse.post(f"/course/{clinics.patient}/visit/", {"act": "advice"}, headers=here)
    assert told.headers["HX-Redirect"].startswith("/?ended=1&next=%2Fcourse%2F")
    assert told.headers["HX-Redirect"].endswith("%2Fvisit%2F")


@pytest.mark.parametrize("here", ["http://elsewhere.example/worklist/", "", "javascript:alert(1)"])
def test_nobody_is_led_elsewhere_after_signing_in(clinics: Clinics, here: str) -> None:
    told = Client().get(f"/worklist/{clinics.patient}/", headers={**PART, "HX-Current-URL": here})
    assert told.headers["HX-Redirect"] == "/"


def test_a_page_that_is_not_there_never_stands_inside_another(clinics: Clinics) -> None:
    told = clinics.signed_in("nurse").get(f"/worklist/{clinics.elsewhere}/", headers=PART)
    assert told.status_code == 404
    assert told.headers["HX-Redirect"] == f"/worklist/{clinics.elsewhere}/"
