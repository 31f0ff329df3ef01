"""On whose word does this page judge? `{% load standing %}{% standing %}`, above every page."""

from __future__ import annotations

from typing import Any

from django import template
from django.conf import settings
from django.template.context import Context
from django.utils.translation import gettext as _

from isovigil.storage.tenancy import reading
from isovigil.usecases.record.acting import Acting
from isovigil.usecases.record.judging import NotAdopted, judging_of, rulebook_in_use

register = template.Library()


@register.inclusion_tag("layout/standing.html", takes_context=True)
def standing(context: Context) -> dict[str, Any]:
    """In a demo: that the clinic is made up. Signed in: who adopted what the clinic judges by, if anybody."""
    is_demo = not settings.IS_PRODUCTION
    acting = getattr(context.get("request"), "acting", None)
    return {"is_demo": is_demo, "says": _policy(acting) if isinstance(acting, Acting) else ""}


def _policy(acting: Acting) -> str:
    with reading(acting.clinic, acting.person):
        try:
            judging = judging_of(acting.clinic)
        except NotAdopted:
            return _("No policy is adopted, so nothing is judged.")
    if judging.adopted_by is None:
        return _("Unsigned policy.")
    rulebook = rulebook_in_use()
    return _("Judged by %(programme)s, %(policy)s, adopted by %(who)s.") % {
        "programme": rulebook.programmes[judging.programme].title,
        "policy": rulebook.policies[judging.policy].title,
        "who": judging.adopted_by,
    }
