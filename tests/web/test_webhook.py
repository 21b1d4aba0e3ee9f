"""The webhook endpoint: only Zoom's events, only fresh ones, each once, answered before they are handled."""

import contextlib
import hashlib
import hmac
import json

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from zoomapp.attendance.webhook_log import EVENTS
from zoomapp.server.body_limits import webhooks_in_flight
from zoomapp.store import key_names
from zoomapp.webhooks.arrivals import KEY as ARRIVALS
from zoomapp.webhooks.queue import QUEUE

SECRET = "a-webhook-secret-of-the-tests"
ME = "/zoom/api/v2/users/me"
PATH = "/api/zoomapp/webhook"


@pytest.fixture
def send(anyone, clock):
    """Send an event as Zoom does; ``change`` alters what is sent after it was signed."""

    def send(event, *, secret=SECRET, at=None, body=None, headers=None):
        raw = body if body is not None else json.dumps(event).encode()
        stamp = str(int(clock() if at is None else at))
        mac = hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + raw, hashlib.sha256).hexdigest()
        signed = {"x-zm-request-timestamp": stamp, "x-zm-signature": f"v0={mac}"}
        sent_headers = signed if headers is None else headers
        answer = anyone.post(PATH, data=raw, content_type="application/json", headers=sent_headers)
        # What a server does when the last byte is sent: from here on the work happens.
        answer.close()
        return answer

    return send


def removed(person, world, clock, **change):
    payload = {
        "account_id": "a1",
        "user_id": person.id,
        "client_id": world.client_id,
        "deauthorization_time": "2026-03-02T10:00:00Z",
        **change,
    }
    return {"event": "app_deauthorized", "event_ts": int(clock() * 1000), "payload": payload}


def test_removing_the_app_deletes_everything_of_that_user(dana, priya, parts, world, clock, send):
    clock.tick(5)

    assert send(removed(dana, world, clock, deauthorization_time="2026-03-02T10:00:04Z")).status_code == 204

    assert dana.get(ME).status_code == 401
    assert parts.redis.keys(f"*{key_names.tag(dana.id)}*") == []
    assert priya.get(ME).status_code == 200


def test_a_removal_from_before_the_newest_authorization_deletes_nothing(dana, world, clock, send):
    assert send(removed(dana, world, clock, deauthorization_time="2026-03-02T09:59:00Z")).status_code == 204

    assert dana.get(ME).status_code == 200


def test_a_removal_of_another_app_deletes_nothing(dana, world, clock, send):
    clock.tick(5)
    send(removed(dana, world, clock, client_id="another", deauthorization_time="2026-03-02T10:00:04Z"))

    assert dana.get(ME).status_code == 200


def test_a_repeated_event_is_handled_once(parts, send, clock):
    handled = []
    parts.subscriptions.subscribe("meeting.", handled.append)
    event = {"event": "meeting.started", "event_ts": 1, "payload": {"object": {"id": "1"}}}

    assert [send(event).status_code for _ in range(3)] == [204] * 3
    clock.tick(60)
    send(event, body=json.dumps(event, indent=2).encode())

    assert handled == [event]


