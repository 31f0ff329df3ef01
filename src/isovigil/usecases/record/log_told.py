"""What may be told of a clinic's log without opening it: how long it is, who signed for it, and when?"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import msgspec

from isovigil.proof.export import head_line
from isovigil.proof.heads import SignedHead, public_key_of, public_key_text
from isovigil.proof.tree import tree_from
from isovigil.storage.keys import keys
from isovigil.storage.models import LogHead, LogState
from isovigil.storage.tenancy import reading
from isovigil.usecases.record.access import refuse_unless_allowed
from isovigil.usecases.record.acting import Acting


class LogTold(NamedTuple):
    """Where a clinic's log stands."""

    entries: int
    last_recorded_at: datetime | None
    heads: int
    last_head: SignedHead | None
    last_signed_at: datetime | None


def log_told(acting: Acting) -> LogTold:
    """Where the log of the acting person's clinic stands. Raises NotAllowed."""
    refuse_unless_allowed(acting, "see_log")
    with reading(acting.clinic, acting.person):
        state = LogState.objects.get(clinic=acting.clinic)
        heads = LogHead.objects.filter(clinic=acting.clinic).order_by("-size")
        last = heads.first()
        return LogTold(
            tree_from(bytes(state.tree)).size,
            state.last_recorded_at,
            heads.count(),
            None if last is None else msgspec.convert(last.signed, SignedHead),
            None if last is None else last.signed_at,
        )


def heads_text(acting: Acting) -> str:
    """Every signed head, one a line, oldest first: what a verifier compares a log with. Raises NotAllowed."""
    refuse_unless_allowed(acting, "see_log")
    with reading(acting.clinic, acting.person):
        rows = LogHead.objects.filter(clinic=acting.clinic).order_by("size").values_list("signed", flat=True)
        return "".join(head_line(msgspec.convert(signed, SignedHead)) for signed in rows)


def public_key_pem(acting: Acting) -> str:
    """The public key that the heads are checked with, in PEM. Raises NotAllowed, NoKeys."""
    refuse_unless_allowed(acting, "see_log")
    return public_key_text(public_key_of(keys().signing))
