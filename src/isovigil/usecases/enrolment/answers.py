"""Which facts do the answers of an enrolment stand for? Pure: answers in, facts as in a case file out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final

import msgspec

FORM: Final = "enrolment/1"
"""The form and its version, as every fact of an enrolment names it."""
Given = dict[str, Any]


class TriedTherapy(msgspec.Struct, frozen=True):
    """One treatment tried before."""

    what: str
    outcome: str
    from_: date
    to: date | None = None


class Severity(msgspec.Struct, frozen=True):
    """How severe the acne is, by what was looked at."""

    iga: int | None = None
    nodules: int | None = None
    inflammatory: int | None = None
    scarring: bool | None = None
    psychosocial_burden: str | None = None


def category_facts(
    day: date, *, can_become_pregnant: bool, by: str, basis: str | None, evidence: str | None
) -> list[Given]:
    """Whether the patient can become pregnant, who determined it, and on what grounds."""
    grounds = {} if can_become_pregnant else {"basis": basis, "evidence": evidence or None}
    told = {"kind": "category", "date": day.isoformat(), "can_become_pregnant": can_become_pregnant}
    return [_said({**told, "by": by, **grounds})]


def eligibility_facts(day: date, severity: Severity, tried: Iterable[TriedTherapy]) -> list[Given]:
    """The severity as seen, and each treatment tried; nothing for what nobody looked at."""
    facts = []
    seen = {name: value for name, value in msgspec.structs.asdict(severity).items() if value is not None}
    if seen:
        facts.append({"kind": "acne", "date": day.isoformat(), **seen})
    return [*facts, *map(_tried, tried)]


def _tried(therapy: TriedTherapy) -> Given:
    return _said(
        {
            "kind": "prior_therapy",
            "from": therapy.from_.isoformat(),
            "to": None if therapy.to is None else therapy.to.isoformat(),
            "what": therapy.what,
            "outcome": therapy.outcome,
        }
    )


def conditions_facts(
    day: date, conditions: Iterable[str], medicines: Mapping[str, str], known: frozenset[str]
) -> list[Given]:
    """What was answered with yes. A "no" is told by the act that keeps what was asked, and makes no fact.

    `medicines` names each class that is taken; `known` is on record already and not recorded twice.
    """
    facts = [
        {"kind": "condition", "from": day.isoformat(), "what": word}
        for word in conditions
        if word not in known
    ]
    for word, name in medicines.items():
        if word not in known:
            facts.append({"kind": "medicine", "from": day.isoformat(), "name": name, "class": word})
    return facts


def agreement_facts(
    day: date, by: str, attested: Sequence[str], *, supports_treatment: bool | None
) -> list[Given]:
    """What was attested, each by itself, and the prescriber's own opinion."""
    facts: list[Given] = [
        {"kind": "attestation", "date": day.isoformat(), "what": what, "by": by} for what in attested
    ]
    if supports_treatment is not None:
        told = {"kind": "opinion", "date": day.isoformat(), "by": by}
        facts.append({**told, "supports_treatment": supports_treatment})
    return facts


def certification_facts(
    prescriber_from: date | None, role: str | None, pharmacy_from: date | None
) -> list[Given]:
    """Since when prescriber and pharmacy are certified in the programme, and in which role."""
    facts = []
    if prescriber_from is not None:
        told = {"kind": "certification", "who": "prescriber", "from": prescriber_from.isoformat()}
        facts.append(_said({**told, "role": role or None}))
    if pharmacy_from is not None:
        facts.append({"kind": "certification", "who": "pharmacy", "from": pharmacy_from.isoformat()})
    return facts


def programme_facts(day: date) -> list[Given]:
    """The patient was entered in the programme."""
    return [{"kind": "enrolment", "date": day.isoformat()}]


def consent_facts(
    form: str, signed_on: date, signers: Sequence[str], *, version: str | None, language: str
) -> list[Given]:
    """One signed form."""
    return [
        _said(
            {
                "kind": "acknowledgement",
                "signed_on": signed_on.isoformat(),
                "form": form,
                "by": list(signers),
                "version": version or None,
                "language": language,
            }
        )
    ]


def questions_facts(day: date, *, passed: bool) -> list[Given]:
    """How the programme's own questions were answered."""
    return [{"kind": "comprehension", "date": day.isoformat(), "passed": passed}]


def contraception_facts(
    since: date,
    methods: Sequence[str],
    reported_by: Sequence[str],
    *,
    period_on: date | None,
    cycle_days: int | None,
    is_regular: bool | None,
    today: date,
) -> list[Given]:
    """The methods as each reporter told them, and what the cycle needs."""
    facts = []
    for reporter in reported_by:
        told: Given = {"kind": "contraception", "from": since.isoformat(), "reported_by": reporter}
        if methods[:1] == ["abstinence"]:
            told["abstinence"] = True
        else:
            told |= dict(zip(("primary", "secondary"), methods, strict=False))
        facts.append(told)
    if is_regular is not None:
        cycle = {"kind": "cycle", "date": today.isoformat(), "regular": is_regular}
        facts.append(_said({**cycle, "typical_days": cycle_days}))
    if period_on is not None:
        facts.append({"kind": "menses", "started_on": period_on.isoformat()})
    return facts


def counselling_facts(day: date, topics: Sequence[str]) -> list[Given]:
    """What was talked about."""
    return [{"kind": "counselling", "date": day.isoformat(), "topics": list(topics)}]


def pregnancy_test_facts(taken_on: date, result: str, setting: str, specimen: str | None) -> list[Given]:
    """One pregnancy test."""
    told = {"kind": "pregnancy_test", "taken_on": taken_on.isoformat(), "result": result}
    return [_said({**told, "setting": setting, "specimen": specimen or None})]


def _said(fact: Mapping[str, Any]) -> Given:
    return {name: value for name, value in fact.items() if value is not None}
