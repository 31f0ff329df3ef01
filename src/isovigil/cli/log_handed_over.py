"""How do `isovigil export-log` and `isovigil prove` answer?"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from isovigil.cli.instance import NotReady, reach_instance
from isovigil.cli.moment_asked import CallProblem, check_choice
from isovigil.cli.streams import answer, complain, documents_in_utf8

if TYPE_CHECKING:
    from isovigil.usecases.record.export_log import Opening

_WRITTEN, _FAULTS, _REFUSED = 0, 1, 2


def run_export_log(folder: str, clinic: str | None, show: str) -> int:
    """Write a log's export: 0 written, 1 written and something is wrong, 2 not written."""
    try:
        reach_instance()
    except NotReady as why:
        complain(why)
        return _REFUSED
    from django.db import DatabaseError

    from isovigil.storage.keys import NoKeys, public_key_file
    from isovigil.usecases.record.export_log import FolderInUse, export_log

    try:
        done = export_log(_clinic(clinic), Path(folder), datetime.now(UTC), opening=_opening(show))
    except (CallProblem, FolderInUse, NoKeys, OSError) as refusal:
        complain(refusal)
        return _REFUSED
    except DatabaseError as refusal:
        complain(f"The database refuses: {str(refusal).strip()}")
        return _REFUSED
    answer(f"{folder}: {done.entries} entries ({done.payloads} with what they say), {done.heads} heads.")
    answer(f"Check it: isovigil verify-log {folder} --public-key {public_key_file()} --head KEPT.jsonl")
    for fault in done.faults:
        complain(fault)
    return _FAULTS if done.faults else _WRITTEN


def run_prove(fact: str, out: str | None, show: str) -> int:
    """Write or print the proof of one entry: 0 done, 2 not."""
    try:
        reach_instance()
    except NotReady as why:
        complain(why)
        return _REFUSED
    from django.db import DatabaseError

    from isovigil.proof.sealing import DoesNotOpen
    from isovigil.storage.keys import NoKeys
    from isovigil.usecases.record.export_log import NoSuchEntry, prove_entry

    try:
        told = prove_entry(_id(fact, "FACT"), datetime.now(UTC), opening=_opening(show))
        if out is None:
            documents_in_utf8()
            answer(told.rstrip("\n"))
        else:
            Path(out).write_text(told, encoding="utf-8", newline="\n")
            answer(f"{out}: check it with isovigil verify-log --fact {out} --public-key KEY.pem")
    except (CallProblem, DoesNotOpen, NoKeys, NoSuchEntry, OSError, ValueError) as refusal:
        complain(refusal)
        return _REFUSED
    except DatabaseError as refusal:
        complain(f"The database refuses: {str(refusal).strip()}")
        return _REFUSED
    return _WRITTEN


def _opening(show: str) -> Opening:
    from isovigil.usecases.record.export_log import OPENINGS

    check_choice("--show", show, OPENINGS)
    return next(each for each in OPENINGS if each == show)


def _clinic(named: str | None) -> UUID:
    from isovigil.usecases.record.check_log import clinics_here

    here = clinics_here()
    if named is not None:
        wanted = _id(named, "--clinic")
        if wanted in {clinic for clinic, _ in here}:
            return wanted
        raise CallProblem(f"--clinic {named}: no such clinic keeps its record here.")
    if len(here) == 1:
        return here[0][0]
    listed = "".join(f"\n    {clinic}  {name}" for clinic, name in here) or " none."
    raise CallProblem(f"Say whose log with --clinic ID. Here are:{listed}")


def _id(text: str, what: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise CallProblem(f"{what} {text!r} is not an id, as 01234567-89ab-cdef-0123-456789abcdef.") from None
