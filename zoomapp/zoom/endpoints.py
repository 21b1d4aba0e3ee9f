"""The table of Zoom's endpoints: every fact about an endpoint that the app relies on, once.

Metrics, quota tracking, cache lifetimes, the scopes on the help page, `flask scopes`, the manifest, the notice of a
missing permission and ``UserClient`` read it. A new endpoint is one record here and one method in
``user_api/user_client.py``. People see the scopes in the order of this table.

Methods, paths, scopes and labels: https://developers.zoom.us/docs/api/
"""

from __future__ import annotations

from functools import lru_cache

from zoomapp.zoom.endpoint_types import Endpoint, Event

#: Zoom's rate limit labels: https://developers.zoom.us/docs/api/rate-limits/
LIGHT, MEDIUM, HEAVY, RESOURCE_INTENSIVE = "light", "medium", "heavy", "resource-intensive"
PRO, BUSINESS = "Pro", "Business"
RECORDING_PLAN = "Cloud recording needs a Pro plan or higher."

# Users
LIST_USERS = Endpoint("GET", "/v2/users", "user:read:list_users:admin", "user:read:admin", MEDIUM)
READ_USER = Endpoint(
    "GET",
    "/v2/users/{user_id}",
    "user:read:user",
    "user:read",
    LIGHT,
    verb="show your name and time zone",
    pages=("/",),
    required=True,
)
READ_SETTINGS = Endpoint(
    "GET", "/v2/users/{user_id}/settings", "user:read:settings", "user:read", MEDIUM, cache_seconds=60
)
READ_TOKEN = Endpoint("GET", "/v2/users/{user_id}/token", "user:read:token", "user:read", LIGHT)
READ_ZAK = Endpoint("GET", "/v2/users/{user_id}/zak", "user:read:zak", "user_zak:read", LIGHT)

# Meetings. The response of READ_MEETING holds the start link: it is never cached.
LIST_MEETINGS = Endpoint(
    "GET",
    "/v2/users/{user_id}/meetings",
    "meeting:read:list_meetings",
    "meeting:read",
    MEDIUM,
    cache_seconds=10,
    verb="list your meetings",
    pages=("/", "/meetings", "/participants"),
)
LIST_UPCOMING_MEETINGS = Endpoint(
    "GET",
    "/v2/users/{user_id}/upcoming_meetings",
    "meeting:read:list_upcoming_meetings",
    "meeting:read",
    MEDIUM,
    cache_seconds=10,
)
READ_MEETING = Endpoint(
    "GET",
    "/v2/meetings/{meeting_id}",
    "meeting:read:meeting",
    "meeting:read",
    LIGHT,
    verb="show a meeting",
    pages=("/meetings/<meeting_id>", "/meetings/<meeting_id>.ics", "/meetings/<meeting_id>/edit"),
)
READ_INVITATION = Endpoint(
    "GET",
    "/v2/meetings/{meeting_id}/invitation",
    "meeting:read:invitation",
    "meeting:read",
    LIGHT,
    verb="read a meeting’s invitation",
    pages=("/meetings/<meeting_id>/invitation",),
)
CREATE_MEETING = Endpoint(
    "POST",
    "/v2/users/{user_id}/meetings",
    "meeting:write:meeting",
    "meeting:write",
    LIGHT,
    counts_for_host=True,
    verb="schedule meetings",
    pages=("/meetings/new",),
)
UPDATE_MEETING = Endpoint(
    "PATCH",
    "/v2/meetings/{meeting_id}",
    "meeting:update:meeting",
    "meeting:write",
    LIGHT,
    counts_for_host=True,
    verb="change a meeting",
    pages=("/meetings/<meeting_id>", "/meetings/<meeting_id>/edit"),
)
DELETE_MEETING = Endpoint(
    "DELETE",
    "/v2/meetings/{meeting_id}",
    "meeting:delete:meeting",
    "meeting:write",
    LIGHT,
    verb="delete a meeting",
    pages=("/meetings/<meeting_id>/delete",),
)
UPDATE_STATUS = Endpoint("PUT", "/v2/meetings/{meeting_id}/status", "meeting:update:status", "meeting:write", LIGHT)
CONTROL_LIVE_MEETING = Endpoint(
    "PATCH", "/v2/live_meetings/{meeting_id}/events", "meeting:update:in_meeting_controls", "meeting:write", MEDIUM
)

