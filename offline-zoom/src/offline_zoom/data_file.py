"""A JSON file that keeps grants, edited meetings and trashed recordings over a restart."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

from offline_zoom.model import Meeting, Occurrence, Poll, Registrant
from offline_zoom.oauth.grants import Grant
from offline_zoom.world_state import WorldState

#: format of the file; a file of another version is not read
VERSION = 1


class DataFile:
    """The file ``sandbox.json`` in a folder. Writing replaces it atomically."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.path = folder / "sandbox.json"

    def load(self) -> dict[str, Any]:
        """The saved data. Empty when the file is missing, unreadable or of another version."""
        try:
            data = json.loads(self.path.read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return data if isinstance(data, dict) and data.get("version") == VERSION else {}

    def save(self, world: WorldState) -> None:
        """Write the data to a temporary file, then rename it over the old one."""
        data = {
            "version": VERSION,
            "story": world.story,
            "me": world.me.id,
            "grants": [asdict(grant) for grant in world.grants.by_user.values()],
            "app_grants": [asdict(grant) for grant in world.grants.app_tokens.values()],
            "meetings": [asdict(meeting) for meeting in world.meetings.values() if meeting.edited],
            "trash": {
                recording.uuid: [recording.trashed_at, recording.deleted]
                for recording in world.recordings.values()
                if recording.trashed_at is not None
            },
        }
        temporary = self.path.with_suffix(".new")
        temporary.touch(mode=0o600)
        temporary.write_text(json.dumps(data), "utf-8")
        os.replace(temporary, self.path)

    def restore(self, world: WorldState, data: dict[str, Any]) -> None:
        """Apply saved data to a world that has just loaded its story."""
        if data.get("me") in world.users:
            world.sign_in_as(data["me"])
        for fields in data.get("grants", []):
            if fields["user_id"] in world.users:
                world.grants.by_user[fields["user_id"]] = Grant(**fields)
        for fields in data.get("app_grants", []):
            world.grants.app_tokens[fields["access_token"]] = Grant(**fields)
        for fields in data.get("meetings", []):
            occurrences = [Occurrence(**occurrence) for occurrence in fields.pop("occurrences")]
            registrants = [Registrant(**registrant) for registrant in fields.pop("registrants", [])]
            polls = [Poll(**poll) for poll in fields.pop("polls", [])]
            world.meetings[fields["id"]] = Meeting(
                **fields, occurrences=occurrences, registrants=registrants, polls=polls
            )
        for uuid, (trashed_at, deleted) in data.get("trash", {}).items():
            if uuid in world.recordings:
                world.recordings[uuid].trashed_at, world.recordings[uuid].deleted = trashed_at, deleted
