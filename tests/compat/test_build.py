"""The folder of a build is served at the address that its page expects, and no file outside of it."""

import base64
import os
from dataclasses import replace
from hashlib import sha256

import pytest

from offline_zoom.faults import Fault
from tests.compat.conftest import HASHED
from tests.support.people import OWN, ZOOM, Person
from tests.web.reading import HEADERS
from zoomapp import create_app
from zoomapp.web.frontend.build import HELD_BYTES, cache_control

DOOR = "/api/zoomapp/proxy"
SECRET = "outside the folder"


@pytest.fixture
def settings(settings, build):
    (build.parent / "secret.txt").write_text(SECRET)
    return replace(settings, frontend_dir=str(build))


@pytest.fixture
def plain(app, parts, world):
    """A visitor of an app that serves no other frontend."""
    own = replace(parts, settings=replace(parts.settings, frontend_dir=""))
    return Person(create_app(own), world, "dana")


@pytest.mark.parametrize("typ", ["meeting", "panel"])
def test_the_home_url_opens_the_frontend_with_a_session(anyone, typ):
    answer = anyone.open_from_zoom(typ=typ)

    assert (answer.status_code, answer.location) == (302, DOOR)
    assert anyone.browser.get_cookie("zoomapp")


def test_every_entry_address_leads_to_the_frontend(anyone, world):
    in_meeting = anyone.post("/api/zoomapp/context", json={"context": world.seal_context("dana", "meeting")})
    root = anyone.get("/", headers={"X-Zoom-App-Context": world.seal_context("dana")})
    without = anyone.look("/api/zoomapp/home")

    assert in_meeting.json["location"] == root.location == DOOR
    assert f'href="{DOOR}"' in without.text


def test_sign_in_in_a_browser_ends_in_zoom(anyone):
    answer = anyone.connect()

    assert answer.status_code == 302
    assert answer.location.startswith(f"{ZOOM}/launch/")


def test_sign_in_in_a_browser_ends_at_the_frontend_if_zoom_gives_no_link(anyone, world):
    world.faults.append(Fault("POST /v2/zoomapp/deeplink", 500, body={"code": 500}))
    installed = anyone.connect()
    code = world.issue_code("dana", f"{OWN}/api/zoomapp/auth")
    added = anyone.get(anyone.consent(anyone.get(anyone.get(f"/api/zoomapp/auth?code={code}").location).location))

    assert (installed.location, added.location) == (DOOR, DOOR)


def test_without_a_frontend_both_addresses_lead_to_our_own_pages(plain):
    assert plain.open_from_zoom(typ="meeting").location == "/participants"
    for path in (DOOR, f"{DOOR}/"):
        assert (plain.get(path).status_code, plain.get(path).location) == (302, "/")
    assert plain.get(f"{DOOR}/{HASHED}").status_code == 404


@pytest.mark.parametrize("path", [DOOR, f"{DOOR}/", f"{DOOR}/index.html"])
def test_the_frontends_page_is_not_cached_and_has_the_four_headers(anyone, path):
    answer = anyone.look(path)

    assert (answer.status_code, answer.content_type) == (200, "text/html; charset=utf-8")
    assert answer.headers["Cache-Control"] == "no-store"
    assert all(answer.headers[name] for name in HEADERS)


def test_the_frontends_content_policy_allows_the_samples_hosts_and_nothing_inline(anyone):
    rules = dict(rule.split(" ", 1) for rule in anyone.look(DOOR).headers["Content-Security-Policy"].split("; "))

    assert rules["script-src"] == "'self' https://appssdk.zoom.us"
    assert rules["img-src"] == "'self' data: https://images.unsplash.com"
    assert rules["style-src"] == f"'self' 'sha256-{base64.b64encode(sha256(b'').digest()).decode()}'"
    assert rules["connect-src"] == rules["default-src"] == "'self'"
    assert rules["frame-ancestors"] == f"'self' https://zoom.us https://*.zoom.us https://*.zoom.com {ZOOM}"
    assert "unsafe" not in str(rules)


def test_our_own_pages_keep_their_own_policy(anyone):
    assert "appssdk" not in anyone.look("/").headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        (HASHED, "text/javascript; charset=utf-8"),
        ("static/css/main.9f8e7d6c.css", "text/css; charset=utf-8"),
        ("manifest.json", "application/json"),
        ("favicon.ico", "image/vnd.microsoft.icon"),
        ("logo192.png", "image/png"),
        ("static/js/main.1a2b3c4d.js.map", "application/json"),
        ("static/media/icons.0a1b2c3d4e5f.woff2", "font/woff2"),
        ("static/media/cat.0a1b2c3d.svg", "image/svg+xml"),
    ],
)
def test_files_of_the_build_have_their_content_types(anyone, build, name, kind):
    (build / "static/media").mkdir(exist_ok=True)
    (build / name).touch()

    answer = anyone.get(f"{DOOR}/{name}")

    assert (answer.status_code, answer.content_type) == (200, kind)
    assert answer.data == (build / name).read_bytes()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("static/js/main.1a2b3c4d.js", "public, max-age=31536000, immutable"),
        ("static/js/453.8beb8d2d.chunk.js.map", "public, max-age=31536000, immutable"),
        ("static/media/cat.0a1b2c3d4e5f6a7b8c9d.svg", "public, max-age=31536000, immutable"),
        ("static/js/main.js", "no-cache"),
        ("reports.20240101.json", "no-cache"),
        ("manifest.json", "no-cache"),
        ("index.html", "no-store"),
        ("static/old.1a2b3c4d.html", "no-store"),
    ],
)
def test_only_hashed_files_are_cached_for_a_year(name, expected):
    assert cache_control(name) == expected


