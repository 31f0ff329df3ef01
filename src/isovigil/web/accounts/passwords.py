"""Which passwords are refused, beyond the short and the common ones?"""

from __future__ import annotations

from typing import Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from isovigil.storage.models import Person

_WORDS: Final = ("isovigil", "isotretinoin", "accutane", "roaccutane", "ipledge", "clinic", "dermatology")
_ROWS: Final = ("0123456789" * 3, "abcdefghijklmnopqrstuvwxyz" * 2)
_SHORTEST_WORD: Final = 4
_LEAST_BESIDE: Final = 8
"""So many letters must be left once the words of this place are taken away."""


class NoWordsOfThisPlace:
    """Refuses a password that is little more than a name of the product, of its drug, or of the person."""

    def validate(self, password: str, user: Person | None = None) -> None:
        """Raises ValidationError where too little is left without those words."""
        left = password.casefold()
        for word in (*_WORDS, *_own_words(user)):
            left = left.replace(word, "")
        if len(left) < _LEAST_BESIDE:
            raise ValidationError(
                _("Take away your own name and the names of this place, and too little is left."),
                code="words_of_this_place",
            )

    def get_help_text(self) -> str:
        """What the form says beforehand."""
        return _("Not your own name, nor the name of the clinic or the medicine.")


def _own_words(user: Person | None) -> list[str]:
    if user is None:
        return []
    own = f"{user.name} {user.email.replace('@', ' ').replace('.', ' ')}".casefold().split()
    return sorted((word for word in own if len(word) >= _SHORTEST_WORD), key=len, reverse=True)


class NoRow:
    """Refuses a row of digits or of the alphabet, also backwards, and one thing said again and again."""

    def validate(self, password: str, user: Person | None = None) -> None:
        """Raises ValidationError where the next character tells itself."""
        folded = password.casefold()
        if any(folded in row or folded[::-1] in row for row in _ROWS):
            raise ValidationError(_("This is a row that everybody knows."), code="row")
        if folded in (folded + folded)[1:-1]:
            raise ValidationError(_("This is the same again and again."), code="again")

    def get_help_text(self) -> str:
        """What the form says beforehand."""
        return _("Not a row of digits or letters, nor one word again and again.")
