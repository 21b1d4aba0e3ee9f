"""The webhook endpoint: checks an event, queues it and responds. The event is handled after the response."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from zoomapp.attendance import records
from zoomapp.errors import BadRequest, BadSignature, NotFound
from zoomapp.server.body_limits import webhooks_in_flight
from zoomapp.web.current_user import services
from zoomapp.webhooks import arrivals
from zoomapp.zoom import tolerant_reader, webhook_signature
from zoomapp.zoom.tolerant_reader import JsonObject

bp = Blueprint("webhook", __name__)


@bp.post("/api/zoomapp/webhook")
def receive() -> ResponseReturnValue:
    """204 for an event, also for a repeated one; 200 with the answer to Zoom's URL validation."""
    secret = services().settings.zoom_webhook_secret
    if not secret:
        services().webhook_arrivals.count(arrivals.NO_SECRET)
        raise NotFound
    # Anybody can send a body without a valid signature: few are read at once, and no large one.
    with webhooks_in_flight.place():
        body = request.get_data(cache=False)
        return _receive(secret, body)


def _receive(secret: str, body: bytes) -> ResponseReturnValue:
    parts = services()
    fault = _fault(secret, body)
    event = _decode(body)
    if event.get("event") == arrivals.URL_VALIDATION:
        return _validate(secret, event, not fault)
    if fault:
        parts.webhook_arrivals.count(fault, event.get("event"))
        return _unverified(event)
    response = Response(status=204)
    is_new = parts.webhook_queue.add(event)
    account_id = JsonObject(event, "webhook event").part("payload").text("account_id")
    outcome = arrivals.RECEIVED if is_new else arrivals.DUPLICATE
    if not records.is_readable(event):
        outcome = arrivals.NO_PARTICIPANT
    parts.webhook_arrivals.count(outcome, event.get("event"), account_id)
    if is_new:
        response.call_on_close(parts.webhook_queue.process)
    return response


@bp.after_app_request
def process_waiting_events(response: Response) -> Response:
    """Handle the events of a worker that ended, after a response. This works on any server."""
    if services().webhook_queue.is_due():
        response.call_on_close(services().webhook_queue.process)
    return response


def _fault(secret: str, body: bytes) -> str:
    """Why the signature of this request is not accepted; empty if it is."""
    parts = services()
    timestamp = request.headers.get("x-zm-request-timestamp", "")
    signature = request.headers.get("x-zm-signature", "")
    if not webhook_signature.is_signed(secret, timestamp, signature, body):
        return arrivals.SIGNATURE
    fresh = webhook_signature.is_fresh(timestamp, parts.clock(), parts.settings.webhook_window_seconds)
    return "" if fresh else arrivals.AGE


def _decode(body: bytes) -> dict[str, Any]:
    """The event in the body, with half characters in its text replaced. Raises BadRequest."""
    try:
        body.decode()
        event = tolerant_reader.decode(body)
    except ValueError as error:
        services().webhook_arrivals.count(arrivals.UNREADABLE)
        raise BadRequest(f"JSON: {type(error).__name__}") from error
    if not isinstance(event, dict):
        services().webhook_arrivals.count(arrivals.UNREADABLE)
        raise BadRequest("JSON: not an object")
    return event


def _validate(secret: str, event: dict[str, Any], signed: bool) -> ResponseReturnValue:
    """Zoom's documents disagree on whether the challenge is signed. If it is, the signature must be valid."""
    counts = services().webhook_arrivals
    if not signed and "x-zm-signature" in request.headers:
        counts.count(arrivals.VALIDATION, arrivals.URL_VALIDATION)
        raise BadSignature("url validation")
    payload = event.get("payload")
    answer = webhook_signature.validation_answer(
        secret, payload.get("plainToken") if isinstance(payload, dict) else None
    )
    counts.count(arrivals.VALIDATED if answer else arrivals.VALIDATION, arrivals.URL_VALIDATION)
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
