"""A Zoom that takes 0.2 s for each call of its API, for the rows that time pages.

The answers are those of the offline Zoom: of a story with a running meeting for people whose name starts with
``live``, of a quiet day for all others. Each answer is recorded once. The ids of user and account in it are replaced by
the caller's, so that every person has a grant, an account and meetings of their own.
"""

from __future__ import annotations

import asyncio
import sys

import requests

from bench.standin import Zoom, serve
from offline_zoom.serving.requests_adapter import OfflineZoomAdapter
from offline_zoom.world import BASE_URL, World

CALL_SECONDS = 0.2
#: The meeting that runs for the people of the story with a running one.
RUNNING = 85770001234


class Story:
    """The recorded answers of the offline Zoom to the user of one story."""

    def __init__(self, name: str) -> None:
        world = World(name)
        self.scopes = world.scopes(world.me)
        self._own_ids = world.me.id, world.me.account_id
        self._token = world.grants.grant(world.me.id, self.scopes).access_token
        self._offline_zoom = requests.Session()
        self._offline_zoom.mount(BASE_URL, OfflineZoomAdapter(world))
        self._answers: dict[str, tuple[int, bytes]] = {}

    def answer(self, target: str, person: str) -> tuple[int, bytes]:
        """Status and JSON, with the ids of this person and of an account that has no other user."""
        if target not in self._answers:
            response = self._offline_zoom.get(BASE_URL + target, headers={"Authorization": f"Bearer {self._token}"})
            self._answers[target] = response.status_code, response.content
        status, body = self._answers[target]
        for own_id, new_id in zip(self._own_ids, (person, account_of(person)), strict=True):
            body = body.replace(own_id.encode(), new_id.encode())
        return status, body


class SlowZoom(Zoom):
    """Tokens at once, all other answers after ``call_seconds``."""

    def __init__(self, call_seconds: float = CALL_SECONDS) -> None:
        super().__init__()
        self._call_seconds = call_seconds
        self._quiet, self._live = Story("quiet-day"), Story("live-meeting")

    async def answer(self, target: str, token: str, form: dict[str, str]) -> tuple[int, object]:
        if not target.startswith("/v2/"):
            status, body = await super().answer(target, token, form)
            return status, {**body, "scope": " ".join(self._live.scopes)} if isinstance(body, dict) else body
        person = token.split("-")[1]
        status, content = (self._live if person.startswith("live") else self._quiet).answer(target, person)
        await asyncio.sleep(self._call_seconds)
        return status, content


def account_of(person: str) -> str:
    """The id of a person's account."""
    return f"account-{person}"


if __name__ == "__main__":
    asyncio.run(serve(SlowZoom(), int(sys.argv[1])))
