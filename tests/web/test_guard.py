"""Nothing another site makes a browser send changes anything here; our own pages are never in the way."""

import pytest

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
def test_a_foreign_write_is_refused(dana, world, path, headers):
    answer = dana.post(path, json={}, headers=headers)

    assert (answer.status_code, answer.json["error"]) == (403, "cross_site")
    assert len(world.calls) == 0
    assert dana.get(ME).status_code == 200


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE"])
def test_another_site_does_not_reach_the_proxy_at_all(dana, world, method):
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
def test_our_own_pages_are_not_in_the_way(dana, headers):
    assert dana.get(ME, headers=headers).status_code == 200
    assert dana.post("/api/zoomapp/logout", headers=headers).status_code == 200


def test_a_link_from_elsewhere_opens_a_page(dana):
    assert dana.get("/api/zoomapp/install", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 302


def test_no_answer_allows_another_origin(dana):
    for path in (ME, "/healthz", "/api/zoomapp/authorize"):
        answer = dana.get(path, headers={"Origin": "http://localhost"})
        assert not [name for name in dict(answer.headers) if name.lower().startswith("access-control")]


def test_every_answer_carries_what_zooms_client_looks_for(dana):
    for path in (ME, "/healthz", "/nowhere", "/api/zoomapp/auth", "/static/css/tokens.css", "/"):
        headers = dana.look(path).headers
        assert headers["Strict-Transport-Security"] == "max-age=31536000"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert "X-Frame-Options" not in headers


def test_the_content_policy_is_strict_and_lets_zoom_frame_us(dana):
    rules = dict(rule.split(" ", 1) for rule in dana.look("/").headers["Content-Security-Policy"].split("; "))

    assert rules["script-src"] == rules["style-src"] == rules["connect-src"] == "'self'"
    assert rules["object-src"] == rules["base-uri"] == "'none'"
    assert "unsafe" not in str(rules)
    assert "https://*.zoom.us" in rules["frame-ancestors"]
    assert "*" not in rules["frame-ancestors"].replace("https://*.zoom.us", "").replace("https://*.zoom.com", "")
