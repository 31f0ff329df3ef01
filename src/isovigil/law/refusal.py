"""How does the engine say that it holds no rule for what was asked?"""

from __future__ import annotations

from datetime import date

from isovigil.calendar.days import in_words


class NoRuleInForce(Exception):
    """No value is held for this question on this day. Never answered with a default."""

    def __init__(self, question: str, on: date, known_by: date, reason: str, remedy: str) -> None:
        self.question = question
        self.on = on
        self.known_by = known_by
        self.reason = reason
        self.remedy = remedy
        super().__init__(
            f"No rule is in force for {question} on {in_words(on)}, "
            f"as known by {in_words(known_by)}: {reason}. {remedy}"
        )


class ProgrammeNotModelled(Exception):
    """The country or programme is known by name, but its rules are not modelled."""

    def __init__(self, programme: str, reason: str, remedy: str) -> None:
        self.programme = programme
        self.reason = reason
        self.remedy = remedy
        super().__init__(f"{programme} cannot be judged: {reason}. {remedy}")


class UnknownProgramme(Exception):
    """The rulebook knows no programme and no country of this name."""

    def __init__(self, programme: str, there_are: tuple[str, ...], meant: str | None) -> None:
        self.programme = programme
        self.there_are = there_are
        self.meant = meant
        guess = "" if meant is None else f" Did you mean {meant}?"
        super().__init__(
            f"{programme!r} is not a programme this rulebook knows.{guess} "
            f"It holds {', '.join(there_are)}; `isovigil coverage` says what else it knows of."
        )


class UnknownPolicy(Exception):
    """The rulebook holds no clinical policy of this name."""

    def __init__(self, policy: str, there_are: tuple[str, ...], meant: str | None) -> None:
        self.policy = policy
        self.there_are = there_are
        self.meant = meant
        guess = "" if meant is None else f" Did you mean {meant}?"
        super().__init__(
            f"{policy!r} is not a clinical policy this rulebook holds.{guess} "
            f"It holds {', '.join(there_are)}."
        )
