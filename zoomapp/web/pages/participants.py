"""The page of a meeting's participants, and the choices in its address: filter, search, order, hidden names."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, NamedTuple

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from zoomapp.attendance.attendance_table import AttendanceRow, AttendanceTable
from zoomapp.attendance.cohosted import cohosted_meeting
from zoomapp.attendance.headline import remember_counts
from zoomapp.errors import StoreUnavailable
from zoomapp.meetings.lists import live_meetings, next_meeting
from zoomapp.registration.matching import RegistrantAttendance
from zoomapp.store import key_names
from zoomapp.web.components import report_view
from zoomapp.web.components.attendance import attendance_sources, requested_attendance
from zoomapp.web.components.just_ended import ended_meeting
from zoomapp.web.components.notice import MEETINGS, unreadable_notice
from zoomapp.web.components.page_data import page_cache
from zoomapp.web.components.prefetch import after_past_meeting
from zoomapp.web.components.registration import registered_line, registrant_attendance
from zoomapp.web.components.report_view import NoShow, Report
from zoomapp.web.components.section import Section, section
from zoomapp.web.current_user import services, user_client
from zoomapp.web.pages import own_attendance
from zoomapp.web.signed_seat import signed_seat
from zoomapp.web.viewer import now, start_viewer, viewer
from zoomapp.webhooks import arrivals
from zoomapp.zoom.models import Meeting, Page

bp = Blueprint("participants", __name__)

#: How many rows are shown. A page with more is not refreshed: a browser takes too long to update it again and again.
ROWS = 100
MAX_ROWS = 10_000
#: The query parameters that choose what is shown, and those that all links of the page keep.
CHOICES = ("show", "q", "sort", "names")
VIEW_OPTIONS = ("sort", "names")
#: The place of a person's key in an address.
PERSON = "PERSON"


@bp.get("/participants")
def index() -> ResponseReturnValue:
    """The page of the running meeting that the user is in or hosts; else a page to choose one."""
    start_viewer(page_cache().calls)
    loaded = live_meetings(user_client(), page_cache())
    if loaded.value and (meeting := _current_meeting(loaded.value)):
        return show(str(meeting.id))
    reports, user_id = services().client_reports, user_client().user_id
    cohosted = None if loaded.value else cohosted_meeting(reports, user_id, "", now().timestamp())
    if cohosted:
        return show(str(cohosted.id))
    if not loaded.value and (own_page := own_attendance.page()):
        return own_page
    live = section(loaded, MEETINGS)
    page = render_template(
        "pages/participants_choice.html",
        live=live,
        not_whole=unreadable_notice(live.value.unreadable if live.value is not None else 0),
        next_meeting=next_meeting(user_client(), page_cache()),
    )
    return page, live.status, live.headers


def _current_meeting(running: Page[Meeting]) -> Meeting | None:
    """The only running meeting, or of several the one that Zoom's client says the user is in."""
    if len(running) == 1 and not running.unreadable:
        return running[0]
    seat = signed_seat(own_attendance.ROLE_SECONDS)
    return next((meeting for meeting in running if seat and meeting.uuid and meeting.uuid == seat.meeting_uuid), None)


@bp.get("/participants/<key>")
def show(key: str) -> ResponseReturnValue:
    """The page of one meeting: ``key`` is a number for the meeting now, or the UUID of one occurrence."""
    attendance, people = requested_attendance(key)
    is_whole = not attendance.running and not set(choices()) - {"names"}
    ended = ended_meeting(attendance.past, people, hides_names=names_hidden()) if is_whole else None
    registered = None if attendance.running else registrant_attendance(attendance.past, people.value)
    if attendance.past and people.value is not None and people.value.is_whole and people.value.people:
        counts = {"came": people.value.attended}
        if registered:
            counts |= {"registered": registered.registered, "registered_came": len(registered.came)}
        sources = attendance_sources()
        remember_counts(sources.cache, attendance.past.uuid, sources.keep_seconds, **counts)
    if attendance.past and people.status == 200:
        after_past_meeting(attendance.past)
    page = render_template(
        "pages/participants.html",
        ended=ended,
        no_events=_no_events(attendance.running) if attendance.running else None,
        about=attendance.past,
        names=view_options().get("names"),
        live_address=live_address(key),
        live_version=live_version(people.value.version) if people.value else "",
        registered_line=registered_line(registered) if registered else "",
        **people_context(key, attendance.running, people, registered),
    )
    return page, people.status, people.headers


class NoEvents(NamedTuple):
    """Since when the app has counted Zoom's events, and whether events arrived that it cannot read."""

    since: datetime
    unreadable: bool


def _no_events(meeting: Meeting) -> NoEvents | None:
    """For the host: no event that the app can read has arrived, although meetings ran."""
    parts = services()
    parts.webhook_arrivals.meeting_shown()
    if not parts.settings.zoom_webhook_secret or meeting.host_id != user_client().user_id:
        return None
    try:
        summary = parts.webhook_arrivals.summary()
    except StoreUnavailable:
        return None
    silent = not summary.valid_at and summary.silent_for(arrivals.DAY_SECONDS, parts.clock())
    return NoEvents(datetime.fromtimestamp(summary.since, UTC), summary.has_unreadable) if silent else None


