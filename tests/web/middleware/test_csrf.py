"""CSRF protection: cross-site requests are refused, and requests of our own pages are accepted."""

from itertools import product

import pytest

from tests.support.people import Person

STATE = ["/api/zoomapp/logout", "/api/zoomapp/disconnect", "/api/zoomapp/onauthorized", "/api/zoomapp/context"]
ME = "/zoom/api/v2/users/me"
FOREIGN = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
    {"Origin": "https://evil.example"},
    {"Origin": "http://localhost.evil.example"},
    {"Origin": "http://localhost:81"},
    {"Origin": "null"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
]


@pytest.mark.parametrize("headers", FOREIGN)
@pytest.mark.parametrize("path", [*STATE, ME])
def test_a_cross_site_write_is_refused(dana, world, path, headers):
    answer = dana.post(path, json={}, headers=headers)

    assert (answer.status_code, answer.json["error"]) == (403, "cross_site")
    assert len(world.calls) == 0
    assert dana.get(ME).status_code == 200


FOREIGN_REFERERS = [
    "https://evil.example/",
    "https://evil.example/http://localhost/",
    "http://localhost.evil.example/",
    "http://localhost@evil.example/",
    "http://localhost:81/",
    "https://localhost/",
    "http://localhost\\@evil.example/",
    "http://[",
    "null",
    "about:blank",
    "//localhost/",
    "http://",
    "\x9b",
]


@pytest.mark.parametrize("referer", FOREIGN_REFERERS)
def test_a_write_with_only_a_foreign_referer_is_refused(dana, world, referer):
    for path in (*STATE, ME, "/settings", "/files", "/zoom/api/batch"):
        answer = dana.post(path, json={}, headers={"Referer": referer})

        assert (answer.status_code, answer.json["error"]) == (403, "cross_site"), path
    assert len(world.calls) == 0


def test_the_referer_is_checked_only_without_sec_fetch_site_and_origin(dana):
    foreign = {"Referer": "https://evil.example/"}

    assert dana.get("/help", headers=foreign).status_code == 200
    for better in ({"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://localhost"}):
        assert dana.get(ME, headers={**foreign, **better}).status_code == 200


#: Pages that hand out a start link, a passcode, an invitation, or what a sign-in is proved with.
MEETING = "/meetings/85000000101"
CREDENTIALS = [
    f"{MEETING}/start",
    f"{MEETING}/start?anyway=1",
    f"{MEETING}/start?once=anything",
    f"{MEETING}/passcode",
    f"{MEETING}/invitation",
    f"{MEETING}.ics?passcode=1",
    "/recordings/85000000101/passcode",
    "/api/zoomapp/authorize",
]
TYPED = {"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate"}
OWN_PAGE = {"Sec-Fetch-Site": "same-origin", "Referer": "http://localhost/meetings"}


FOREIGN_PAGES = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Referer": "https://evil.example/"},
]


@pytest.mark.parametrize("path", CREDENTIALS)
def test_another_site_cannot_open_a_page_with_a_credential(dana, world, path):
    for headers, method in product(FOREIGN_PAGES, ("GET", "HEAD")):
        answer = dana.browser.open(path, method=method, headers={**headers, "Accept": "text/html"})

        assert answer.status_code == 403, (method, headers)
        assert carries_what_zooms_client_looks_for(answer)
    assert {call.path for call in world.calls.all()} <= {"/v2/users/me"}


@pytest.mark.parametrize("path", [each for each in CREDENTIALS if "recordings" not in each])
def test_pages_with_a_credential_open_from_our_own_pages_and_from_a_typed_address(dana, path):
    for headers in ({}, TYPED, OWN_PAGE):
        assert dana.get(path, headers={**headers, "Accept": "text/html"}).status_code in (200, 302), headers


def test_a_page_without_a_credential_opens_from_another_site(dana):
    for path in (MEETING, f"{MEETING}.ics", "/recordings", "/api/zoomapp/install"):
        assert dana.get(path, headers={"Sec-Fetch-Site": "cross-site"}).status_code in (200, 302), path


def test_a_one_time_link_with_a_passcode_opens_from_zooms_web_client(dana, app, world):
    link = dana.post("/files", json={"address": f"{MEETING}.ics?passcode=1"}).json["url"]
    stranger = Person(app, world, "priya")

    answer = stranger.get(link.removeprefix("http://localhost"), headers={"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 200


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE"])
def test_another_site_cannot_use_the_proxy(dana, world, method):
    answer = dana.browser.open(ME, method=method, headers={"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 403
    assert len(world.calls) == 0


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"},
        {"Origin": "http://localhost"},
    ],
)
def test_requests_of_our_own_pages_are_accepted(dana, headers):
    assert dana.get(ME, headers=headers).status_code == 200
    assert dana.post("/api/zoomapp/logout", headers=headers).status_code == 200


def test_a_link_on_another_site_opens_a_page(dana):
    assert dana.get("/api/zoomapp/install", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 302


def test_no_response_has_cors_headers(dana):
    for path in (ME, "/healthz", "/api/zoomapp/authorize"):
        answer = dana.get(path, headers={"Origin": "http://localhost"})
        assert not [name for name in dict(answer.headers) if name.lower().startswith("access-control")]


def carries_what_zooms_client_looks_for(answer):
    """Its four headers, and nothing that would forbid the frame."""
    headers = answer.headers
    return (
        headers["Strict-Transport-Security"] == "max-age=31536000"
        and headers["X-Content-Type-Options"] == "nosniff"
        and headers["Referrer-Policy"] == "same-origin"
        and "frame-ancestors 'self' https://zoom.us https://*.zoom.us" in headers["Content-Security-Policy"]
        and "X-Frame-Options" not in headers
    )


def test_every_response_has_the_headers_that_zooms_client_requires(dana):
    for path in (ME, "/healthz", "/nowhere", "/api/zoomapp/auth", "/static/css/tokens.css", "/"):
        assert carries_what_zooms_client_looks_for(dana.look(path)), path


def test_an_internal_error_page_has_the_security_headers(dana, app):
    app.view_functions["info.privacy"] = lambda: {}["a fault"]

    page = dana.look("/privacy")

    assert (page.status_code, page.mimetype) == (500, "text/html")
    assert carries_what_zooms_client_looks_for(page)


@pytest.mark.parametrize("path", ["/meetings", "/api/zoomapp/install"])
def test_an_outage_page_has_the_security_headers(apart, path):
    person, redis = apart
    redis.kill()

    page = person.look(path)

    assert (page.status_code, page.mimetype) == (503, "text/html")
    assert carries_what_zooms_client_looks_for(page)


def test_a_failed_sign_out_has_the_security_headers(apart):
    person, redis = apart
    redis.kill()

    page = person.post("/api/zoomapp/logout", headers={"Accept": "text/html"})

    assert (page.status_code, page.mimetype) == (503, "text/html")
    assert carries_what_zooms_client_looks_for(page)


def test_the_content_policy_is_strict_and_allows_zoom_to_frame_the_app(dana):
    rules = dict(rule.split(" ", 1) for rule in dana.look("/").headers["Content-Security-Policy"].split("; "))

    assert rules["script-src"] == rules["style-src"] == rules["connect-src"] == "'self'"
    assert rules["object-src"] == rules["base-uri"] == "'none'"
    assert "unsafe" not in str(rules)
    assert "https://*.zoom.us" in rules["frame-ancestors"]
    assert "*" not in rules["frame-ancestors"].replace("https://*.zoom.us", "").replace("https://*.zoom.com", "")
