"""Every journey at DEBUG, then a search of all answers, all log lines and all of Redis for every secret there was."""

import base64
import hashlib
import hmac
import json
import logging
import re
from urllib.parse import parse_qsl, quote, urlsplit

import pytest
import redis

from offline_zoom.faults import PRESETS, Fault
from offline_zoom.serving.requests_adapter import OfflineZoomAdapter
from tests.support.people import Person
from tests.support.secret_forms import forms, leaks
from zoomapp import create_app, services
from zoomapp.log_setup import JsonLines

PAGES = (
    "/",
    "/participants",
    "/meetings",
    "/meetings/new",
    "/recordings",
    "/settings",
    "/help",
    "/privacy",
    "/connect",
)
ME = "/zoom/api/v2/users/me"
#: Calls and pages whose addresses name a person; Zoom's refusal repeats the name.
NAMED = "grace.hopper.of.the.tests@navy.example"
NAMING = (f"/zoom/api/v2/users/{NAMED}", f"/zoom/api/v2/users/{NAMED.replace('@', '%40')}/meetings?type=scheduled")


class Overhearing(OfflineZoomAdapter):
    """The offline Zoom, with a note of every secret that is said between it and the app."""

    def __init__(self, world):
        super().__init__(world)
        self.secrets = {}
        self._known = set()

    def send(self, request, **more):
        answer = super().send(request, **more)
        path = urlsplit(request.url).path
        if path == "/oauth/token":
            self._note("sent", dict(parse_qsl(request.body or "")), ("code", "code_verifier", "refresh_token"))
            self._note("got", json_of(answer), ("access_token", "refresh_token"))
        elif path.startswith("/v2/"):
            self._note("request", {"bearer": request.headers["Authorization"].removeprefix("Bearer ")}, ("bearer",))
        return answer

    def _note(self, kind, found, names):
        for name in names:
            value = str(found.get(name) or "").encode()
            if value and value not in self._known:
                self._known.add(value)
                self.secrets[f"{name} {kind} {len(self.secrets)}"] = value


def json_of(answer):
    try:
        found = answer.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


class Recorder:
    """Every answer of an app, byte for byte."""

    def __init__(self, app):
        self._app = app
        self.answers = []

    def __call__(self, environ, start_response):
        said = []

        def start(status, headers, exc_info=None):
            said.append("\n".join([status, *(f"{name}: {value}" for name, value in headers)]).encode())
            return start_response(status, headers, exc_info)

        body = self._app(environ, start)
        try:
            said.extend(body)
        finally:
            getattr(body, "close", lambda: None)()
        where = f"answer to {environ['REQUEST_METHOD']} {environ['PATH_INFO']}"
        # The pages of the app are shorter; a recording's file has half a gigabyte.
        self.answers.append((where, said[0] if said else b"", b"".join(said[1:20])[:500_000]))
        return said[1:]


class Lines(logging.Handler):
    """Every log line, as it would be written, and with all it carries."""

    def __init__(self):
        super().__init__(logging.DEBUG)
        self.setFormatter(JsonLines())
        self.lines = []

    def emit(self, record):
        self.lines.append((f"log of {record.name}", f"{self.format(record)} {record.__dict__!r}".encode()))


def dump(url):
    """Everything in Redis: keys and values of every kind."""
    with redis.Redis.from_url(url) as client:
        for key in client.keys("*"):
            kind = client.type(key)
            value = {
                b"string": client.get,
                b"hash": client.hgetall,
                b"set": client.smembers,
                b"list": lambda key: client.lrange(key, 0, -1),
                b"zset": lambda key: client.zrange(key, 0, -1, withscores=True),
                b"stream": client.xrange,
            }[kind](key)
            whole = value if isinstance(value, bytes) else b"\n".join(flat(value))
            yield f"Redis at {key[:40]!r}", key + b"\n" + whole


def flat(value):
    """All bytes somewhere in a value."""
    if isinstance(value, bytes):
        yield value
    elif isinstance(value, dict):
        for pair in value.items():
            yield from flat(pair)
    elif isinstance(value, list | set | tuple):
        for each in value:
            yield from flat(each)


@pytest.fixture
def overheard(world):
    return Overhearing(world)


@pytest.fixture
def recorded(settings, world, clock, overheard):
    """An app whose every answer is noted."""
    parts = services.build(settings, transport=overheard, clock=clock)
    app = create_app(parts)
    app.wsgi_app = Recorder(app.wsgi_app)
    yield app
    parts.redis.connection_pool.disconnect()


@pytest.fixture
def lines(recorded):
    """The lines of all loggers at DEBUG, those of the app and of its libraries."""
    handler = Lines()
    loggers = [logging.getLogger(), logging.getLogger("zoomapp")]
    before = [(logger, logger.level) for logger in loggers]
    for logger in loggers:
        logger.addHandler(handler)
        logger.setLevel(logging.DEBUG)
    yield handler.lines
    for logger, level in before:
        logger.removeHandler(handler)
        logger.setLevel(level)


