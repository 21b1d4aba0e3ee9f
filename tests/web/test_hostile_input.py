"""No input gives a 500: hostile values in every place of every route's request."""

import hashlib
import hmac
import io
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.people import NOON, Browser
from zoomapp import create_app

WEB = Path(__file__).resolve().parent.parent.parent / "zoomapp" / "web"

DEEP = 60_000
#: Percent-encoded, as in an address.
VALUES = [
    "",
    "%00",
    "%0d%0aX-Injected:1",
    "%c0%ae%c0%ae",
    "%ed%a0%80",
    "%zz",
    "%c2%9b%e2%80%ae%e2%80%a8",
    "%2f%2f%5b",
    "https:%2f%2f%5b",
    "%(x)s",
    "9" * 4300,
    "9" * 19,
    "1e400",
    "nan",
    "%d9%a3",
    "0001-01-01",
    "9999-12-31",
    "2026-W01-1",
    "%f0%9f%98%80" * 60,
]
#: Values for the variable parts of a path.
PATHS = ["0", "9" * 5000, "..%2f..%2fetc%2fpasswd", "%", "85000000101", "0" * 22, "A" * 22, *VALUES]
QUERY = ["anyway", "at", "began", "code", "error", "from", "left", "names", "once", "passcode", "q", "restart", "rows"]
QUERY += ["next", "show", "sort", "state", "theme", "to", "hit", "page", "speaker", "view"]
QUERY += ["occurrence", "topic", "duration", "status", "open"]
QUERY += ["series", "session", "sessions", "before", "first", "second", "edit", "who", "entry"]
QUERY += ["match", "matched", "others", "questions"]
DATES = [
    "0001-01-01",
    "0001-01-31",
    "0001-12-31",
    "2011-01-01",
    "2026-01-01",
    "9999-12-01",
    "9999-12-31",
    "nonsense",
    "",
]
FORM = ["topic", "date", "time", "duration", "zone", "passcode", "agenda", "repeat", "interval", "weekdays", "count"]
FORM += ["back", "head", "look", "once", "shown", "text", "theme", "to", "zone_name", "late_minutes", "refresh_seconds"]
FORM += ["announce", "share_with_cohosts", "share_with_participants", "hour12", "waiting_room", "join_before_host"]
FORM += ["at", "loaded", "occurrence", "conflicts", "overlap", "take", "alternative_hosts", "registration", "watermark"]
FORM += [
    "status",
    "action",
    "only",
    "person",
    "everyone",
    "confirmed",
    "kind",
    "people",
    "email",
    "first_name",
    "last_name",
]
FORM += ["approve", "send_email", "session", "list", "keep", "who", "entry", "answer", "names", "registrant"]
JSON_FIELDS = [
    "code",
    "state",
    "redirectUri",
    "href",
    "context",
    "address",
    "requests",
    "uuid",
    "participants",
    "event",
]
JSON_VALUES = [
    None,
    True,
    0,
    -1,
    10**30,
    1.5,
    "",
    "\0",
    "https://[",
    "https://[::1",
    "//[",
    "http://localhost\\@evil.example",
    "\x9b\u202e\u2028",
    "x" * 5000,
    [],
    [[]],
    {},
    [{"path": "https://["}],
    ["/users/\ud800"],
    "\ud800",
    "/meetings/" + "9" * 5000,
    "/recordings.csv?from=0001-01-01",
    "%",
]
#: Bodies that are not a JSON object, or hard to parse.
BODIES = [
    b"[" * DEEP,
    b"[" * DEEP + b"]" * DEEP,
    b'{"a":' * DEEP + b"1" + b"}" * DEEP,
    f'{{"code":{"[" * DEEP}{"]" * DEEP}}}'.encode(),
    b"",
    b"{",
    b"null",
    b"[]",
    b'"text"',
    b"1e999",
    b"NaN",
    b"\xff\xfe{\x00}\x00",
    b'{"a":"\xff"}',
    b'{"code":"\\ud800"}',
    b'{"requests":["\\ud800"]}',
    b'{"requests":["/users/me"],"requests":1}',
    b"9" * 5000,
    b'{"a":' + b"9" * 5000 + b"}",
]
HEADERS = ["Accept", "Accept-Encoding", "Accept-Language", "Authorization", "Cache-Control", "Content-Length"]
HEADERS += ["Content-Type", "Cookie", "Host", "If-Modified-Since", "If-None-Match", "Origin", "Range", "Referer"]
HEADERS += ["Sec-Fetch-Site", "Transfer-Encoding", "User-Agent", "Via", "X-Forwarded-For", "X-Forwarded-Proto"]
HEADERS += ["X-Zoom-App-Context", "x-zm-request-timestamp", "x-zm-signature"]
HEADER_VALUES = ["", "\x01", "\xff\x9b", "https://[", "[", "=", ";", ",", "q=;q", "*/*;q=nan", "9" * 5000, "bytes=9-1"]
HEADER_VALUES += [
    "zoomapp=\xff; zone=\x9b",
    "zone=Europe/\0; zoomapp=..",
    "-1",
    "\xd9\xa3",
    "multipart/form-data",
    "null",
]


