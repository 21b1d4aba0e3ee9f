"""`flask tokens`: what an operator can see and do, and that no token is ever seen."""

import json
import os
import subprocess
import sys
import threading
from dataclasses import replace

import pytest

from offline_zoom.faults import Fault
from tests.support.people import COMPILED, Person, adapter
from tests.support.processes import HANG_SECONDS
from tests.support.servers import CLIENT_ID, CLIENT_SECRET, ROOT, clean_environ
from zoomapp import create_app, services
from zoomapp.store.encryption import KeyRing
from zoomapp.store.key_rotation import KeyRotation
from zoomapp.tokens.grants import KeepAlive, all_grants, idle

OLD, NEW, OTHER = bytes(range(32)), b"n" * 32, b"o" * 32
DAY = 86400


@pytest.fixture
def run(app):
    """A command's result: ``run("tokens", "list")``."""
    return lambda *words: app.test_cli_runner().invoke(args=words)


@pytest.fixture
def with_keys(settings, world, clock):
    """The same deployment with another key ring: ``with_keys(NEW, OLD)``."""
    built = []

    def build(*ring):
        parts = services.build(replace(settings, token_encryption_keys=ring), transport=adapter(world), clock=clock)
        built.append(parts)
        app = create_app(parts)
        app.jinja_env.bytecode_cache = COMPILED
        return app

    yield build
    for parts in built:
        parts.call_log.stop()
        parts.redis.connection_pool.disconnect()


def invoke(app, *words):
    return app.test_cli_runner().invoke(args=words)


def test_list_shows_users_and_no_token(run, dana, priya, world):
    result = run("tokens", "list")

    assert result.exit_code == 0
    assert dana.id in result.stdout and priya.id in result.stdout
    assert "2026-03-02 10:00" in result.stdout
    assert not any(secret in result.output for secret in issued(dana, priya))


def issued(*people):
    parts = people[0].browser.application.extensions["zoomapp"]
    kept = [parts.tokens.load(person.id) for person in people]
    return [secret for tokens in kept for secret in (tokens.access_token, tokens.refresh_token)]


def test_show_names_the_scopes_and_no_token(run, dana):
    result = run("tokens", "show", dana.id)

    assert "scope     meeting:read:list_meetings" in result.stdout
    assert not any(secret in result.output for secret in issued(dana))


def test_unknown_user_is_reported_in_one_sentence(run):
    for command in ("show", "export", "forget"):
        result = run("tokens", command, "nobody")

        assert result.exit_code == 1
        assert "Traceback" not in result.output and result.stderr.startswith("Error: ")


def test_forget_deletes_all_records_of_the_user(run, dana, redis_client):
    result = run("tokens", "forget", dana.id)

    assert result.exit_code == 0
    assert not list(redis_client.scan_iter("zoomapp:{*}:*"))


def test_forget_can_revoke_the_grant_at_zoom(run, dana, world):
    result = run("tokens", "forget", "--revoke", dana.id)

    assert "Zoom revoked the grant" in result.stdout
    assert world.calls.count("POST /oauth/revoke") == 1


def test_rotate_reencrypts_records_so_that_the_old_key_can_be_removed(with_keys, world):
    person = Person(with_keys(OLD), world, "dana")
    person.connect()
    person.post("/settings", data={"late_minutes": "17"})

    result = invoke(with_keys(NEW, OLD), "tokens", "rotate")

    later = with_keys(NEW)
    person.browser = carried_on(person, later)
    assert result.exit_code == 0, result.output
    assert person.get("/zoom/api/v2/users/me").status_code == 200
    assert 'value="17"' in person.look("/settings").text


def test_rotate_reencrypts_webhook_records(with_keys, world, clock):
    first = with_keys(OLD)
    person = Person(first, world, "dana")
    person.connect()
    thing = {"id": "1", "uuid": "a/b==", "host_id": person.id, "participant": {"user_id": "7", "user_name": "Guest"}}
    event = {"event": "meeting.participant_joined", "event_ts": int(clock() * 1000), "payload": {"object": thing}}
    first.extensions["zoomapp"].webhook_log.save(event)

    result = invoke(with_keys(NEW, OLD), "tokens", "rotate")

    webhook_log = with_keys(NEW).extensions["zoomapp"].webhook_log
    assert result.exit_code == 0, result.output
    assert [each.name for each in webhook_log.records(person.id, "a/b==")] == ["Guest"]
    assert [room.number for room in webhook_log.all(person.id)] == [1]


