"""The app's own voice in Team Chat: messages sent by its chatbot, with a token of the app instead of a person's.

It cannot reach the chat of a meeting; no REST endpoint can.
https://developers.zoom.us/docs/team-chat/send-edit-and-delete-messages/
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

import msgspec

from zoomapp.zoom.client import Answer, Call, ZoomClient, parse_response
from zoomapp.zoom.oauth import TokenSet, ZoomOAuth

#: A token is replaced this early.
MARGIN_SECONDS = 60.0
PATH = "/v2/im/chat/messages"


@dataclass(frozen=True)
class Recipient:
    """Who gets it: a user's or a channel's address (JID), in an account; ``user_jid``: on whose behalf."""

    to_jid: str
    account_id: str
    user_jid: str = ""


class Chatbot:
    """The chatbot called ``robot_jid``; without one there is none."""

    def __init__(self, oauth: ZoomOAuth, client: ZoomClient, robot_jid: str) -> None:
        self.robot_jid = robot_jid
        self._oauth = oauth
        self._client = client
        self._token: TokenSet | None = None
        self._asking = threading.Lock()

    def send(self, to: Recipient, head: str, text: str) -> str:
        """Send a message and return Zoom's name for it. It is sent once: Zoom has no key against repeats.

        Raises MissingScope, ZoomRefused, UpstreamError, RateLimited.
        """
        content = {"head": {"text": head}, "body": [{"type": "message", "text": text}]}
        body: dict[str, Any] = {
            "robot_jid": self.robot_jid,
            "to_jid": to.to_jid,
            "account_id": to.account_id,
            "content": content,
        }
        if to.user_jid:
            body["user_jid"] = to.user_jid
        call = Call("POST", PATH, {"Content-Type": "application/json"}, msgspec.json.encode(body))
        answer = self._client.send(call, self._access_token())
        if answer.status == 401:
            # Refused before anything was sent: the token ended early, and a new one may do.
            answer.close()
            answer = self._client.send(call, self._access_token(anew=True))
        return self._message_id(answer)

    def _access_token(self, *, anew: bool = False) -> str:
        with self._asking:
            known = self._token
            if known is None or anew or self._client.clock() >= known.expires_at - MARGIN_SECONDS:
                self._token = known = self._oauth.client_tokens()
            return known.access_token

    def _message_id(self, answer: Answer) -> str:
        said = parse_response(answer, self._client.clock())
        return str(said.get("message_id", "")) if isinstance(said, dict) else ""
