"""The page of one meeting: its settings, calendar file, passcode, invitation and deletion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from zoomapp import csv_export, dates
from zoomapp.errors import InvalidFields, NotFound, TokenError, UpstreamError, ZoomRefused
from zoomapp.meetings import daily_changes, lists, settings
from zoomapp.meetings.editing import can_edit
from zoomapp.meetings.switches import SWITCHES, as_switches, describe_changes, validate_switches
from zoomapp.web.components import form_drafts
from zoomapp.web.components.filters import link as zoom_link
from zoomapp.web.components.notice import DELETE, INVITATION, MEETING, UPDATE, Notice, error_page, notice_for
from zoomapp.web.components.page_context import done, say_done
from zoomapp.web.components.page_data import page_cache
from zoomapp.web.components.section import required
from zoomapp.web.current_user import user_client
from zoomapp.web.errors import prefers_html
from zoomapp.web.viewer import now, user_records, viewer
from zoomapp.zoom.models import Meeting

bp = Blueprint("meeting", __name__)


@bp.errorhandler(ZoomRefused)
@bp.errorhandler(UpstreamError)
def show_error(error: ZoomRefused | UpstreamError) -> ResponseReturnValue:
    """A page that says why the meeting could not be loaded."""
    return error_page(error, MEETING, "Meeting")


@bp.get("/meetings/<int:meeting_id>")
def show(meeting_id: int) -> str:
    """The time, the join link and the settings of the meeting."""
    meeting = required(lists.meeting_details(user_client(), page_cache(), meeting_id))
    if (draft := form_drafts.take()) is not None:
        return _page(meeting, *_switches(draft), form_drafts.restored_notice())
    switches = as_switches(meeting.settings)
    return _page(meeting, switches, switches)


@bp.post("/meetings/<int:meeting_id>")
def save(meeting_id: int) -> ResponseReturnValue:
    """Change the settings that differ from those on the page when it was loaded."""
    after, before = _switches(request.form)
    try:
        meeting = user_client().meeting(meeting_id)
    except TokenError:
        form_drafts.save()
        raise
    if not settings.is_host(meeting, user_client().user_id):
        return redirect(url_for(".show", meeting_id=meeting_id), 303)
    if faults := validate_switches(after):
        return _page(meeting, after, before, faults=faults), 422
    try:
        changes = settings.change(user_client(), user_records(), now(), meeting_id, before, after)
    except NotFound:
        raise
    except (ZoomRefused, UpstreamError) as error:
        return _page(meeting, after, before, notice_for(error, UPDATE)), _form_status(error), error.headers
    say_done("Settings saved" if changes else "Nothing was changed", describe_changes(changes))
    return redirect(url_for(".show", meeting_id=meeting_id), 303)


@bp.get("/meetings/<int:meeting_id>.ics")
def calendar(meeting_id: int) -> ResponseReturnValue:
    """The meeting as a calendar file, with the passcode only with ``passcode=1``. 404 for a meeting without a start."""
    # Imported when the first file is made: the library behind it adds a tenth to the time in which the app starts.
    from zoomapp.meetings import ics

    meeting = user_client().meeting(meeting_id)
    meeting = replace(meeting, join_url=zoom_link(meeting.join_url))
    body = ics.calendar(meeting, now(), with_passcode=request.args.get("passcode") == "1")
    day = dates.local(meeting.start_at or now(), viewer().zone).date()
    file_name = csv_export.disposition(day, meeting.topic, ".ics", kind="meeting")
    headers = {"Content-Disposition": file_name}
    return Response(body, content_type="text/calendar; charset=utf-8", headers=headers)


@bp.get("/meetings/<int:meeting_id>/passcode")
def passcode(meeting_id: int) -> ResponseReturnValue:
    """The passcode, and a text to share it. The passcode is not part of any other page."""
    meeting = user_client().meeting(meeting_id)
    text = "\n".join((meeting.topic, zoom_link(meeting.join_url), f"Passcode: {meeting.password}"))
    if not prefers_html():
        return {"passcode": meeting.password, "text": text}
    back = (url_for(".show", meeting_id=meeting_id), meeting.topic)
    return render_template(
        "pages/asked.html", heading="Passcode", title=meeting.topic, back=back, text=text, passcode=meeting.password
    )


@bp.get("/meetings/<int:meeting_id>/invitation")
def invitation(meeting_id: int) -> ResponseReturnValue:
    """Zoom's invitation. It contains the passcode, so it is not part of any other page."""
    try:
        text = user_client().invitation(meeting_id)
    except (ZoomRefused, UpstreamError) as error:
        return error_page(error, INVITATION, "Invitation")
    if not prefers_html():
        return {"text": text}
    back = (url_for(".show", meeting_id=meeting_id), "Back to the meeting")
    return render_template("pages/asked.html", heading="Invitation", title="", back=back, text=text)


@bp.get("/meetings/<int:meeting_id>/delete")
def confirm_delete(meeting_id: int) -> ResponseReturnValue:
    """The page that asks before the meeting is deleted; with ``occurrence`` before one session of it is."""
    occurrence_id = request.args.get("occurrence", "")
    meeting = user_client().meeting(meeting_id, occurrence_id)
    if not settings.is_host(meeting, user_client().user_id):
        return redirect(url_for(".show", meeting_id=meeting_id), 303)
    return render_template("pages/meeting_delete.html", meeting=meeting, occurrence_id=occurrence_id)


@bp.post("/meetings/<int:meeting_id>/delete")
def delete(meeting_id: int) -> ResponseReturnValue:
    """Delete the meeting, or one session of it. What no longer exists counts as deleted."""
    occurrence_id = request.form.get("occurrence", "")
    try:
        if not settings.is_host(user_client().meeting(meeting_id), user_client().user_id):
            return redirect(url_for(".show", meeting_id=meeting_id), 303)
        user_client().delete_meeting(meeting_id, occurrence_id)
    except NotFound:
        pass
    except (ZoomRefused, UpstreamError) as error:
        return error_page(error, DELETE, "Meeting")
    if occurrence_id:
        say_done("Session deleted", "The other sessions stay as they are.")
        return redirect(url_for(".show", meeting_id=meeting_id), 303)
    say_done("Meeting deleted")
    return redirect(url_for("meetings.index"), 303)


def _switches(form: Mapping[str, str]) -> tuple[frozenset[str], frozenset[str]]:
    """The switches that are on in the form, and those that were on when the page was loaded."""
    return frozenset(name for name in SWITCHES if form.get(name)), frozenset(form.get("shown", "").split())


def _form_status(error: ZoomRefused | UpstreamError) -> int:
    if isinstance(error, InvalidFields):
        return 422
    return error.status if isinstance(error, UpstreamError) else 200


def _page(
    meeting: Meeting,
    switches: frozenset[str],
    loaded_switches: frozenset[str],
    notice: Notice | None = None,
    faults: dict[str, str] | None = None,
) -> str:
    """``loaded_switches``: the switches that were on when the page was first loaded."""
    return render_template(
        "pages/meeting.html",
        meeting=meeting,
        is_host=settings.is_host(meeting, user_client().user_id),
        can_edit=can_edit(meeting, user_client().user_id),
        switches=switches,
        loaded_switches=" ".join(sorted(loaded_switches)),
        faults=faults or {},
        trouble=notice,
        done=done(),
        warning=daily_changes.warning(user_records(), user_client().user_id, now()),
    )
