"""Does each command answer, refuse and exit as the contract says?"""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from isovigil.cli.main import app, main
from isovigil.cli.schema_command import review_schema
from isovigil.exchange.yaml_events import parse_yaml
from tests.faces.typed import BROKEN, LATE, typed, typed_in_a_shell

ON = ("--on", "2024-03-11")


@pytest.fixture
def late(tmp_path: Path) -> str:
    file = tmp_path / "late.yaml"
    file.write_text(LATE, encoding="utf-8")
    return str(file)


@pytest.fixture
def clinic(tmp_path: Path) -> str:
    """Three case files, of which the one in the middle is broken."""
    for name, text in (("a.yaml", LATE), ("b.yaml", BROKEN), ("c.yaml", LATE.replace("p-001", "p-003"))):
        (tmp_path / name).write_text(text, encoding="utf-8")
    return str(tmp_path)


def test_a_review_is_answered_with_0_whatever_the_verdict(late: str) -> None:
    came = typed("review", late, *ON)
    assert (came.code, came.err) == (0, "")
    assert came.out.startswith("p-001 on Monday 11 March 2024\n")
    assert "Dispense    … WAITING" in came.out
    assert "\x1b" not in came.out
    assert max(map(len, came.out.splitlines())) <= 80


def test_json_keeps_to_the_published_schema_and_is_the_same_bytes_twice(late: str) -> None:
    once, again = (typed("review", late, *ON, "--format", "json") for _ in range(2))
    assert once == again
    jsonschema.Draft202012Validator(json.loads(review_schema())).validate(json.loads(once.out))
    assert json.loads(once.out)["gates"]["dispense"]["verdict"] == "waiting"


def test_the_schema_refuses_an_unknown_without_what_it_needs(late: str) -> None:
    review = json.loads(typed("review", late, *ON, "--format", "json").out)
    unknown = next(one for one in review["findings"] if one["answer"] == "unknown")
    unknown["needs"] = ""
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(review, json.loads(review_schema()))


@pytest.mark.parametrize("form", ["markdown", "html"])
def test_documents_are_written_in_utf_8_even_in_a_terminal_that_is_not(late: str, form: str) -> None:
    came = typed("review", late, *ON, "--format", form, encoding="latin-1")
    assert came.code == 0
    assert "… WAITING" in came.out


def test_a_terminal_without_the_signs_still_gets_the_words(late: str) -> None:
    came = typed("review", late, *ON, encoding="ascii")
    assert came.code == 0
    assert "Dispense    ? WAITING" in came.out


def test_standard_input_is_a_case_too() -> None:
    came = typed("review", "-", *ON, text=LATE)
    assert came.code == 0
    assert came.out.startswith("p-001 on ")


@pytest.mark.parametrize(
    ("limit", "code"),
    # The worst gate of the late patient waits: at `waiting` it counts, at `hold` and `stop` it does not.
    [("waiting", 1), ("hold", 0), ("stop", 0)],
)
def test_fail_on_counts_the_verdict_itself_and_everything_worse(late: str, limit: str, code: int) -> None:
    assert typed("review", late, *ON, "--fail-on", limit).code == code


def test_a_bad_case_is_told_with_every_problem_and_nothing_on_standard_output(tmp_path: Path) -> None:
    file = tmp_path / "broken.yaml"
    file.write_text(BROKEN, encoding="utf-8")
    for form in ("table", "json", "markdown", "html"):
        came = typed("review", str(file), *ON, "--format", form)
        assert (came.code, came.out) == (2, "")
        assert "perhaps" in came.err
        assert "2024-02-31" in came.err


def test_among_several_cases_the_bad_one_is_reported_and_the_others_are_printed(clinic: str) -> None:
    came = typed("review", clinic, *ON, "--format", "json")
    assert came.code == 2
    assert [json.loads(line)["patient"] for line in came.out.splitlines()] == ["p-001", "p-003"]
    assert "b.yaml" in came.err
    assert "a.yaml" not in came.err


def test_several_cases_on_one_page_are_one_document(clinic: str) -> None:
    came = typed("review", clinic, *ON, "--format", "html")
    assert came.code == 2
    assert came.out.count("<!doctype html>") == 1
    assert came.out.count("<article ") == 2


