"""Is a template that differs from another in one day the same as if it had been worked out alone?"""

from __future__ import annotations

import json

import pytest

from isovigil.exchange.bulk.elements import Elements
from isovigil.exchange.bulk.fast_columns import shape_of, template_elements
from isovigil.exchange.bulk.templates import Template, Templates
from tests.population.exports import nation_lines

DAYS = (
    "2024-05-16",
    "2024-02-30",
    "9999-99-99",
    "2024-05",
    "2024-05-16T10:00:00Z",
    "",
    "16.5.2024",
    "2\\u0030",
)
WHOM = ('"Practitioner/a"', '"Practitioner/b"', '"Organization/a"', '"Patient/a"', "7")


def templates_of(lines: list[bytes], templates: Templates) -> list[Template]:
    elements = Elements(shape_of("Observation"), template_elements("Observation"))
    found = []
    for line in lines:
        taken = elements.of(line)
        found += [templates.met[place] for place in templates.of_rows("Observation", taken)]
    return found


def with_days() -> list[bytes]:
    """Observations with a day inside them, at their top or in a component, with other days in its place."""
    found = []
    for line in nation_lines(12, seed=4)["Observation"]:
        text = line.decode()
        if text.count('"valueDateTime":"') == 1:
            before, _, after = text.partition('"valueDateTime":"')
            found.append((before, after.partition('"')[2]))
    assert len({before.partition('"code":')[2] for before, _ in found}) > 5
    return [f'{before}"valueDateTime":"{day}"{after}'.encode() for before, after in found for day in DAYS]


def test_a_day_inside_changes_a_template_by_that_day_alone():
    lines = with_days()
    alone = [template for line in lines for template in templates_of([line], Templates())]
    assert templates_of(lines, Templates()) == alone
    assert templates_of(lines[::-1], Templates()) == alone[::-1]
    assert len({template.text for template in alone}) > len(DAYS)


@pytest.mark.parametrize("two", [True, False])
def test_two_days_inside_or_an_unknown_performer_are_worked_out_each_alone(two: bool):
    line = next(line for line in with_days() if b'"component"' in line)
    lines = []
    for whom in WHOM:
        for day in DAYS[:3]:
            changed = json.loads(line)
            changed["performer"] = [{"reference": json.loads(whom)}]
            if two:
                changed["component"].append({**changed["component"][-1], "valueDateTime": day})
            lines.append(json.dumps(changed, separators=(",", ":")).encode())
    alone = [template for each in lines for template in templates_of([each], Templates())]
    assert templates_of(lines, Templates()) == alone
