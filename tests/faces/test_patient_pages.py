"""Do people read the same things, with the same numbers, in every language, and what concerns them first?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from isovigil import load_case, load_rulebook
from isovigil.calendar.window import first_instant, last_instant
from isovigil.decisions.symptom_course import TABLES
from isovigil.exchange.patient_pages import body_as_html, plan_as_html
from isovigil.exchange.patient_texts import (
    LANGUAGES,
    Often,
    PatientTexts,
    often_in_words,
    patient_texts,
)
from isovigil.exchange.yaml_events import parse_yaml
from isovigil.usecases.self_care_plan import self_care_plan
from tests.decisions.judged import US, ZONES, day
from tests.faces.typed import Came, typed

each_language = pytest.mark.parametrize("language", LANGUAGES)
PROCEDURES = ("dermabrasion", "ablative_laser", "other_laser", "waxing")
TRANSLATED = {*PROCEDURES, "title", "intro", "notice", "text", "help", "says", "language"}


def skeleton(value: Any) -> Any:
    """A text file with every translated sentence blanked out: its keys, numbers, sources and our words."""
    if isinstance(value, dict):
        return {
            key: "" if key in TRANSLATED else sorted(each) if key == "words" else skeleton(each)
            for key, each in value.items()
        }
    if isinstance(value, list):
        return [skeleton(each) for each in value]
    return value


def of_file(language: str) -> Any:
    file = Path(__file__).resolve().parents[2] / f"src/isovigil/forms/patient_texts/{language}.yaml"
    return parse_yaml(file.read_text(encoding="utf-8"), file.name).value


def frequencies(texts: PatientTexts) -> Iterator[Often]:
    for section in texts.sections:
        for item in section.items:
            if item.often is not None:
                yield item.often


def test_every_language_holds_the_same_keys_numbers_and_sources():
    assert skeleton(of_file("es")) == skeleton(of_file("en"))


def test_the_comparison_would_notice_another_number():
    other = of_file("es")
    other["sections"][1]["items"][0]["often"]["number"] = 49
    assert skeleton(other) != skeleton(of_file("en"))


def digits(sentence: str) -> list[str]:
    return re.findall(r"\d+", sentence)


def test_the_figures_inside_the_sentences_are_the_same_too():
    english, spanish = patient_texts("en"), patient_texts("es")
    for one, other in zip(english.sections, spanish.sections, strict=True):
        for item, item_too in zip(one.items, other.items, strict=True):
            assert digits(item.text) == digits(item_too.text), item.key
            assert digits(item.help or "") == digits(item_too.help or ""), item.key
    for care, care_too in zip(english.self_care, spanish.self_care, strict=True):
        for step, step_too in zip(care.steps, care_too.steps, strict=True):
            assert digits(step.says) == digits(step_too.says), step.key


@each_language
def test_no_sentence_was_left_in_the_other_language(language: str):
    if language == "en":
        return
    english = {item.text for section in patient_texts("en").sections for item in section.items}
    own = {item.text for section in patient_texts(language).sections for item in section.items}
    assert english.isdisjoint(own)


@each_language
def test_four_mechanisms_and_every_part_of_the_story_are_told(language: str):
    sections = {section.key: section for section in patient_texts(language).sections}
    assert [item.key for item in sections["mechanisms"].items] == [
        "glands",
        "pores",
        "bacteria",
        "inflammation",
    ]
    assert list(sections) == ["mechanisms", "common", "serious", "rare", "before", "during", "after"]


@each_language
def test_every_number_is_cited_from_a_registered_source(language: str):
    texts = patient_texts(language)
    assert set(texts.sources()) <= set(load_rulebook().sources)
    assert all(often.source for often in frequencies(texts))


def test_a_frequency_told_to_patients_is_the_one_in_the_symptom_s_table():
    policy = load_rulebook().policy("balanced")
    compared = 0
    for often in frequencies(patient_texts("en")):
        if often.code is None:
            continue
        rows = policy.values[TABLES[often.code]].statements[0].value["expected"]
        number = list(often.number) if isinstance(often.number, tuple) else often.number
        share = (
            [each * 100 / often.out_of for each in number]
            if isinstance(number, list)
            else number * 100 / often.out_of
        )
        assert (share, often.source) in [(row.get("of_100"), row["source"]) for row in rows], often.code
        compared += 1
    assert compared >= 10


def test_the_hours_without_alcohol_are_those_of_the_laboratory():
    hours = load_rulebook().policy("balanced").values["laboratory/alcohol_hours"].statements[0].value
    alcohol = next(care for care in patient_texts("en").self_care if care.key == "alcohol")
    assert f"{hours} hours" in next(step.says for step in alcohol.steps if step.key == "before_tests")


@pytest.mark.parametrize(
    ("often", "english", "spanish"),
    [
        (Often(number=94, out_of=100, source="x"), "94 of 100 people", "94 de cada 100 personas"),
        (
            Often(number=3.83, out_of=100, source="x"),
            "about 4 of 100 people (counted: 3.83)",
            "unas 4 de cada 100 personas (contadas: 3,83)",
        ),
        (
            Often(number=22.5, out_of=100, source="x"),
            "about 23 of 100 people (counted: 22.5)",
            "unas 23 de cada 100 personas (contadas: 22,5)",
        ),
        (
            Often(number=0.5, out_of=100, at_most=True, source="x"),
            "fewer than 1 of 200 people",
            "menos de 1 de cada 200 personas",
        ),
        (
            Often(number=(8, 10), out_of=100, source="x"),
            "8 to 10 of 100 people",
            "8 a 10 de cada 100 personas",
        ),
        (
            Often(number=72, out_of=100, counted="months", source="x"),
            "72 of 100 months of treatment",
            "72 de cada 100 meses de tratamiento",
        ),
    ],
    ids=lambda part: part if isinstance(part, str) else "",
)
def test_a_frequency_is_told_as_so_many_of_so_many(often: Often, english: str, spanish: str):
    assert often_in_words(often, patient_texts("en").words) == english
    assert often_in_words(often, patient_texts("es").words) == spanish


# -- the plan -----------------------------------------------------------------------------------------

CASE = """\
case: 1
patient: {id: p-1, born_on: 1998-04-02}
programme: us_ipledge
facts:
  - {kind: condition, from: 2024-01-02, what: contact_lens_wearer}
  - {kind: symptom, date: 2024-03-03, code: AE03, severity: mild}
  - {kind: symptom, date: 2024-03-03, code: AE07, severity: mild}
  - {kind: symptom, date: 2024-03-06, code: AE07, severity: none}
