"""The report of `flask verify`: JSON for programs, and text for people. It names no person and holds no secret."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from zoomapp.cli.support import moment
from zoomapp.cli.verify.account import Account
from zoomapp.cli.verify.check import Check, Result
from zoomapp.cli.verify.masking import mask
from zoomapp.cli.verify.untestable import UNTESTABLE

USER_TYPES = {1: "Basic", 2: "Licensed", 4: "Unassigned", 99: "None"}


@dataclass(frozen=True)
class Row:
    """The result of one row of docs/unknowns.md. ``name``: of its check; empty if no program can check it."""

    name: str
    assumption: str
    outcome: str
    found: str


def row_of(check: Check, result: Result) -> Row:
    """The result of a check, without names and numbers of persons and meetings."""
    return Row(check.name, check.row, result.outcome, mask(result.found))


def untestable_rows() -> list[Row]:
    """The rows that no program can check."""
    return [Row("", row, "not testable", reason) for reason, rows in UNTESTABLE.items() for row in rows]


def report(account: Account, rows: Iterable[Row]) -> dict[str, Any]:
    """The whole report as a JSON object."""
    settings, rows = account.services.settings, list(rows)
    return {
        "checked_at": f"{moment(account.services.clock())} UTC",
        "zoom_host": settings.zoom_host,
        "user_type": USER_TYPES.get(account.user.number("type"), "unknown"),
        "scopes": sorted(account.scopes),
        "counts": dict(Counter(row.outcome for row in rows)),
        "rows": [asdict(row) for row in rows],
    }


def as_text(document: dict[str, Any]) -> str:
    """The report to read: first what differs, then what was confirmed, then the rest."""
    order = ("different", "confirmed", "not testable")
    lines = [
        f"Checked at {document['checked_at']} against {document['zoom_host']}, as a user of the type "
        f"{document['user_type']}.",
        f"Granted: {', '.join(document['scopes'])}",
    ]
    for outcome in order:
        rows = [row for row in document["rows"] if row["outcome"] == outcome]
        lines += ["", f"{outcome.capitalize()}: {len(rows)}"]
        lines += [f"- {row['assumption']}\n  {row['name'] or 'no check'}: {row['found']}" for row in rows]
    return "\n".join(lines) + "\n"


def write(path: Path, document: dict[str, Any]) -> Path:
    """Write the report as JSON, and as text into a file beside it. Returns the path of the text."""
    text_path = path.with_suffix(".txt") if path.suffix == ".json" else path.with_name(f"{path.name}.txt")
    path.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n")
    text_path.write_text(as_text(document))
    return text_path
