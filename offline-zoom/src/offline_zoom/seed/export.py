"""A world or a story as a seed file."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from offline_zoom.dates import zone
from offline_zoom.fault import Fault
from offline_zoom.fault_presets import PRESETS, preset
from offline_zoom.live_meetings import FIRST_USER_ID
from offline_zoom.meeting_settings import DEFAULT_SETTINGS
from offline_zoom.model import Account, Instance, Join, Meeting, Occurrence, Recording, Registrant, Statements, User
from offline_zoom.seed.reader import MOST_DAYS
from offline_zoom.seed.session import add_session, new_join
from offline_zoom.seed.story import add_account, add_scheduled, add_user
from offline_zoom.seed.tables import TABLES, TOP
from offline_zoom.seed.toml_text import lines_of
from offline_zoom.seed.values import Row, changes, minutes, own_fields, seconds, with_defaults, written
from offline_zoom.stories.story_data import StoryData
from offline_zoom.switches import Switches
from offline_zoom.world import World


def story_of(world: World) -> StoryData:
    """What a world contains now, but for grants, tokens and secrets."""
    defaults = Switches().as_json()
    switches = {name: value for name, value in world.switches.as_json().items() if value != defaults[name]}
    return StoryData(
        world.now(),
        FIRST_USER_ID,
        world.accounts,
        world.users,
        world.meetings,
        list(world.instances.values()),
        world.recordings,
        [*world.faults, *world.faults.of_story],
        me=world.me.key,
        admin_managed=world.admin_managed,
        switches={name: value for name, value in switches.items() if name in TABLES["switches"]},
        webhook_url=world.webhook_url,
    )


def export(story: StoryData) -> str:
    """The seed file of a story. Times of day are relative to today, those of running meetings to now."""
    exporter = Exporter(story)
    seed: Row = {
        "me": story.me,
        "admin_managed": story.admin_managed,
        "account": [exporter.account(number, account) for number, account in enumerate(story.accounts.values())],
        "user": [exporter.user(number, user) for number, user in enumerate(story.users.values())],
        "meeting": [exporter.meeting(meeting) for meeting in story.meetings.values()],
        "webhooks": [{"url": story.webhook_url}] if story.webhook_url else [],
        "switches": [story.switches] if story.switches else [],
        "fault": [fault_row(fault, story.now) for fault in story.faults],
    }
    return "\n".join([*lines_of("", TOP, seed), ""]).lstrip("\n")


class Exporter:
    """Makes the rows of one story. A row has what differs from the defaults, which a plain copy shows.

    Plain copies are made in ``plain``, in the order in which a reader of the file makes them.
    """

    def __init__(self, story: StoryData) -> None:
        self.story = story
        self.plain = StoryData(story.now, FIRST_USER_ID)

    def account(self, number: int, account: Account) -> Row:
        row = {"name": account.name, "plan": account.plan}
        plain = add_account(self.plain, with_defaults("account", row), number)
        self.plain.accounts[account.id] = account
        return {**row, **changes("account", account, plain, self.story.now)}

    def user(self, number: int, user: User) -> Row:
        row = {"key": user.key, "email": user.email, "first_name": user.first_name}
        account = self.story.accounts[user.account_id]
        plain = add_user(self.plain, with_defaults("user", row), account, number)
        self.plain.users = {**self.story.users}
        return {**row, "account": account.name, **changes("user", user, plain, self.story.now)}

    def meeting(self, meeting: Meeting) -> Row:
        """A meeting and its sessions."""
        now, host = self.story.now, self.story.users[meeting.host_id]
        instances = [instance for instance in self.story.instances if instance.meeting_id == meeting.id]
        is_live = any(instance.live(now) for instance in instances)
        row: Row = {
            "topic": meeting.topic,
            "host": host.key,
            "id": meeting.id,
            **({} if meeting.start_at is None else self.when(meeting.start_at, host, is_live)),
            "occurrence": [self.occurrence(date, meeting, host) for date in meeting.occurrences],
            "waiting_room": meeting.settings.get("waiting_room") is True,
        }
        defaults = {**DEFAULT_SETTINGS, "waiting_room": row["waiting_room"]}
        settings = {name: value for name, value in meeting.settings.items() if value != defaults.get(name)}
        row |= {"settings": written(TABLES["meeting"]["settings"], settings, now)} if settings else {}
        plain = add_scheduled(self.plain, with_defaults("meeting", row), meeting.id)
        row |= changes("meeting", meeting, plain, now)
        row["registrant"] = [registrant_row(person, meeting, now) for person in meeting.registrants]
        row["poll"] = [own_fields("poll", poll, now) for poll in meeting.polls]
        row["session"] = [self.session(instance, meeting, host) for instance in instances]
        return row

    def occurrence(self, date: Occurrence, meeting: Meeting, host: User) -> Row:
        moved_to = date.changes.get("start_at")
        more = {name: value for name, value in date.changes.items() if name != "start_at"}
        return {
            **self.when(date.start_at, host),
            "minutes": date.duration_minutes,
            **({"deleted": True} if date.deleted else {}),
            **({} if moved_to is None else {"moved_to": seconds(moved_to - self.story.now)}),
            **({"changes": written(TABLES["occurrence"]["changes"], more, 0)} if more else {}),
        }

    def session(self, instance: Instance, meeting: Meeting, host: User) -> Row:
        """A session, its people, its recording and its texts."""
        begins = instance.started_at
        row: Row = {**self.when(begins, host, instance.live(self.story.now)), **length(instance)}
        row["participant"] = [self.participant(join, instance) for join in instance.joins if is_stay(join, instance)]
        plain = Instance("", meeting.id, meeting.host_id, meeting.topic, meeting.type, begins)
        plain.timezone = meeting.timezone
        row |= changes("session", instance, plain, begins)
        if instance.summary:
            row["summary"] = [own_fields("summary", instance.summary, begins)]
        if instance.transcript:
            content = instance.transcript.content.decode(errors="replace")
            row["transcript"] = [{"content": content, **own_fields("transcript", instance.transcript, begins)}]
        for name in ("poll_answer", "question", "survey_answer"):
            people: list[Statements] = getattr(instance, f"{name}s")
            row[name] = [own_fields("answer", person, begins) for person in people]
        recording = self.story.recordings.get(instance.uuid)
        if recording:
            row["recorded"] = True
            row["recording"] = self.recording(recording, meeting, row, begins)
        return row

    def participant(self, join: Join, instance: Instance) -> Row:
        """One stay, in minutes of the session."""
        user, begins, ends = self.story.users.get(join.person_id), instance.started_at, instance.ended_at
        row: Row = {"user": user.key} if user and user.display_name == join.name else {"name": join.name}
        if join.join_at > begins:
            row["joins_after"] = minutes(join.join_at - begins)
        if join.leave_at is not None and (ends is None or join.leave_at < ends):
            row["leaves_after"] = minutes(join.leave_at - begins)
        if join.user_id != str(self.plain.last_user_id + 1024):
            row["user_id"] = join.user_id
        plain = new_join(self.plain, with_defaults("participant", row), instance)
        return {**row, **changes("participant", join, plain, begins)}

    def recording(self, recording: Recording, meeting: Meeting, row: Row, begins: float) -> list[Row]:
        """What is special about a recording. Empty if nothing is."""
        plain = StoryData(self.story.now, 0, users=self.story.users)
        add_session(plain, meeting, with_defaults("session", row), begins, "")
        usual = plain.recordings[recording.uuid]
        special = changes("recording", recording, usual, begins)
        if recording.views:
            special["view"] = [own_fields("view", view, begins) for view in recording.views]
        if recording.files != usual.files:
            special["file"] = [
                {**own_fields("file", file, begins), **({"content": file.content.decode()} if file.content else {})}
                for file in recording.files
            ]
        return [special] if special else []

    def when(self, at: float, host: User, is_relative: bool = False) -> Row:
        """A time as a day relative to today and a time of day in the host's time zone, or as seconds from now."""
        where = zone(host.timezone)
        local = datetime.fromtimestamp(at, where)
        day = (local.date() - datetime.fromtimestamp(self.story.now, where).date()).days
        if is_relative or local.fold or abs(day) > MOST_DAYS:
            return {"start": seconds(at - self.story.now)}
        time = local.time().isoformat()
        return {"day": day, "time": time.removesuffix(":00")}


