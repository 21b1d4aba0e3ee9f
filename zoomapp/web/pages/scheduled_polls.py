"""The polls of a meeting before and while people answer them: their questions and choices."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from zoomapp.errors import UpstreamError, ZoomRefused
from zoomapp.meeting_content.poll_loading import load_scheduled_polls
from zoomapp.meetings.lists import meeting_details
from zoomapp.user_api.page_cache import Loaded
from zoomapp.web.components.notice import MEETING, Notice, Permission, error_page
from zoomapp.web.components.page_data import page_cache
from zoomapp.web.components.section import Section, required, section
from zoomapp.web.current_user import services, user_client
from zoomapp.web.viewer import start_viewer
from zoomapp.zoom import endpoints
from zoomapp.zoom.polls import Poll
from zoomapp.zoom.tolerant_reader import Rows

bp = Blueprint("scheduled_polls", __name__)

POLLS = Permission(endpoints.LIST_POLLS, "Zoom doesn’t know this meeting")
#: Zoom's code if the host's settings have no polls.
OFF = 4400


@bp.errorhandler(ZoomRefused)
@bp.errorhandler(UpstreamError)
def show_error(error: ZoomRefused | UpstreamError) -> ResponseReturnValue:
    """A page that says why the meeting could not be loaded."""
    return error_page(error, MEETING, "Polls")


@bp.get("/meetings/<int:meeting_id>/polls")
def show(meeting_id: int) -> ResponseReturnValue:
    """The page. Their results are on the page of the past meeting."""
    cache, client = page_cache(), user_client()
    start_viewer(cache.calls)
    pending = cache.calls.start(lambda: load_scheduled_polls(cache, client, meeting_id))
    meeting = required(meeting_details(client, cache, meeting_id))
    polls = _section(pending.result())
    page = render_template(
        "pages/scheduled_polls.html",
        meeting=meeting,
        polls=polls,
        at_zoom=f"{services().settings.zoom_host}/meeting/{meeting_id}",
    )
    return page, polls.status, polls.headers


def _section(loaded: Loaded[Rows[Poll]]) -> Section[Rows[Poll]]:
    """The section of the polls, with a notice of its own if the host's settings have none."""
    if not isinstance(loaded.error, ZoomRefused) or loaded.error.zoom_code != OFF:
        return section(loaded, POLLS)
    settings = (f"{services().settings.zoom_host}/profile/setting", "Open Zoom settings")
    text = "Turn them on in Zoom settings › Meeting."
    return Section(None, loaded.at, Notice("info", "info", "Polls are off for you", text, actions=(settings,)))