"""
PINCH, BLISTERS, GLASSES = "pinch the soft part", "Blisters after sun", "Glasses instead of contact lenses"


@pytest.fixture
def case_file(tmp_path: Path) -> str:
    file = tmp_path / "case.yaml"
    file.write_text(CASE, encoding="utf-8")
    return str(file)


def plan(case_file: str, *options: str) -> Came:
    return typed("self-care", case_file, "--on", "2024-03-10", *options)


def test_the_plan_tells_what_concerns_this_patient_first(case_file: str):
    text = " ".join(plan(case_file).out.split())
    assert PINCH in text
    assert GLASSES in text
    assert text.index("NOSE") < text.index("LIPS")
    assert text.index("EYES") < text.index("LIPS")
    assert text.index("LIPS") < text.index("EXERCISE")


def test_a_symptom_that_is_gone_no_longer_shapes_the_plan(case_file: str):
    assert BLISTERS not in plan(case_file).out
    assert BLISTERS in typed("self-care", case_file, "--on", "2024-03-05").out


@each_language
@pytest.mark.parametrize(
    ("policy", "named"), [("balanced", (*PROCEDURES[:2], "waxing")), ("us_label", PROCEDURES)]
)
def test_the_plan_puts_off_the_procedures_that_the_clinical_policy_names(
    tmp_path: Path, policy: str, named: tuple[str, ...], language: str
):
    file = tmp_path / "case.yaml"
    file.write_text(CASE.replace("facts:", f"policy: {policy}\nfacts:"), encoding="utf-8")
    words = patient_texts(language).words
    flowed = " ".join(plan(str(file), "--language", language).out.split())
    put_off = words.put_off.format(months=6, procedures=", ".join(words.procedures[each] for each in named))
    assert put_off in flowed


def test_without_a_law_of_that_day_nothing_is_said_of_procedures(case_file: str):
    assert "Put off" in plan(case_file).out
    assert "Put off" not in typed("self-care", case_file, "--on", "1999-03-10").out


def test_nothing_of_the_future_shapes_it(case_file: str):
    assert PINCH not in " ".join(typed("self-care", case_file, "--on", "2024-03-02").out.split())


@each_language
def test_the_plan_names_all_seven_parts_and_when_to_seek_help(case_file: str, language: str):
    texts = patient_texts(language)
    out = plan(case_file, "--language", language).out
    assert [care.key for care in texts.self_care] == [
        *("lips", "skin", "nose", "eyes", "sun", "alcohol", "exercise")
    ]
    assert all(care.title.upper() in out for care in texts.self_care)
    assert texts.words.seek_help.upper() in out


@each_language
def test_the_pages_say_their_language_and_ask_for_nothing_from_outside(language: str):
    texts = patient_texts(language)
    parts = [_Part(care) for care in texts.self_care]
    for page in (body_as_html(texts, load_rulebook().sources), plan_as_html(texts, parts)):
        assert f'lang="{language}"' in page
        assert "<script" not in page
        assert "src=" not in page
        assert page.count("<h1>") == 1


class _Part:
    def __init__(self, care: Any) -> None:
        self.care = care
        self.for_everybody = care.steps
        self.for_this_patient = care.steps[:1]


def test_no_text_can_become_a_tag():
    texts = msgspec.structs.replace(patient_texts("en"), intro="<b>bold</b> & sons")
    assert "&lt;b&gt;bold&lt;/b&gt; &amp; sons" in body_as_html(texts, load_rulebook().sources)


# -- the commands ---------------------------------------------------------------------------------------


@each_language
def test_explain_body_tells_the_four_mechanisms(language: str):
    told = typed("explain", "body", "--language", language)
    assert told.code == 0
    flowed = " ".join(told.out.split())
    for section in patient_texts(language).sections:
        for item in section.items:
            assert item.text in flowed


@pytest.mark.parametrize(
    "call",
    [
        ("explain", "body", "--language", "de"),
        ("explain", "body", "--format", "pdf"),
        ("explain", "body", "pregnancy_testing.monthly_test"),
        ("explain", "case.yaml"),
        ("self-care", "nowhere.yaml"),
    ],
)
def test_a_wrong_call_is_told_and_answers_nothing(call: tuple[str, ...]):
    told = typed(*call)
    assert told.code == 2
    assert told.out == ""
    assert told.err


def test_the_plan_is_the_same_in_a_program(case_file: str):
    case, on, zone = load_case(case_file), day("2024-03-10"), ZONES[US]
    made = self_care_plan(
        case, first_instant(on, zone), last_instant(on, zone), patient_texts("en"), load_rulebook()
    )
    assert [part.care.key for part in made.parts[:2]] == ["nose", "eyes"]
    assert [step.key for part in made.parts for step in part.for_this_patient] == [
        "pinch",
        "twenty_minutes",
        "glasses",
    ]