#: The proxy passes bodies and queries to Zoom unread.
PROXIED = ("/zoom/api/", "/zoom/api/<path:_>")


ENDING_THE_SESSION = ("/api/zoomapp/logout", "/api/zoomapp/disconnect")
#: These get every hostile value and body; the other routes, which ignore JSON, get a selection.
READING_JSON = (
    "/api/zoomapp/context",
    "/api/zoomapp/onauthorized",
    "/api/zoomapp/webhook",
    "/api/zoomapp/seat",
    "/files",
    "/participants/<key>/sighted",
    "/participants/cohosted",
    "/participants/own",
    "/zoom/api/batch",
)


class Attacker:
    """Sends requests in Dana's session. A response with status 500 fails the test."""

    def __init__(self, person):
        self._browser: Browser = person.browser

    def send(self, method, address, **options):
        headers = {"Accept": "text/html", **options.pop("headers", {})}
        response = self._browser.open(address, method=method, headers=headers, **options)
        assert response.status_code != 500, (method, address[:300], options, headers)
        assert "internal_error" not in response.text


@pytest.fixture
def attacker(dana):
    return Attacker(dana)


def all_rules(app):
    return [(rule.rule, sorted(rule.methods - {"OPTIONS", "HEAD"})) for rule in app.url_map.iter_rules()]


def rotated(names, values, start, count):
    """``count`` dicts, each with a different value for each name.

    Each route begins at another ``start``, so that over all routes every name gets every value.
    """
    step = len(values) // count + 1
    for number in range(count):
        offset = start + number * step
        yield {name: values[(offset + position) % len(values)] for position, name in enumerate(names)}


def fill(rule, value):
    """The rule as an address, with this value in each of its variable parts."""
    return re.sub(r"<(?:[^>]*:)?[^>]*>", lambda _: value, re.sub(r"<any\('(\w+)'[^>]*>", r"\1", rule))


def test_the_lists_name_every_parameter_of_the_app():
    source = "".join(path.read_text() for path in WEB.rglob("*.py"))
    query = set(re.findall(r'request\.args(?:\.get\(|\[)"(\w+)"', source))
    query |= set(re.findall(r'"(\w+)" (?:not )?in request\.args', source))
    form = set(re.findall(r'request\.form(?:\.get\(|\.getlist\(|\[)"(\w+)"', source))

    assert query <= set(QUERY)
    assert form <= set(FORM)


def test_hostile_paths_give_no_500(app, attacker):
    for rule, methods in all_rules(app):
        for number, value in enumerate(PATHS if "<" in rule else [""]):
            for method in methods:
                accept = ("text/html", "application/json")[number % 2]
                attacker.send(method, fill(rule, value), headers={"Accept": accept})


def test_hostile_query_parameters_give_no_500(app, attacker):
    names = [name for name in QUERY if name != "once"]
    for start, (rule, methods) in enumerate(all_rules(app)):
        if "GET" in methods and rule not in PROXIED:
            for fields in rotated(names, VALUES, start, count=4):
                query = "&".join(f"{name}={value}" for name, value in fields.items())
                attacker.send("GET", f"{fill(rule, '85000000101')}?{query}")
            attacker.send("GET", f"{fill(rule, '0' * 22)}?%ff=%ff&=&once=%00&once&{'&' * 2000}")


@pytest.mark.parametrize("path", ["/recordings", "/recordings.csv"])
def test_no_range_of_days_gives_a_500(attacker, path):
    for first in DATES:
        for last in DATES:
            attacker.send("GET", f"{path}?from={first}&to={last}")


def test_no_moment_and_no_number_of_rows_gives_a_500(attacker):
    numbers = [*VALUES, "-1", "0", "-inf", "1e18", "%c2%b2", "9" * 4299]
    for path in ("/participants/85000000101", "/participants/85000000101/live"):
        for value in numbers:
            attacker.send("GET", f"{path}?sort=time&show=here&at={value}&rows={value}")


def test_hostile_forms_give_no_500(app, attacker):
    good = {"topic": "A", "date": "2026-03-09", "time": "14:00", "zone": "Asia/Tokyo", "duration": "30", "count": "1"}
    for start, (rule, methods) in enumerate(all_rules(app)):
        if "POST" in methods and rule not in (*ENDING_THE_SESSION, *PROXIED):
            for fields in rotated(FORM, VALUES, start, count=6):
                encoded = "&".join(f"{name}={value}" for name, value in fields.items())
                kind = "application/x-www-form-urlencoded"
                attacker.send("POST", fill(rule, "85000000101"), data=encoded, content_type=kind)
            broken = {"data": b"--x\r\n\xff", "content_type": "multipart/form-data; boundary=x"}
            attacker.send("POST", fill(rule, "85000000101"), **broken)
            attacker.send("POST", fill(rule, "85000000101"), data={"weekdays": (io.BytesIO(b"\0"), "\0")})
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
        for day in DATES:
            for hour in ("00:00", "23:59:59"):
                attacker.send("POST", "/meetings/new", data={**good, "zone": zone, "date": day, "time": hour})


