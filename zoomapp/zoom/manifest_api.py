"""Zoom's API for the manifests of apps, with the token of a Server-to-Server app that may manage them.

Zoom was seen to answer an update with 200 and no body; it documents 204.
https://developers.zoom.us/docs/api/marketplace/
"""

from __future__ import annotations

from typing import Any

import msgspec

from zoomapp.errors import UpstreamError
from zoomapp.zoom.client import Answer, Call, ZoomClient, parse_response
from zoomapp.zoom.endpoint_types import Endpoint
from zoomapp.zoom.endpoints import READ_MANIFEST, UPDATE_MANIFEST, VALIDATE_MANIFEST
from zoomapp.zoom.tolerant_reader import JsonObject, decode

UPDATED = (200, 201, 204)


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

    def _send(self, endpoint: Endpoint, body: Any, **ids: str) -> Answer:
        content = msgspec.json.encode(body) if body is not None else b""
        headers = {"Content-Type": "application/json"} if body is not None else {}
        return self._client.send(Call(endpoint.method, endpoint.target(**ids), headers, content), self._access_token)


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
