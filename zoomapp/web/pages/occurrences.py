"""The occurrences of a meeting, of which any can be compared, and two of them side by side: who came to both."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from zoomapp.attendance.occurrences import compare_tables, list_occurrences
from zoomapp.attendance.past import past_attendance
from zoomapp.web.components.attendance import attendance_sources, requested_instance
from zoomapp.web.components.notice import PAST, PAST_INSTANCES
from zoomapp.web.components.section import section
from zoomapp.web.pages.participants import names_hidden, view_options

bp = Blueprint("occurrences", __name__)


@bp.get("/participants/<key>/times")
def index(key: str) -> ResponseReturnValue:
    """The list of occurrences, newest first."""
    number, topic, loaded = list_occurrences(attendance_sources(), requested_instance(key))
    listed = section(loaded, PAST_INSTANCES)
    names, selected = view_options().get("names"), request.args.getlist("session")
    page = render_template(
        "pages/occurrences.html", listed=listed, key=key, number=number, topic=topic, names=names, selected=selected
    )
    return page, listed.status, listed.headers


@bp.get("/participants/<key>/with/<other>")
def compared(key: str, other: str) -> ResponseReturnValue:
    """The people of two occurrences: of both, of one only."""
    instances, sources = [requested_instance(key), requested_instance(other)], attendance_sources()
    pending = [sources.cache.calls.start(partial(past_attendance, sources, instance)) for instance in instances]
    meetings, loaded = zip(*(call.result() for call in pending), strict=True)
    sections = [section(table, PAST) for table in loaded]
    failed = next((part for part in sections if part.value is None), None)
    tables = [part.value for part in sections if part.value is not None]
    page = render_template(
        "pages/comparison.html",
        trouble=next((part.trouble for part in sections if part.trouble), None),
        key=key,
        keys=(key, other),
        dates=[meeting.start_at if meeting else None for meeting in meetings],
        topic=next((meeting.topic for meeting in meetings if meeting), ""),
        complete=all(table.complete for table in tables),
        unreadable=sum(table.unreadable for table in tables),
        names=view_options().get("names"),
        groups=() if failed else compare_tables(*tables, hide_names=names_hidden()),
    )
    return page, failed.status if failed else 200, failed.headers if failed else {}
