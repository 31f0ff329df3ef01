"""Where are the gallery and the pages that fail on purpose?"""

from __future__ import annotations

from django.urls import path

from isovigil.web import urls as product
from tests.web.gallery import gallery_views as views

handler400 = product.handler400
handler403 = product.handler403
handler404 = product.handler404
handler500 = product.handler500
urlpatterns = [
    path("gallery/", views.gallery),
    path("gallery/charts/", views.charts),
    path("gallery/row/", views.row),
    path("gallery/fails/<int:status>/", views.fails),
    path("gallery/only-post/", views.only_post),
    *product.urlpatterns,
]
