"""The seat of a session: the meeting and the role in the last app context that Zoom's client signed for this user.

The role is true when the context was created, so each use says how old it may be. It ends with the session's user.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import session

from zoomapp.web.current_user import services, uses_one_time_link
from zoomapp.zoom.app_context import AppContext

#: The running contexts that are meetings.
IN_A_MEETING = frozenset({"meeting", "webinar"})


@dataclass(frozen=True)
class SignedSeat:
    """The meeting and the user's role in it; empty in a waiting room."""

    meeting_uuid: str
    role: str


def save_seat(context: AppContext) -> None:
    """Save where the session's user sits, or that they are in no meeting."""
    if context.kind in IN_A_MEETING and context.user_id:
        session["seat"] = [context.meeting_uuid, context.role, context.created_at]
    else:
        session.pop("seat", None)


def signed_seat(seconds: float) -> SignedSeat | None:
    """The seat, from an app context that was created less than ``seconds`` ago."""
    # The session of a request with a one-time link may belong to somebody else.
    saved = None if uses_one_time_link() else session.get("seat")
    if not isinstance(saved, list) or len(saved) != 3 or services().clock() - saved[2] >= seconds:
        return None
    return SignedSeat(saved[0], saved[1])
