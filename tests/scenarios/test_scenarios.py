"""Does every patient of scenarios/ get the answer the published rules give?

Each case is one test, named by its sentence. A failure lists every place where the review differs.
"""

import pytest

from tests.scenarios.judged import disagreements
from tests.scenarios.scenario_file import (
    ScenarioCase,
    programme_of,
    scenario_file,
    scenario_paths,
)
from tests.scenarios.scenario_patient import OnFile, patients_of


def every_case() -> list[object]:
    return [
        pytest.param(case, patient, id=f"{programme_of(path)}/{path.parent.name}/{path.stem}: {case.name}")
        for path in scenario_paths()
        for case, patient in patients_of(scenario_file(path), programme_of(path))
    ]


@pytest.mark.parametrize(("case", "patient"), every_case())
def test_scenario(case: ScenarioCase, patient: OnFile):
    differing = disagreements(case, patient)
    if differing:
        told = "\n  ".join([case.name, *([case.arithmetic] if case.arithmetic else []), *differing])
        pytest.fail(told, pytrace=False)