def is_stay(join: Join, instance: Instance) -> bool:
    """Whether the person came before the end, and left after coming."""
    ends = [time for time in (join.leave_at, instance.ended_at) if time is not None]
    return all(join.join_at <= end for end in ends)


def length(instance: Instance) -> Row:
    """The duration of a session."""
    if instance.ended_at is None:
        return {"open_end": True}
    duration = seconds(instance.ended_at - instance.started_at)
    return {"seconds": duration} if duration % 60 or not duration else {"minutes": int(duration // 60)}


def registrant_row(person: Registrant, meeting: Meeting, now: float) -> Row:
    ids = [date.id for date in meeting.occurrences]
    places = [ids.index(name) for name in person.occurrence_ids if name in ids]
    return {**own_fields("registrant", person, now), **({"occurrences": places} if places else {})}


def fault_row(fault: Fault, now: float) -> Row:
    """The preset of a fault, and its fields that are not those of the preset."""
    is_preset = fault.name in PRESETS
    row: Row = {"preset": fault.name} if is_preset else {}
    usual = asdict(preset(fault.name, now) if is_preset else Fault())
    changed = {name: value for name, value in asdict(fault).items() if value != usual[name] and name != "name"}
    if "count" in changed and fault.count is None:
        changed["count"] = 0
    return {**row, **{name: written(TABLES["fault"][name], value, 0) for name, value in changed.items()}}
