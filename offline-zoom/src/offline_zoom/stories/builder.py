"""Adds meetings, instances and attendance rows to a story."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

from offline_zoom.dates import at_local, day_of, zone
from offline_zoom.identifiers import meeting_uuid, participant_uuid
from offline_zoom.meeting_settings import DEFAULT_SETTINGS
from offline_zoom.model import FIXED_TIME, SCHEDULED, Instance, Join, Meeting, Occurrence, User
from offline_zoom.recordings.files import recording_of
from offline_zoom.stories.story_data import StoryData

HOME = "Europe/Berlin"
FIRST = (
    "Mina",
    "Tomás",
    "Zoë",
    "Ravi",
    "Aïcha",
    "Lukas",
    "Noor",
    "Pavel",
    "Grace",
    "Søren",
    "Yuki",
    "Élodie",
    "Kofi",
    "Marta",
    "Ibrahim",
    "Jürgen",
    "Leïla",
    "Chen",
    "Olga",
    "Hugo",
)
LAST = (
    "Park",
    "Silva",
    "Ångström",
    "Gupta",
    "Benali",
    "Maier",
    "Haddad",
    "Novák",
    "Adeyemi",
    "Dahl",
    "Tanaka",
    "Moreau",
    "Mensah",
    "Kowalska",
    "Yılmaz",
    "Groß",
    "Osei",
    "Wei",
    "Petrova",
    "Lund",
)
DEVICES = ("Windows", "Mac", "iOS", "Android", "Phone", "H.323/SIP")
PLACES = ("Berlin (DE)", "Porto (PT)", "Lagos (NG)", "Osaka (JP)", "")


def today(story: StoryData) -> date:
    """Today's date in Dana's time zone."""
    return day_of(story.now, zone(HOME))


def local_time(story: StoryData, days: int, hour: int, minute: int = 0) -> float:
    """The time ``hour:minute`` in Dana's time zone, ``days`` from today."""
    return at_local(today(story) + timedelta(days=days), hour, minute, HOME)


def add_meeting(
    story: StoryData, number: int, topic: str, host: str, at: float | None, minutes: int = 60, **more: Any
) -> Meeting:
    """Add a scheduled meeting. ``settings`` replace default settings."""
    settings = {**DEFAULT_SETTINGS, **more.pop("settings", {})}
    kind = more.pop("type", SCHEDULED)
    meeting = Meeting(
        number,
        meeting_uuid(f"next {number}"),
        story.user(host).id,
        topic,
        kind,
        story.now - 20 * 86400,
        at,
        minutes,
        **more,
    )
    meeting.settings = settings
    meeting.password = more.get("password", "7Qk2Lm")
    meeting.timezone = story.user(host).timezone
    story.meetings[number] = meeting
    return meeting


def add_weekly_series(
    story: StoryData, number: int, topic: str, host: str, hour: int, weeks: range, deleted: int
) -> Meeting:
    """Add a weekly series on today's weekday. The occurrence of the week ``deleted`` is deleted."""
    dates = [Occurrence(local_time(story, 7 * week, hour), 45, week == deleted) for week in weeks]
    weekday = str(today(story).isoweekday() % 7 + 1)
    rule = {"type": 2, "repeat_interval": 1, "weekly_days": weekday, "end_times": len(dates)}
    return add_meeting(
        story, number, topic, host, dates[0].start_at, 45, type=FIXED_TIME, recurrence=rule, occurrences=dates
    )


def add_instance(
    story: StoryData, meeting: Meeting, uuid: str, at: float, minutes: float, rows: list[Join], recorded: bool = False
) -> Instance:
    """Add an instance of a meeting: past, or running until its end."""
    kind, host = meeting.type, meeting.host_id
    instance = Instance(
        uuid, meeting.id, host, meeting.topic, kind, at, at + minutes * 60, rows, meeting.timezone, recorded
    )
    if at <= story.now:
        story.instances.append(instance)
    if recorded and instance.ended(story.now):
        story.recordings[uuid] = recording_of(instance, available_at=at + minutes * 60 + 120)
    return instance


def attendance_row(
    story: StoryData, user_or_name: str, join_at: float, leave_at: float | None = None, **more: Any
) -> Join:
    """An attendance row of a user (by short name) or a guest."""
    if user_or_name not in {user.key for user in story.users.values()}:
        return guest_row(story.next_user_id(), user_or_name, join_at, leave_at, **more)
    return user_row(story.next_user_id(), story.user(user_or_name), join_at, leave_at, **more)


def guest_row(number: str, name: str, join_at: float, leave_at: float | None = None, **more: Any) -> Join:
    """An attendance row of a person who is no user."""
    return Join(number, name, join_at, leave_at, participant_uuid=participant_uuid(f"{name} {number}"), **more)


def user_row(number: str, user: User, join_at: float, leave_at: float | None = None, **more: Any) -> Join:
    """An attendance row of a user."""
    defaults = {"device": "Mac", "address": "192.0.2.10", "location": "Berlin (DE)"}
    return Join(
        number,
        user.display_name,
        join_at,
        leave_at,
        person_id=user.id,
        email=user.email,
        internal=True,
        participant_uuid=participant_uuid(user.id),
        **{**defaults, **more},
    )


def crowd_rows(story: StoryData, count: int, opens: float, closes: float, seed: str) -> list[Join]:
    """Attendance rows of ``count`` people. Most are colleagues, all join within ten minutes, one in eight rejoins."""
    rng = random.Random(seed)
    rows: list[Join] = []
    for number in range(count):
        name = f"{FIRST[number % 20]} {LAST[(number // 20 + number) % 20]}"
        internal = number % 5 != 4
        person: dict[str, Any] = {
            "person_id": f"p{number:05d}{seed[:6]:_<6}sandboxxxx" if internal else "",
            "email": f"person{number}@example.com" if internal else "",
            "internal": internal,
            "device": rng.choice(DEVICES),
            "network": rng.choice(("Wifi", "Wired", "Cellular")),
            "location": rng.choice(PLACES),
            "participant_uuid": participant_uuid(f"{seed} {number}"),
            "address": f"198.51.100.{number % 250 + 1}",
        }
        join_at = opens + int(rng.triangular(0, 600, 90))
        leaves = join_at + int(rng.uniform(0.4, 1.2) * (closes - opens))
        if number % 8 == 3:
            first_leave_at = join_at + int((closes - join_at) * rng.uniform(0.2, 0.5))
            rows.append(Join(story.next_user_id(), name, join_at, first_leave_at, **person))
            join_at, leaves = first_leave_at + rng.randrange(30, 300), closes + 1
        rows.append(Join(story.next_user_id(), name, join_at, leaves if leaves < closes else closes, **person))
    return [join for join in rows if join.leave_at is None or join.leave_at > join.join_at]
