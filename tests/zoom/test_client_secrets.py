"""While the client secret is replaced the app has two, and works before, during and after Zoom's change."""

import logging
from dataclasses import replace

import pytest

from offline_zoom.faults import Fault
from tests.support.people import Person, adapter
from zoomapp import create_app, services
from zoomapp.zoom.oauth import InvalidGrant, TokenSet

NEW = "the-new-client-secret-of-the-tests"
ME = "/zoom/api/v2/users/me"
TOKEN_CALLS = ("POST", "/oauth/token")


@pytest.fixture
def rotating(settings, world, clock):
    """The parts of an app with ``ZOOM_CLIENT_SECRET=new,old``. Zoom knows only the old one at first."""
    both = replace(settings, zoom_client_secret=f"{NEW},{world.client_secret}")
    built = services.build(both, transport=adapter(world), clock=clock)
    yield built
    built.call_log.stop()
    built.redis.connection_pool.disconnect()


@pytest.fixture
def person(rotating, world):
    return Person(create_app(rotating), world, "dana")


def test_process_tries_the_old_secret_once_and_stays_with_it(person, world, caplog):
    caplog.set_level(logging.INFO)
    assert person.connect().status_code == 302
    assert world.calls.count(TOKEN_CALLS) == 2

    assert person.connect().status_code == 302

    assert world.calls.count(TOKEN_CALLS) == 3
    assert person.get(ME).json["id"] == person.id
    assert "client secret changed" in caplog.text
    assert NEW not in caplog.text and world.client_secret not in caplog.text


def test_refresh_works_across_the_end_of_the_old_secret(person, world, clock):
    person.connect()
    world.rotate_client_secret(NEW, overlap_seconds=60)
    clock.tick(3700)

    assert person.get(ME).status_code == 200
    clock.tick(3700)
    assert person.get(ME).status_code == 200

    assert world.calls.count(TOKEN_CALLS) == 5, "old secret refused once, then the new one only"


def test_revocation_works_with_the_old_secret(person, world):
    person.connect()
    assert world.grants.by_user

    assert person.post("/api/zoomapp/disconnect").status_code == 200

    assert not world.grants.by_user


@pytest.mark.parametrize("secret", ["old", "new"])
def test_context_opens_with_either_secret(person, world, secret):
    if secret == "new":
        world.rotate_client_secret(NEW)

    assert person.open_from_zoom(typ="meeting").status_code == 302


def test_context_of_a_third_secret_is_refused(person, world):
    world.rotate_client_secret("some-other-secret-of-another-app")

    assert person.open_from_zoom(typ="meeting").status_code == 400


def test_wrong_secrets_are_tried_once_each(person, world, caplog):
    world.rotate_client_secret("some-other-secret-of-another-app", overlap_seconds=0)

    assert person.connect().status_code == 502

    assert world.calls.count(TOKEN_CALLS) == 2
    assert "client secret changed" not in caplog.text


def test_other_refusals_do_not_try_the_other_secret(rotating, world):
    world.faults.append(Fault("POST /oauth/token", 400, body={"error": "invalid_grant", "reason": "Invalid Token!"}))

    with pytest.raises(InvalidGrant):
        rotating.oauth.refresh(TokenSet("user", "access", "refresh", expires_at=0.0, issued_at=0.0))

    assert world.calls.count(TOKEN_CALLS) == 1


def test_outage_after_a_refused_secret_does_not_change_the_secret(rotating, world):
    refused = {"error": "invalid_client", "reason": "Invalid client_id or client_secret"}
    world.faults.append(Fault("POST /oauth/token", 400, body=refused, count=1))
    world.faults.append(Fault("POST /oauth/token", 503, body={"error": "server_error"}, count=1))

    assert rotating.oauth.probe().error == "server_error"

    assert rotating.oauth.client_secrets.newest_in_use


def test_secrets_do_not_print(rotating, world):
    for shown in (repr(rotating.settings), repr(rotating.oauth), repr(rotating.oauth.client_secrets), repr(rotating)):
        assert NEW not in shown and world.client_secret not in shown