def test_hostile_json_gives_no_500(app, attacker):
    assert {rule for rule, _ in all_rules(app)} >= set(READING_JSON)
    hostile = [json.dumps(dict.fromkeys(JSON_FIELDS, value)).encode() for value in JSON_VALUES]
    for start, (rule, methods) in enumerate(all_rules(app)):
        if "POST" in methods and rule not in ENDING_THE_SESSION:
            mixed = [json.dumps(fields).encode() for fields in rotated(JSON_FIELDS, JSON_VALUES, start, count=3)]
            for body in [*hostile, *BODIES] if rule in READING_JSON else [*mixed, *BODIES[start % 6 :: 6]]:
                attacker.send("POST", fill(rule, "85000000101"), data=body, content_type="application/json")


@pytest.mark.parametrize("path", ["/api/zoomapp/onauthorized", "/api/zoomapp/context", "/files", "/zoom/api/batch"])
@pytest.mark.parametrize("body", [body for body in BODIES if len(body) > DEEP], ids=lambda body: repr(body[:16]))
def test_json_nested_too_deep_is_a_bad_request(dana, path, body):
    answer = dana.post(path, data=body[:60_000] if path.endswith("batch") else body, content_type="application/json")

    assert (answer.status_code, answer.json["error"]) == (400, "bad_request")


@pytest.mark.parametrize("name", ["href", "redirectUri"])
def test_a_sign_in_in_the_client_with_a_hostile_address_is_refused(anyone, name):
    for value in ("https://[", "https://[::1", "//[", "http://localhost\\@evil.example", "\0", "http://localhost:x"):
        answer = anyone.authorize_in_client(**{name: value})

        assert (answer.status_code, answer.json["error"]) == (400, "sign_in_failed"), value


def test_signed_webhooks_with_hostile_bodies_give_no_500(attacker):
    objects = [json.dumps(dict.fromkeys(["event", "payload", "event_ts"], value)).encode() for value in JSON_VALUES]
    objects += [json.dumps({"event": "meeting.ended", "payload": value}).encode() for value in JSON_VALUES]
    for body in (*BODIES, *objects):
        stamp = str(int(NOON))
        mac = hmac.new(b"a-webhook-secret-of-the-tests", b"v0:" + stamp.encode() + b":" + body, hashlib.sha256)
        signed = {"x-zm-request-timestamp": stamp, "x-zm-signature": f"v0={mac.hexdigest()}"}
        attacker.send("POST", "/api/zoomapp/webhook", data=body, content_type="application/json", headers=signed)


#: A hostile value in one of these ends the request early, so each is sent alone.
DECIDING = {"Content-Length", "Cookie", "Origin", "Referer", "Sec-Fetch-Site", "Transfer-Encoding"}


def test_hostile_headers_give_no_500(app, attacker):
    names = [name for name in HEADERS if name not in DECIDING]
    for start, (rule, methods) in enumerate(all_rules(app)):
        for headers in rotated(names, HEADER_VALUES, start, count=5):
            attacker.send("GET" if "GET" in methods else methods[0], fill(rule, "85000000101"), headers=headers)


def test_each_hostile_header_by_itself_gives_no_500(attacker, dana):
    cookie = f"zoomapp={dana.browser.get_cookie('zoomapp').value}"
    for name in HEADERS:
        page = "/help" if name in ("Cookie", "Accept") else "/api/zoomapp/home"
        for number, value in enumerate(HEADER_VALUES):
            headers = {name: f"{value}; {cookie}" if name == "Cookie" else value}
            attacker.send("GET", (page, "/zoom/api/v2/users/me")[number % 2], headers=headers)
    for name in DECIDING:
        for value in HEADER_VALUES:
            attacker.send("POST", "/settings/theme", data={"theme": "dark"}, headers={name: value})


def test_hostile_paths_of_another_frontends_build_give_no_500(tmp_path, settings, parts, world):
    (tmp_path / "index.html").write_text("hello")
    app = create_app(replace(parts, settings=replace(settings, frontend_dir=str(tmp_path))))
    browser = Browser(app, app.response_class)
    for value in PATHS:
        assert browser.get(f"/api/zoomapp/proxy/{value}").status_code < 500, value


def test_unknown_methods_give_no_500(attacker):
    for path in ("/", "/meetings/85000000101/start", "/zoom/api/v2/users/me", "/static/css/base.css", "/nowhere"):
        for method in ("TRACE", "PROPFIND", "x" * 3000, "\x9b", "get"):
            attacker.send(method, path)
