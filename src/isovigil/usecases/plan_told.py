"""How is a plan told as plain values, as a calendar and as a picture?"""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from html import escape
from typing import Any

from isovigil.calendar.days import days_between, in_words
from isovigil.decisions.plan_parts import Plan, Step
from isovigil.decisions.review import NOTICE
from isovigil.exchange.review_words import counted

SCHEMA = "isovigil.plan/1"
NEUTRAL_TITLES = {
    "dispense": "Pharmacy",
    "prescription": "Appointment",
    "visit": "Appointment",
    "counselling": "Appointment",
}
"""What a calendar shows, which others may see: never what the treatment is, nor what a test is for."""
_NEUTRAL = "Health reminder"
_IN_PLAIN = {
    "pregnancy_test": "pregnancy test",
    "confirmatory_test": "confirmatory pregnancy test",
    "contraception_entry": "contraception",
    "end_of_treatment_test": "test at the end of treatment",
    "post_treatment_test": "test after treatment",
    "record_fact": "record",
    "dispense": "hand-over",
}


def step_in_plain(step: Step) -> str:
    """What a step is called on paper."""
    return _IN_PLAIN.get(step.what, step.what.replace("_", " "))


def day_in_brief(day: date, *, beside: date | None = None) -> str:
    """``29 Mar 2024``; without the year where it is the year of the day it stands beside."""
    number, month, year = in_words(day).split()
    brief = f"{number} {month[:3]}"
    return brief if beside is not None and beside.year == day.year else f"{brief} {year}"


def plan_as_dict(plan: Plan) -> dict[str, Any]:
    """The plan as plain values (schema isovigil.plan/1)."""
    obstacle = plan.obstacle
    return {
        "schema": SCHEMA,
        "patient": plan.patient,
        "programme": plan.programme,
        "on": plan.on.isoformat(),
        "until": plan.until.isoformat(),
        "days_without_capsules": plan.days_without_capsules,
        "steps": [
            {
                "what": step.what,
                "who": step.who,
                "cycle": step.cycle,
                "on": step.on.isoformat(),
                "earliest": step.earliest.isoformat(),
                "latest": None if step.latest is None else step.latest.isoformat(),
                "slack": step.slack,
                "rule": step.rule,
                "says": step.says,
            }
            for step in plan.steps
        ],
        "obstacle": None
        if obstacle is None
        else {
            "rule": obstacle.rule,
            "says": obstacle.says,
            "needs": obstacle.needs,
            "looked_until": obstacle.looked_until.isoformat(),
            "relaxing": list(obstacle.relaxing),
        },
        "notice": NOTICE,
    }


# -- a calendar -----------------------------------------------------------------------------------------


