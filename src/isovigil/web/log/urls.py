"""Which addresses are about the log, and about who looked?"""

from __future__ import annotations

from django.urls import URLPattern, path

from isovigil.web.log import glass, views

urlpatterns: list[URLPattern] = [
    path("log/", views.log, name="log"),
    path("log/heads.jsonl", views.heads, name="log_heads"),
    path("log/key.pem", views.public_key, name="log_key"),
    path("log/looks/", views.looks, name="looks"),
    path("patients/<uuid:patient>/looks/", views.reads, name="reads"),
    path("patients/<uuid:patient>/break-glass/", glass.break_the_glass, name="break_glass"),
    path("my-record/", views.own_record, name="own_record"),
]
