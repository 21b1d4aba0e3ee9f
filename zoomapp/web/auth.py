"""Sign-in by redirect, in Zoom's client and by app context; sign-out; disconnect."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from zoomapp.auth.pending_signins import PendingSignIn, started_in_client
from zoomapp.config import FRONTEND_PATH
from zoomapp.errors import ContextRefused, SignInDenied, SignInError, StateMismatch, ZoomAppError
from zoomapp.log_setup import audit
from zoomapp.tokens.refresh import Revocation
from zoomapp.web.components import form_drafts, prefetch
from zoomapp.web.current_user import (
    browser,
    end_session,
    open_guest_session,
    open_session,
    remember_browser,
    sent_session_id,
    services,
    this_session,
    user_id,
)
from zoomapp.web.errors import prefers_html
from zoomapp.web.middleware.request_json import json_object
from zoomapp.web.return_path import page_path
from zoomapp.web.signed_seat import IN_A_MEETING, save_seat
from zoomapp.zoom.app_context import AppContext, open_context

bp = Blueprint("oauth", __name__, url_prefix="/api/zoomapp")

CONTEXT_HEADER = "X-Zoom-App-Context"


@bp.get("/home")
def home() -> ResponseReturnValue:
    """The Home URL. Zoom's client sends the app context in a header; without it, the page gets it from the SDK."""
    header = request.headers.get(CONTEXT_HEADER)
    if header is None:
        # The overview may be the Home URL, too, where the client would send a refused context again.
        next_page = url_for("connect.show") if user_id() is None else first_page("")
        return render_template("pages/home.html", next_page=next_page)
    return redirect(sign_in_with_context(header))


@bp.post("/context")
def context() -> ResponseReturnValue:
    """Sign in with the result of the SDK's ``getAppContext()``: {"context": …} → {"location": …}."""
    return {"result": "Success", "location": sign_in_with_context(_text(json_object(), "context"))}


def sign_in_with_context(encrypted: str) -> str:
    """Sign in the user of an encrypted app context, and return the path of the first page. Raises ContextRefused.

    The same context sent again by that session within a minute gives the same page and changes nothing.
    """
    uses, now, context = services().used_contexts, services().clock(), _opened(encrypted)
    # A context has no nonce, so it is stored until it expires to prevent a replay. The key is its bytes: the text can
    # be written in many ways (padding, alphabet, unused bits of the last character).
    if not uses.claim(context.sealed, this_session().sid, int(context.expires_at - now) + 10):
        if _is_signed_in(context) and uses.is_repeat(context.sealed, this_session().sid):
            return first_page(context.kind)
        raise ContextRefused("used_before" if user_id() is None or _is_signed_in(context) else "another_user")
    if not _is_signed_in(context):
        _open_session_of(context)
        uses.move(context.sealed, this_session().sid)
    if context.theme in ("light", "dark"):
        session["client_theme"] = context.theme
    save_seat(context)
    return first_page(context.kind)


def _opened(encrypted: str) -> AppContext:
    """The app context. Raises ContextRefused."""
    parts = services()
    settings, issuers = parts.settings, parts.client.hosts.context_issuers
    return open_context(encrypted, settings.zoom_client_id, settings.zoom_client_secrets, parts.clock(), issuers)


def first_page(kind: str) -> str:
    """The path of the first page in this running context, or of the other frontend."""
    if services().settings.has_frontend:
        return FRONTEND_PATH
    return "/participants" if kind in IN_A_MEETING else "/"


def _open_session_of(context: AppContext) -> None:
    if context.user_id:
        open_session(context.user_id)
        audit("sign_in", "succeeded", context.user_id, channel="context")
    else:
        # A guest must not get the session of the person who used this window before.
        open_guest_session()


def _is_signed_in(context: AppContext) -> bool:
    """Whether this session belongs to the context's user, or to a guest if the context has none."""
    if context.user_id:
        return user_id() == context.user_id
    return user_id() is None and "guest" in session


@bp.post("/seat")
def seat() -> ResponseReturnValue:
    """Save where the user sits now: {"context": …}, the result of the SDK's ``getAppContext()``, of this very user.

    It opens no session, so a context that was used before is accepted until it expires.
    """
    context = _opened(_text(json_object(), "context"))
    if not context.user_id or context.user_id != user_id():
        raise ContextRefused("another_user")
    save_seat(context)
    return "", 204


@bp.get("/authorize")
def authorize() -> ResponseReturnValue:
    """The arguments of the SDK's ``authorize``. They work once, within five minutes, in this browser."""
    name = browser()
    challenge, state = services().signin.start_in_client(name)
    remember_browser(name)
    return {"codeChallenge": challenge, "state": state}


