"""How is it made sure that somebody always looks after the record while the pages are served?"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from time import monotonic
from typing import Final

from isovigil.cli.streams import complain

_SECONDS_TO_STOP: Final = 10
_SECONDS_BETWEEN_STARTS: Final = 60.0
"""A process that ends at once is not started again before; the first time it is, at once."""
_COMMAND: Final = (sys.executable, "-m", "isovigil.cli", "look-after")


class LookingAfter:
    """The process `isovigil look-after` beside the pages: begun, begun again where it ended, and ended.

    Worklists also work themselves out when they are looked at. Heads are signed by nobody else: without this
    process whoever changes the newest entries could not be found out.
    """

    def __init__(self, command: Sequence[str] = _COMMAND) -> None:
        self._command = command
        self._owner = os.getpid()
        self._process: subprocess.Popen[bytes] | None = None
        self._started_at = float("-inf")
        self._is_told = True
        self._has_ended_before = False
        self._start(monotonic())

    @property
    def is_running(self) -> bool:
        """Is it there at this moment?"""
        return self._process is not None and self._process.poll() is None

    def see_to_it(self, now: float | None = None) -> None:
        """Start it again where it ended, and say so once; to be called every second or so.

        `now` is `time.monotonic()`, in seconds.
        """
        if self.is_running or os.getpid() != self._owner:
            return
        at = monotonic() if now is None else now
        again_at = self._started_at + _SECONDS_BETWEEN_STARTS
        has_just_been_started = at < again_at and self._has_ended_before
        if not self._is_told:
            self._is_told = True
            when = f"in {again_at - at:.0f} seconds" if has_just_been_started else "now"
            complain(
                "The process that looks after worklists and signed heads (isovigil look-after) has ended. "
                f"It is started again {when}; what it missed follows from the record, and nothing is lost. "
                "If it ends again and again, look at what it said before, or at what kills it."
            )
        if not has_just_been_started:
            self._has_ended_before = True
            self._start(at)

    def _start(self, at: float) -> None:
        self._started_at = at
        try:
            self._process = subprocess.Popen(self._command)  # noqa: S603 - our own command
        except OSError as refusal:
            self._process = None
            complain(f"The process that looks after the record cannot be started: {refusal}.")
        else:
            self._is_told = False

    def end(self) -> None:
        """End it. A worker of the server that ends by itself ends nothing."""
        if self._process is None or os.getpid() != self._owner:
            return
        self._process.terminate()
        try:
            self._process.wait(_SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(_SECONDS_TO_STOP)