def test_the_response_is_sent_before_the_event_is_handled(parts, anyone, clock):
    order = []
    parts.subscriptions.subscribe("meeting.", lambda event: order.append("handled"))
    body, stamp = json.dumps({"event": "meeting.started"}).encode(), str(int(clock()))
    mac = hmac.new(SECRET.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    headers = {"x-zm-request-timestamp": stamp, "x-zm-signature": f"v0={mac}"}

    answer = anyone.post(PATH, data=body, headers=headers, buffered=False)

    order.append(answer.status_code)
    answer.close()
    assert order == [204, "handled"]


@pytest.mark.parametrize(
    "change", [{"secret": "another"}, {"at": 0}, {"headers": {}}, {"headers": {"x-zm-signature": "v0="}}]
)
def test_an_event_without_a_fresh_signature_is_refused(parts, send, change):
    handled = []
    parts.subscriptions.subscribe("meeting.", handled.append)

    answer = send({"event": "meeting.started"}, **change)

    assert (answer.status_code, answer.json["error"]) == (401, "bad_signature")
    assert handled == []


def test_a_webhook_event_older_than_five_minutes_is_refused(send, clock):
    assert send({"event": "a", "n": 1}, at=clock() - 300).status_code == 204
    assert send({"event": "a", "n": 2}, at=clock() - 301).status_code == 401
    assert send({"event": "a", "n": 3}, at=clock() + 301).status_code == 401


def test_a_forged_removal_deletes_nothing_while_zoom_accepts_the_grant(dana, world, clock, send):
    assert send(removed(dana, world, clock), headers={}).status_code == 204

    assert dana.get(ME).status_code == 200


def test_a_forged_removal_deletes_nothing_if_zoom_refuses_calls_but_refreshes_the_grant(
    dana, parts, world, clock, send
):
    world.faults.add("revoked-token")

    assert send(removed(dana, world, clock), headers={}).status_code == 204

    assert world.calls.count("GET /v2/users/me") == 2
    world.faults.clear()
    assert parts.tokens.store.load(dana.id)
    assert dana.get(ME).status_code == 200


def test_an_unverified_removal_is_believed_when_zoom_confirms_it(dana, parts, world, clock, send):
    world.deauthorize("dana")

    assert send(removed(dana, world, clock), headers={}).status_code == 204

    assert parts.tokens.store.load(dana.id) is None


@pytest.mark.parametrize(
    "claimed", [lambda number: f"stranger-{number:013}", lambda number: f"{number} {'x' * 5000}", lambda number: number]
)
def test_unsigned_removals_of_unknown_users_store_no_key(dana, parts, world, clock, send, claimed):
    parts.call_log.write()  # the calls of the sign-in, which a timer writes else
    before = parts.redis.keys("*")

    for number in range(20):
        event = removed(dana, world, clock)
        event["payload"]["user_id"] = claimed(number)
        assert send(event, headers={}).status_code == 204

    # One hash counts all webhooks.
    assert set(parts.redis.keys("*")) - {ARRIVALS.encode()} == set(before)
    assert len(world.calls) == 0


def test_unsigned_removals_of_one_user_ask_zoom_once_a_minute(dana, parts, world, clock, send):
    for _ in range(5):
        send(removed(dana, world, clock), headers={})

    assert world.calls.count("GET /v2/users/me") == 1


def test_the_url_validation_challenge_is_answered(send):
    answer = send({"event": "endpoint.url_validation", "payload": {"plainToken": "qgg8vlvZRS6UYooatFL8Aw"}})

    expected = hmac.new(SECRET.encode(), b"qgg8vlvZRS6UYooatFL8Aw", hashlib.sha256).hexdigest()
    assert answer.json == {"plainToken": "qgg8vlvZRS6UYooatFL8Aw", "encryptedToken": expected}


def test_the_challenge_signs_nothing_that_could_be_an_event(send):
    forged = f"v0:1772445600:{json.dumps({'event': 'app_deauthorized'})}"

    for headers in (None, {}):
        answer = send({"event": "endpoint.url_validation", "payload": {"plainToken": forged}}, headers=headers)
        assert answer.status_code == 400


def test_a_wrongly_signed_challenge_is_not_answered(send):
    event = {"event": "endpoint.url_validation", "payload": {"plainToken": "qgg8vlvZRS6UYooatFL8Aw"}}

    assert send(event, secret="another").status_code == 401


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"null", b"[" * 20000, b"\xff\xfe"])
def test_a_body_that_is_no_event_is_a_bad_request(send, body):
    assert send({}, body=body).status_code == 400


def test_an_event_without_a_handler_is_accepted(send):
    assert send({"event": "phone.ringing", "payload": None}).status_code == 204


def test_an_event_whose_handler_fails_does_not_hold_up_the_next(parts, send):
    handled = []

    def fail(event):
        handled.append(event)
        raise RuntimeError("once")

    parts.subscriptions.subscribe("meeting.", fail)

    send({"event": "meeting.started", "n": 1})
    send({"event": "meeting.started", "n": 2})

    assert len(handled) == 2


