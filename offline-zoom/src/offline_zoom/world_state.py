"""The data of one offline Zoom, and questions that only read it.

JSON serializers, webhook events and the data file work on a ``WorldState``. ``World`` adds what changes it.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from offline_zoom.model import Account, AccountApp, Instance, Meeting, Recording, User
from offline_zoom.oauth.grants import Grants, basic_credentials
from offline_zoom.pending_events import PendingEvents
from offline_zoom.switches import Switches


class WorldState:
    """Accounts, users, meetings, recordings and grants at the world's current time.

    Hold ``lock`` to change something. Time is ``clock`` plus ``offset_seconds``.
    """

    #: the user at the consent page and the client
    me: User

    def __init__(self, clock: Callable[[], float], client_id: str, client_secret: str, base_url: str) -> None:
        self.lock = threading.RLock()
        self.clock, self.offset_seconds = clock, 0.0
        self._clock_file: Path | None = None
        self.client_id, self.client_secret, self.base_url = client_id, client_secret, base_url
        #: the secret before ``client_secret``, and until when it is valid
        self.previous_secret, self.previous_secret_until = "", 0.0
        self.account_app = AccountApp()
        #: the app's manifest, once it was updated
        self.manifest: dict[str, Any] = {}
        self.seal_key = client_secret
        self.switches = Switches()
        self.grants = Grants(self.now, self.switches, client_secret)
        self.story, self.began_at = "", self.now()
        self.admin_managed = True
        self.accounts: dict[str, Account] = {}
        self.users: dict[str, User] = {}
        self.meetings: dict[int, Meeting] = {}
        self.instances: dict[str, Instance] = {}
        self.recordings: dict[str, Recording] = {}
        self.pending_events = PendingEvents()

    def now(self) -> float:
        """The world's current time, in epoch seconds."""
        return self.clock() + self.offset_seconds

    @property
    def client_secrets(self) -> list[str]:
        """The secrets that the app may use now."""
        previous = [self.previous_secret] if self.now() < self.previous_secret_until else []
        return [self.client_secret, *previous]

    def rotate_client_secret(self, secret: str, overlap_seconds: float = 86400) -> None:
        """Give the app a new secret. The one before stays valid for a while. Raises ValueError for a wrong one."""
        if not isinstance(secret, str) or not secret or not secret.isascii():
            raise ValueError("a secret is a text of ASCII characters")
        with self.lock:
            self.previous_secret, self.previous_secret_until = self.client_secret, self.now() + overlap_seconds
            self.client_secret = secret

    def share_clock(self, path: Path) -> None:
        """Keep the seconds by which this world's time is ahead in a file, so that the app can have the same time."""
        self._clock_file = path
        self._write_clock_file()

    def _write_clock_file(self) -> None:
        if self._clock_file:
            temporary = self._clock_file.with_suffix(".new")
            temporary.write_text(f"{self.offset_seconds}\n")
            os.replace(temporary, self._clock_file)

    def signing_time(self) -> float:
        """The time in the headers of a webhook: what the app's clock shows.

        An app without the clock file has the real time, also after time passed in the world.
        """
        return self.now() if self._clock_file else self.clock()

    def user(self, user: str | User) -> User:
        """A user by short name, id or email. Raises KeyError."""
        if isinstance(user, User):
            return user
        for candidate in self.users.values():
            if user in (candidate.id, candidate.key, candidate.email):
                return candidate
        raise KeyError(user)

    def caller(self, authorization: str) -> str:
        """Who sends this ``Authorization`` header: a user's short name, an app's client id, or an empty text."""
        client_id, _ = basic_credentials(authorization)
        if client_id in (self.client_id, self.account_app.client_id):
            return client_id
        kind, _, token = authorization.partition(" ")
        grant = self.grants.find(token.strip()) if kind.lower() == "bearer" else None
        if grant and grant.kind == "user":
            return self.users[grant.user_id].key if grant.user_id in self.users else ""
        return {"account": self.account_app.client_id, "app": self.client_id}[grant.kind] if grant else ""

    def sign_in_as(self, user: str | User) -> User:
        """Make this user the one at the consent page and the client."""
        self.me = self.user(user)
        return self.me

    def account_of(self, user: User) -> Account:
        """The account of a user."""
        return self.accounts[user.account_id]

    def live_instance(self, meeting: Meeting | int | None = None) -> Instance | None:
        """The running instance of a meeting; without a meeting, any running instance."""
        number = meeting.id if isinstance(meeting, Meeting) else meeting
        now = self.now()
        running = (instance for instance in list(self.instances.values()) if instance.live(now))
        return next((instance for instance in running if number in (None, instance.meeting_id)), None)

    def seal(self, text: str) -> str:
        """64 hex digits that only this world can compute for this text."""
        return hmac.new(self.seal_key.encode(), text.encode(), hashlib.sha256).hexdigest()

    def download_token(self, host_id: str, lifetime: float) -> str:
        """A token that opens the recordings of one host for ``lifetime`` seconds."""
        expires_at = int(self.now() + lifetime)
        return f"{host_id}.{expires_at}.{self.seal(f'download {host_id} {expires_at}')}"
