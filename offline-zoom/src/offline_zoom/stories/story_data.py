"""The data that a story consists of: users, meetings, instances, recordings."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from offline_zoom.fault import Fault
from offline_zoom.identifiers import meeting_uuid
from offline_zoom.model import Account, Instance, Meeting, Recording, User


@dataclass
class StoryData:
    """What a world contains when its story starts. ``now`` is that time, in epoch seconds.

    ``last_user_id``: the last number that was given to a join; the story counts on from there.
    """

    now: float
    last_user_id: int
    accounts: dict[str, Account] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    meetings: dict[int, Meeting] = field(default_factory=dict)
    instances: list[Instance] = field(default_factory=list)
    recordings: dict[str, Recording] = field(default_factory=dict)
    #: faults that are always there in this story
    faults: list[Fault] = field(default_factory=list)
    #: changed switches; those of other names stay as they are
    switches: dict[str, Any] = field(default_factory=dict)
    #: where webhooks go, unless the world was given an address
    webhook_url: str = ""
    webhook_secret: str = ""
    #: short name of the user who is signed in
    me: str = ""
    #: whether an admin installed the app for the account, so that admins grant ``:admin`` scopes
    admin_managed: bool = True

    def user(self, key: str) -> User:
        """A user by short name. Raises KeyError."""
        for user in self.users.values():
            if user.key == key:
                return user
        raise KeyError(key)

    def renew_uuids(self) -> None:
        """Give running meetings, and those to come, other UUIDs than an earlier start of the story gave them."""
        renewed = {meeting.uuid: meeting_uuid() for meeting in self.meetings.values()}
        for meeting in self.meetings.values():
            meeting.uuid = renewed[meeting.uuid]
        for instance in self.instances:
            if not instance.ended(self.now):
                instance.uuid = renewed.get(instance.uuid) or meeting_uuid()

    def next_user_id(self) -> str:
        """A unique number for one join, in Zoom's form."""
        self.last_user_id += 1024
        return str(self.last_user_id)
