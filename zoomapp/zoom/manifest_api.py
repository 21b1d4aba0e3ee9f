"""Zoom's API for the apps of an account: their manifests and their failed webhooks.

It takes the token of a Server-to-Server app that may manage them.

Zoom was seen to answer an update with 200 and no body; it documents 204.
https://developers.zoom.us/docs/api/marketplace/
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

import msgspec

from zoomapp.errors import UpstreamError
from zoomapp.zoom.client import Answer, Call, ZoomClient
from zoomapp.zoom.endpoint_types import Endpoint
from zoomapp.zoom.endpoints import READ_MANIFEST, READ_WEBHOOK_LOGS, UPDATE_MANIFEST, VALIDATE_MANIFEST
from zoomapp.zoom.pagination import collect
from zoomapp.zoom.refusals import parse_response
from zoomapp.zoom.tolerant_reader import JsonObject, decode

UPDATED = (200, 201, 204)
#: Zoom's log goes back seven days. A minute is left for a clock that is off.
LOG_SECONDS = 7 * 86400 - 60
LOG_PAGE_SIZE, MAX_LOG_PAGES = 300, 10


class FailedWebhook(NamedTuple):
    """A try to deliver a webhook that failed. ``status``: -1 without a response. ``at``: None if unreadable."""

    event: str
    status: int
    reason: int
    at: float | None
    tries: int


class FailedWebhooks(NamedTuple):
    """The failed tries, newest first. ``complete``: whether none is missing."""

    rows: list[FailedWebhook]
    complete: bool


class ManifestApi:
    """The manifests of one account's apps. Every method raises what ``parse_response`` raises."""

    def __init__(self, client: ZoomClient, access_token: str) -> None:
        self._client = client
        self._access_token = access_token

    def read(self, app_id: str) -> dict[str, Any]:
        """The manifest that Zoom has of a draft."""
        answer = self._send(READ_MANIFEST, None, app_id=app_id)
        body = parse_response(answer, self._client.clock())
        manifest = body.get("manifest") if isinstance(body, dict) else None
        if not isinstance(manifest, dict):
            raise UpstreamError("response without a manifest")
        return manifest

    def validate(self, manifest: Any) -> list[str]:
        """What Zoom's own check says is wrong, a sentence for each fault."""
        body = parse_response(self._send(VALIDATE_MANIFEST, {"manifest": manifest}), self._client.clock())
        answer = JsonObject(body, "manifest check")
        return [] if answer.flag("ok") else _faults(answer)

    def update(self, app_id: str, manifest: dict[str, Any]) -> list[str]:
        """Replace the manifest of a draft. Returns what Zoom says is wrong; empty if it took the manifest."""
        answer = self._send(UPDATE_MANIFEST, {"manifest": manifest}, app_id=app_id)
        if answer.status in UPDATED:
            answer.close()
            return []
        if faults := _refused_fields(answer):
            answer.close()
            return faults
        parse_response(answer, self._client.clock())
        raise UpstreamError(f"update answered {answer.status}")

    def failed_webhooks(self, app_id: str) -> FailedWebhooks:
        """The webhooks of the last seven days that Zoom could not deliver."""
        now = self._client.clock()
        days = {"from": _log_time(now - LOG_SECONDS), "to": _log_time(now)}

        def fetch(token: str) -> Any:
            query = {**days, "type": "2", "page_size": str(LOG_PAGE_SIZE), "next_page_token": token}
            return parse_response(self._send(READ_WEBHOOK_LOGS, None, app_id=app_id, **query), now)

        found = collect(fetch, "webhook_logs", MAX_LOG_PAGES)
        rows = [_failed_webhook(row) for row in found.rows]
        return FailedWebhooks(sorted(rows, key=lambda row: row.at or 0, reverse=True), found.complete)

    def _send(self, endpoint: Endpoint, body: Any, **ids: str) -> Answer:
        content = msgspec.json.encode(body) if body is not None else b""
        headers = {"Content-Type": "application/json"} if body is not None else {}
        return self._client.send(Call(endpoint.method, endpoint.target(**ids), headers, content), self._access_token)


def _log_time(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _failed_webhook(row: Mapping[str, Any]) -> FailedWebhook:
    """A row of the log, without the bodies: they hold personal data."""
    fields = JsonObject(row, "webhook log")
    at = fields.time("date_time")
    return FailedWebhook(
        fields.text("event") or "-",
        fields.number("status"),
        fields.number("failed_reason_type"),
        at.timestamp() if at else None,
        fields.number("retry_num") + 1,
    )


def _refused_fields(answer: Answer) -> list[str]:
    """The faults that a refused update names."""
    if answer.status != 400:
        return []
    try:
        body = JsonObject(decode(answer.refusal()), "manifest refusal")
    except ValueError:
        return []
    return _faults(body) if body.rows("errors") else []


def _faults(answer: JsonObject) -> list[str]:
    rows = answer.rows("errors", "manifest fault")
    return [f"{row.text('setting')}: {row.text('message')}" for row in rows] or [answer.text("error") or "not valid"]
