"""The page that schedules a meeting. The short form of the overview is sent here, too."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from zoomapp.errors import ZoomAppError
from zoomapp.meetings import editing, form_merge, scheduling
from zoomapp.meetings.forms import MeetingForm
from zoomapp.meetings.quick_schedule import CUSTOM_START, prefilled
from zoomapp.meetings.scheduling import PossibleDuplicates, ScheduleResult
from zoomapp.store import idempotency
from zoomapp.store.idempotency import IdempotencyKeys
from zoomapp.web.components import form_drafts
from zoomapp.web.components.meeting_form import (
    error_notice,
    error_status,
    form_context,
    typed_form,
)
from zoomapp.web.components.notice import CREATE, Notice
from zoomapp.web.components.page_context import say_done
from zoomapp.web.current_user import user_client
from zoomapp.web.viewer import now, require_connection, user_records, viewer

bp = Blueprint("schedule", __name__)


@bp.get("/meetings/new")
def form() -> ResponseReturnValue:
    """A new form, with the topic and duration of the address; or the result of a form that was sent before."""
    require_connection()
    key = request.args.get("once", "")
    if key and (result := IdempotencyKeys(user_records(), user_client().user_id).result(key)) is not None:
        return _first_result(result)
    if (draft := form_drafts.take()) is not None:
        restored = MeetingForm.parse(draft, draft.getlist("weekdays"))
        return _page(restored, idempotency.new_key(), notice=form_drafts.restored_notice())
    return _page(prefilled(now(), viewer().zone_name, request.args), idempotency.new_key())


@bp.post("/meetings/new")
def create() -> ResponseReturnValue:
    """Schedule the meeting, or show the form again with what is wrong. The same form sent twice schedules once."""
    form = typed_form()
    if request.form.get("at") == CUSTOM_START:
        return redirect(url_for(".form", topic=form.topic, duration=form.duration), 303)
    result = scheduling.schedule(
        user_client(),
        user_records(),
        now(),
        form,
        request.form.get("once", ""),
        find_duplicates_first=bool(request.form.get("look")),
    )
    if result.already_sent:
        return _sent_before(form, result.key)
    if result.meeting is None:
        return _not_created(form, result)
    say_done("Meeting scheduled", result.remark)
    return redirect(url_for("meeting.show", meeting_id=result.meeting.id), 303)


def _sent_before(form: MeetingForm, key: str) -> ResponseReturnValue:
    """The meeting of the first request; the page that edits it if the person went back and changed the form."""
    result = IdempotencyKeys(user_records(), user_client().user_id).result(key) or ""
    changed = _changed_since(form, int(result)) if result.isdecimal() else None
    if changed is not None:
        path = url_for("edit.form", meeting_id=result)
        form_drafts.save_for(path, [*changed, ("once", key)])
        return redirect(path, 303)
    return redirect(url_for(".form", once=key), 303)


def _changed_since(form: MeetingForm, meeting_id: int) -> list[tuple[str, str]] | None:
    """The fields of the edit form with what this form says otherwise than its meeting; None if that is nothing."""
    try:
        scheduled = editing.form_of(user_client().meeting(meeting_id), form.zone, now())
    except ZoomAppError as error:
        form_drafts.show_again_or_raise(error)
        return None
    changed = form_merge.typed_again(form, scheduled)
    return [*changed.as_fields(), ("loaded", urlencode(scheduled.as_fields()))] if changed else None


def _first_result(result: str) -> ResponseReturnValue:
    if result == idempotency.PENDING:
        return render_template("pages/working.html"), 200, {"Refresh": "1"}
    # The address may have the key of another form, whose result is not a meeting.
    return redirect(url_for("meeting.show", meeting_id=result) if result.isdecimal() else url_for(".form"), 303)


def _not_created(form: MeetingForm, result: ScheduleResult) -> ResponseReturnValue:
    """The form again, with the reason. An error that is not about this form is raised."""
    if result.faults:
        return _page(form, result.key, result.faults), 422
    error = result.error
    if error is None:
        return _page(form, result.key, duplicates=result.duplicates)
    form_drafts.show_again_or_raise(error)
    notice = error_notice(error, CREATE, "schedule")
    return _page(form, result.key, notice=notice, duplicates=result.duplicates), *error_status(error)


def _page(
    form: MeetingForm,
    key: str,
    faults: dict[str, str] | None = None,
    *,
    notice: Notice | None = None,
    duplicates: PossibleDuplicates | None = None,
) -> str:
    return render_template(
        "pages/schedule.html",
        **form_context(form, faults),
        key=key or idempotency.new_key(),
        trouble=notice,
        duplicates=duplicates,
    )
