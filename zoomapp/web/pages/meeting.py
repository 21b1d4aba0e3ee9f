"""One meeting: its link, its settings, its end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from zoomapp import csv_export
from zoomapp.errors import InvalidFields, NotFound, TokenError, UpstreamError, ZoomRefused
from zoomapp.meetings import daily_changes, ics
from zoomapp.meetings.forms import SWITCHES, as_switches, changed_settings, judge_switches
from zoomapp.web.components import form_drafts
from zoomapp.web.components.filters import link as link_of
from zoomapp.web.components.notice import DELETE, INVITATION, MEETING, UPDATE, Notice, error_page, notice_for
from zoomapp.web.components.page_context import done, say_done
from zoomapp.web.current_user import user_client
from zoomapp.web.errors import prefers_html
from zoomapp.web.viewer import now, user_records
from zoomapp.zoom.models import Meeting

bp = Blueprint("meeting", __name__)


@bp.errorhandler(ZoomRefused)
@bp.errorhandler(UpstreamError)
def troubled(error: ZoomRefused | UpstreamError) -> ResponseReturnValue:
    """Without the meeting there is nothing to show but why."""
    return error_page(error, MEETING, "Meeting")


@bp.get("/meetings/<int:meeting_id>")
def show(meeting_id: int) -> str:
    """When it is, how to join, how it is set up."""
    meeting = user_client().meeting(meeting_id)
    if (typed := form_drafts.take()) is not None:
        return _page(meeting, *_typed(typed), form_drafts.offered())
    switches = as_switches(meeting.settings)
    return _page(meeting, switches, switches)


@bp.post("/meetings/<int:meeting_id>")
def save(meeting_id: int) -> ResponseReturnValue:
    """Send Zoom what this person changed on the page, and only that."""
    wanted, shown = _typed(request.form)
    try:
        meeting = user_client().meeting(meeting_id)
    except TokenError:
        form_drafts.keep()
        raise
    if faults := judge_switches(wanted):
        return _page(meeting, wanted, shown, faults=faults), 422
    changed = changed_settings(shown, wanted)
    if changed:
        try:
            user_client().update_meeting(meeting_id, {"settings": changed})
            daily_changes.count_change(user_records(), user_client().user_id, now())
        except NotFound:
            raise
        except InvalidFields as error:
            return _page(meeting, wanted, shown, notice_for(error, UPDATE)), 422
        except (ZoomRefused, UpstreamError) as error:
            status = error.status if isinstance(error, UpstreamError) else 200
            return _page(meeting, wanted, shown, notice_for(error, UPDATE)), status, error.headers
    say_done("Settings saved" if changed else "Nothing was changed", _changes_in_words(changed))
    return redirect(url_for(".show", meeting_id=meeting_id), 303)


@bp.get("/meetings/<int:meeting_id>.ics")
def calendar(meeting_id: int) -> ResponseReturnValue:
    """The meeting for a calendar; the passcode only when asked for by ``passcode=1``."""
    meeting = user_client().meeting(meeting_id)
    meeting = replace(meeting, join_url=link_of(meeting.join_url))
    body = ics.calendar(meeting, now(), with_passcode=request.args.get("passcode") == "1")
    name = csv_export.disposition((meeting.start_at or now()).date(), meeting.topic, ".ics", kind="meeting")
    headers = {"Content-Disposition": name}
    return Response(body, content_type="text/calendar; charset=utf-8", headers=headers)


@bp.get("/meetings/<int:meeting_id>/passcode")
def passcode(meeting_id: int) -> ResponseReturnValue:
    """The passcode, and the text to share it with: only on request, never part of another page."""
    meeting = user_client().meeting(meeting_id)
    text = "\n".join((meeting.topic, link_of(meeting.join_url), f"Passcode: {meeting.password}"))
    if not prefers_html():
        return {"passcode": meeting.password, "text": text}
    back = (url_for(".show", meeting_id=meeting_id), meeting.topic)
    return render_template(
        "pages/asked.html", heading="Passcode", title=meeting.topic, back=back, words=text, passcode=meeting.password
    )


@bp.get("/meetings/<int:meeting_id>/invitation")
def invitation(meeting_id: int) -> ResponseReturnValue:
    """Zoom's whole invitation, the passcode in it: only on request, too."""
    try:
        words = user_client().invitation(meeting_id)
    except (ZoomRefused, UpstreamError) as error:
        return error_page(error, INVITATION, "Invitation")
    if not prefers_html():
        return {"text": words}
    back = (url_for(".show", meeting_id=meeting_id), "Back to the meeting")
    return render_template("pages/asked.html", heading="Invitation", title="", back=back, words=words)


@bp.get("/meetings/<int:meeting_id>/delete")
def ask_delete(meeting_id: int) -> str:
    """Name the thing before it goes."""
    return render_template("pages/meeting_delete.html", meeting=user_client().meeting(meeting_id))


@bp.post("/meetings/<int:meeting_id>/delete")
def delete(meeting_id: int) -> ResponseReturnValue:
    """Delete it; one that is gone already is as good as deleted."""
    try:
        user_client().delete_meeting(meeting_id)
    except NotFound:
        pass
    except (ZoomRefused, UpstreamError) as error:
        return error_page(error, DELETE, "Meeting")
    say_done("Meeting deleted")
    return redirect(url_for("meetings.index"), 303)


def _typed(form: Mapping[str, str]) -> tuple[frozenset[str], frozenset[str]]:
    """The switches that were on when the form was sent, and those that were on when the page was drawn."""
    return frozenset(name for name in SWITCHES if form.get(name)), frozenset(form.get("shown", "").split())


def _page(
    meeting: Meeting,
    switches: frozenset[str],
    shown: frozenset[str],
    notice: Notice | None = None,
    faults: dict[str, str] | None = None,
) -> str:
    """``shown``: the switches that were on when the page was first drawn, before anybody touched them."""
    own = not meeting.host_id or meeting.host_id == user_client().user_id
    return render_template(
        "pages/meeting.html",
        meeting=meeting,
        own=own,
        switches=switches,
        shown=" ".join(sorted(shown)),
        faults=faults or {},
        trouble=notice,
        done=done(),
        warning=daily_changes.warning(user_records(), user_client().user_id, now()),
    )


def _changes_in_words(changed: dict[str, Any]) -> str:
    names = {
        "waiting_room": "Waiting room",
        "join_before_host": "Join before host",
        "mute_upon_entry": "Mute on entry",
        "auto_recording": "Record to the cloud",
    }
    words = [f"{names[name]}: {'on' if value in (True, 'cloud') else 'off'}" for name, value in changed.items()]
    return ", ".join(words) + "." if words else ""
