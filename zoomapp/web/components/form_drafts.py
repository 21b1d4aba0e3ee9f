"""Forms that could not be sent because Zoom had signed the person out: kept in their session, offered once again.

Only for the same person: who signs in as somebody else gets a new session with nothing in it.
"""

from __future__ import annotations

from flask import request, session
from werkzeug.datastructures import MultiDict

from zoomapp.web.components.notice import Notice


def keep() -> None:
    """Keep the form of this request, for the page at its address."""
    if "user_id" in session:
        session["draft"] = {"path": request.path, "form": request.form.to_dict(flat=False)}


def waiting() -> str:
    """The address of the page whose form is kept, or nothing."""
    kept = session.get("draft")
    return str(kept["path"]) if kept else ""


def take() -> MultiDict[str, str] | None:
    """What was typed into the form of this address, once."""
    if waiting() != request.path:
        return None
    return MultiDict(session.pop("draft")["form"])


def offered() -> Notice:
    """The notice above such a form."""
    return Notice("info", "info", "What you typed is still here", "Zoom had signed you out before it was sent.")
