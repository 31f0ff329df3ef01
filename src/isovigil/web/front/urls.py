"""Which addresses belong to the first page? Signing in as a made-up person exists in a demo alone."""

from __future__ import annotations

from django.conf import settings
from django.urls import URLPattern, path

from isovigil.web.front import demo_sign_in, views

DEMO_ALONE: list[URLPattern] = [
    path("demo/sign-in/", demo_sign_in.sign_in, name="demo_sign_in"),
    path("demo/confirm/", demo_sign_in.confirm, name="demo_confirm"),
]
urlpatterns: list[URLPattern] = [
    path("", views.front, name="front"),
    path("home/", views.home, name="home"),
    path("home/role/", views.choose_role, name="choose_role"),
    path("confirm/", views.confirm_who, name="confirm_who"),
    *([] if settings.IS_PRODUCTION else DEMO_ALONE),
]
