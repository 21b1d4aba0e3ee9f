"""Webhooks in real processes: a slow handler, and a worker that is killed before it handles the event."""

import hashlib
import hmac
import json
import os
import signal
import time

import requests

from devtools.processes import wait_until
from tests.support.processes import HANG_SECONDS
from tests.support.servers import CLIENT_ID, WEBHOOK_SECRET
from zoomapp.store import key_names
from zoomapp.webhooks.queue import LEASE, QUEUE


def send(house, event):
    """What Zoom is answered for this event."""
    body, stamp = json.dumps(event).encode(), str(int(time.time()))
    mac = hmac.new(WEBHOOK_SECRET.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
    headers = {"x-zm-request-timestamp": stamp, "x-zm-signature": f"v0={mac}", "Content-Type": "application/json"}
    return requests.post(
        f"{house.app.url}/api/zoomapp/webhook", data=body, headers=headers, timeout=HANG_SECONDS
    ).status_code


def test_a_removal_whose_worker_was_killed_is_handled_by_the_next_worker(house):
    lone = house(workers=1)
    who = lone.zoom.user_id("dana")
    payload = {"user_id": who, "client_id": CLIENT_ID, "deauthorization_time": "2036-03-02T10:00:00Z"}
    # The offline Zoom has validated the webhook address and sends nothing more.
    assert wait_until(lambda: '"route":"/api/zoomapp/webhook"' in lone.app.log, HANG_SECONDS)
    (worker,) = lone.app.pids[1:]
    with lone.redis.client() as redis:
        redis.set(LEASE, "somebody who is slow", ex=600)
        assert send(lone, {"event": "app_deauthorized", "event_ts": 1, "payload": payload}) == 204
        assert redis.llen(QUEUE) == 1 and redis.exists(key_names.of_user(who, "tokens"))

        os.kill(worker, signal.SIGKILL)
        redis.delete(LEASE)

        assert wait_until(lambda: not redis.exists(key_names.of_user(who, "tokens")), HANG_SECONDS)
        assert wait_until(lambda: redis.llen(QUEUE) == 0, HANG_SECONDS)


def test_a_slow_handler_does_not_delay_the_response_to_zoom(house):
    """An unsigned removal: the app asks Zoom about the grant, which takes longer than Zoom waits for the response."""
    slow = house(workers=1)
    route = "GET /v2/users/me"
    slow.zoom.fault(route=route, delay=HANG_SECONDS)
    event = {"event": "app_deauthorized", "payload": {"user_id": slow.zoom.user_id("dana")}}

    # Less than the 20 s for which the handler waits for Zoom.
    answer = requests.post(f"{slow.app.url}/api/zoomapp/webhook", json=event, timeout=15)

    assert answer.status_code == 204
    assert wait_until(lambda: slow.zoom.count(route) == 1, HANG_SECONDS)
