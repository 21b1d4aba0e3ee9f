"""Error handlers: a failure becomes a JSON response, or a page for a browser."""

from __future__ import annotations

import logging

from flask import Flask, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException, InternalServerError

from zoomapp import metrics
from zoomapp.errors import BadRequest, NotFound, TokenError, TooLarge, UriTooLong, ZoomAppError
from zoomapp.log_setup import audit, request_id
from zoomapp.web.components import unsent_form
from zoomapp.web.current_user import services
from zoomapp.web.middleware.outermost import plain_page
from zoomapp.web.viewer import use_anonymous_viewer

log = logging.getLogger(__name__)

#: The endpoints of sign-ins. How they are called in the audit log: by redirect, in Zoom's client, by app context.
SIGN_INS = {
    **dict.fromkeys(("oauth.install", "oauth.callback"), "web"),
    **dict.fromkeys(("oauth.authorize", "oauth.onauthorized"), "client"),
    **dict.fromkeys(("oauth.home", "oauth.context", "oauth.seat"), "context"),
}


def init_app(app: Flask) -> None:
    app.register_error_handler(ZoomAppError, answer)
    app.register_error_handler(HTTPException, answer_http)
    app.register_error_handler(Exception, answer_unknown)


def answer(error: ZoomAppError) -> ResponseReturnValue:
    """The response for a failure, with its status, message and headers."""
    level = logging.ERROR if error.status >= 500 else logging.INFO
    log.log(level, "request failed", extra={"code": error.code, "status": error.status, "detail": error.detail})
    if error.status >= 500:
        metrics.failure(request.url_rule.rule if request.url_rule else "unmatched", error.code)
    if channel := SIGN_INS.get(request.endpoint or ""):
        outcome = "failed" if error.status >= 500 else "refused"
        # Not ``detail``, which may hold what a stranger sent.
        audit("sign_in", outcome, channel=channel, reason=getattr(error, "reason", type(error).__name__))
    headers = {"Cache-Control": "no-store", **error.headers}
    if prefers_html():
        return _page(error), error.status, headers
    return error.body(request_id.get()), error.status, headers


def _page(error: ZoomAppError) -> str:
    """The error page, or a plain one if rendering it fails."""
    try:
        if error.status >= 500:
            use_anonymous_viewer()
        unsent = unsent_form.unsent() if isinstance(error, TokenError | TooLarge) else None
        if isinstance(error, TokenError) or unsent:
            return render_template("pages/connect.html", error=error, unsent=unsent)
        return render_template("pages/error.html", error=error, reference=request_id.get())
    except Exception:
        log.exception("error page failed")
        return plain_page(error, services().settings.app_name, request_id.get())


def answer_http(error: HTTPException) -> ResponseReturnValue:
    """The response for Werkzeug's own errors (404, 405, 413, …). Its redirects stay as they are."""
    if error.code is None or error.code < 400:
        return error
    if isinstance(error, InternalServerError) and isinstance(error.original_exception, Exception):
        return answer_unknown(error.original_exception)
    return answer(_zoom_app_error(error))


def answer_unknown(error: Exception) -> ResponseReturnValue:
    """The response for a bug: the log has the traceback, the user gets a reference."""
    if isinstance(error, ZoomAppError):
        return answer(error)
    log.error("unexpected failure", exc_info=(type(error), error, error.__traceback__))
    return answer(ZoomAppError())


def prefers_html() -> bool:
    """Whether the client is a browser that shows a page. A script without ``Accept`` gets JSON."""
    accepts = request.accept_mimetypes
    return accepts["text/html"] > accepts["application/json"]


def _zoom_app_error(error: HTTPException) -> ZoomAppError:
    """The exception of this app for an error of Werkzeug."""
    status = error.code or 500
    classes: dict[int, type[ZoomAppError]] = {404: NotFound, 413: TooLarge, 414: UriTooLong}
    if status in classes:
        return classes[status]()
    result = ZoomAppError() if status >= 500 else BadRequest()
    result.status = status
    if status != 400:
        result.code = error.name.lower().replace(" ", "_")
    return result
