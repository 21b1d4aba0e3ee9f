"""The registrants of a past session: who did not come, who came, and who came without a registration."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from zoomapp import csv_export, dates
from zoomapp.registration.exports import attendance_csv
from zoomapp.registration.matching import MatchRule, RegistrantAttendance
from zoomapp.registration.past_registrants import PastRegistrants, load_past_registrants
from zoomapp.web.components.attendance import attendance_sources, requested_instance
from zoomapp.web.components.notice import MEETING, PAST, Notice
from zoomapp.web.components.registration import REGISTRANTS
from zoomapp.web.components.section import section
from zoomapp.web.pages.participants import view_options
from zoomapp.web.viewer import now, viewer

bp = Blueprint("past_registrants", __name__)

VIEWS = ("no-show", "came", "walk-in")
#: So many people are shown; the file has all.
MAX_ROWS = 500


@bp.get("/participants/<key>/registrants")
def show(key: str) -> ResponseReturnValue:
    """The page. ``show`` chooses one group of people."""
    found = load_past_registrants(attendance_sources(), requested_instance(key))
    attendance, options, view = found.attendance, view_options(), request.args.get("show", "")
    troubles = _troubles(found)
    status = max((trouble.status for trouble in troubles), default=200) if attendance is None else 200
    page = render_template(
        "pages/past_registrants.html",
        tab="registrants",
        key=key,
        about=found.meeting,
        names=options.get("names"),
        registration=found.registrants is not None,
        attendance=attendance,
        whole=found.is_whole,
        seconds={row.person.key: row.seconds for row in found.table.value.rows} if found.table.value else {},
        rules=[(rule.value, count) for rule, count in attendance.matched_by.items()] if attendance else [],
        by_name=MatchRule.NAME,
        tally=_tally(key, attendance, view) if attendance else [],
        view=view if view in VIEWS else "",
        troubles=troubles,
        max_rows=MAX_ROWS,
    )
    return page, status


@bp.get("/participants/<key>/registrants.csv")
def file(key: str) -> ResponseReturnValue:
    """One row per registrant and walk-in, as CSV."""
    found = load_past_registrants(attendance_sources(), requested_instance(key))
    attendance, table = found.attendance, found.table.value
    if attendance is None or table is None:
        troubles = _troubles(found)
        notice = troubles[0] if troubles else Notice("info", "info", "People don’t register for this meeting", "", 404)
        page = render_template("pages/trouble.html", title="Registrants", notice=notice)
        return page, notice.status if notice.status >= 400 else 502
    day = dates.local(found.meeting.start_at or now(), viewer().zone).date()
    name = csv_export.disposition(day, found.meeting.topic, kind="registrants", partial=not found.is_whole)
    headers = {"Content-Type": "text/csv; charset=utf-8", "Content-Disposition": name}
    return Response(attendance_csv(attendance, table), headers=headers)


def _troubles(found: PastRegistrants) -> list[Notice]:
    """What went wrong with each part, without notices that say the same."""
    parts: list[Any] = [section(found.table, PAST), section(found.scheduled, MEETING)]
    if found.registrants:
        parts.append(section(found.registrants, REGISTRANTS))
        if found.registrants.value is not None:
            del parts[1]  # the settings only say whether there is a list
    notices = {part.trouble.title: part.trouble for part in parts if part.trouble}
    return list(notices.values())


def _tally(key: str, attendance: RegistrantAttendance, view: str) -> list[tuple[str, str, str, int, bool]]:
    """The groups: address, name, label, number, whether it is chosen."""
    groups = (
        ("no-show", "No-show", attendance.no_shows),
        ("came", "Came", attendance.came),
        ("walk-in", "Walk-in", attendance.walk_ins),
    )
    return [
        (
            url_for(".show", key=key, show=None if name == view else name, **view_options()),
            name,
            label,
            len(people),
            name == view,
        )
        for name, label, people in groups
    ]