def test_a_day_before_the_first_rule_is_refused_with_3(late: str) -> None:
    came = typed("review", late, "--on", "2003-03-03")
    assert (came.code, came.out) == (3, "")
    assert "No rule is in force" in came.err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--format", "tabel"), "Did you mean table?"),
        (("--fail-on", "sometimes"), "--fail-on 'sometimes' is not one of waiting, hold, stop."),
        (("--on", "2024-02-30"), "--on '2024-02-30' is not a calendar day"),
        (("--at", "2024-03-11T09:30"), "is not an instant with an offset"),
        (("--at", "2024-03-11T09:30:00Z"), "--on and --at were both given"),
        (("--programme", "us_ipleg"), "us_ipledge"),
        (("--policy", "brave"), "'brave' is not a clinical policy"),
        (("--known-by", "yesterday"), "--known-by 'yesterday'"),
        (("--no-such-option",), "No such option"),
    ],
)
def test_a_call_that_is_wrong_exits_with_2_and_says_what_was_typed(
    late: str, words: tuple[str, ...], told: str
) -> None:
    on = () if {"--on", "2024-03-11T09:30"} & {*words} else ON
    came = typed("review", late, *on, *words)
    assert (came.code, came.out) == (2, "")
    assert told in " ".join(came.err.split())


def test_a_file_that_is_not_there_and_a_folder_without_cases_are_told(tmp_path: Path) -> None:
    missing = typed("review", str(tmp_path / "none.yaml"), *ON)
    empty = typed("review", str(tmp_path), *ON)
    assert (missing.code, missing.out, empty.code, empty.out) == (2, "", 2, "")
    assert "none.yaml" in missing.err
    assert "No case file (.yaml, .yml, .json) was found in" in empty.err


def test_explain_answers_refuses_and_suggests(late: str) -> None:
    answered = typed("explain", late, "pregnancy_testing.monthly_test", *ON)
    assert answered.code == 0
    # 4 March is day 1, so day 7 is 4 + 6 = 10 March.
    assert "4 March 2024 (pregnancy test test) is day 1, so day 7 is 10 March 2024." in answered.out
    for wrong in ("monthly_test", "pregnancy-testing.monthly_tset"):
        came = typed("explain", late, wrong, *ON)
        assert (came.code, came.out) == (2, "")
        assert "Did you mean pregnancy_testing.monthly_test" in came.err
    refused = typed("explain", late, "pregnancy_testing.monthly_test", "--on", "2003-03-03")
    assert (refused.code, refused.out) == (3, "")


def test_a_rule_of_another_programme_is_named_as_such(late: str) -> None:
    came = typed("explain", late, "visits.first_in_person", *ON)
    assert came.code == 2
    assert "visits.first_in_person is not one of those that us_ipledge applies" in came.err


def test_the_body_is_kept_for_later_unless_a_file_has_that_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    came = typed("explain", "body", "oil")
    assert (came.code, came.out) == (2, "")
    assert "kept for what the drug does in the body" in came.err
    (tmp_path / "body").write_text(LATE, encoding="utf-8")
    assert typed("explain", "body", "pregnancy_testing.monthly_test", *ON).code == 0


def test_every_command_explains_itself_in_80_columns() -> None:
    names = [each.name for each in app.registered_commands][:5]
    assert names == ["review", "explain", "rules", "coverage", "schema"]
    listed = typed("--help").out.splitlines()
    for name in names:
        (line,) = (line for line in listed if line.startswith(f"  {name} "))
        assert line.endswith(".")
        assert not line.endswith("...")
        came = typed(name or "", "--help")
        assert came.code == 0
        assert max(map(len, came.out.splitlines())) <= 80
    assert max(map(len, listed)) <= 80


def test_it_runs_in_a_shell(late: str) -> None:
    came = typed_in_a_shell("review", late, *ON, "--fail-on", "waiting")
    assert (came.code, came.err) == (1, "")
    assert came == typed("review", late, *ON, "--fail-on", "waiting")


def test_an_unknown_command_exits_with_2() -> None:
    came = typed("revue")
    assert (came.code, came.out) == (2, "")


def test_the_review_schema_is_printed_as_it_is_published() -> None:
    came = typed("schema", "review")
    assert came.code == 0
    published = Path(__file__).parents[2] / "docs" / "review.schema.json"
    assert json.loads(came.out) == json.loads(published.read_text(encoding="utf-8"))
    assert typed("schema", "reveiw").code == 2


def test_the_case_schema_accepts_a_case_and_refuses_a_word_that_does_not_exist() -> None:
    came = typed("schema", "case")
    assert came.code == 0
    schema = json.loads(came.out)
    case = parse_yaml(LATE, "late.yaml").value
    jsonschema.validate(case, schema)
    case["facts"][2]["result"] = "perhaps"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(case, schema)


def test_a_fault_of_our_own_shows_no_traceback_and_nothing_of_the_patient(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(_: object) -> int:
        raise KeyError("the name of p-001")

    monkeypatch.setattr("isovigil.cli.review_command.run_review", fails)
    monkeypatch.setattr("sys.argv", ["isovigil", "review", "x.yaml"])
    with pytest.raises(SystemExit) as left:
        main()
    told = capsys.readouterr()
    assert left.value.code == 70
    assert told.out == ""
    assert "stopped because of a fault of its own: KeyError" in told.err
    assert "p-001" not in told.err
    assert "Traceback" not in told.err
