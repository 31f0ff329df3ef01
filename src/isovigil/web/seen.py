"""Which state of the record did whoever sent this form look at?"""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _


class NotSaidWhatWasSeen(Exception):
    """A form does not say from which state of the record it was filled in."""


def entry_seen(request: HttpRequest) -> int:
    """The last entry about the patient when the form was opened, which the form carries as `expected`.

    Never the latest one instead: then nobody would notice what was recorded while the form was open.

    Raises:
        NotSaidWhatWasSeen: The form carries none, or something else than a whole number.
    """
    text = request.POST.get("expected", "")
    if not (text.isascii() and text.isdigit()):
        raise NotSaidWhatWasSeen(
            _(
                "The form does not say which state of the record it was filled in from, so it could undo "
                "what somebody recorded since. Nothing was recorded. Open the page again, look at what it "
                "says now, and enter it once more."
            )
        )
    return int(text)
