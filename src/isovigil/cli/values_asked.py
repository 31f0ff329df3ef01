"""Which dated values can each rule ask for, read from the rules' own code?"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import isovigil.decisions

_PACKAGE = "isovigil.decisions"
_WILDCARD = "[a-z_0-9]+"
_VALUE_NAME = re.compile(r"[a-z_0-9]+/[a-z_0-9]+")


class Place(NamedTuple):
    """A name at the top of a module."""

    module: str
    name: str


class ValuesAsked:
    """For each rule, the values its function and everything it calls can name.

    Read from the code: what a rule could ask for in some case, so rather one too many than one too
    few. A name put together from parts, such as ``{topic}/tools``, counts within the rule's own topic; where
    the topic is spelt out, as in ``ctcae/{analyte}``, within that topic.
    """

    def __init__(self) -> None:
        self._nodes: dict[Place, ast.AST] = {}
        self._imported: dict[Place, Place] = {}
        for path in sorted(Path(isovigil.decisions.__file__).parent.glob("*.py")):
            self._read(path.stem, ast.parse(path.read_text(encoding="utf-8")))

    def _read(self, module: str, tree: ast.Module) -> None:
        for node in tree.body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                self._nodes[Place(module, node.name)] = node
            elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                for target in targets:
                    if isinstance(target, ast.Name):
                        self._nodes[Place(module, target.id)] = node.value
            elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith(f"{_PACKAGE}."):
                home = (node.module or "").removeprefix(f"{_PACKAGE}.")
                for alias in node.names:
                    self._imported[Place(module, alias.asname or alias.name)] = Place(home, alias.name)

    def of(self, rule: str, module: str, function: str, values: Iterable[str]) -> list[str]:
        """Those of the given values that the rule's function can ask for, in order of name."""
        topic = rule.partition(".")[0]
        patterns = [
            re.compile(text.replace("\0", _WILDCARD)) for text in self._texts(Place(module, function))
        ]
        return sorted(
            name
            for name in values
            if any(
                pattern.fullmatch(name)
                and (_WILDCARD not in pattern.pattern.partition("/")[0] or name.startswith(f"{topic}/"))
                for pattern in patterns
            )
        )

    def _texts(self, start: Place) -> set[str]:
        """Every text that could be a value's name, in a function and in all that it mentions."""
        seen: set[Place] = set()
        waiting = [start]
        texts: set[str] = set()
        while waiting:
            place = self._imported.get(waiting[-1], waiting[-1])
            waiting.pop()
            if place in seen or place not in self._nodes:
                continue
            seen.add(place)
            node = self._nodes[place]
            texts.update(_names_in(node))
            waiting += [Place(place.module, name) for name in _mentioned(node)]
        return texts


def _mentioned(node: ast.AST) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.Name):
            yield part.id


def _names_in(node: ast.AST) -> Iterator[str]:
    for part in ast.walk(node):
        if (
            isinstance(part, ast.Constant)
            and isinstance(part.value, str)
            and _VALUE_NAME.fullmatch(part.value)
        ):
            yield part.value
        elif isinstance(part, ast.JoinedStr):
            text = "".join(
                str(piece.value) if isinstance(piece, ast.Constant) else "\0" for piece in part.values
            )
            if re.fullmatch(r"[a-z_0-9\0]+/[a-z_0-9\0]+", text):
                yield text
            elif re.fullmatch(r"\0_[a-z_0-9]+", text):  # another name with something added to its end
                yield f"\0/{text}"


def values_by_rule(rules: Mapping[str, tuple[str, str]], values: Iterable[str]) -> dict[str, list[str]]:
    """For each rule, given with its function's module and name, the values it can ask for."""
    asked, names = ValuesAsked(), list(values)
    return {rule: asked.of(rule, module, function, names) for rule, (module, function) in rules.items()}
