"""The app counts webhooks and says why none arrive: in metrics, `flask webhooks`, the doctor and on the host's page."""

import hashlib
import hmac
import json
import re
from dataclasses import replace

import pytest

from tests.support.people import Person, adapter
from zoomapp import create_app, metrics, services
from zoomapp.cli.doctor import webhooks as doctor
from zoomapp.webhooks.arrivals import KEY, MAX_ROWS

PATH = "/api/zoomapp/webhook"
STARTED = {"event": "meeting.started", "event_ts": 1, "payload": {"account_id": "an-account", "object": {"id": "1"}}}
DAY = 86400


@pytest.fixture
def send(anyone, settings, clock):
    """Send a webhook as Zoom does."""

    def send(event, *, secret=settings.zoom_webhook_secret, age=0):
        body = event if isinstance(event, bytes) else json.dumps(event).encode()
        stamp = str(int(clock()) - age)
        mac = hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
        headers = {"x-zm-request-timestamp": stamp, "x-zm-signature": f"v0={mac}"}
        return anyone.post(PATH, data=body, content_type="application/json", headers=headers).status_code

    return send


@pytest.fixture
def counts(parts):
    """The counts by outcome and event."""
    return lambda: {(row.outcome, row.event): row.count for row in parts.webhook_arrivals.summary().rows}


def test_webhooks_are_counted_by_what_became_of_them(send, counts):
    challenge = {"event": "endpoint.url_validation", "payload": {"plainToken": "abcdefghij"}}

    send(STARTED)
    send(STARTED)
    send(STARTED, secret="another")
    send(STARTED, age=301)
    send({"event": "user.updated", "payload": {}})
    send(challenge)
    send(challenge, secret="another")
    send(b"{")

    assert counts() == {
        ("received", "meeting.started"): 1,
        ("duplicate", "meeting.started"): 1,
        ("signature", "meeting.started"): 1,
        ("age", "meeting.started"): 1,
        ("received", "other"): 1,
        ("validated", "endpoint.url_validation"): 1,
        ("validation", "endpoint.url_validation"): 1,
        ("unreadable", "other"): 1,
    }


def test_webhooks_to_an_app_without_a_secret_are_counted(settings, world, clock, counts):
    built = services.build(replace(settings, zoom_webhook_secret=""), transport=adapter(world), clock=clock)
    person = Person(create_app(built), world, "dana")

    assert person.post(PATH, json=STARTED).status_code == 404

    assert counts() == {("no_secret", "other"): 1}
    built.call_log.stop()


def test_nothing_that_a_stranger_sends_is_stored(send, parts, counts):
    for number in range(30):
        send({"event": f"forged.{number}", "payload": {"account_id": f"forged-{number}"}}, secret="another")

    assert counts() == {("signature", "other"): 30}
    assert b"forged" not in b"".join(parts.redis.hgetall(KEY))


def test_accounts_beyond_the_limit_are_counted_together_and_none_is_named(parts):
    for number in range(MAX_ROWS + 5):
        parts.webhook_arrivals.count("received", "meeting.started", f"account {number}")

    fields = parts.redis.hgetall(KEY)
    assert len(fields) <= MAX_ROWS + 1
    assert fields[b"received other other"].split()[0] == b"6"
    assert not any(b"account" in field for field in fields)


def test_webhook_is_accepted_while_the_counts_cannot_be_written(send, parts):
    parts.redis.set(KEY, "not a hash")

    assert send(STARTED) == 204


def test_command_prints_counts_and_reasons(app, send):
    send(STARTED)
    send(STARTED, age=301)

    result = app.test_cli_runner().invoke(args=["webhooks"])

    lines = result.stdout.splitlines()
    assert result.exit_code == 0 and lines[0].startswith("Counted since 2026-03-02 10:00.")
    assert any(line.split()[:2] == ["received", "meeting.started"] and "2026-03-02 10:00" in line for line in lines)
    assert "age: refused: sent too long ago, or a clock is wrong" in lines
    assert "an-account" not in result.stdout


