"""Which rows of an export may matter to somebody who asks for a few codes?

What a peer's retrieves leave out is left out here before rows are sorted: types that are not asked for, and
Observations whose template holds no code that is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import pyarrow as pa
import pyarrow.compute as pc


def rows_asked(
    table: pa.Table,
    templates: Iterable[tuple[int, str]],
    is_asked: Callable[[str], bool],
    without: Sequence[str] = (),
) -> pa.Table:
    """Rows of which `is_asked` says that their template matters, if they are Observations; all of other types
    but those that are not wanted; and every line that went to the strict loader.
    """
    marks = pa.array([mark for mark, text in templates if is_asked(text)], pa.int64())
    kind, template = table.column("kind"), table.column("template")
    is_of_a_type = pc.invert(pc.is_in(kind, value_set=pa.array([*without, "Observation"])))
    is_wanted = pc.or_(is_of_a_type, pc.is_in(template, value_set=marks))
    return table.filter(pc.or_(pc.is_null(template), is_wanted))
