"""Zoom's API as one user, for pages before they are opened: few calls, and none while the user's quota is scarce."""

from __future__ import annotations

import threading
from typing import Any, NoReturn

from zoomapp.errors import ZoomAppError
from zoomapp.tokens.service import TokenService
from zoomapp.user_api.answer_store import AnswerStore
from zoomapp.user_api.quota_guard import QuotaGuard
from zoomapp.user_api.refused_endpoints import RefusedEndpoints
from zoomapp.user_api.user_client import UserClient
from zoomapp.zoom.client import Answer, Call, ZoomClient
from zoomapp.zoom.endpoint_types import Endpoint


class CallsEnded(Exception):
    """No further call is made. It is not an error of Zoom, so nothing of it is saved or shown."""


class LimitedClient(UserClient):
    """A client of at most ``max_calls`` calls. It raises CallsEnded instead of a further one, and for each failure."""

    def __init__(
        self,
        user_id: str,
        tokens: TokenService,
        client: ZoomClient,
        record: bytes | None,
        answers: AnswerStore,
        quota_guard: QuotaGuard,
        refused_endpoints: RefusedEndpoints,
        max_calls: int,
    ) -> None:
        super().__init__(user_id, tokens, client, record, answers, quota_guard, refused_endpoints)
        self._calls_left = threading.Semaphore(max_calls)

    def call(self, endpoint: Endpoint, body: Any = None, **arguments: Any) -> Any:
        if not self._calls_left.acquire(blocking=False):
            raise CallsEnded("no calls left")
        try:
            return super().call(endpoint, body, **arguments)
        except ZoomAppError as error:
            raise CallsEnded(f"{error.code}: {error.detail}") from error

    def download(self, address: str, byte_range: str = "") -> NoReturn:
        raise CallsEnded("downloads are not made ahead")

    def _send_within_quota(self, call: Call, token: str, record: bytes | None) -> Answer:
        if self._quota_guard and self._quota_guard.is_scarce(self._caller(record), call):
            raise CallsEnded("Zoom's quota is scarce")
        return super()._send_within_quota(call, token, record)
