"""Which JSON Schema does a case file or a review keep to?"""

from __future__ import annotations

from importlib import import_module
from importlib.resources import files
from importlib.util import find_spec

from isovigil.cli.moment_asked import CallProblem, check_choice
from isovigil.cli.streams import answer, complain, documents_in_utf8

DOCUMENTS = ("case", "review")


CASE_SCHEMA = "isovigil.exchange.case_schema"
"""The module that makes the schema of a case file from the declared fact kinds: `case_schema()`."""


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
    """The schema of a case file. Raises CallProblem where this version has none."""
    if find_spec(CASE_SCHEMA) is None:
        raise CallProblem("This version prints no schema of a case file yet; `review` has one.")
    import msgspec

    declared = import_module(CASE_SCHEMA).case_schema()
    text = declared if isinstance(declared, str) else msgspec.json.encode(declared).decode()
    return msgspec.json.format(text, indent=1)
