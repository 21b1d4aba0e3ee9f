"""The app's chatbot: it sends Team Chat messages with a token of the app instead of a user's.

It cannot send to the chat of a meeting; no REST endpoint can.
https://developers.zoom.us/docs/team-chat/send-edit-and-delete-messages/
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

import msgspec

from zoomapp.zoom.client import Answer, Call, ZoomClient
from zoomapp.zoom.endpoints import SEND_CHAT_MESSAGE
from zoomapp.zoom.oauth import TokenSet, ZoomOAuth
from zoomapp.zoom.refusals import parse_response
from zoomapp.zoom.tolerant_reader import JsonObject

#: A token is replaced this long before it expires.
MARGIN_SECONDS = 60.0


@dataclass(frozen=True)
class Recipient:
    """The address (JID) of a user or channel, in an account. ``user_jid``: the user for whom the bot writes."""

    to_jid: str
    account_id: str
    user_jid: str = ""


class Chatbot:
    """The chatbot with the address ``robot_jid``. If that is empty, the app has no chatbot."""

    def __init__(self, oauth: ZoomOAuth, client: ZoomClient, robot_jid: str) -> None:
        self.robot_jid = robot_jid
        self._oauth = oauth
        self._client = client
        self._token: TokenSet | None = None
        self._token_lock = threading.Lock()

    def send(self, to: Recipient, head: str, text: str) -> str:
        """Send a message and return its id. It is sent at most once: Zoom offers no idempotency key.

        Raises MissingScope, ZoomRefused, UpstreamError, RateLimited.
        """
        body: dict[str, Any] = {
            "robot_jid": self.robot_jid,
            "to_jid": to.to_jid,
            "account_id": to.account_id,
            "content": {"head": {"text": head}, "body": [{"type": "message", "text": text}]},
        }
        if to.user_jid:
            body["user_jid"] = to.user_jid
        headers = {"Content-Type": "application/json"}
        call = Call(SEND_CHAT_MESSAGE.method, SEND_CHAT_MESSAGE.target(), headers, msgspec.json.encode(body))
        answer = self._client.send(call, self._access_token())
        if answer.status == 401:
            # Zoom refused the token and sent nothing: a new token may work.
            answer.close()
            answer = self._client.send(call, self._access_token(refresh=True))
        return self._message_id(answer)

    def _access_token(self, *, refresh: bool = False) -> str:
        with self._token_lock:
            token = self._token
            if token is None or refresh or self._client.clock() >= token.expires_at - MARGIN_SECONDS:
                self._token = token = self._oauth.client_tokens()
            return token.access_token

    def _message_id(self, answer: Answer) -> str:
        message = parse_response(answer, self._client.clock())
        return JsonObject(message, "chat message").text("message_id")
