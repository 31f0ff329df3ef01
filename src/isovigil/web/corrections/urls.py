"""Which address belongs to a correction?"""

from __future__ import annotations

from django.urls import URLPattern, path

from isovigil.web.corrections import views

urlpatterns: list[URLPattern] = [
    path("course/<uuid:patient>/fact/<uuid:fact>/correct/", views.correct, name="correct_fact"),
]
