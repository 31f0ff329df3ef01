"""What do the forms about one's own way in ask?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from allauth.account.forms import (
    ChangePasswordForm,
    LoginForm,
    ReauthenticateForm,
    ResetPasswordForm,
    ResetPasswordKeyForm,
)
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as ReauthenticateByCodeForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from isovigil.storage.models import Person
from isovigil.web.fields import ask_for_what_is_missing

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

LONGEST_PASSWORD = 200
ADVISED = _("At least 12 characters; 15 or more are advised. A sentence is good. Paste is allowed.")


class Asked(NamedTuple):
    """A field of a form in our words."""

    name: str
    label: _StrPromise
    hint: str | _StrPromise = ""


class InOurWords:
    """A form of allauth's that asks in our words: no hint and no placeholder of its own."""

    fields: dict[str, forms.Field]
    asks: tuple[Asked, ...]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("password2", None)  # asked for once, as at an invitation
        for one in self.fields.values():
            one.help_text = ""
            one.widget.attrs.pop("placeholder", None)
        for asked in self.asks:
            self.fields[asked.name].label = asked.label
            self.fields[asked.name].help_text = asked.hint
        ask_for_what_is_missing(self.fields)


class SignIn(InOurWords, LoginForm):  # type: ignore[misc]  # allauth has no types
    """Address and password."""

    asks = (Asked("login", _("Email address")), Asked("password", _("Password")))


class ForgottenPassword(InOurWords, ResetPasswordForm):  # type: ignore[misc]  # allauth has no types
    """Where the email goes that leads to a new password."""

    asks = (Asked("email", _("Email address")),)


class NewPassword(InOurWords, ResetPasswordKeyForm):  # type: ignore[misc]  # allauth has no types
    """The password of somebody whom an email led here."""

    asks = (Asked("password1", _("The new password"), ADVISED),)


class AnotherPassword(InOurWords, ChangePasswordForm):  # type: ignore[misc]  # allauth has no types
    """The password of somebody who knows the one before."""

    asks = (Asked("oldpassword", _("The password you have now")), *NewPassword.asks)


class PasswordOnceMore(InOurWords, ReauthenticateForm):  # type: ignore[misc]  # allauth has no types
    """The password, from somebody signed in."""

    asks = (Asked("password", _("Password")),)


class SecondStep(InOurWords, AuthenticateForm):  # type: ignore[misc]  # allauth has no types
    """A code, from somebody whose password was right."""

    asks = (Asked("code", _("Code"), _("What your app shows now, or one of your recovery codes.")),)


class CodeOnceMore(InOurWords, ReauthenticateByCodeForm):  # type: ignore[misc]  # allauth has no types
    """A code, from somebody signed in."""

    asks = SecondStep.asks


class FirstCode(InOurWords, ActivateTOTPForm):  # type: ignore[misc]  # allauth has no types
    """The first code of an app that was just set up."""

    asks = (Asked("code", _("The six digits")),)


class NameOfPasskey(InOurWords, EditWebAuthnForm):  # type: ignore[misc]  # allauth has no types
    """Another name for a passkey."""

    asks = (Asked("name", _("What you call it")),)


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
