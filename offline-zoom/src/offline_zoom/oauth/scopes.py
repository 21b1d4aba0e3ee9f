"""Scope names: which calls want which. One of those listed is enough.

https://developers.zoom.us/docs/integrations/oauth-scopes-granular/
"""

from __future__ import annotations

from typing import NamedTuple

from offline_zoom.model import User


class RequiredScopes(NamedTuple):
    """The scopes of one call: for one's own things, and for everybody's in the account."""

    own: tuple[str, ...]
    everybody: tuple[str, ...]

    @property
    def names(self) -> list[str]:
        """The granular ones, as Zoom's refusal lists them."""
        return [self.own[0], self.everybody[0]] if self.own else [self.everybody[0]]


def both(granular: str, *classic: str) -> RequiredScopes:
    """A scope that comes plain and with ``:admin``, and its classic elders."""
    return RequiredScopes((granular, *classic), (f"{granular}:admin", *(f"{name}:admin" for name in classic)))


def admin(granular: str, *classic: str) -> RequiredScopes:
    """A scope for whole accounts only."""
    return RequiredScopes((), (f"{granular}:admin", *classic))


LIST_USERS = admin("user:read:list_users", "user:read:admin")
READ_USER = RequiredScopes(
    ("user:read:user", "user:read", "user_info:read", "user_profile"), ("user:read:user:admin", "user:read:admin")
)
READ_TOKEN = both("user:read:token", "user:read")
READ_ZAK = both("user:read:zak", "user_zak:read")
LIST_MEETINGS = both("meeting:read:list_meetings", "meeting:read")
LIST_UPCOMING = both("meeting:read:list_upcoming_meetings", "meeting:read")
CREATE_MEETING = both("meeting:write:meeting", "meeting:write")
READ_MEETING = both("meeting:read:meeting", "meeting:read")
READ_INVITATION = both("meeting:read:invitation", "meeting:read")
UPDATE_MEETING = both("meeting:update:meeting", "meeting:write")
DELETE_MEETING = both("meeting:delete:meeting", "meeting:write")
UPDATE_STATUS = both("meeting:update:status", "meeting:write")
CONTROL_LIVE = both("meeting:update:in_meeting_controls", "meeting:write")
READ_PAST = both("meeting:read:past_meeting", "meeting:read")
LIST_PAST_PARTICIPANTS = both("meeting:read:list_past_participants", "meeting:read")
LIST_INSTANCES = both("meeting:read:list_past_instances", "meeting:read")
REPORT_MEETING = admin("report:read:meeting", "report:read:admin")
REPORT_PARTICIPANTS = admin("report:read:list_meeting_participants", "report:read:admin")
DASHBOARD = ("dashboard_meetings:read:admin", "dashboard:read:admin")
LIST_METRICS = admin("dashboard:read:list_meetings", *DASHBOARD)
READ_METRICS = admin("dashboard:read:meeting", *DASHBOARD)
METRICS_PARTICIPANTS = admin("dashboard:read:list_meeting_participants", *DASHBOARD)
LIST_RECORDINGS = both("cloud_recording:read:list_user_recordings", "recording:read")
READ_RECORDING = both("cloud_recording:read:list_recording_files", "recording:read")
DELETE_RECORDING = both("cloud_recording:delete:meeting_recording", "recording:write")
CHAT = RequiredScopes(("imchat:bot",), ("imchat:bot",))
DEEPLINK = RequiredScopes(("zoomapp:inmeeting",), ("zoomapp:inmeeting",))

ALL = [
    wanted
    for wanted in list(globals().values())
    if isinstance(wanted, RequiredScopes) and wanted not in (CHAT, DEEPLINK)
]

#: what a user-managed app gets
USER_SCOPES = [
    *(wanted.own[0] for wanted in ALL if wanted.own),
    "meeting:read:participant",
    "cloud_recording:read:recording",
    "zoomapp:inmeeting",
]
#: what an admin-managed app gets; it cannot have the plain ones as well
ADMIN_SCOPES = [
    *(wanted.everybody[0] for wanted in ALL),
    "meeting:read:participant:admin",
    "cloud_recording:read:recording:admin",
    "zoomapp:inmeeting",
]


def scopes_for(user: User, admin_managed: bool) -> list[str]:
    """The scopes that this user can grant. Only owners and admins of an admin-managed app grant ``:admin`` scopes."""
    return ADMIN_SCOPES if admin_managed and user.role_name in ("Owner", "Admin") else USER_SCOPES
