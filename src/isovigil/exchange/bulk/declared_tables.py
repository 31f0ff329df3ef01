"""Which tables does a population run write, and what does each column say?

This is the one declaration: the writers, the readers and docs/population/tables.md are made from it.
"""

from __future__ import annotations

from typing import Any, Final, Literal, NamedTuple

ColumnType = Literal["text", "texts", "whole", "wholes", "number", "day", "instant", "flag"]


class Column(NamedTuple):
    """One column: its name, what it holds, and what that means. Empty (null) means: none, or not known."""

    name: str
    holds: ColumnType
    says: str


class Table(NamedTuple):
    """One table: a folder of Parquet files whose rows, file after file, stand in the order of patients."""

    name: str
    asks: str
    columns: tuple[Column, ...]


PATIENT: Final = Column("patient", "text", "the patient's id, as in a review; joins every table of a run")

PATIENTS: Final = Table(
    "patients",
    "Who is in the input, and could they be judged? One row a patient.",
    (
        PATIENT,
        Column("programme", "text", "whose rules judged: the input's own header, else `--programme`"),
        Column("policy", "text", "which clinical policy"),
        Column("time_zone", "text", "the zone in which this patient's days are cut"),
        Column("born_on", "day", "day of birth; the latest possible one where only a month or year is known"),
        Column("age", "whole", "completed years on the day judged"),
        Column("sex", "text", "as recorded, for reference ranges only; never says who can become pregnant"),
        Column("can_become_pregnant", "flag", "the category in force on the day judged; null: not recorded"),
        Column("facts", "whole", "facts read"),
        Column("first_fact_on", "day", "the day of the earliest fact"),
        Column("last_fact_on", "day", "the day of the latest fact"),
        Column("is_judged", "flag", "false where there is no review; then `refusal` says why"),
        Column("refusal", "text", "why there is no review, in words"),
        Column("refused_for", "text", "`reading` (something grave could not be read), `law` (no rule in "
               "force) or `call` (no such programme or policy)"),
        Column("errors", "whole", "rows of `problems` about this patient of severity fatal or error"),
        Column("warnings", "whole", "rows of `problems` about this patient of severity warning"),
    ),
)  # fmt: skip

VERDICTS: Final = Table(
    "verdicts",
    "What does each gate say? One row a judged patient.",
    (
        PATIENT,
        Column("on", "day", "the day judged"),
        Column("at", "instant", "the instant judged: that day's first in the patient's zone"),
        Column("known_by", "instant", "facts recorded later are not seen"),
        Column("holds_until", "instant", "the first later instant at which the answer changes by itself"),
        Column("regime", "text", "the regime in force"),
        Column("overlays", "texts", "the overlays over it"),
        *(
            column
            for gate in ("start", "prescribe", "dispense")
            for column in (
                Column(gate, "text", f"the verdict of `{gate}`: ready, waiting, hold or stop"),
                Column(f"{gate}_first_reason", "text", "the first rule that makes it"),
                Column(f"{gate}_because", "texts", "every rule that makes it, in order of precedence"),
            )
        ),
        Column("worst", "text", "the worst of the three verdicts"),
        Column("start_frozen_on", "day", "the first dose, on which `start` was judged for good"),
        Column("clinical_action", "text", "the worst clinical action"),
        Column("clinical_because", "texts", "the rules that ask for more than to continue"),
        Column("window_opens_on", "day", "first day of the hand-over window"),
        Column("window_closes_on", "day", "its last day"),
        Column("window_closes_at", "instant", "its last instant"),
        Column("other_readings", "texts", "where an open date of law decides: `regime start prescribe "
               "dispense`, the three verdicts of each other reading"),
        Column("decided_by", "texts", "for each of them, the open date that decides"),
    ),
)  # fmt: skip

