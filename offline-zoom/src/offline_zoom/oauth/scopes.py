"""The scopes that each REST endpoint requires. One of the listed scopes is enough.

https://developers.zoom.us/docs/integrations/oauth-scopes-granular/
"""

from __future__ import annotations

from typing import NamedTuple

from offline_zoom.model import User


class RequiredScopes(NamedTuple):
    """The scopes of one endpoint: for the user's own data, and for the whole account."""

    own: tuple[str, ...]
    account: tuple[str, ...]

    @property
    def names(self) -> list[str]:
        """The granular scopes, as Zoom's error message lists them."""
        return [self.own[0], self.account[0]] if self.own else [self.account[0]]


def user_and_admin(granular: str, *classic: str) -> RequiredScopes:
    """A granular scope, plain and with ``:admin``, and its classic scopes."""
    return RequiredScopes((granular, *classic), (f"{granular}:admin", *(f"{name}:admin" for name in classic)))


def admin_only(granular: str, *classic: str) -> RequiredScopes:
    """A scope that exists for whole accounts only."""
    return RequiredScopes((), (f"{granular}:admin", *classic))


LIST_USERS = admin_only("user:read:list_users", "user:read:admin")
READ_USER = RequiredScopes(
    ("user:read:user", "user:read", "user_info:read", "user_profile"), ("user:read:user:admin", "user:read:admin")
)
READ_TOKEN = user_and_admin("user:read:token", "user:read")
READ_ZAK = user_and_admin("user:read:zak", "user_zak:read")
LIST_MEETINGS = user_and_admin("meeting:read:list_meetings", "meeting:read")
LIST_UPCOMING = user_and_admin("meeting:read:list_upcoming_meetings", "meeting:read")
CREATE_MEETING = user_and_admin("meeting:write:meeting", "meeting:write")
READ_MEETING = user_and_admin("meeting:read:meeting", "meeting:read")
READ_INVITATION = user_and_admin("meeting:read:invitation", "meeting:read")
UPDATE_MEETING = user_and_admin("meeting:update:meeting", "meeting:write")
DELETE_MEETING = user_and_admin("meeting:delete:meeting", "meeting:write")
UPDATE_STATUS = user_and_admin("meeting:update:status", "meeting:write")
CONTROL_LIVE = user_and_admin("meeting:update:in_meeting_controls", "meeting:write")
READ_PAST = user_and_admin("meeting:read:past_meeting", "meeting:read")
LIST_PAST_PARTICIPANTS = user_and_admin("meeting:read:list_past_participants", "meeting:read")
LIST_INSTANCES = user_and_admin("meeting:read:list_past_instances", "meeting:read")
READ_SUMMARY = user_and_admin("meeting:read:summary", "meeting_summary:read")
READ_TRANSCRIPT = user_and_admin("cloud_recording:read:meeting_transcript", "recording:read", "recording:write")
LIST_POLLS = user_and_admin("meeting:read:list_polls", "meeting:read")
LIST_POLL_RESULTS = user_and_admin("meeting:read:list_poll_results", "meeting:read")
READ_QUESTIONS = user_and_admin("meeting:read:past_qa", "meeting:read")
REPORT_MEETING = admin_only("report:read:meeting", "report:read:admin")
REPORT_PARTICIPANTS = admin_only("report:read:list_meeting_participants", "report:read:admin")
DASHBOARD = ("dashboard_meetings:read:admin", "dashboard:read:admin")
LIST_METRICS = admin_only("dashboard:read:list_meetings", *DASHBOARD)
READ_METRICS = admin_only("dashboard:read:meeting", *DASHBOARD)
METRICS_PARTICIPANTS = admin_only("dashboard:read:list_meeting_participants", *DASHBOARD)
LIST_RECORDINGS = user_and_admin("cloud_recording:read:list_user_recordings", "recording:read")
READ_RECORDING = user_and_admin("cloud_recording:read:list_recording_files", "recording:read")
DELETE_RECORDING = user_and_admin("cloud_recording:delete:meeting_recording", "recording:write")
CHAT = RequiredScopes(("imchat:bot",), ("imchat:bot",))
DEEPLINK = RequiredScopes(("zoomapp:inmeeting",), ("zoomapp:inmeeting",))

ALL = [
    scopes
    for scopes in list(globals().values())
    if isinstance(scopes, RequiredScopes) and scopes not in (CHAT, DEEPLINK)
]

#: scopes of a user-managed app
USER_SCOPES = [
    *(scopes.own[0] for scopes in ALL if scopes.own),
    "meeting:read:participant",
    "cloud_recording:read:recording",
    "zoomapp:inmeeting",
]
#: scopes of an admin-managed app, which cannot have the plain ones as well
ADMIN_SCOPES = [
    *(scopes.account[0] for scopes in ALL),
    "meeting:read:participant:admin",
    "cloud_recording:read:recording:admin",
    "zoomapp:inmeeting",
]


def scopes_for(user: User, admin_managed: bool) -> list[str]:
    """The scopes that this user can grant. Only owners and admins of an admin-managed app grant ``:admin`` scopes."""
    return ADMIN_SCOPES if admin_managed and user.role_name in ("Owner", "Admin") else USER_SCOPES
