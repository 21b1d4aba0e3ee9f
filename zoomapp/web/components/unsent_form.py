"""The form of a tab that another tab signed out: the page to connect holds its entries, because nothing is stored."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request, session
from werkzeug.exceptions import HTTPException

from zoomapp.errors import TooLarge, ZoomAppError


@dataclass(frozen=True)
class UnsentForm:
    """The entries as fields, in their order.

    ``lost``: why the page cannot hold them, in words; then there are no ``fields``.
    """

    fields: tuple[tuple[str, str], ...] = ()
    lost: str = ""


def unsent() -> UnsentForm | None:
    """The form of this request, if no user is signed in."""
    if request.method != "POST" or "user_id" in session:
        return None
    try:
        fields = tuple(request.form.items(multi=True))
        has_file = any(file.filename for file in request.files.values())
    except TooLarge:
        return UnsentForm(lost="Your entries were too long to keep here. Connect, then go back and send them again.")
    except (ZoomAppError, HTTPException):
        return None
    if has_file:
        return UnsentForm(lost="Your file was not sent. Connect, then go back and choose it again.")
    return UnsentForm(fields) if fields else None