FINDINGS: Final = Table(
    "findings",
    "What did each rule answer? One row a rule and patient; rules that do not concern the patient are left "
    "out, unless the run was told `--every-finding`.",
    (
        PATIENT,
        Column("rule", "text", "`topic.name`"),
        Column("answer", "text", "met, met_by_discretion, not_met, unknown or not_applicable"),
        Column("strength", "text", "law, licence, guidance, discretion or local_default"),
        Column("amber", "flag", "a pass to look at, or advice not followed"),
        Column("action", "text", "the clinical action; null for a rule of the programme channel"),
        Column("gates", "texts", "the gates it feeds"),
        Column("says", "text", "the reason, in words"),
        Column("needs", "text", "what would clear it"),
        Column("whose_move", "text", "whose move that is"),
        Column("satisfiable_from", "day", "the first day it could become met"),
        Column("facts", "texts", "ids of the facts it used"),
        Column("values", "texts", "names of the values of law and policy it used"),
    ),
)

TASKS: Final = Table(
    "tasks",
    "What is to be done next? One row a step, in order.",
    (
        PATIENT,
        Column("place", "whole", "1 is the first step"),
        Column("what", "text", "the word of the task"),
        Column("who", "text", "whose move"),
        Column("opens_on", "day", "the first day it can be done"),
        Column("due_on", "day", "the day it should be done by"),
        Column("closes_on", "day", "the last day it can be done"),
        Column("rule", "text", "the rule that asks for it"),
        Column("says", "text", "in words"),
    ),
)

ACTS: Final = Table(
    "acts",
    "Was each past prescription and hand-over right on its day? One row an act, oldest first.",
    (
        PATIENT,
        Column("act", "text", "the fact's id"),
        Column("kind", "text", "prescription or dispense"),
        Column("on", "day", "its day"),
        Column("gate", "text", "the gate it had to pass: prescribe or dispense"),
        Column("judged", "text", "right, wrong, unknowable (only unrecorded things stood in the way) or "
               "no_rule"),
        Column("verdict", "text", "the gate's verdict on that day, with the knowledge of that day"),
        Column("because", "texts", "the rules it broke, in order of precedence"),
        Column("to_look_at", "texts", "passes and advice somebody should have looked at"),
        Column("regime", "text", "the regime it was judged by"),
        Column("overlays", "texts", "the overlays over it"),
        Column("in_hindsight", "text", "the verdict with everything on file now"),
        Column("other_readings", "texts", "`regime verdict` where an open date of law falls otherwise"),
        Column("refusal", "text", "why there is no verdict"),
    ),
)  # fmt: skip

BROKEN: Final = Table(
    "broken",
    "What did a past act break? One row an act and rule, for every rule in `acts.because`.",
    (
        PATIENT,
        Column("act", "text", "the fact's id, as in `acts`"),
        Column("kind", "text", "prescription or dispense"),
        Column("on", "day", "its day"),
        Column("rule", "text", "the rule"),
        Column("answer", "text", "not_met or unknown (met and the like where only medicine held it)"),
        Column("says", "text", "the reason, in words"),
        Column("needs", "text", "what would have cleared it"),
    ),
)

LABORATORY: Final = Table(
    "laboratory",
    "Which grade does each laboratory value have? One row a laboratory fact that stands on the day judged.",
    (
        PATIENT,
        Column("fact", "text", "the fact's id"),
        Column("taken_on", "day", "the day of the draw"),
        Column("analyte", "text", "alt, ast, triglycerides and so on"),
        Column("value", "number", "as reported"),
        Column("unit", "text", "as reported (UCUM)"),
        Column("comparator", "text", "as reported: <, <=, > or >="),
        Column("upper_limit", "number", "the laboratory's own, in that unit"),
        Column("lower_limit", "number", "the laboratory's own, in that unit"),
        Column("fasting", "flag", "null: not recorded"),
        Column("canonical_value", "number", "in `canonical_unit`, for plots; never compared with a limit"),
        Column("canonical_unit", "text", "the analyte's first unit"),
        Column("grade_5", "whole", "CTCAE 5.0 grade, 0 to 4; null: no grade"),
        Column("grade_6", "whole", "CTCAE 6.0 grade, 0 to 4; null: no grade"),
        Column("grade", "whole", "the grade of the version that counts under the policy"),
        Column("no_grade_because", "text", "why the counting version gives none"),
        Column("course", "whole", "the number of the course of the day judged, where the draw belongs to it"),
        Column(
            "course_day", "whole", "day of treatment of the draw, day 1 the first dose; 0 or less: before"
        ),
    ),
)

