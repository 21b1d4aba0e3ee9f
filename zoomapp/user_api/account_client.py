"""Zoom's dashboard and reports as one whole account: two reads, and nothing else.

The token reads every meeting of the account, so callers first find out whose meeting it is
(``attendance/hosted_meetings.py``). The proxy does not have this client.
"""

from __future__ import annotations

from typing import Any

from zoomapp.errors import AccountRefused, MissingScope
from zoomapp.tokens.account_tokens import AccountTokens
from zoomapp.user_api.quota_guard import Caller, QuotaGuard
from zoomapp.user_api.user_client import PAGE_SIZE, refuses_token
from zoomapp.zoom import call_trace
from zoomapp.zoom.client import Answer, Call, ZoomClient
from zoomapp.zoom.endpoint_types import Endpoint
from zoomapp.zoom.endpoints import LIST_LIVE_PARTICIPANTS, LIST_REPORT_PARTICIPANTS
from zoomapp.zoom.refusals import parse_response

#: The name of these credentials in the call trace.
CREDENTIAL = "account"


class AccountClient:
    """The two reads, with the token of one account. They raise AccountRefused and what ``parse_response`` raises."""

    def __init__(self, tokens: AccountTokens, client: ZoomClient, quota_guard: QuotaGuard) -> None:
        self._tokens = tokens
        self._client = client
        self._quota_guard = quota_guard
        # Exhausted quotas are stored apart from those of the users' own calls.
        name = f"{CREDENTIAL} {tokens.account_id}"
        self._caller = Caller(name, lambda: name)

    @property
    def account_id(self) -> str:
        return self._tokens.account_id

    def live_participants(self, instance: str, page_token: str = "") -> Any:
        """One page of the participants of a running meeting, also those who left."""
        return self._read(LIST_LIVE_PARTICIPANTS, instance, page_token, type="live")

    def report_participants(self, instance: str, page_token: str = "") -> Any:
        """One page of the participants of a past meeting, from Zoom's report."""
        return self._read(LIST_REPORT_PARTICIPANTS, instance, page_token, include_fields="registrant_id")

    def _read(self, endpoint: Endpoint, instance: str, page_token: str, **query: str) -> Any:
        page = {"page_size": PAGE_SIZE, "next_page_token": page_token}
        call = Call(endpoint.method, endpoint.target(instance=instance, **page, **query))
        try:
            return parse_response(self._send(call), self._client.clock())
        except MissingScope as error:
            # No user can grant it: the doctor names it.
            raise AccountRefused(f"missing scope {endpoint.scope}") from error

    def _send(self, call: Call) -> Answer:
        """Zoom's answer. A refused token is replaced once: it ends early when the Server-to-Server app changes."""
        token = self._tokens.access_token()
        answer = self._send_with(call, token)
        if not refuses_token(answer):
            return answer
        answer.close()
        answer = self._send_with(call, self._tokens.access_token(rejected=token))
        if refuses_token(answer):
            answer.close()
            refusal = AccountRefused("fresh token refused")
            self._tokens.pause(refusal)
            raise refusal
        return answer

    def _send_with(self, call: Call, token: str) -> Answer:
        with call_trace.with_credential(CREDENTIAL):
            return self._quota_guard.send(self._caller, call, lambda: self._client.send(call, token))
