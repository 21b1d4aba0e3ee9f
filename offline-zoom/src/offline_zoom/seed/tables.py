"""The tables of a seed file."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from offline_zoom.fault import Fault
from offline_zoom.fault_presets import PRESETS
from offline_zoom.seed.fields import Body, Field, Items, Moment, Numbers, Texts
from offline_zoom.switches import MEANINGS, Switches

Table = dict[str, Field]
PLANS = ("free", "pro", "business")
ROLES = ("Owner", "Admin", "Member")
STATUSES = ("pending", "approved", "denied", "cancelled")
ACCOUNT: Table = {
    "name": Field(str, "a name, by which users refer to it", required=True),
    "plan": Field(str, "Zoom's plan", "business", choices=PLANS),
    "id": Field(str, "default: made from the name"),
    "number": Field(int, "the account number of an admin. Default: a free one"),
}
USER: Table = {
    "key": Field(str, "a short name, by which other tables refer to the user", required=True),
    "email": Field(str, "email address", required=True),
    "first_name": Field(str, "given name", required=True),
    "last_name": Field(str, "family name", ""),
    "account": Field(str, "`name` of the account. Default: the first account", attribute=""),
    "role": Field(str, "role in the account", "Member", choices=ROLES, attribute="role_name"),
    "timezone": Field(str, "time zone", "UTC"),
    "language": Field(str, "language", "en-US"),
    "department": Field(str, "department", "", attribute="dept"),
    "id": Field(str, "default: made from the key"),
    "type": Field(int, "Zoom's number of the license: 1 Basic, 2 Licensed. Default: by the plan", least=1),
    "pmi": Field(int, "personal meeting ID. Default: a free one"),
    "created": Field(Moment, "since when the user exists. Seconds count from now", attribute="created_at"),
    "scopes": Field(Texts, "the scopes that the user grants. Default: all that the role allows"),
}
MEETING: Table = {
    "topic": Field(str, "topic", required=True, may_be_empty=True),
    "host": Field(str, "`key` of the user", required=True, attribute=""),
    "id": Field(int, "meeting number. Default: a free one", least=1, attribute=""),
    "day": Field(int, "the day of the start: 0 is today, -1 yesterday", 0, attribute=""),
    "time": Field(
        str,
        "`HH:MM` or `HH:MM:SS` in the host's time zone. Without it and `start`, the meeting has no fixed time",
        attribute="",
    ),
    "start": Field(Moment, "the start in place of `day` and `time`. Seconds count from now", attribute=""),
    "minutes": Field(int, "planned duration", 60, least=0, attribute="duration_minutes"),
    "agenda": Field(str, "agenda", ""),
    "passcode": Field(str, "passcode", "7Qk2Lm", attribute="password"),
    "waiting_room": Field(bool, "whether people wait for the host", True, attribute=""),
    "settings": Field(dict, "more of Zoom's settings of a meeting, such as `{ approval_type = 1 }`", attribute=""),
    "timezone": Field(str, "time zone. Default: the host's"),
    "type": Field(int, "Zoom's number: 2 scheduled, 3 no fixed time, 8 series. Default: by `time` and `occurrence`"),
    "recurrence": Field(dict, "the rule of a series, as Zoom has it"),
    "occurrence": Field(list, "the dates of a series, each a `[[meeting.occurrence]]`", (), table="occurrence"),
    "registrant": Field(list, "who registered, each a `[[meeting.registrant]]`", (), table="registrant"),
    "registration_questions": Field(dict, "the questions of the registration form, as Zoom has them"),
    "poll": Field(list, "the polls, each a `[[meeting.poll]]`", (), table="poll"),
    "survey": Field(dict, "the survey after the meeting, as Zoom has it"),
    "tracking_fields": Field(Items, "tracking fields, as Zoom has them"),
    "uuid": Field(str, "UUID of the next session. Default: made from the number"),
    "created": Field(Moment, "since when it exists. Seconds count from now. Default: 20 days", attribute="created_at"),
    "source": Field(str, "where it was made: web_portal, open_api or another of Zoom's words", "web_portal"),
    "personal": Field(bool, "whether it is the personal meeting room", False),
    "webinar": Field(bool, "whether it is a webinar", False),
    "deleted": Field(bool, "whether it was deleted", False),
    "session": Field(list, "the times it took place, each a `[[meeting.session]]`", (), table="session"),
}
OCCURRENCE: Table = {
    "day": Field(int, "the day: 0 is today", 0, attribute=""),
    "time": Field(str, "`HH:MM` or `HH:MM:SS` in the host's time zone", attribute=""),
    "start": Field(Moment, "the start in place of `day` and `time`. Seconds count from now", attribute=""),
    "minutes": Field(int, "planned duration. Default: that of the meeting", least=0, attribute="duration_minutes"),
    "deleted": Field(bool, "whether it was deleted", False),
    "moved_to": Field(Moment, "the start after it was moved. Seconds count from now", attribute=""),
    "changes": Field(dict, "its own agenda and settings", attribute=""),
}
REGISTRANT: Table = {
    "email": Field(str, "email address", required=True),
    "first_name": Field(str, "given name", required=True, may_be_empty=True),
    "last_name": Field(str, "family name", ""),
    "status": Field(str, "status", "pending", choices=STATUSES),
    "registered": Field(Moment, "when. Seconds count from now", 0, attribute="created_at"),
    "id": Field(str, "default: made from the meeting and the email address"),
    "answers": Field(dict, "answers to the form, as Zoom has them"),
    "occurrences": Field(Numbers, "positions of the occurrences, from 0. Default: every occurrence", attribute=""),
}
POLL: Table = {
    "title": Field(str, "title", required=True),
    "id": Field(str, "default: made from the meeting and the title"),
    "questions": Field(Items, "the questions, as Zoom has them"),
    "anonymous": Field(bool, "whether answers have no name", False),
    "type": Field(int, "Zoom's number: 1 poll, 2 advanced, 3 quiz", 1, attribute="poll_type"),
    "status": Field(str, "status", "ended"),
}
SESSION: Table = {
    "day": Field(int, "the day it began: 0 is today", 0, attribute=""),
    "time": Field(str, "`HH:MM` or `HH:MM:SS` in the host's time zone, when it began", attribute=""),
    "start": Field(Moment, "when it began, in place of `day` and `time`. Seconds count from now", attribute=""),
    "minutes": Field(int, "duration. A session that is not over is running", 60, least=1, attribute=""),
    "seconds": Field(float, "duration, in place of `minutes`", least=0, attribute=""),
    "open_end": Field(bool, "whether it runs until the host ends it", False, attribute=""),
    "recorded": Field(bool, "whether there is a cloud recording", False, attribute="recording"),
    "participant": Field(list, "who was there, each a `[[meeting.session.participant]]`", (), table="participant"),
    "recording": Field(list, "what is special about the recording", (), table="recording", single=True),
    "summary": Field(list, "the AI Companion summary", (), table="summary", single=True),
    "transcript": Field(list, "the AI Companion transcript", (), table="transcript", single=True),
    "poll_answer": Field(list, "what people answered in polls", (), table="answer"),
    "question": Field(list, "what people asked in the Q&A", (), table="answer"),
    "survey_answer": Field(list, "what people answered in the survey", (), table="answer"),
    "topic": Field(str, "topic. Default: that of the meeting"),
    "type": Field(int, "Zoom's number. Default: that of the meeting"),
    "timezone": Field(str, "time zone. Default: that of the meeting"),
    "uuid": Field(str, "UUID. Default: made from the number of the meeting"),
}
PARTICIPANT: Table = {
    "user": Field(str, "`key` of a user. Or:", attribute=""),
    "name": Field(str, "the name of a guest", attribute=""),
    "email": Field(str, "the email address of a guest"),
    "joins_after": Field(float, "minutes after the beginning", 0, least=0, attribute=""),
    "leaves_after": Field(float, "minutes after the beginning. Default: at the end", least=0, attribute=""),
    "waiting": Field(bool, "whether this was the waiting room", False),
    "admitted": Field(bool, "whether the host let the person in from the waiting room", False),
    "role": Field(str, "host, co-host or attendee. Default: by the host of the meeting"),
    "leave_reason": Field(str, "Zoom's words about the end"),
    "device": Field(str, "device"),
    "network": Field(str, "network type"),
    "address": Field(str, "IP address"),
    "location": Field(str, "place"),
    "registrant_id": Field(str, "`id` of a registrant"),
    "internal": Field(bool, "whether the person is of the host's account"),
    "person_id": Field(str, "Zoom's id of a person who is not a `user` of this file"),
    "user_id": Field(str, "Zoom's number of this join. Default: a free one", attribute=""),
    "participant_uuid": Field(str, "UUID of the person in this session. Default: made from the user or the join"),
}
RECORDING: Table = {
    "topic": Field(str, "topic, if it was renamed"),
    "passcode": Field(str, "passcode of the page", attribute="password"),
    "play_passcode": Field(str, "passcode in the address"),
    "available": Field(Moment, "when it was ready. Seconds count from the beginning", attribute="available_at"),
    "trashed": Field(Moment, "when it was trashed. Seconds count from the beginning", attribute="trashed_at"),
    "deleted": Field(bool, "whether it was deleted permanently"),
    "registrants": Field(Items, "who registered to see it, as Zoom has them"),
    "view": Field(list, "who watched it", (), table="view"),
    "file": Field(list, "its files. Default: video, audio, transcript, chat and timeline", (), table="file"),
}
VIEW: Table = {
    "at": Field(Moment, "when. Seconds count from the beginning of the session", required=True),
    "name": Field(str, "name", required=True),
    "email": Field(str, "email address", required=True),
    "seconds": Field(int, "for how long", 0),
    "download": Field(bool, "whether it was downloaded", False),
}
FILE: Table = {
    "id": Field(str, "id", required=True),
    "type": Field(str, "Zoom's word for the kind, such as MP4", required=True, attribute="file_type"),
    "extension": Field(str, "extension", required=True),
    "recording_type": Field(str, "Zoom's word for the content", required=True),
    "starts": Field(Moment, "start. Seconds count from the beginning of the session", 0, attribute="started_at"),
    "ends": Field(Moment, "end. Seconds count from the beginning of the session", 0, attribute="ended_at"),
    "size": Field(int, "bytes of filler, without `content`", 0, least=0, attribute="size_bytes"),
    "content": Field(str, "the content of a text file", attribute=""),
    "trashed": Field(Moment, "when it was trashed. Seconds as in `starts`", attribute="trashed_at"),
}
SUMMARY: Table = {
    "content": Field(str, "the whole of it in Markdown", required=True),
    "overview": Field(str, "the overview of older versions", ""),
    "details": Field(Items, "pairs of a label and a text"),
    "next_steps": Field(Texts, "the next steps"),
    "title": Field(str, "title", ""),
    "doc_url": Field(str, "address in Zoom Docs", ""),
    "edited": Field(dict, "what an editor made of it, as Zoom has it"),
    "created": Field(Moment, "when. Seconds count from the beginning of the session", 0, attribute="created_at"),
}
TRANSCRIPT: Table = {
    "content": Field(str, "a file in WebVTT", required=True, attribute=""),
    "id": Field(str, "default: made from the UUID"),
    "created": Field(Moment, "when. Seconds count from the beginning of the session", 0, attribute="created_at"),
}
ANSWER: Table = {
    "name": Field(str, "name of the person", ""),
    "email": Field(str, "email address of the person", ""),
    "details": Field(Items, "questions and answers, as Zoom has them", required=True),
}
WEBHOOKS: Table = {
    "url": Field(str, "where events go, unless `--webhook-url` is given", ""),
    "secret": Field(str, "the secret that signs them, unless `--webhook-secret` is given", ""),
}
FAULT: Table = {
    "preset": Field(str, "a [failure of Zoom](../docs/offline-zoom.md#faults) by name", choices=PRESETS),
    "route": Field(str, "method and path of the calls; `*` is a method or a segment, `**` any rest"),
    "count": Field(int, "how often it happens; 0 is until cleared. Default: that of the preset; without a preset, 0"),
    "probability": Field(float, "how likely each time, from 0 to 1"),
    "status": Field(int, "status of the answer"),
    "headers": Field(dict, "headers of the answer"),
    "body": Field(Body, "body of the answer; a table or a list is sent as JSON"),
    "delay": Field(float, "seconds before the call is processed"),
    "hold": Field(float, "seconds after the call is processed"),
    "drop": Field(str, "closes the connection: before or after processing"),
    "cut": Field(int, "closes the connection after that many bytes of the body"),
    "shorten": Field(int, "sends that many bytes of the body as if they were all"),
    "chunked": Field(bool, "sends no length"),
    "bad_gzip": Field(bool, "claims a compression that the body does not have"),
    "mutate": Field(Texts, "changes the JSON by [oddities](../docs/offline-zoom.md#odd-data)"),
    "grant_type": Field(str, "only token requests with this grant type"),
    "same_token": Field(bool, "only calls with the access token of the first of them"),
}
SWITCH_KINDS: dict[type, type] = {list: Texts}


def switch_fields() -> Table:
    """The switches as fields."""
    return {
        name: Field(SWITCH_KINDS.get(type(value), type(value)), MEANINGS[name], value)
        for name, value in Switches().as_json().items()
        if name != "api_url"
    }


TABLES: dict[str, Table] = {
    "account": ACCOUNT,
    "user": USER,
    "meeting": MEETING,
    "occurrence": OCCURRENCE,
    "registrant": REGISTRANT,
    "poll": POLL,
    "session": SESSION,
    "participant": PARTICIPANT,
    "recording": RECORDING,
    "view": VIEW,
    "file": FILE,
    "summary": SUMMARY,
    "transcript": TRANSCRIPT,
    "answer": ANSWER,
    "webhooks": WEBHOOKS,
    "switches": switch_fields(),
    "fault": FAULT,
}
TOP: Table = {
    "me": Field(str, "`key` of the signed-in user. Default: the first user"),
    "admin_managed": Field(bool, "an admin installed the app for the account, so admins grant `:admin` scopes", True),
    "account": Field(list, "the accounts, each an `[[account]]`", (), table="account"),
    "user": Field(list, "the users, each a `[[user]]`", (), table="user"),
    "meeting": Field(list, "the meetings, each a `[[meeting]]`", (), table="meeting"),
    "webhooks": Field(list, "where webhooks go", (), table="webhooks", single=True),
    "switches": Field(
        list, "[how this Zoom behaves](../docs/offline-zoom.md#in-a-test)", (), table="switches", single=True
    ),
    "fault": Field(list, "failures of Zoom, each a `[[fault]]`", (), table="fault"),
}


def fields_table() -> list[str]:
    """All fields as a table in Markdown."""
    lines = ["| table | field | type | meaning |", "|---|---|---|---|"]
    for table, rows in {"top of the file": TOP, **TABLES}.items():
        for name, field in rows.items():
            lines.append(f"| {table} | `{name}` | {field.type_name} | {field.full_meaning} |")
    return lines


def given_fault(row: dict[str, Any]) -> dict[str, Any]:
    """The fields of a fault that a row has."""
    names = {field.name for field in fields(Fault)}
    return {name: value for name, value in row.items() if name in names and value is not None}
