"""Where exactly does each house rule draw its line?"""

import pytest

from tests.code_health.house_rules.clock_and_chance import clock_readings, shared_chance
from tests.code_health.house_rules.house_rule import SourceFile
from tests.code_health.house_rules.layout import code_among_data
from tests.code_health.house_rules.modules import too_long, vaguely_named
from tests.code_health.house_rules.numerals import bare_numerals
from tests.code_health.house_rules.privacy import MACHINE, machine_names
from tests.code_health.house_rules.suppressions import unexplained_silences
from tests.code_health.house_rules.trials import skipped_in_silence, that_cannot_fail, without_tests


def python(text: str) -> SourceFile:
    """A module of the decisions with this text."""
    return SourceFile("src/isovigil/decisions/dose.py", text)


@pytest.mark.parametrize(
    "reading",
    [
        "date.today()",
        "datetime.now(zone)",
        "datetime.datetime.utcnow()",
        "time.time()",
        "clock = datetime.now",
    ],
)
def test_every_way_to_read_the_clock_is_seen(reading: str):
    assert list(clock_readings(python(reading)))


@pytest.mark.parametrize("harmless", ["case.today", "calendar.now()", "event.time", "datetime.time(0)"])
def test_a_word_of_the_clinic_is_no_clock(harmless: str):
    assert list(clock_readings(python(harmless))) == []


@pytest.mark.parametrize("draw", ["random.random()", "np.random.normal()", "numpy.random.seed(1)"])
def test_every_shared_draw_is_seen(draw: str):
    assert list(shared_chance(python(draw)))


@pytest.mark.parametrize(
    "harmless", ["rng: np.random.Generator", "rng.normal()", "np.random.default_rng(seed)"]
)
def test_a_generator_that_was_handed_in_is_no_shared_draw(harmless: str):
    assert list(shared_chance(python(harmless))) == []


@pytest.mark.parametrize(
    ("text", "bare"),
    [("x = 2", False), ("x = -1", False), ("x = True", False), ("x = 3", True), ("x = 0.5", True)],
)
def test_a_number_is_bare_from_three_on_and_between_the_whole_ones(text: str, bare: bool):
    assert bool(bare_numerals([python(text)])) is bare


def test_an_explained_number_passes_and_an_explanation_nobody_needs_does_not():
    explained = {"src/isovigil/decisions/dose.py::100": "a percentage is out of a hundred by its meaning"}
    assert bare_numerals([python("x = 100")], explained) == []
    assert [fault.found for fault in bare_numerals([python("x = 1")], explained)] == [
        "src/isovigil/decisions/dose.py::100 is explained and gone"
    ]


@pytest.mark.parametrize(("length", "faults"), [(574, 1), (575, 0), (600, 0), (601, 1)])
def test_an_exception_may_only_fall(length: int, faults: int):
    """An exception of 600 with 25 lines of slack holds from 575 to 600 lines."""
    found = iter([("kinds.py", "kinds.py", 1, length)])
    assert len(too_long(found, 400, {"kinds.py": (600, "a table")})) == faults


@pytest.mark.parametrize(
    ("name", "vague"),
    [
        ("utils", True),
        ("date_helpers", True),
        ("case_manager", True),
        ("common_rules", True),
        ("management_plan", False),
        ("window", False),
        ("toolkit", False),
    ],
)
def test_a_name_is_vague_when_one_of_its_words_is(name: str, vague: bool):
    assert bool(list(vaguely_named(SourceFile(f"src/isovigil/{name}.py", "")))) is vague


@pytest.mark.parametrize(
    "text",
    [
        f"see {MACHINE}/notes",
        "/" + "home/ann/isovigil",
        "pip install --index-url https://py" + "pi.org/simple",
    ],
)
def test_a_machine_or_a_registry_is_seen(text: str):
    assert list(machine_names(SourceFile("docs/a.md", text)))


@pytest.mark.parametrize("text", ["/usr/share/zoneinfo/Europe", "docs/work/plan.md", "the home/visit card"])
def test_a_path_that_is_true_everywhere_is_not(text: str):
    assert list(machine_names(SourceFile("docs/a.md", text))) == []


@pytest.mark.parametrize(
    ("comment", "explained"),
    [
        ("# noqa", False),
        ("# noqa: E501", False),
        ("# noqa: E501 - a citation cannot be broken", True),
        ("# noqa: E501, D103 - a citation cannot be broken", True),
        ("# type: ignore", False),
        ("# type: ignore[misc]", False),
        ("# type: ignore[misc] - numba has no types", True),
        ("# the type: ignore it for now", True),
    ],
)
def test_a_silence_needs_a_name_and_a_reason(comment: str, explained: bool):
    assert (list(unexplained_silences(python(f"x = 1  {comment}\n"))) == []) is explained


def test_a_word_about_silence_inside_a_text_is_no_silence():
    assert list(unexplained_silences(python('x = "# noqa"\n'))) == []


@pytest.mark.parametrize(
    ("body", "can_fail"),
    [
        ("print(answer)", False),
        ("assert answer", True),
        ("with pytest.raises(ValueError): answer()", True),
        ("check_it(answer)", True),
        ("assert_same(answer, expected)", True),
        ("show(answer)", False),
    ],
)
def test_a_test_can_fail_by_itself_by_its_file_or_by_an_assert_function(body: str, can_fail: bool):
    text = f"def test_it():\n    {body}\n\ndef check_it(x):\n    assert x\n\ndef show(x):\n    print(x)\n"
    assert (list(that_cannot_fail(SourceFile("tests/law/test_law.py", text))) == []) is can_fail


@pytest.mark.parametrize(
    ("text", "silent"),
    [
        ("@pytest.mark.skip\ndef test_a(): ...", True),
        ("@pytest.mark.skip(reason='no zone data')\ndef test_a(): ...", False),
        ("@pytest.mark.skipif(small)\ndef test_a(): ...", True),
        ("@pytest.mark.skipif(small, reason='needs memory')\ndef test_a(): ...", False),
        ("pytest.skip()", True),
        ("@pytest.mark.xfail\ndef test_a(): ...", True),
    ],
)
def test_a_skip_without_a_reason_is_seen(text: str, silent: bool):
    assert bool(list(skipped_in_silence(SourceFile("tests/test_a.py", text)))) is silent


def test_a_state_machine_counts_as_a_test():
    text = "class Clinic(RuleBasedStateMachine): ...\nTestClinic = Clinic.TestCase\n"
    assert list(without_tests(SourceFile("tests/test_clinic.py", text))) == []


@pytest.mark.parametrize(("name", "faults"), [("__init__.py", 0), ("values.py", 1)])
def test_a_data_folder_may_be_a_package_and_nothing_more(name: str, faults: int):
    assert (
        len(list(code_among_data(SourceFile(f"src/isovigil/rulebook/{name}", '"""Values."""\n')))) == faults
    )
