"""How does a terminal look, as a picture for a page?"""

from __future__ import annotations

from datetime import date
from io import StringIO
from pathlib import Path

from rich.console import Console

from isovigil.cli.review_table import WIDTH, show_review
from isovigil.decisions.review import review
from isovigil.exchange.case_file import load_case
from isovigil.exchange.review_content import tell
from isovigil.law.rulebook import Rulebook

EXAMPLE = "docs/examples/amber.yaml"
EXAMPLE_DAY = date(2024, 3, 11)

_FORMAT = """<svg viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg" role="img"
 aria-labelledby="{unique_id}-title">
<title id="{unique_id}-title">A review in the terminal: start ready, prescribe and dispense waiting</title>
<style>
.{unique_id}-matrix {{ font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace;
 font-size: {char_height}px; line-height: {line_height}px; }}
{styles}
</style>
<defs><clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" /></clipPath>{lines}</defs>
<rect width="100%" height="100%" rx="8" fill="#1b1f24" />
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g></g></svg>
"""


def picture_of_a_review(rulebook: Rulebook, root: Path) -> str:
    """The worked patient's review as it looks in a terminal of 80 columns: an SVG without outside fonts."""
    console = Console(record=True, file=StringIO(), width=WIDTH, force_terminal=True, highlight=False)
    told = tell(review(load_case(str(root / EXAMPLE)), rulebook, on=EXAMPLE_DAY), rulebook)
    show_review(told, console)
    return console.export_svg(title="", code_format=_FORMAT, unique_id="review") + "\n"
