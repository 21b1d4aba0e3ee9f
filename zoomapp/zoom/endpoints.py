"""The table of Zoom's endpoints: every fact about an endpoint that the app relies on, once.

Metrics, quota tracking, cache lifetimes, the scopes page, the manifest, the doctor and ``UserClient`` read it.
A new endpoint is one line here and one method in ``user_api/user_client.py``.

Methods, paths, scopes and labels: https://developers.zoom.us/docs/api/
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlencode

#: Zoom's rate limit labels: https://developers.zoom.us/docs/api/rate-limits/
LIGHT, MEDIUM, HEAVY, RESOURCE_INTENSIVE = "light", "medium", "heavy", "resource-intensive"
PRO, BUSINESS = "Pro", "Business"


@dataclass(frozen=True)
class Endpoint:
    """One endpoint of Zoom.

    ``path``: a template, such as ``/v2/users/{user_id}/meetings``. ``scope``: the granular scope; its name ends with
    ``:admin`` if only an admin can grant it. ``classic_scope``: what an app from before March 2024 has instead.
    ``rate_limit``: Zoom's label. ``cache_seconds``: how long the proxy may cache a response; 0 for not at all.
    ``plan``: the lowest plan that includes the endpoint; empty for every plan. ``counts_for_host``: Zoom counts a
    call among the 100 meetings that a host may create and update in a day. ``note``: why a fact is missing.
    """

    method: str
    path: str
    scope: str = ""
    classic_scope: str = ""
    rate_limit: str = ""
    cache_seconds: int = 0
    plan: str = ""
    counts_for_host: bool = False
    note: str = ""

    def target(self, **arguments: Any) -> str:
        """Path and query of a call. ``arguments``: an id for each name in ``path``; the others are the query.

        A query field that is empty or None is left out.
        """
        names = _ID.findall(self.path)
        path = self.path.format_map({name: encode_id(str(arguments[name])) for name in names})
        query = {
            name: value for name, value in arguments.items() if name not in names and value is not None and value != ""
        }
        return f"{path}?{urlencode(query)}" if query else path

    @property
    def templates(self) -> tuple[str, ...]:
        """What ``template`` returns for a path of this endpoint: with ``{id}``, and with ``me`` for a user."""
        by_id = _ID.sub("{id}", self.path)
        return (by_id, by_id.replace("/users/{id}", "/users/me")) if "/users/{id}" in by_id else (by_id,)


@dataclass(frozen=True)
class Event:
    """A group of Zoom's webhook events that needs a scope of its own. ``name``: as in Zoom's list, with ``*``."""

    name: str
    scope: str
    classic_scope: str


_ID = re.compile(r"{(\w+)}")

# Users
LIST_USERS = Endpoint("GET", "/v2/users", "user:read:list_users:admin", "user:read:admin", MEDIUM)
READ_USER = Endpoint("GET", "/v2/users/{user_id}", "user:read:user", "user:read", LIGHT)
READ_SETTINGS = Endpoint(
    "GET", "/v2/users/{user_id}/settings", "user:read:settings", "user:read", MEDIUM, cache_seconds=60
)
READ_TOKEN = Endpoint("GET", "/v2/users/{user_id}/token", "user:read:token", "user:read", LIGHT)
READ_ZAK = Endpoint("GET", "/v2/users/{user_id}/zak", "user:read:zak", "user_zak:read", LIGHT)

# Meetings. The response of READ_MEETING holds the start link: it is never cached.
LIST_MEETINGS = Endpoint(
    "GET", "/v2/users/{user_id}/meetings", "meeting:read:list_meetings", "meeting:read", MEDIUM, cache_seconds=10
)
LIST_UPCOMING_MEETINGS = Endpoint(
    "GET",
    "/v2/users/{user_id}/upcoming_meetings",
    "meeting:read:list_upcoming_meetings",
    "meeting:read",
    MEDIUM,
    cache_seconds=10,
)
CREATE_MEETING = Endpoint(
    "POST", "/v2/users/{user_id}/meetings", "meeting:write:meeting", "meeting:write", LIGHT, counts_for_host=True
)
READ_MEETING = Endpoint("GET", "/v2/meetings/{meeting_id}", "meeting:read:meeting", "meeting:read", LIGHT)
UPDATE_MEETING = Endpoint(
    "PATCH", "/v2/meetings/{meeting_id}", "meeting:update:meeting", "meeting:write", LIGHT, counts_for_host=True
)
DELETE_MEETING = Endpoint("DELETE", "/v2/meetings/{meeting_id}", "meeting:delete:meeting", "meeting:write", LIGHT)
READ_INVITATION = Endpoint(
    "GET", "/v2/meetings/{meeting_id}/invitation", "meeting:read:invitation", "meeting:read", LIGHT
)
UPDATE_STATUS = Endpoint("PUT", "/v2/meetings/{meeting_id}/status", "meeting:update:status", "meeting:write", LIGHT)
CONTROL_LIVE_MEETING = Endpoint(
    "PATCH", "/v2/live_meetings/{meeting_id}/events", "meeting:update:in_meeting_controls", "meeting:write", MEDIUM
)

# Past and live meetings. ``instance``: the UUID of one instance, or the meeting's number for the last one.
READ_PAST_MEETING = Endpoint(
    "GET", "/v2/past_meetings/{instance}", "meeting:read:past_meeting", "meeting:read", LIGHT, cache_seconds=300
)
LIST_PAST_INSTANCES = Endpoint(
    "GET",
    "/v2/past_meetings/{meeting_id}/instances",
    "meeting:read:list_past_instances",
    "meeting:read",
    MEDIUM,
    cache_seconds=60,
)
LIST_PAST_PARTICIPANTS = Endpoint(
    "GET",
    "/v2/past_meetings/{instance}/participants",
    "meeting:read:list_past_participants",
    "meeting:read",
    MEDIUM,
    cache_seconds=60,
    plan=PRO,
)
# The summary takes a UUID only. A transcript's response holds the link to its file: it is never cached.
READ_SUMMARY = Endpoint(
    "GET",
    "/v2/meetings/{instance}/meeting_summary",
    "meeting:read:summary",
    "meeting_summary:read",
    LIGHT,
    cache_seconds=60,
    plan=PRO,
)
READ_TRANSCRIPT = Endpoint(
    "GET",
    "/v2/meetings/{instance}/transcript",
    "cloud_recording:read:meeting_transcript",
    "recording:read",
    MEDIUM,
)
# Polls of a meeting by its number; their results and the Q&A by instance.
LIST_POLLS = Endpoint(
    "GET", "/v2/meetings/{meeting_id}/polls", "meeting:read:list_polls", "meeting:read", LIGHT, plan=PRO
)
LIST_POLL_RESULTS = Endpoint(
    "GET",
    "/v2/past_meetings/{instance}/polls",
    "meeting:read:list_poll_results",
    "meeting:read",
    MEDIUM,
    cache_seconds=60,
    plan=PRO,
)
READ_QUESTIONS = Endpoint(
    "GET", "/v2/past_meetings/{instance}/qa", "meeting:read:past_qa", "meeting:read", MEDIUM, cache_seconds=60
)
READ_REPORT = Endpoint(
    "GET",
    "/v2/report/meetings/{instance}",
    "report:read:meeting:admin",
    "report:read:admin",
    HEAVY,
    cache_seconds=60,
    plan=PRO,
)
LIST_REPORT_PARTICIPANTS = Endpoint(
    "GET",
    "/v2/report/meetings/{instance}/participants",
    "report:read:list_meeting_participants:admin",
    "report:read:admin",
    HEAVY,
    cache_seconds=60,
    plan=PRO,
)
LIST_METRICS = Endpoint(
    "GET",
    "/v2/metrics/meetings",
    "dashboard:read:list_meetings:admin",
    "dashboard_meetings:read:admin",
    RESOURCE_INTENSIVE,
    cache_seconds=15,
    plan=BUSINESS,
)
READ_METRICS = Endpoint(
    "GET",
    "/v2/metrics/meetings/{instance}",
    "dashboard:read:meeting:admin",
    "dashboard_meetings:read:admin",
    HEAVY,
    cache_seconds=15,
    plan=BUSINESS,
)
LIST_LIVE_PARTICIPANTS = Endpoint(
    "GET",
    "/v2/metrics/meetings/{instance}/participants",
    "dashboard:read:list_meeting_participants:admin",
    "dashboard_meetings:read:admin",
    HEAVY,
    cache_seconds=15,
    plan=BUSINESS,
)

# Cloud recordings
LIST_RECORDINGS = Endpoint(
    "GET",
    "/v2/users/{user_id}/recordings",
    "cloud_recording:read:list_user_recordings",
    "recording:read",
    MEDIUM,
    plan=PRO,
)
READ_RECORDING = Endpoint(
    "GET",
    "/v2/meetings/{instance}/recordings",
    "cloud_recording:read:list_recording_files",
    "recording:read",
    LIGHT,
    plan=PRO,
)
DELETE_RECORDING = Endpoint(
    "DELETE",
    "/v2/meetings/{instance}/recordings",
    "cloud_recording:delete:meeting_recording",
    "recording:write",
    LIGHT,
    plan=PRO,
)

# The app itself
OPEN_DEEPLINK = Endpoint("POST", "/v2/zoomapp/deeplink", "zoomapp:inmeeting", "zoomapp:inmeeting", LIGHT)
SEND_CHAT_MESSAGE = Endpoint("POST", "/v2/im/chat/messages", "imchat:bot", "imchat:bot", MEDIUM)
_OAUTH = "The authorization server takes the app's credentials: no scope, no rate limit label."
REQUEST_TOKEN = Endpoint("POST", "/oauth/token", note=_OAUTH)
REVOKE_TOKEN = Endpoint("POST", "/oauth/revoke", note=_OAUTH)

PARTICIPANT_EVENTS = Event("meeting.participant_*", "meeting:read:participant", "meeting:read")

ALL = tuple(value for value in globals().values() if isinstance(value, Endpoint))

#: Label values of metrics are frozen. These templates had none when they were, and count as ``other``.
_UNMEASURED = {"/v2/users/{id}/settings"}.union(
    *(each.templates for each in (READ_TOKEN, READ_ZAK, LIST_UPCOMING_MEETINGS, CONTROL_LIVE_MEETING, READ_REPORT))
)
METRICS_LABELS = frozenset(name for endpoint in ALL for name in endpoint.templates) - _UNMEASURED
#: Path segments that name a kind of thing. Every other segment is an id.
_WORDS = {part for endpoint in ALL for name in endpoint.templates for part in name.split("/")} - {"{id}"}
_BY_TEMPLATE = {(endpoint.method, name): endpoint for endpoint in ALL for name in endpoint.templates}
#: A template ends here, so that a long path does not fill the log.
_MAX_SEGMENTS = 8


@lru_cache(maxsize=1024)  # a page calls the same endpoints again and again
def find(method: str, path: str) -> Endpoint | None:
    """The endpoint that a call is for; None if it is not in the table. ``path``: without the query."""
    return _BY_TEMPLATE.get((method, template(path)))


def cache_seconds(method: str, path: str) -> int:
    """How long the proxy may cache the response to a call; 0 for not at all."""
    endpoint = find(method, path)
    return endpoint.cache_seconds if endpoint else 0


@lru_cache(maxsize=1024)
def metrics_label(path: str) -> str:
    """One of METRICS_LABELS, or ``other``. Metrics have a label of its own for the method."""
    name = template(path)
    return name if name in METRICS_LABELS else "other"


def template(path: str) -> str:
    """A path of Zoom's with ``{id}`` for each segment that could name a person or a thing."""
    return "/".join(part if part in _WORDS else "{id}" for part in path.split("/")[:_MAX_SEGMENTS])


def encode_id(value: str) -> str:
    """An id as one path segment: encoded, and encoded again if it is a UUID that begins with ``/`` or holds ``//``.

    https://developers.zoom.us/docs/api/using-zoom-apis/
    """
    encoded = quote(value, safe="")
    return quote(encoded, safe="") if value.startswith("/") or "//" in value else encoded
