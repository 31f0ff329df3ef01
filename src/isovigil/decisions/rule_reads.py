"""Which facts, which marks of the course and which values of law can a rule's answer rest on?

Read off the rule's own code: every function it can reach, and every kind of fact, attribute of the course
and name of a value that they mention. It may name too much and never too little, so an answer stays what it
was for as long as none of what is named here differs, no turning point is reached and no value changes.
"""

from __future__ import annotations

import typing
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from types import CodeType, FunctionType, UnionType
from typing import Any, Final, NamedTuple

from msgspec import Struct

from isovigil.case.chart import Chart
from isovigil.case.fact import Fact
from isovigil.decisions.course import Course
from isovigil.decisions.rule import RULES

MARKS: Final = (
    "opened_on",
    "number",
    "category",
    "can_become_pregnant",
    "became_able_to_become_pregnant_on",
    "standing_positive",
    "standing_pregnancy",
    "sequence_from",
    "started_on",
    "sequence_started_on",
    "has_started",
    "is_prescribed",
)
"""What a course says about itself in one value: a rule that looks at no more is untouched by new facts of the
kinds behind it while the value stays.
"""
_OURS: Final = "isovigil."
_ANOTHER_COURSE: Final = frozenset({"ended_before"})
"""Through these a rule looks at another course, whose marks are not those of the present one."""


class Reads(NamedTuple):
    """What one rule can look at."""

    kinds: frozenset[type[Fact]]
    marks: frozenset[str]
    words: frozenset[str]
    """Every text in the code, the names of values among them, or the pieces they are put together from."""

    def asks_for(self, values: Iterable[str]) -> bool:
        """Can the rule ask for one of these values?"""
        pieces = [word for word in self.words if "/" in word]
        return any(piece in name for name in values for piece in pieces)


@cache
def reads_of(rule: str) -> Reads:
    """What a rule of this name can look at."""
    held = RULES[rule]
    seen = _Seen()
    seen.follow(held.judge)
    if seen.sees_another_course:
        seen = _Seen(marks=())
        seen.follow(held.judge)
    marks = seen.marks | {"has_started"} if "start" in held.gates else seen.marks
    return Reads(frozenset(seen.kinds), frozenset(marks), frozenset(seen.words))


def kinds_read_by(*functions: Callable[..., Any]) -> frozenset[type[Fact]]:
    """The kinds of facts that these functions can look at, through whatever they call."""
    seen = _Seen(marks=())
    for function in functions:
        seen.follow(function)
    return frozenset(seen.kinds)


def everything_in(function: Callable[..., Any]) -> list[Any]:
    """Every function, class and collection that a function's code can reach, itself first."""
    seen = _Seen(marks=())
    seen.follow(function)
    return seen.been


class _Seen:
    """What was found on the way through the code, and where one has been already."""

    def __init__(self, marks: tuple[str, ...] = MARKS) -> None:
        self.kinds: set[type[Fact]] = set()
        self.marks: set[str] = set()
        self.words: set[str] = set()
        self.sees_another_course = False
        self._marks = marks
        self.been: list[Any] = []
        self._known: set[int] = set()

    def follow(self, found: Any) -> None:
        """Look through a function, a class or a collection of them; anything else says nothing."""
        if isinstance(found, str):
            self.words.add(found)
            return
        if id(found) in self._known:
            return
        self._known.add(id(found))
        self.been.append(found)
        if isinstance(found, type) and issubclass(found, Fact):
            if found is not Fact:
                self.kinds.add(found)
        elif found is Course or found is Chart:
            self.sees_another_course = True
        else:
            for part in _parts(found):
                self.follow(part)
            if isinstance(found, FunctionType) and found.__module__.startswith(_OURS):
                self._read(found.__code__, found.__globals__)

    def _read(self, code: CodeType, known: dict[str, Any]) -> None:
        for name in code.co_names:
            if name in known:
                self.follow(known[name])
            self._attribute(name)
        for constant in code.co_consts:
            if isinstance(constant, CodeType):
                self._read(constant, known)
            else:
                self.follow(constant)

    def _attribute(self, name: str) -> None:
        if name in self._marks:
            self.marks.add(name)
            return
        self.sees_another_course |= name in _ANOTHER_COURSE
        for owner in (Course, Chart):
            if name in owner.__dict__:
                self.follow(owner.__dict__[name])


def _parts(found: Any) -> Iterator[Any]:
    """What is inside: the members of a collection or a class, what a wrapper wraps, what a closure holds."""
    for kind, inside in _INSIDE:
        if isinstance(found, kind):
            yield from inside(found)
            return
    if hasattr(found, "__wrapped__"):
        yield found.__wrapped__


def _inside_a_class(found: type) -> Iterable[Any]:
    return found.__dict__.values() if found.__module__.startswith(_OURS) else ()


def _inside_a_function(found: FunctionType) -> Iterable[Any]:
    closed_over = (cell.cell_contents for cell in found.__closure__ or ())
    return (*(found.__defaults__ or ()), *(found.__kwdefaults__ or {}).values(), *closed_over)


_INSIDE: Final[tuple[tuple[Any, Callable[[Any], Iterable[Any]]], ...]] = (
    (dict, lambda found: (*found, *found.values())),
    ((tuple, list, set, frozenset), iter),
    (UnionType, typing.get_args),
    (type, _inside_a_class),
    (FunctionType, _inside_a_function),
    (property, lambda found: (found.fget,)),
    ((staticmethod, classmethod), lambda found: (found.__func__,)),
    (Struct, lambda found: (getattr(found, name) for name in found.__struct_fields__)),
)
