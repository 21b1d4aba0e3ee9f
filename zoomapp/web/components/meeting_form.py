"""The form of a meeting on its two pages, schedule and edit: what both templates need, and the notice of an error."""

from __future__ import annotations

from typing import Any

from flask import request

from zoomapp import dates
from zoomapp.errors import NotFound, RateLimited, UpstreamError, ZoomAppError
from zoomapp.meetings import daily_changes
from zoomapp.meetings.forms import MeetingForm
from zoomapp.web.components import filters
from zoomapp.web.components.notice import Notice, Permission, notice_for
from zoomapp.web.current_user import user_client
from zoomapp.web.viewer import now, user_records, viewer

#: The zones at the top of the list.
COMMON_ZONES = ("Europe/Berlin", "Europe/London", "America/New_York", "America/Los_Angeles", "Asia/Tokyo", "UTC")


def typed_form() -> MeetingForm:
    """The form of this request."""
    return MeetingForm.parse(request.form, request.form.getlist("weekdays"))


def form_context(form: MeetingForm, faults: dict[str, str] | None = None) -> dict[str, Any]:
    """The variables of the template ``partials/meeting_form.html``."""
    zones = dict.fromkeys((viewer().zone_name, form.zone, *COMMON_ZONES, *dates.zone_choices()))
    return {
        "form": form,
        "switches": form.switches,
        "faults": faults or {},
        "zones": [(name, name) for name in zones if dates.find_zone(name)],
        "warning": daily_changes.warning(user_records(), user_client().user_id, now()),
    }


def error_notice(error: ZoomAppError, permission: Permission, verb: str) -> Notice:
    """The notice above the form. ``verb``: what is possible again after the daily limit, such as "schedule"."""
    if isinstance(error, RateLimited) and error.daily:
        resets_at = filters.clock(filters.moment(now().timestamp() + error.retry_after))
        return Notice("warn", "clock", "Zoom allows 100 meeting changes a day", f"You can {verb} again at {resets_at}.")
    return notice_for(error, permission)


def error_status(error: ZoomAppError) -> tuple[int, dict[str, str]]:
    """The status and headers of the page that shows the form again."""
    if isinstance(error, RateLimited) and error.daily:
        return 429, error.headers
    return error.status if isinstance(error, UpstreamError | NotFound) else 200, {}
