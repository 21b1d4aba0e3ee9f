"""One person of a meeting: each stay, the device, the address, and what was put together into one row.

A row opens on a part of this page; without a script it leads here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from zoomapp.attendance import Person
from zoomapp.attendance.attendance_table import AttendanceTable
from zoomapp.attendance.live import people
from zoomapp.errors import NotFound
from zoomapp.web.components.filters import initials
from zoomapp.web.pages.participants import staying
from zoomapp.zoom.meeting_ids import instance_of

bp = Blueprint("person", __name__)

#: What shows that several connections are one person, the strongest first.
REASONS = {
    "user_id": "same Zoom account",
    "registrant_id": "same registration",
    "customer_key": "same customer key",
    "email": "same e-mail address",
}


@dataclass(frozen=True)
class Connection:
    """One of those that were put together; ``end`` is None while it goes on."""

    name: str
    device: str
    start: float
    end: float | None


@bp.get("/participants/<key>/people/<person>")
def show(key: str, person: str) -> ResponseReturnValue:
    """All that is known of one of them."""
    instance = instance_of(key)
    if instance is None:
        raise NotFound
    meeting, about, seen = people(instance)
    if seen.value is None:
        return render_template("pages/trouble.html", title="Person", notice=seen.trouble), seen.status, seen.headers
    hidden = request.args.get("names") == "hide"
    roster = seen.value.without_names() if hidden else seen.value
    row = next((each for each in roster.rows if each.person.key == person), None)
    if row is None:
        raise NotFound
    return render_template(
        "pages/person.html",
        row=row,
        topic=getattr(meeting or about, "topic", ""),
        back=url_for("participants.show", key=key, **staying()),
        merged=list(_merged(row.person, roster, hidden)) if len(row.person.connections) > 1 else (),
        reason="matched by name" if row.person.by_name else _reason(row.person),
    )


def _merged(person: Person, roster: AttendanceTable, hidden: bool) -> Iterator[Connection]:
    """Each connection as Zoom told of it."""
    for connection in person.connections:
        told = [record for record in roster.records if record.connection == connection]
        starts = [record.joined_at for record in told if record.joined_at is not None]
        ends = [record.left_at for record in told if record.left_at is not None]
        if not starts and not ends:
            continue
        name = next((record.name for record in told if record.name), "")
        end = max(ends, default=None)
        yield Connection(
            name=initials(name) if hidden else name,
            device=next((record.device for record in told if record.device), ""),
            start=min(starts or ends),
            end=end if end is not None and end >= max(starts or ends) else None,
        )


def _reason(person: Person) -> str:
    kinds = {kind for kind, _value in person.identities}
    return next((words for kind, words in REASONS.items() if kind in kinds), "known to Zoom as one")
