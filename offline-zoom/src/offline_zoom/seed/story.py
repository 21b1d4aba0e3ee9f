"""The story of a seed file."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from offline_zoom.dates import at_local, day_of, zone
from offline_zoom.identifiers import file_id, meeting_uuid
from offline_zoom.model import NO_FIXED_TIME, SCHEDULED, Account, Meeting, User
from offline_zoom.seed.reader import Row, SeedError, read
from offline_zoom.stories import STORIES, Story
from offline_zoom.stories.builder import add_instance, add_meeting, attendance_row
from offline_zoom.stories.story_data import StoryData

NAME = "seed"
FIRST_MEETING = 83100000001


def register(path: Path) -> str:
    """Make the file a story and return its name. Raises OSError and SeedError."""
    try:
        seed = read(path.read_text("utf-8"))
    except UnicodeDecodeError:
        raise SeedError("line 1: the file is not UTF-8") from None
    STORIES[NAME] = Story(f"The seed {path.name}", "Users and meetings of your own.", lambda story: fill(story, seed))
    return NAME


def fill(story: StoryData, seed: Row) -> None:
    """Add the data of the file to an empty story."""
    accounts = {row["name"]: add_account(story, row, number) for number, row in enumerate(seed["account"])}
    for number, row in enumerate(seed["user"]):
        add_user(story, row, accounts[row["account"] or seed["account"][0]["name"]], number)
    story.me, story.admin_managed = seed["me"] or seed["user"][0]["key"], seed["admin_managed"]
    numbers = {row["id"] for row in seed["meeting"]}
    free_numbers = (number for number in range(FIRST_MEETING, FIRST_MEETING + 10**9) if number not in numbers)
    for row in seed["meeting"]:
        add_scheduled(story, row, row["id"] or next(free_numbers))


def add_account(story: StoryData, row: Row, number: int) -> Account:
    name, plan = row["name"], row["plan"]
    account = Account(row["id"] or text_id(f"account {name}"), name, plan, 100200300 + number)
    story.accounts[account.id] = account
    return account


def add_user(story: StoryData, row: Row, account: Account, number: int) -> None:
    user = User(
        row["key"],
        row["id"] or text_id(f"user {row['key']}"),
        account.id,
        row["email"],
        row["first_name"],
        row["last_name"],
        row["role"],
        type=1 if account.plan == "free" else 2,
        timezone=row["timezone"],
        language=row["language"],
        dept=row["department"],
        pmi=4090000001 + number,
    )
    story.users[user.id] = user


def text_id(name: str) -> str:
    """22 characters, as Zoom's ids have them."""
    return file_id(name).replace("-", "")[:22]


def add_scheduled(story: StoryData, row: Row, number: int) -> None:
    """Add a meeting and its sessions."""
    host = story.user(row["host"])
    start = start_of(story, row, host)
    kind: dict[str, Any] = {"type": SCHEDULED if start is not None else NO_FIXED_TIME}
    meeting = add_meeting(story, number, row["topic"], row["host"], start, row["minutes"], agenda=row["agenda"], **kind)
    meeting.password, meeting.settings["waiting_room"] = row["passcode"], row["waiting_room"]
    for index, session in enumerate(row["session"]):
        add_session(story, meeting, session, host, f"seed {number} {index}")


def add_session(story: StoryData, meeting: Meeting, session: Row, host: User, name: str) -> None:
    """Add one session of a meeting: a past one, or one that is running."""
    begins = start_of(story, session, host) or 0.0
    minutes = session["minutes"]
    rows = [
        attendance_row(
            story,
            person["user"] or person["name"],
            begins + person["joins_after"] * 60,
            begins + (person["leaves_after"] or minutes) * 60,
            **({"role": "host"} if person["user"] == host.key else {}),
            **({"email": person["email"]} if person["email"] and person["name"] else {}),
        )
        for person in session["participant"]
    ]
    add_instance(story, meeting, meeting_uuid(name), begins, minutes, rows, recorded=session["recorded"])


def start_of(story: StoryData, row: Row, host: User) -> float | None:
    """The start of a row: absolute, or a time of day in the host's time zone."""
    if row["start"] is not None:
        return float(row["start"].timestamp())
    if row["time"] is None:
        return None
    hour, minute = map(int, row["time"].split(":"))
    day = day_of(story.now, zone(host.timezone)) + timedelta(days=row["day"])
    return at_local(day, hour, minute, host.timezone)
