"""Which running meeting an address means, and who of those that look may ask what."""

from __future__ import annotations

from dataclasses import replace

from zoomapp.attendance.webhook_log import MeetingLog
from zoomapp.meetings.lists import LIVE_LIST, read_meetings
from zoomapp.web.components.notice import MEETINGS
from zoomapp.web.components.section import Section, load_section, recent_section
from zoomapp.web.current_user import services, user_client
from zoomapp.zoom.meeting_ids import is_number
from zoomapp.zoom.models import Meeting
from zoomapp.zoom.scopes import LIST_LIVE_PARTICIPANTS

#: While webhooks tell of the meeting, the list only gives its name and its planned times.
TOLD_SECONDS = 600.0
#: After the last event, for as long Zoom's own list may not know the meeting yet.
LAG_SECONDS = 60.0


def running(instance: str, seconds: float) -> Section[Meeting]:
    """The meeting of that number or UUID while it runs, if this viewer may see who is in it.

    Without one, ``trouble`` says why nobody can tell; without that, too, it is over. Zoom's list of the viewer's
    running meetings is not asked again within ``seconds``; webhooks spare it for longer.
    """
    rooms, who = services().webhook_log, user_client().user_id
    told = next((room for room in rooms.running(who) if instance in (room.uuid, str(room.number))), None)
    listed = recent_section(LIVE_LIST, read_meetings, TOLD_SECONDS if told else seconds) or load_section(
        LIVE_LIST, MEETINGS, lambda: user_client().meetings("live"), read_meetings
    )
    own = next((each for each in listed.value or () if instance in (str(each.id), each.uuid)), None)
    if own and told and _is_newer(told, listed):
        # Begun anew since: the number is the same, the instance is not.
        own = replace(own, uuid=told.uuid)
    room = rooms.find(who, own.uuid if own else instance)
    if own:
        return Section(own if room is None or room.ended_at is None else None, listed.at)
    if room:
        goes_on = room == told and _is_newer(room, listed)
        return Section(Meeting(room.number, room.uuid, room.topic, host_id=who) if goes_on else None, listed.at)
    if is_number(instance) and may_read_dashboard():
        # Perhaps a colleague's, for those who may look at the whole account.
        return Section(Meeting(int(instance), topic="A meeting of your account"), listed.at)
    return Section(None, listed.at, listed.trouble)


def _is_newer(room: MeetingLog, listed: Section[tuple[Meeting, ...]]) -> bool:
    """Whether Zoom's list cannot know of this meeting: made before it, too soon after, or not to be read."""
    return listed.value is None or listed.at.timestamp() < room.heard_at + LAG_SECONDS


def may_read_dashboard() -> bool:
    """Whether the viewer's own grant allows it; one that names no scopes at all is for Zoom to judge."""
    granted = user_client().scopes()
    return not granted or bool(granted & LIST_LIVE_PARTICIPANTS.accepted)
