"""Which JSON Schema does a case file or a review keep to?"""

from __future__ import annotations

from importlib.resources import files

from isovigil.cli.moment_asked import CallProblem, check_choice
from isovigil.cli.streams import answer, complain

DOCUMENTS = ("case", "review")


def run_schema(of: str) -> int:
    """Print one schema; 0, or 2 for a document that has none."""
    try:
        check_choice("the document", of, DOCUMENTS)
    except CallProblem as wrong:
        complain(wrong)
        return 2
    answer((review_schema() if of == "review" else case_schema()).strip())
    return 0


def review_schema() -> str:
    """The published schema of `isovigil.review/1`."""
    return (files("isovigil.exchange") / "review.schema.json").read_text(encoding="utf-8")


def case_schema() -> str:
    """The schema of a case file, made from the declaration of the fact kinds."""
    import msgspec

    from isovigil.exchange.case_schema import case_schema as declared

    return msgspec.json.format(msgspec.json.encode(declared()), indent=1).decode()
