"""The World: one offline Zoom with its accounts, meetings, grants, faults and received calls.

``live_meetings`` is the part of it in which meetings run, ``world_state`` the data below.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from offline_zoom import app_context, identifiers
from offline_zoom.call_log import CallLog
from offline_zoom.data_file import DataFile
from offline_zoom.faults import Faults
from offline_zoom.live_meetings import LiveMeetings
from offline_zoom.model import User
from offline_zoom.oauth.grants import Grant
from offline_zoom.oauth.scopes import scopes_for
from offline_zoom.pending_events import PendingEvents
from offline_zoom.rate_limits import RateLimits
from offline_zoom.stories import build_story
from offline_zoom.webhooks import events

#: the app in the Marketplace
APP_ID = "sandbox-app-id"
CLIENT_ID = "sandbox-client-id"
CLIENT_SECRET = "sandbox-client-secret"
BASE_URL = "http://127.0.0.1:4000"


class World(LiveMeetings):
    """One offline Zoom.

    ``story``: a name from ``STORIES``. Without it, the story saved in ``data``, else ``quiet-day``.
    ``clock``: gives epoch seconds. ``sleep``: is called for delays.
    ``redirect_uris``: the OAuth allow list of full addresses or origins.
    ``data``: a folder. With it, grants and edited meetings survive a restart.
    """

    def __init__(
        self,
        story: str = "",
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
        *,
        client_id: str = CLIENT_ID,
        client_secret: str = CLIENT_SECRET,
        redirect_uris: Iterable[str] = (),
        home_url: str = "",
        webhook_url: str = "",
        webhook_secret: str = "",
        base_url: str = BASE_URL,
        data: Path | str | None = None,
    ) -> None:
        super().__init__(clock, client_id, client_secret, base_url)
        self.sleep = sleep
        self.redirect_uris = list(redirect_uris)
        self.home_url, self.webhook_url, self.webhook_secret = home_url, webhook_url, webhook_secret
        self.calls = CallLog()
        self.faults = Faults(self.now)
        self.limits = RateLimits(self.now, self.switches)
        self.deeplinks: dict[str, tuple[str, str, float]] = {}
        self._data_file: DataFile | None = None
        self._loaded_stories: set[str] = set()
        self._load(story, DataFile(Path(data)) if data else None)

    def _load(self, story: str, data_file: DataFile | None) -> None:
        """Load the story, then restore what an earlier run saved."""
        saved = data_file.load() if data_file else {}
        self.load_story(story or saved.get("story") or "quiet-day")
        self._data_file = data_file
        if data_file and saved:
            data_file.restore(self, saved)

    def load_story(self, name: str) -> None:
        """Replace the world's data with that of a story. Grants of its users stay, with the scopes that it gives.

        Meetings of a story that is loaded again get other UUIDs, so that a program does not take them for the earlier
        ones. Raises ValueError for an unknown name.
        """
        with self.lock:
            began_at = self.now()
            data = build_story(name, began_at, self._last_user_id)
            if name in self._loaded_stories:
                data.renew_uuids()
            self._loaded_stories.add(name)
            self.story, self.began_at, self.admin_managed = name, began_at, data.admin_managed
            self.accounts, self.users = data.accounts, data.users
            self.meetings, self.recordings, self.instances = data.meetings, data.recordings, {}
            self.pending_events, self.late_ends = PendingEvents(), {}
            self.faults.of_story = data.faults
            self.switches.change(data.switches)
            self.webhook_url = self.webhook_url or data.webhook_url
            self.webhook_secret = self.webhook_secret or data.webhook_secret
            self._last_user_id = data.last_user_id
            for instance in data.instances:
                self.add_instance(instance)
            self.sign_in_as(data.me)
            grants = {name: grant for name, grant in self.grants.by_user.items() if name in self.users}
            self.grants.by_user = grants
            for grant in grants.values():
                grant.scopes = self.scopes(grant.user_id)
            self.save()

    def issue_code(
        self,
        user: str | User,
        redirect_uri: str,
        code_challenge: str = "",
        method: str = "plain",
        *,
        in_client: bool = False,
    ) -> str:
        """An authorization code, as the consent page or the client's ``authorize`` gives it."""
        with self.lock:
            return self.grants.issue_code(self.user(user).id, redirect_uri, code_challenge, method, in_client)

    def scopes(self, user: str | User) -> list[str]:
        """The scopes that this user grants to the app now."""
        found, withheld = self.user(user), self.switches.withheld_scopes
        possible = scopes_for(found, self.admin_managed and not self.switches.user_managed)
        return [
            scope for scope in possible if scope not in withheld and (found.scopes is None or scope in found.scopes)
        ]

    def revoke_access_tokens(self, user: str | User | None = None) -> None:
        """Make the access tokens of a user, or all of them, unknown. Refresh tokens stay valid."""
        with self.lock:
            for grant in self._grants_of(user):
                grant.access_token = ""
            self.save()

    def expire_access_tokens(self, user: str | User | None = None) -> None:
        """Make the access tokens of a user, or all of them, expire now. Refresh tokens stay valid."""
        with self.lock:
            for grant in self._grants_of(user):
                grant.access_expires_at = self.now()
            self.save()

    def expire_refresh_tokens(self, user: str | User | None = None) -> None:
        """Make the refresh tokens of a user, or all of them, expire now. Access tokens stay valid."""
        with self.lock:
            for grant in self._grants_of(user):
                if grant.refresh_token:
                    grant.refresh_expires_at = self.now()
            self.save()

    def deauthorize(self, user: str | User) -> None:
        """Let the user remove the app: delete the grant. For a published app, announce ``app_deauthorized``."""
        account = self.user(user)
        with self.lock:
            self.grants.by_user.pop(account.id, None)
            self.save()
        if self.switches.deauthorized_event:
            self.announce(events.deauthorized_event(self.now(), account.id, self))

    def seal_context(self, user: str | User | None, typ: str = "panel", iv: bytes | None = None, **claims: Any) -> str:
        """The encrypted app context that the client sends for this user; ``None`` is a guest.

        ``claims`` are added or replaced; a claim of ``None`` is left out.
        """
        now_milliseconds = int(self.now() * 1000)
        all_claims: dict[str, Any] = {
            "typ": typ,
            "uid": None if user is None else self.user(user).id,
            "aud": self.client_id,
            "iss": "marketplace.zoom.us",
            "ts": now_milliseconds,
            "exp": now_milliseconds + 120_000,
            "entitlements": [],
            "theme": "light",
            **claims,
        }
        present = {name: value for name, value in all_claims.items() if value is not None}
        return app_context.seal(present, self.client_secret, iv)

    def deeplink(self, user_id: str, action: str) -> str:
        """An address that opens the app in the client with ``action`` in its context. Valid for five minutes."""
        name = identifiers.random_text(32)
        self.deeplinks[name] = (user_id, action, self.now() + self.switches.deeplink_lifetime)
        return f"{self.base_url}/launch/{name}"

    def action_of(self, launch: str) -> str:
        """The action of a deep link. Empty when the link is unknown or expired."""
        _, action, expires_at = self.deeplinks.get(launch, ("", "", 0.0))
        return action if self.now() < expires_at else ""

    def next_meeting_id(self) -> int:
        """An unused meeting number."""
        number = 83000000001
        while number in self.meetings:
            number += 7919
        return number

    def save(self) -> None:
        """Write the data file, if the world has one."""
        if self._data_file:
            self._data_file.save(self)

    def _grants_of(self, user: str | User | None) -> list[Grant]:
        """The grants of a user, replaced ones included. Without a user all, those of apps included. Raises KeyError."""
        of_users = [*self.grants.by_user.values(), *(grant for grant, _ in self.grants.replaced)]
        if user is None:
            return [*of_users, *self.grants.app_tokens.values()]
        user_id = self.user(user).id
        return [grant for grant in of_users if grant.user_id == user_id]
