"""The webhook sender: signatures, retries, validation, faults."""

import hashlib
import hmac
import json
import shutil
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from offline_zoom.webhooks.sender import WebhookSender, signature
from offline_zoom.world import World
from tests.support.processes import HANG_SECONDS

SECRET = "example-webhook-secret"
START = 1_700_000_000.0


class Clock:
    def __init__(self):
        self.now = START

    def __call__(self):
        return self.now


class Receiver:
    """An endpoint that proves it knows the secret, and answers events as planned."""

    def __init__(self):
        self.got, self.statuses, self.validates = [], [], True
        self.arrived = threading.Event()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                event = json.loads(body)
                receiver.got.append((event, body, self.headers))
                if event["event"] == "endpoint.url_validation" and receiver.validates:
                    plain = event["payload"]["plainToken"]
                    proof = hmac.new(SECRET.encode(), plain.encode(), hashlib.sha256).hexdigest()
                    self.answer(200, json.dumps({"plainToken": plain, "encryptedToken": proof}))
                else:
                    self.answer(receiver.statuses.pop(0) if receiver.statuses else 204)
                    receiver.arrived.set()

            def answer(self, status, body=""):
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def events(self):
        """What came, the validations aside."""
        return [one for one in self.got if one[0]["event"] != "endpoint.url_validation"]

    def close(self):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def receiver():
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def sender(receiver, clock):
    return WebhookSender(receiver.url, SECRET, clock)


def event(name="meeting.started", number="123"):
    return {"event": name, "event_ts": 1_700_000_000_000, "payload": {"account_id": "a1", "object": {"id": number}}}


def sent(sender):
    """The one delivery that is not a validation."""
    (delivery,) = [one for one in sender.deliveries() if one.event["event"] != "endpoint.url_validation"]
    return delivery


def test_signature_matches_zooms_published_example():
    body = b'{"event":"meeting.ended","event_ts":1700000000000,"payload":{"account_id":"a1","object":{"id":"123"}}}'

    made = signature(SECRET, "1700000000", body)

    assert made == "v0=d68740e046c949d26894d33f13201dff9d961486ea513e84144bb58f66507299"


def test_bytes_that_are_sent_are_the_bytes_that_are_signed(sender, receiver):
    sender.enqueue(event())
    sender.run_due()

    ((_, body, headers),) = receiver.events
    assert headers["x-zm-signature"] == signature(SECRET, headers["x-zm-request-timestamp"], body)
    assert headers["x-zm-request-timestamp"] == "1700000000"
    assert headers["User-Agent"] == "Zoom Marketplace/1.0a"


