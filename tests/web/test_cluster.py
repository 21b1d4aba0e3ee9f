"""All features work on a real Redis cluster, where the keys of several users are on several nodes."""

import hashlib
import hmac
import json
import re
from dataclasses import replace

import pytest

from tests.support.people import Person, adapter
from tests.web.reading import read
from zoomapp import services
from zoomapp.store import key_names
from zoomapp.store.one_time_links import OneTimeLinks

PRIYAS = 87000000302
LEE = {"participantUUID": "A1", "screenName": "Guest Lee", "role": "attendee", "participantId": 7}


@pytest.fixture
def settings(settings, redis_cluster):
    return replace(settings, redis_url=redis_cluster.url)


@pytest.fixture
def parts(settings, world, clock):
    built = services.build(settings, transport=adapter(world), clock=clock)
    yield built
    built.call_log.stop()
    built.redis.close()


def post_webhook(app, settings, clock, event):
    """The event as Zoom sends it, and its work done."""
    raw, stamp = json.dumps(event).encode(), str(int(clock()))
    mac = hmac.new(settings.zoom_webhook_secret.encode(), b"v0:" + stamp.encode() + b":" + raw, hashlib.sha256)
    signed = {"x-zm-request-timestamp": stamp, "x-zm-signature": f"v0={mac.hexdigest()}"}
    answer = app.test_client().post("/api/zoomapp/webhook", data=raw, content_type="application/json", headers=signed)
    answer.close()
    return answer.status_code


def test_pages_webhooks_client_reports_shared_polls_call_logs_and_files_work_on_a_redis_cluster(
    app, world, settings, parts, clock
):
    dana, priya = Person(app, world, "dana"), Person(app, world, "priya")
    assert [each.connect().status_code for each in (dana, priya)] == [302, 302]
    events = []
    world.on_event(events.append)

    # Webhook events are in the host's webhook log, and on her page.
    meeting = world.start_meeting(PRIYAS)
    world.join(meeting, None, "Guest Kim")
    assert {post_webhook(app, settings, clock, event) for event in events} == {204}
    assert [room.number for room in parts.webhook_log.running(priya.id)] == [PRIYAS]
    assert "Guest Kim" in read(priya.look(f"/participants/{PRIYAS}"))

    # The reports of her own client are stored, too.
    report = {"uuid": meeting.uuid, "participants": [LEE]}
    assert priya.post(f"/participants/{PRIYAS}/sighted", json=report).status_code == 204
    assert len(parts.client_reports.of(priya.id, PRIYAS, meeting.uuid).stays) == 1

    # Lists that are shared for a moment, and the log of the calls that made them.
    for path in ("/", "/participants", "/meetings", "/recordings"):
        assert dana.look(path).status_code == 200
    assert "/v2/users/me/meetings" in read(dana.look("/calls"))

    # A file, handed on with our token.
    link = re.search(r'href="(/recordings/[^"/]+/[0-9a-f]{16})"', dana.look("/recordings").text)[1]
    assert dana.get(link).headers["Content-Disposition"].startswith("attachment")
    links = OneTimeLinks(parts.redis, parts.key_ring)
    assert links.redeem(links.create(dana.id, link), link) == dana.id

    # Leaving deletes all of it.
    assert priya.post("/api/zoomapp/disconnect").status_code < 400
    assert not list(parts.redis.scan_iter(f"zoomapp:{{{key_names.tag(priya.id)}}}:*"))