@bp.post("/onauthorized")
def onauthorized() -> ResponseReturnValue:
    """Finish a sign-in in Zoom's client, with the code that the SDK's ``onAuthorized`` gave to the page.

    A repeat gets the same answer when the first one was sent, without a session: only the first gets the cookie.
    """
    body = json_object()
    signed_in = services().signin.finish_in_client(
        browser(),
        code=_text(body, "code"),
        state=_text(body, "state", ""),
        redirect_uri=_text(body, "redirectUri", ""),
        href=_text(body, "href", ""),
        known_user_id=user_id() or "",
        former_session_id=sent_session_id(),
    )
    answer = jsonify(result="Success")
    if signed_in is not None:
        _open_session_with_new_grant(signed_in.user_id, "client")
        answer.call_on_close(signed_in.announce)
    return answer


@bp.get("/install")
def install() -> ResponseReturnValue:
    """Start a sign-in: redirect to Zoom's consent page. ``next`` is the path of the page to return to."""
    restarted, next_path = request.args.get("restart") == "1", page_path(request.args.get("next", ""))
    name = browser()
    address = services().signin.start_web(name, restarted=restarted, next_path=next_path)
    remember_browser(name)
    return redirect(address)


@bp.get("/auth")
def callback() -> ResponseReturnValue:
    """Zoom's redirect back from the consent page (RFC 6749 4.1.2)."""
    state, code = request.args.get("state", ""), request.args.get("code", "")
    if "error" in request.args:
        raise SignInDenied(f"error={request.args['error'][:40]}")
    if not code:
        raise SignInError("neither code nor error")
    if not state or started_in_client(state):
        return _restart()
    signed_in_user_id, pending = services().signin.finish_web(browser(), code, state)
    _open_session_with_new_grant(signed_in_user_id, "web")
    return redirect(_page_after_sign_in(signed_in_user_id, pending))


def _open_session_with_new_grant(user_id: str, channel: str) -> None:
    """Open a session. What was read with the user's former grant is not shown with the new one."""
    open_session(user_id)
    version = services().answers.clear(user_id)
    audit("sign_in", "succeeded", user_id, channel=channel)
    if not services().settings.has_frontend:
        prefetch.after_sign_in(version)


def _page_after_sign_in(user_id: str, pending: PendingSignIn) -> str:
    """The link to the app in Zoom's client after an installation; else the page with an unsent form, or that asked.

    With another frontend every sign-in in a browser is an installation, as with Zoom's sample.
    """
    if pending.restarted:
        return _deep_link(user_id)
    if path := form_drafts.pending_path() or page_path(pending.next_path):
        return path
    return _deep_link(user_id) if services().settings.has_frontend else first_page("")


def _restart() -> ResponseReturnValue:
    """Restart a sign-in that did not start in this browser: from the Marketplace, or in Zoom's client.

    Anybody could have sent the code, so it is never exchanged. The sign-in starts again once, now with a state.
    """
    if services().signin.was_restarted(browser()):
        raise StateMismatch("a code without our state, twice")
    return redirect("/api/zoomapp/install?restart=1")


def _deep_link(user_id: str) -> str:
    """The link to the app in Zoom's client, where the person added it; the first page if Zoom gives no link."""
    try:
        return services().signin.deep_link(services().tokens.access_token(user_id), "added")
    except ZoomAppError:
        return first_page("")


@bp.post("/logout")
def logout() -> ResponseReturnValue:
    """Sign out. The tokens stay for the next sign-in."""
    former_user_id = session.get("user_id")
    end_session()
    if former_user_id:
        audit("sign_out", "succeeded", former_user_id)
    return _goodbye("signed-out")


@bp.post("/disconnect")
def disconnect() -> ResponseReturnValue:
    """Revoke the grant at Zoom and delete everything that is stored of this user."""
    revoked = False
    if (current_user_id := user_id()) is not None:
        revoked = services().tokens.revoke(current_user_id) is Revocation.CONFIRMED
        audit("disconnect", "succeeded", current_user_id, revoked=revoked)
    end_session()
    return _goodbye("disconnected" if revoked else "deleted")


def _goodbye(reason: str) -> ResponseReturnValue:
    """The page after signing out. The reason is in its address, because there is no session any more."""
    if prefers_html():
        return redirect(url_for("connect.show", left=reason), 303)
    return {"result": "Success"}


def _text(body: dict[str, Any], name: str, default: str | None = None) -> str:
    value = body.get(name, default)
    if value is None and default is not None:
        return default
    if not isinstance(value, str) or (default is None and not value):
        raise SignInError(f"{name} is missing or not a text")
    return value
