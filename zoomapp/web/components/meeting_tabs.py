"""The tabs of a past meeting: its pages, with numbers that other pages found out."""

from __future__ import annotations

from dataclasses import dataclass

from flask import g

from zoomapp.attendance.headline import known_headline
from zoomapp.meeting_content.known_contents import KnownContent, known_content
from zoomapp.web.components.content_notices import has_recording_tab
from zoomapp.web.components.page_data import page_cache
from zoomapp.web.components.registration import has_registrants_tab
from zoomapp.zoom.models import PastMeeting


@dataclass(frozen=True)
class MeetingTab:
    """A tab. ``count``: how much its page lists; 0 if that is unknown."""

    name: str
    endpoint: str
    word: str
    count: int = 0
    is_shown: bool = True


def meeting_tabs(meeting: PastMeeting, user_id: str, chosen: str) -> list[MeetingTab]:
    """The tabs of a past meeting, and always the ``chosen`` one. Does not call Zoom.

    Zoom shows polls, questions, registrants and the files of a recording to the host only. The pages of attendance
    and summary leave the tabs of polls and questions out while Zoom is being asked whether there are some. The tab of
    a recording is gone once Zoom has said that there is none.
    """
    cache, is_own = page_cache(), meeting.host_id in ("", user_id)
    people = known_headline(cache, meeting.uuid)
    polls, questions = (known_content(cache, kind, meeting.uuid) for kind in ("poll results", "questions"))
    tabs = (
        MeetingTab("", "participants.show", "Attendance", people.came or 0),
        MeetingTab("summary", "summary.show", "Summary"),
        MeetingTab("recording", "past_recording.show", "Recording", 0, has_recording_tab(meeting, user_id)),
        MeetingTab("polls", "polls.show", "Polls", polls.count, is_own and _is_shown(polls)),
        MeetingTab("questions", "questions.show", "Q&A", questions.count, is_own and _is_shown(questions)),
        MeetingTab(
            "registrants",
            "past_registrants.show",
            "Registrants",
            people.registered or 0,
            has_registrants_tab(meeting, user_id),
        ),
    )
    return [tab for tab in tabs if tab.is_shown or tab.name == chosen]


def _is_shown(content: KnownContent) -> bool:
    """Whether there may be some, and this page does not wait for Zoom's answer."""
    return content.is_possible and (content.is_known or not g.get("is_counting_polls", False))
