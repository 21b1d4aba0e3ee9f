"""What survives a restart: grants, edited meetings, recordings in the trash. JSON, replaced atomically."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from offline_zoom.model import Meeting, Occurrence
from offline_zoom.oauth.grants import Grant

if TYPE_CHECKING:
    from offline_zoom.world import World


#: of what is written; another one's file is not read
VERSION = 1


class DataFile:
    """One file in a folder."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.path = folder / "sandbox.json"

    def load(self) -> dict[str, Any]:
        """What was kept, or nothing; an unreadable file, or another version's, counts as nothing."""
        try:
            kept = json.loads(self.path.read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return kept if isinstance(kept, dict) and kept.get("version") == VERSION else {}

    def save(self, world: World) -> None:
        """Write all of it beside the old file, then take its place."""
        told = {
            "version": VERSION,
            "story": world.story,
            "me": world.me.id,
            "grants": [asdict(grant) for grant in world.grants.by_user.values()],
            "app_grants": [asdict(grant) for grant in world.grants.app_tokens.values()],
            "meetings": [asdict(meeting) for meeting in world.meetings.values() if meeting.edited],
            "trash": {
                one.uuid: [one.trashed_at, one.deleted]
                for one in world.recordings.values()
                if one.trashed_at is not None
            },
        }
        beside = self.path.with_suffix(".new")
        beside.touch(mode=0o600)
        beside.write_text(json.dumps(told), "utf-8")
        os.replace(beside, self.path)

    def restore(self, world: World, kept: dict[str, Any]) -> None:
        """Lay what was kept over the story."""
        if kept.get("me") in world.users:
            world.sign_in_as(kept["me"])
        for told in kept.get("grants", []):
            if told["user_id"] in world.users:
                world.grants.by_user[told["user_id"]] = Grant(**told)
        for told in kept.get("app_grants", []):
            world.grants.app_tokens[told["access_token"]] = Grant(**told)
        for told in kept.get("meetings", []):
            dates = [Occurrence(**date) for date in told.pop("occurrences")]
            world.meetings[told["id"]] = Meeting(**told, occurrences=dates)
        for uuid, (trashed_at, deleted) in kept.get("trash", {}).items():
            if uuid in world.recordings:
                world.recordings[uuid].trashed_at, world.recordings[uuid].deleted = trashed_at, deleted
