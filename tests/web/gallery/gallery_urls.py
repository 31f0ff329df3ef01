"""Where are the public pages, the gallery, and the pages that fail on purpose?"""

from __future__ import annotations

from django.urls import path
from django.views.i18n import set_language

from isovigil.web.calculator.views import window_calculator
from tests.web.gallery import gallery_views as views

handler400 = "isovigil.web.errors.bad_request"
handler403 = "isovigil.web.errors.permission_denied"
handler404 = "isovigil.web.errors.page_not_found"
handler500 = "isovigil.web.errors.server_error"
urlpatterns = [
    path("gallery/", views.gallery),
    path("gallery/charts/", views.charts),
    path("gallery/row/", views.row),
    path("gallery/fails/<int:status>/", views.fails),
    path("gallery/only-post/", views.only_post),
    path("gallery/not-today/<str:why>/", views.not_today),
    path("home/", views.gallery, name="home"),
    path("language/", set_language, name="set_language"),
    path("windows/", window_calculator, name="window_calculator"),
]
