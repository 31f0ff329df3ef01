"""What does the clinic sign of its log, how is one fact proved, and what is handed to an outsider?"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec

from isovigil.proof.entries import instant_text
from isovigil.proof.heads import SignedHead, sign_tree
from isovigil.proof.tree import tree_from
from isovigil.storage.keys import keys
from isovigil.storage.models import LogHead, LogState
from isovigil.storage.tenancy import reading, writing

SIGNED_AT_LEAST_EVERY: Final = timedelta(hours=1)


def sign_head(clinic: UUID, now: datetime) -> SignedHead:
    """The signed head of a clinic's log as it stands; the last one again where nothing was added since.

    Raises:
        NoKeys: The signing key is not at hand.
        ValueError: The log is shorter than its last head, as after a backup was put back.
    """
    with writing(clinic):
        state = LogState.objects.select_for_update().get(clinic=clinic)
        tree = tree_from(bytes(state.tree))
        last = _last_head(clinic)
        if last is not None and last.head.size == tree.size:
            return last
        at = now if state.last_recorded_at is None else max(now, state.last_recorded_at)
        signed = sign_tree(tree, str(clinic), instant_text(at), keys().signing, last)
        LogHead.objects.create(
            clinic_id=clinic, size=tree.size, signed_at=at, signed=msgspec.to_builtins(signed)
        )
        # Or an entry whose request began before this signature would look back-dated behind it.
        state.last_recorded_at = at
        state.save(update_fields=["last_recorded_at"])
    return signed


def sign_head_if_due(clinic: UUID, now: datetime) -> SignedHead | None:
    """Sign the head where the last one is an hour old, or there is none."""
    with reading(clinic):
        last = LogHead.objects.filter(clinic=clinic).order_by("-size").first()
    if last is not None and now - last.signed_at < SIGNED_AT_LEAST_EVERY:
        return None
    return sign_head(clinic, now)


def _last_head(clinic: UUID) -> SignedHead | None:
    row = LogHead.objects.filter(clinic=clinic).order_by("-size").first()
    return None if row is None else msgspec.convert(row.signed, SignedHead)