def json_stringify(value):
    """``JSON.stringify``, written here a second time from ECMA-262."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{json_stringify(key)}:{json_stringify(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(json_stringify, value)) + "]"
    if isinstance(value, str):
        short = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
        escaped = (
            short.get(letter)
            or (f"\\u{ord(letter):04x}" if ord(letter) < 32 or 0xD800 <= ord(letter) < 0xE000 else letter)
            for letter in value
        )
        return '"' + "".join(escaped) + '"'
    return "null" if value is None else str(value).lower()


#: names that JSON can write in more than one way
NAMES = ["Łukasz Żółć", "👩🏽‍🚀", "a/b <&> \u2028", 'He said "hi"\\', "\x00\x1f\x7f", "Half \ud83d", "Line\nbreak"]


@pytest.fixture
def named_event(sender, receiver):
    """The bodies of one event per name, as the receiver got them."""
    for name in NAMES:
        named = event()
        named["payload"]["object"]["participant"] = {"user_name": name, "duration": 1.0, "host": True, "email": None}
        sender.enqueue(named)
    sender.run_due()
    return [(body, headers) for _, body, headers in receiver.events]


def test_signature_is_that_of_the_body_as_json_stringify_writes_it(named_event):
    for body, headers in named_event:
        parsed = json.loads(body)
        parsed["payload"]["object"]["participant"]["duration"] = 1
        again = json_stringify(parsed).encode()

        assert headers["x-zm-signature"] == signature(SECRET, headers["x-zm-request-timestamp"], again)


@pytest.mark.skipif(not shutil.which("node"), reason="there is no node")
def test_zooms_own_verifier_accepts_every_name(named_event):
    # As in github.com/zoom/webhook-sample and in Rivet.
    verifier = """
        const { createHmac } = require("node:crypto");
        const [secret, timestamp, body] = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
        const message = `v0:${timestamp}:${JSON.stringify(JSON.parse(body))}`;
        console.log("v0=" + createHmac("sha256", secret).update(message).digest("hex"));
    """
    for body, headers in named_event:
        given = json.dumps([SECRET, headers["x-zm-request-timestamp"], body.decode()])
        printed = subprocess.run(["node", "-e", verifier], input=given, capture_output=True, text=True, check=True)

        assert printed.stdout.strip() == headers["x-zm-signature"]


def test_address_is_validated_before_anything_else(sender, receiver):
    sender.enqueue(event())
    sender.run_due()

    assert [one["event"] for one, _, _ in receiver.got] == ["endpoint.url_validation", "meeting.started"]


def test_address_that_fails_validation_gets_no_events(sender, receiver):
    receiver.validates = False

    sender.enqueue(event())
    sender.run_due()

    assert receiver.events == []
    assert sender.validated_until == 0


def test_address_is_validated_again_after_72_hours(sender, receiver, clock):
    sender.run_due()
    clock.now += 72 * 3600

    sender.run_due()

    assert len(receiver.got) == 2


def test_server_error_is_repeated_after_5_20_and_60_minutes(sender, receiver, clock):
    receiver.statuses = [500, 502, 503, 500]
    sender.enqueue(event())
    sender.run_due()

    for minutes in (5, 20, 60):
        clock.now += minutes * 60 - 1
        assert sender.run_due() == 0
        clock.now += 1
        assert sender.run_due() == 1
    clock.now += 86400 * 2

    assert sender.run_due() == 0
    assert [attempt.status for attempt in sent(sender).attempts] == [500, 502, 503, 500]


def test_each_attempt_has_a_request_id_of_its_own(sender, receiver, clock):
    receiver.statuses = [500]
    sender.enqueue(event())
    sender.run_due()
    clock.now += 300
    sender.run_due()

    (_, first_body, first), (_, second_body, second) = receiver.events
    assert first["x-zm-request-id"] != second["x-zm-request-id"]
    assert first_body == second_body


def test_refused_delivery_faults_change_nothing(sender):
    with pytest.raises(ValueError, match="gremlins"):
        sender.faults.change({"duplicates": 3, "gremlins": True})

    assert sender.faults.duplicates == 0


@pytest.mark.parametrize("status", [302, 400, 401, 404])
def test_refusal_loses_the_event(sender, receiver, clock, status):
    receiver.statuses = [status]
    sender.enqueue(event())
    sender.run_due()
    clock.now += 86400

    assert sender.run_due() == 0
    assert not sent(sender).delivered


def test_event_without_a_response_is_retried(sender, receiver, clock):
    sender.run_due()
    receiver.close()
    sender.enqueue(event())
    sender.run_due()

    (attempt,) = sent(sender).attempts
    assert (attempt.status, attempt.trouble) == (0, "ConnectionError")
    assert sent(sender).due_at == clock.now + 300


def test_retry_now_sends_at_once(sender, receiver):
    receiver.statuses = [500]
    sender.enqueue(event())
    sender.run_due()

    sender.retry_now()
    sender.run_due()

    assert sent(sender).delivered


def test_duplicates_carry_the_same_body(sender, receiver):
    sender.faults.change({"duplicates": 1})

    sender.enqueue(event())
    sender.run_due()

    first, second = [body for _, body, _ in receiver.events]
    assert first == second


def test_swapped_events_come_in_the_wrong_order(sender, receiver):
    sender.faults.change({"swap": True})

    sender.enqueue(event("meeting.started"))
    sender.enqueue(event("meeting.ended"))
    sender.run_due()

    assert [one["event"] for one, _, _ in receiver.events] == ["meeting.ended", "meeting.started"]


def test_event_kept_for_swapping_is_not_lost_when_swapping_ends(sender, receiver):
    sender.faults.change({"swap": True})
    sender.enqueue(event("meeting.started"))

    sender.faults.change({"swap": False})
    sender.run_due()

    assert [one["event"] for one, _, _ in receiver.events] == ["meeting.started"]


def test_stale_event_is_signed_well_but_old(sender, receiver, clock):
    sender.faults.change({"stale_seconds": 3600})
    sender.enqueue(event())
    sender.run_due()

    ((_, body, headers),) = receiver.events
    assert int(headers["x-zm-request-timestamp"]) == clock.now - 3600
    assert headers["x-zm-signature"] == signature(SECRET, headers["x-zm-request-timestamp"], body)


def test_bad_signature_does_not_match(sender, receiver):
    sender.run_due()
    sender.faults.change({"bad_signature": True})
    sender.enqueue(event())
    sender.run_due()

    ((_, body, headers),) = receiver.events
    assert headers["x-zm-signature"] != signature(SECRET, headers["x-zm-request-timestamp"], body)


def test_pretty_json_is_signed_as_it_is_sent(sender, receiver):
    sender.faults.change({"pretty": True})
    sender.enqueue(event())
    sender.run_due()

    ((_, body, headers),) = receiver.events
    assert b"\n" in body
    assert headers["x-zm-signature"] == signature(SECRET, headers["x-zm-request-timestamp"], body)


def test_meeting_id_may_be_a_number(sender, receiver):
    sender.faults.change({"id_as": "number"})

    sender.enqueue(event())
    sender.run_due()

    assert receiver.events[0][0]["payload"]["object"]["id"] == 123


def test_lost_event_is_never_sent(sender, receiver):
    sender.faults.change({"lost": True})

    sender.enqueue(event())
    sender.run_due()

    assert receiver.events == []


def test_unknown_delivery_fault_is_refused(sender):
    with pytest.raises(ValueError, match="gremlins"):
        sender.faults.change({"gremlins": True})


def test_meeting_events_are_sent_to_the_app(sender, receiver, clock):
    world = World("quiet-day", clock=clock)
    world.on_event(sender.enqueue)

    meeting = next(one for one in world.meetings.values() if one.host_id == world.me.id)
    instance = world.start_meeting(meeting)
    guest = world.join(instance, None, "Guest <b>", waiting=True)
    inside = world.admit(instance, guest)
    world.leave(instance, inside, "Guest left<br>")
    world.end_meeting(instance)
    sender.run_due()

    assert [one["event"].removeprefix("meeting.") for one, _, _ in receiver.events] == [
        "started",
        "participant_joined_waiting_room",
        "participant_admitted",
        "participant_joined",
        "participant_left",
        "ended",
    ]


def test_removing_the_app_sends_an_event(sender, receiver, clock):
    world = World("quiet-day", clock=clock)
    world.on_event(sender.enqueue)

    world.deauthorize("dana")
    sender.run_due()

    ((event, _, _),) = receiver.events
    assert event["event"] == "app_deauthorized"
    assert event["payload"]["user_id"] == world.user("dana").id


def test_only_the_validation_is_unsigned_with_that_fault(sender, receiver):
    sender.faults.change({"unsigned_validation": True})

    sender.enqueue(event())
    sender.run_due()

    assert ["x-zm-signature" in headers for _, _, headers in receiver.got] == [False, True]


def test_thread_sends_due_events(receiver):
    sender = WebhookSender(receiver.url, SECRET)
    sender.start()

    sender.enqueue(event())

    assert receiver.arrived.wait(HANG_SECONDS)
    sender.stop()


@pytest.mark.parametrize("shared", [False, True])
def test_headers_have_the_time_of_the_apps_clock_after_time_passed(receiver, tmp_path, shared):
    world = World("live-meeting", clock=lambda: 1_772_445_600.0, webhook_url=receiver.url, webhook_secret=SECRET)
    if shared:
        world.share_clock(tmp_path / "clock")
    sender = WebhookSender(receiver.url, SECRET, world.now, world.signing_time)

    world.tick(7200)
    sender.validate()

    ahead = 7200 if shared else 0
    assert int(receiver.got[-1][2]["x-zm-request-timestamp"]) == 1_772_445_600 + ahead
    assert not shared or float((tmp_path / "clock").read_text()) == 7200
