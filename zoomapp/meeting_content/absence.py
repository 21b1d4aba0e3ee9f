"""Why a past meeting has no summary, transcript, recording or polls: Zoom's refusals as one of a few reasons.

https://developers.zoom.us/docs/api/errors/
"""

from __future__ import annotations

from enum import StrEnum

from zoomapp.errors import ContentAbsent, MissingScope, NotFound, PlanRequired, ZoomRefused

#: Zoom writes for some minutes. After this time, what is not there does not come.
WRITING_SECONDS = 3600.0
FEATURE_OFF, RESTRICTED, NOT_ALLOWED = 3000, 2305, 2314


class Absence(StrEnum):
    """Why there is nothing to read. ``NONE``: Zoom has nothing and does not say why."""

    WRITING = "writing"
    NONE = "none"
    OFF = "off"
    ENCRYPTED = "encrypted"
    TRASHED = "trashed"
    EMAIL_ONLY = "email-only"
    NETWORK = "network"
    RESTRICTED = "restricted"
    NOT_SHARED = "not-shared"
    UNSUPPORTED = "unsupported"
    TOO_OLD = "too-old"


#: Zoom's reasons why a transcript cannot be downloaded.
BY_REASON = {
    "NOT_READY": Absence.WRITING,
    "NO_TRANSCRIPT_DATA": Absence.NONE,
    "DELETED_OR_TRASHED": Absence.TRASHED,
    "UNSUPPORTED": Absence.UNSUPPORTED,
}


def absence_of(refusal: ZoomRefused) -> Absence | None:
    """The reason in a refusal; None for one that has a notice of its own, such as a missing scope."""
    if isinstance(refusal, ContentAbsent):
        return Absence(refusal.reason)
    if isinstance(refusal, MissingScope | PlanRequired):
        return None
    if isinstance(refusal, NotFound):
        return Absence.NONE
    if refusal.zoom_code in (FEATURE_OFF, NOT_ALLOWED):
        return Absence.OFF
    if refusal.zoom_code == RESTRICTED:
        return _restriction(refusal.zoom_message.lower())
    return Absence.NOT_SHARED if refusal.zoom_status == 403 else None


def _restriction(message: str) -> Absence:
    """Zoom has one code for several restrictions: its words say which."""
    if "trash" in message or "recover" in message:
        return Absence.TRASHED
    if "email" in message or "e-mail" in message:
        return Absence.EMAIL_ONLY
    return Absence.NETWORK if "ip " in message or "ip address" in message else Absence.RESTRICTED
