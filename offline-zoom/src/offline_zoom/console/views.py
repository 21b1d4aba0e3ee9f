"""The console: one page, and the forms on it."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, Response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from offline_zoom.client_window.views import webhook_sender
from offline_zoom.console import text
from offline_zoom.console.actions import run
from offline_zoom.console.lists import lists
from offline_zoom.dates import iso
from offline_zoom.errors import current_world

bp = Blueprint("console", __name__)
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; "
    "base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": POLICY, "Cache-Control": "no-store"}


@bp.before_request
def refuse_foreign_origin() -> ResponseReturnValue | None:
    """Refuse a form that a page of another origin sent."""
    own = request.headers.get("Origin") in (None, request.host_url.rstrip("/"))
    return ("offline Zoom: not from another origin", 403) if request.method == "POST" and not own else None


@bp.get("/")
def page() -> ResponseReturnValue:
    """The console."""
    return render()


@bp.post("/")
@bp.post("/faults")
def change() -> ResponseReturnValue:
    """Run the action of a form and show the console again, or say why it is not possible."""
    try:
        run(current_world(), request.form)
    except ValueError as error:
        return render(str(error)), 400
    # The browser keeps the fragment of the form's address, and so goes back to the form's section.
    return redirect(f"/?{urlencode(list(request.args.items()))}" if request.args else "/", 303)


@bp.get("/faults")
def faults() -> ResponseReturnValue:
    """The former page of faults: now a section of the console."""
    return redirect("/#faults")


def render(error: str = "") -> Response:
    """The console, after a refused form with its error and the values that were typed."""
    world = current_world()
    world.catch_up()
    with world.lock:
        page = render_template(
            "console/page.html",
            world=world,
            error=error,
            typed=request.form if error else {},
            link=link,
            text=text,
            iso=iso,
            fault_key=id,
            **lists(world, webhook_sender(), request.args),
        )
    # Stories have names with half a surrogate pair, which UTF-8 cannot carry.
    return Response(page.encode("utf-8", "backslashreplace"), headers=HEADERS)


def link(section: str, **changes: object) -> str:
    """The console's address at a section, with some query parameters changed. None removes one."""
    values = {**request.args, **changes}
    query = urlencode({name: value for name, value in values.items() if value not in (None, "")})
    return f"/{'?' if query else ''}{query}#{section}"