def carried_on(person, app):
    """The same browser, its cookies included, before another process of the same deployment."""
    browser = app.test_client()
    browser._cookies = person.browser._cookies
    return browser


def test_rotate_keeps_the_expiry_of_records(with_keys, world, redis_client):
    person = Person(with_keys(OLD), world, "dana")
    person.connect()
    (name,) = redis_client.scan_iter("zoomapp:{*}:tokens")
    redis_client.expire(name, 1000)

    invoke(with_keys(NEW, OLD), "tokens", "rotate")

    assert 990 < redis_client.ttl(name) <= 1000


def test_rotate_fails_and_names_the_key_of_unreadable_records(with_keys, world):
    first = with_keys(OTHER)
    Person(first, world, "dana").connect()
    Person(with_keys(OLD), world, "priya").connect()
    key_id = first.extensions["zoomapp"].key_ring.ids[0]

    result = invoke(with_keys(NEW, OLD), "tokens", "rotate")

    assert result.exit_code == 1
    assert f"2 cannot be read: encrypted with key {key_id}, which is not in TOKEN_ENCRYPTION_KEYS" in result.stderr
    assert "2 of 4 records re-encrypted" in result.stdout


def test_second_rotate_changes_nothing(with_keys, world):
    Person(with_keys(OLD), world, "dana").connect()
    ring = with_keys(NEW, OLD)

    assert "2 of 2 records" in invoke(ring, "tokens", "rotate").stdout
    assert "0 of 2 records" in invoke(ring, "tokens", "rotate").stdout


def test_rotate_continues_after_an_interruption(with_keys, world):
    for name in ("dana", "priya"):
        Person(with_keys(OLD), world, name).connect()
    ring = with_keys(NEW, OLD)
    parts = ring.extensions["zoomapp"]

    with pytest.raises(KeyboardInterrupt):
        KeyRotation(parts.redis, parts.key_ring).run(interrupt)

    assert "3 of 4 records" in invoke(ring, "tokens", "rotate").stdout


def interrupt(count):
    raise KeyboardInterrupt


class Interrupted(KeyRing):
    """Something happens after a record was read and before it is put back, once."""

    def __init__(self, ring, meanwhile):
        super().__init__(ring)
        self._meanwhile = meanwhile

    def encrypt(self, kind, owner, plain):
        meanwhile, self._meanwhile = self._meanwhile, lambda: None
        meanwhile()
        return super().encrypt(kind, owner, plain)


def test_rotate_never_overwrites_a_concurrent_refresh(with_keys, world):
    app = with_keys(OLD)
    person = Person(app, world, "dana")
    person.connect()
    world.revoke_access_tokens()
    ring = Interrupted((NEW, OLD), lambda: person.get("/zoom/api/v2/users/me"))

    done = KeyRotation(app.extensions["zoomapp"].redis, ring).run()

    assert (done.reencrypted, done.complete) == (2, True)
    assert world.calls.count("POST /oauth/token") == 2
    later = with_keys(NEW).extensions["zoomapp"]
    assert later.user_client(person.id).profile().text("id") == person.id
    assert world.calls.count("POST /oauth/token") == 2


def test_rotate_does_not_restore_a_user_who_disconnected_meanwhile(with_keys, world):
    app = with_keys(OLD)
    person = Person(app, world, "dana")
    person.connect()
    parts = app.extensions["zoomapp"]
    ring = Interrupted((NEW, OLD), lambda: parts.tokens.delete(person.id))

    KeyRotation(parts.redis, ring).run()

    assert not list(parts.redis.scan_iter("zoomapp:{*}:*"))


def test_keepalive_refreshes_idle_grants_only(run, dana, priya, world, clock):
    clock.tick(61 * DAY)
    priya.get("/zoom/api/v2/users/me")
    world.calls.clear()

    result = run("tokens", "keepalive")

    assert result.stdout.startswith("1 of 1 grants refreshed")
    assert world.calls.count("POST /oauth/token") == 1
    assert run("tokens", "keepalive").stdout.startswith("0 of 0 grants")


