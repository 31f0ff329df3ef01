"""What is the smallest rulebook that loads, and how is one fault put into it?"""

from __future__ import annotations

from isovigil.exchange.rulebook_problems import FileProblem, RulebookProblems
from isovigil.exchange.rulebook_reader import read_rulebook
from isovigil.law.rulebook import Rulebook, RulebookParts

SOURCES = "sources/all.yaml"
PROGRAMME = "xx_law/programme.yaml"
WINDOW = "xx_law/dispensing/window_days.yaml"
COVERAGE = "coverage.yaml"

SMALL = {
    SOURCES: """\
doc-1:
  title: The document
  issuer: The authority
  evidence: primary
  published_on: 2020-01-10
  read_on: 2026-01-05
  url: https://example.org/doc
hearsay:
  title: What everybody knows
  issuer: Everybody
  evidence: general_knowledge
  read_on: 2026-01-05
""",
    PROGRAMME: """\
title: a small programme
time_zone: Europe/Paris
window_zone: Europe/Paris
layers:
  - id: first
    kind: regime
    title: The first regime
    announcements:
      - announced_on: 2020-01-10
        starts: 2020-02-01
        confirmed: true
        read_on: 2026-01-05
        cite: {source: doc-1, at: article 1}
  - id: mildness
    kind: overlay
    title: What the authority tolerates
    undecided_because: the day in March was not found
    announcements:
      - announced_on: 2021-03-01
        starts: {earliest: 2021-03-01, latest: 2021-03-31}
        confirmed: true
        read_on: 2026-01-05
        cite: {source: doc-1, at: article 2}
  - id: second
    kind: regime
    title: The second regime
    undecided_because: its date is not confirmed
    announcements:
      - announced_on: 2022-01-01
        starts: 2022-06-01
        confirmed: false
        read_on: 2026-01-05
        cite: {source: doc-1, at: article 3}
      - announced_on: 2022-04-01
        starts: 2022-09-01
        confirmed: false
        read_on: 2026-01-05
        cite: {source: doc-1, at: article 4}
rules:
  - dispensing.inside_the_window
""",
    WINDOW: """\
asks: For how many days may a prescription be collected?
unit: day
tightening: lower
reverify_by: 2027-01-05
values:
  - from: first
    value: 7
    strength: law
    confidence: high
    read_on: 2026-01-05
    cite: {source: doc-1, at: article 5}
  - from: 2021-01-01
    value: 10
    strength: law
    confidence: medium
    announced_on: 2020-12-01
    read_on: 2026-01-05
    cite: {source: doc-1, at: article 6}
  - from: second
    value: 14
    strength: law
    confidence: high
    read_on: 2026-01-05
    cite: {source: doc-1, at: article 7}
""",
    "xx_law/contraception/lead.yaml": """\
asks: How long must contraception have been in use?
unit: period
tightening: higher
reverify_by: 2027-01-05
values:
  - from: first
    value: P1M
    strength: law
    confidence: high
    read_on: 2026-01-05
    cite: {source: doc-1, at: article 8}
""",
    "xx_law/pregnancy_testing/settings.yaml": """\
asks: In which settings may a test be taken?
unit: words
tightening: fewer
reverify_by: 2027-01-05
values:
  - from: first
    value: [clinic, laboratory]
    strength: law
    confidence: high
    read_on: 2026-01-05
    cite: {source: doc-1, at: article 9}
  - from: mildness
    value: [clinic, laboratory, home]
    strength: discretion
    confidence: high
    read_on: 2026-01-05
    cite: {source: doc-1, at: article 10}
""",
    "clinical/balanced/policy.yaml": "title: The middle way\n",
    COVERAGE: """\
programmes:
  xx_law:
    names: [xx]
    modelled_since: 2020-02-01
    last_checked: 2026-01-05
    before: Nothing was written down.
    known_gaps:
      - says: The second regime's date is not confirmed.
not_modelled:
  yy_law:
    title: Ypsilonia
    names: [ypsilonia]
    missing:
      - says: Its two tests.
        cite:
          - {source: doc-1, at: article 11}
nothing_read: [Zetland]
""",
}


def with_changes(*changes: tuple[str, str, str]) -> dict[str, bytes]:
    """The small rulebook with texts replaced, each exactly once: (file, old, new)."""
    texts = dict(SMALL)
    for file, old, new in changes:
        assert texts[file].count(old) == 1, f"{old!r} stands {texts[file].count(old)} times in {file}"
        texts[file] = texts[file].replace(old, new)
    return {file: text.encode() for file, text in texts.items()}


def small_parts(*changes: tuple[str, str, str]) -> RulebookParts:
    """What the small rulebook holds, with some texts replaced."""
    return read_rulebook(with_changes(*changes))


def small_rulebook(*changes: tuple[str, str, str]) -> Rulebook:
    """The small rulebook, with some texts replaced."""
    return Rulebook(small_parts(*changes), "00" * 32)


def problems_of(texts: dict[str, bytes]) -> tuple[FileProblem, ...]:
    """Every problem of a rulebook; none when it loads."""
    try:
        read_rulebook(texts)
    except RulebookProblems as refused:
        return refused.problems
    return ()


def line_of(file: str, text: str) -> int:
    """The line of the small rulebook's file that holds a text, counted from 1."""
    lines = SMALL[file].splitlines()
    return 1 + next(number for number, line in enumerate(lines) if text in line)
