"""Scheduling a meeting: one form, and one meeting however often it is sent."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from zoomapp import dates
from zoomapp.errors import InvalidFields, RateLimited, TokenError, UpstreamError, ZoomAppError, ZoomRefused
from zoomapp.meetings import agenda, daily_changes
from zoomapp.meetings.forms import Judged, MeetingForm, zoom_faults
from zoomapp.store import idempotency
from zoomapp.store.idempotency import IdempotencyKeys
from zoomapp.web.components import form_drafts
from zoomapp.web.components.notice import CREATE, Notice, notice_for
from zoomapp.web.components.page_context import say_done
from zoomapp.web.current_user import user_client
from zoomapp.web.viewer import connected, now, user_records, viewer
from zoomapp.zoom.models import Meeting
from zoomapp.zoom.pagination import collect

bp = Blueprint("schedule", __name__)

#: Those most people choose from, first in the list.
COMMON = ("Europe/Berlin", "Europe/London", "America/New_York", "America/Los_Angeles", "Asia/Tokyo", "UTC")


@dataclass(frozen=True)
class Doubt:
    """After a time-out nobody knows whether Zoom created it. ``found``: what matches; None if nobody could look."""

    found: tuple[Meeting, ...] | None


@bp.get("/meetings/new")
def form() -> ResponseReturnValue:
    """A fresh form; or, after a second sending, what the first one led to."""
    connected()
    key = request.args.get("once", "")
    if key and (result := sent_before().result(key)) is not None:
        return _again(key, result)
    if (typed := form_drafts.take()) is not None:
        return _page(
            MeetingForm.sent(typed, typed.getlist("weekdays")), idempotency.new_key(), notice=form_drafts.offered()
        )
    return _page(MeetingForm.fresh(now(), viewer().zone_name), idempotency.new_key())


@bp.post("/meetings/new")
def create() -> ResponseReturnValue:
    """Schedule it, or say at each field what is wrong; the same form sent twice schedules once."""
    user_client()
    sent = MeetingForm.sent(request.form, request.form.getlist("weekdays"))
    key = request.form.get("once", "")
    judged = sent.judge(now())
    if judged.faults:
        return _page(sent, key, judged.faults), 422
    if request.form.get("look") and (found := _look_for(judged)) != ():
        return _page(sent, key, doubt=Doubt(found))
    if not sent_before().begin(key):
        return redirect(url_for(".form", once=key), 303)
    try:
        meeting = user_client().create_meeting(judged.body)
    except ZoomAppError as error:
        sent_before().give_up(key)
        return _not_created(sent, key, judged, error)
    daily_changes.count_change(user_records(), user_client().user_id, now())
    sent_before().finish(key, str(meeting.id))
    say_done("Meeting scheduled", judged.remark)
    return redirect(url_for("meeting.show", meeting_id=meeting.id), 303)


def sent_before() -> IdempotencyKeys:
    return IdempotencyKeys(user_records(), user_client().user_id)


def _again(key: str, result: str) -> ResponseReturnValue:
    if result != idempotency.PENDING:
        # Another form's key may have been put into the address; its result is no meeting.
        return redirect(url_for("meeting.show", meeting_id=result) if result.isdecimal() else url_for(".form"), 303)
    return render_template("pages/working.html"), 200, {"Refresh": "1"}


def _not_created(sent: MeetingForm, key: str, judged: Judged, error: ZoomAppError) -> ResponseReturnValue:
    if isinstance(error, InvalidFields):
        return _page(sent, key, zoom_faults(error.fields, error.zoom_message)), 422
    if isinstance(error, RateLimited) and error.daily:
        when = dates.clock(now().timestamp() + error.retry_after, viewer().zone, hour12=viewer().chosen.hour12)
        title = "Zoom allows 100 meeting changes a day"
        limit = Notice("warn", "clock", title, f"You can schedule again at {when}.")
        return _page(sent, key, notice=limit), 429, error.headers
    if isinstance(error, UpstreamError) and not isinstance(error, RateLimited):
        notice = notice_for(error, CREATE)
        return _page(sent, idempotency.new_key(), notice=notice, doubt=Doubt(_look_for(judged))), error.status
    if isinstance(error, ZoomRefused | RateLimited):
        return _page(sent, key, notice=notice_for(error, CREATE)), 200 if isinstance(
            error, ZoomRefused
        ) else error.status
    if isinstance(error, TokenError):
        form_drafts.keep()
    raise error


def _look_for(judged: Judged) -> tuple[Meeting, ...] | None:
    """The meetings with that topic and start; None if nobody could look."""
    try:
        found = collect(lambda token: user_client().meetings("upcoming", token), "meetings")
    except (ZoomRefused, UpstreamError):
        return None
    topic, meetings = agenda.fold(judged.body["topic"]), map(Meeting.from_api, found.rows)
    same = tuple(each for each in meetings if agenda.fold(each.topic) == topic and each.start_at == judged.start_at)
    return same if same or found.complete else None


def _page(
    sent: MeetingForm,
    key: str,
    faults: dict[str, str] | None = None,
    *,
    notice: Notice | None = None,
    doubt: Doubt | None = None,
) -> str:
    zones = list(dict.fromkeys((viewer().zone_name, sent.zone, *COMMON, *dates.zone_choices())))
    return render_template(
        "pages/schedule.html",
        form=sent,
        switches=sent.switches,
        key=key or idempotency.new_key(),
        faults=faults or {},
        zones=[(name, name) for name in zones if dates.find_zone(name)],
        trouble=notice,
        doubt=doubt,
        warning=daily_changes.warning(user_records(), user_client().user_id, now()),
    )
