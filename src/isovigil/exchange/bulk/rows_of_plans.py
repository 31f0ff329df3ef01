"""Which rows of a sorted table make exactly what their template's plan says, and which have to be read?

Everything that `planned_patients` asks of a row that follows a plan is asked here of all rows at once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from isovigil.exchange.bulk.days_of_texts import FIRST_DAY, LAST_DAY, DaysOfTexts
from isovigil.exchange.bulk.known_templates import OF_COURSE
from isovigil.exchange.bulk.numbers_of_rows import NumbersOfRows
from isovigil.exchange.bulk.ordered_rows import Ordered, Sorts
from isovigil.exchange.bulk.plan_columns import (
    BY_NUMBER,
    CHANGED,
    DAY,
    LATER,
    READ_SINGLY,
    Making,
    Makings,
    Way,
)
from isovigil.exchange.bulk.planned_patients import LONGEST_ID
from isovigil.exchange.fhir.days import DAY_LENGTH
from isovigil.exchange.fhir.record import plain_reference

if TYPE_CHECKING:
    import pyarrow as pa

MOST_ROWS: Final = 1000
"""Whether somebody with more rows has too many facts to be judged is asked as ever."""
COLUMNS: Final = {DAY: "day", LATER: "later", CHANGED: "changed"}
_PATIENT: Final = "Patient"
_WHOLE_NUMBERS: Final = Making._fields.index("fact")
"""So many values of a making come before its fact."""
_FLAGS: Final = (
    "is_plain", "makes_a_fact", "tells", "later_counts", "changed_counts", "is_under", "is_prescription",
    "is_of_course",
)  # fmt: skip
"""What a way says with yes or no: a bit each, so that all are brought to the rows at once."""
_QUOTED: Final = r'["\\]'
"""What would have to be written otherwise inside JSON."""


class RowsOfPlans:
    """The rows of a table beside the plans of their templates. Arrays have a value for each row."""

    def __init__(self, rows: Ordered, makings: Makings, days: DaysOfTexts) -> None:
        import pyarrow.compute as pc

        self.rows = rows
        self._makings = makings
        self._days = days
        self.unusual: set[int] = set()
        """Patients, by number, about whom something is asked in the full way only."""
        self.names = pc.binary_join_element_wise(rows.column("kind"), rows.column("resource"), "/")
        """What the fact of each row is called."""
        self._are_there = pc.greater(pc.binary_length(rows.column("resource")), 0).fill_null(False)
        self._is_own = pc.equal(rows.column("kind"), _PATIENT)
        self.on = days.read(rows.column("day"))
        """Of each row its own day, since the first of 1970."""
        self.born = self._births()
        """Days of birth by patient, since the first of 1970."""
        self._find_unusual_names()
        self._make()
        self._agree()
        self.tells = self._tell_together()
        self._read_courses_together()
        self._names: dict[int, tuple[frozenset[str], frozenset[str]]] = {}
        self.refers_to = self._name_prescriptions()

    def _births(self) -> list[int | None]:
        """When each patient was born. Unusual is whose own row is not there once, or was not taken apart."""
        import pyarrow.compute as pc

        rows, own = self.rows, self._is_own
        born: list[int | None] = [None] * len(rows.patients)
        self.marks: list[int] = [0] * len(rows.patients)
        """The template of each patient's own row."""
        self.own_at: list[int] = [0] * len(rows.patients)
        met: Counter[int] = Counter()
        at = pc.indices_nonzero(own)
        columns = (
            rows.of_patient,
            rows.column("day"),
            self.on,
            rows.column("template"),
            rows.column("raw").is_valid(),
        )
        for place, patient, text, on, mark, is_raw in zip(
            at.to_pylist(), *(each.take(at).to_pylist() for each in columns), strict=True
        ):
            met[patient] += 1
            born[patient], self.own_at[patient] = on, place
            is_sound = text is None or (
                len(text) == DAY_LENGTH and on is not None and FIRST_DAY <= on <= LAST_DAY
            )
            if mark is None or is_raw or not is_sound:
                self.unusual.add(patient)
            else:
                self.marks[patient] = mark
        self.unusual.update(patient for patient in range(len(born)) if met[patient] != 1)
        sizes = zip(rows.starts, rows.starts[1:], strict=False)
        self.unusual.update(at for at, (start, end) in enumerate(sizes) if end - start > MOST_ROWS)
        return born

    def _find_unusual_names(self) -> None:
        """Unusual is who has something without an id, one id twice, or one that no fact can have."""
        import pyarrow as pa
        import pyarrow.compute as pc

        rows, names = self.rows, self.names
        self._mark(pc.invert(self._are_there))
        is_plain = pc.and_(pc.ascii_is_printable(names), pc.less_equal(pc.binary_length(names), LONGEST_ID))
        doubtful = pc.indices_nonzero(pc.invert(is_plain).fill_null(False))
        for patient, name in zip(*(each.take(doubtful).to_pylist() for each in (rows.of_patient, names)),
                                 strict=True):  # fmt: skip
            if not name.isprintable() or len(name) > LONGEST_ID:
                self.unusual.add(patient)
        if len(pc.unique(names)) == len(names):
            return
        counted = pc.value_counts(names)
        twice = counted.field("values").filter(pc.greater(counted.field("counts"), 1))
        repeated = pc.is_in(names, value_set=twice) if len(twice) else pa.nulls(len(names), pa.bool_())
        met: set[tuple[int, str]] = set()
        for each in zip(rows.of_patient.filter(repeated).to_pylist(), names.filter(repeated).to_pylist(),
                        strict=True):  # fmt: skip
            if each in met:
                self.unusual.add(each[0])
            met.add(each)

    def _mark(self, is_unusual: pa.Array) -> None:
        import pyarrow.compute as pc

        self.unusual.update(pc.unique(self.rows.of_patient.filter(is_unusual)).to_pylist())

    def _make(self) -> None:
        """What each row makes by its template, its texts and its number."""
        import pyarrow as pa
        import pyarrow.compute as pc

        rows = self.rows
        can_follow = pc.and_(
            pc.and_(rows.column("template").is_valid(), rows.column("raw").is_null()),
            pc.and_(self._are_there, pc.invert(self._is_own)),
        )
        at = pc.indices_nonzero(can_follow)
        makings, sort_of_each = self._sorted(at)
        made = list(zip(*makings, READ_SINGLY, strict=True))
        of_others = pa.repeat(pa.scalar(len(makings), pa.int32()), len(rows))
        of_each = pc.replace_with_mask(of_others, can_follow, sort_of_each)
        self.way, self.said, self._first, self._last, self._day_inside, self.ends_inside, numbers = (
            _taken(pa.array(values, pa.int32()), of_each) for values in made[:_WHOLE_NUMBERS]
        )
        self._flags = pa.array(map(_as_bits, self._makings.ways), pa.uint8()).take(self.way)
        self.alike, *self.words, self.issues = made[_WHOLE_NUMBERS:]
        self.of_each = of_each
        """The place among `alike` of what each row makes, but for what it has for itself."""
        self.numbers = NumbersOfRows(numbers, rows.column("number"), self._makings.numbers)

    def _sorted(self, at: pa.Array) -> tuple[list[Making], pa.Array]:
        """What rows in some places make, and which of that each of them does."""
        import pyarrow as pa
        import pyarrow.compute as pc

        sorts = Sorts(self.rows, at)
        made, of_each = self._makings_of(at, sorts), sorts.of_rows
        are_decided = [each is BY_NUMBER for each in made]
        if any(are_decided):
            by_number = pa.array(are_decided).take(of_each)
            their_own = at.filter(by_number)
            sorts = Sorts(self.rows, their_own, by_number=True)
            of_each = pc.replace_with_mask(
                of_each, by_number, pc.add(sorts.of_rows, pa.scalar(len(made), pa.int32()))
            )
            made += self._makings_of(their_own, sorts)
        return made, of_each

    def _makings_of(self, at: pa.Array, sorts: Sorts) -> list[Making]:
        """What the rows of each sort make."""
        import pyarrow as pa

        made: list[Any] = self._makings.known(sorts.keys)
        unknown = [place for place, each in enumerate(made) if each is None]
        if unknown:
            rows = self.rows.chosen(at.take(sorts.firsts.take(pa.array(unknown))))
            for place, row in zip(unknown, rows, strict=True):
                made[place] = self._makings.making(row, sorts.keys[place], sorts.counts[place])
        return made

    def says(self, said: str) -> pa.Array:
        """Which value of its own the way of each row says."""
        import pyarrow as pa

        return pa.array([getattr(way, said) for way in self._makings.ways], pa.int8()).take(self.way)

    def _is(self, flag: str) -> pa.Array:
        """Whether the way of each row says so."""
        import pyarrow as pa
        import pyarrow.compute as pc

        bit = pa.scalar(1 << _FLAGS.index(flag), pa.uint8())
        return pc.equal(pc.bit_wise_and(self._flags, bit), bit)

    @property
    def ways(self) -> Sequence[Way]:
        """How rows come to their facts; `way` says the place of each row's."""
        return self._makings.ways

    def _agree(self) -> None:
        """Which rows have the days that their plan asks for."""
        import pyarrow as pa
        import pyarrow.compute as pc

        rows, on = self.rows, self.on
        births = pa.array(
            [FIRST_DAY if day is None else max(day, FIRST_DAY) for day in self.born], pa.int32()
        )
        earliest = births.take(rows.of_patient)
        is_in_time = pc.and_(
            pc.and_(pc.greater_equal(on, earliest), pc.less_equal(on, LAST_DAY)),
            pc.and_(pc.greater_equal(on, self._first), pc.less_equal(on, self._last)),
        )
        fits = pc.or_(is_in_time.fill_null(False), rows.column("day").is_null())
        self.day = pc.coalesce(self._day_inside, on)
        is_born = pc.greater_equal(self._day_inside, earliest).fill_null(True)
        fits = pc.and_(fits, is_born)
        self.later_days: dict[int, pa.Array] = {}
        """The other days of rows, where they count."""
        for place in (LATER, CHANGED):
            column = COLUMNS[place]
            counts = self._is(f"{column}_counts")
            if pc.any(counts).as_py():
                other = self.later_days[place] = self._days.read(
                    pc.if_else(counts, rows.column(column), None)
                )
                follows = pc.and_(pc.greater_equal(other, on), pc.less_equal(other, LAST_DAY))
                fits = pc.and_(fits, pc.or_(pc.invert(counts), follows.fill_null(False)))
        self.is_made = pc.and_(pc.and_(self._is("is_plain"), fits), self.numbers.are_meant)
        self.makes_a_fact = pc.and_(self.is_made, self._is("makes_a_fact"))
        self.is_read = pc.invert(pc.or_(self.is_made, self._is_own))
        """Rows that have to be read one by one."""

    def _read_courses_together(self) -> None:
        """Where one prescription or hand-over has to be read, all of the patient are: one names the other."""
        import pyarrow as pa
        import pyarrow.compute as pc

        rows = self.rows
        of_course = pc.or_(
            pc.is_in(rows.column("kind"), value_set=pa.array(OF_COURSE)), self._is("is_of_course")
        )
        of_course = of_course.fill_null(False)
        patients = pc.unique(rows.of_patient.filter(pc.and_(self.is_read, of_course)))
        self.with_course_read = set(patients.to_pylist())
        if self.with_course_read:
            together = pc.and_(of_course, pc.is_in(rows.of_patient, value_set=patients))
            self.is_read = pc.or_(self.is_read, together)
            self.makes_a_fact = pc.and_not(self.makes_a_fact, together)

    def _tell_together(self) -> pa.Array:
        """Rows of which something has to be told, of patients of whom no row has to be read.

        Of others they are read with the rest, so that things are told in their order.
        """
        import pyarrow as pa
        import pyarrow.compute as pc

        tells, whose = pc.and_(self.is_made, self._is("tells")), self.rows.of_patient
        if not pc.any(tells).as_py():
            return tells
        patients = pa.concat_arrays([whose.filter(self.is_read), pa.array(self.unusual, whose.type)])
        together = pc.and_(tells, pc.is_in(whose, value_set=pc.unique(patients)))
        self.is_read = pc.or_(self.is_read, together)
        self.makes_a_fact = pc.and_not(self.makes_a_fact, together)
        return pc.and_not(tells, together)

    def _name_prescriptions(self) -> pa.Array:
        """Of each hand-over the prescription it was made under, where that is in the input.

        Unusual is who has one under something else that is there.
        """
        import pyarrow as pa
        import pyarrow.compute as pc

        rows = self.rows
        at = pc.indices_nonzero(pc.and_(self.makes_a_fact, self._is("is_under")))
        issued = pc.indices_nonzero(pc.and_(self.makes_a_fact, self._is("is_prescription")))
        prescriptions, under = self.names.take(issued), rows.column("under").take(at)
        found = pc.index_in(under, value_set=prescriptions)
        whose = rows.of_patient.take(at)
        is_found = pc.equal(rows.of_patient.take(issued).take(found), whose).fill_null(False)
        named = pc.if_else(is_found, under, None)
        is_open = pc.and_(pc.invert(is_found), under.is_valid())
        if pc.any(is_open).as_py():
            # A reference with one stroke at most is plain as it is; it leads nowhere if nothing is called so.
            is_plain = pc.less_equal(pc.count_substring(under, "/"), 1)
            is_open = pc.and_not(is_open, pc.and_not(is_plain, pc.is_in(under, value_set=self.names)))
        if pc.any(is_open).as_py():
            others = zip(whose.filter(is_open).to_pylist(), under.filter(is_open).to_pylist(), strict=True)
            settled = [self._settled(*each) for each in others]
            named = pc.replace_with_mask(named, is_open, pa.array(settled, pa.string()))
        is_quoted = pc.match_substring_regex(named, _QUOTED).fill_null(False)
        self.unusual.update(pc.unique(whose.filter(is_quoted)).to_pylist())
        is_under = pc.and_(self.makes_a_fact, self._is("is_under"))
        return pc.replace_with_mask(pa.nulls(len(rows), pa.string()), is_under, named)

    def _settled(self, patient: int, reference: str) -> str | None:
        """The prescription of this patient that a reference names."""
        names, prescriptions = self._names_of(patient)
        named = reference if reference in prescriptions else plain_reference(reference)
        if named in prescriptions:
            return named
        if named in names:
            self.unusual.add(patient)
        return None

    def names_any(self, patient: int, reference: str) -> bool:
        """Is what a reference leads to something of the patient?"""
        return plain_reference(reference) in self._names_of(patient)[0]

    def _names_of(self, patient: int) -> tuple[frozenset[str], frozenset[str]]:
        """What the facts of a patient are called, and of these the prescriptions."""
        import pyarrow.compute as pc

        known = self._names.get(patient)
        if known is None:
            start, end = self.rows.starts[patient : patient + 2]
            names = self.names[start:end]
            issued = pc.and_(self.makes_a_fact, self._is("is_prescription"))[start:end]
            known = self._names[patient] = (
                frozenset(names.to_pylist()),
                frozenset(names.filter(issued).to_pylist()),
            )
        return known


def _as_bits(way: Way) -> int:
    return sum(1 << place for place, flag in enumerate(_FLAGS) if getattr(way, flag))


def _taken(values: pa.Array, places: pa.Array) -> pa.Array:
    """Values by their places; nothing is looked up where all are missing."""
    import pyarrow as pa

    return pa.nulls(len(places), values.type) if values.null_count == len(values) else values.take(places)
