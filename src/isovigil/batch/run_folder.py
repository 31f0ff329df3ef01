"""What has a run finished already, and what was it asked?"""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from isovigil.exchange.bulk.declared_tables import TABLES
from isovigil.exchange.bulk.input_files import RUN_TOLD, Survey

_ASKED: Final = "asked.json"
WORK: Final = "unfinished"


class RunRefused(Exception):
    """The folder cannot be used for this run. The text says why and what to do."""


class RunFolder:
    """The folder of one run: its tables, and while it is unfinished what is done of it."""

    def __init__(self, out: Path) -> None:
        self.out = out
        self.work = out / WORK

    def begin(self, asked: Mapping[str, Any], *, resume: bool) -> None:
        """Make the folder, or go on with what it holds. Raises RunRefused where that is another run's."""
        text = json.dumps(asked, indent=1, sort_keys=True)
        held = self.work / _ASKED
        if resume and held.is_file():
            before = json.loads(held.read_text(encoding="utf-8"))
            changed = sorted(key for key in {*before, *asked} if before.get(key) != json.loads(text).get(key))
            if changed:
                raise RunRefused(
                    f"{self.out} holds an unfinished run that was asked otherwise: {', '.join(changed)} "
                    "differ. Ask the same again with --resume, or name another --out."
                )
            return
        if self.out.exists() and any(self.out.iterdir()):
            unfinished = " It holds an unfinished run: go on with --resume." if held.is_file() else ""
            raise RunRefused(f"{self.out} is not empty.{unfinished} Name a new folder as --out.")
        self.work.mkdir(parents=True)
        for table in TABLES:
            (self.out / table.name).mkdir()
        _write(held, text)

    def is_done(self, step: str) -> bool:
        """Is a step finished?"""
        return (self.work / f"{step}.json").is_file()

    def told(self, step: str) -> Any:
        """What a finished step left behind."""
        return json.loads((self.work / f"{step}.json").read_text(encoding="utf-8"))

    def done(self, step: str, told: Any) -> None:
        """Record that a step is finished, and what it found."""
        path = self.work / f"{step}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, json.dumps(told))

    def end(self, told: Mapping[str, Any]) -> None:
        """Tell what the run was and found, and clear away what it worked with."""
        _write(self.out / RUN_TOLD, json.dumps(told, indent=1) + "\n")
        shutil.rmtree(self.work)
        for left in self.out.glob("*/.*.unfinished"):
            left.unlink()


def _write(path: Path, text: str) -> None:
    unfinished = path.with_name(f"{path.name}.new")
    unfinished.write_text(text, encoding="utf-8")
    unfinished.rename(path)


def fingerprint(survey: Survey) -> str:
    """What tells this input from another: names, sizes and times of change of its files."""
    told = [(each.name, each.size, Path(each.path).stat().st_mtime_ns) for each in survey.files]
    return sha256(json.dumps(told).encode()).hexdigest()


def added(counts: list[dict[str, int]]) -> dict[str, int]:
    """Several counts together."""
    whole: Counter[str] = Counter()
    for each in counts:
        whole.update(each)
    return dict(sorted(whole.items()))
