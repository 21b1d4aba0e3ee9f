"""The app works with each of the answers about which Zoom's sources disagree."""

import threading

import pytest
from werkzeug.serving import make_server

from offline_zoom.switches import CODES
from offline_zoom.webhooks.sender import WebhookSender
from tests.web.reading import read

ME = "/zoom/api/v2/users/me"
#: a meeting of Priya's, whose attendance comes from webhooks alone
PRIYAS = 87000000301


@pytest.mark.parametrize("code", CODES["missing_scope_code"])
def test_missing_scope_is_named_with_each_code_that_zoom_sends(dana, world, code):
    world.switches.change({"missing_scope_code": code})
    grant = world.grants.by_user[dana.id]
    grant.scopes = [scope for scope in grant.scopes if "list_user_recordings" not in scope]

    text = read(dana.look("/recordings"))

    assert "One permission is missing" in text
    assert "cloud_recording:read:list_user_recordings" in text


@pytest.mark.parametrize("code", CODES["per_second_code"])
def test_per_second_limit_is_a_wait_with_each_code_that_zoom_sends(dana, world, code):
    world.switches.change({"per_second_code": code, "limits": "plan", "rate_limits": {"Medium": 0}})

    text = read(dana.look("/recordings"), 429)

    assert "Zoom asked us to slow down" in text


@pytest.mark.parametrize("value", [True, False])
def test_user_signs_in_inside_the_client_with_and_without_s256(dana, world, value):
    world.switches.change({"in_client_s256": value})

    assert dana.authorize_in_client().status_code == 200


def test_recordings_are_listed_whether_zoom_shortens_a_range_or_not(dana, world):
    path = "/recordings?from=2026-01-10&to=2026-02-28"
    clamped = read(dana.look(path))
    world.switches.change({"recordings_range": "honour"})

    assert "Weekly sync" in clamped
    assert read(dana.look(path)) == clamped


@pytest.mark.parametrize("seconds", [0, 60])
def test_expired_token_is_refreshed_whether_earlier_tokens_stay_valid_or_not(dana, world, seconds):
    world.switches.change({"refresh_grace": seconds})

    for _ in range(2):
        world.expire_access_tokens()
        assert dana.get(ME).status_code == 200

    assert world.calls.count("POST /oauth/token") == 2


@pytest.mark.parametrize("published", [True, False])
def test_user_who_removed_the_app_connects_again_with_and_without_an_event(
    dana, parts, world, webhooks, clock, published
):
    world.switches.change({"deauthorized_event": published})
    clock.tick(5)

    world.deauthorize("dana")

    assert (parts.tokens.store.load(dana.id) is None) is published
    assert dana.get(ME).status_code == 401
    dana.connect()
    assert dana.get(ME).status_code == 200


@pytest.mark.parametrize("has_event", [True, False])
def test_meeting_without_the_hosts_join_event_lists_everyone_else(priya, world, webhooks, has_event):
    world.switches.change({"host_join_event": has_event})
    meeting = world.start_meeting(PRIYAS)
    host = world.join(meeting, "priya")
    world.join(meeting, None, "Guest Lee")
    page = priya.running_meeting()

    before = read(priya.look(page))
    world.leave(meeting, host)
    after = read(priya.look(page))

    assert "Guest Lee" in before
    assert ("priya@example.net" in before) is has_event
    assert "priya@example.net" in after


@pytest.mark.parametrize("late", [False, True])
def test_end_of_a_meeting_does_not_end_its_next_start_in_either_order(priya, parts, world, webhooks, clock, late):
    world.switches.change({"late_end": late})
    first = world.start_meeting(PRIYAS)
    clock.tick(600)
    world.end_meeting(first)
    clock.tick(10)

    second = world.start_meeting(PRIYAS)

    assert [meeting.uuid for meeting in parts.webhook_log.running(priya.id)] == [second.uuid]
    assert parts.webhook_log.find(priya.id, first.uuid).ended_at == clock() - 10


@pytest.mark.parametrize("unsigned", [True, False])
def test_url_validation_succeeds_with_and_without_a_signature(app, settings, clock, unsigned):
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    sender = WebhookSender(f"http://localhost:{server.port}/api/zoomapp/webhook", settings.zoom_webhook_secret, clock)
    sender.faults.change({"unsigned_validation": unsigned})

    valid = sender.validate()
    server.shutdown()

    assert valid
