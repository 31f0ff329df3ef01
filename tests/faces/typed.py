"""What comes of a command as a person types it: exit code, standard output, standard error."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import ExitStack
from io import BytesIO, TextIOWrapper
from typing import NamedTuple
from unittest.mock import patch

from isovigil.cli.main import main

LATE = """\
case: 1
patient: {id: p-001, born_on: 2001-04-02}
programme: us_ipledge
facts:
  - {id: category, kind: category, date: 2024-01-02, can_become_pregnant: true, by: prescriber}
  - {id: capsules, kind: dispense, date: 2024-02-07, days_supply: 30}
  - {id: test, kind: pregnancy_test, taken_on: 2024-03-04, result: negative, setting: clinic, specimen: urine}
  - {id: script, kind: prescription, issued_on: 2024-03-05, daily_dose_mg: 40, days_supply: 30}
"""
"""The window of the test of 4 March closed on 10 March: nothing may be handed over on the 11th."""
BROKEN = LATE.replace("negative", "perhaps").replace("2024-03-05", "2024-02-31")
"""Two problems: a word and a day that do not exist."""


class Came(NamedTuple):
    code: int
    out: str
    err: str


def typed(*words: str, text: str = "", encoding: str = "utf-8") -> Came:
    """Run `isovigil` here, with standard input, output and error as pipes of the given encoding."""
    written = {"stdout": BytesIO(), "stderr": BytesIO()}
    streams = {name: TextIOWrapper(held, encoding=encoding) for name, held in written.items()}
    with ExitStack() as stack:
        stack.enter_context(patch.object(sys, "stdin", TextIOWrapper(BytesIO(text.encode()))))
        stack.enter_context(patch.object(sys, "argv", ["isovigil", *words]))
        for name, stream in streams.items():
            stack.enter_context(patch.object(sys, name, stream))
        code = _exit_code()
        for stream in streams.values():
            stream.flush()
    out, err = (held.getvalue().decode(streams[name].encoding) for name, held in written.items())
    return Came(code, out, err)


def _exit_code() -> int:
    try:
        main()
    except SystemExit as left:
        return int(left.code or 0)
    return 0


def typed_in_a_shell(*words: str) -> Came:
    """Run `isovigil` in a process of its own, as a shell would."""
    kept = {name: value for name, value in os.environ.items() if name not in {"FORCE_COLOR", "NO_COLOR"}}
    done = subprocess.run(
        [sys.executable, "-c", "from isovigil.cli import main; main()", *words],
        capture_output=True,
        env=kept,
        check=False,
    )
    return Came(done.returncode, done.stdout.decode(), done.stderr.decode())
