"""Which facts do the cells hold that are written in words: methods, forms, conditions, medicines?

A word that could mean two things is refused, never guessed. A condition or a medicine that a row names is
present on the day of that row; a sheet says from when on, never until when.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final, get_args

from isovigil.case.words import ConditionWord, Form, Method, Reporter, Signer
from isovigil.exchange.problems import did_you_mean, shown
from isovigil.exchange.spreadsheet_row import Row, first_day
from isovigil.exchange.spreadsheet_values import Unclear

ABSTINENCE: Final = "abstinence"
_SEPARATORS: Final = re.compile(r"[;\n|]")
_SIGNERS_APART: Final = re.compile(r"[;,+/&]|\band\b")
_NOTHING: Final = frozenset({"", "-", "none", "no", "nil", "n/a", "none known", "nkda"})
_METHODS: Final[Mapping[str, str]] = {
    **{word.replace("_", " "): word for word in get_args(Method)},
    "abstinence": ABSTINENCE,
    "birth control pill": "combined_pill",
    "coc": "combined_pill",
    "combined oral contraceptive": "combined_pill",
    "condoms": "condom",
    "contraceptive implant": "implant",
    "contraceptive patch": "patch",
    "copper coil": "iud_copper",
    "copper iud": "iud_copper",
    "depo": "injection",
    "depo provera": "injection",
    "hormonal coil": "iud_hormonal",
    "hormonal iud": "iud_hormonal",
    "male condom": "condom",
    "mini pill": "progestin_only_pill",
    "minipill": "progestin_only_pill",
    "nexplanon": "implant",
    "paragard": "iud_copper",
    "pop": "progestin_only_pill",
    "tubal ligation": "tubal_sterilisation",
    "vaginal ring": "ring",
    "vasectomy": "partner_vasectomy",
}
_TWO_THINGS: Final[Mapping[str, str]] = {
    "iud": "Write copper IUD or hormonal IUD.",
    "coil": "Write copper coil or hormonal coil.",
    "pill": "Write combined pill or progestin only pill.",
    "ocp": "Write combined pill or progestin only pill.",
    "diaphragm": "Write diaphragm spermicide; without spermicide it is no method here.",
    "sterilisation": "Write tubal sterilisation or partner vasectomy.",
    "sterilization": "Write tubal sterilisation or partner vasectomy.",
}
_CONDITIONS: Final[Mapping[str, str]] = {
    **{word.replace("_", " "): word for word in get_args(ConditionWord)},
    "bdd": "body_dysmorphic_disorder",
    "crohn": "ibd",
    "crohns": "ibd",
    "crohns disease": "ibd",
    "gilbert syndrome": "gilbert",
    "inflammatory bowel disease": "ibd",
    "peanut allergy": "allergy_peanut",
    "soy allergy": "allergy_soya",
    "soya allergy": "allergy_soya",
    "ulcerative colitis": "ibd",
}
_OTHER: Final = "other:"
_REPORTERS: Final[Mapping[str, tuple[str, ...]]] = {
    **{word: (word,) for word in get_args(Reporter)},
    "both": get_args(Reporter),
    "patient and prescriber": get_args(Reporter),
    "doctor": ("prescriber",),
    "clinician": ("prescriber",),
}
_FORM_TARGETS: Final = tuple(f"{form}_on" for form in get_args(Form))


def facts_in_words(row: Row) -> Iterator[dict[str, Any]]:
    """The facts of one row's methods, forms, conditions and medicines."""
    yield from _contraception(row)
    yield from _forms(row)
    yield from _conditions(row)
    yield from _medicines(row)


def is_told_already(fact: Mapping[str, Any], told: Sequence[dict[str, Any]]) -> bool:
    """Is a fact among those of earlier rows? A condition or medicine counts from its earliest row on."""
    if fact["kind"] not in ("condition", "medicine"):
        return fact in told
    same = [each for each in told if {**each, "from": None} == {**fact, "from": None}]
    for each in same:
        each["from"] = min(each["from"], fact["from"])
    return bool(same)


def _plain(word: str) -> str:
    return " ".join(re.sub(r"[-_'’]", lambda sign: "" if sign[0] in "'’" else " ", word.lower()).split())


