"""Does every example in a docstring give the answer it prints?"""

import doctest
import importlib

import pytest

from tests.code_health.house_rules.house_rule import SourceFile, repository_files

WITH_EXAMPLES = [
    file
    for file in repository_files()
    if file.path.startswith("src/isovigil/") and file.name.endswith(".py") and ">>>" in file.text
]


def module_name(file: SourceFile) -> str:
    """The name under which Python imports a file of src/."""
    return ".".join(file.path.removesuffix(".py").removesuffix("/__init__").split("/")[1:])


@pytest.mark.parametrize("name", [module_name(file) for file in WITH_EXAMPLES] or ["isovigil"])
def test_the_examples_are_true(name: str):
    outcome = doctest.testmod(importlib.import_module(name))
    assert outcome.failed == 0, f"{outcome.failed} of the examples in {name} print something else; see above."


def test_a_false_example_would_be_caught():
    false = doctest.DocTestParser().get_doctest(">>> 1 + 1\n3\n", {}, "example", None, None)
    assert doctest.DocTestRunner(verbose=False).run(false, out=lambda _: None).failed == 1
