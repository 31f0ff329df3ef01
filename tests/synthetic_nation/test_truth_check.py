"""Are recall and precision what they say, and is every difference told?"""

from __future__ import annotations

from pathlib import Path

import pytest

from isovigil.usecases.truth_check import TruthUnreadable, check_truth, read_truth, told

ONE = ("p1", "MedicationDispense/p1-fill-1", "dispensing.inside_the_window")
TWO = ("p1", "MedicationRequest/p1-rx-1", "prescription.supply_limit")
THREE = ("p2", "MedicationRequest/p2-rx-1", "prescription.no_refills")
FOUR = ("p3", "MedicationRequest/p3-rx-1", "prescription.no_refills")


def test_recall_is_of_the_planted_and_precision_of_the_found():
    """Planted 3, found 2, agreed 1: recall 1/3, precision 1/2."""
    check = check_truth([ONE, TWO, THREE], [ONE, FOUR])
    assert check.recall == pytest.approx(1 / 3)
    assert check.precision == pytest.approx(1 / 2)
    assert check.missed == (TWO, THREE)
    assert check.unplanted == (FOUR,)
    assert not check.is_perfect
    assert check.missed_by_rule() == {"prescription.supply_limit": 1, "prescription.no_refills": 1}


def test_one_of_each_is_perfect_in_whatever_order_and_however_often_told():
    check = check_truth([ONE, TWO, ONE], [TWO, ONE, ONE])
    assert (check.recall, check.precision) == (1.0, 1.0)
    assert check.is_perfect
    assert check.planted == check.found == 2


def test_nothing_planted_has_no_recall_and_nothing_found_no_precision():
    assert check_truth([], [ONE]).recall is None
    assert check_truth([ONE], []).precision is None
    assert check_truth([], []).is_perfect


def test_the_same_rule_on_another_act_is_both_missed_and_unplanted():
    other = ("p1", "MedicationDispense/p1-fill-2", "dispensing.inside_the_window")
    check = check_truth([ONE], [other])
    assert (check.missed, check.unplanted) == ((ONE,), (other,))


def test_a_share_just_below_one_is_never_told_as_one():
    planted = [("p", f"MedicationRequest/{number}", "r") for number in range(100_000)]
    assert "recall 0.9999, precision 1.0." in told(check_truth(planted, planted[1:]))


def test_what_differs_is_told_twenty_of_each_at_most():
    planted = [("p", f"MedicationRequest/{number:03d}", "r") for number in range(22)]
    lines = told(check_truth(planted, [ONE])).splitlines()
    assert lines[0] == "Planted 22, found 1, agreed 0: recall 0.0000, precision 0.0000."
    assert lines[1] == "Missed (22):"
    assert lines[22] == "  ... and 2 more"
    assert lines[-1] == "  p1  MedicationDispense/p1-fill-1  dispensing.inside_the_window"


def test_a_truth_table_is_read(tmp_path: Path):
    path = tmp_path / "truth.csv"
    path.write_text(
        "patient,act,rule,on\np1,MedicationRequest/p1-rx-1,prescription.supply_limit,2024-03-01\n"
    )
    assert read_truth(path) == [TWO]


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"patient,act\np1,a\n", "no column rule"), (b"\xff\xfe\x00", "cannot be read as a truth table")],
)
def test_another_file_is_refused(tmp_path: Path, content: bytes, says: str):
    path = tmp_path / "truth.csv"
    path.write_bytes(content)
    with pytest.raises(TruthUnreadable, match=says):
        read_truth(path)


def test_a_missing_file_is_refused_by_name(tmp_path: Path):
    with pytest.raises(TruthUnreadable, match=r"truth\.csv"):
        read_truth(tmp_path / "truth.csv")
