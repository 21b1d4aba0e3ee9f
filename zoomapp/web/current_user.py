"""The user of this request and their ``UserClient``; opens and ends their session, and names their browser."""

from __future__ import annotations

import secrets
from typing import cast

from flask import current_app, g, request, session

from zoomapp.errors import NotSignedIn, StoreUnavailable
from zoomapp.services import Services
from zoomapp.user_api.user_client import UserClient
from zoomapp.web.sessions import EncryptedSessions, Session

#: The session fields that belong to the browser, and stay when another person signs in.
BROWSER_FIELDS = ("browser", "theme")


def services() -> Services:
    """The services of this app."""
    return cast(Services, current_app.extensions["zoomapp"])


def user_id() -> str | None:
    """The Zoom id of the user, or None for a visitor. Raises StoreUnavailable if the session could not be read."""
    if uses_one_time_link():
        return cast(str, g.link_user_id)
    return this_session().user()


def user_client() -> UserClient:
    """Zoom's API as this user. Raises NotSignedIn, StoreUnavailable."""
    if (current_user_id := user_id()) is None:
        raise NotSignedIn("no user in the session")
    # The session of a request with a one-time link may belong to somebody else.
    tokens = None if uses_one_time_link() else this_session().tokens
    if is_prefetch():
        return services().limited_client(current_user_id, 0, tokens)
    return services().user_client(current_user_id, tokens)


def is_prefetch() -> bool:
    """Whether the browser loads a page that the person may open next."""
    return "prefetch" in request.headers.get("Sec-Purpose", request.headers.get("Purpose", ""))


def browser() -> str:
    """A random name for this browser. It stays when the session id changes, so two tabs can sign in at the same time.

    Only ``remember_browser`` saves a new name, so a request that starts no sign-in creates no session.
    """
    if this_session().unknown:
        raise StoreUnavailable("the session could not be read")
    return cast(str, session.get("browser") or secrets.token_urlsafe(16))


def sent_session_id() -> str:
    """The session id in the request's cookie, whether or not such a session exists; empty without a cookie."""
    return request.cookies.get(current_app.config["SESSION_COOKIE_NAME"], "")


def remember_browser(name: str) -> None:
    """Save the browser's name, under which a sign-in was started."""
    if session.get("browser") != name:
        session["browser"] = name


def uses_one_time_link() -> bool:
    """Whether this request has a one-time link, so that the browser cannot repeat it."""
    return "link_user_id" in g


def act_as_link_user(user_id: str) -> None:
    """Make this request act as the user who created the one-time link. The session may belong to another user."""
    g.link_user_id = user_id


def open_session(user_id: str) -> None:
    """Sign a user in, with a new session id and without the fields of another user."""
    fields = {name: session[name] for name in BROWSER_FIELDS if name in session}
    if session.get("user_id") == user_id:
        fields = dict(session)
    session.clear()
    session.update(fields)
    session["user_id"] = user_id
    cast(EncryptedSessions, current_app.session_interface).regenerate(this_session())


def open_guest_session() -> None:
    """Start a session for a guest, whose id Zoom does not give, without the fields of another user."""
    fields = {name: session[name] for name in BROWSER_FIELDS if name in session}
    session.clear()
    session.update(fields)
    session["guest"] = True
    cast(EncryptedSessions, current_app.session_interface).regenerate(this_session())


def end_session() -> None:
    """Sign out: delete the session and its cookie.

    Raises StoreUnavailable if the session could not be read. Only the cookie is deleted then.
    """
    session.clear()
    session.modified = True
    this_session().ended = True
    if this_session().unknown:
        raise StoreUnavailable("the session could not be ended")


def this_session() -> Session:
    """The session object itself, not Flask's proxy."""
    return cast(Session, session._get_current_object())  # type: ignore[attr-defined]
