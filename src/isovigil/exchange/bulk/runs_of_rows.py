"""Which rows of a sorted table are whose?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa


def runs_of_batches(batches: Iterable[pa.RecordBatch]) -> Iterator[tuple[str, list[tuple[Any, ...]]]]:
    """The same of batches that come one after the other; a patient may lie in several."""
    patient, rows = None, []
    for batch in batches:
        for name, more in runs_in(batch):
            if name == patient:
                rows += more
                continue
            if patient is not None:
                yield patient, rows
            patient, rows = name, more
    if patient is not None:
        yield patient, rows


def runs_in(table: pa.Table | pa.RecordBatch) -> Iterator[tuple[str, list[tuple[Any, ...]]]]:
    """Each patient's rows, as tuples in the order of the columns without the patient."""
    names = [name for name in table.schema.names if name != "patient"]
    patients = table.column("patient").to_pylist()
    rows = list(zip(*(table.column(name).to_pylist() for name in names), strict=True))
    start = 0
    for place in range(1, len(patients) + 1):
        if place == len(patients) or patients[place] != patients[start]:
            yield patients[start], rows[start:place]
            start = place
