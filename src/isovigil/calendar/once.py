"""How is something about a value worked out only once?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar, overload

T = TypeVar("T")


class worked_out_once(Generic[T]):  # noqa: N801 - it reads as a decorator, like property
    """A property whose answer is kept on the object after the first time.

    As `functools.cached_property`, which in Python 3.11 also takes a lock that is not needed here:
    a chart or a course belongs to one review and to nobody else.
    """

    def __init__(self, work_out: Callable[[Any], T]) -> None:
        self._work_out = self.__wrapped__ = work_out
        self._name = work_out.__name__
        self.__doc__ = work_out.__doc__

    @overload
    def __get__(self, owner: None, kind: type | None = None) -> worked_out_once[T]: ...
    @overload
    def __get__(self, owner: object, kind: type | None = None) -> T: ...
    def __get__(self, owner: object | None, kind: type | None = None) -> worked_out_once[T] | T:
        if owner is None:
            return self
        answer = self._work_out(owner)
        owner.__dict__[self._name] = answer
        return answer
