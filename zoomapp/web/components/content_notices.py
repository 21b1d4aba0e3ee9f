"""Notices of a past meeting's pages: why there is no summary or no transcript, and what to do."""

from __future__ import annotations

from collections.abc import Mapping

from zoomapp.errors import ContentAbsent, ZoomAppError
from zoomapp.meeting_content.absence import Absence
from zoomapp.web.components.notice import SUMMARY, Notice, Permission, notice_for
from zoomapp.web.current_user import services

#: The page asks again by itself after so many seconds, while Zoom is still writing.
WRITING_RETRY_SECONDS = 30

#: Icon, title, text, and the text of a link to Zoom if there is one.
Words = tuple[str, str, str, str]

_SETTINGS = "Open Zoom settings"
_OFF = (
    "info",
    "No summary for this meeting",
    "Meeting summary was off, or nobody spoke. To get one next time, turn on “Meeting summary with AI Companion” "
    "in Zoom settings.",
    _SETTINGS,
)
_WRITING = "It usually takes about 10 minutes. This page updates by itself."
SUMMARY_WORDS: Mapping[Absence, Words] = {
    Absence.WRITING: ("clock", "Zoom is writing the summary", _WRITING, ""),
    Absence.NONE: _OFF,
    Absence.OFF: _OFF,
    Absence.ENCRYPTED: (
        "lock",
        "Encrypted meetings have no summary",
        "This meeting was end-to-end encrypted, so Zoom couldn’t write one. Attendance is complete.",
        "",
    ),
    Absence.TRASHED: (
        "trash",
        "The summary is in Zoom’s trash",
        "Someone deleted it. The host can restore it in the Zoom web portal for 30 days.",
        "Open Zoom",
    ),
    Absence.EMAIL_ONLY: (
        "info",
        "Zoom shares this summary by email only",
        "That’s a setting of your account. Look for “Meeting summary” in your inbox.",
        "",
    ),
    Absence.NETWORK: (
        "lock",
        "Zoom shows summaries in some networks only",
        "Your account allows summaries only from certain IP addresses. Ask an admin of your Zoom account.",
        "",
    ),
    Absence.RESTRICTED: (
        "info",
        "Zoom doesn’t show this summary here",
        "It may be in the trash, or shared by email only.",
        "Open Zoom",
    ),
    Absence.NOT_SHARED: (
        "lock",
        "Not shared with you",
        "Only the host and people the host shared it with can read this summary.",
        "",
    ),
}
_NO_TRANSCRIPT = (
    "chat",
    "No transcript",
    "Nobody spoke, or captions were off. Zoom keeps a transcript only when AI Companion or recording was on.",
    "",
)
TRANSCRIPT_WORDS: Mapping[Absence, Words] = {
    Absence.WRITING: ("clock", "Zoom is writing the transcript", _WRITING, ""),
    Absence.NONE: _NO_TRANSCRIPT,
    Absence.OFF: _NO_TRANSCRIPT,
    Absence.ENCRYPTED: (
        "lock",
        "Encrypted meetings have no transcript",
        "This meeting was end-to-end encrypted, so Zoom couldn’t write one. Attendance is complete.",
        "",
    ),
    Absence.TRASHED: (
        "trash",
        "The transcript was deleted, or is in Zoom’s trash",
        "If it is in the trash, the host can restore it in the Zoom web portal.",
        "Open Zoom",
    ),
    Absence.UNSUPPORTED: ("info", "No transcript for this kind of meeting", "Zoom doesn’t keep one here.", ""),
    Absence.NOT_SHARED: (
        "lock",
        "Not shared with you",
        "Only the host and people the host shared it with can read this transcript.",
        "",
    ),
    Absence.RESTRICTED: ("info", "Zoom doesn’t show this transcript here", "A setting of your account hides it.", ""),
}


def content_notice(error: ZoomAppError, permission: Permission) -> Notice:
    """The notice for a summary or a transcript that cannot be shown."""
    if not isinstance(error, ContentAbsent):
        return notice_for(error, permission)
    words = SUMMARY_WORDS if permission is SUMMARY else TRANSCRIPT_WORDS
    absence = Absence(error.reason)
    icon, title, text, link = words.get(absence) or words[Absence.RESTRICTED]
    zoom = services().settings.zoom_host
    address = f"{zoom}/profile/setting" if link == _SETTINGS else f"{zoom}/user/meeting/summary"
    retry = WRITING_RETRY_SECONDS if absence is Absence.WRITING else 0
    return Notice("info", icon, title, text, 404, actions=((address, link),) if link else (), retry_after=retry)
