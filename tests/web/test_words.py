"""Is everything patients read translated, and does no template hold words that cannot be?"""

from __future__ import annotations

import gettext
import io
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.template.base import Lexer, TokenType
from django.test import Client, override_settings
from django.utils import translation
from django.utils.dates import WEEKDAYS_ABBR

from isovigil.web.catalogue import (
    CATALOGUE,
    READ_BY_PATIENTS,
    WEB,
    Message,
    compiled,
    messages_used,
    read_catalogue,
    written,
)
from tests.web.bracketed import PLACEHOLDERS, write_bracketed_catalogue

PSEUDO = "eo"
"""A language of Django's that the product does not speak: it stands for any other."""
HINT = "Run `.venv/bin/python -m isovigil.web.catalogue`, and write the Spanish into django.po."
TAGS = re.compile(r"</?\w+")


def test_every_word_patients_read_is_said_in_spanish():
    told = read_catalogue()
    untold = sorted(message.text for message in messages_used() if not all(told.get(message, ("",))))
    assert not untold, HINT


def test_the_compiled_catalogue_is_current():
    assert CATALOGUE.with_suffix(".mo").read_bytes() == compiled(read_catalogue()), HINT


def test_a_translation_keeps_every_placeholder_and_every_tag():
    for message, says in read_catalogue().items():
        for text in says:
            for pattern in (PLACEHOLDERS, TAGS):
                found = sorted(pattern.findall(text))
                allowed = [sorted(pattern.findall(each)) for each in (message.text, message.plural)]
                assert found in allowed, f"{message.text!r} became {text!r}"


def test_the_compiled_file_is_what_gettext_reads():
    told = {Message("One"): ("Uno",), Message("%d day", plural="%d days"): ("%d día", "%d días")}
    told[Message("May", context="month")] = ("mayo",)
    told[Message("Untold")] = ("",)
    read = gettext.GNUTranslations(io.BytesIO(compiled(told)))
    assert read.gettext("One") == "Uno"
    assert [read.ngettext("%d day", "%d days", count) for count in (1, 2)] == ["%d día", "%d días"]
    assert read.pgettext("month", "May") == "mayo"
    assert read.gettext("Untold") == "Untold"


def test_what_is_written_is_read_back(tmp_path: Path):
    told = {
        Message('A "quoted"\nline \\ with all'): ("Una línea «citada»\n\\",),
        Message("day", plural="days", context="unit"): ("día", "días"),
    }
    path = tmp_path / "django.po"
    path.write_text(written({message: ["a.py"] for message in told}, told), "utf-8")
    assert read_catalogue(path) == told


def test_a_line_that_cannot_be_read_is_named(tmp_path: Path):
    path = tmp_path / "django.po"
    path.write_text('msgid "One"\nmsgstr Uno\n', "utf-8")
    with pytest.raises(ValueError, match="msgstr Uno"):
        read_catalogue(path)


# -- words outside the catalogue ---------------------------------------------------------------------------


class Texts(HTMLParser):
    """The texts of a page that people see or hear."""

    HEARD = ("aria-label", "title", "alt", "placeholder", "data-words")

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.texts += [value or "" for name, value in attrs if name in self.HEARD]


NEVER_TRANSLATED = {"Isovigil", "doctype html"}
NAMES_OF_CLASSES = re.compile(r"{% block html_class %}.*?{% endblock %}")
FILLED_IN = "0"
"""What stands for a tag or a variable of the template."""


def literals_of(template: str) -> Iterator[str]:
    """Words a template holds outside of every translation."""
    is_translated = False
    kept = []
    template = NAMES_OF_CLASSES.sub("", template)
    for token in Lexer(template).tokenize():
        if token.token_type == TokenType.BLOCK:
            name = token.contents.split()[0]
            if name in {"blocktranslate", "blocktrans"}:
                is_translated = True
            elif name in {"endblocktranslate", "endblocktrans"}:
                is_translated = False
            kept.append(FILLED_IN)
        elif token.token_type == TokenType.TEXT and not is_translated:
            kept.append(token.contents)
        elif token.token_type == TokenType.VAR:
            kept.append(FILLED_IN)
    read = Texts()
    read.feed("".join(kept))
    for text in read.texts:
        words = text.replace(FILLED_IN, "").strip(" –\n")
        if re.search(r"[A-Za-z]{2}", words) and words not in NEVER_TRANSLATED:
            yield words


