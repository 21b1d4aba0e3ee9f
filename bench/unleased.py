"""The app with tokens that nobody minds: whatever is kept is handed out, however old. For the benchmark alone."""

import dataclasses
import os

from zoomapp import create_app, services
from zoomapp.config import Settings
from zoomapp.tokens.service import TokenService


class Unleased(TokenService):
    def access_token(self, user_id: str, record: bytes | None = None) -> str:
        return self.load(user_id, record).access_token


parts = services.build(Settings.from_env(os.environ))
app = create_app(dataclasses.replace(parts, tokens=Unleased(parts.tokens.store, parts.ring, parts.oauth)))
