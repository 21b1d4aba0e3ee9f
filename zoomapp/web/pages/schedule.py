"""The page that schedules a meeting."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from zoomapp import dates
from zoomapp.errors import RateLimited, TokenError, UpstreamError, ZoomAppError, ZoomRefused
from zoomapp.meetings import daily_changes, scheduling
from zoomapp.meetings.forms import MeetingForm
from zoomapp.meetings.scheduling import PossibleDuplicates, ScheduleResult
from zoomapp.store import idempotency
from zoomapp.store.idempotency import IdempotencyKeys
from zoomapp.web.components import filters, form_drafts
from zoomapp.web.components.notice import CREATE, Notice, notice_for
from zoomapp.web.components.page_context import say_done
from zoomapp.web.current_user import user_client
from zoomapp.web.viewer import now, require_connection, user_records, viewer

bp = Blueprint("schedule", __name__)

#: The zones at the top of the list.
COMMON_ZONES = ("Europe/Berlin", "Europe/London", "America/New_York", "America/Los_Angeles", "Asia/Tokyo", "UTC")


@bp.get("/meetings/new")
def form() -> ResponseReturnValue:
    """An empty form; or, for a form that was sent before, the result of the first time."""
    require_connection()
    key = request.args.get("once", "")
    if key and (result := IdempotencyKeys(user_records(), user_client().user_id).result(key)) is not None:
        return _first_result(result)
    if (draft := form_drafts.take()) is not None:
        restored = MeetingForm.parse(draft, draft.getlist("weekdays"))
        return _page(restored, idempotency.new_key(), notice=form_drafts.restored_notice())
    return _page(MeetingForm.default(now(), viewer().zone_name), idempotency.new_key())


@bp.post("/meetings/new")
def create() -> ResponseReturnValue:
    """Schedule the meeting, or show the form again with what is wrong. The same form sent twice schedules once."""
    form = MeetingForm.parse(request.form, request.form.getlist("weekdays"))
    result = scheduling.schedule(
        user_client(),
        user_records(),
        now(),
        form,
        request.form.get("once", ""),
        find_duplicates_first=bool(request.form.get("look")),
    )
    if result.already_sent:
        return redirect(url_for(".form", once=result.key), 303)
    if result.meeting is None:
        return _not_created(form, result)
    say_done("Meeting scheduled", result.remark)
    return redirect(url_for("meeting.show", meeting_id=result.meeting.id), 303)


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
    if isinstance(error, TokenError):
        form_drafts.save()
    if not isinstance(error, ZoomRefused | UpstreamError):
        raise error
    page = _page(form, result.key, notice=_notice(error), duplicates=result.duplicates)
    if isinstance(error, RateLimited) and error.daily:
        return page, 429, error.headers
    return page, error.status if isinstance(error, UpstreamError) else 200


def _notice(error: ZoomAppError) -> Notice:
    if isinstance(error, RateLimited) and error.daily:
        resets_at = filters.clock(filters.moment(now().timestamp() + error.retry_after))
        return Notice(
            "warn", "clock", "Zoom allows 100 meeting changes a day", f"You can schedule again at {resets_at}."
        )
    return notice_for(error, CREATE)


def _page(
    form: MeetingForm,
    key: str,
    faults: dict[str, str] | None = None,
    *,
    notice: Notice | None = None,
    duplicates: PossibleDuplicates | None = None,
) -> str:
    zones = dict.fromkeys((viewer().zone_name, form.zone, *COMMON_ZONES, *dates.zone_choices()))
    return render_template(
        "pages/schedule.html",
        form=form,
        switches=form.switches,
        key=key or idempotency.new_key(),
        faults=faults or {},
        zones=[(name, name) for name in zones if dates.find_zone(name)],
        trouble=notice,
        duplicates=duplicates,
        warning=daily_changes.warning(user_records(), user_client().user_id, now()),
    )
