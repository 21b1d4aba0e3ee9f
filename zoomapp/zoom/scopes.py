"""Which part of the app uses which scope: read by the pages, `flask scopes` and the manifest.

The names of the scopes are in ``endpoints.py``.
https://developers.zoom.us/docs/integrations/oauth-scopes-granular/
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from zoomapp.zoom import endpoints
from zoomapp.zoom.endpoints import Endpoint, Event


@dataclass(frozen=True)
class ScopeUse:
    """What the app does with a scope. ``verb`` completes "to …"; ``pages`` are the routes that need it.

    ``plan``: a sentence about Zoom's plans. ``required``: the app makes no sense without it. A user may decline every
    other scope, and loses only the pages that need it.
    """

    source: Endpoint | Event
    verb: str
    pages: tuple[str, ...]
    plan: str = ""
    required: bool = False

    @property
    def scope(self) -> str:
        """The granular scope."""
        return self.source.scope

    @property
    def classic(self) -> str:
        """The scope of an app from before March 2024."""
        return self.source.classic_scope

    @property
    def for_admins(self) -> bool:
        """Whether only an app that an admin manages can have it."""
        return self.scope.endswith(":admin")

    def name_for(self, by_admin: bool) -> str:
        """The granular scope of an app that an admin manages, or of one that users add themselves."""
        if not by_admin or self.for_admins or self in (SEND_CHAT, IN_MEETING):
            return self.scope
        return f"{self.scope}:admin"

    @property
    def accepted(self) -> frozenset[str]:
        """The scopes of which a grant needs one."""
        names = (self.scope.removesuffix(":admin"), self.classic.removesuffix(":admin"))
        admins = {f"{name}:admin" for name in names if name}
        return frozenset(admins if self.for_admins else {*admins, *filter(None, names)})


RECORDING_PLAN = "Cloud recording needs a Pro plan or higher."

READ_USER = ScopeUse(endpoints.READ_USER, "show your name and time zone", ("/",), required=True)
LIST_MEETINGS = ScopeUse(endpoints.LIST_MEETINGS, "list your meetings", ("/", "/meetings", "/participants"))
READ_MEETING = ScopeUse(
    endpoints.READ_MEETING,
    "show a meeting",
    ("/meetings/<meeting_id>", "/meetings/<meeting_id>.ics", "/meetings/<meeting_id>/edit"),
)
READ_INVITATION = ScopeUse(
    endpoints.READ_INVITATION, "read a meeting’s invitation", ("/meetings/<meeting_id>/invitation",)
)
CREATE_MEETING = ScopeUse(endpoints.CREATE_MEETING, "schedule meetings", ("/meetings/new",))
UPDATE_MEETING = ScopeUse(
    endpoints.UPDATE_MEETING, "change a meeting", ("/meetings/<meeting_id>", "/meetings/<meeting_id>/edit")
)
DELETE_MEETING = ScopeUse(endpoints.DELETE_MEETING, "delete a meeting", ("/meetings/<meeting_id>/delete",))
READ_PAST_MEETING = ScopeUse(endpoints.READ_PAST_MEETING, "show a past meeting", ("/participants/<key>",))
LIST_PAST_PARTICIPANTS = ScopeUse(
    endpoints.LIST_PAST_PARTICIPANTS,
    "list who was in a past meeting",
    ("/participants/<key>",),
    "This needs a Pro plan or higher.",
)
LIST_PAST_INSTANCES = ScopeUse(
    endpoints.LIST_PAST_INSTANCES, "list when a meeting was held", ("/participants/<key>/times",)
)
READ_SUMMARY = ScopeUse(
    endpoints.READ_SUMMARY,
    "show the summary of a meeting",
    ("/participants/<key>/summary", "/participants/<key>/summary.md"),
    "Summaries need a Pro plan or higher.",
)
READ_TRANSCRIPT = ScopeUse(
    endpoints.READ_TRANSCRIPT,
    "show the transcript of a meeting",
    ("/participants/<key>/summary", "/participants/<key>/transcript.vtt", "/participants/<key>/transcript.txt"),
)
READ_PARTICIPANT = ScopeUse(
    endpoints.PARTICIPANT_EVENTS, "hear who comes to your meetings and leaves them", ("/api/zoomapp/webhook",)
)
LIST_LIVE_PARTICIPANTS = ScopeUse(
    endpoints.LIST_LIVE_PARTICIPANTS,
    "list participants live",
    ("/", "/participants", "/participants/<key>"),
    "Live participants need a Business plan.",
)
READ_REPORT = ScopeUse(
    endpoints.LIST_REPORT_PARTICIPANTS,
    "read Zoom’s attendance report",
    ("/participants/<key>",),
    "Reports need a Pro plan or higher.",
)
LIST_RECORDINGS = ScopeUse(
    endpoints.LIST_RECORDINGS,
    "list recordings",
    ("/", "/recordings", "/recordings.csv", "/recordings/trash", "/recordings/storage"),
    RECORDING_PLAN,
)
READ_RECORDING = ScopeUse(
    endpoints.READ_RECORDING,
    "open a recording’s files",
    ("/recordings/<key>/<file>", "/recordings/<key>/passcode"),
    RECORDING_PLAN,
)
SEND_CHAT = ScopeUse(endpoints.SEND_CHAT_MESSAGE, "send Team Chat messages", ("/tools",))
IN_MEETING = ScopeUse(endpoints.OPEN_DEEPLINK, "open beside a meeting", ("/api/zoomapp/home",), required=True)

#: In the order in which people see them: the order above.
ALL = tuple(value for value in globals().values() if isinstance(value, ScopeUse))

_GRANULAR = {name for use in ALL for name in (use.scope, f"{use.scope}:admin")}
#: The classic scopes that are not granular ones as well.
CLASSIC = {name for use in ALL for name in (use.classic, f"{use.classic.removesuffix(':admin')}:admin")} - _GRANULAR


def is_classic(granted: Iterable[str]) -> bool:
    """Whether these scopes are of an app from before March 2024, which has classic scopes only."""
    return not CLASSIC.isdisjoint(granted)


def not_granted(granted: Iterable[str], uses: Iterable[ScopeUse] = ALL) -> list[ScopeUse]:
    """The uses for which a grant with these scopes has none that is accepted."""
    granted = frozenset(granted)
    return [use for use in uses if not use.accepted & granted]


def unused(granted: Iterable[str]) -> list[str]:
    """Scopes that the app does not use: Zoom's review asks to remove them."""
    accepted = {name for use in ALL for name in use.accepted}
    return sorted(frozenset(granted) - accepted)
