"""Which addresses are about the people of a clinic, and what it judges by?"""

from __future__ import annotations

from django.urls import URLPattern, path

from isovigil.web.people import judging, own_record_people, views

urlpatterns: list[URLPattern] = [
    path("people/", views.people, name="people"),
    path("people/invite/", views.invite_staff, name="invite"),
    path("people/invitations/<uuid:invitation>/withdraw/", views.withdraw_one, name="withdraw_invitation"),
    path("people/<uuid:membership>/", views.one_person, name="person"),
    path("people/<uuid:membership>/end/", views.end, name="end_membership"),
    path("people/<uuid:membership>/new-way-in/", views.new_way_in, name="new_way_in"),
    path("patients/<uuid:patient>/invite/", own_record_people.invite_to_record, name="invite_patient"),
    path("judged-by/", judging.judged_by, name="judged_by"),
]