TEMPLATES = sorted(
    path.relative_to(WEB).as_posix()
    for path in (WEB / "templates").rglob("*.html")
    if path.relative_to(WEB).as_posix().startswith(READ_BY_PATIENTS)
)


@pytest.mark.parametrize("path", TEMPLATES)
def test_no_template_patients_read_holds_a_word_outside_the_catalogue(path: str):
    assert list(literals_of((WEB / path).read_text("utf-8"))) == []


def test_a_word_outside_the_catalogue_would_be_seen():
    assert list(literals_of("{% load i18n %}<p>{% translate 'Day' %} Hello</p>")) == ["Hello"]
    assert list(literals_of('<a aria-label="Close">{{ x }}</a>')) == ["Close"]
    assert list(literals_of("{% blocktranslate %}Hello{% endblocktranslate %}")) == []


# -- a language nobody speaks ------------------------------------------------------------------------------


@pytest.fixture
def pseudo_locale(tmp_path: Path) -> Iterator[Client]:
    """A client of the product in the pseudo-locale."""
    write_bracketed_catalogue(tmp_path, PSEUDO)
    settings = override_settings(
        LANGUAGES=[("en", "English"), (PSEUDO, "Esperanto")],
        LOCALE_PATHS=[tmp_path],
        ROOT_URLCONF="tests.web.gallery.gallery_urls",
        ALLOWED_HOSTS=["testserver"],
    )
    with settings, translation.override(PSEUDO):
        yield Client(headers={"accept-language": PSEUDO}, raise_request_exception=False)


DATES = {"step": "dates", "programme": "us_ipledge", "category": "can"}
ONE_TEST = {"test_day": "4", "test_month": "3", "test_year": "2024"}
LAST_DOSE = {"last_dose_day": "1", "last_dose_month": "7", "last_dose_year": "2026"}
ASKED = [
    ("the first page", "/windows/", None),
    ("nothing chosen", "/windows/", {"step": "setting"}),
    ("another country", "/windows/", {"programme": "other", "category": "can"}),
    ("the dates", "/windows/", {**DATES, "step": "setting"}),
    ("no date", "/windows/", DATES),
    ("a wrong date", "/windows/", {**DATES, **ONE_TEST, "test_day": "31", "test_month": "2"}),
    ("the answer", "/windows/", {**DATES, **ONE_TEST, **LAST_DOSE}),
    ("two readings", "/windows/", {**DATES, **ONE_TEST, "test_month": "12", "test_year": "2026"}),
    ("Italy", "/windows/", {**DATES, "programme": "it_aifa", **ONE_TEST, **LAST_DOSE}),
    ("not found", "/nowhere/", None),
    ("method", "/gallery/only-post/", None),
    ("fault", "/gallery/fails/500/", None),
    ("database away", "/gallery/fails/503/", None),
]


@pytest.mark.parametrize(("path", "sent"), [each[1:] for each in ASKED], ids=[each[0] for each in ASKED])
def test_every_public_page_speaks_a_language_nobody_foresaw(
    pseudo_locale: Client, path: str, sent: dict[str, str] | None
):
    answer = pseudo_locale.get(path) if sent is None else pseudo_locale.post(path, sent)
    text = answer.content.decode()
    assert "⟦" in text
    left = [one for one in visible_texts(text) if is_english(one)]
    assert not left, "English was left"


def visible_texts(page: str) -> list[str]:
    """The texts of a page in its own language: not names, not what is quoted in another one."""
    own = re.sub(r"<(\w+)[^>]* lang=\"en\"[^>]*>.*?</\1>", "", page, flags=re.DOTALL)
    read = Texts()
    read.feed(own)
    return [text.strip() for text in read.texts if text.strip()]


DATA = re.compile(r"Isovigil|Esperanto|English|⟦|iPLEDGE|^[A-Z]$|\d")


def is_english(text: str) -> bool:
    """Does a text hold words that went through no catalogue? Dates, letters and names are data."""
    if text in {str(day) for day in WEEKDAYS_ABBR.values()}:
        return False
    return re.search(r"[A-Za-z]{3}", text) is not None and DATA.search(text) is None