def choices() -> dict[str, Any]:
    """The query parameters of this request that choose what is shown."""
    return {name: request.args[name] for name in CHOICES if name in request.args}


def view_options() -> dict[str, Any]:
    """The query parameters of this request that all links of the page keep."""
    return {name: request.args[name] for name in VIEW_OPTIONS if request.args.get(name)}


def names_hidden() -> bool:
    """Whether the viewer hides the names of participants."""
    return request.args.get("names") == "hide"


def live_version(data_version: str) -> str:
    """The version of the live part: of its data, its choices, the viewer's settings and the minute shown."""
    context = f"{choices()} {viewer().chosen} {viewer().zone_name} {viewer().formats.region}"
    return key_names.digest(f"{data_version} {context} {int(now().timestamp() // 60)}")


def live_address(key: str) -> str:
    """The address of the live part of this page, with the page's choices and the moment of its sort order."""
    query = choices()
    if "sort" in query:
        query["at"] = now().timestamp()
    return url_for("live.show", key=key, **query)


def people_context(
    key: str,
    meeting: Meeting | None,
    people: Section[AttendanceTable],
    registered: RegistrantAttendance | None = None,
) -> dict[str, Any]:
    """The template variables of a page, or its live part, for the people that this request chooses.

    ``registered``: who of the registrants came to a past meeting, if that is known.
    """
    query, view = request.args.get("q", "").strip()[:200], request.args.get("show", "")
    max_rows = max(ROWS, min(request.args.get("rows", ROWS, type=int), MAX_ROWS))
    rows_chosen = max_rows if max_rows > ROWS else None
    report = Report(people.value, registered) if people.value else None
    if meeting is None and report and view not in report.views:
        view = ""  # a filter of the live page, which stays in the address after the end
    rows = _chosen_rows(report, view, query) if report else []
    if people.value and names_hidden():
        people = replace(people, value=people.value.without_names())
    return {
        "key": key,
        "meeting": meeting,
        "live": meeting is not None,
        "cohosted": _is_cohosted(meeting, people.value),
        "attendance": people,
        "rows": rows,
        "view_options": view_options(),
        # A page has a thousand links to persons: their address is built once, and each key is inserted.
        "open_link": (
            *url_for("participants.show", key=key, open=PERSON, **choices(), rows=rows_chosen).split(PERSON, 1),
            url_for("participants.show", key=key, **choices(), rows=rows_chosen),
        ),
        "person_page": url_for("person.show", key=key, person=PERSON, **view_options()),
        "chips": _chips(key, people.value, view) if people.value and meeting else (),
        **_report_context(key, report, view, is_past=meeting is None),
        "copied": report_view.names_to_copy(rows, view) if meeting is None else (),
        "opened": _opened(people.value) if people.value else None,
        "query": query,
        "view": view,
        "max_rows": max_rows,
        "refreshed": meeting is not None and max_rows <= ROWS,
    }


def _report_context(key: str, report: Report | None, view: str, *, is_past: bool) -> dict[str, Any]:
    """The filters of a past meeting, and its registrants who did not come."""
    if report is None:
        return {"tally": ()}

    def link(name: str) -> str:
        anchor = None if name else "everyone"
        return url_for("participants.show", key=key, show=name or None, **view_options(), _anchor=anchor)

    return {
        "tally": report.tally(view, link) if is_past else (),
        "walk_ins": report.walk_ins,
        "no_shows": report_view.without_names(report.no_shows, report.table) if names_hidden() else report.no_shows,
        "orders": report_view.SORT_WORDS,
        "empty_sentences": report_view.EMPTY,
    }


def _opened(table: AttendanceTable) -> report_view.PersonDetail | None:
    """The details of the person whose row is open."""
    return report_view.person_detail(table, request.args.get("open", ""), hide_names=names_hidden())


def _is_cohosted(meeting: Meeting | None, table: AttendanceTable | None) -> bool:
    """Whether somebody else hosts the running meeting, and this user's client lists who is in it."""
    return meeting is not None and not meeting.host_id and table is not None and "sdk" in table.sources


def _chosen_rows(report: Report, view: str, query: str) -> list[AttendanceRow | NoShow]:
    """The rows that this request chooses. Hidden names are searched and sorted by, but not shown."""
    rows = report.rows(view, query, request.args.get("sort", ""), request.args.get("at", type=float))
    return report_view.without_names(rows, report.table) if names_hidden() else rows


def _chips(key: str, table: AttendanceTable, view: str) -> list[tuple[str, str, int | None, bool, str]]:
    """The filters of a running meeting: address, text, count, whether it is chosen, CSS class."""
    figures = table.figures
    chips = [
        ("", "All", len(table.people), ""),
        ("here", "Here", figures.here, ""),
        # A narrow window has no room for five chips, and its waiting room strip shows this count.
        ("waiting", "Waiting", figures.waiting, "wide"),
        ("left", "Left", figures.left, ""),
        ("late", "Late", figures.late, ""),
    ]
    if not table.frame.tells_late:
        chips = [chip for chip in chips if chip[0] != "late"]
    return [
        (url_for("participants.show", key=key, show=name or None, **view_options()), text, count, name == view, css)
        for name, text, count, css in chips
    ]
