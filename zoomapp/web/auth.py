"""Signing in and out: by redirect, inside Zoom's client, by app context; disconnecting."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from zoomapp.auth.pending_signins import started_in_client
from zoomapp.config import FRONTEND_PATH
from zoomapp.errors import ContextRefused, SignInDenied, SignInError, StateMismatch, ZoomAppError
from zoomapp.web.components import form_drafts
from zoomapp.web.current_user import (
    browser,
    end_session,
    open_guest_session,
    open_session,
    remember_browser,
    services,
    this_session,
    user_id,
)
from zoomapp.web.errors import prefers_html
from zoomapp.web.middleware.request_json import json_object
from zoomapp.zoom.app_context import AppContext, open_context

bp = Blueprint("oauth", __name__, url_prefix="/api/zoomapp")

CONTEXT_HEADER = "X-Zoom-App-Context"
#: What the page shown first is, by where the app was opened.
IN_A_MEETING = frozenset({"meeting", "webinar"})


@bp.get("/home")
def home() -> ResponseReturnValue:
    """The Home URL: the client's header says who is there; without it the page asks the SDK."""
    header = request.headers.get(CONTEXT_HEADER)
    if header is None:
        return render_template("pages/home.html", first_page=first_page(""))
    return redirect(enter(header))


@bp.post("/context")
def context() -> ResponseReturnValue:
    """The same from ``getAppContext()``: {"context": …} → {"location": …}."""
    return {"result": "Success", "location": enter(_text(json_object(), "context"))}


def enter(blob: str) -> str:
    """Open the session the context was sealed for, and say which page to show. Raises ContextRefused.

    The same context again from that session, soon after, leads to the same page and changes nothing.
    """
    parts = services()
    uses, now = parts.used_contexts, parts.clock()
    opened = open_context(blob, parts.settings.zoom_client_id, parts.settings.zoom_client_secret, now)
    # A context has no nonce: remembering it until it expires is what keeps it from being used twice. Its text can be
    # spelled in many ways (padding, alphabet, spare bits of the last character), its bytes in one.
    if not uses.claim(opened.sealed, this_session().sid, int(opened.expires_at - now) + 10):
        if _is_open(opened) and uses.is_repeat(opened.sealed, this_session().sid):
            return first_page(opened.kind)
        raise ContextRefused("app context: used before")
    if not _is_open(opened):
        if opened.user_id:
            open_session(opened.user_id)
        else:
            # Whoever used this window before must not be taken for the guest.
            open_guest_session()
        uses.move(opened.sealed, this_session().sid)
    if opened.theme in ("light", "dark"):
        session["client_theme"] = opened.theme
    return first_page(opened.kind)


def first_page(kind: str) -> str:
    """The page to begin with in this running context, or the other frontend."""
    if services().settings.has_frontend:
        return FRONTEND_PATH
    return "/participants" if kind in IN_A_MEETING else "/"


def _is_open(context: AppContext) -> bool:
    """Whether this browser's session is that of the context's person, or of a guest."""
    if context.user_id:
        return user_id() == context.user_id
    return user_id() is None and "guest" in session


@bp.get("/authorize")
def authorize() -> ResponseReturnValue:
    """What the SDK's ``authorize`` takes; one use, five minutes, bound to this browser."""
    name = browser()
    challenge, state = services().signin.start_in_client(name)
    remember_browser(name)
    return {"codeChallenge": challenge, "state": state}


@bp.post("/onauthorized")
def onauthorized() -> ResponseReturnValue:
    """The in-client code, as the SDK's ``onAuthorized`` gave it to the page."""
    body = json_object()
    who = services().signin.finish_in_client(
        browser(),
        code=_text(body, "code"),
        state=_text(body, "state", ""),
        redirect_uri=_text(body, "redirectUri", ""),
        href=_text(body, "href", ""),
        known_user_id=user_id() or "",
    )
    open_session(who)
    return {"result": "Success"}


@bp.get("/install")
def install() -> ResponseReturnValue:
    """To Zoom's consent page."""
    restarted = request.args.get("restart") == "1"
    name = browser()
    address = services().signin.start_web(name, restarted=restarted)
    remember_browser(name)
    return redirect(address)


@bp.get("/auth")
def callback() -> ResponseReturnValue:
    """Back from Zoom's consent page (RFC 6749 4.1.2)."""
    state, code = request.args.get("state", ""), request.args.get("code", "")
    if "error" in request.args:
        raise SignInDenied(f"error={request.args['error'][:40]}")
    if not code:
        raise SignInError("neither code nor error")
    if not state or started_in_client(state):
        return _restart()
    who, begun = services().signin.finish_web(browser(), code, state)
    open_session(who)
    return redirect(_deep_link(who) if begun.restarted else form_drafts.waiting() or "/")


def _restart() -> ResponseReturnValue:
    """A code we cannot tie to this browser: added from the Marketplace, or begun in Zoom's client and sent here.

    It is never exchanged, as anybody could have sent it. The person is sent round once, now with our own state.
    """
    if services().signin.was_restarted(browser()):
        raise StateMismatch("a code without our state, twice")
    return redirect("/api/zoomapp/install?restart=1")


def _deep_link(who: str) -> str:
    """Into Zoom's client, where the person added the app; our own page if Zoom gives no link."""
    try:
        return services().signin.deep_link(services().tokens.access_token(who), "added")
    except ZoomAppError:
        return "/"


@bp.post("/logout")
def logout() -> ResponseReturnValue:
    """End the session; the tokens stay for the next one."""
    end_session()
    return _left("signed-out")


@bp.post("/disconnect")
def disconnect() -> ResponseReturnValue:
    """Revoke at Zoom and delete everything kept of this person."""
    confirmed = False
    if (who := user_id()) is not None:
        confirmed = services().tokens.revoke(who)
    end_session()
    return _left("disconnected" if confirmed else "deleted")


def _left(how: str) -> ResponseReturnValue:
    """The page that says so; the session that could have carried it is gone."""
    if prefers_html():
        return redirect(url_for("connect.show", left=how), 303)
    return {"result": "Success"}


def _text(body: dict[str, Any], name: str, default: str | None = None) -> str:
    value = body.get(name, default)
    if value is None and default is not None:
        return default
    if not isinstance(value, str) or (default is None and not value):
        raise SignInError(f"{name} is missing or not a text")
    return value
