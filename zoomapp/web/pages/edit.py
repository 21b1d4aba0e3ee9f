"""The page that edits a meeting, or one session of a series."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qsl, urlencode

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from zoomapp import dates
from zoomapp.errors import UpstreamError, ZoomRefused
from zoomapp.meetings import editing, form_merge, lists
from zoomapp.meetings.editing import EditResult
from zoomapp.meetings.forms import REPEATS, RULE_OF_ZOOM, MeetingForm
from zoomapp.meetings.sessions import canceled_sessions, coming_sessions, moved_sessions
from zoomapp.web.components import filters, form_drafts
from zoomapp.web.components.meeting_form import (
    error_notice,
    error_status,
    form_context,
    typed_form,
)
from zoomapp.web.components.notice import MEETING, UPDATE, Notice, error_page
from zoomapp.web.components.page_context import say_done
from zoomapp.web.components.page_data import page_cache
from zoomapp.web.current_user import user_client
from zoomapp.web.viewer import now, user_records, viewer
from zoomapp.zoom.models import Meeting

bp = Blueprint("edit", __name__)

REPEATS_UNITS = {"daily": "days", "weekly": "weeks", "monthly": "months"}
WEEKDAYS = {"1": "Sun", "2": "Mon", "3": "Tue", "4": "Wed", "5": "Thu", "6": "Fri", "7": "Sat"}
#: Above a schedule form that was sent, changed and sent again.
ALREADY_SCHEDULED = Notice(
    "info",
    "info",
    "This meeting is already scheduled",
    "Your changes are below. Save them to change the meeting. To schedule another one, start a new form.",
)


@bp.errorhandler(ZoomRefused)
@bp.errorhandler(UpstreamError)
def show_error(error: ZoomRefused | UpstreamError) -> ResponseReturnValue:
    """A page that says why the meeting could not be loaded."""
    return error_page(error, MEETING, "Edit meeting")


@bp.get("/meetings/<int:meeting_id>/edit")
def form(meeting_id: int) -> ResponseReturnValue:
    """The form with the meeting's values; with ``occurrence`` those of one session."""
    occurrence_id = request.args.get("occurrence", "")
    meeting = user_client().meeting(meeting_id, occurrence_id)
    if not editing.can_edit(meeting, user_client().user_id):
        return redirect(url_for("meeting.show", meeting_id=meeting_id), 303)
    if (draft := form_drafts.take()) is not None:
        return _restored(meeting_id, draft)
    shown = editing.form_of(meeting, viewer().zone_name, now(), occurrence=bool(occurrence_id))
    return _page(meeting_id, shown, shown, occurrence_id, meeting=meeting)


def _restored(meeting_id: int, draft: MultiDict[str, str]) -> str:
    """The form that was sent when the sign-in had ended, or the schedule form that was sent again with changes."""
    form, occurrence_id = MeetingForm.parse(draft, draft.getlist("weekdays")), draft.get("occurrence", "")
    loaded = _loaded(draft, form)
    if occurrence_id:
        form = _session_form(form, loaded)
    notice = ALREADY_SCHEDULED if "once" in draft else form_drafts.restored_notice()
    return _page(meeting_id, form, loaded, occurrence_id, notice=notice)


@bp.post("/meetings/<int:meeting_id>/edit")
def save(meeting_id: int) -> ResponseReturnValue:
    """Save what was changed, or show the form again with what is wrong or what someone else changed meanwhile."""
    form, occurrence_id = typed_form(), request.form.get("occurrence", "")
    loaded = _loaded(request.form, form)
    if occurrence_id:
        form = _session_form(form, loaded)
    take = request.form.get("conflicts", "").split() if request.form.get("take") else ()
    result = editing.save(
        user_client(),
        user_records(),
        now(),
        meeting_id,
        form,
        loaded,
        occurrence_id=occurrence_id,
        take=take,
        upcoming_meetings=lambda: lists.upcoming_meetings(user_client(), page_cache()).value or (),
        accepted_times=request.form.get("overlap", ""),
    )
    if not result.allowed:
        return redirect(url_for("meeting.show", meeting_id=meeting_id), 303)
    if not result.done:
        return _not_saved(meeting_id, result, occurrence_id)
    say_done("Changes saved" if result.saved else "Nothing was changed", f"{result.saved} {result.remark}".strip())
    return redirect(url_for("meeting.show", meeting_id=meeting_id), 303)


