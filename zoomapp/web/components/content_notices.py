"""Notices of a past meeting's pages: why there is no summary, transcript or recording, and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from flask import url_for

from zoomapp.errors import ContentAbsent, ZoomAppError
from zoomapp.meeting_content.absence import Absence
from zoomapp.meeting_content.known_contents import known_content
from zoomapp.store import key_names
from zoomapp.web.components.notice import FILES, SUMMARY, TRANSCRIPT, Notice, Permission, notice_for
from zoomapp.web.components.page_data import page_cache
from zoomapp.web.current_user import services
from zoomapp.web.viewer import now
from zoomapp.zoom.models import PastMeeting

#: The page asks again by itself after so many seconds, while Zoom is still writing.
WRITING_RETRY_SECONDS = 30

#: Icon, title, text, and the text of a link if there is one.
Words = tuple[str, str, str, str]

_SETTINGS, _TRASH, _LIBRARY = "Open Zoom settings", "See trash", "All recordings"
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
RECORDING_WORDS: Mapping[Absence, Words] = {
    Absence.WRITING: (
        "clock",
        "No recording yet",
        "If this meeting was recorded in the cloud, Zoom is processing it. That usually takes about as long as the "
        "meeting, and at most a day. This page updates by itself.",
        "",
    ),
    Absence.NONE: (
        "film",
        "No cloud recording",
        "This meeting wasn’t recorded in the cloud, or its recording was deleted. Recordings that people saved on "
        "their computers aren’t listed here.",
        _LIBRARY,
    ),
    Absence.ENCRYPTED: (
        "lock",
        "Encrypted meetings have no cloud recording",
        "This meeting was end-to-end encrypted, so Zoom couldn’t record it. Attendance is complete.",
        "",
    ),
    Absence.TRASHED: (
        "trash",
        "The recording is in Zoom’s trash",
        "Someone deleted it. The host can restore it in the Zoom web portal for 30 days.",
        _TRASH,
    ),
    Absence.NOT_SHARED: (
        "lock",
        "Not shared with you",
        "Zoom lists the files of a recording only for the host of the meeting.",
        "",
    ),
    Absence.RESTRICTED: ("info", "Zoom doesn’t show this recording here", "A setting of your account hides it.", ""),
}
WORDS = {SUMMARY: SUMMARY_WORDS, TRANSCRIPT: TRANSCRIPT_WORDS, FILES: RECORDING_WORDS}
NOUNS = {SUMMARY: "summary", TRANSCRIPT: "transcript", FILES: "recording"}


def content_notice(error: ZoomAppError, permission: Permission) -> Notice:
    """The notice for a summary, a transcript or a recording that cannot be shown."""
    if not isinstance(error, ContentAbsent):
        return notice_for(error, permission)
    words, absence = WORDS[permission], Absence(error.reason)
    icon, title, text, link = words.get(absence) or words[Absence.RESTRICTED]
    retry = WRITING_RETRY_SECONDS if absence is Absence.WRITING else 0
    actions = ((_address(link), link),) if link else ()
    notice = Notice("info", icon, title, text, 404, actions=actions, retry_after=retry)
    if absence is not Absence.NOT_SHARED:
        return notice
    note = f"Could you share the {NOUNS[permission]} of our meeting with me?"
    return replace(notice, request=note, request_button="Copy a note to the host")


def _address(link: str) -> str:
    """Where the link of a notice leads."""
    if link in (_TRASH, _LIBRARY):
        return url_for("recordings.trash" if link == _TRASH else "recordings.index")
    zoom = services().settings.zoom_host
    return f"{zoom}/profile/setting" if link == _SETTINGS else f"{zoom}/user/meeting/summary"


def waiting_version() -> str:
    """The version of a page that waits for its content: another one after news, and twice a minute.

    Until then a window that asks again gets an empty response, and Zoom is not asked.
    """
    half_minute = int(now().timestamp() // WRITING_RETRY_SECONDS)
    return key_names.digest(f"{page_cache().version} {half_minute}")


def has_recording_tab(meeting: PastMeeting, user_id: str) -> bool:
    """Whether a past meeting has a tab for its recording: Zoom shows its files to the host only.

    Whether there is one is known only after the page was opened once: then the tab of a meeting without one is gone.
    """
    return meeting.host_id in ("", user_id) and known_content(page_cache(), "recording", meeting.uuid).is_possible
