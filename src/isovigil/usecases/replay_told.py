"""How is a replay told as plain values?"""

from __future__ import annotations

from typing import Any

import msgspec

from isovigil.decisions.replay import JUDGED, Reason, Replay, ReplayedAct

SCHEMA = "isovigil.replay/1"


def replay_as_dict(told: Replay) -> dict[str, Any]:
    """The replay as plain values, oldest act first (schema isovigil.replay/1)."""
    return {
        "schema": SCHEMA,
        "patient": told.patient,
        "programme": told.programme,
        "policy": told.policy,
        "known_by": told.known_by.isoformat(),
        "counts": {judged: told.count(judged) for judged in JUDGED},
        "acts": [_act(act) for act in told.acts],
        "rulebook": told.rulebook,
    }


def _act(act: ReplayedAct) -> dict[str, Any]:
    return {
        "act": act.act,
        "kind": act.kind,
        "on": act.on.isoformat(),
        "gate": act.gate,
        "judged": act.judged,
        "verdict": act.verdict,
        "because": [_reason(reason) for reason in act.because],
        "to_look_at": [_reason(reason) for reason in act.to_look_at],
        "regime": act.regime,
        "overlays": list(act.overlays),
        "other_readings": [{"regime": regime, "verdict": verdict} for regime, verdict in act.other_readings],
        "in_hindsight": act.in_hindsight,
        "refusal": act.refusal,
    }


def _reason(reason: Reason) -> dict[str, Any]:
    return msgspec.structs.asdict(reason)
