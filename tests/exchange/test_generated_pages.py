"""Is what is written from the declaration up to date, and does it leave nothing out?"""

from __future__ import annotations

from typing import get_args

import pytest

from isovigil.case import words
from isovigil.case.kinds import KINDS
from isovigil.case.units import UNITS
from isovigil.decisions.finding import Action, Answer, Gate
from isovigil.exchange.declared_types import fields_of
from isovigil.exchange.generated_pages import ROOT, pages_of_the_declaration
from isovigil.exchange.glossary import glossary_markdown
from isovigil.exchange.glossary_words import TERMS

GLOSSARY = glossary_markdown()


@pytest.mark.parametrize(
    ("path", "text"), pages_of_the_declaration().items(), ids=pages_of_the_declaration().keys()
)
def test_no_page_written_from_the_declaration_is_stale(path: str, text: str):
    held = (ROOT / path).read_text(encoding="utf-8")
    assert held == text, "run `python -m isovigil.exchange.generated_pages` and read what changed"


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.kind)
def test_every_kind_is_explained_with_every_field(kind):
    section = GLOSSARY.partition(f"### `{kind.kind}`\n")[2].partition("\n#")[0]
    assert section
    for name in fields_of(kind):
        assert f"| `{name}` |" in section or f"| `{name}` |" in GLOSSARY.partition("## Kinds of fact")[0]


def test_every_word_of_every_list_is_explained():
    lists = [each for each in vars(words).values() if get_args(each)]
    for word in {str(word) for each in lists for word in get_args(each)}:
        assert word in GLOSSARY or word in ("<", "<="), word


def test_every_unit_is_listed():
    for analyte, units in UNITS.items():
        line = next(line for line in GLOSSARY.splitlines() if line.startswith(f"| `{analyte}` | `"))
        assert all(f"`{unit}`" in line for unit in units)


def test_every_term_is_defined_once():
    defined = [term.word for terms in TERMS.values() for term in terms]
    assert sorted(defined) == sorted(set(defined))


def test_no_term_is_a_word_that_we_avoid_for_another():
    """`category` and `cycle` are words of ours that also stand for something else elsewhere."""
    defined = {term.word for terms in TERMS.values() for term in terms}
    avoided = {word for terms in TERMS.values() for term in terms for word in term.avoid.split(", ")}
    assert defined & avoided == {"category", "cycle", "sex"}


@pytest.mark.parametrize("word", [*get_args(Answer), *get_args(Gate), *get_args(Action)])
def test_the_words_of_a_review_are_explained(word: str):
    assert word in GLOSSARY or word.replace("_", " ") in GLOSSARY or word in ("prescribe", "dispense")