COURSES: Final = Table(
    "courses",
    "How far along is treatment? One row a judged patient: the current course, else the last.",
    (
        PATIENT,
        Column("number", "whole", "which course; the first is 1"),
        Column("started_on", "day", "the first dose"),
        Column("day", "whole", "day of treatment on the day judged"),
        Column("ended_on", "day", "the last dose, where an end of treatment is recorded"),
        Column("stop_reason", "text", "why it ended"),
        Column("first_visit_on", "day", "the first visit of any course on record"),
        Column("prescriptions", "whole", "prescriptions of the course"),
        Column("hand_overs", "whole", "hand-overs of the course, without those undone"),
        Column("last_hand_over_on", "day", "the last of them"),
        Column("daily_mg_per_kg", "number", "mg/kg a day by the latest prescription"),
        Column("cumulative_mg_per_kg", "number", "mg/kg handed over less returned, conventional equivalents"),
        Column("nominal_cumulative_mg_per_kg", "number", "the same without formulation factors"),
        Column("target_from_mg_per_kg", "number", "low end of the policy's target"),
        Column("target_to_mg_per_kg", "number", "high end"),
        Column("days_to_target", "whole", "days to the low end at the present dose"),
    ),
)

PROBLEMS: Final = Table(
    "problems",
    "What in the input was unread or doubtful? One row a problem of a resource. What concerns nothing that "
    "any rule looks at is counted in `unread` instead.",
    (
        Column("patient", "text", "whom it concerns; null where that cannot be told"),
        Column("severity", "text", "fatal (this patient is not judged), error (not read), warning (read, "
               "with a doubt)"),
        Column("code", "text", "the kind of problem, a FHIR issue code"),
        Column("file", "text", "the file, below the input folder"),
        Column("line", "whole", "the line; null for a case file or a whole file"),
        Column("resource_type", "text", "as Observation"),
        Column("resource_id", "text", "the resource's id, where it could be read"),
        Column("element", "text", "the element inside the resource"),
        Column("says", "text", "in words"),
        Column("loader", "text", "`fast` or `strict`: which loader read the line"),
    ),
)  # fmt: skip

UNREAD: Final = Table(
    "unread",
    "How many resources did no rule look at? One row a type and reason.",
    (
        Column("resource_type", "text", "as Observation"),
        Column("says", "text", "why, in words"),
        Column("resources", "whole", "how many"),
    ),
)

INDICATORS: Final = Table(
    "indicators",
    "How often was done what was due? One row an audit indicator, over every course of everybody judged; "
    "small numbers are hidden (`audit/small_cells_below`). None where past acts were not judged.",
    (
        Column("programme", "text", "whose courses"),
        Column("policy", "text", "which clinical policy"),
        Column("indicator", "text", "A1 to A22, as in docs/population/indicators.md"),
        Column("due", "text", "the denominator in words"),
        Column("done", "text", "the numerator in words"),
        Column("numerator", "whole", "how often it was done; null: hidden, or a median"),
        Column("denominator", "whole", "how often it was due; null: hidden"),
        Column("share", "number", "numerator of denominator; null: hidden, or nothing was due"),
        Column("per_courses", "number", "A19: the numerator per `audit/pregnancies_per_courses` courses"),
        Column("median_days", "number", "A20: the middle of the spans"),
        Column("target", "number", "the share aimed at; null: none is set"),
        Column("is_below_target", "flag", "is the share below it?"),
        Column("excluded", "texts", "left out of both: `reason: how many`, or `reason: hidden`"),
        Column("is_hidden", "flag", "is any number hidden because it is small?"),
        Column("regimes", "text", "which regimes ask for it"),
        Column("basis", "text", "what kind of source asks for it"),
        Column("sources", "texts", "ids of the sources in the rulebook"),
    ),
)

