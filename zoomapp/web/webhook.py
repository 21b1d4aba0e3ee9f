"""The webhook endpoint: checks an event, queues it and responds. The event is handled after the response."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from zoomapp.errors import BadRequest, BadSignature, NotFound
from zoomapp.server.body_limits import webhooks_in_flight
from zoomapp.web.current_user import services
from zoomapp.zoom import tolerant_reader, webhook_signature

bp = Blueprint("webhook", __name__)


@bp.post("/api/zoomapp/webhook")
def receive() -> ResponseReturnValue:
    """204 for an event, also for a repeated one; 200 with the answer to Zoom's URL validation."""
    secret = services().settings.zoom_webhook_secret
    if not secret:
        raise NotFound
    # Anybody can send a body without a valid signature: few are read at once, and no large one.
    with webhooks_in_flight.place():
        body = request.get_data(cache=False)
        return _receive(secret, body)


def _receive(secret: str, body: bytes) -> ResponseReturnValue:
    parts = services()
    signed = _is_signed(secret, body)
    event = _decode(body)
    if event.get("event") == "endpoint.url_validation":
        return _validate(secret, event, signed)
    if not signed:
        return _unverified(event)
    response = Response(status=204)
    if parts.webhook_queue.add(event):
        response.call_on_close(parts.webhook_queue.process)
    return response


@bp.after_app_request
def process_waiting_events(response: Response) -> Response:
    """Handle the events of a worker that ended, after a response. This works on any server."""
    if services().webhook_queue.is_due():
        response.call_on_close(services().webhook_queue.process)
    return response


def _is_signed(secret: str, body: bytes) -> bool:
    parts = services()
    timestamp = request.headers.get("x-zm-request-timestamp", "")
    signature = request.headers.get("x-zm-signature", "")
    fresh = webhook_signature.is_fresh(timestamp, parts.clock(), parts.settings.webhook_window_seconds)
    return fresh and webhook_signature.is_signed(secret, timestamp, signature, body)


def _decode(body: bytes) -> dict[str, Any]:
    """The event in the body, with half characters in its text replaced. Raises BadRequest."""
    try:
        body.decode()
        event = tolerant_reader.decode(body)
    except ValueError as error:
        raise BadRequest(f"JSON: {type(error).__name__}") from error
    if not isinstance(event, dict):
        raise BadRequest("JSON: not an object")
    return event


def _validate(secret: str, event: dict[str, Any], signed: bool) -> ResponseReturnValue:
    """Zoom's documents disagree on whether the challenge is signed. If it is, the signature must be valid."""
    if not signed and "x-zm-signature" in request.headers:
        raise BadSignature("url validation")
    payload = event.get("payload")
    answer = webhook_signature.validation_answer(
        secret, payload.get("plainToken") if isinstance(payload, dict) else None
    )
    if answer is None:
        raise BadRequest("plainToken is not a token")
    return answer


def _unverified(event: dict[str, Any]) -> ResponseReturnValue:
    """Refuse an event without a valid signature; for a removal of the app, ask Zoom after the response."""
    parts = services()
    if event.get("event") != "app_deauthorized":
        raise BadSignature(str(event.get("event"))[:60])
    response = Response(status=204)
    response.call_on_close(lambda: parts.deauthorization.verify(event))
    return response