def plan_as_icalendar(plan: Plan) -> str:
    """The plan as an iCalendar file (RFC 5545): whole days, neutral titles, one entry a day and place."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Isovigil//plan//EN", "CALSCALE:GREGORIAN"]
    told: set[tuple[date, str]] = set()
    for step in plan.steps:
        title = NEUTRAL_TITLES.get(step.what, _NEUTRAL)
        if (step.on, title) in told:
            continue
        told.add((step.on, title))
        mark = hashlib.sha256(f"{plan.patient} {step.on} {title}".encode()).hexdigest()[:32]
        lines += [
            "BEGIN:VEVENT",
            f"UID:{mark}@isovigil",
            f"DTSTAMP:{plan.on:%Y%m%d}T000000Z",
            f"DTSTART;VALUE=DATE:{step.on:%Y%m%d}",
            f"DTEND;VALUE=DATE:{step.on + timedelta(days=1):%Y%m%d}",
            f"SUMMARY:{title}",
            "CLASS:PRIVATE",
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
        ]
    return "\r\n".join([*lines, "END:VCALENDAR", ""])


# -- a picture and a page ---------------------------------------------------------------------------------

_WIDTH, _LEFT, _ROW, _TOP, _MONTH_DAYS = 900, 190, 22, 30, 28


def plan_as_svg(plan: Plan) -> str:
    """Every kind of step on one shared axis of days: a dot on its day, a bar to its latest one."""
    kinds = list(dict.fromkeys(step_in_plain(step) for step in plan.steps))
    last = max((step.latest or step.on for step in plan.steps), default=plan.until)
    span = max(days_between(plan.on, max(last, plan.until)), 1)
    height = _TOP + _ROW * len(kinds) + 30

    def x(day: date) -> float:
        return _LEFT + (_WIDTH - _LEFT - 20) * days_between(plan.on, day) / span

    heading = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img" '
        f'aria-label="Steps from {in_words(plan.on)} to {in_words(last)}" font-family="sans-serif" '
        'font-size="12">'
    )
    parts = [heading]
    for days in range(0, span + 1, _MONTH_DAYS):
        day = plan.on + timedelta(days=days)
        parts.append(
            f'<line x1="{x(day):.1f}" x2="{x(day):.1f}" y1="{_TOP - 8}" y2="{height - 25}" stroke="#ccc"/>'
            f'<text x="{x(day):.1f}" y="{height - 8}" text-anchor="middle">{day.day}.{day.month}.</text>'
        )
    for row, kind in enumerate(kinds):
        y = _TOP + row * _ROW
        parts.append(f'<text x="8" y="{y + 4}">{escape(kind)}</text>')
        for step in plan.steps:
            if step_in_plain(step) != kind:
                continue
            says = f"{kind}: {in_words(step.on)}"
            if step.latest is not None:
                says += f", at the latest {in_words(step.latest)}"
                parts.append(
                    f'<rect x="{x(step.on):.1f}" y="{y - 3}" width="{x(step.latest) - x(step.on):.1f}" '
                    'height="6" fill="#9bc"/>'
                )
            dot = f'<circle cx="{x(step.on):.1f}" cy="{y}" r="5" fill="#135">'
            parts.append(f"{dot}<title>{escape(says)}</title></circle>")
    return "".join([*parts, "</svg>"])


def plan_as_html(plan: Plan) -> str:
    """The plan as one page that needs nothing else: the axis, and every step in a table."""
    rows = "".join(
        f"<tr><td>{step.cycle or '-'}</td><td>{escape(step_in_plain(step))}</td><td>{escape(step.who)}</td>"
        f"<td>{in_words(step.on)}</td><td>{in_words(step.earliest)}</td>"
        f"<td>{'-' if step.latest is None else in_words(step.latest)}</td>"
        f"<td>{'-' if step.slack is None else step.slack}</td><td>{escape(step.says)}</td></tr>"
        for step in plan.steps
    )
    heads = ("Cycle", "Step", "Whose move", "On", "Earliest", "Latest", "Slack (days)", "What")
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Plan</title>'
        '<meta name="viewport" content="width=device-width"><style>body{font-family:sans-serif;margin:1rem}'
        "table{border-collapse:collapse}td,th{padding:.2rem .6rem;text-align:left;"
        "border-bottom:1px solid #ccc}svg{max-width:100%}</style></head><body>"
        f"<h1>Plan from {in_words(plan.on)}</h1><p>{escape(' '.join(remarks(plan)))}</p>{plan_as_svg(plan)}"
        f"<table><thead><tr>{''.join(f'<th>{head}</th>' for head in heads)}</tr></thead>"
        f"<tbody>{rows}</tbody></table><p>{escape(NOTICE)}</p></body></html>"
    )


def remarks(plan: Plan) -> list[str]:
    """What a reader must know beside the steps: gaps, what stands in the way, what is supposed."""
    told = [f"The last dose is planned for {in_words(plan.until)}."]
    if plan.days_without_capsules:
        told.append(f"Without capsules on the way: {counted(plan.days_without_capsules, 'day')}.")
    if plan.obstacle is not None:
        told.append(f"No day was found until {in_words(plan.obstacle.looked_until)}: {plan.obstacle.says}")
        if plan.obstacle.needs is not None:
            told.append(f"Needed: {plan.obstacle.needs}.")
        told += [f"It would go on without {way}." for way in plan.obstacle.relaxing]
    told.append("Planned tests are supposed to be negative, and planned entries to be made on their day.")
    return told
