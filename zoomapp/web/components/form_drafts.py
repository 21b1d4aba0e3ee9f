"""Form drafts: a form that could not be sent because the user's Zoom grant had ended, saved until they sign in again;
or a form that goes on on another page.

The draft is in the session. A session starts empty when another person signs in, so only its author sees the draft.
"""

from __future__ import annotations

from collections.abc import Iterable

from flask import request, session
from werkzeug.datastructures import MultiDict

from zoomapp.errors import TokenError, UpstreamError, ZoomAppError, ZoomRefused
from zoomapp.web.components.notice import Notice


def save() -> None:
    """Save the form of this request, for the page at its path."""
    if "user_id" in session:
        session["draft"] = {"path": request.path, "form": request.form.to_dict(flat=False)}


def save_for(path: str, fields: Iterable[tuple[str, str]]) -> None:
    """Save fields as a form of the page at another path."""
    session["draft"] = {"path": path, "form": MultiDict(fields).to_dict(flat=False), "was_sent": True}


def show_again_or_raise(error: ZoomAppError) -> None:
    """Raise an error that is not about the form. If the sign-in has ended, the form is saved as a draft first."""
    if isinstance(error, TokenError):
        save()
    if not isinstance(error, ZoomRefused | UpstreamError):
        raise error


def pending_path() -> str:
    """The path of the page of a form that was not sent because the sign-in had ended, or an empty text."""
    draft = session.get("draft")
    return str(draft["path"]) if draft and not draft.get("was_sent") else ""


def take() -> MultiDict[str, str] | None:
    """The saved form of this path. It is deleted from the session."""
    if session.get("draft", {}).get("path") != request.path:
        return None
    return MultiDict(session.pop("draft")["form"])


def restored_notice() -> Notice:
    """The notice above a form that was restored."""
    return Notice("info", "info", "Your entries are still here", "Zoom signed you out before they were sent.")