# Registrants, by the meeting's number. Their response holds personal links: it is never cached.
_REGISTRANT_PAGES = ("/meetings/<meeting_id>/registrants", "/meetings/<meeting_id>/registrants.csv")
_REGISTRATION_PLAN = "Registration needs a Pro plan or higher."
LIST_REGISTRANTS = Endpoint(
    "GET",
    "/v2/meetings/{meeting_id}/registrants",
    "meeting:read:list_registrants",
    "meeting:read",
    MEDIUM,
    plan=PRO,
    verb="list who registered for a meeting",
    pages=(*_REGISTRANT_PAGES, "/participants/<key>/registrants", "/participants/<key>/registrants.csv"),
    plan_note=_REGISTRATION_PLAN,
)
LIST_REGISTRATION_QUESTIONS = Endpoint(
    "GET",
    "/v2/meetings/{meeting_id}/registrants/questions",
    "meeting:read:list_registration_questions",
    "meeting:read",
    LIGHT,
    plan=PRO,
    verb="show the questions of a registration form",
    pages=("/meetings/<meeting_id>/registrants",),
    plan_note=_REGISTRATION_PLAN,
)
UPDATE_REGISTRANT_STATUS = Endpoint(
    "PUT",
    "/v2/meetings/{meeting_id}/registrants/status",
    "meeting:update:registrant_status",
    "meeting:write",
    MEDIUM,
    plan=PRO,
    verb="approve, deny, or cancel registrations",
    pages=("/meetings/<meeting_id>/registrants",),
    plan_note=_REGISTRATION_PLAN,
)
ADD_REGISTRANT = Endpoint(
    "POST",
    "/v2/meetings/{meeting_id}/registrants",
    "meeting:write:registrant",
    "meeting:write",
    LIGHT,
    plan=PRO,
    verb="register people for a meeting",
    pages=("/meetings/<meeting_id>/registrants/add",),
    plan_note=_REGISTRATION_PLAN,
)
ADD_REGISTRANTS = Endpoint(
    "POST",
    "/v2/meetings/{meeting_id}/batch_registrants",
    "meeting:write:batch_registrants",
    "meeting:write",
    HEAVY,
    plan=PRO,
    verb="register many people at once",
    pages=("/meetings/<meeting_id>/registrants/add",),
    plan_note=_REGISTRATION_PLAN,
)

# Past and live meetings. ``instance``: the UUID of one instance, or the meeting's number for the last one.
READ_PAST_MEETING = Endpoint(
    "GET",
    "/v2/past_meetings/{instance}",
    "meeting:read:past_meeting",
    "meeting:read",
    LIGHT,
    cache_seconds=300,
    verb="show a past meeting",
    pages=("/participants/<key>",),
)
LIST_PAST_PARTICIPANTS = Endpoint(
    "GET",
    "/v2/past_meetings/{instance}/participants",
    "meeting:read:list_past_participants",
    "meeting:read",
    MEDIUM,
    cache_seconds=60,
    plan=PRO,
    verb="list who was in a past meeting",
    pages=("/participants/<key>",),
    plan_note="This needs a Pro plan or higher.",
)
LIST_PAST_INSTANCES = Endpoint(
    "GET",
    "/v2/past_meetings/{meeting_id}/instances",
    "meeting:read:list_past_instances",
    "meeting:read",
    MEDIUM,
    cache_seconds=60,
    verb="list when a meeting was held",
    pages=("/participants/<key>/times",),
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
    verb="show the summary of a meeting",
    pages=("/participants/<key>/summary", "/participants/<key>/summary.md"),
    plan_note="Summaries need a Pro plan or higher.",
)
READ_TRANSCRIPT = Endpoint(
    "GET",
    "/v2/meetings/{instance}/transcript",
    "cloud_recording:read:meeting_transcript",
    "recording:read",
    MEDIUM,
    verb="show the transcript of a meeting",
    pages=("/participants/<key>/summary", "/participants/<key>/transcript.vtt", "/participants/<key>/transcript.txt"),
)
# Polls of a meeting by its number; their results and the Q&A by instance.
_POLL_PAGES = ("/participants/<key>/polls", "/participants/<key>/polls.csv")
LIST_POLL_RESULTS = Endpoint(
    "GET",
    "/v2/past_meetings/{instance}/polls",
    "meeting:read:list_poll_results",
    "meeting:read",
    MEDIUM,
    cache_seconds=60,
    plan=PRO,
    verb="show what people answered in a meeting’s polls",
    pages=_POLL_PAGES,
    plan_note="Polls need a Pro plan or higher.",
)
LIST_POLLS = Endpoint(
    "GET",
    "/v2/meetings/{meeting_id}/polls",
    "meeting:read:list_polls",
    "meeting:read",
    LIGHT,
    plan=PRO,
    verb="list the polls of a meeting and the choices that nobody took",
    pages=("/meetings/<meeting_id>/polls", *_POLL_PAGES),
    plan_note="Polls need a Pro plan or higher.",
)
READ_QUESTIONS = Endpoint(
    "GET",
    "/v2/past_meetings/{instance}/qa",
    "meeting:read:past_qa",
    "meeting:read",
    MEDIUM,
    cache_seconds=60,
    verb="show the questions and answers of a meeting",
    pages=("/participants/<key>/qa", "/participants/<key>/qa.csv"),
)
PARTICIPANT_EVENTS = Event(
    "meeting.participant_*",
    "meeting:read:participant",
    "meeting:read",
    verb="hear who comes to your meetings and leaves them",
    pages=("/api/zoomapp/webhook",),
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
    verb="list participants live",
    pages=("/", "/participants", "/participants/<key>"),
    plan_note="Live participants need a Business plan.",
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
    verb="read Zoom’s attendance report",
    pages=("/participants/<key>",),
    plan_note="Reports need a Pro plan or higher.",
)
READ_QUESTION_REPORT = Endpoint(
    "GET",
    "/v2/report/meetings/{instance}/qa",
    "report:read:meeting_qna:admin",
    "report:read:admin",
    HEAVY,
    cache_seconds=60,
    plan=PRO,
    verb="show when a question was asked, and whether it is still open",
    pages=("/participants/<key>/qa", "/participants/<key>/qa.csv"),
    plan_note="Reports need a Pro plan or higher.",
)
#: What pages also read with the account's own credentials, if the user's grant may not.
ACCOUNT_SOURCES = (LIST_LIVE_PARTICIPANTS, LIST_REPORT_PARTICIPANTS)

