"""What each request leaves behind for whoever runs the app: one line in the log, and counters."""

from __future__ import annotations

import hmac
import logging
from typing import Any, cast

from flask import Blueprint, Flask, Response, request, session

from zoomapp import log_setup, metrics
from zoomapp.errors import NotFound, TokenError
from zoomapp.web.current_user import services
from zoomapp.zoom import call_trace

log = logging.getLogger(__name__)

bp = Blueprint("observed", __name__)

#: Asked every few seconds by machines; a line for each would hide the rest.
QUIET = ("/static/", "/healthz", "/readyz", "/metrics")


def init_app(app: Flask, token: str) -> None:
    if token:
        metrics.start()

    @app.after_request
    def told(response: Response) -> Response:
        # Looked up past the session's own method, which would note that this answer depends on the cookie.
        user_id = dict.get(cast("dict[str, Any]", session._get_current_object()), "user_id")  # type: ignore[attr-defined]
        route = request.url_rule.rule if request.url_rule else "unmatched"
        quiet = request.path.startswith(QUIET)
        tell(
            request.method,
            route,
            response.status_code,
            user_id,
            call_trace.calls(),
            log_setup.elapsed_seconds(),
            quiet=quiet,
        )
        return response


def tell(
    method: str,
    route: str,
    status: int,
    user_id: str | None,
    calls: list[dict[str, Any]],
    seconds: float,
    *,
    quiet: bool = False,
) -> None:
    """One request was answered, after so many seconds and ``calls`` to Zoom.

    Of its address only the route: what stands in its place may name a person.
    """
    metrics.request(method, route, status, seconds)
    level = logging.DEBUG if quiet else logging.INFO
    if not log.isEnabledFor(level):
        return
    facts: dict[str, Any] = {"method": method, "route": route, "status": status}
    facts["milliseconds"] = round(seconds * 1000, 1)
    if user_id:
        facts["user"] = log_setup.hash_user_id(user_id)
    if calls:
        facts["upstream"] = [{name: call[name] for name in ("status", "milliseconds", "tracking_id")} for call in calls]
    log.log(level, "request", extra=facts)


@bp.get("/metrics")
def show() -> Response:
    """Prometheus' text format for whoever shows ``METRICS_TOKEN``; without that setting there is no such page."""
    token = services().settings.metrics_token
    if not token:
        raise NotFound
    if not hmac.compare_digest(request.headers.get("Authorization", "").encode(), f"Bearer {token}".encode()):
        raise TokenError("metrics asked for without the token")
    return Response(metrics.exposition(), content_type="text/plain; version=0.0.4; charset=utf-8")
