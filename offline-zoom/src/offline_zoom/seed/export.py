"""A story as a seed file, to begin a world of your own with."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from offline_zoom.dates import zone
from offline_zoom.model import Account, Instance, Join, Meeting, User
from offline_zoom.stories.story_data import StoryData

MISSING = (
    "# A seed file has whole minutes, and no series, polls, summaries, waiting rooms, webinars or faults:",
    "# what the story has of these is left out.",
)


def export(story: StoryData) -> str:
    """The seed file of a story. Times of day are relative to today."""
    lines = [*MISSING, "", *assignments({"me": story.me, "admin_managed": story.admin_managed})]
    lines += table("account", [account_row(account) for account in story.accounts.values()])
    lines += table("user", [user_row(user, story.accounts[user.account_id]) for user in story.users.values()])
    for meeting in story.meetings.values():
        if not (meeting.deleted or meeting.personal or meeting.webinar):
            lines += meeting_lines(story, meeting)
    return "\n".join([*lines, ""])


def table(header: str, rows: Iterable[dict[str, Any]]) -> list[str]:
    """The lines of an array of tables."""
    return [line for row in rows for line in ("", f"[[{header}]]", *assignments(row))]


def assignments(row: dict[str, Any]) -> list[str]:
    """A line for each field. A JSON text, number or truth value is one of TOML too, but for U+007F."""
    texts = {name: json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f") for name, value in row.items()}
    return [f"{name} = {text}" for name, text in texts.items()]


def account_row(account: Account) -> dict[str, Any]:
    return {"name": account.name, "plan": account.plan, "id": account.id}


def user_row(user: User, account: Account) -> dict[str, Any]:
    return {
        "key": user.key,
        "email": user.email,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "account": account.name,
        "role": user.role_name,
        "timezone": user.timezone,
        "language": user.language,
        "department": user.dept,
        "id": user.id,
    }


def meeting_lines(story: StoryData, meeting: Meeting) -> list[str]:
    """The lines of a meeting and its sessions."""
    host = story.users[meeting.host_id]
    row = {
        "topic": meeting.topic or "Untitled",
        "host": host.key,
        "id": meeting.id,
        **({} if meeting.start_at is None else day_and_time(story, meeting.start_at, host)),
        "minutes": max(1, meeting.duration_minutes),
        "agenda": meeting.agenda,
        "passcode": meeting.password,
        "waiting_room": meeting.settings["waiting_room"],
    }
    lines = table("meeting", [row])
    for instance in story.instances:
        if instance.meeting_id == meeting.id and instance.ended_at is not None:
            lines += session_lines(story, instance, host)
    return lines


def session_lines(story: StoryData, instance: Instance, host: User) -> list[str]:
    """The lines of a session and its participants."""
    minutes = max(1, round(((instance.ended_at or 0) - instance.started_at) / 60))
    recorded = {"recorded": instance.uuid in story.recordings}
    row = {**day_and_time(story, instance.started_at, host), "minutes": minutes, **recorded}
    people = [participant_row(story, join, instance.started_at, minutes) for join in instance.joins if not join.waiting]
    return [*table("meeting.session", [row]), *table("meeting.session.participant", people)]


def participant_row(story: StoryData, join: Join, started_at: float, minutes: int) -> dict[str, Any]:
    """A participant, in whole minutes of the session."""
    user = story.users.get(join.person_id)
    joins_after = min(max(0, int((join.join_at - started_at) / 60)), minutes - 1)
    leave_at = started_at + minutes * 60 if join.leave_at is None else join.leave_at
    leaves_after = min(max(joins_after + 1, round((leave_at - started_at) / 60)), minutes)
    person = {"user": user.key} if user else {"name": join.name or "Guest", "email": join.email}
    return {**person, "joins_after": joins_after, "leaves_after": leaves_after}


def day_and_time(story: StoryData, at: float, host: User) -> dict[str, Any]:
    """A time as a day relative to today and a time of day, in the host's time zone."""
    where = zone(host.timezone)
    local = datetime.fromtimestamp(at, where)
    today: date = datetime.fromtimestamp(story.now, where).date()
    return {"day": (local.date() - today).days, "time": f"{local:%H:%M}"}