FACTS: Final = Table(
    "facts",
    "Which facts were read? The fact store: judging again, under other rules or on another day, reads only "
    "this. One row a fact, those of a patient together; the first row of a patient has the kind `patient`.",
    (
        PATIENT,
        Column("kind", "text", "the kind of fact, as in a case file; `patient` for the patient's own row"),
        Column("day", "day", "the day the fact is about; of the `patient` row the day of birth"),
        Column("fact", "text", "the fact's id"),
        Column("what", "text", "analyte, tool, result, code or word: what distinguishes facts of a kind"),
        Column("number", "number", "value, score, kg, cm, daily dose, days' supply: what one would plot"),
        Column("unit", "text", "the unit of `number`, as UCUM writes it: as reported, or as the kind has it"),
        Column("comparator", "text", "`<`, `<=`, `>=` or `>` where `number` is reported as a bound"),
        Column("upper_limit", "number", "the upper reference limit of a laboratory value, in `unit`"),
        Column("ends_on", "day", "the last day of what lasts, such as a medicine or a condition"),
        Column("items", "wholes", "the answers to a questionnaire, in its own order; null: not answered"),
        Column("refers_to", "text", "the fact it belongs to: of a hand-over the prescription, of a reversal "
               "the hand-over"),
        Column("supersedes", "text", "the id of the fact it corrects"),
        Column("withdrawn", "flag", "was it entered in error?"),
        Column("recorded_at", "instant", "when it was recorded, where that is said"),
        Column("fields", "text", "the other fields as JSON, by the names of a case file; of the `patient` "
               "row programme, policy, time_zone, sex, and why nothing may be judged"),
    ),
)  # fmt: skip

TABLES: Final[tuple[Table, ...]] = (
    PATIENTS, VERDICTS, FINDINGS, TASKS, ACTS, BROKEN, LABORATORY, COURSES, INDICATORS, PROBLEMS, UNREAD,
    FACTS,
)  # fmt: skip
BY_NAME: Final = {table.name: table for table in TABLES}

Rows = dict[str, list[tuple[Any, ...]]]
"""Rows by the name of their table, each in the order of its columns."""

_HOLDS: Final[dict[ColumnType, str]] = {
    "text": "VARCHAR",
    "texts": "VARCHAR[]",
    "whole": "BIGINT",
    "wholes": "BIGINT[]",
    "number": "DOUBLE",
    "day": "DATE",
    "instant": "TIMESTAMP WITH TIME ZONE",
    "flag": "BOOLEAN",
}
_OPENING: Final = """\
<!-- Written by `make docs` from src/isovigil/exchange/bulk/declared_tables.py. Change that instead. -->

# The tables of a population run

`isovigil population INPUT --on DATE --programme P --policy Q --out DIR` writes one folder of Parquet files a
table. Read a whole table by its folder:

```sql
SELECT prescribe, count(*) FROM read_parquet('DIR/verdicts/*.parquet') GROUP BY 1;
```

`pandas.read_parquet('DIR/verdicts')` and `spark.read.parquet('DIR/verdicts')` read the same. The rows
stand in the order of patients; the same input, day and rulebook give the same rows in the same order,
whatever the engine and the number of workers. `DIR/run.json` tells what was asked, which rulebook judged,
and how many rows each table has. Types are DuckDB's; a null means "none" or "not known", never "no".
Instants are stored in UTC.
"""


def tables_as_markdown() -> str:
    """The page docs/population/tables.md."""
    lines = [_OPENING]
    for table in TABLES:
        lines += [f"## {table.name}", "", table.asks, "", "| Column | Type | Holds |", "| --- | --- | --- |"]
        lines += [f"| `{each.name}` | {_HOLDS[each.holds]} | {each.says} |" for each in table.columns]
        lines.append("")
    return "\n".join(lines)
