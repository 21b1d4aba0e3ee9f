"""What stories are made of: scheduled meetings, held ones, and crowds."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

from offline_zoom.dates import at_local, day_of, zone
from offline_zoom.identifiers import meeting_uuid, participant_uuid
from offline_zoom.meeting_settings import DEFAULT_SETTINGS
from offline_zoom.model import FIXED_TIME, SCHEDULED, Instance, Join, Meeting, Occurrence
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
    """The date in Dana's town."""
    return day_of(story.now, zone(HOME))


def local_time(story: StoryData, days: int, hour: int, minute: int = 0) -> float:
    """A wall-clock time so many days from today."""
    return at_local(today(story) + timedelta(days=days), hour, minute, HOME)


def add_meeting(
    story: StoryData, number: int, topic: str, host: str, at: float | None, minutes: int = 60, **more: Any
) -> Meeting:
    """A meeting in the calendar. ``settings`` are laid over the usual ones."""
    settings = {**DEFAULT_SETTINGS, **more.pop("settings", {})}
    kind = more.pop("type", SCHEDULED)
    made = Meeting(
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
    made.settings = settings
    made.password = more.get("password", "7Qk2Lm")
    made.timezone = story.user(host).timezone
    story.meetings[number] = made
    return made


def add_weekly_series(
    story: StoryData, number: int, topic: str, host: str, hour: int, weeks: range, deleted: int
) -> Meeting:
    """A series on today's weekday; the occurrence of the week ``deleted`` is called off."""
    dates = [Occurrence(local_time(story, 7 * week, hour), 45, week == deleted) for week in weeks]
    weekday = str(today(story).isoweekday() % 7 + 1)
    rule = {"type": 2, "repeat_interval": 1, "weekly_days": weekday, "end_times": len(dates)}
    return add_meeting(
        story, number, topic, host, dates[0].start_at, 45, type=FIXED_TIME, recurrence=rule, occurrences=dates
    )


def add_instance(
    story: StoryData, meeting: Meeting, uuid: str, at: float, minutes: float, rows: list[Join], recorded: bool = False
) -> Instance:
    """A meeting that took place, or goes on until its time is up."""
    kind, host = meeting.type, meeting.host_id
    made = Instance(
        uuid, meeting.id, host, meeting.topic, kind, at, at + minutes * 60, rows, meeting.timezone, recorded
    )
    if at <= story.now:
        story.instances.append(made)
    if recorded and made.ended(story.now):
        story.recordings[uuid] = recording_of(made, available_at=at + minutes * 60 + 120)
    return made


def attendance_row(story: StoryData, who: str, came: float, left: float | None = None, **more: Any) -> Join:
    """One row for a user (by short name) or for a guest; ``came`` and ``left`` are moments."""
    number = story.next_user_id()
    if who not in {user.key for user in story.users.values()}:
        return Join(number, who, came, left, participant_uuid=participant_uuid(f"{who} {number}"), **more)
    user = story.user(who)
    usual = {"device": "Mac", "address": "192.0.2.10", "location": "Berlin (DE)"}
    return Join(
        number,
        user.display_name,
        came,
        left,
        person_id=user.id,
        email=user.email,
        internal=True,
        participant_uuid=participant_uuid(user.id),
        **{**usual, **more},
    )


def crowd_rows(story: StoryData, count: int, opens: float, closes: float, seed: str) -> list[Join]:
    """So many different people, most of them colleagues, who came within ten minutes; one in eight came back."""
    dice = random.Random(seed)
    rows: list[Join] = []
    for number in range(count):
        name = f"{FIRST[number % 20]} {LAST[(number // 20 + number) % 20]}"
        inside = number % 5 != 4
        person: dict[str, Any] = {
            "person_id": f"p{number:05d}{seed[:6]:_<6}sandboxxxx" if inside else "",
            "email": f"person{number}@example.com" if inside else "",
            "internal": inside,
            "device": dice.choice(DEVICES),
            "network": dice.choice(("Wifi", "Wired", "Cellular")),
            "location": dice.choice(PLACES),
            "participant_uuid": participant_uuid(f"{seed} {number}"),
            "address": f"198.51.100.{number % 250 + 1}",
        }
        came = opens + int(dice.triangular(0, 600, 90))
        leaves = came + int(dice.uniform(0.4, 1.2) * (closes - opens))
        if number % 8 == 3:
            away = came + int((closes - came) * dice.uniform(0.2, 0.5))
            rows.append(Join(story.next_user_id(), name, came, away, **person))
            came, leaves = away + dice.randrange(30, 300), closes + 1
        rows.append(Join(story.next_user_id(), name, came, leaves if leaves < closes else closes, **person))
    return [join for join in rows if join.leave_at is None or join.leave_at > join.join_at]
