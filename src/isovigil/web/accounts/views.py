"""What do the pages about one's own way in do beyond allauth's own?"""

from __future__ import annotations

from typing import cast

from allauth.account.views import logout as allauth_logout
from allauth.mfa.utils import is_mfa_enabled
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_http_methods

from isovigil.web.acting import to_sign_in
from isovigil.web.front.going_on import going_on


@require_http_methods(["GET", "POST"])
def sign_out(request: HttpRequest) -> HttpResponse:
    """End this session, and let the browser forget what it kept of it."""
    answer = cast(HttpResponse, allauth_logout(request))
    if request.method == "POST":
        answer.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return answer


@require_GET
def second_factor(request: HttpRequest) -> HttpResponse:
    """Where staff are sent who showed one factor alone: show the second, set one up, or ask for help."""
    if not request.user.is_authenticated:
        return to_sign_in(request)
    going = going_on(request, request.GET.get("next", ""), reverse("home"))
    if is_mfa_enabled(request.user):
        return redirect(f"{reverse('mfa_reauthenticate')}?{urlencode({'next': going})}")
    return render(request, "accounts/second_factor.html", {"next": going})
