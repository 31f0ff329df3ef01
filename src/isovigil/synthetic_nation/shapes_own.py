"""How are the programme's own entries written, one component a field?"""

from __future__ import annotations

from typing import Any, Final

from isovigil.synthetic_nation.shapes import (
    OWN,
    PATIENT,
    PRESCRIBER,
    begun,
    category,
    encounter,
    identified,
    own,
)
from isovigil.synthetic_nation.wire import Shape, compiled


def _word(code: str) -> Shape:
    return {
        "valueCodeableConcept": {"coding": [{"system": OWN, "code": code}], "text": code.replace("-", " ")}
    }


def _part(field: str, value: Shape) -> Shape:
    shown = field.replace("-", " ")
    return {"code": {"coding": [{"system": OWN, "code": field}], "text": shown}, **value}


def _entry(code: str, text: str, *parts: Shape, by: Shape = PRESCRIBER, **more: Any) -> bytes:
    shape: Shape = {
        **begun("Observation", None, None),
        "identifier": identified("programme-entry"),
        "status": "final",
        "category": category("survey", "Survey"),
        "code": own(code, text),
        "subject": PATIENT,
        "encounter": encounter(),
        "effectiveDateTime": "{{when}}",
        "performer": [by],
        **more,
    }
    if parts:
        shape["component"] = list(parts)
    return compiled(shape)


_TOPICS: Final = [_part("topics", _word(each)) for each in ("birth-defects", "mood", "blood-donation")]

CATEGORY: Final = {
    True: _entry(
        "can-become-pregnant",
        "patient can become pregnant",
        _part("by", _word("prescriber")),
        valueBoolean=True,
    ),
    False: _entry(
        "can-become-pregnant",
        "patient cannot become pregnant",
        _part("by", _word("prescriber")),
        _part("basis", _word("cisgender-male")),
        valueBoolean=False,
    ),
}
CERTIFIED: Final = _entry("certification", "certification", _part("who", _word("{{who}}")))
CERTIFIED_UNTIL: Final = _entry(
    "certification",
    "certification",
    _part("who", _word("{{who}}")),
    _part("to", {"valueDateTime": "{{until}}"}),
)
ENROLMENT: Final = _entry("enrolment", "enrolment")
COUNSELLING: Final = {
    True: _entry("counselling", "counselling", _part("topics", _word("contraception")), *_TOPICS),
    False: _entry("counselling", "counselling", *_TOPICS),
}
COMPREHENSION: Final = _entry(
    "comprehension", "comprehension", _part("passed", {"valueBoolean": True}), by=PATIENT
)
REGULAR: Final = _entry(
    "cycle",
    "cycle",
    _part("regular", {"valueBoolean": True}),
    _part("typical-days", {"valueInteger": 28}),
    by=PATIENT,
)
IRREGULAR: Final = _entry("cycle", "cycle", _part("regular", {"valueBoolean": False}), by=PATIENT)
ABSTINENCE: Final = {
    reporter: _entry(
        "contraception",
        "contraception",
        _part("reported-by", _word(reporter)),
        _part("abstinence", {"valueBoolean": True}),
        by=PATIENT if reporter == "patient" else PRESCRIBER,
    )
    for reporter in ("patient", "prescriber")
}
ACNE: Final = _entry(
    "acne",
    "acne",
    _part("iga", {"valueInteger": 4}),
    _part("nodule-count", {"valueInteger": "{{#nodules}}"}),
    _part("scarring", {"valueBoolean": "{{#scarring}}"}),
)
TRIED: Final = {
    what: _entry(
        "prior-therapy",
        "prior therapy",
        _part("what", _word(what)),
        _part("outcome", _word("inadequate")),
        _part("to", {"valueDateTime": "{{until}}"}),
    )
    for what in ("oral-antibiotic", "topical-retinoid")
}
HOME_TEST_PROCESS: Final = _entry(
    "attestation",
    "attestation",
    _part("what", _word("home-test-process")),
    _part("by", {"valueString": "Dr. Synthia Testerby"}),
)
ENDED: Final = _entry("treatment-stop", "treatment stop", _part("reason", _word("{{reason}}")))
