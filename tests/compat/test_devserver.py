"""A development server behind the same address: it gets no secrets of the app, and can only serve files."""

import gzip
import threading
from collections.abc import Callable
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from flask import request

from tests.support.processes import HANG_SECONDS
from tests.web.reading import HEADERS
from zoomapp import deadline
from zoomapp.errors import FrontendAway, NotFound
from zoomapp.web.frontend.dev_server import VIA, relay, target

DOOR = "/api/zoomapp/proxy"
PAGE = b"<!doctype html><title>Being developed</title>"


class DevServer:
    """A server with planned answers; ``seen`` holds the target and the headers of each request."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, str, dict[str, str]]] = []
        self.status, self.headers, self.body = 200, {"Content-Type": "text/html"}, PAGE
        self.answer: Callable[[BaseHTTPRequestHandler], None] | None = None
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def _handler(server: DevServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            sent = {name.lower(): value for name, value in self.headers.items()}
            server.seen.append((self.command, self.path, sent))
            if server.answer:
                server.answer(self)
                return
            self.send_response(server.status)
            for name, value in {"Content-Length": str(len(server.body)), **server.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(server.body)

        do_HEAD = do_GET

        def log_message(self, *_: object) -> None:
            """Say nothing on the terminal."""

    return Handler


@pytest.fixture
def dev():
    server = DevServer()
    yield server
    server.close()


@pytest.fixture
def settings(settings, dev):
    return replace(settings, frontend_url=dev.url)


def test_the_home_url_opens_the_development_server(anyone):
    door = anyone.open_from_zoom(typ="meeting").location

    answer = anyone.look(door)

    assert (door, answer.status_code, answer.data) == (DOOR, 200, PAGE)
    assert answer.content_type == "text/html"
    assert answer.headers["Cache-Control"] == "no-store"
    assert all(answer.headers[name] for name in HEADERS)
    rules = dict(rule.split(" ", 1) for rule in answer.headers["Content-Security-Policy"].split("; "))
    assert rules["style-src"] == "'self' 'unsafe-inline'"
    assert rules["script-src"] == "'self' https://appssdk.zoom.us"


STYLED = b"""<!doctype html><script src="/api/zoomapp/proxy/static/js/bundle.js"></script><p>Being developed</p>"""
STYLING = b"""const style = document.createElement("style");
style.append("p { color: rgb(1, 2, 3) }");
document.head.append(style);"""


def test_styles_added_by_the_development_servers_script_apply(dev, serve_app, redis_url, page):
    dev.answer = lambda request: respond(
        request, *((STYLING, "text/javascript") if ".js" in request.path else (STYLED, "text/html"))
    )
    app = serve_app(redis_url, "http://127.0.0.1:1", workers=1, FRONTEND_URL=dev.url)

    page.goto(f"{app.url}{DOOR}")

    assert page.locator("p").evaluate("shown => getComputedStyle(shown).color") == "rgb(1, 2, 3)"


def respond(request, body, media_type):
    request.send_response(200)
    request.send_header("Content-Type", media_type)
    request.send_header("Content-Length", str(len(body)))
    request.end_headers()
    request.wfile.write(body)


def test_the_development_server_is_asked_for_the_whole_path(anyone, dev):
    for path in (DOOR, f"{DOOR}/", f"{DOOR}/static/js/bundle.js?v=a%2Fb&c=%C3%A9", f"{DOOR}/@vite/a%20b"):
        anyone.get(path)

    assert [path for _, path, _ in dev.seen] == [
        DOOR,
        f"{DOOR}/",
        f"{DOOR}/static/js/bundle.js?v=a%2Fb&c=%C3%A9",
        f"{DOOR}/@vite/a%20b",
    ]


def test_the_development_server_gets_no_cookie_no_credentials_and_no_app_context(dana, dev, world):
    private = {
        "Authorization": "Bearer of-the-person",
        "X-Zoom-App-Context": world.seal_context("dana"),
        "Referer": "http://localhost/meetings",
        "X-Forwarded-For": "203.0.113.7",
        "X-Anything": "else",
        "User-Agent": "of the person",
        "Accept-Language": "de",
    }
    dana.get(DOOR, headers=private)

    ((_, _, sent),) = dev.seen
    assert set(sent) <= {"host", "accept", "accept-encoding", "accept-language", "user-agent", "via"}
    assert "of the person" not in sent["user-agent"]
    assert sent["via"] == VIA
    assert sent["host"] == dev.url.removeprefix("http://")
    assert sent["accept-language"] == "de"


def test_cookies_and_policies_of_the_development_server_are_not_passed_on(anyone, dev):
    dev.headers |= {
        "Set-Cookie": "zoomapp=chosen; Path=/",
        "Access-Control-Allow-Origin": "*",
        "Content-Security-Policy": "default-src *",
        "Cache-Control": "max-age=600",
        "Clear-Site-Data": '"cookies"',
        "Server": "dev",
    }

    headers = anyone.get(DOOR).headers

    assert not {"Set-Cookie", "Access-Control-Allow-Origin", "Clear-Site-Data", "Server"} & set(headers.keys())
    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "no-store"


def test_compressed_bodies_and_head_requests_are_passed_on_unchanged(anyone, dev):
    dev.body = gzip.compress(PAGE)
    dev.headers["Content-Encoding"] = "gzip"

    whole = anyone.get(DOOR, headers={"Accept-Encoding": "gzip"})
    head = anyone.browser.head(DOOR)

    assert (whole.content_encoding, gzip.decompress(whole.data)) == ("gzip", PAGE)
    assert (head.data, head.content_length, dev.seen[-1][0]) == (b"", len(dev.body), "HEAD")


def test_a_file_without_a_content_type_stays_without_one(anyone, dev):
    dev.headers = {}

    assert "Content-Type" not in anyone.get(f"{DOOR}/notes").headers


def test_a_large_bundle_is_streamed(anyone, dev):
    dev.body, dev.headers = b"x" * 3_000_000, {"Content-Type": "text/javascript"}

    assert anyone.get(f"{DOOR}/bundle.js").data == dev.body


def test_a_404_of_the_development_server_is_passed_on(anyone, dev):
    dev.status, dev.body = 404, b"not here"

    answer = anyone.get(f"{DOOR}/nothing.js")

    assert (answer.status_code, answer.data) == (404, b"not here")


@pytest.mark.parametrize("location", [f"{DOOR}/", "proxy/", f"{DOOR}/?a=b"])
def test_the_development_server_may_redirect_within_the_frontend(anyone, dev, location):
    dev.status, dev.headers["Location"] = 301, location

    answer = anyone.get(DOOR)

    assert (answer.status_code, answer.location.split("?")[0]) == (301, f"{DOOR}/")


@pytest.mark.parametrize(
    "location",
    [
        "https://evil.example/",
        "//evil.example/",
        "/api/zoomapp/install",
        "/",
        f"{DOOR}x",
        "../auth?code=1",
        f"{DOOR}/%2e%2e/auth",
        rf"{DOOR}\..\install",
        r"\\evil.example",
        r"/\evil.example",
        r"https:\\evil.example",
        "https://[",
        "",
    ],
)
def test_the_development_server_may_not_redirect_elsewhere(anyone, dev, location):
    dev.status, dev.headers["Location"] = 302, location

    answer = anyone.get(f"{DOOR}/")

    assert (answer.status_code, "Location" in answer.headers) == (502, False)


@pytest.mark.parametrize(
    "path",
    ["../install", "%2e%2e/install", "a/%2e%2e%2f%2e%2e/x", "%252e%252e/x", "a%5c..%5cx", "./x", "%2e/x", "a/.."],
)
def test_no_path_outside_of_the_frontend_reaches_the_development_server(anyone, dev, path):
    assert anyone.get(f"{DOOR}/{path}").status_code == 404
    assert dev.seen == []


@pytest.mark.parametrize(
    "location", [r"\@evil.example{DOOR}/", "@evil.example{DOOR}/", ".evil.example{DOOR}/", "0{DOOR}/"]
)
def test_the_development_server_may_not_redirect_to_a_host_with_its_own_as_prefix(anyone, dev, location):
    dev.status, dev.headers["Location"] = 302, dev.url + location.replace("{DOOR}", DOOR)

    assert anyone.get(f"{DOOR}/").status_code == 502


def test_a_redirect_to_the_development_servers_address_becomes_one_to_the_app(anyone, dev):
    dev.status, dev.headers["Location"] = 302, f"{dev.url}{DOOR}/next?a=b"

    answer = anyone.get(DOOR)

    assert (answer.status_code, answer.location) == (302, f"{DOOR}/next?a=b")


@pytest.mark.parametrize("query", [r"a=\b", "a=%zz", "a=<b>"])
def test_an_ambiguous_query_does_not_reach_the_development_server(anyone, dev, query):
    assert anyone.get(DOOR, environ_overrides={"QUERY_STRING": query}).status_code == 404
    assert dev.seen == []


def test_file_names_may_contain_dots():
    assert target(f"{DOOR}/node_modules/.vite/deps/a..b.js", b"") == f"{DOOR}/node_modules/.vite/deps/a..b.js"
    with pytest.raises(NotFound):
        target(f"{DOOR}/..", b"")


def test_only_reads_reach_the_development_server(anyone, dev):
    for method in ("POST", "PUT", "DELETE", "OPTIONS"):
        anyone.browser.open(DOOR, method=method)

    assert dev.seen == []


def test_a_development_server_that_does_not_run_is_reported(anyone, dev):
    dev.close()

    page, script = anyone.look(DOOR), anyone.get(f"{DOOR}/static/js/bundle.js")

    assert page.status_code == script.status_code == 502
    assert "The frontend is not running" in page.text
    assert script.json["error"] == "upstream_error"


def test_a_truncated_body_is_not_passed_on_as_complete(anyone, dev):
    dev.headers |= {"Content-Length": str(len(PAGE) + 10), "Connection": "close"}

    assert anyone.get(DOOR).status_code == 502


def test_a_server_that_never_answers_does_not_hold_the_request(app, dev):
    may_answer = threading.Event()
    dev.answer = lambda _: may_answer.wait(HANG_SECONDS)

    with app.test_request_context(DOOR):
        deadline.start(0.2)
        with pytest.raises(FrontendAway):
            relay(dev.url, request)

    may_answer.set()


def test_a_frontend_url_that_leads_back_to_the_app_ends_after_one_request(anyone, dev):
    answer = anyone.get(DOOR, headers={"Via": f"1.0 edge, {VIA}"})

    assert answer.status_code == 502
    assert dev.seen == []
