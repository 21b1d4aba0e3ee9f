"""The client secrets of the app: one, or two while a secret is being replaced."""

from __future__ import annotations

import logging

log = logging.getLogger(__name__)


class ClientSecrets:
    """The secrets, newest first, and the one that this process uses at the token endpoint. It never prints them."""

    def __init__(self, secrets: tuple[str, ...]) -> None:
        self._secrets = secrets
        self._in_use = secrets[0]

    def __len__(self) -> int:
        return len(self._secrets)

    @property
    def in_use(self) -> str:
        """The newest secret, until Zoom refused it and accepted the other one."""
        return self._in_use

    @property
    def newest_in_use(self) -> bool:
        """Whether the secret in use is the first of ZOOM_CLIENT_SECRET."""
        return self._in_use == self._secrets[0]

    def alternative_to(self, secret: str) -> str | None:
        """The secret to try when Zoom refused this one; None if there is only one."""
        return next((candidate for candidate in self._secrets if candidate != secret), None)

    def accepted(self, secret: str) -> None:
        """Zoom accepted this secret after it refused the other one: use it from here on."""
        if self._in_use != secret:
            self._in_use = secret
            log.warning("client secret changed", extra={"detail": "newest" if self.newest_in_use else "older"})
