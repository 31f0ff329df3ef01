"""Which addresses belong to patients as a list?"""

from __future__ import annotations

from django.urls import URLPattern, path

from isovigil.web.patients import views

urlpatterns: list[URLPattern] = [
    path("patients/", views.patients, name="patients"),
    path("patients/new/", views.register, name="register_patient"),
]