def test_command_says_that_nothing_has_arrived(app):
    assert "No webhook has arrived." in app.test_cli_runner().invoke(args=["webhooks"]).stdout


@pytest.fixture
def hosting(dana, world):
    """Starts a meeting of Dana's and opens its page."""

    def open_page():
        world.load_story("live-meeting")
        (number,) = {instance.meeting_id for instance in world.instances.values() if instance.live(world.now())}
        return dana.look(f"/participants/{number}").text

    return open_page


def findings(parts):
    return [(finding.about, finding.state) for finding in doctor.check(parts)]


def test_host_and_doctor_learn_that_no_events_arrive(hosting, parts, clock):
    assert "data-no-events" not in hosting(), "nothing is known on the first day"
    assert findings(parts) == []
    clock.tick(DAY)

    assert "Zoom has sent this app no events since" in hosting()
    assert findings(parts) == [("webhooks", "warn")]


def test_host_and_doctor_are_content_when_events_arrive(hosting, parts, clock, send):
    hosting()
    clock.tick(DAY)
    send(STARTED)

    assert "data-no-events" not in hosting()
    assert findings(parts) == [("webhooks", "ok")]


def test_events_whose_participant_cannot_be_read_do_not_count_as_working(hosting, app, parts, counts, clock, send):
    hosting()
    clock.tick(DAY)
    send(STARTED)
    person = {"id": "1", "uuid": "a==", "participant": {"name_in_another_form": "Lee"}}
    send({"event": "meeting.participant_joined", "event_ts": 1, "payload": {"account_id": "a", "object": person}})

    assert counts() == {("received", "meeting.started"): 1, ("no_participant", "meeting.participant_joined"): 1}
    assert "Zoom has sent this app no events that it can read since" in hosting()
    assert findings(parts) == [("webhooks", "warn")]
    command = app.test_cli_runner().invoke(args=["webhooks"]).stdout
    assert "no_participant: accepted, but the app could not read who it is about" in command
    person["participant"] = {"user_id": "1", "user_name": "Lee"}
    send({"event": "meeting.participant_joined", "event_ts": 1, "payload": {"account_id": "a", "object": person}})
    assert "data-no-events" not in hosting()


def test_doctor_warns_when_events_have_stopped_but_meetings_run(parts, clock, send):
    send(STARTED)
    clock.tick(4 * DAY)
    assert findings(parts) == [("webhooks", "ok")], "no meeting ran"
    parts.webhook_arrivals.meeting_shown()

    assert findings(parts) == [("webhooks", "warn")]


def test_refused_events_do_not_count_as_arrived(hosting, parts, clock, send):
    hosting()
    clock.tick(DAY)
    send(STARTED, secret="another")

    assert "data-no-events" in hosting()


def test_metric_counts_by_outcome_and_event_and_takes_no_other_names(send):
    def sample(outcome, event):
        found = re.search(
            rf'^zoomapp_webhooks_total\{{event="{event}",outcome="{outcome}"\}} (\S+)$',
            metrics.exposition().decode(),
            re.MULTILINE,
        )
        return float(found[1]) if found else 0.0

    metrics.start()
    before = sample("received", "meeting.started"), sample("signature", "other")
    send(STARTED)
    send({"event": "forged.name"}, secret="another")

    assert (sample("received", "meeting.started"), sample("signature", "other")) == (before[0] + 1, before[1] + 1)
    assert "forged" not in metrics.exposition().decode()


def test_only_the_host_sees_that_no_events_arrive(hosting, app, world, clock):
    hosting()
    clock.tick(DAY)
    assert "data-no-events" in hosting()
    ada = Person(app, world, "ada")
    ada.connect()
    (number,) = {instance.meeting_id for instance in world.instances.values() if instance.live(world.now())}

    page = ada.look(f"/participants/{number}").text

    assert "<h1" in page and "data-no-events" not in page