# Cloud recordings
LIST_RECORDINGS = Endpoint(
    "GET",
    "/v2/users/{user_id}/recordings",
    "cloud_recording:read:list_user_recordings",
    "recording:read",
    MEDIUM,
    plan=PRO,
    verb="list recordings",
    pages=("/", "/recordings", "/recordings.csv", "/recordings/trash", "/recordings/storage"),
    plan_note=RECORDING_PLAN,
)
READ_RECORDING = Endpoint(
    "GET",
    "/v2/meetings/{instance}/recordings",
    "cloud_recording:read:list_recording_files",
    "recording:read",
    LIGHT,
    plan=PRO,
    verb="open a recording’s files",
    pages=("/participants/<key>/recording", "/recordings/<key>/<file>", "/recordings/<key>/passcode"),
    plan_note=RECORDING_PLAN,
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
SEND_CHAT_MESSAGE = Endpoint(
    "POST",
    "/v2/im/chat/messages",
    "imchat:bot",
    "imchat:bot",
    MEDIUM,
    verb="send Team Chat messages",
    pages=("/tools",),
)
OPEN_DEEPLINK = Endpoint(
    "POST",
    "/v2/zoomapp/deeplink",
    "zoomapp:inmeeting",
    "zoomapp:inmeeting",
    LIGHT,
    verb="open beside a meeting",
    pages=("/api/zoomapp/home",),
    required=True,
)
# The app's entry in the Marketplace: for `flask manifest`, with credentials of another app.
READ_MANIFEST = Endpoint(
    "GET", "/v2/marketplace/apps/{app_id}/manifest", "marketplace:read:app", "marketplace_app:read", MEDIUM
)
UPDATE_MANIFEST = Endpoint(
    "PUT", "/v2/marketplace/apps/{app_id}/manifest", "marketplace:write:app", "marketplace_app:write", HEAVY
)
VALIDATE_MANIFEST = Endpoint(
    "POST", "/v2/marketplace/apps/manifest/validate", "marketplace:read:app", "marketplace_app:read", MEDIUM
)
# For `flask webhooks`. Zoom names no granular scope for it.
READ_WEBHOOK_LOGS = Endpoint(
    "GET", "/v2/marketplace/apps/{app_id}/webhook_logs", "marketplace_app:read", "marketplace_app:read", MEDIUM
)
_OAUTH = "The authorization server takes the app's credentials: no scope, no rate limit label."
REQUEST_TOKEN = Endpoint("POST", "/oauth/token", note=_OAUTH)
REVOKE_TOKEN = Endpoint("POST", "/oauth/revoke", note=_OAUTH)

ALL = tuple(value for value in globals().values() if isinstance(value, Endpoint))
#: What the app uses and needs a scope for, in the order in which people see it: the order above.
IN_USE = tuple(value for value in globals().values() if isinstance(value, Endpoint | Event) and value.verb)

#: Label values of metrics are frozen. These templates had none when they were, and count as ``other``.
_UNMEASURED = {"/v2/users/{id}/settings"}.union(
    *(each.templates for each in (READ_TOKEN, READ_ZAK, LIST_UPCOMING_MEETINGS, CONTROL_LIVE_MEETING, READ_REPORT)),
    # Only a command calls these.
    *(each.templates for each in (READ_MANIFEST, VALIDATE_MANIFEST, READ_WEBHOOK_LOGS)),
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
