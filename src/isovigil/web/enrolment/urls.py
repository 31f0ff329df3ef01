"""Which addresses belong to an enrolment?"""

from __future__ import annotations

from django.urls import URLPattern, path

from isovigil.web.enrolment import consent_views, views

urlpatterns: list[URLPattern] = [
    path("course/<uuid:patient>/enrolment/", views.enrolment, name="enrolment"),
    path("course/<uuid:patient>/enrolment/consents/", consent_views.consents, name="consents"),
    path("course/<uuid:patient>/enrolment/consents/<slug:form>/", consent_views.consent, name="consent"),
    path("course/<uuid:patient>/enrolment/signed/<uuid:act>/", consent_views.signed, name="signed_consent"),
    path("course/<uuid:patient>/enrolment/<slug:task>/", views.task, name="enrolment_task"),
]
