"""Which files of the repository are written from the declaration of the fact kinds?

`python -m isovigil.exchange.generated_pages` writes them again; a test fails when one is out of date.
"""

from __future__ import annotations

from pathlib import Path

from isovigil.exchange.bulk.declared_tables import tables_as_markdown
from isovigil.exchange.case_schema import schema_text
from isovigil.exchange.glossary import glossary_markdown

ROOT = Path(__file__).resolve().parents[3]


def pages_of_the_declaration() -> dict[str, str]:
    """Each file by its path in the repository, as it should be."""
    return {
        "GLOSSARY.md": glossary_markdown(),
        "docs/case-file.schema.json": schema_text(),
        "docs/population/tables.md": tables_as_markdown(),
    }


def main() -> None:
    """Write every one of them."""
    for path, text in pages_of_the_declaration().items():
        (ROOT / path).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
