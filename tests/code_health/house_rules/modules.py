"""Is every module introduced, placed, and short enough to read in one sitting?"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence

from tests.code_health.house_rules.house_rule import Fault, HouseRule, SourceFile, file_by_file

LONGEST_FILE = 400
LONGEST_FUNCTION = 50

# A longer file or function stands here with the most it may be and the very good reason.
# The limit may only fall.
SLACK = 25
LONG_FILES: Mapping[str, tuple[int, str]] = {
    "src/isovigil/case/kinds.py": (
        590,
        "the one declaration of every fact kind: a table that people search, not code that they follow",
    ),
    "src/isovigil/storage/migrations/0001_initial.py": (
        600,
        "the tables as Django wrote them down; nobody follows it, and it is never changed once released",
    ),
}
LONG_FUNCTIONS: Mapping[str, tuple[int, str]] = {}

VAGUE_NAMES = {
    "utils",
    "util",
    "helpers",
    "helper",
    "manager",
    "managers",
    "common",
    "misc",
    "tools",
    "stuff",
}


def without_a_docstring(file: SourceFile) -> Iterator[Fault]:
    """A module of code that does not say which question it settles."""
    if file.tree.body and not ast.get_docstring(file.tree):
        yield Fault(file.path, 1, "the module has no docstring")


def vaguely_named(file: SourceFile) -> Iterator[Fault]:
    """A module or package whose name says nothing about its contents."""
    words = (*file.folders, file.name.removesuffix(".py"))
    for word in words:
        if VAGUE_NAMES & set(word.split("_")):
            yield Fault(file.path, 1, f"the name {word!r} does not say what is inside")


def folders_python_cannot_see(files: Sequence[SourceFile]) -> list[Fault]:
    """Folders of modules without an __init__.py, which import-linter passes over in silence."""
    paths = {file.path for file in files}
    folders = sorted({file.path.rpartition("/")[0] for file in files} - {"src"})
    return [
        Fault(f"{folder}/__init__.py", 1, "this file is missing")
        for folder in folders
        if f"{folder}/__init__.py" not in paths
    ]


def length_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """The lines of a function without its docstring: citations should not have to be short."""
    last = function.end_lineno or function.lineno
    docstring = function.body[0]
    if ast.get_docstring(function) is None:
        return last - function.lineno + 1
    return last - function.lineno + 1 - ((docstring.end_lineno or 0) - docstring.lineno + 1)


def lengths(files: Sequence[SourceFile]) -> Iterator[tuple[str, str, int, int]]:
    """For every function: its file, its name with the file's path, its line and its length."""
    for file in files:
        for function in file.functions():
            yield file.path, f"{file.path}::{function.name}", function.lineno, length_of(function)


def too_long(
    found: Iterator[tuple[str, str, int, int]], limit: int, excepted: Mapping[str, tuple[int, str]]
) -> list[Fault]:
    """What is over the limit, or over its own exception, or well below the exception it has."""
    faults = []
    for path, name, line, length in found:
        allowed, _ = excepted.get(name, (limit, ""))
        if length > allowed:
            faults.append(Fault(path, line, f"{name} is {length} lines long, {length - allowed} too many"))
        elif name in excepted and length < allowed - SLACK:
            faults.append(
                Fault(path, line, f"{name} is down to {length} lines: lower or remove its exception")
            )
    return faults


def long_files(files: Sequence[SourceFile]) -> list[Fault]:
    """Files over the limit."""
    found = ((file.path, file.path, 1, len(file.text.splitlines())) for file in files)
    return too_long(found, LONGEST_FILE, LONG_FILES)


def long_functions(files: Sequence[SourceFile]) -> list[Fault]:
    """Functions over the limit."""
    return too_long(lengths(files), LONGEST_FUNCTION, LONG_FUNCTIONS)


def _function_of(lines: int) -> str:
    """Source of a function that is exactly so many lines long."""
    return "def answer():\n" + "    x = 1\n" * (lines - 1)


RULES = (
    HouseRule(
        asks="Every module opens with one line that says which question it settles.",
        why="A newcomer reads the first line of a file to learn whether to read the second.",
        instead='Begin the file with a docstring such as """On which days is a window open?""".',
        looks_at=("src/*.py",),
        faults=file_by_file(without_a_docstring),
        passing=(SourceFile("src/isovigil/law/law.py", '"""Which value is in force?"""\n'),),
        failing=(SourceFile("src/isovigil/law/law.py", "VALUE = 1\n"),),
    ),
    HouseRule(
        asks="No module or package is called utils, helpers, manager, common, misc or tools.",
        why="Such a place belongs to no layer and collects whatever nobody wanted to name.",
        instead="Name it after the clinical or technical question it answers, and put it in that layer.",
        looks_at=("src/*.py", "bench/*.py"),
        faults=file_by_file(vaguely_named),
        passing=(SourceFile("src/isovigil/calendar/window.py", ""),),
        failing=(SourceFile("src/isovigil/calendar/date_utils.py", ""),),
    ),
    HouseRule(
        asks="Every folder of modules is a package with an __init__.py.",
        why="import-linter does not look into a folder without one, so its imports would go unchecked.",
        instead="Add an __init__.py with a docstring that says what the package is for.",
        looks_at=("src/*.py",),
        faults=folders_python_cannot_see,
        passing=(SourceFile("src/isovigil/__init__.py", ""), SourceFile("src/isovigil/settings.py", "")),
        failing=(SourceFile("src/isovigil/__init__.py", ""), SourceFile("src/isovigil/law/value.py", "")),
    ),
    HouseRule(
        asks=f"No file of the product or its tests is longer than {LONGEST_FILE} lines.",
        why="A longer file answers more than one question, and a reviewer stops reading it.",
        instead="Split it by question. An exception goes into LONG_FILES in modules.py with a reason.",
        looks_at=("src/*.py", "tests/*.py", "bench/*.py", "requirements/*.py"),
        faults=long_files,
        passing=(SourceFile("src/isovigil/example.py", "x = 1\n" * LONGEST_FILE),),
        failing=(SourceFile("src/isovigil/example.py", "x = 1\n" * (LONGEST_FILE + 1)),),
    ),
    HouseRule(
        asks=f"No function is longer than {LONGEST_FUNCTION} lines, its docstring not counted.",
        why="A rule is read by a pharmacist as well as by a programmer: it must fit on one screen.",
        instead="Give a part of it a sentence for a name. An exception goes into LONG_FUNCTIONS.",
        looks_at=("src/*.py", "bench/*.py", "requirements/*.py"),
        faults=long_functions,
        passing=(SourceFile("src/isovigil/law/law.py", _function_of(LONGEST_FUNCTION)),),
        failing=(SourceFile("src/isovigil/law/law.py", _function_of(LONGEST_FUNCTION + 1)),),
    ),
)
