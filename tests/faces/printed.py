"""What the terminal shows of a hand-made review."""

from __future__ import annotations

from io import StringIO

from isovigil.cli.review_table import show_review, terminal
from isovigil.decisions.review import Review
from isovigil.exchange.review_content import tell
from tests.faces.hand_made import RULEBOOK


def printed(review: Review, *, everything: bool = False) -> str:
    file = StringIO()
    show_review(tell(review, RULEBOOK), terminal(file), everything=everything)
    return file.getvalue()
