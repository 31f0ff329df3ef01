"""Is whatever a patient reads or is asked said in her own language, also on the pages of staff?

The Spanish catalogue is replaced by one that puts each of its words into brackets. A text in the patient's
language without brackets went through no catalogue, and would be English for everybody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest
from django.test import Client
from django.utils import translation

from isovigil.case.words import ConditionWord
from isovigil.usecases.enrolment import consent_texts
from isovigil.usecases.enrolment.consent_texts import Said
from isovigil.usecases.record.enrolment_acts import ConsentAct, Signer, record_with_act
from isovigil.usecases.record.judging import Judging
from isovigil.usecases.record.register_patient import put_identity_right
from isovigil.usecases.record.symptom_words import symptom_words
from isovigil.web.enrolment.asked_words import CONDITIONS, MEDICINES
from isovigil.web.log.views import PAGE_WORDS
from isovigil.web.visit.asked_words import PHQ9, SYMPTOMS
from tests.access.clinics import Clinics
from tests.access.conftest import clinics, template
from tests.record.records import IDENTITY
from tests.web.bracketed import in_brackets, in_spanish, untranslated

__all__ = ["clinics", "template"]
PUBLISHED = """
Poco interés o placer en hacer cosas
Se ha sentido decaído(a), deprimido(a) o sin esperanzas
Ha tenido dificultad para quedarse o permanecer dormido(a), o ha dormido demasiado
Se ha sentido cansado(a) o con poca energía
Sin apetito o ha comido en exceso
Se ha sentido mal con usted mismo(a) – o que es un fracaso o que ha quedado mal con usted mismo(a) o con su \
familia
Ha tenido dificultad para concentrarse en ciertas actividades, tales como leer el periódico o ver \
la televisión
¿Se ha movido o hablado tan lento que otras personas podrían haberlo notado? o lo contrario – muy \
inquieto(a) o agitado(a) que ha estado moviéndose mucho más de lo normal
Pensamientos de que estaría mejor muerto(a) o de lastimarse de alguna manera
"""


@pytest.fixture
def speaks_spanish(clinics: Clinics, bracketed: None) -> Clinics:
    """The clinic's patient speaks Spanish; its staff read English."""
    nurse = clinics.acting("nurse", datetime.now(UTC))
    hers = msgspec.structs.replace(IDENTITY, language="es")
    put_identity_right(nurse, clinics.patient, hers, reason="speaks Spanish", expected=None, request="es")
    return clinics


def page_of(clinics: Clinics, path: str, sent: dict[str, str] | None = None, role: Any = "prescriber") -> str:
    browser: Client = clinics.signed_in(role)
    answer = browser.get(path) if sent is None else browser.post(path, sent)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.content.decode()


def asked(clinics: Clinics) -> dict[str, str]:
    """Every page on which a patient reads something, or is asked in words that staff read out."""
    course = f"/course/{clinics.patient}"
    return {
        "plan": page_of(clinics, f"{course}/plan/?act=print-es"),
        "conditions": page_of(clinics, f"{course}/enrolment/conditions/"),
        "visit": page_of(clinics, f"{course}/visit/"),
        "reminders": page_of(clinics, "/worklist/reminders/", {"patient": str(clinics.patient)}),
    }


def test_nothing_a_patient_reads_or_is_asked_is_left_in_english(speaks_spanish: Clinics):
    for name, page in asked(speaks_spanish).items():
        texts = in_spanish(page)
        assert any("⟦" in text for text in texts), name
        assert untranslated(texts) == [], name


def test_a_signed_consent_is_printed_in_the_language_in_which_it_was_read(speaks_spanish: Clinics):
    act = ConsentAct(
        form="us_patient_consent",
        text_version="1",
        language="es",
        text="Lo que se leyó.",
        text_hash="0" * 64,
        signers=(Signer("patient", IDENTITY.name, "Lo he leído."),),
        told_back=("birth_defects",),
        attempts=1,
    )
    acting = speaks_spanish.acting("coordinator", datetime.now(UTC))
    signed = record_with_act(
        acting, speaks_spanish.patient, [], act, form="test", expected=None, request="signed"
    )
    page = page_of(speaks_spanish, f"/course/{speaks_spanish.patient}/enrolment/signed/{signed}/")
    own = {"Lo que se leyó.", "“Lo he leído.”", "A coordinator", "America/New_York"}
    texts = [text for text in in_spanish(page) if text not in own]
    assert any("⟦" in text for text in texts)
    assert untranslated(texts) == []


