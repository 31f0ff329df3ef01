"""What does each word of this project mean, and which words do we not use for it?"""

from __future__ import annotations

from typing import Final, NamedTuple


class Term(NamedTuple):
    """One word of the project: what it means, and the words we avoid for it."""

    word: str
    means: str
    avoid: str = ""


TERMS: Final[dict[str, tuple[Term, ...]]] = {
    "What is known": (
        Term(
            "fact",
            "One dated thing somebody recorded about a patient. It is never changed; a later fact may "
            "correct it.",
            "event, record, entry in a log",
        ),
        Term(
            "case",
            "Everything on file about one patient's therapy.",
            "context, payload, state",
        ),
        Term(
            "case file",
            "A case as YAML or JSON: the native input of every command. One file holds one patient.",
        ),
        Term(
            "chart",
            "The facts of a case that count at a moment: of its day or earlier, known by then, neither "
            "corrected nor entered in error.",
            "view, snapshot",
        ),
        Term(
            "kind",
            "What sort of thing a fact says, such as `pregnancy_test`; each kind has its own fields.",
            "type, category",
        ),
        Term(
            "day",
            "A calendar day in the case's time zone. Fields ending in `_on`, `from`, `to` and `date` are "
            "days.",
        ),
        Term(
            "instant",
            "A point in time with its offset from UTC. Fields ending in `_at` are instants.",
            "timestamp",
        ),
        Term(
            "recorded_at",
            "When the system learned of a fact; when it is not stated, the end of the fact's own day (or "
            "of the day it was reported).",
            "created, updated",
        ),
        Term(
            "known by",
            "The instant up to which facts and announcements of law count in a review.",
            "as of",
        ),
        Term(
            "recorded by exception",
            "Of a kind that is only recorded when it is present: none recorded reads as none known.",
        ),
        Term(
            "unknown",
            "Nobody recorded it. Never the same as no, and never a pass.",
            "null, missing, false",
        ),
        Term(
            "correction",
            "A later fact that names the fact it replaces (`supersedes`). `withdrawn: true` marks an "
            "entry made in error.",
            "edit, update, delete",
        ),
        Term(
            "latest",
            "The last fact of a kind by day, then by the clinically worse value, then by id; never by the"
            " order of typing.",
        ),
        Term(
            "label",
            "A short mark on one line, such as an id, a number or a version. Its digits need no quotes "
            "unless reading them as a number would change them.",
        ),
    ),
    "The patient and the programme": (
        Term(
            "can_become_pregnant",
            "Whether this patient can become pregnant, as a prescriber determined it. It is what the "
            "rules ask for, and never follows from sex.",
            "sex, gender, female, FRP, woman of childbearing potential",
        ),
        Term(
            "sex",
            "Only for reference ranges and forecasts.",
        ),
        Term(
            "category",
            "The fact that states `can_become_pregnant`, and on what basis.",
        ),
        Term(
            "programme",
            "The public rules a therapy runs under, such as the US REMS or the UK pregnancy prevention "
            "programme.",
            "country, protocol, scheme",
        ),
        Term(
            "policy",
            "A clinical pack: which laboratory, mood, symptom and dose rules a clinic follows.",
            "settings",
        ),
        Term(
            "course",
            "One stretch of treatment, from its first hand-over (or recorded first dose) to the day of "
            "the last dose.",
            "episode, cycle",
        ),
        Term(
            "cycle",
            "One month of the programme: in the US from the specimen day of the test that opens the "
            "window, elsewhere from the prescription. (The fact kind `cycle` is about menstrual cycles.)",
            "period, month",
        ),
        Term(
            "specimen",
            "The urine or blood that was tested. A test counts from the day its specimen was taken, not "
            "from the day it was reported.",
            "sample, result date",
        ),
        Term(
            "screening test",
            "The first pregnancy test of a start sequence.",
            "test 1",
        ),
        Term(
            "confirmatory test",
            "The second one, which opens the first window.",
            "test 2",
        ),
        Term(
            "lead",
            "How long acceptable contraception must have been in use before the decisive test or the "
            "first dose.",
            "run-in, washout",
        ),
        Term(
            "hand-over",
            "The capsules reach the patient: the fact `dispense`.",
            "pick-up, fill, collection",
        ),
        Term(
            "window",
            "The days on which a hand-over is allowed. Both ends count, and each window says what day 1 is.",
            "deadline, grace period",
        ),
        Term(
            "cut-off",
            "The last instant of a window, in the time zone the programme closes it in.",
            "expiry",
        ),
        Term(
            "lockout",
            "The days after an uncollected first window in which no new specimen counts.",
            "ban, waiting period",
        ),
        Term(
            "authorisation",
            "The programme's permission for one hand-over, until an instant.",
            "RMA, approval",
        ),
        Term(
            "reversal",
            "An authorisation or a hand-over is undone.",
            "cancellation, return",
        ),
        Term(
            "standing prescription",
            "The prescription that may still be handed over: not yet dispensed, and its window not over.",
            "active prescription",
        ),
        Term(
            "attestation",
            "Somebody states one thing. A signed form never implies an attestation.",
        ),
        Term(
            "waiver",
            "Prescriber and patient agree that no pregnancy is to be expected, and why.",
            "exemption",
        ),
        Term(
            "cumulative dose",
            "Capsules handed over minus returned, for each kg of body weight.",
            "total dose",
        ),
    ),
    "The law": (
        Term(
            "rulebook",
            "Every dated value with its source, and the list of rules of each programme.",
            "config",
        ),
        Term(
            "value",
            "One number, word or flag of a regulation, with the day it governs from, its unit and its own"
            " citation.",
            "parameter, constant, threshold",
        ),
        Term(
            "law",
            "The values in force on a day, as known by a day.",
            "config, params, ruleset",
        ),
        Term(
            "regime",
            "A stretch of time in which a programme's rules stay the same.",
            "version",
        ),
        Term(
            "overlay",
            "A temporary change over a regime, or a clinic's own stricter values.",
            "patch, override",
        ),
        Term(
            "layer",
            "A regime or an overlay.",
        ),
        Term(
            "reading",
            "One way an unconfirmed start of law can turn out. Every reading is judged; the worse one "
            "answers.",
            "scenario, branch",
        ),
        Term(
            "announcement",
            "What was said, on one day, about when a layer begins.",
        ),
        Term(
            "strength",
            "How binding a value is: law, licence, guidance, discretion or local default. Only law and "
            "licence block.",
            "severity, priority",
        ),
        Term(
            "refusal",
            "The answer outside the dates held: it names the question, the day and the earliest value.",
            "error",
        ),
    ),
    "The answer": (
        Term(
            "review",
            "The judgement of one case at one moment: gates, findings, next steps.",
            "check, evaluation",
        ),
        Term(
            "rule",
            "One question asked of a case and the law, as one plain function.",
            "check, validator",
        ),
        Term(
            "finding",
            "One rule's answer with its reasons: the facts and values it used.",
            "result, alert",
        ),
        Term(
            "answer",
            "What a finding says: met, met by discretion, not met, unknown or not applicable.",
            "pass, fail, true, false",
        ),
        Term(
            "gate",
            "One of three questions a review answers: may treatment start, may a prescription be issued, "
            "may the capsules be handed over.",
            "stage, step",
        ),
        Term(
            "verdict",
            "What a gate says, worst first: stop, hold, waiting, ready.",
            "status, flag",
        ),
        Term(
            "hold",
            "A verdict: do not go on until a clinical matter is settled. It ends when the condition is "
            "gone or a named clinician decides.",
            "block, pause",
        ),
        Term(
            "waiting",
            "A verdict: a required step is still to be done.",
            "pending, incomplete",
        ),
        Term(
            "amber",
            "A mark on a finding that passes or only advises, and that a person should look at.",
            "warning",
        ),
        Term(
            "channel",
            "The programme channel asks whether required steps are done; the clinical channel gives the "
            "worst clinical action. A gate is the worse of the two.",
        ),
        Term(
            "action",
            "What clinical findings ask for, mildest first: continue, recheck, no_uptitrate, reduce, "
            "hold, stop, emergency.",
            "recommendation",
        ),
        Term(
            "needs",
            "What would clear a finding that is not met or unknown.",
            "remediation",
        ),
        Term(
            "whose_move",
            "The one party who must act next.",
            "assignee, owner",
        ),
        Term(
            "satisfiable_from",
            "The first day on which a finding could become met.",
            "available, eligible date",
        ),
        Term(
            "holds_until",
            "The instant until which an answer stands if nothing new is recorded.",
            "valid to, TTL",
        ),
        Term(
            "task",
            "One next step: what, who, from when, by when, and the rule that asks for it.",
            "to-do, alert",
        ),
        Term(
            "alternatives",
            "The answers of the other readings, where an unconfirmed date of law decides.",
        ),
        Term(
            "because",
            "The rules that make a verdict, in the declared order of precedence.",
        ),
    ),
}
"""Every word that has a meaning of its own here, by topic. Each is defined once."""
