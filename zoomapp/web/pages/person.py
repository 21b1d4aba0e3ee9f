"""One person of a meeting: stays, device, address, and the connections that were merged.

A row of the participants page opens on a part of this page; without JavaScript it links here.
"""

from __future__ import annotations

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from zoomapp.attendance.connections import merge_reason, merged_connections
from zoomapp.errors import NotFound
from zoomapp.web.components.attendance import requested_attendance
from zoomapp.web.pages.participants import names_hidden, view_options

bp = Blueprint("person", __name__)


@bp.get("/participants/<key>/people/<person>")
def show(key: str, person: str) -> ResponseReturnValue:
    """The page of one person."""
    attendance, loaded = requested_attendance(key)
    if loaded.value is None:
        return (
            render_template("pages/trouble.html", title="Person", notice=loaded.trouble),
            loaded.status,
            loaded.headers,
        )
    table = loaded.value.without_names() if names_hidden() else loaded.value
    row = next((row for row in table.rows if row.person.key == person), None)
    if row is None:
        raise NotFound
    return render_template(
        "pages/person.html",
        row=row,
        topic=attendance.topic,
        back=url_for("participants.show", key=key, **view_options()),
        merged=merged_connections(row.person, table.records, hide_names=names_hidden()),
        reason=merge_reason(row.person),
    )
