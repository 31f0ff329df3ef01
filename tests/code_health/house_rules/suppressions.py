"""Is every silenced check silenced by name and with a reason?"""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator

from tests.code_health.house_rules.house_rule import Fault, HouseRule, SourceFile, file_by_file

SILENCES = re.compile(r"#\s*(noqa|type:\s*ignore|mypy:|ruff:|pragma:)", re.IGNORECASE)
# The name of the check, then at least two words that say why.
EXPLAINED = re.compile(
    r"#\s*(noqa:\s*[A-Z]+\d+(,\s*[A-Z]+\d+)*|type:\s*ignore\[[\w\-, ]+\]|mypy:\s*\S+|ruff:\s*noqa:\s*\S+"
    r"|pragma:\s*no \w+)\W+\w+\W+\w+"
)
OPENS_EXCEPTIONS = re.compile(r"ignore = \[|\[tool\.ruff\.lint\.per-file-ignores\]")
ENDS_EXCEPTIONS = ("]", "[tool.ruff.lint.pydocstyle")


def comments_of(file: SourceFile) -> Iterator[tuple[int, str]]:
    """Every comment with its line. A file that does not parse has none here."""
    try:
        for token in tokenize.generate_tokens(io.StringIO(file.text).readline):
            if token.type == tokenize.COMMENT:
                yield token.start[0], token.string
    except (tokenize.TokenError, SyntaxError):
        return


def unexplained_silences(file: SourceFile) -> Iterator[Fault]:
    """Comments that silence a check without its name or without a reason."""
    for line, comment in comments_of(file):
        if SILENCES.match(comment) and not EXPLAINED.match(comment):
            yield Fault(file.path, line, comment)


def unexplained_exceptions(file: SourceFile) -> Iterator[Fault]:
    """Lint rules that pyproject.toml switches off without saying why."""
    inside = False
    for number, line in enumerate(file.text.splitlines(), start=1):
        inside = (inside or bool(OPENS_EXCEPTIONS.match(line))) and not line.startswith(ENDS_EXCEPTIONS)
        if inside and re.match(r'\s+"[A-Z]+\d*",?\s*$', line):
            yield Fault(file.path, number, f"{line.strip()} is switched off without a reason")


RULES = (
    HouseRule(
        asks="A silenced check names the check and says why.",
        why="A bare silence also hides the next fault on that line, and nobody dares remove it.",
        instead="Write `# noqa: DTZ001 - the file gives local times`, or `# type: ignore[misc] - no types`.",
        looks_at=("*.py",),
        faults=file_by_file(unexplained_silences),
        passing=(
            SourceFile("src/isovigil/law/law.py", "x = 1  # noqa: E501 - a citation cannot be broken\n"),
        ),
        failing=(SourceFile("src/isovigil/law/law.py", "x = 1  # type: ignore[misc]\n"),),
    ),
    HouseRule(
        asks="Every lint rule that is switched off in pyproject.toml says why.",
        why="All rules are on; an exception without a reason is a rule we merely disliked once.",
        instead="Add a comment on the same line.",
        looks_at=("pyproject.toml",),
        faults=file_by_file(unexplained_exceptions),
        passing=(SourceFile("pyproject.toml", 'ignore = [\n    "EM", # reads best at its raise\n]\n'),),
        failing=(SourceFile("pyproject.toml", 'ignore = [\n    "EM",\n]\n'),),
    ),
)
