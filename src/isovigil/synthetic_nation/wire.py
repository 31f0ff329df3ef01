"""How is a FHIR resource written as bytes, fast: a shape compiled once, its blanks filled in at each use?"""

from __future__ import annotations

import json
import re
from typing import Any, Final, TypeAlias

Shape: TypeAlias = dict[str, Any]
Blanks: TypeAlias = dict[bytes, bytes]

_BARE: Final = re.compile(rb'"\{\{#([a-z_]+)\}\}"')
_QUOTED: Final = re.compile(rb"\{\{([a-z_]+)\}\}")


def compiled(shape: Shape) -> bytes:
    """A shape as one line of JSON with its blanks.

    ``{{name}}`` is a blank inside a string; ``{{#name}}`` as a whole string stands for a bare number or
    flag. Fill the line in with ``line % {b"name": b"..."}``; a blank left out raises KeyError.
    """
    line = json.dumps(shape, separators=(",", ":"), ensure_ascii=False).encode()
    line = line.replace(b"%", b"%%")
    line = _BARE.sub(rb"%(\1)b", line)
    return _QUOTED.sub(rb"%(\1)b", line) + b"\n"


def coding(system: str, code: str, shown: str) -> Shape:
    """One code with its system and what it is called."""
    return {"system": system, "code": code, "display": shown}


def concept(text: str, *codings: Shape) -> Shape:
    """A concept in any number of code systems."""
    return {"coding": list(codings), "text": text}


def narrative(text: str) -> Shape:
    """The generated text that people read where a system shows a resource as it is."""
    return {"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml"><p>{text}</p></div>'}
