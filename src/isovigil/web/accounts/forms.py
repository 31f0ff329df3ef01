"""What do the forms about one's own way in ask?"""

from __future__ import annotations

from typing import Any

from allauth.account.forms import LoginForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from isovigil.storage.models import Person

LONGEST_PASSWORD = 200
ADVISED = _("At least 12 characters; 15 or more are advised. A sentence is good. Paste is allowed.")


class SignIn(LoginForm):  # type: ignore[misc]  # allauth has no types
    """Address and password, each under its name alone."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("Email address")
        for asked in self.fields.values():
            asked.help_text = ""
            asked.widget.attrs.pop("placeholder", None)


class AddPasskey(AddWebAuthnForm):  # type: ignore[misc]  # allauth has no types
    """A passkey: it unlocks by itself, with the device's own PIN, finger or face."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("What you call it")
        self.fields["name"].help_text = _("As “my phone”; you can have several.")
        self.initial["name"] = _("My passkey")
        self.fields["passwordless"].initial = True
        self.fields["passwordless"].widget = forms.HiddenInput(attrs={"checked": "checked"})


class FirstPassword(forms.Form):
    """The password of somebody who was invited; asked for once, and shown on request by the browser."""

    password = forms.CharField(
        label=_("Choose a password"),
        help_text=ADVISED,
        max_length=LONGEST_PASSWORD,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, person: Person, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_password(self) -> str:
        """The password as it was typed. Raises ValidationError with everything wrong with it."""
        password: str = self.cleaned_data["password"]
        validate_password(password, self.person)
        return password
