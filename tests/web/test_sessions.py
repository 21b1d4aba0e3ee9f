"""Sessions: encrypted, written only after a change, ended on the server, and not read where they are not needed."""

import pickle
from dataclasses import replace

import pytest
from flask import Flask

from offline_zoom.serving.requests_adapter import OfflineZoomAdapter
from tests.support.people import Person
from zoomapp import create_app, services
from zoomapp.errors import NotAuthorized
from zoomapp.store import key_names
from zoomapp.web.sessions import EncryptedSessions

ME = "/zoom/api/v2/users/me"


class Evil:
    def __reduce__(self):
        return (open, ("/nowhere/at/all", "w"))


def commands(parts, do):
    """How many commands Redis got while ``do`` ran."""
    parts.call_log.stop()  # it saves calls once a second
    before = parts.redis.info("stats")["total_commands_processed"]
    do()
    # The second reading of the figures is a command of its own.
    return parts.redis.info("stats")["total_commands_processed"] - before - 1


def session_key(person):
    tag, _, secret = person.browser.get_cookie("zoomapp").value.partition(".")
    return key_names.tagged(tag, "session", key_names.digest(secret))


def test_a_visitor_gets_no_session(anyone, parts):
    for path in ("/healthz", "/readyz", "/nowhere", ME):
        assert "Set-Cookie" not in anyone.get(path).headers

    assert parts.redis.keys("*session*") == []


def test_static_files_and_the_health_check_send_no_redis_command(dana, parts):
    assert commands(parts, lambda: (dana.get("/static/css/tokens.css"), dana.get("/healthz"))) == 0


def test_the_session_is_encrypted_and_no_redis_key_contains_the_cookie(dana, parts):
    stored = parts.redis.get(session_key(dana))

    assert dana.id.encode() not in stored
    assert all(dana.browser.get_cookie("zoomapp").value.encode() not in key for key in parts.redis.keys("*"))


@pytest.mark.parametrize("planted", [pickle.dumps(Evil()), b'{"user_id": "x"}', b"", b"\x01" * 80])
def test_a_record_planted_in_redis_is_not_accepted_as_a_session(dana, parts, planted):
    parts.redis.set(session_key(dana), planted)

    assert dana.get(ME).status_code == 401


def test_a_session_record_copied_from_another_user_is_not_accepted(dana, priya, parts):
    parts.redis.set(session_key(dana), parts.redis.get(session_key(priya)))

    assert dana.get(ME).status_code == 401


def test_an_invented_session_id_is_replaced(anyone, parts):
    anyone.browser.set_cookie("zoomapp", "an-id.of-somebody-elses-choice")

    anyone.get("/api/zoomapp/install")

    assert anyone.browser.get_cookie("zoomapp").value != "an-id.of-somebody-elses-choice"


def test_a_slow_request_does_not_restore_an_ended_session(dana, app, parts):
    """A request that began before the logout, and writes its session after it."""
    cookie = dana.browser.get_cookie("zoomapp").value
    interface = app.session_interface
    with app.test_request_context("/", headers={"Cookie": f"zoomapp={cookie}"}):
        from flask import request

        slow = interface.open_session(app, request)
        slow["seen"] = 1
        dana.post("/api/zoomapp/logout")

        response = app.response_class()
        interface.save_session(app, slow, response)

    assert "Set-Cookie" not in response.headers
    assert parts.redis.keys("*session*") == []


def read_only(server):
    with server.client() as client:
        client.replicaof("127.0.0.1", 1)


@pytest.mark.parametrize("trouble", [lambda server: server.kill(), read_only], ids=["gone", "read-only"])
def test_signing_out_without_redis_is_an_outage_and_deletes_the_cookie(apart, trouble):
    person, server = apart
    trouble(server)

    answer = person.post("/api/zoomapp/logout")

    assert (answer.status_code, answer.json["error"]) == (503, "store_unavailable")
    assert answer.headers["Set-Cookie"].startswith("zoomapp=;") and "Max-Age=0" in answer.headers["Set-Cookie"]
    assert person.browser.get_cookie("zoomapp") is None


MODES = pytest.mark.parametrize(
    ("mode", "public_url", "attributes"),
    [
        ("lax", "https://rollcall.example", {"__Host-zoomapp", "Secure", "HttpOnly", "Path=/", "SameSite=Lax"}),
        (
            "partitioned",
            "https://rollcall.example",
            {"__Host-zoomapp", "Secure", "SameSite=None", "Partitioned", "Path=/"},
        ),
        ("partitioned", "http://localhost", {"__Host-zoomapp", "Secure", "SameSite=None", "Partitioned"}),
        ("lax", "http://localhost", {"zoomapp", "HttpOnly", "Path=/", "SameSite=Lax"}),
    ],
)


@pytest.fixture
def in_mode(settings, world, clock):
    """A factory of browsers: one that met the app in this cookie mode, at this address."""

    def build(mode, public_url):
        as_said = replace(settings, cookie_mode=mode, public_url=public_url)
        return create_app(services.build(as_said, transport=OfflineZoomAdapter(world), clock=clock)).test_client()

    return build


def attributes_of(answer):
    """The cookie's name and its attributes, apart from how long it lives."""
    name, *said = (part.strip() for part in answer.headers["Set-Cookie"].split(";"))
    return {name.split("=")[0], *(each for each in said if not each.startswith(("Max-Age", "Expires")))}


@MODES
def test_the_cookie_attributes_follow_the_cookie_mode(in_mode, mode, public_url, attributes):
    answer = in_mode(mode, public_url).get("/api/zoomapp/install", base_url=public_url)

    said = attributes_of(answer)
    assert attributes <= said
    assert not any(each.startswith("Domain") for each in said)


@MODES
def test_the_cookie_is_deleted_with_the_attributes_it_was_set_with(in_mode, mode, public_url, attributes):
    browser = in_mode(mode, public_url)
    started = browser.get("/api/zoomapp/install", base_url=public_url)

    answer = browser.post("/api/zoomapp/logout", base_url=public_url)

    assert answer.headers["Set-Cookie"].split(";")[0].endswith("zoomapp=")
    assert "Max-Age=0" in answer.headers["Set-Cookie"]
    assert attributes_of(answer) == attributes_of(started) >= attributes


def test_two_apps_with_different_stores_work_in_one_process(app, parts, world, settings, clock, redis_process):
    second_redis_url = redis_process().url
    other = create_app(
        services.build(replace(settings, redis_url=second_redis_url), transport=OfflineZoomAdapter(world), clock=clock)
    )
    dana = Person(app, world, "dana")
    dana.connect()

    stranger = Person(other, world, "dana")
    stranger.browser.set_cookie("zoomapp", dana.browser.get_cookie("zoomapp").value)

    assert isinstance(app, Flask) and isinstance(other.session_interface, EncryptedSessions)
    assert (dana.get(ME).status_code, stranger.get(ME).status_code) == (200, 401)


def test_a_proxied_call_reads_session_and_tokens_in_one_round_trip(dana, parts):
    dana.get(ME)
    parts.call_log.stop()

    assert commands(parts, lambda: dana.get(ME)) == 1


def test_tokens_read_with_the_session_serve_one_call_only(dana, parts, world):
    gateway = parts.user_client(dana.id, parts.tokens.store.load(dana.id))
    gateway.me()
    parts.tokens.delete(dana.id)

    with pytest.raises(NotAuthorized):
        gateway.me()


def test_token_records_of_another_user_do_not_decrypt(dana, priya, parts):
    with pytest.raises(NotAuthorized):
        parts.user_client(priya.id, parts.tokens.store.load(dana.id)).me()
