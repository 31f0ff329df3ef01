"""What changed between the law of two days, and for which patients would a verdict change?"""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from isovigil.calendar.days import Period
from isovigil.calendar.window import first_instant, last_instant
from isovigil.case.case import Case
from isovigil.decisions.finding import Gate
from isovigil.decisions.judgement import Judgement, judge
from isovigil.decisions.rule import Verdict
from isovigil.decisions.verdict import GATES
from isovigil.law.law import Law, Regime
from isovigil.law.one_days_law import LawOfOneDay
from isovigil.law.rulebook import Rulebook
from isovigil.law.value import Dated


class ChangedValue(msgspec.Struct, frozen=True):
    """One question whose answer, or whose strength, is not the same on both days."""

    name: str
    asks: str
    before: Dated[Any] | None
    """None where no value was held."""
    after: Dated[Any] | None


class ChangedFinding(msgspec.Struct, frozen=True):
    """One rule that answers differently about a patient."""

    rule: str
    before: str
    after: str
    says_before: str
    says_after: str


class ChangedCase(msgspec.Struct, frozen=True):
    """One patient under the law of both days, on the same day and with the same facts."""

    patient: str
    on: date
    gates: dict[Gate, tuple[Verdict, Verdict]]
    findings: tuple[ChangedFinding, ...]

    @property
    def has_changed(self) -> bool:
        """Does any gate's verdict differ?"""
        return any(before != after for before, after in self.gates.values())


class RulesDiff(msgspec.Struct, frozen=True):
    """The law of two days side by side, in one reading of its open dates for each."""

    programme: str
    before_on: date
    after_on: date
    before: Regime
    after: Regime
    supposes: tuple[str, ...]
    """The open dates the two readings had to assume; none where both days have one reading."""
    values: tuple[ChangedValue, ...]
    cases: tuple[ChangedCase, ...]


class _TwoLaws(NamedTuple):
    before: LawOfOneDay
    after: LawOfOneDay
    supposes: tuple[str, ...]


def diff_rules(
    rulebook: Rulebook,
    programme: str,
    before_on: date,
    after_on: date,
    known_by: date,
    cases: tuple[Case, ...] = (),
    *,
    policy: str = "balanced",
    on: date | None = None,
) -> RulesDiff:
    """Compare the rules of two days; and judge each case by both, with nothing else different.

    The earlier reading of an open date is taken for the first day and the later one for the second, so
    that a scheduled change shows what it would bring. Each case is judged on `on`, else on the day of its
    last fact, with everything on file; every act is held against the law of the one day, whenever it was
    done. Raises NoRuleInForce for a day outside the law held, and what `Rulebook.readings` raises.
    """
    laws = _two_laws(rulebook, programme, policy, before_on, after_on, known_by)
    return RulesDiff(
        programme=programme,
        before_on=before_on,
        after_on=after_on,
        before=laws.before.regime_on(before_on),
        after=laws.after.regime_on(after_on),
        supposes=laws.supposes,
        values=tuple(_changed_values(laws)),
        cases=tuple(_changed_case(case, laws, on) for case in cases),
    )


def _two_laws(
    rulebook: Rulebook, programme: str, policy: str, before_on: date, after_on: date, known_by: date
) -> _TwoLaws:
    earlier, assumed_before = rulebook.readings(programme, policy, known_by, [before_on])[0]
    later, assumed_after = rulebook.readings(programme, policy, known_by, [after_on])[-1]
    layers = dict.fromkeys((*assumed_before, *assumed_after))
    supposes = tuple(layer.undecided_because for layer in layers if layer.undecided_because)
    return _TwoLaws(LawOfOneDay(earlier, before_on), LawOfOneDay(later, after_on), supposes)


def _changed_values(laws: _TwoLaws) -> list[ChangedValue]:
    changed = []
    for name, history in sorted(laws.before.programme.values.items()):
        before, after = _held(laws.before, name), _held(laws.after, name)
        if _of(before) != _of(after):
            changed.append(ChangedValue(f"{history.home}/{name}", history.asks, before, after))
    return changed


def _held(law: LawOfOneDay, name: str) -> Dated[Any] | None:
    return law.value(name, law.day_of_law) if law.holds(name, law.day_of_law) else None


def _of(value: Dated[Any] | None) -> tuple[Any, str] | None:
    return None if value is None else (value.value, value.strength)


def _changed_case(case: Case, laws: _TwoLaws, on: date | None) -> ChangedCase:
    day = on or max((fact.day for fact in case.facts if not fact.withdrawn), default=laws.after.day_of_law)
    before, after = _judged(case, laws.before, day), _judged(case, laws.after, day)
    told = {finding.rule: finding for finding in before.findings}
    findings = tuple(
        ChangedFinding(each.rule, told[each.rule].answer, each.answer, told[each.rule].says, each.says)
        for each in after.findings
        if each.rule in told and told[each.rule].answer != each.answer
    )
    gates = {gate: (before.gates[gate].verdict, after.gates[gate].verdict) for gate in GATES}
    return ChangedCase(case.patient.id, day, gates, findings)


def _judged(case: Case, law: Law, day: date) -> Judgement:
    zone = ZoneInfo(case.time_zone)
    known = max([last_instant(day, zone), *(fact.recorded_at for fact in case.facts if fact.recorded_at)])
    return judge(case, law, first_instant(day, zone), known)


def value_as_text(value: Dated[Any] | None) -> str:
    """A value as a person reads it; a dash where none is held."""
    if value is None:
        return "-"
    plain = value.value
    if isinstance(plain, Period):
        return plain.as_text()
    if isinstance(plain, tuple):
        return ", ".join(map(str, plain)) or "none"
    return {True: "yes", False: "no"}.get(plain, str(plain)) if isinstance(plain, bool) else str(plain)


def diff_as_dict(diff: RulesDiff) -> dict[str, Any]:
    """The comparison as plain values (schema isovigil.diff-rules/1)."""

    def side(value: Dated[Any] | None) -> dict[str, Any] | None:
        if value is None:
            return None
        return {
            "value": value.value.as_text() if isinstance(value.value, Period) else value.value,
            "strength": value.strength,
            "from": value.from_.isoformat(),
            "cite": {"source": value.cite.source, "at": value.cite.at},
        }

    return {
        "schema": "isovigil.diff-rules/1",
        "programme": diff.programme,
        "before": {"on": diff.before_on.isoformat(), "regime": diff.before.id,
                   "overlays": list(diff.before.overlays)},
        "after": {"on": diff.after_on.isoformat(), "regime": diff.after.id,
                  "overlays": list(diff.after.overlays)},
        "supposes": list(diff.supposes),
        "values": [
            {"name": each.name, "asks": each.asks, "before": side(each.before), "after": side(each.after)}
            for each in diff.values
        ],
        "cases": [
            {
                "patient": each.patient,
                "on": each.on.isoformat(),
                "has_changed": each.has_changed,
                "gates": {gate: {"before": pair[0], "after": pair[1]} for gate, pair in each.gates.items()},
                "findings": [msgspec.structs.asdict(finding) for finding in each.findings],
            }
            for each in diff.cases
        ],
    }  # fmt: skip