def _method_in(cell: str) -> str:
    word = _plain(cell)
    if word in _METHODS:
        return _METHODS[word]
    if word in _TWO_THINGS:
        raise Unclear(f"{shown(cell)} could be two things. {_TWO_THINGS[word]}")
    hint = did_you_mean(word, tuple(_METHODS))
    raise Unclear(
        f"{shown(cell)} is not a method that is known. {hint}See the words under Method in GLOSSARY.md."
    )


def _reporters_in(cell: str) -> tuple[str, ...]:
    found = _REPORTERS.get(_plain(cell))
    if found is None:
        raise Unclear(
            f"{shown(cell)} does not say who reported the method. Write patient, prescriber or both."
        )
    return found


def _contraception(row: Row) -> Iterator[dict[str, Any]]:
    primary = row.read("contraception_primary", _method_in)
    secondary = row.read("contraception_secondary", _method_in)
    if primary is None and secondary is None:
        return
    target = "contraception_secondary" if primary is None else "contraception_primary"
    since = first_day(row, "contraception_on", "visit_on")
    if since is None:
        why = "No visit says on which day this method was reported."
        row.lacks(target, why, "contraception_on", "visit_on")
        return
    reporters = row.read("contraception_by", _reporters_in)
    if reporters is None:
        why = "No column says who reported the method: patient, prescriber or both."
        row.lacks(target, why, "contraception_by")
        return
    named = {"primary": primary, "secondary": secondary}
    said: dict[str, Any] = {name: word for name, word in named.items() if word not in (None, ABSTINENCE)}
    if ABSTINENCE in named.values():
        said["abstinence"] = True
    for reporter in reporters:
        yield {"kind": "contraception", "from": since, "reported_by": reporter, **said}


def _signers_in(cell: str) -> tuple[str, ...]:
    words = [_plain(each) for each in _SIGNERS_APART.split(cell.lower()) if each.strip()]
    unknown = [word for word in words if word not in get_args(Signer)]
    if unknown or not words:
        raise Unclear(
            f"{shown(cell)} does not say who signed. Write patient, carer, prescriber, with a + between."
        )
    return tuple(dict.fromkeys(words))


def _forms(row: Row) -> Iterator[dict[str, Any]]:
    for target in _FORM_TARGETS:
        signed = row.day(target)
        if signed is None:
            continue
        signers = row.read("signed_by", _signers_in)
        if signers is None:
            why = "No column says who signed the form: patient, carer, prescriber."
            row.lacks(target, why, "signed_by")
            continue
        form = target.removesuffix("_on")
        yield {"kind": "acknowledgement", "signed_on": signed, "form": form, "by": list(signers)}


def _listed(cell: str) -> list[str]:
    return [part for each in _SEPARATORS.split(cell) if _plain(part := each.strip()) not in _NOTHING]


def _conditions_in(cell: str) -> list[dict[str, str]]:
    found = []
    for part in _listed(cell):
        if part.lower().startswith(_OTHER):
            found.append({"what": "other", "code": part[len(_OTHER) :].strip()})
            continue
        word = _CONDITIONS.get(_plain(part))
        if word is None or word == "other":
            hint = did_you_mean(_plain(part), tuple(_CONDITIONS))
            raise Unclear(
                f"{shown(part)} is not a condition that is known. {hint}"
                f"Write what no rule asks about as `other: {part}`; put ; between two conditions."
            )
        found.append({"what": word})
    return found


def _conditions(row: Row) -> Iterator[dict[str, Any]]:
    named = row.read("conditions", _conditions_in)
    since = _listed_on(row, "conditions", named)
    if since is not None:
        for each in named:
            yield {"kind": "condition", "from": since, **each}


def _medicines(row: Row) -> Iterator[dict[str, Any]]:
    named = row.read("medicines", _listed)
    since = _listed_on(row, "medicines", named)
    if since is not None:
        for each in named:
            yield {"kind": "medicine", "from": since, "name": each}


def _listed_on(row: Row, target: str, named: Sequence[object] | None) -> date | None:
    """The day of the row; None, and noted, where something is named and nothing dates it."""
    if not named:
        return None
    day = first_day(row, "visit_on", "enrolled_on")
    if day is None:
        row.lacks(
            target, "No visit or enrolment says on which day this was known.", "visit_on", "enrolled_on"
        )
    return day
