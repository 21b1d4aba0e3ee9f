"""Who asks."""

from __future__ import annotations

import secrets
from typing import cast

from flask import current_app, g, session

from zoomapp.errors import NotSignedIn, StoreUnavailable
from zoomapp.services import Services
from zoomapp.user_api.user_client import UserClient
from zoomapp.web.sessions import EncryptedSessions, Session

#: What a browser keeps when another person signs in: how it looks, and which sign-ins it began.
KEPT = ("browser", "theme")


def services() -> Services:
    """The parts of this app."""
    return cast(Services, current_app.extensions["zoomapp"])


def user_id() -> str | None:
    """The signed-in person's Zoom user id, or None. Raises StoreUnavailable when nobody can tell."""
    if came_by_link():
        return cast(str, g.by_link)
    return this_session().user()


def user_client() -> UserClient:
    """Zoom as the signed-in person sees it. Raises NotSignedIn, StoreUnavailable."""
    if (who := user_id()) is None:
        raise NotSignedIn("no user in the session")
    # Who comes by a link may be somebody else in this browser's session.
    return services().user_client(who, None if came_by_link() else this_session().tokens)


def browser() -> str:
    """A name for this browser that outlives a change of session id, so that two tabs can sign in side by side.

    A new name is saved by ``remember_browser`` alone: a request that starts no sign-in leaves no session.
    """
    if this_session().unknown:
        raise StoreUnavailable("the session could not be read")
    return cast(str, session.get("browser") or secrets.token_urlsafe(16))


def remember_browser(name: str) -> None:
    """Save the name under which a sign-in was started."""
    if session.get("browser") != name:
        session["browser"] = name


def came_by_link() -> bool:
    """Whether this request comes by a link that works once, so that it cannot come again."""
    return "by_link" in g


def act_by_link(user_id: str) -> None:
    """This request alone is this person's, whosever browser it is: a link to a file says so."""
    g.by_link = user_id


def open_session(user_id: str) -> None:
    """Sign this person in: a new session id, and nothing of whoever was here before."""
    kept = {name: session[name] for name in KEPT if name in session}
    if session.get("user_id") == user_id:
        kept = dict(session)
    session.clear()
    session.update(kept)
    session["user_id"] = user_id
    cast(EncryptedSessions, current_app.session_interface).regenerate(this_session())


def open_guest_session() -> None:
    """Somebody whom Zoom does not name to us: a new session, and nothing of whoever was here before."""
    kept = {name: session[name] for name in KEPT if name in session}
    session.clear()
    session.update(kept)
    session["guest"] = True
    cast(EncryptedSessions, current_app.session_interface).regenerate(this_session())


def end_session() -> None:
    """Sign out: the session is gone here and its cookie in the browser.

    Raises StoreUnavailable when the session could not be read: its cookie is gone then, and nothing else.
    """
    session.clear()
    session.modified = True
    this_session().ended = True
    if this_session().unknown:
        raise StoreUnavailable("the session could not be ended")


def this_session() -> Session:
    return cast(Session, session._get_current_object())  # type: ignore[attr-defined]
