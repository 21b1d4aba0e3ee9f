"""What stories are made of: scheduled meetings, held ones, and crowds."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from offline_zoom.dates import at_local, day_of, zone
from offline_zoom.identifiers import meeting_uuid, participant_uuid
from offline_zoom.model import FIXED_TIME, SCHEDULED, Instance, Join, Meeting, Occurrence
from offline_zoom.recordings.files import recording_of

if TYPE_CHECKING:
    from offline_zoom.world import World

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

DEFAULT_SETTINGS: dict[str, Any] = {
    "host_video": True,
    "participant_video": False,
    "join_before_host": False,
    "jbh_time": 0,
    "mute_upon_entry": True,
    "waiting_room": True,
    "waiting_room_options": {"mode": "follow_setting"},
    "watermark": False,
    "use_pmi": False,
    "approval_type": 2,
    "registration_type": 1,
    "audio": "both",
    "auto_recording": "none",
    "alternative_hosts": "",
    "meeting_authentication": False,
    "encryption_type": "enhanced_encryption",
    "focus_mode": False,
    "private_meeting": False,
    "internal_meeting": False,
    "breakout_room": {"enable": False},
    "meeting_invitees": [],
    "device_testing": False,
    "show_share_button": False,
    "allow_multiple_devices": True,
    "close_registration": False,
    "registrants_email_notification": True,
    "registrants_confirmation_email": True,
    "alternative_hosts_email_notification": True,
    "contact_name": "",
    "contact_email": "",
    "approved_or_denied_countries_or_regions": {"enable": False},
    "language_interpretation": {"enable": False},
    "custom_keys": [],
    "global_dial_in_numbers": [],
    "global_dial_in_countries": [],
}


def today(world: World) -> date:
    """The date in Dana's town."""
    return day_of(world.now(), zone(HOME))


def on(world: World, days: int, hour: int, minute: int = 0) -> float:
    """A wall-clock time so many days from today."""
    return at_local(today(world) + timedelta(days=days), hour, minute, HOME)


def scheduled(
    world: World, number: int, topic: str, host: str, at: float | None, minutes: int = 60, **more: Any
) -> Meeting:
    """A meeting in the calendar. ``settings`` are laid over the usual ones."""
    settings = {**DEFAULT_SETTINGS, **more.pop("settings", {})}
    kind = more.pop("type", SCHEDULED)
    made = Meeting(
        number,
        meeting_uuid(f"next {number}"),
        world.user(host).id,
        topic,
        kind,
        world.now() - 20 * 86400,
        at,
        minutes,
        **more,
    )
    made.settings = settings
    made.password = more.get("password", "7Qk2Lm")
    made.timezone = world.user(host).timezone
    world.meetings[number] = made
    return made


def weekly(world: World, number: int, topic: str, host: str, hour: int, weeks: range, deleted: int) -> Meeting:
    """A series on today's weekday; the occurrence of the week ``deleted`` is called off."""
    dates = [Occurrence(on(world, 7 * week, hour), 45, week == deleted) for week in weeks]
    weekday = str(today(world).isoweekday() % 7 + 1)
    rule = {"type": 2, "repeat_interval": 1, "weekly_days": weekday, "end_times": len(dates)}
    return scheduled(
        world, number, topic, host, dates[0].start_at, 45, type=FIXED_TIME, recurrence=rule, occurrences=dates
    )


def held(
    world: World, meeting: Meeting, uuid: str, at: float, minutes: float, rows: list[Join], recorded: bool = False
) -> Instance:
    """A meeting that took place, or goes on until its time is up."""
    kind, host = meeting.type, meeting.host_id
    made = Instance(
        uuid, meeting.id, host, meeting.topic, kind, at, at + minutes * 60, rows, meeting.timezone, recorded
    )
    if at <= world.now():
        world.hold(made)
    if recorded and made.ended(world.now()):
        world.recordings[uuid] = recording_of(made, available_at=at + minutes * 60 + 120)
    return made


def row(world: World, who: str, came: float, left: float | None = None, **more: Any) -> Join:
    """One row for a user (by short name) or for a guest; ``came`` and ``left`` are moments."""
    number = world.next_user_id()
    if who not in {user.key for user in world.users.values()}:
        return Join(number, who, came, left, participant_uuid=participant_uuid(f"{who} {number}"), **more)
    user = world.user(who)
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


def crowd(world: World, count: int, opens: float, closes: float, seed: str) -> list[Join]:
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
            rows.append(Join(world.next_user_id(), name, came, away, **person))
            came, leaves = away + dice.randrange(30, 300), closes + 1
        rows.append(Join(world.next_user_id(), name, came, leaves if leaves < closes else closes, **person))
    return [join for join in rows if join.leave_at is None or join.leave_at > join.join_at]