def test_a_patient_who_asks_who_looked_reads_of_every_page_in_her_language():
    """The pages that are kept as looked at are named in the code; each has words of its own."""
    kept = {
        name
        for path in Path(consent_texts.__file__).parents[1].rglob("*.py")
        for name in re.findall(r"page=\"([a-z_]+)\"", path.read_text("utf-8"))
    }
    assert {"visit", "plan", "enrolment"} <= kept
    assert kept | {"facts", "worklist", "course", "outage"} <= set(PAGE_WORDS)


def test_each_question_is_asked_in_the_patients_language_with_the_staffs_beside_it(speaks_spanish: Clinics):
    pages = asked(speaks_spanish)
    for name, questions in (("conditions", MEDICINES.values()), ("visit", PHQ9)):
        texts = in_spanish(pages[name])
        for question in questions:
            assert in_brackets(str(question)) in texts, question
            assert str(question).replace("'", "&#x27;") in pages[name], question


def test_a_patient_who_speaks_english_is_asked_in_english_alone(clinics: Clinics):
    with translation.override("en"):
        for name in ("enrolment/conditions", "visit"):
            page = page_of(clinics, f"/course/{clinics.patient}/{name}/")
            assert [text for text in in_spanish(page) if text != "Español"] == []


def test_an_entry_of_the_calendar_has_a_neutral_title_in_the_patients_language(speaks_spanish: Clinics):
    told = page_of(speaks_spanish, f"/course/{speaks_spanish.patient}/plan/?act=calendar")
    titles = re.findall(r"^SUMMARY:(.*)$", told.replace("\r", ""), re.MULTILINE)
    assert titles
    assert all(title.startswith("⟦") for title in titles)


def test_a_text_that_went_through_no_catalogue_would_be_seen():
    texts = in_spanish('<p>Staff</p><div lang="es"><p>⟦One⟧ two</p><b>lunes, 3 de mayo</b>Three</div>')
    assert texts == ["⟦One⟧ two", "lunes, 3 de mayo", "Three"]
    assert untranslated(texts) == ["⟦One⟧ two", "Three"]


# -- every question there can be has its words ------------------------------------------------------------


def test_every_condition_on_record_can_be_asked_about():
    assert set(CONDITIONS) == set(get_args(ConditionWord))


@pytest.mark.parametrize("programme", ["us_ipledge", "uk_mhra"])
def test_every_question_of_the_checklist_is_in_the_catalogue(programme: str):
    judging = Judging(programme, "balanced", "", None, None)
    asks = {said.ask for said in symptom_words(judging, datetime(2026, 11, 22, tzinfo=UTC).date()).values()}
    assert asks == set(SYMPTOMS)


def test_the_spanish_of_the_phq_9_is_the_published_one():
    """Patient Health Questionnaire (PHQ-9), Spanish for the United States: the nine items as printed."""
    with translation.override("es"):
        assert [str(item) for item in PHQ9] == PUBLISHED.strip().splitlines()


def test_each_consent_says_another_thing_in_each_language():
    said = [each for each in all_said(consent_texts) if each.en == each.es]
    assert not said


def all_said(of: Any) -> Iterator[Said]:
    """Every text of the consents, wherever it stands."""
    values = (
        list(vars(of).values())
        if not isinstance(of, msgspec.Struct)
        else [getattr(of, name) for name in of.__struct_fields__]
    )
    for value in values:
        yield from _said_in(value)


def _said_in(value: Any) -> Iterator[Said]:
    if isinstance(value, Said):
        yield value
    elif isinstance(value, msgspec.Struct):
        yield from all_said(value)
    elif isinstance(value, tuple | list):
        for each in value:
            yield from _said_in(each)
    elif isinstance(value, dict):
        for each in value.values():
            yield from _said_in(each)