def test_concurrent_keepalives_refresh_each_grant_once(dana, priya, with_keys, world, clock):
    clock.tick(61 * DAY)
    machines = [with_keys(OLD).extensions["zoomapp"] for _ in range(2)]
    due = [idle(all_grants(parts.redis, parts.key_ring), clock() - 60 * DAY) for parts in machines]
    done = []

    def keep(parts, grants):
        done.append(KeepAlive(parts.tokens, 100, lambda seconds: False).run(grants))

    threads = [threading.Thread(target=keep, args=each) for each in zip(machines, due, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [len(each) for each in due] == [2, 2]
    assert [(result.refreshed, result.ended, result.failed) for result in done] == [(2, 0, 0), (2, 0, 0)]
    assert world.calls.count("POST /oauth/token") == 2


def test_keepalive_keeps_to_its_rate(dana, priya, parts, clock):
    due = idle(all_grants(parts.redis, parts.key_ring), clock() + 1)
    now, pauses = [0.0], []

    def pause(seconds):
        pauses.append(seconds)
        now[0] += seconds
        return False

    KeepAlive(parts.tokens, 4, pause, lambda: now[0]).run(due)

    assert pauses == [0.0, 0.25]


def test_keepalive_stops_when_zoom_limits_the_rate(run, dana, priya, world, clock):
    clock.tick(61 * DAY)
    world.faults.add("token-limit")

    result = run("tokens", "keepalive")

    assert result.exit_code == 1
    assert "Zoom asks to wait 2 seconds" in result.stderr


def test_keepalive_counts_an_ended_grant_and_continues(run, dana, priya, world, clock):
    clock.tick(61 * DAY)
    world.faults.add("refused-refresh")

    result = run("tokens", "keepalive")

    assert result.exit_code == 0
    assert result.stdout.startswith("1 of 2 grants refreshed; 1 had ended")


def test_keepalive_counts_a_refusal_that_ends_no_grant_as_a_failure(run, dana, priya, world, clock):
    clock.tick(61 * DAY)
    world.faults.append(Fault("POST /oauth/token", 400, body={"error": "invalid_request"}, count=1))

    result = run("tokens", "keepalive")

    assert result.stdout.startswith("1 of 2 grants refreshed; 0 had ended, 1 failed")


def test_keepalive_that_is_stopped_starts_no_refresh(dana, parts, world, clock):
    due = idle(all_grants(parts.redis, parts.key_ring), clock() + 1)

    done = KeepAlive(parts.tokens, 4, lambda seconds: True).run(due)

    assert done.refreshed == 0 and done.stopped == "the process is stopping"
    assert not world.calls


def test_unavailable_store_is_reported_in_one_sentence(settings):
    away = services.build(replace(settings, redis_url="redis://127.0.0.1:1/0"))

    result = invoke(create_app(away), "tokens", "rotate")

    assert result.exit_code == 1
    assert "Error: The app cannot reach its own storage." in result.stderr and "Traceback" not in result.output


def test_flask_finds_the_commands_by_itself(redis_url):
    environ = clean_environ(
        PUBLIC_URL="http://localhost",
        SECRET_KEY="k" * 32,
        TOKEN_ENCRYPTION_KEYS="11" * 32,
        REDIS_URL=redis_url,
        ZOOM_CLIENT_ID=CLIENT_ID,
        ZOOM_CLIENT_SECRET=CLIENT_SECRET,
    )
    flask = os.path.join(os.path.dirname(sys.executable), "flask")

    done = subprocess.run(
        [flask, "tokens", "list"], env=environ, cwd=ROOT, capture_output=True, text=True, timeout=HANG_SECONDS
    )

    assert (done.returncode, done.stderr.strip()) == (0, "0 grants.")


def test_export_has_what_is_stored_about_one_person_and_no_token(run, dana, priya, settings):
    form = {"zone_name": "Asia/Tokyo", "refresh_seconds": "30", "late_minutes": "7", "announce": "all"}
    dana.post("/settings", data={**form, "theme": "dark"})
    dana.look("/meetings?show=past")
    priya.look("/meetings")

    result = run("tokens", "export", dana.id)

    known = json.loads(result.stdout)
    by_kind = {record["kind"]: record for record in known["records"]}
    assert known["user_id"] == dana.id
    assert by_kind["preferences"]["value"]["late_minutes"] == 7
    assert by_kind["profile"]["value"]["email"] == "dana@example.com"
    assert {"session", "seen"} <= set(by_kind)
    assert by_kind["tokens"]["withheld"] and by_kind["tokens"]["value"] is None
    assert all(record["what"] and record["readable"] for record in known["records"])
    assert "priya@example.net" not in result.stdout
    assert not any(secret in result.stdout for secret in issued(dana, priya))


def test_export_says_which_records_it_cannot_read(with_keys, dana):
    assert dana.look("/settings").status_code == 200

    result = invoke(with_keys(OTHER), "tokens", "export", dana.id)

    records = json.loads(result.stdout)["records"]
    assert [record["kind"] for record in records if not record["readable"] and not record["withheld"]]
    assert "dana@example.com" not in result.stdout
