"""A table, as a job gives it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from runs.results.cells import is_number, label, shown

LONGEST_TITLE: Final = 100
LONGEST_HEADING: Final = 80

Row = Mapping[str, Any] | Sequence[Any]


@dataclass(frozen=True)
class Table:
    """`rows` are as long as `columns`; their values are as the job gave them."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]

    kind: ClassVar[str] = "table"

    @property
    def numeric(self) -> tuple[bool, ...]:
        """The columns that hold numbers, and nothing else: they stand to the right."""
        return tuple(
            any(is_number(row[at]) for row in self.rows)
            and all(row[at] is None or is_number(row[at]) for row in self.rows)
            for at in range(len(self.columns))
        )

    def text_rows(self, most: int) -> list[list[str]]:
        """The first `most` rows as they are read."""
        return [[shown(value) for value in row] for row in self.rows[:most]]


def table_of(rows: Iterable[Row], *, columns: Sequence[str] | None = None, title: str = "") -> Table:
    """Rows are mappings, whose keys are the columns, or sequences: of the length of `columns`, or the first of them
    is the head. `columns` of mappings says which, and in which order.

    Raises ValueError for rows that make no table.
    """
    if isinstance(columns, str):
        raise ValueError(f"columns is {columns!r}: give a list of names")
    given = list(rows)
    for number, row in enumerate(given, start=1):
        if isinstance(row, (str, bytes)) or not isinstance(row, (Mapping, Sequence)):
            raise ValueError(f"row {number} is {type(row).__name__}, not a mapping nor a sequence of cells")
    head, body = _head(given, columns)
    if not head:
        raise ValueError("the table has no columns: name them by columns=[…]")
    return Table(
        title=label(title, LONGEST_TITLE),
        columns=tuple(label(name, LONGEST_HEADING) for name in head),
        rows=tuple(_cells(row, head, number) for number, row in enumerate(body, start=1)),
    )


def _head(rows: list[Row], columns: Sequence[str] | None) -> tuple[list[Any], list[Row]]:
    if columns is not None:
        return list(columns), rows
    if any(isinstance(row, Mapping) for row in rows):
        names = (name for row in rows if isinstance(row, Mapping) for name in row)
        return list(dict.fromkeys(names)), rows
    return (list(rows[0]), rows[1:]) if rows else ([], [])


def _cells(row: Row, head: list[Any], number: int) -> tuple[Any, ...]:
    if isinstance(row, Mapping):
        return tuple(row.get(name) for name in head)
    if len(row) != len(head):
        raise ValueError(f"row {number} has {len(row)} cells, the head has {len(head)}")
    return tuple(row)
