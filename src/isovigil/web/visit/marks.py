"""Was what a page asked about marked as right, and is it still what stands there?"""

from __future__ import annotations

from django.forms import Form
from django.http import QueryDict


def is_confirmed(form: Form, mark: str, asked_about: str, *fields: str) -> bool:
    """Was what stands in some fields marked as right? Not where something else was asked about since.

    The page says beside the mark what it asked about, the fields' texts with a blank between them. A mark
    left behind by another value, or another unit, is taken off.
    """
    if not form.cleaned_data.get(mark):
        return False
    if form.data.get(asked_about) == " ".join(str(form.data.get(field) or "") for field in fields):
        return True
    sent = form.data.copy() if isinstance(form.data, QueryDict) else dict(form.data)
    sent.pop(mark)
    form.data = sent
    return False
