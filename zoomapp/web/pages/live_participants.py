"""The people of a running meeting, again and again: a part of the page, or word that nothing changed.

What a window asks here costs Zoom nothing: the dashboard is looked at once for all, webhooks come by themselves.
"""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from zoomapp.attendance.current_meeting import running
from zoomapp.attendance.live import LiveView, live_view
from zoomapp.errors import NotFound
from zoomapp.web.components.notice import Notice
from zoomapp.web.pages.participants import ROWS, told, version
from zoomapp.web.viewer import now, viewer
from zoomapp.zoom.meeting_ids import instance_of

bp = Blueprint("live", __name__)

#: An open window makes Zoom list the viewer's running meetings once a minute, to see the end of this one.
LIST_SECONDS = 60.0
#: News that webhooks bring are here within two seconds; an answer without any is empty and costs next to nothing.
WEBHOOK_SECONDS = 1.2
#: When the next look at the dashboard is due.
SOON_SECONDS = 1.0
#: Whoever chose to be refreshed less often than this, is.
FAST_SECONDS = 15
#: While Zoom does not answer and does not say how long.
PAUSE_SECONDS = 30
#: While Zoom refuses: a permission may be granted again, a plan changed.
REFUSED_SECONDS = 60


@bp.get("/participants/<key>/live")
def show(key: str) -> ResponseReturnValue:
    """200 with the part, 304 when it is the same, 204 when the meeting is over; else a time to wait."""
    instance = instance_of(key)
    if instance is None:
        raise NotFound
    found = running(instance, LIST_SECONDS)
    if found.value is None:
        return _nothing(found.trouble)
    there = live_view(found.value)
    if there.seen.trouble and not there.heard and not there.sighted:
        return _nothing(there.seen.trouble)
    etag = version(there.version)
    response = Response(headers={"Cache-Control": "private, no-cache", **poll_headers(there)})
    response.set_etag(etag)
    response.vary.add("Cookie")
    if request.if_none_match.contains(etag):
        response.status_code = 304
    else:
        response.mimetype = "text/html"
        part = {**told(key, found.value, there.roster()), "most": ROWS, "lively": True}
        response.set_data(render_template("partials/people.html", **part))
    return response


def _nothing(trouble: Notice | None) -> ResponseReturnValue:
    """The end, or the wait after which to ask again and, where Zoom refuses, why; what is shown stays meanwhile."""
    if trouble is None or trouble.status == NotFound.status:
        return "", 204
    if trouble.status < 429:
        return f"{trouble.title}.", 403, {"Retry-After": str(REFUSED_SECONDS), "Content-Type": "text/plain"}
    wait = trouble.retry_after or PAUSE_SECONDS
    return "", 429 if trouble.status == 429 else 503, {"Retry-After": str(wait)}


def poll_headers(there: LiveView) -> dict[str, str]:
    """When to ask again, and how old this is by then."""
    age = max(0.0, (now() - there.at).total_seconds())
    return {"X-Poll-Interval": f"{poll_seconds(there):g}", "X-Seen-Age": f"{age:.0f}"}


def poll_seconds(there: LiveView) -> float:
    """How often a window may ask."""
    chosen = viewer().chosen.refresh_seconds or FAST_SECONDS
    if there.heard and chosen <= FAST_SECONDS:
        return WEBHOOK_SECONDS
    if chosen > FAST_SECONDS or there.seen.value is None:
        return chosen
    # Not before there can be news, and then at once; whoever comes while somebody else asks Zoom comes again.
    return min(chosen, max(SOON_SECONDS, round(there.seen.value.next_at - now().timestamp(), 1)))
