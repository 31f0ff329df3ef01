"""Which JSON Schema does a case file or a review keep to?"""

from __future__ import annotations

from importlib.resources import files

from isovigil.cli.moment_asked import CallProblem, check_choice
from isovigil.cli.streams import answer, complain, documents_in_utf8

DOCUMENTS = ("case", "review")


def run_schema(of: str) -> int:
    """Print one schema; 0, or 2 for a document that has none."""
    try:
        check_choice("the document", of, DOCUMENTS)
        text = review_schema() if of == "review" else case_schema()
    except CallProblem as wrong:
        complain(wrong)
        return 2
    documents_in_utf8()
    answer(text.strip())
    return 0


def review_schema() -> str:
    """The published schema of `isovigil.review/1`."""
    return (files("isovigil.exchange") / "review.schema.json").read_text(encoding="utf-8")


def case_schema() -> str:
    """The schema of a case file, made from the declared fact kinds."""
    from isovigil.exchange.case_schema import schema_text

    return schema_text()
