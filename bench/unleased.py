"""For the benchmark: the app, and for requests with ``X-Minded: no`` the app without the refresh check.

Both run in the same processes, because two processes of the same code differ by as much as the measured effect.
"""

import dataclasses
import os
from collections.abc import Iterable
from typing import Any

from zoomapp import create_app, services
from zoomapp.config import Settings
from zoomapp.tokens.service import TokenService


class Unleased(TokenService):
    """Returns the stored access token, even if it has expired."""

    def access_token(self, user_id: str, record: bytes | None = None) -> str:
        return self.load(user_id, record).access_token


parts = services.build(Settings.from_env(os.environ))
app = create_app(parts)
bare = create_app(dataclasses.replace(parts, tokens=Unleased(parts.tokens.store, parts.key_ring, parts.oauth)))
ways = {"yes": app.wsgi_app, "no": bare.wsgi_app}


def either(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    return ways[environ.get("HTTP_X_MINDED", "yes")](environ, start_response)


app.wsgi_app = either  # type: ignore[method-assign]
