"""Can every test fail, and does it fail only for a reason that is about us?"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.code_health.house_rules.clock_and_chance import dotted
from tests.code_health.house_rules.house_rule import Fault, HouseRule, SourceFile, file_by_file

BARE_MARKS = ("pytest.mark.skip", "pytest.mark.xfail")
CAN_FAIL = ("raises", "warns", "fail", "deprecated_call")
EXPECTS = "to_"
"""Playwright's `expect(place).to_be_visible()` waits, then fails."""
STOPWATCHES = {
    "time.time",
    "time.perf_counter",
    "time.monotonic",
    "time.process_time",
    "perf_counter",
    "monotonic",
}


def tests_of(file: SourceFile) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    """The test functions of a file."""
    return [function for function in file.functions() if function.name.startswith("test_")]


def without_tests(file: SourceFile) -> Iterator[Fault]:
    """A test file that tests nothing."""
    if not tests_of(file) and "RuleBasedStateMachine" not in file.text:
        yield Fault(file.path, 1, "the file holds no test")


def that_cannot_fail(file: SourceFile) -> Iterator[Fault]:
    """Tests that assert nothing: neither themselves, nor by this file's functions, nor by an assert_..."""
    asserting = {function.name for function in file.functions() if _asserts(function)}
    for test in tests_of(file):
        called = {dotted(call.func) for call in ast.walk(test) if isinstance(call, ast.Call)}
        named_so = any(name.rpartition(".")[2].startswith("assert") for name in called)
        if test.name not in asserting and not called & asserting and not named_so:
            yield Fault(file.path, test.lineno, f"{test.name} asserts nothing")


def _asserts(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    for node in ast.walk(function):
        if isinstance(node, ast.Assert | ast.Raise):
            return True
        if isinstance(node, ast.Call) and (
            _expects(node) or dotted(node.func).rpartition(".")[2] in CAN_FAIL
        ):
            return True
    return False


def _expects(call: ast.Call) -> bool:
    """Is this `expect(...).to_...(...)`?"""
    asked = call.func
    if not isinstance(asked, ast.Attribute) or not asked.attr.removeprefix("not_").startswith(EXPECTS):
        return False
    return isinstance(asked.value, ast.Call) and dotted(asked.value.func) == "expect"


def skipped_in_silence(file: SourceFile) -> Iterator[Fault]:
    """Skips and expected failures without a reason."""
    called = {id(call.func) for call in ast.walk(file.tree) if isinstance(call, ast.Call)}
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Attribute) and dotted(node) in BARE_MARKS and id(node) not in called:
            yield Fault(file.path, node.lineno, f"{dotted(node)} gives no reason")
        if isinstance(node, ast.Call) and _skips(node) and not _gives_a_reason(node):
            yield Fault(file.path, node.lineno, f"{dotted(node.func)} gives no reason")


def _skips(call: ast.Call) -> bool:
    names = {"pytest.skip", "pytest.xfail", "pytest.mark.skip", "pytest.mark.skipif", "pytest.mark.xfail"}
    return dotted(call.func) in names


def _gives_a_reason(call: ast.Call) -> bool:
    by_position = call.args and dotted(call.func) in ("pytest.skip", "pytest.xfail", "pytest.mark.skip")
    return bool(by_position) or any(keyword.arg == "reason" for keyword in call.keywords)


def timed(file: SourceFile) -> Iterator[Fault]:
    """Tests that look at a stopwatch."""
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Call) and dotted(node.func) in STOPWATCHES:
            yield Fault(file.path, node.lineno, f"{dotted(node.func)}() in a test")


_TESTS = ("tests/test_*.py", "tests/*/test_*.py")

RULES = (
    HouseRule(
        asks="No test file is empty.",
        why="A file with a promising name and no test is taken for coverage.",
        instead="Write the test, or remove the file.",
        looks_at=_TESTS,
        faults=file_by_file(without_tests),
        passing=(SourceFile("tests/law/test_law.py", "def test_a_value_has_a_source():\n    assert True\n"),),
        failing=(SourceFile("tests/law/test_law.py", '"""To be written."""\n'),),
    ),
    HouseRule(
        asks="Every test can fail.",
        why="A test that asserts nothing stays green while the product breaks.",
        instead="Assert what the name says; a shared check has a name that begins with assert_.",
        looks_at=_TESTS,
        faults=file_by_file(that_cannot_fail),
        passing=(
            SourceFile("tests/law/test_law.py", "def test_a_value_has_a_source():\n    assert law.source\n"),
        ),
        failing=(
            SourceFile("tests/law/test_law.py", "def test_a_value_has_a_source():\n    print(law.source)\n"),
        ),
    ),
    HouseRule(
        asks="A skipped or failing test says why.",
        why="Nobody can tell a test that waits for something from one that was given up.",
        instead="Give reason=, naming what must change before the test runs again.",
        looks_at=("tests/*.py",),
        faults=file_by_file(skipped_in_silence),
        passing=(SourceFile("tests/law/test_law.py", "pytest.skip('this machine holds no time zones')\n"),),
        failing=(
            SourceFile("tests/law/test_law.py", "@pytest.mark.skip\ndef test_law():\n    assert True\n"),
        ),
    ),
    HouseRule(
        asks="No test looks at a stopwatch.",
        why="It fails when the machine is busy, and then people stop reading failures.",
        instead="Measure under bench/, as a ratio, with the command that reproduces it.",
        looks_at=("tests/*.py",),
        faults=file_by_file(timed),
        passing=(SourceFile("tests/law/test_law.py", "assert len(steps) < 100\n"),),
        failing=(SourceFile("tests/law/test_law.py", "began = time.perf_counter()\n"),),
    ),
)
