"""Which random patients try both hardest: dates close together, and on the edge of every rule?"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

Case = dict[str, Any]
Fact = dict[str, Any]

AROUND_THE_WINDOW = (-1, 0, 1, 3, 5, 6, 7, 8)
BETWEEN_TESTS = (1, 2, 5, 6, 7, 8, 10, 13, 17, 18, 19, 20, 21, 25, 26, 28, 29, 30, 31, 35)
FIRST_GAP = (18, 19, 20, 21, 28)
AROUND_THE_LEAD = (0, 13, 27, 28, 29, 30, 30, 31, 31, 32, 33, 45, 60)
AROUND_REVIEW = (-1, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 17, 18, 19, 20, 28, 29, 30, 31)
MENSES_DAYS_BEFORE = (0, 1, 2, 3, 4, 4, 5, 6, 9)

US_PAIRS: tuple[tuple[str, str], ...] = (
    ("combined_pill", "condom"),
    ("combined_pill", "condom"),
    ("iud_hormonal", "condom"),
    ("implant", "diaphragm_spermicide"),
    ("iud_copper", "combined_pill"),
    ("condom", "sponge"),
    ("progestin_only_pill", "condom"),
    ("combined_pill", "withdrawal"),
)
UK_PAIRS: tuple[tuple[str, str | None], ...] = (
    ("implant", None),
    ("iud_copper", None),
    ("combined_pill", "condom"),
    ("ring", "condom"),
    ("condom", None),
    ("withdrawal", None),
)

US_FIRST_DAY, UK_FIRST_DAY = date(2022, 2, 15), date(2023, 12, 15)
US_EARLY_DAY, UK_EARLY_DAY = date(2008, 4, 15), date(2006, 4, 15)
EARLY_SHARE = 0.25
"""How many patients are told from the first regimes held on, and not from the present ones."""
DAYS_JUDGED = 4
LONG_STANDING_SHARE = 0.04
EDGE_SHARE, CLOSE = 0.3, timedelta(days=20)
LAST_DAY = date(2027, 2, 1)
US_EDGES = (
    date(2020, 3, 22),
    date(2021, 12, 13),
    date(2022, 2, 15),
    date(2023, 10, 5),
    date(2024, 2, 29),
    date(2026, 11, 15),
    date(2026, 11, 15),
    date(2026, 11, 15),
)
UK_REMOTE_TESTS = date(2025, 10, 27)
UK_EDGES = (
    date(2019, 5, 31),
    date(2019, 7, 1),
    date(2023, 10, 31),
    date(2024, 2, 29),
    UK_REMOTE_TESTS,
    UK_REMOTE_TESTS,
    date(2026, 1, 22),
    date(2026, 1, 31),
)
US_ZONES = (
    "America/New_York",
    "America/New_York",
    "America/Chicago",
    "America/Los_Angeles",
    "Pacific/Honolulu",
    "Pacific/Guam",
)


def timeline(seed: int) -> tuple[Case, tuple[date, ...]]:
    """The case of this seed, in the case-file format, and the days on which to judge it."""
    dice = Random(seed)
    return Teller(dice, "us_ipledge" if dice.random() < 0.7 else "uk_mhra").tell()


class Teller:
    """Invents one patient's therapy fact by fact."""

    def __init__(self, dice: Random, programme: str) -> None:
        self.dice = dice
        self.programme = programme
        self.facts: list[Fact] = []
        self.tests: list[date] = []
        self.edges: tuple[date, ...] = US_EDGES if programme == "us_ipledge" else UK_EDGES
        self.first = US_FIRST_DAY if programme == "us_ipledge" else UK_FIRST_DAY
        if dice.random() < EARLY_SHARE:
            self.first = US_EARLY_DAY if programme == "us_ipledge" else UK_EARLY_DAY

    def days_from(self, day: date, offsets: tuple[int, ...]) -> date:
        """A day some drawn number of days from `day`, never before the programme's first usable day."""
        return max(day + timedelta(days=self.dice.choice(offsets)), self.first - timedelta(days=60))

    def add(self, kind: str, **fields: Any) -> str:
        """Record one fact under its own id; absent fields stay absent."""
        name = f"f-{len(self.facts) + 1}"
        written = {
            key: value.isoformat() if isinstance(value, date) else value for key, value in fields.items()
        }
        self.facts.append(
            {"kind": kind, "id": name} | {key: value for key, value in written.items() if value is not None}
        )
        return name

    def tell(self) -> tuple[Case, tuple[date, ...]]:
        """The whole case and a few days close to its turning points."""
        dice = self.dice
        opening = self.opening_day()
        can = self.category(opening)
        if can is False and self.programme == "us_ipledge":
            self.counselling_only(opening)
        else:
            self.test_by_test(opening)
            self.contraception()
            self.cycles()
        self.prescriptions()
        self.stop()
        dice.shuffle(self.facts)
        case: Case = {
            "case": 1,
            "patient": {"id": "p-1", "born_on": "1998-03-05"},
            "programme": self.programme,
            "time_zone": self.zone(),
            "facts": self.facts,
        }
        return case, self.review_days(opening)

    def zone(self) -> str:
        """The clinic's zone."""
        return self.dice.choice(US_ZONES) if self.programme == "us_ipledge" else "Europe/London"

    def opening_day(self) -> date:
        """Anywhere in the programme's dates, or some weeks before a day on which the law changes."""
        if self.dice.random() < 0.45:
            return max(
                self.first,
                self.dice.choice(self.edges)
                - timedelta(days=self.dice.choice((0, 1, 6, 19, self.dice.randint(0, 45)))),
            )
        return self.first + timedelta(days=self.dice.randint(0, (LAST_DAY - self.first).days))

    def category(self, opening: date) -> bool | None:
        """Mostly a patient who can become pregnant; sometimes one who cannot; seldom not recorded."""
        drawn = self.dice.random()
        if drawn < 0.03:
            return None
        can = drawn > 0.15
        basis = None if can else "hysterectomy"
        self.add(
            "category",
            date=opening - timedelta(days=40),
            can_become_pregnant=can,
            by="prescriber",
            basis=basis,
        )
        return can

    def counselling_only(self, opening: date) -> None:
        """Counselling about a month apart, for those whose window hangs on it alone."""
        day = opening
        for _ in range(self.dice.randint(0, 4)):
            self.tests.append(day)
            self.add("counselling", date=day, topics=["birth_defects"])
            day += timedelta(days=self.dice.choice((1, 15, 28, 29, 30, 31)))

    def test_by_test(self, opening: date) -> None:
        """A few pregnancy tests at telling distances, some positive, some reported late."""
        dice, day = self.dice, opening
        for place in range(dice.choice((0, 1, 2, 2, 3, 3, 4, 5, 6))):
            day = self.onto_an_edge(day) if dice.random() < EDGE_SHARE else day
            result = dice.choices(("negative", "invalid", "positive"), (0.92, 0.04, 0.04))[0]
            home = self.away_from_the_clinic(day)
            setting = dice.choices(("clinic", "laboratory", home, "unknown"), self.setting_shares(day))[0]
            late = day + timedelta(days=dice.choice((1, 2, 6))) if dice.random() < 0.12 else None
            name = self.add("pregnancy_test", taken_on=day, result=result, setting=setting, reported_on=late)
            self.tests.append(day)
            if result == "positive" and dice.random() < 0.7:
                self.disprove(name, late or day)
            gaps = FIRST_GAP if place == 0 and dice.random() < 0.6 else BETWEEN_TESTS
            day += timedelta(days=dice.choice(gaps))

    def setting_shares(self, day: date) -> tuple[float, float, float, float]:
        """Clinic, laboratory, away from both, unknown; more away where the law of settings changes."""
        return (0.2, 0.1, 0.66, 0.04) if self.remote_tests_begin(day) else (0.5, 0.3, 0.16, 0.04)

    def away_from_the_clinic(self, day: date) -> str:
        """At home, or in the UK as well under remote supervision."""
        remote = self.programme == "uk_mhra" and self.dice.random() < 0.5
        return "supervised_remote" if remote or self.remote_tests_begin(day) else "home"

    def remote_tests_begin(self, day: date) -> bool:
        """Is this the day UK supervised remote tests began, or its eve?"""
        return self.programme == "uk_mhra" and timedelta(0) <= UK_REMOTE_TESTS - day <= timedelta(days=1)

    def onto_an_edge(self, day: date) -> date:
        """The day the law changes, or its eve, when that lies close ahead."""
        for edge in self.edges:
            if timedelta(0) <= edge - day <= CLOSE:
                return max(day, edge - timedelta(days=self.dice.choice((0, 1))))
        return day

    def disprove(self, name: str, known_on: date) -> None:
        """A person decides that the positive test was false."""
        decided = known_on + timedelta(days=self.dice.choice((0, 1, 2, 7)))
        self.add(
            "clinical_decision",
            date=decided,
            about=name,
            decision="continue",
            by="dr-1",
            reason="disproved by serum hCG",
        )

    def contraception(self) -> None:
        """Entries of both reporters around the lead time of some test; some end, some change."""
        dice = self.dice
        for reporter in ("patient", "prescriber"):
            if dice.random() < 0.08:
                continue
            began = self.days_from(
                dice.choice(self.tests[1:3] or self.tests or [self.first]), tuple(-n for n in AROUND_THE_LEAD)
            )
            if dice.random() < LONG_STANDING_SHARE:
                began -= timedelta(days=dice.choice((200, 700, 1500)))
            used: set[date] = set()
            for _ in range(dice.choice((1, 1, 1, 2))):
                while began in used:
                    began += timedelta(days=1)
                used.add(began)
                end = (
                    began + timedelta(days=dice.choice((5, 20, 29, 30, 31, 60)))
                    if dice.random() < 0.12
                    else None
                )
                self.add("contraception", **{"from": began}, to=end, reported_by=reporter, **self.forms())
                began = (end or began) + timedelta(days=dice.choice((1, 1, 2, 10, 25)))

    def forms(self) -> dict[str, Any]:
        """One pair of methods, or abstinence where that is a way."""
        if self.programme == "us_ipledge":
            if self.dice.random() < 0.12:
                return {"abstinence": True}
            primary, secondary = self.dice.choices(US_PAIRS, (8, 8, 4, 3, 1, 1, 1, 1))[0]
            return {"primary": primary, "secondary": secondary}
        alone, second = self.dice.choices(UK_PAIRS, (4, 3, 4, 2, 1, 1))[0]
        return {"primary": alone} | ({"secondary": second} if second else {})

    def cycles(self) -> None:
        """Regularity and menses close to the tests."""
        dice = self.dice
        if not self.tests or self.programme != "us_ipledge":
            if self.tests and dice.random() < 0.06:
                agreed = dice.choice((["patient", "prescriber"], ["patient", "prescriber"], ["prescriber"]))
                self.add(
                    "contraception_waiver",
                    **{"from": self.tests[0]},
                    agreed_by=agreed,
                    reason="no sexual activity",
                )
            return
        if dice.random() < 0.93:
            self.add("cycle", date=self.days_from(self.tests[0], (-30, -1, 0)), regular=dice.random() < 0.5)
        begun = {
            self.days_from(test, tuple(-n for n in MENSES_DAYS_BEFORE))
            for test in self.tests
            if dice.random() < 0.8
        }
        for day in sorted(begun):
            self.add("menses", started_on=day)

    def prescriptions(self) -> None:
        """Prescriptions about the tests; most are handed over, some late, a few reversed."""
        dice = self.dice
        issued_days = {
            self.days_from(test, AROUND_THE_WINDOW)
            for test in self.tests[dice.choice((0, 1, 1, 1)) :]
            if dice.random() < 0.7
        }
        for issued in sorted(issued_days):
            supply = dice.choices((30, 28, 31, 60), (0.8, 0.1, 0.07, 0.03))[0]
            name = self.add("prescription", issued_on=issued, daily_dose_mg=40, days_supply=supply)
            if dice.random() < 0.5:
                given = issued + timedelta(days=dice.choice((0, 0, 1, 3, 5, 6, 7, 8)))
                dispense = self.add("dispense", date=given, days_supply=supply, prescription=name)
                if dice.random() < 0.08:
                    self.add(
                        "reversal", date=given + timedelta(days=dice.choice((0, 1, 5))), dispense=dispense
                    )

    def stop(self) -> None:
        """Sometimes the last dose, some days after the last hand-over."""
        given = [fact for fact in self.facts if fact["kind"] == "dispense"]
        if not given or self.dice.random() > 0.15:
            return
        last = max(date.fromisoformat(fact["date"]) for fact in given)
        self.add(
            "treatment_stop",
            date=last + timedelta(days=self.dice.choice((0, 1, 10, 29, 30))),
            reason="completed",
        )

    def review_days(self, opening: date) -> tuple[date, ...]:
        """A few days on the edges around what happened."""
        told = [
            fact[field]
            for fact in self.facts
            for field in ("date", "taken_on", "issued_on", "from")
            if field in fact and fact["kind"] not in ("category", "cycle")
        ]
        turning = [day for day in sorted(map(date.fromisoformat, told)) if day >= opening] or [opening]
        turning = turning[len(turning) // 4 :]
        turning += [edge for edge in sorted(set(self.edges)) if turning[0] <= edge <= turning[-1] + CLOSE]
        return tuple(sorted({self.review_day(turning) for _ in range(DAYS_JUDGED)}))

    def review_day(self, turning: list[date]) -> date:
        """One day near a drawn turning point, inside the programme's dates."""
        return max(self.first, self.dice.choice(turning) + timedelta(days=self.dice.choice(AROUND_REVIEW)))