def webhook(person, clock, event, secret):
    body = json.dumps(event).encode()
    stamp = str(int(clock()))
    mac = hmac.new(secret.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
    headers = {"x-zm-request-timestamp": stamp, "x-zm-signature": f"v0={mac}"}
    person.post("/api/zoomapp/webhook", data=body, content_type="application/json", headers=headers).close()


def look_around(person):
    """Every page, and the first of what its lists lead to."""
    seen = [person.look(path) for path in PAGES]
    for link in {link for page in seen for link in re.findall(r'href="(/(?:meetings|recordings)/[^"?#]+)"', page.text)}:
        person.look(link).close()
    for path in (ME, "/zoom/api/v2/users/me/meetings?type=scheduled", "/zoom/api/v2/nothing", "/zoom/api/v2/../oauth"):
        person.get(path)


def test_no_secret_leaves(recorded, world, clock, settings, overheard, lines):
    app, spoken = recorded, recorded.wsgi_app
    dana, jonas, priya = (Person(app, world, name) for name in ("dana", "jonas", "priya"))
    seen = []

    # Signed in by redirect; every page; a meeting made, changed, started and removed.
    dana.connect()
    look_around(dana)
    made = dana.post("/zoom/api/v2/users/me/meetings", json={"topic": "A secret start", "type": 2}).json
    dana.post(f"/meetings/{made['id']}/start").close()
    dana.get(f"/meetings/{made['id']}.ics").close()
    dana.browser.delete(f"/zoom/api/v2/meetings/{made['id']}")
    # Signed in inside Zoom's client.
    jonas.open_from_zoom()
    known = set(overheard.secrets)
    jonas.authorize_in_client()
    # Zoom's client knows PKCE "plain" only: there the page gets the verifier itself.
    for name in set(overheard.secrets) - known:
        if name.startswith("code_verifier"):
            del overheard.secrets[name]
    look_around(jonas)
    # Renewed ahead of time, on time and on demand; each failure there is, of the API and of the token endpoint.
    priya.connect()
    for name in PRESETS:
        clock.tick(3600)
        world.faults.add(name)
        priya.look("/meetings")
        priya.get(ME)
        for path in NAMING:
            priya.get(path)
        world.faults.clear()
        # The moment is over for which a failure of the token endpoint is shared.
        app.extensions["zoomapp"].tokens.store.save_failure(priya.id, "", 0.001)
        if priya.get(ME).status_code == 401:
            priya.connect()
    seen += dump(settings.redis_url)
    # Failures that could name a person.
    world.faults.append(Fault("GET /v2/users/**", drop="before"))
    for path in NAMING:
        assert priya.get(path).status_code == 502
    world.faults.clear()
    refusal = {"code": 1001, "message": f"User does not exist: {NAMED}."}
    world.faults.append(Fault("GET /v2/users/me/meetings", 404, body=refusal))
    assert priya.look("/meetings").status_code == 404
    world.faults.clear()
    # Sign-ins that go wrong, with everything a callback may bring.
    stranger = Person(app, world, "ada")
    back = stranger.consent(stranger.get("/api/zoomapp/install").location)
    stranger.get(back.replace("state=", "state=x"))
    stranger.get(stranger.consent(stranger.get("/api/zoomapp/install").location, "deny"))
    for path in ("?code=abcdefgh", "?error=access_denied", "?state=%25", ""):
        stranger.get(f"/api/zoomapp/auth{path}")
    overheard.secrets["a code that was not exchanged"] = dict(parse_qsl(urlsplit(back).query))["code"].encode()
    stranger.get("/api/zoomapp/home", headers={"X-Zoom-App-Context": "no context of Zoom's"})
    stranger.authorize_in_client(state="wrong")
    stranger.post("/api/zoomapp/onauthorized", data="{", content_type="application/json")
    # Events, real and forged; then goodbye in both ways.
    secret = settings.zoom_webhook_secret
    removal = {"user_id": jonas.id, "client_id": world.client_id, "deauthorization_time": "2036-03-02T10:00:00Z"}
    for with_secret in ("forged", secret):
        webhook(stranger, clock, {"event": "endpoint.url_validation", "payload": {"plainToken": "abc"}}, with_secret)
        webhook(stranger, clock, {"event": "app_deauthorized", "payload": removal}, with_secret)
    cookies = {person.name: person.browser.get_cookie("zoomapp").value for person in (dana, jonas, priya)}
    seen += dump(settings.redis_url)
    dana.post("/api/zoomapp/disconnect")
    priya.post("/api/zoomapp/logout")
    look_around(dana)
    seen += dump(settings.redis_url)

    secrets = {
        "client secret": settings.zoom_client_secret.encode(),
        "webhook secret": secret.encode(),
        "session secret": settings.secret_key.encode(),
        "token key": settings.token_encryption_keys[0],
        **overheard.secrets,
    }
    personal = {f"user id of {name}": world.user(name).id.encode() for name in ("dana", "jonas", "priya")}
    personal |= {f"session of {name}": value.partition(".")[2].encode() for name, value in cookies.items()}
    personal |= {"somebody's address": NAMED.encode()}
    answers = [(place, head + b"\n" + body) for place, head, body in spoken.answers]
    assert len(secrets) > 40 and len(answers) > 150 and len(lines) > 100 and len(seen) > 15
    assert leaks(secrets, [*answers, *lines, *seen]) == []
    assert leaks(personal, [*lines, *seen]) == []
    # A start link makes its holder the host, so only the host's own script or browser may get it.
    keys = {key for _, answer in answers for key in re.findall(rb"zak=([\w.-]{8,})", answer)}
    pages = [(place, body) for place, head, body in spoken.answers if b"text/html" in head and b"302" not in head[:4]]
    assert keys and len(pages) > 50
    assert leaks({f"start link {n}": key for n, key in enumerate(keys)}, [*pages, *lines, *seen]) == []


@pytest.mark.parametrize("offset", [0, 1, 2])
def test_the_search_finds_a_secret_in_every_spelling(offset):
    secret = b"s3cr/t+v?lue~"
    text = b"x" * offset + secret + b"yz"

    for spelled in (text, quote(secret).encode(), secret.hex().encode(), secret.hex().upper().encode()):
        assert leaks({"it": secret}, [("here", b"around" + spelled + b"around")]) == ["it in here"]
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        assert leaks({"it": secret}, [("here", encode(text))]) == ["it in here"]
    assert leaks({"it": secret}, [("here", b"s3cr/t value and all that")]) == []
    assert len(forms(secret)) >= 9
