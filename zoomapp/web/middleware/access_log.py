"""Access log, call log and metrics: what is recorded after each request, and the ``/metrics`` page."""

from __future__ import annotations

import hmac
import logging
from typing import Any, cast

from flask import Blueprint, Flask, Response, g, request, session

from zoomapp import log_setup, metrics
from zoomapp.errors import NotFound, TokenError
from zoomapp.web.current_user import services, this_session
from zoomapp.web.proxy import ROUTE
from zoomapp.zoom import call_trace

log = logging.getLogger(__name__)

bp = Blueprint("observed", __name__)

#: Requested every few seconds by machines: logged at DEBUG.
QUIET = ("/static/", "/healthz", "/readyz", "/metrics")


def init_app(app: Flask, token: str) -> None:
    if token:
        metrics.start()

    @app.after_request
    def log_request(response: Response) -> Response:
        # dict.get, because the session's own method would add `Vary: Cookie` to the response.
        user_id = dict.get(cast("dict[str, Any]", session._get_current_object()), "user_id")  # type: ignore[attr-defined]
        route = request.url_rule.rule if request.url_rule else "unmatched"
        quiet = request.path.startswith(QUIET)
        calls = call_trace.take_calls()
        seconds = log_setup.elapsed_seconds()
        record_request(request.method, route, response.status_code, user_id, calls, seconds, quiet=quiet)
        if _is_download(response):
            log_setup.audit("export", "succeeded", g.get("link_user_id") or user_id or "", route=route)
        if calls and "user_id" in session:
            services().call_log.add(session["user_id"], this_session().sid, calls)
        return response


def _is_download(response: Response) -> bool:
    """Whether a page answers with a file to save. What the proxy passes on is Zoom's answer, not a file of the app."""
    is_file = response.headers.get("Content-Disposition", "").startswith("attachment")
    return is_file and request.method == "GET" and response.status_code < 300 and request.blueprint != "proxy"


def record_request(
    method: str,
    route: str,
    status: int,
    user_id: str | None,
    calls: list[dict[str, Any]],
    seconds: float,
    *,
    quiet: bool = False,
) -> None:
    """Count and log one request that took ``seconds`` and made ``calls`` to Zoom.

    The line has the route, not the path: a path may contain a name.
    """
    metrics.request(method, route, status, seconds)
    if route == ROUTE:
        metrics.proxied(seconds, calls)
    level = logging.DEBUG if quiet else logging.INFO
    if not log.isEnabledFor(level):
        return
    fields: dict[str, Any] = {"method": method, "route": route, "status": status}
    fields["milliseconds"] = round(seconds * 1000, 1)
    if user_id:
        fields["user"] = log_setup.hash_user_id(user_id)
    if calls:
        names = ("status", "milliseconds", "tracking_id", "credential")
        fields["upstream"] = [{name: call[name] for name in names if name in call} for call in calls]
    log.log(level, "request", extra=fields)


@bp.get("/metrics")
def show() -> Response:
    """The metrics in Prometheus' text format, for clients with ``METRICS_TOKEN``; 404 without that setting."""
    token = services().settings.metrics_token
    if not token:
        raise NotFound
    if not hmac.compare_digest(request.headers.get("Authorization", "").encode(), f"Bearer {token}".encode()):
        raise TokenError("metrics requested without the token")
    return Response(metrics.exposition(), content_type="text/plain; version=0.0.4; charset=utf-8")
