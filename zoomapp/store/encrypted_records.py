"""The registry of everything that the app stores in Redis.

Each kind of record is declared here once, the unencrypted ones too. Key rotation, deletion on disconnect, the commands
of ``flask tokens`` and the privacy page read ``ALL``. To store something new, add a kind:
``tests/store/test_encrypted_records.py`` fails for keys of no declared kind.

Names and key patterns are a wire format: records of a renamed kind cannot be decrypted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import Enum
from functools import cached_property
from typing import Any, Literal

from zoomapp.config import Settings
from zoomapp.store import key_names

MINUTE_SECONDS, HOUR_SECONDS, DAY_SECONDS = 60, 3600, 86400


class Owner(Enum):
    """Whose data a record is. A disconnect deletes the records of the user."""

    USER, BROWSER, MEETING, APP = "user", "browser", "meeting", "app"


@dataclass(frozen=True)
class PrivacyNote:
    """One line of the privacy page. ``lifetime`` may name a setting: ``{settings.grant_days}``."""

    content: str
    lifetime: str


SIGN_IN = PrivacyNote(
    "Your Zoom sign-in, encrypted", "until you disconnect, at most {settings.grant_days} days without use"
)
PENDING_SIGN_IN = PrivacyNote("A sign-in that this browser started and has not finished", "5 minutes")
BROWSER = PrivacyNote(
    "This browser’s session: your Zoom user ID, the theme, and a form that could not be sent, until you see it again",
    "{settings.session_days} days without a visit",
)
CHOICES = PrivacyNote("Your settings", "90 days after the last change")
ZOOM_PROFILE = PrivacyNote("Your name, email address, and time zone from your Zoom profile", "15 minutes")
LAST_SEEN = PrivacyNote(
    "The lists you last saw or may open next, to show them without asking Zoom again, and when Zoom is unavailable",
    "one hour; of past meetings {settings.attendance_days} days",
)
ZOOM_ANSWERS = PrivacyNote("Zoom’s answers to your latest requests, so that Zoom is asked less often", "10 minutes")
USAGE = PrivacyNote(
    "How much you recorded each month, and which calls this session made to Zoom, without their content", "one day"
)
FORMS = PrivacyNote(
    "Which forms you sent, so that each takes effect once, and how many changes you made today", "one day"
)
DOWNLOAD_LINKS = PrivacyNote("A download link: your user ID and the file’s address", "one use or one minute")
CLIENT_AND_DASHBOARD = PrivacyNote(
    "The people your Zoom client sees in your meeting, and when you were in a meeting, for your page; "
    "the dashboard’s list, for people who may read it",
    "one day; 15 minutes",
)
HOST_CHECKS = PrivacyNote("Whether Zoom named you as host or alternative host of a meeting", "10 minutes")
ACCOUNT_ACCESS = PrivacyNote(
    "The app’s own access to the dashboard and the reports of one Zoom account, encrypted", "one hour"
)
ATTENDANCE = PrivacyNote(
    "Attendance: names, email addresses, join and leave times, and the planned time of the meeting",
    "{settings.attendance_days} days",
)
ROSTERS = PrivacyNote(
    "Rosters that you saved for a meeting: names, email addresses, IDs, and your answers to “Who is this?”",
    "{settings.grant_days} days after the last change",
)
MATCHED_REGISTRANTS = PrivacyNote(
    "Registrants that you matched with someone who came: email addresses, names or IDs",
    "{settings.grant_days} days after the last change",
)
SHARED_TIMES = PrivacyNote(
    "If you share exact times with co-hosts, or the number of people with participants: which running meeting is "
    "yours. Its co-hosts then see who joined and left, and when; its participants see how many are there",
    "one day",
)
EVENTS = PrivacyNote("Zoom’s events about your meetings, until they are processed", "usually seconds")
EVENT_COUNTS = PrivacyNote(
    "How many of Zoom’s events arrived, by kind and by a digest of the account, without their content",
    "90 days after the last event",
)
KEY_LISTS = PrivacyNote(
    "The list of your records, so that Disconnect deletes all of them", "until you disconnect, at most 400 days"
)
TECHNICAL = PrivacyNote(
    "Technical data without names: locks, times, and which Zoom limits are used up", "seconds, at most one day"
)


@dataclass(frozen=True)
class RecordKind:
    """A kind of stored record.

    ``key``: the Redis keys after ``zoomapp:``, each ``*`` a tag, digest or number. ``seconds``: the longest lifetime;
    0 where the setting ``days_setting`` says it, or where the record has no expiry. ``bound_to``: the
    associated data of the encryption, besides the name: the record's key, the tag in it, nothing, or a text that only
    the caller has.
    """

    name: str
    key: str
    privacy: PrivacyNote
    seconds: int = 0
    owner: Owner = Owner.USER
    storage: Literal["string", "hash", "list", "set", "sorted set"] = "string"
    days_setting: str = ""
    encrypted: bool = True
    bound_to: Literal["key", "tag", "nothing", "text"] = "key"
    codec: Literal["json", "msgpack"] = "json"

    @property
    def is_rotated(self) -> bool:
        """Whether key rotation re-encrypts it: others expire before an operator removes the old key."""
        return self.encrypted and not 0 < self.seconds <= DAY_SECONDS

    def lifetime_seconds(self, settings: Settings) -> int:
        """The longest lifetime; 0 for a record without expiry."""
        return self.seconds or (getattr(settings, self.days_setting) * DAY_SECONDS if self.days_setting else 0)

    @property
    def is_single(self) -> bool:
        """Whether its owner has one record of this kind."""
        return not self.key.endswith(":*")

    @cached_property
    def encryption_name(self) -> str:
        """The name within the associated data: ``events`` for ``events:queue``."""
        return self.name.partition(":")[0]

    @cached_property
    def _key_pattern(self) -> re.Pattern[str]:
        tagged = re.escape(key_names.PREFIX + self.key).replace(r"\{\*\}", r"\{[\w-]{22,32}\}")
        return re.compile(tagged.replace(r"\*", r"[\w:-]+"), re.ASCII)

    def matches(self, key: str) -> bool:
        """Whether a Redis key is of this kind."""
        return bool(self._key_pattern.fullmatch(key))

    def key_of(self, user_id: str, name: str = "") -> str:
        """The key of a user's record of this kind."""
        return key_names.of_user(user_id, self.name, name)

    def owner_in(self, key: str) -> str:
        """What a record at this key is bound to."""
        return {"key": key, "tag": key_names.tag_of(key), "nothing": ""}[self.bound_to]


