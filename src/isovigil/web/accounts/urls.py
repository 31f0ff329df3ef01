"""Which addresses are about one's own way in? allauth's, but for those that are closed here."""

from __future__ import annotations

from allauth.mfa.totp.views import activate_totp
from allauth.mfa.webauthn.views import add_webauthn
from django.urls import URLPattern, URLResolver, include, path

from isovigil.web.accounts import invitations, views

CLOSED = (
    "signup/",  # a clinic invites
    "email/",  # an address changes by a new invitation
    "confirm-email/",
    "confirm-email/<path:key>",
    "login/code/confirm/",  # no codes by mail
    "password/set/",
    "inactive/",
)
urlpatterns: list[URLPattern | URLResolver] = [
    path("second-factor/", views.second_factor, name="second_factor"),
    path("logout/", views.sign_out, name="account_logout"),
    path("sessions/end/", views.sign_out_everywhere, name="sign_out_everywhere"),
    path("password/reset/", views.forgotten_password, name="account_reset_password"),
    path("invitation/", invitations.accept, name="accept_invitation"),
    path("2fa/totp/activate/", views.not_by_a_password_alone(activate_totp), name="mfa_activate_totp"),
    path("2fa/webauthn/add/", views.not_by_a_password_alone(add_webauthn), name="mfa_add_webauthn"),
    *[path(closed, views.closed) for closed in CLOSED],
    path("", include("allauth.urls")),
]
