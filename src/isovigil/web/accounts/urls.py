"""Which addresses are about one's own way in?"""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from isovigil.web.accounts import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("second-factor/", views.second_factor, name="second_factor"),
    path("logout/", views.sign_out, name="account_logout"),
    path("", include("allauth.urls")),
]
