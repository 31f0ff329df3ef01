"""Which neutral words remind a patient? They name no medicine, no test and no kind of clinic."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from isovigil.web.components import Words

REMINDER: Final[Words] = _("You have a step to do. Please sign in or call us.")
