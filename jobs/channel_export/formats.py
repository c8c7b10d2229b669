"""The two kinds of file: CSV that opens in a spreadsheet, and one JSON array."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields

from jobs.channel_export.record import Record
from runs.results.spreadsheet import harmless

COLUMNS = tuple(each.name for each in fields(Record))


@dataclass(frozen=True)
class FileFormat:
    """`ending` follows every row; in place of the very last one comes `tail`."""

    head: str
    row: Callable[[Record], str]
    ending: str
    tail: str

    def encode(self, records: Iterable[Record]) -> bytes:
        return encoded("".join(self.row(record) + self.ending for record in records))


def encoded(text: str) -> bytes:
    """Half of a surrogate pair, which JSON can carry and UTF-8 cannot, becomes a question mark."""
    return text.encode("utf-8", errors="replace")


def csv_line(cells: Iterable[object]) -> str:
    """Without its ending, which the writer has to know all the same: by it it tells what needs quotes."""
    line = io.StringIO(newline="")
    csv.writer(line, lineterminator="\r\n").writerow(cells)
    return line.getvalue().removesuffix("\r\n")


def _csv_row(record: Record) -> str:
    cells = {
        **vars(record),
        "user": harmless(record.user),
        "text": harmless(record.text),
        "is_reply": "yes" if record.is_reply else "no",
        "reactions": ", ".join(f":{name}: {count}" for name, count in record.reactions.items()),
        "files": harmless(", ".join(record.files)),
    }
    return csv_line(cells[column] for column in COLUMNS)


def _json_row(record: Record) -> str:
    return json.dumps(vars(record), ensure_ascii=False)


FORMATS = {
    # Excel takes a file for UTF-8 only if it begins with a byte order mark
    "csv": FileFormat(head=f"\ufeff{csv_line(COLUMNS)}\r\n", row=_csv_row, ending="\r\n", tail="\r\n"),
    "json": FileFormat(head="[\n", row=_json_row, ending=",\n", tail="\n]\n"),
}
