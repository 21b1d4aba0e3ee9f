"""Zoom's API as one user sees it: whose token, and again once after a 401; a short method per endpoint."""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import quote, urlencode

import msgspec

from zoomapp.errors import SessionExpired
from zoomapp.tokens.service import TokenService
from zoomapp.zoom.client import Answer, Call, ZoomClient, decipher, lacks_scope

log = logging.getLogger(__name__)


class Gateway:
    """What ``user_id`` may do at Zoom. Pages and proxy share this one way."""

    def __init__(self, user_id: str, tokens: TokenService, client: ZoomClient) -> None:
        self.user_id = user_id
        self._tokens = tokens
        self._client = client

    def send(self, call: Call) -> Answer:
        """Zoom's answer with a good token, whatever its status. The answer must be read or closed.

        Raises NotAuthorized, SessionExpired, UpstreamError or StoreUnavailable.
        """
        token = self._tokens.access_token(self.user_id)
        answer = self._client.send(call, token)
        if not _refuses_token(answer):
            return answer
        answer.close()
        token = self._tokens.replace(self.user_id, rejected=token)
        answer = self._client.send(call, token)
        if _refuses_token(answer):
            answer.close()
            raise SessionExpired("a fresh access token was refused")
        return answer

    def scopes(self) -> frozenset[str]:
        """What this user granted, as the token endpoint said."""
        return self._tokens.scopes(self.user_id)

    def get(self, path: str, **query: Any) -> Any:
        """The JSON at ``path`` (which begins with ``/v2/``). Raises what ``send`` and ``decipher`` raise."""
        return self._json("GET", path, query)

    def post(self, path: str, body: Any, **query: Any) -> Any:
        return self._json("POST", path, query, body)

    def patch(self, path: str, body: Any, **query: Any) -> Any:
        return self._json("PATCH", path, query, body)

    def put(self, path: str, body: Any, **query: Any) -> Any:
        return self._json("PUT", path, query, body)

    def delete(self, path: str, **query: Any) -> Any:
        return self._json("DELETE", path, query)

    def _json(self, method: str, path: str, query: dict[str, Any], body: Any = None) -> Any:
        given = {name: value for name, value in query.items() if value not in ("", None)}
        target = path + ("?" + urlencode(given) if given else "")
        headers = {"Content-Type": "application/json"} if body is not None else {}
        sent = msgspec.json.encode(body) if body is not None else b""
        return decipher(self.send(Call(method, target, headers, sent)), self._client.clock())

    # Endpoints: a short method each.


def segment(uuid: str) -> str:
    """A meeting UUID as one path segment: encoded, and encoded again if it begins with ``/`` or holds ``//``.

    https://developers.zoom.us/docs/api/using-zoom-apis/
    """
    once = quote(uuid, safe="")
    return quote(once, safe="") if uuid.startswith("/") or "//" in uuid else once


def _refuses_token(answer: Answer) -> bool:
    """Whether Zoom refused the token itself."""
    if answer.status != 401:
        return False
    # A missing scope, too, has been seen with 401: a renewal cannot help there.
    return not lacks_scope(answer.fill().decode("utf-8", "replace"))
