"""Which address belongs to a plan?"""

from __future__ import annotations

from django.urls import URLPattern, path

from isovigil.web.plan import views

urlpatterns: list[URLPattern] = [path("course/<uuid:patient>/plan/", views.plan, name="plan")]
