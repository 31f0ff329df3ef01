"""Which address shows what?"""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path
from django.views.i18n import set_language

from isovigil.web.calculator import views as calculator
from isovigil.web.health import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("isovigil.web.front.urls")),
    path("account/", include("isovigil.web.accounts.urls")),
    path("", include("isovigil.web.worklist.urls")),
    path("", include("isovigil.web.course.urls")),
    path("", include("isovigil.web.visit.urls")),
    path("", include("isovigil.web.patients.urls")),
    path("", include("isovigil.web.enrolment.urls")),
    path("", include("isovigil.web.corrections.urls")),
    path("", include("isovigil.web.plan.urls")),
    path("", include("isovigil.web.people.urls")),
    path("", include("isovigil.web.log.urls")),
    path("health", health, name="health"),
    path("language/", set_language, name="set_language"),
    path("windows/", calculator.window_calculator, name="window_calculator"),
]

handler400 = "isovigil.web.errors.bad_request"
handler403 = "isovigil.web.errors.permission_denied"
handler404 = "isovigil.web.errors.page_not_found"
handler429 = "isovigil.web.errors.too_many_tries"  # allauth asks for it
handler500 = "isovigil.web.errors.server_error"