def test_without_a_secret_there_is_no_webhook(settings, world, clock):
    from dataclasses import replace

    from offline_zoom.serving.requests_adapter import OfflineZoomAdapter
    from zoomapp import create_app, services

    built = services.build(replace(settings, zoom_webhook_secret=""), transport=OfflineZoomAdapter(world), clock=clock)

    assert create_app(built).test_client().post(PATH, json={}).status_code == 404


def test_an_event_of_256_kb_is_accepted(send):
    event = {"event": "nothing.we.know", "payload": {"text": ""}}
    event["payload"]["text"] = "x" * (256 * 1024 - len(json.dumps(event)))

    assert send(event).status_code == 204
    event["payload"]["text"] += "x"
    assert send(event).status_code == 413


def test_the_ninth_concurrent_event_gets_busy(send):
    with contextlib.ExitStack() as others:
        for _ in range(8):
            others.enter_context(webhooks_in_flight.place())

        answer = send({"event": "nothing.we.know"})

    assert (answer.status_code, answer.json["error"]) == (503, "busy")
    assert int(answer.headers["Retry-After"]) > 0
    assert send({"event": "nothing.we.know"}).status_code == 204


# --- bodies of any form

ODD_BODIES = [
    b'{"topic":"Team \xf0\x9f"}',
    b'{"event":"meeting.started","payload":{"object":{"topic":"\xff"}}}',
    *(b"", b"null", b"5", b'"event"', b"[]", b'[{"event":"a"}]', b"{", b"[" * 9000, b'{"a":' * 5000, b"NaN"),
]


@pytest.mark.parametrize("body", ODD_BODIES, ids=lambda body: repr(body[:20]))
@pytest.mark.parametrize("headers", [None, {}], ids=["signed", "unsigned"])
def test_a_body_that_is_no_json_object_in_utf_8_is_refused(send, body, headers):
    assert send(None, body=body, headers=headers).status_code == 400


ODD = st.recursive(
    st.sampled_from([None, True, 0, -1, 1.5, 1e308, 10**30, "", "x" * 300, "0001-01-01T00:00:00Z", "\x00", "\ud83d"]),
    lambda values: st.lists(values, max_size=2) | st.dictionaries(st.sampled_from(["object", "id", "a"]), values),
    max_leaves=4,
)
NAMES = (
    *("host_id", "uuid", "id", "topic", "participant", "start_time", "end_time", "breakout_room_uuid"),
    *("user_id", "client_id", "deauthorization_time", "plainToken", "operator_id"),
)
PARTS = dict.fromkeys(NAMES, ODD)


@hypothesis_settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(["meeting.started", "meeting.ended", *EVENTS, "meeting.updated", "app_deauthorized", "x"])
    | st.just("endpoint.url_validation")
    | ODD,
    ODD,
    st.fixed_dictionaries({}, optional=PARTS),
    ODD,
)
def test_a_signed_event_of_any_shape_is_accepted_or_refused_and_never_blocks_the_queue(
    send, dana, parts, world, name, event_ts, fields, broken
):
    whole = {**fields, "object": {"host_id": dana.id, "uuid": "u==", **fields}, "client_id": world.client_id}

    for payload in (whole, {**whole, "object": broken}, broken):
        answer = send({"event": name, "event_ts": event_ts, "payload": payload})
        assert answer.status_code in (200, 204) or 400 <= answer.status_code < 500

    assert parts.redis.llen(QUEUE) == 0


def test_an_event_with_a_lone_surrogate_in_a_name_is_handled(send, dana, parts, clock):
    participant = {"user_id": "1", "user_name": "Lee \ud83d", "join_time": "2026-03-02T10:00:00Z"}
    thing = {"id": "1", "uuid": "u==", "host_id": dana.id, "participant": participant}

    assert send({"event": "meeting.participant_joined", "payload": {"object": thing}}).status_code == 204

    assert [record.name for record in parts.webhook_log.records(dana.id, "u==")] == ["Lee \ufffd"]


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00", "9999-12-31T23:59:59-14:00", 5, [], None])
def test_a_removal_with_an_unreadable_time_counts_as_the_newest(dana, world, clock, parts, send, time):
    event = removed(dana, world, clock, deauthorization_time=time)
    event["event_ts"] = "soon"

    send(event)

    assert parts.tokens.store.load(dana.id) is None
