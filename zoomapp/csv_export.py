"""CSV files for spreadsheets: streamed in pieces, with formulas escaped, and the header with the file's name."""

import csv
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import islice
from typing import Any
from urllib.parse import quote

#: What a spreadsheet may take for a formula at the beginning of a cell.
FORMULA = ("=", "+", "-", "@")
ROWS_PER_PIECE = 200
MAX_NAME_CHARS = 60


def csv_pieces(columns: Sequence[str], rows: Iterable[Iterable[Any]]) -> Iterator[str]:
    """A CSV file (RFC 4180) in pieces. It begins with the UTF-8 mark that spreadsheets expect; no text is a formula."""
    writer = csv.writer(_LineWriter(), lineterminator="\r\n")
    remaining = ([escape_formula(cell) for cell in row] for row in rows)
    yield f"\ufeff{writer.writerow(columns)}"
    while piece := list(islice(remaining, ROWS_PER_PIECE)):
        yield "".join(str(writer.writerow(row)) for row in piece)


class _LineWriter:
    """A file whose ``write`` returns the line, so that ``csv.writer.writerow`` returns it, too."""

    def write(self, line: str) -> str:
        return line


def escape_formula(cell: object) -> object:
    """The cell, with an apostrophe before a text that a spreadsheet would run. Other types are returned unchanged."""
    if not isinstance(cell, str):
        return cell
    text = cell.encode("utf-8", "replace").decode()  # half a surrogate pair cannot be written
    start = unicodedata.normalize("NFKC", text.lstrip()[:1])
    return f"'{text}" if start.startswith(FORMULA) or text.startswith(("\t", "\r", "\n")) else text


def file_name(day: date, topic: str, ending: str = ".csv", *, kind: str = "attendance", partial: bool = False) -> str:
    """A file name in lower-case ASCII of at most 60 characters: "attendance_2026-11-23_weekly-product-sync.csv"."""
    ascii_topic = unicodedata.normalize("NFKD", topic).casefold().encode("ascii", "ignore").decode()
    return _file_name(day, ascii_topic, ending, kind, partial)


def disposition(day: date, topic: str, ending: str = ".csv", *, kind: str = "attendance", partial: bool = False) -> str:
    """The Content-Disposition of a download (RFC 6266), with the topic also in its own script."""
    ascii_name = file_name(day, topic, ending, kind=kind, partial=partial)
    name = _file_name(day, unicodedata.normalize("NFC", topic.casefold()), ending, kind, partial)
    return f"attachment; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(name, safe='')}"


def _file_name(day: date, topic: str, ending: str, kind: str, partial: bool) -> str:
    start, end = f"{kind}_{day.isoformat()}_", f"{'_partial' if partial else ''}{ending}"
    words = re.sub(r"[\W_]+", "-", topic).strip("-")
    return f"{start}{words[: MAX_NAME_CHARS - len(start + end)].strip('-') or 'meeting'}{end}"