def _mark(name: str, key: str, seconds: int, owner: Owner = Owner.USER, **more: Any) -> RecordKind:
    """A kind of unencrypted record that holds nothing personal."""
    return RecordKind(name, key, TECHNICAL, seconds, owner, encrypted=False, **more)


# Sign-in
TOKENS = RecordKind("tokens", "{*}:tokens", SIGN_IN, days_setting="grant_days", bound_to="tag")
LEASE = _mark("lease", "{*}:lease", MINUTE_SECONDS)
FAILURE = _mark("failure", "{*}:failure", 300)
SESSION = RecordKind("session", "{*}:session:*", BROWSER, days_setting="session_days")
PENDING_SIGN_INS = RecordKind(
    "begun", "{*}:begun", PENDING_SIGN_IN, 300, Owner.BROWSER, storage="hash", bound_to="text"
)
PENDING_COUNT = _mark("pending", "{begun}:pending", 300, Owner.APP, storage="sorted set")
USED_CONTEXT = _mark("context", "context:*", DAY_SECONDS, Owner.APP)
REPEATED_SIGN_IN = _mark("repeated", "repeated:*", MINUTE_SECONDS, Owner.APP)

# What a user chose, sent and saw
PREFERENCES = RecordKind("preferences", "{*}:preferences", CHOICES, 90 * DAY_SECONDS)
PROFILE = RecordKind("profile", "{*}:profile", ZOOM_PROFILE, 900)
LAST_SEEN_SECTION = RecordKind("seen", "{*}:seen:*", LAST_SEEN, days_setting="attendance_days")
#: While a newer copy of such a section is fetched.
PAGE_REFRESH = RecordKind("page-refresh", "{*}:page-refresh:*", TECHNICAL, 30)
PARTIAL_LIST = RecordKind("steps", "{*}:steps:*", LAST_SEEN, 600)
RECORDINGS_PIECE = RecordKind("piece", "{*}:piece:*", LAST_SEEN, HOUR_SECONDS)
RECORDINGS_MONTH = RecordKind("month", "{*}:month:*", USAGE, DAY_SECONDS)
#: A list that lives for a day after its last call.
CALLS = RecordKind("calls", "{*}:calls:*", USAGE, DAY_SECONDS, storage="list")
IDEMPOTENCY_KEY = RecordKind("once", "{*}:once:*", FORMS, DAY_SECONDS)
DAILY_CHANGES = RecordKind("changes", "{*}:changes:*", FORMS, DAY_SECONDS)
ONE_TIME_LINK = RecordKind("file", "{*}:file:*", DOWNLOAD_LINKS, MINUTE_SECONDS, codec="msgpack")

# Zoom's answers
ANSWERS = RecordKind("answers", "{*}:answers", ZOOM_ANSWERS, 600, storage="hash", bound_to="text", codec="msgpack")
ANSWERS_VERSION = _mark("answers-version", "{*}:answers-version", DAY_SECONDS)
ANSWERS_LEASE = _mark("answers-lease", "{*}:answers-lease:*", MINUTE_SECONDS, Owner.APP)
REFUSED_ENDPOINTS = _mark("refused-endpoints", "{*}:refused-endpoints", 300, storage="hash")
HOST_DAYS = _mark("host-days", "{*}:host-days", DAY_SECONDS, storage="hash")
ACCOUNT_DAYS = _mark("limits:days", "{limits}:days", DAY_SECONDS, Owner.APP, storage="hash")

