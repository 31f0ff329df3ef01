"""What stands on the sheet of a consent as it was signed, of which the patient takes a copy home?"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from isovigil.usecases.record.enrolment_acts import ActOnRecord, ConsentAct
from isovigil.web.components import Pair
from isovigil.web.shell import ROLE_WORDS


def signed_sheet(found: ActOnRecord, kept: ConsentAct) -> dict[str, Any]:
    """The text with its version and hash, the signatures, and who recorded it, in the language in use."""
    pairs = [
        Pair(_("Text"), _("Our summary, version %(version)s") % {"version": kept.text_version}),
        Pair(_("Hash of the text (SHA-256)"), kept.text_hash),
        Pair(
            _("Told back"), _("%(number)s questions, each answered rightly") % {"number": len(kept.told_back)}
        ),
        Pair(_("Attempts until then"), str(kept.attempts)),
        Pair(_("Recorded by"), found.recorded_by),
    ]
    return {
        "found": found,
        "act": kept,
        "paragraphs": kept.text.split("\n\n"),
        "pairs": pairs,
        "signers": [(signer, ROLE_WORDS.get(signer.role, signer.role)) for signer in kept.signers],
    }
