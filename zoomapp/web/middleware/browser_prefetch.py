"""Pages that a browser loads before a person opens them: from saved copies alone, and without any effect.

https://developer.mozilla.org/docs/Web/API/Speculation_Rules_API
"""

from __future__ import annotations

from flask import Flask, Response, request

from zoomapp.config import FRONTEND_PATH, Settings
from zoomapp.user_api.limited_client import CallsEnded
from zoomapp.web.current_user import is_prefetch, this_session

#: The rules for browsers. A file of our own, because the content policy allows nothing inline.
RULES = "pages.speculationrules"
#: The pages that the rules name.
ENDPOINTS = frozenset({"meetings.index", "recordings.index"})


def init_app(app: Flask, settings: Settings) -> None:
    is_on = settings.prefetches
    rules = f'"{app.jinja_env.globals["asset_url"](RULES)}"'  # type: ignore[operator]
    app.register_error_handler(CallsEnded, _refuse)

    @app.before_request
    def refuse_other_pages() -> Response | None:
        if not is_prefetch() or request.path.startswith(("/static/", f"{FRONTEND_PATH}/")):
            return None
        return None if is_on and _has_no_effect() else _refuse()

    @app.after_request
    def name_rules(response: Response) -> Response:
        # dict.get, because the session's own method would add `Vary: Cookie` to the response.
        is_page = response.mimetype == "text/html" and response.status_code == 200
        if is_on and is_page and dict.get(this_session(), "user_id"):
            response.headers["Speculation-Rules"] = rules
        return response


def _has_no_effect() -> bool:
    """Whether the page may be loaded: a notice that is shown once waits for a person, and so does a new cookie."""
    session = this_session()
    return request.endpoint in ENDPOINTS and "done" not in session and not session.modified


def _refuse(_: CallsEnded | None = None) -> Response:
    """503, after which the browser loads the page once it is opened."""
    return Response(status=503, headers={"Cache-Control": "no-store"})
