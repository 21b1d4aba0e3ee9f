"""All the state of one small Zoom, in one object.

Whoever changes something holds ``lock``. Time is the clock's plus what was ticked; what happens meanwhile is
announced by ``catch_up`` to everybody who asked with ``on_event``.
"""

from __future__ import annotations

import hashlib
import hmac
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from offline_zoom import app_context, identifiers
from offline_zoom.call_log import CallLog
from offline_zoom.data_file import DataFile
from offline_zoom.faults import Faults
from offline_zoom.live_meetings import LiveMeetings
from offline_zoom.model import Account, Instance, Meeting, Recording, User
from offline_zoom.oauth.grants import Grant, Grants
from offline_zoom.pending_events import PendingEvents
from offline_zoom.rate_limits import RateLimits
from offline_zoom.stories import STORIES
from offline_zoom.stories.people import scopes_for
from offline_zoom.switches import Switches
from offline_zoom.webhooks import events

CLIENT_ID = "sandbox-client-id"
CLIENT_SECRET = "sandbox-client-secret"
BASE_URL = "http://127.0.0.1:4000"


class World(LiveMeetings):
    """A Zoom with its accounts, meetings, grants, faults and calls.

    ``story`` is one of ``STORIES``; without it, the one kept in ``data``, else a quiet day.
    ``redirect_uris`` is the OAuth allow list: full addresses, or origins. ``clock`` gives epoch seconds, ``sleep``
    is what a delay does. ``data`` is a folder; with one, grants and edited meetings survive a restart.
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
        super().__init__()
        self.lock = threading.RLock()
        self.clock, self.sleep = clock, sleep
        self.client_id, self.client_secret = client_id, client_secret
        self.redirect_uris = list(redirect_uris)
        self.home_url, self.webhook_url, self.webhook_secret = home_url, webhook_url, webhook_secret
        self.base_url = base_url
        self.switches = Switches()
        self.calls = CallLog()
        self.faults = Faults(self.now)
        self.grants = Grants(self.now, self.switches, client_secret)
        self.limits = RateLimits(self.now, self.switches)
        self.deeplinks: dict[str, tuple[str, str, float]] = {}
        self._storage: DataFile | None = None
        self._begin(story, DataFile(Path(data)) if data else None)

    def _begin(self, story: str, storage: DataFile | None) -> None:
        """Tell the story, and on top of it what an earlier run kept."""
        kept = storage.load() if storage else {}
        self.tell(story or kept.get("story") or "quiet-day")
        self._storage = storage
        if storage and kept:
            storage.restore(self, kept)

    def tell(self, story: str) -> None:
        """Become that story, from its beginning. Grants stay, with the scopes the story gives.

        Raises ValueError for a name there is none of.
        """
        if story not in STORIES:
            raise ValueError(f"no story is called {story}; there are {', '.join(STORIES)}")
        with self.lock:
            self.accounts: dict[str, Account] = {}
            self.users: dict[str, User] = {}
            self.meetings: dict[int, Meeting] = {}
            self.instances: dict[str, Instance] = {}
            self.recordings: dict[str, Recording] = {}
            self.admin_managed = True
            self.timeline = PendingEvents()
            self.story, self.began_at = story, self.now()
            STORIES[story].tell(self)
            for grant in self.grants.by_user.values():
                grant.scopes = self.scopes(grant.user_id)
            self.save()

    def user(self, who: str | User) -> User:
        """A user by short name, id or email. Raises KeyError."""
        if isinstance(who, User):
            return who
        named = (user for user in self.users.values() if who in (user.id, user.key, user.email))
        found = next(named, None)
        if found is None:
            raise KeyError(who)
        return found

    def account_of(self, user: User) -> Account:
        """The account a user belongs to."""
        return self.accounts[user.account_id]

    def sign_in_as(self, who: str | User) -> User:
        """Whom the consent page and the client take the person for."""
        self.me = self.user(who)
        return self.me

    def issue_code(
        self,
        who: str | User,
        redirect_uri: str,
        code_challenge: str = "",
        method: str = "plain",
        *,
        in_client: bool = False,
    ) -> str:
        """An authorization code as the consent page, or the client's ``authorize``, would give it."""
        with self.lock:
            return self.grants.issue_code(self.user(who).id, redirect_uri, code_challenge, method, in_client)

    def scopes(self, who: str | User) -> list[str]:
        """What this user grants to the app today."""
        granted = scopes_for(self.user(who), self.admin_managed)
        return [scope for scope in granted if scope not in self.switches.withheld_scopes]

    def revoke_access_tokens(self) -> None:
        """Every access token is unknown from now on; refresh tokens go on."""
        with self.lock:
            for grant in self._all_grants():
                grant.access_token = ""
            self.save()

    def expire_access_tokens(self) -> None:
        """Every access token has run out; refresh tokens go on."""
        with self.lock:
            for grant in self._all_grants():
                grant.access_expires_at = self.now()
            self.save()

    def expire_refresh_tokens(self) -> None:
        """No grant can be renewed; access tokens go on."""
        with self.lock:
            for grant in self.grants.by_user.values():
                grant.refresh_expires_at = self.now()
            self.save()

    def deauthorize(self, who: str | User) -> None:
        """The user removes the app: the grant dies, and the app is told."""
        user = self.user(who)
        with self.lock:
            self.grants.by_user.pop(user.id, None)
            self.save()
        self.announce(events.deauthorized_event(self.now(), user.id, self))

    def seal_context(self, who: str | User | None, typ: str = "panel", iv: bytes | None = None, **claims: Any) -> str:
        """The app context the client would send for this user; ``None`` is a guest.

        ``claims`` are added or override; one set to ``None`` is left out.
        """
        at = int(self.now() * 1000)
        told: dict[str, Any] = {
            "typ": typ,
            "uid": None if who is None else self.user(who).id,
            "aud": self.client_id,
            "iss": "marketplace.zoom.us",
            "ts": at,
            "exp": at + 120_000,
            "entitlements": [],
            "theme": "light",
            **claims,
        }
        return app_context.seal(
            {key: value for key, value in told.items() if value is not None}, self.client_secret, iv
        )

    def seal(self, text: str) -> str:
        """64 hex digits that only this world can make for this text."""
        return hmac.new(self.client_secret.encode(), text.encode(), hashlib.sha256).hexdigest()

    def download_token(self, host_id: str, lifetime: float) -> str:
        """A token that opens the recordings of one host for so many seconds."""
        expires_at = int(self.now() + lifetime)
        return f"{host_id}.{expires_at}.{self.seal(f'download {host_id} {expires_at}')}"

    def deeplink(self, user_id: str, action: str) -> str:
        """An address that opens the app in the client with ``action`` in its context; five minutes."""
        name = identifiers.random_text(32)
        self.deeplinks[name] = (user_id, action, self.now() + self.switches.deeplink_lifetime)
        return f"{self.base_url}/launch/{name}"

    def action_of(self, launch: str) -> str:
        """The action behind a deep link that is still good, else nothing."""
        _, action, expires_at = self.deeplinks.get(launch, ("", "", 0.0))
        return action if self.now() < expires_at else ""

    def next_meeting_id(self) -> int:
        """A meeting number that was never used."""
        number = 83000000001
        while number in self.meetings:
            number += 7919
        return number

    def save(self) -> None:
        """Write down what shall survive a restart."""
        if self._storage:
            self._storage.save(self)

    def _all_grants(self) -> list[Grant]:
        return [*self.grants.by_user.values(), *self.grants.app_tokens.values()]
