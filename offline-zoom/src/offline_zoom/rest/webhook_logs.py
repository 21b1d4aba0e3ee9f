"""Zoom's own log of the webhooks that it sent to the app in the last seven days. For the account of its developer."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, NamedTuple

from flask import current_app, request

from offline_zoom.dates import DAY_SECONDS, iso
from offline_zoom.errors import current_world, refuse
from offline_zoom.json_text import stringify
from offline_zoom.oauth.scopes import READ_WEBHOOK_LOGS
from offline_zoom.rest.endpoints import EndpointRule, current_grant, endpoint
from offline_zoom.rest.marketplace import check_app
from offline_zoom.rest.pagination import page
from offline_zoom.webhooks.delivery import Attempt, Delivery

LOG_DAYS = 7
ALL, FAILED, SUCCESSFUL = "1", "2", "3"
TIME = "%Y-%m-%dT%H:%M:%SZ"
#: the status of an attempt without a response
NO_RESPONSE = -1
#: Zoom's number for why there was no response, by the name of the network error
REASONS = {"ReadTimeout": 1, "ConnectionError": 2, "ConnectTimeout": 4, "SSLError": 12}
REMOTE_FAILURE = 7


class LogEntry(NamedTuple):
    """One attempt of a delivery. ``retry``: 0 for the first attempt."""

    delivery: Delivery
    attempt: Attempt
    retry: int


@endpoint("GET", "/marketplace/apps/<app_id>/webhook_logs", EndpointRule(READ_WEBHOOK_LOGS, "Medium"))
def list_webhook_logs(app_id: str) -> dict[str, Any]:
    """One page of the attempts, newest first: without ``type`` those that failed."""
    check_app(app_id)
    world, kind, retry = current_world(), request.args.get("type", FAILED), request.args.get("retry_num", "")
    if retry not in ("", "0", "1", "2", "3"):
        refuse(400, 1506, "Invalid retry_num.")
    start, end = requested_times(world.now())
    found = [
        entry
        for entry in log_entries()
        if start <= int(entry.attempt.at) <= end
        and (kind == ALL or succeeded(entry.attempt) == (kind == SUCCESSFUL))
        and retry in ("", str(entry.retry))
        and request.args.get("event", entry.delivery.event["event"]) == entry.delivery.event["event"]
    ]
    found.sort(key=lambda entry: entry.attempt.at, reverse=True)
    return page(world, current_grant().user_id, found, "webhook_logs", log_json, counted=False)


def log_entries() -> list[LogEntry]:
    """The attempts of all deliveries; none without a sender."""
    sender = current_app.extensions.get("webhooks")
    return [
        LogEntry(delivery, attempt, retry)
        for delivery in (sender.deliveries() if sender else [])
        for retry, attempt in enumerate(delivery.attempts)
    ]


def succeeded(attempt: Attempt) -> bool:
    return attempt.status in (200, 204)


def requested_times(now: float) -> tuple[float, float]:
    """``from`` and ``to``, by default the last seven days. Raises ZoomError."""
    start, end = requested_time("from", now - LOG_DAYS * DAY_SECONDS), requested_time("to", now)
    if start > end:
        refuse(404, 1502, "The start date must be before the end date.")
    if int(start) < int(now) - LOG_DAYS * DAY_SECONDS:
        refuse(404, 1503, f"The start date must be within the last {LOG_DAYS} days.")
    return start, end


def requested_time(name: str, default: float) -> float:
    """A moment of the query. Raises ZoomError for one that is not written as Zoom's."""
    if not (text := request.args.get(name, "")):
        return default
    try:
        return datetime.strptime(text, TIME).replace(tzinfo=UTC).timestamp()
    except ValueError:
        refuse(404, 1501, f"Invalid date: {name}.")


def log_json(entry: LogEntry) -> dict[str, Any]:
    delivery, attempt, retry = entry
    found = {
        "event": delivery.event["event"],
        "status": attempt.status or NO_RESPONSE,
        "endpoint": current_app.extensions["webhooks"].url,
        "request_body": delivery.body.decode("utf-8", "replace"),
        "request_headers": stringify({"Content-Type": "application/json; charset=utf-8"}).decode(),
        "response_body": attempt.answer,
        "response_headers": "{}",
        "date_time": iso(attempt.at),
        "trace_id": f"{delivery.number:08x}{retry}",
        "retry_num": retry,
    }
    return found if attempt.status else found | {"failed_reason_type": REASONS.get(attempt.trouble, REMOTE_FAILURE)}
