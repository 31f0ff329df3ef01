"""Which address belongs to a visit?"""

from __future__ import annotations

from django.urls import URLPattern, path

from isovigil.web.visit import views

urlpatterns: list[URLPattern] = [
    path("course/<uuid:patient>/visit/", views.visit, name="visit"),
]
