"""Which permission each part of the app needs: what pages say, `flask scopes` compares and the manifest asks for.

https://developers.zoom.us/docs/integrations/oauth-scopes-granular/
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class ScopeUse:
    """``scope`` is the granular name, ``classic`` what older apps have instead; ``pages`` are the routes that need it.

    ``required``: without it the app makes no sense. Everything else a person may decline, and loses that part only.
    """

    scope: str
    classic: str
    verb: str
    pages: tuple[str, ...]
    plan: str = ""
    required: bool = False

    @property
    def for_admins(self) -> bool:
        """Whether only an app that an admin manages can have it."""
        return self.scope.endswith(":admin")

    def asked(self, by_admin: bool) -> str:
        """Its name in an app that an admin manages, or in one that people add themselves."""
        if not by_admin or self.for_admins or self.scope in (SEND_CHAT.scope, IN_MEETING.scope):
            return self.scope
        return f"{self.scope}:admin"

    @property
    def accepted(self) -> frozenset[str]:
        """Any one of these will do."""
        names = (self.scope.removesuffix(":admin"), self.classic.removesuffix(":admin"))
        admins = {f"{name}:admin" for name in names if name}
        return frozenset(admins if self.for_admins else {*admins, *filter(None, names)})


PRO = "Cloud recording needs a Pro plan or higher."

READ_USER = ScopeUse("user:read:user", "user:read", "show your name and time zone", ("/",), required=True)
LIST_MEETINGS = ScopeUse(
    "meeting:read:list_meetings", "meeting:read", "list your meetings", ("/", "/meetings", "/participants")
)
READ_MEETING = ScopeUse(
    "meeting:read:meeting", "meeting:read", "show a meeting", ("/meetings/<meeting_id>", "/meetings/<meeting_id>.ics")
)
READ_INVITATION = ScopeUse(
    "meeting:read:invitation",
    "meeting:read",
    "read a meeting’s invitation",
    ("/meetings/<meeting_id>/invitation",),
)
CREATE_MEETING = ScopeUse("meeting:write:meeting", "meeting:write", "schedule meetings", ("/meetings/new",))
UPDATE_MEETING = ScopeUse(
    "meeting:update:meeting", "meeting:write", "save a meeting’s settings", ("/meetings/<meeting_id>",)
)
DELETE_MEETING = ScopeUse(
    "meeting:delete:meeting", "meeting:write", "delete a meeting", ("/meetings/<meeting_id>/delete",)
)
LIST_PAST_PARTICIPANTS = ScopeUse(
    "meeting:read:list_past_participants",
    "meeting:read",
    "list who was in a past meeting",
    ("/participants/<key>",),
    "This needs a Pro plan or higher.",
)
READ_PAST_MEETING = ScopeUse(
    "meeting:read:past_meeting", "meeting:read", "show a past meeting", ("/participants/<key>",)
)
LIST_PAST_INSTANCES = ScopeUse(
    "meeting:read:list_past_instances",
    "meeting:read",
    "list when a meeting was held",
    ("/participants/<key>/times",),
)
READ_REPORT = ScopeUse(
    "report:read:list_meeting_participants:admin",
    "report:read:admin",
    "read Zoom’s attendance report",
    ("/participants/<key>",),
    "Reports need a Pro plan or higher.",
)
READ_PARTICIPANT = ScopeUse(
    "meeting:read:participant",
    "meeting:read",
    "hear who comes to your meetings and leaves them",
    ("/api/zoomapp/webhook",),
)
LIST_LIVE_PARTICIPANTS = ScopeUse(
    "dashboard:read:list_meeting_participants:admin",
    "dashboard_meetings:read:admin",
    "list participants live",
    ("/", "/participants", "/participants/<key>"),
    "Live participants need a Business plan.",
)
LIST_RECORDINGS = ScopeUse(
    "cloud_recording:read:list_user_recordings",
    "recording:read",
    "list recordings",
    ("/", "/recordings", "/recordings.csv", "/recordings/trash", "/recordings/storage"),
    PRO,
)
READ_RECORDING = ScopeUse(
    "cloud_recording:read:list_recording_files",
    "recording:read",
    "open a recording’s files",
    ("/recordings/<key>/<file>", "/recordings/<key>/passcode"),
    PRO,
)
SEND_CHAT = ScopeUse("imchat:bot", "imchat:bot", "send Team Chat messages", ("/tools",))
IN_MEETING = ScopeUse(
    "zoomapp:inmeeting", "zoomapp:inmeeting", "open beside a meeting", ("/api/zoomapp/home",), required=True
)

#: In the order in which people are told.
ALL = (
    *(READ_USER, LIST_MEETINGS, READ_MEETING, READ_INVITATION, CREATE_MEETING, UPDATE_MEETING, DELETE_MEETING),
    *(
        READ_PAST_MEETING,
        LIST_PAST_PARTICIPANTS,
        LIST_PAST_INSTANCES,
        READ_PARTICIPANT,
        LIST_LIVE_PARTICIPANTS,
        READ_REPORT,
        LIST_RECORDINGS,
        READ_RECORDING,
        SEND_CHAT,
        IN_MEETING,
    ),
)


#: Every classic name that is not today's, too.
CLASSIC = frozenset[str]().union(*({each.classic, f"{each.classic.removesuffix(':admin')}:admin"} for each in ALL))
CLASSIC -= {name for each in ALL for name in (each.scope, f"{each.scope}:admin")}


def is_classic(granted: Iterable[str]) -> bool:
    """Whether these are of an app from before March 2024, which knows the classic names only."""
    return not CLASSIC.isdisjoint(granted)


def not_granted(granted: Iterable[str], uses: Iterable[ScopeUse] = ALL) -> list[ScopeUse]:
    """What somebody with these scopes cannot do."""
    had = frozenset(granted)
    return [use for use in uses if not use.accepted & had]


def unused(granted: Iterable[str]) -> list[str]:
    """Scopes that nothing here needs: Zoom's review asks to remove them."""
    needed = frozenset[str]().union(*(use.accepted for use in ALL))
    return sorted(frozenset(granted) - needed)