def test_a_missing_file_is_not_cached(anyone):
    answer = anyone.get(f"{DOOR}/static/js/gone.1a2b3c4d.js")

    assert (answer.status_code, answer.headers["Cache-Control"]) == (404, "no-store")


def test_a_new_build_is_served_without_a_restart(anyone, build):
    before = anyone.get(DOOR).data
    (build / "index.html").write_text("<!doctype html><title>Another build</title>")

    assert b"Another build" not in before
    assert b"Another build" in anyone.get(DOOR).data


def test_files_are_compressed_and_revalidated_with_an_empty_304(anyone, build):
    (build / "words.txt").write_text("again and " * 1000)

    whole = anyone.get(f"{DOOR}/words.txt", headers={"Accept-Encoding": "gzip"})
    again = anyone.get(f"{DOOR}/words.txt", headers={"If-None-Match": anyone.get(f"{DOOR}/words.txt").headers["ETag"]})

    assert whole.content_encoding == "gzip" and len(whole.data) < 200
    assert (again.status_code, again.data) == (304, b"")


def test_a_large_file_is_streamed_whole_and_in_parts(anyone, build):
    (build / "film.mp4").write_bytes(os.urandom(HELD_BYTES + 1))

    whole = anyone.get(f"{DOOR}/film.mp4")
    part = anyone.get(f"{DOOR}/film.mp4", headers={"Range": "bytes=5-14"})

    assert whole.data == (build / "film.mp4").read_bytes()
    assert (whole.content_type, whole.headers["Cache-Control"]) == ("video/mp4", "no-cache")
    assert (part.status_code, part.data) == (206, whole.data[5:15])


@pytest.mark.parametrize(
    "name",
    [
        "../secret.txt",
        "static/../../secret.txt",
        "%2e%2e/secret.txt",
        "%2e%2e%2fsecret.txt",
        "..%2fsecret.txt",
        "static/%2e%2e/%2e%2e/secret.txt",
        "%252e%252e%252fsecret.txt",
        "..%5csecret.txt",
        "..\\secret.txt",
        "//secret.txt",
        "link.txt",
        "folder/secret.txt",
        ".env",
        "static/.git/config",
        "static/../index.html",
        "index.html/",
        "index.html%00.js",
        "static",
        "a" * 300,
        "%ff%fe",
    ],
)
def test_files_outside_of_the_build_are_not_served(anyone, build, name):
    (build / "link.txt").symlink_to(build.parent / "secret.txt")
    (build / "folder").symlink_to(build.parent)
    (build / ".env").write_text(SECRET)
    (build / "static/.git").mkdir()
    (build / "static/.git/config").write_text(SECRET)

    answer = anyone.get(f"{DOOR}/{name}")

    assert answer.status_code == 404
    assert SECRET not in answer.text


def test_an_absolute_path_is_not_served(anyone, build):
    answer = anyone.get(f"{DOOR}/{build.parent}/secret.txt")

    assert answer.status_code == 404


def test_writes_to_the_frontend_are_refused(anyone):
    for method in ("POST", "PUT", "DELETE"):
        assert anyone.browser.open(DOOR, method=method).status_code == 405


def test_the_frontend_uses_no_redis_command_and_sets_no_cookie(dana, parts):
    parts.call_log.stop()  # it saves calls once a second
    before = parts.redis.info("stats")["total_commands_processed"]
    answers = [dana.get(path) for path in (DOOR, f"{DOOR}/{HASHED}", "/hello")]

    assert parts.redis.info("stats")["total_commands_processed"] - before == 1  # the first reading itself
    assert not any("Set-Cookie" in answer.headers for answer in answers)


def test_our_own_pages_may_frame_hello(anyone):
    answer = anyone.get("/hello")

    assert (answer.status_code, answer.text) == (200, "Hello from Rollcall!")
    assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in answer.headers


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"}]
)
def test_another_site_cannot_post_an_authorization_code(anyone, world, headers):
    signin = anyone.get("/api/zoomapp/authorize").json
    page = f"http://localhost{DOOR}#/userinfo"
    body = {"code": world.issue_code("dana", page, signin["codeChallenge"], "plain", in_client=True), "href": page}

    foreign = anyone.post("/api/zoomapp/onauthorized", json=body | {"state": signin["state"]}, headers=headers)
    own = anyone.post("/api/zoomapp/onauthorized", json=body, headers={"Sec-Fetch-Site": "same-origin"})

    assert (foreign.status_code, own.status_code) == (403, 200)
