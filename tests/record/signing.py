"""What does a test sign? What the page to sign would say, told by the page's own words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from isovigil.usecases.record.acting import Acting
from isovigil.usecases.record.shown_to_sign import ShownToSign, ToSign
from isovigil.usecases.record.visit_read import advice_on_draft, read_visit
from isovigil.web.visit.shown import told_to_sign

ONE_PAGE = ShownToSign(
    language="en",
    patient="",
    name="",
    second_id="",
    form="visit",
    signer="",
    meaning="",
    facts=(),
    draft_hash="",
    gates=(),
    lines=(),
)
WHATEVER_IS_SHOWN = ToSign(ONE_PAGE.hash, lambda *_: ONE_PAGE)
"""A page that never says anything else; for tests of what signing does otherwise."""


def page_to_sign(
    acting: Acting, patient: UUID, facts: Sequence[Mapping[str, Any]]
) -> tuple[ShownToSign, ToSign]:
    """What the page to sign says to whoever opens it now, and what it sends when it is signed."""
    read = read_visit(acting, patient)
    tell = told_to_sign(acting, read.course.judging, facts)
    shown = tell(advice_on_draft(acting, read.course, facts), read.course.known)
    return shown, ToSign(shown.hash, tell)
