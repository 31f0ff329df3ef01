"""How is a patient asked in their own language on a page that staff read in theirs?"""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.utils import translation
from django.utils.html import format_html

from isovigil.web.components import Words


class AskedIn:
    """Words for a patient in the language kept for them; beside them, where another, the page's."""

    def __init__(self, language: str) -> None:
        page = translation.get_language() or settings.LANGUAGE_CODE
        spoken = {code for code, _name in settings.LANGUAGES}
        self.language = language if language in spoken else page
        self.is_another = self.language != page

    def plain(self, words: Words) -> str:
        """The words, as text."""
        with translation.override(self.language):
            return str(words)

    def shown(self, words: Words) -> str:
        """The words as they stand on the page, marked with their language where it is another one."""
        said = self.plain(words)
        return format_html('<span lang="{}">{}</span>', self.language, said) if self.is_another else said

    def beside(self, words: Words) -> str:
        """The same in the language of the page, for whoever asks; empty where there is only one."""
        return str(words) if self.is_another else ""

    def choices(self, choices: Iterable[tuple[str, Words]]) -> list[tuple[str, str]]:
        """The answers to choose from."""
        return [(value, self.shown(words)) for value, words in choices]
