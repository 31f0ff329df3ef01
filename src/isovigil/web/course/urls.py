"""Which addresses belong to a course?"""

from __future__ import annotations

from django.urls import URLPattern, path

from isovigil.web.course import views
from isovigil.web.course.outage import outage

urlpatterns: list[URLPattern] = [
    path("course/<uuid:patient>/", views.course, name="course"),
    path("course/<uuid:patient>/facts/", views.facts, name="course_facts"),
    path("course/<uuid:patient>/outage/", outage, name="outage"),
]
