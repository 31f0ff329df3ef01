"""Which templates may matter to somebody who asks for a few codes?

What a peer's retrieves leave out is left out where lines are read: Observations whose template holds no code
that is asked for. They count as those do at which no rule looks.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from isovigil.exchange.bulk.templates import Templates
from isovigil.exchange.fhir.resources import AnyResource, Observation


class TemplatesAsked(Templates):
    """Templates of Observations of which only some are asked for, by the JSON that says what they hold."""

    def __init__(self, is_asked: Callable[[str], bool]) -> None:
        super().__init__()
        self._is_asked = is_asked

    def why_unread(self, resource: AnyResource) -> str | None:
        """Why nobody looks at rows of a template; None where somebody may."""
        if isinstance(resource, Observation) and not self._is_asked(msgspec.json.encode(resource).decode()):
            return "Nobody asks for it."
        return super().why_unread(resource)
