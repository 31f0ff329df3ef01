"""What does a replay say in which every act is judged by whole reviews, on its day and in hindsight?

The plain way: nothing is left out, nothing is kept from one act to the next. The replay must say the same.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from isovigil.calendar.window import last_instant
from isovigil.case.case import Case
from isovigil.case.kinds import Dispense
from isovigil.decisions.past_charts import Act, PastCharts, before_the_act
from isovigil.decisions.replay import Reason, Replay, ReplayedAct, acts_that_stand
from isovigil.decisions.review import Review, review
from isovigil.law.refusal import NoRuleInForce
from isovigil.law.rulebook import Rulebook

_GATES = {"prescription": "prescribe", "dispense": "dispense"}


def judged_whole(case: Case, law: Rulebook, known_by: datetime, **named: Any) -> Replay:
    """The replay of a case by whole reviews alone."""
    acts = tuple(_judged(case, law, act, known_by, named) for act in acts_that_stand(case, known_by))
    return Replay(
        patient=case.patient.id,
        programme=named.get("programme") or case.programme or "",
        policy=named.get("policy") or case.policy,
        known_by=known_by,
        acts=acts,
        rulebook=law.digest,
    )


def _judged(case: Case, law: Rulebook, act: Act, known_by: datetime, named: dict[str, Any]) -> ReplayedAct:
    kind: Literal["prescription", "dispense"] = "dispense" if isinstance(act, Dispense) else "prescription"
    gate: Any = _GATES[kind]
    end_of_day = last_instant(act.day, ZoneInfo(case.time_zone))
    try:
        then = _review(before_the_act(case, act), law, act, end_of_day, named)
    except NoRuleInForce as nothing:
        told = str(nothing)
        return ReplayedAct(act.id, kind, act.day, gate, "no_rule", None, (), (), None, (), (), None, told)
    later = _review(PastCharts(case).recorded_in_time(act, known_by), law, act, end_of_day, named)
    verdict = then.gates[gate]
    named_first = [each for each in then.findings if each.rule in verdict.because]
    only_unknown = all(each.answer == "unknown" for each in named_first)
    return ReplayedAct(
        act=act.id,
        kind=kind,
        on=act.day,
        gate=gate,
        judged="right" if verdict.verdict == "ready" else "unknowable" if only_unknown else "wrong",
        verdict=verdict.verdict,
        because=tuple(Reason(each.rule, each.answer, each.says, each.needs) for each in named_first),
        to_look_at=tuple(
            Reason(each.rule, each.answer, each.says, each.needs)
            for each in then.findings
            if each.amber and gate in each.gates
        ),
        regime=then.regime.id,
        overlays=then.regime.overlays,
        other_readings=tuple((other.regime, other.gates[gate].verdict) for other in then.alternatives),
        in_hindsight=later.gates[gate].verdict,
    )


def _review(case: Case, law: Rulebook, act: Act, known_by: datetime, named: dict[str, Any]) -> Review:
    at = act.at if isinstance(act, Dispense) else None
    return review(case, law, at, known_by, on=act.day if at is None else None, **named)