def _loaded(fields: MultiDict[str, str], form: MeetingForm) -> MeetingForm:
    """The form as it was shown, from its hidden field; ``form`` itself if that field is missing."""
    loaded = MultiDict(parse_qsl(fields.get("loaded", ""), keep_blank_values=True))
    return MeetingForm.parse(loaded, loaded.getlist("weekdays")) if loaded else form


def _session_form(form: MeetingForm, loaded: MeetingForm) -> MeetingForm:
    """The form of one session, with the fields of the series, which it does not show, as they were loaded."""
    own = {name: getattr(form, name) for name in ("date", "time", "duration", "agenda", "switches")}
    return replace(loaded, **own)


def _not_saved(meeting_id: int, result: EditResult, occurrence_id: str) -> ResponseReturnValue:
    """The form again, with the reason. An error that is not about this form is raised."""
    form, loaded = result.form, result.loaded
    if result.faults:
        return _page(meeting_id, form, loaded, occurrence_id, faults=result.faults), 422
    if result.overlap is not None:
        return _page(meeting_id, form, loaded, occurrence_id, overlap=result.overlap), 409
    if result.current is not None:
        conflicts = {group: (_words(group, form), _words(group, result.current)) for group in result.conflicts}
        return _page(meeting_id, form, loaded, occurrence_id, conflicts=conflicts), 409
    assert result.error is not None
    form_drafts.show_again_or_raise(result.error)
    notice = error_notice(result.error, UPDATE, "save")
    return _page(meeting_id, form, loaded, occurrence_id, notice=notice), *error_status(result.error)


def _words(group: str, form: MeetingForm) -> str:
    """The value of a group of fields, for a person."""
    if group == "start":
        return filters.date_clock(form.start.at) if form.start else "no fixed time"
    if group == "repeat":
        return repeat_words(form)
    if group == "duration":
        return form.duration_words
    return str(getattr(form, group)) or "empty"


def repeat_words(form: MeetingForm) -> str:
    """How the meeting repeats: "weekly on Mon, Wed, 10 sessions"."""
    if form.repeat not in REPEATS:
        return {"any": "no fixed time", RULE_OF_ZOOM: "as set in Zoom"}.get(form.repeat, "doesn’t repeat")
    days = ", ".join(WEEKDAYS[day] for day in form.valid_weekdays()) if form.repeat == "weekly" else ""
    every = "" if form.interval == "1" else f", every {form.interval} {REPEATS_UNITS[form.repeat]}"
    return f"{form.repeat}{every}{' on ' + days if days else ''}, {form.count} sessions"


def _page(
    meeting_id: int,
    form: MeetingForm,
    loaded: MeetingForm,
    occurrence_id: str,
    faults: dict[str, str] | None = None,
    *,
    meeting: Meeting | None = None,
    notice: Notice | None = None,
    conflicts: dict[str, tuple[str, str]] | None = None,
    overlap: Meeting | None = None,
) -> str:
    """``meeting``: None if the form is shown again."""
    planned_zone = meeting.zone_name if meeting and dates.find_zone(meeting.zone_name) else loaded.zone
    coming = [session for session in coming_sessions(meeting, now()) if session.id] if meeting else []
    if occurrence_id:
        coming = [session for session in coming if session.id == occurrence_id]
    return render_template(
        "pages/edit.html",
        **form_context(form, faults),
        meeting_id=meeting_id,
        meeting=meeting,
        sessions=coming,
        moved=len(moved_sessions(meeting, now())) if meeting and not occurrence_id else 0,
        canceled=len(canceled_sessions(meeting, now())) if meeting and not occurrence_id else 0,
        loaded=urlencode(replace(loaded, passcode="").as_fields()),
        topic=loaded.topic,
        starts_at=loaded.start.at if loaded.start else None,
        occurrence_id=occurrence_id,
        month_day=loaded.month_day,
        planned_zone=planned_zone if planned_zone != loaded.zone else "",
        may_register=not viewer().user.basic,
        labels=form_merge.LABELS,
        conflicts=conflicts or {},
        overlap=overlap,
        times=editing.times_of(form),
        trouble=notice,
    )
