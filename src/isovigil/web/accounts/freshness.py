"""Did whoever acts say lately who they are? What is signed, or changes who may do what, asks for it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from isovigil.usecases.record.acting import Acting
from isovigil.usecases.record.sign_visit import SIGNED_IN_WITHIN

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, Acting, P], HttpResponse]


def is_fresh(acting: Acting) -> bool:
    """Was it within the time that signing allows?"""
    again = acting.signed_in_again_at
    return again is not None and acting.at - again <= SIGNED_IN_WITHIN


def asks_who_you_are(view: View[P]) -> View[P]:
    """A view whose form is carried out only for somebody who lately said who they are.

    Anybody else is asked first, and comes back to the page with the form; nothing is carried out unseen.
    """

    @wraps(view)
    def answered(request: HttpRequest, acting: Acting, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if request.method == "POST" and not is_fresh(acting):
            return redirect(f"{reverse('confirm_who')}?{urlencode({'next': request.path})}")
        return view(request, acting, *args, **kwargs)

    return cast(View[P], answered)