# Attendance
MEETING_EVENTS = RecordKind("room", "{*}:room:*", ATTENDANCE, days_setting="attendance_days", storage="hash")
MEETING_INDEX = RecordKind("rooms", "{*}:rooms", ATTENDANCE, days_setting="attendance_days", storage="hash")
PAST_INSTANCE = RecordKind("instance", "{*}:instance:*", ATTENDANCE, days_setting="attendance_days")
PLANNED_TIMES = RecordKind("planned", "{*}:planned:*", ATTENDANCE, days_setting="attendance_days")
#: The attendance of one session in short form, for the page of its series.
SERIES_SESSION = RecordKind(
    "session-attendance", "{*}:session-attendance:*", ATTENDANCE, days_setting="attendance_days"
)
ROSTER = RecordKind("roster", "{*}:roster:*", ROSTERS, days_setting="grant_days")
REGISTRANT_MATCHES = RecordKind(
    "registrant-matches", "{*}:registrant-matches:*", MATCHED_REGISTRANTS, days_setting="grant_days"
)
CLIENT_REPORT = RecordKind("sightings", "{*}:sightings:*", CLIENT_AND_DASHBOARD, DAY_SECONDS)
SNAPSHOT = RecordKind("snapshot", "{*}:snapshot", CLIENT_AND_DASHBOARD, 900, Owner.MEETING)
SNAPSHOT_ACCESS = RecordKind("answered", "{*}:answered:*", CLIENT_AND_DASHBOARD, 600)
SHARED_MEETING = RecordKind("shared-meeting", "{*}:shared-meeting", SHARED_TIMES, DAY_SECONDS, Owner.MEETING)
SNAPSHOT_PAUSE = _mark("snapshot:pause", "{*}:snapshot:pause", DAY_SECONDS + 600, Owner.MEETING)
SNAPSHOT_LEASE = _mark("snapshot:lease", "{*}:snapshot:lease", MINUTE_SECONDS, Owner.MEETING)
SNAPSHOT_VIEWER_LEASE = _mark("snapshot:lease:viewer", "{*}:snapshot:lease:*", MINUTE_SECONDS, Owner.MEETING)
HOST_CHECK = RecordKind("host-check", "{*}:host-check:*", HOST_CHECKS, 600)

# The account's own credentials: a token, or why there is none
ACCOUNT_TOKEN = RecordKind("account-token", "{*}:account-token:*", ACCOUNT_ACCESS, HOUR_SECONDS, Owner.APP)
ACCOUNT_TOKEN_LEASE = _mark("account-lease", "{*}:account-lease:*", MINUTE_SECONDS, Owner.APP)

# Webhooks
#: Without an expiry: an event waits until a worker has handled it.
EVENT_QUEUE = RecordKind("events:queue", "{events}:queue", EVENTS, 0, Owner.APP, storage="list", bound_to="nothing")
EVENT_SEEN = _mark("events:taken", "{events}:taken:*", DAY_SECONDS, Owner.APP)
EVENT_LEASE = _mark("events:lease", "{events}:lease", MINUTE_SECONDS, Owner.APP)
#: How many arrived, by event and account: one hash for the whole app.
WEBHOOK_ARRIVALS = RecordKind(
    "arrivals",
    "{webhooks}:arrivals",
    EVENT_COUNTS,
    90 * DAY_SECONDS,
    Owner.APP,
    storage="hash",
    encrypted=False,
)
GRANT_PROBE = _mark("probe", "probe:*", MINUTE_SECONDS, Owner.APP)

# The keys of a user, and the doctor's test
USER_KEY_LIST = RecordKind("keys", "{*}:keys", KEY_LISTS, 400 * DAY_SECONDS, storage="set", encrypted=False)
#: Which records hold answers of Zoom, by the time they were saved.
SAVED_ANSWERS = RecordKind(
    "saved-answers", "{*}:saved-answers", KEY_LISTS, 400 * DAY_SECONDS, storage="sorted set", encrypted=False
)
USER_SHARED_LIST = RecordKind("shared", "{*}:shared", KEY_LISTS, 400 * DAY_SECONDS, storage="set", encrypted=False)
DOCTOR_TEST = _mark("doctor", "doctor", MINUTE_SECONDS, Owner.APP)

#: Every declared kind, in the order of this module.
ALL = tuple(value for value in list(globals().values()) if isinstance(value, RecordKind))


def kind_of(key: str) -> RecordKind | None:
    """The kind of a Redis key; None for a key that the app does not store."""
    return next((kind for kind in ALL if kind.matches(key)), None)


def privacy_notes(settings: Settings) -> list[PrivacyNote]:
    """The lines of the privacy page, each once, with the days that the settings say."""
    notes = dict.fromkeys(kind.privacy for kind in ALL)
    return [replace(note, lifetime=note.lifetime.format(settings=settings)) for note in notes]
