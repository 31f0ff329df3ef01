"""Which addresses belong to the worklist?"""

from __future__ import annotations

from django.urls import URLPattern, path

from isovigil.web.worklist import views

urlpatterns: list[URLPattern] = [
    path("worklist/", views.worklist, name="worklist"),
    path("worklist/day-sheet/", views.printed_day_sheet, name="day_sheet"),
    path("worklist/reminders/", views.reminders, name="reminders"),
    path("worklist/<uuid:patient>/", views.line, name="worklist_line"),
]
