"""What is asked of an administrator?"""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from isovigil.storage.models.people import STAFF_ROLES
from isovigil.usecases.record.judging import rulebook_in_use
from isovigil.web.shell import ROLE_WORDS


class InviteStaff(forms.Form):
    """Whom to invite, and as what."""

    name = forms.CharField(label=_("Name"), max_length=200)
    email = forms.EmailField(label=_("Email address"))
    role = forms.ChoiceField(
        label=_("Role"),
        widget=forms.RadioSelect,
        choices=[(role, ROLE_WORDS[role]) for role in STAFF_ROLES],
    )


class InviteToRecord(forms.Form):
    """Who may see one patient's record: that patient, or somebody who cares for them."""

    name = forms.CharField(label=_("Name"), max_length=200)
    email = forms.EmailField(label=_("Email address"))
    role = forms.ChoiceField(
        label=_("Who is it?"),
        widget=forms.RadioSelect,
        choices=[("patient", _("The patient")), ("carer", _("A parent or carer"))],
    )


class Reason(forms.Form):
    """Why something is done; it stands in the log."""

    reason = forms.CharField(label=_("Reason"), max_length=300)


class WhatWeJudgeBy(forms.Form):
    """The programme and policy that a prescriber adopts."""

    programme = forms.ChoiceField(label=_("Programme"))
    policy = forms.ChoiceField(label=_("Clinical policy"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rulebook = rulebook_in_use()
        programmes = [(one.id, one.title) for one in rulebook.programmes.values()]
        policies = [(one.id, one.title) for one in rulebook.policies.values()]
        for name, choices in (("programme", programmes), ("policy", policies)):
            asked = self.fields[name]
            if isinstance(asked, forms.ChoiceField):
                asked.choices = choices
