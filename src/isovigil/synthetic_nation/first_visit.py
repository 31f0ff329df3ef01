"""What is written down at the first visit: who, which category, which consents, what was tried before?"""

from __future__ import annotations

from typing import Final

from isovigil.synthetic_nation import clock
from isovigil.synthetic_nation import folder as files
from isovigil.synthetic_nation import shapes_medication as medication
from isovigil.synthetic_nation import shapes_observed as observed
from isovigil.synthetic_nation import shapes_others as others
from isovigil.synthetic_nation import shapes_own as own
from isovigil.synthetic_nation.check_ups import CheckUps
from isovigil.synthetic_nation.folder import Folder
from isovigil.synthetic_nation.start import Start

SHARE_WITH_DEPRESSION: Final = 0.18
SHARE_AFTER_DOXYCYCLINE: Final = 0.3
_OLDER_THAN_DEPRESSION: Final = 400
_WASHED_OUT: Final = 20
"""Days between the last tetracycline and the first visit."""


def enrol(folder: Folder, start: Start, check_ups: CheckUps) -> None:
    """Everything of the first visit."""
    day = start.screened_on
    folder.visit()
    _patient(folder, day)
    _problems(folder, day)
    visited(folder, day, b"screening")
    _category(folder, day)
    folder.write(files.OBSERVATION, own.ENROLMENT, b"enrolment", start.enrolled_on)
    _consents(folder, start)
    if folder.person.can_become_pregnant:
        _contraception(folder, start)
    check_ups.first(day)


def _patient(folder: Folder, day: int) -> None:
    person = folder.person
    more = {
        b"family": person.family,
        b"given": person.given,
        b"sex": b"female" if person.can_become_pregnant else b"male",
        b"born": clock.day(person.born),
    }
    folder.write(files.PATIENT, others.PATIENTS, b"patient", day, more)


def _problems(folder: Folder, day: int) -> None:
    roll = folder.chance.random
    since = day - 200 - int(roll() * 900)
    recorded = {b"recorded": clock.day(day)}
    folder.write(files.CONDITION, others.CONDITIONS["acne"], b"acne", since, recorded)
    if roll() < SHARE_WITH_DEPRESSION:
        since = day - _OLDER_THAN_DEPRESSION - int(roll() * 900)
        folder.write(files.CONDITION, others.CONDITIONS["depression"], b"mood", since, recorded)
    until = day - _WASHED_OUT - int(roll() * 60)
    began = until - 100 - int(roll() * 90)
    ended = {b"until": clock.day(until)}
    folder.write(files.OBSERVATION, own.TRIED["oral-antibiotic"], b"tried", began, ended)
    folder.write(files.OBSERVATION, own.TRIED["topical-retinoid"], b"tried", began, ended)
    if roll() < SHARE_AFTER_DOXYCYCLINE:
        doxycycline(folder, began, until)
    more = {b"nodules": b"%d" % int(3 + roll() * 9), b"scarring": b"true" if roll() < 0.6 else b"false"}
    folder.write(files.OBSERVATION, own.ACNE, b"severity", day, more)


def doxycycline(folder: Folder, began: int, until: int) -> None:
    """Doxycycline taken from one day to another."""
    more = {b"until": clock.day(until), b"asserted": clock.day(until)}
    folder.write(files.STATEMENT, medication.DOXYCYCLINE, b"doxy", began, more)


def visited(folder: Folder, day: int, purpose: bytes) -> None:
    """An appointment, mostly in person."""
    in_person = purpose != b"follow-up" or folder.chance.random() < 0.8
    more = {
        b"purpose": purpose,
        b"mode": b"AMB" if in_person else b"VR",
        b"mode_text": b"ambulatory" if in_person else b"virtual",
    }
    folder.write(files.ENCOUNTER, others.VISIT, b"visit", day, more)


def _category(folder: Folder, day: int) -> None:
    can = folder.person.can_become_pregnant
    folder.write(files.OBSERVATION, own.CATEGORY[can], b"category", day)


def _consents(folder: Folder, start: Start) -> None:
    line = others.CONSENTS["minor" if folder.person.is_minor else "adult"]
    forms = [(b"us-patient-consent", b"iPLEDGE patient consent")]
    if folder.person.can_become_pregnant:
        forms.append((b"us-birth-defects-consent", b"iPLEDGE birth defects consent"))
    for form, text in forms:
        folder.write(files.CONSENT, line, b"consent", start.consented_on, {b"form": form, b"form_text": text})


def _contraception(folder: Folder, start: Start) -> None:
    folder.write(
        files.OBSERVATION,
        own.REGULAR if folder.person.is_regular else own.IRREGULAR,
        b"cycle",
        start.screened_on,
    )
    methods_entered(folder, start.contraception_from, folder.person.pair, ("patient", "prescriber"))
    issued = {b"issued": clock.issued(start.screened_on, folder.chance)}
    setting = "laboratory" if folder.chance.random() < 0.5 else "clinic"
    folder.write(
        files.OBSERVATION, observed.TESTS["urine", setting, "negative"], b"hcg", start.screened_on, issued
    )


def methods_entered(
    folder: Folder, day: int, pair: tuple[bytes, bytes] | None, reporters: tuple[str, ...]
) -> None:
    """The forms in use from a day on, as each reporter enters them; None for abstinence."""
    for reporter in reporters:
        if pair is None:
            folder.write(files.OBSERVATION, own.ABSTINENCE[reporter], b"bcm", day)
            continue
        primary, secondary = pair
        more = {
            b"primary": primary,
            b"primary_text": primary.replace(b"-", b" "),
            b"secondary": secondary,
            b"secondary_text": secondary.replace(b"-", b" "),
        }
        folder.write(files.OBSERVATION, observed.METHODS[reporter], b"bcm", day, more)


def certified(folder: Folder, who: bytes, since: int, lapse: tuple[int, int] | None) -> None:
    """The prescriber's or the pharmacy's certification: open, or ended on one day and renewed on another."""
    if lapse is None:
        folder.write(files.OBSERVATION, own.CERTIFIED, b"certified", since, {b"who": who})
        return
    ended, renewed = lapse
    more = {b"who": who, b"until": clock.day(ended)}
    folder.write(files.OBSERVATION, own.CERTIFIED_UNTIL, b"certified", since, more)
    folder.write(files.OBSERVATION, own.CERTIFIED, b"certified", renewed, {b"who": who})
