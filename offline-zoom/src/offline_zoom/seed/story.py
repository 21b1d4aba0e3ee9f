"""The story of a seed file."""

from __future__ import annotations

from copy import deepcopy
from datetime import timedelta
from pathlib import Path

from offline_zoom.dates import at_local, day_of, zone
from offline_zoom.fault import Fault
from offline_zoom.fault_presets import preset
from offline_zoom.identifiers import file_id
from offline_zoom.model import (
    FIXED_TIME,
    NO_FIXED_TIME,
    SCHEDULED,
    Account,
    Meeting,
    Occurrence,
    Poll,
    Registrant,
    User,
)
from offline_zoom.registration import registrant_id
from offline_zoom.seed.reader import SeedError, read
from offline_zoom.seed.session import add_session
from offline_zoom.seed.tables import given_fault
from offline_zoom.seed.values import Row, assign, moment, values_of
from offline_zoom.stories import STORIES, Story
from offline_zoom.stories.builder import add_meeting
from offline_zoom.stories.story_data import StoryData

NAME = "seed"
FIRST_MEETING = 83100000001


def register(path: Path) -> str:
    """Make the file a story and return its name. Raises OSError and SeedError."""
    try:
        seed = read(path.read_bytes().decode("utf-8", "surrogatepass"))
    except UnicodeDecodeError:
        raise SeedError("line 1: the file is not UTF-8") from None
    STORIES[NAME] = Story(f"The seed {path.name}", "Users and meetings of your own.", lambda story: fill(story, seed))
    return NAME


def fill(story: StoryData, seed: Row) -> None:
    """Add the data of the file to an empty story."""
    seed = deepcopy(seed)
    accounts = {row["name"]: add_account(story, row, number) for number, row in enumerate(seed["account"])}
    for number, row in enumerate(seed["user"]):
        add_user(story, row, accounts[row["account"] or seed["account"][0]["name"]], number)
    story.me, story.admin_managed = seed["me"] or seed["user"][0]["key"], seed["admin_managed"]
    numbers = {row["id"] for row in seed["meeting"]}
    free_numbers = (number for number in range(FIRST_MEETING, FIRST_MEETING + 10**9) if number not in numbers)
    for row in seed["meeting"]:
        number = row["id"] or next(free_numbers)
        meeting = add_scheduled(story, row, number)
        for index, session in enumerate(row["session"]):
            add_session(story, meeting, session, start_of(story, session, meeting), f"seed {number} {index}")
    for row in seed["webhooks"]:
        story.webhook_url, story.webhook_secret = row["url"], row["secret"]
    for row in seed["switches"]:
        story.switches = {name: value for name, value in row.items() if name != "_position"}
    story.faults = [new_fault(row, story.now) for row in seed["fault"]]


def add_account(story: StoryData, row: Row, number: int) -> Account:
    account = Account(text_id(f"account {row['name']}"), row["name"], row["plan"], 100200300 + number)
    assign(account, "account", row, story.now)
    story.accounts[account.id] = account
    return account


def add_user(story: StoryData, row: Row, account: Account, number: int) -> User:
    key = row["key"]
    user = User(key, text_id(f"user {key}"), account.id, row["email"], row["first_name"], row["last_name"])
    user.type, user.pmi = 1 if account.plan == "free" else 2, 4090000001 + number
    assign(user, "user", row, story.now)
    story.users[user.id] = user
    return user


def text_id(name: str) -> str:
    """22 characters, as Zoom's ids have them."""
    return file_id(name).replace("-", "")[:22]


def add_scheduled(story: StoryData, row: Row, number: int) -> Meeting:
    """Add a meeting, without its sessions."""
    meeting = add_meeting(story, number, row["topic"], row["host"], None)
    meeting.start_at = start_of(story, row, meeting)
    series = FIXED_TIME if row["occurrence"] else SCHEDULED
    meeting.type = NO_FIXED_TIME if meeting.start_at is None else series
    assign(meeting, "meeting", row, story.now)
    meeting.settings |= {"waiting_room": row["waiting_room"], **(row["settings"] or {})}
    meeting.occurrences = [new_occurrence(story, date, meeting) for date in row["occurrence"]]
    meeting.registrants = [new_registrant(story, person, meeting) for person in row["registrant"]]
    for poll in row["poll"]:
        name = text_id(f"poll {number} {poll['title']}")
        meeting.polls.append(Poll(**{"id": name, **values_of("poll", poll, story.now)}))
    return meeting


def new_occurrence(story: StoryData, row: Row, meeting: Meeting) -> Occurrence:
    changes = row["changes"] or {}
    if row["moved_to"] is not None:
        changes["start_at"] = moment(row["moved_to"], story.now)
    minutes = meeting.duration_minutes if row["minutes"] is None else row["minutes"]
    return Occurrence(start_of(story, row, meeting) or 0.0, minutes, row["deleted"], changes)


def new_registrant(story: StoryData, row: Row, meeting: Meeting) -> Registrant:
    name = registrant_id(f"{meeting.id} {row['email']}")
    person = Registrant(**{"id": name, **values_of("registrant", row, story.now)})
    person.occurrence_ids = [meeting.occurrences[place].id for place in row["occurrences"] or ()]
    return person


def new_fault(row: Row, now: float) -> Fault:
    """A fault of a row: that of its preset, with the fields that the row has."""
    fields = preset(row["preset"], now).as_json() if row["preset"] else {}
    return Fault.from_json({**fields, **given_fault(row)})


def start_of(story: StoryData, row: Row, meeting: Meeting) -> float | None:
    """The start of a row: in ``start``, or a time of day in the host's time zone."""
    if row["start"] is not None:
        return moment(row["start"], story.now)
    if row["time"] is None:
        return None
    timezone = story.users[meeting.host_id].timezone
    hour, minute, second = (*row["time"].split(":"), "0")[:3]
    day = day_of(story.now, zone(timezone)) + timedelta(days=row["day"])
    return round(at_local(day, int(hour), int(minute), timezone) + float(second), 6)
