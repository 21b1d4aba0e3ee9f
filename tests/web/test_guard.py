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


def test_every_answer_carries_what_zooms_client_looks_for(dana):
    for path in (ME, "/healthz", "/nowhere", "/api/zoomapp/auth", "/static/css/tokens.css", "/"):
        assert carries_what_zooms_client_looks_for(dana.look(path)), path


def test_a_page_of_a_fault_of_ours_carries_it_too(dana, app):
    app.view_functions["info.privacy"] = lambda: {}["a fault"]

    page = dana.look("/privacy")

    assert (page.status_code, page.mimetype) == (500, "text/html")
    assert carries_what_zooms_client_looks_for(page)


@pytest.mark.parametrize("path", ["/meetings", "/api/zoomapp/install"])
def test_a_page_of_an_outage_carries_it_too(apart, path):
    person, redis = apart
    redis.kill()

    page = person.look(path)

    assert (page.status_code, page.mimetype) == (503, "text/html")
    assert carries_what_zooms_client_looks_for(page)


def test_a_sign_out_that_failed_carries_it_too(apart):
    person, redis = apart
    redis.kill()

    page = person.post("/api/zoomapp/logout", headers={"Accept": "text/html"})

    assert (page.status_code, page.mimetype) == (503, "text/html")
    assert carries_what_zooms_client_looks_for(page)


def test_the_content_policy_is_strict_and_lets_zoom_frame_us(dana):
    rules = dict(rule.split(" ", 1) for rule in dana.look("/").headers["Content-Security-Policy"].split("; "))

    assert rules["script-src"] == rules["style-src"] == rules["connect-src"] == "'self'"
    assert rules["object-src"] == rules["base-uri"] == "'none'"
    assert "unsafe" not in str(rules)
    assert "https://*.zoom.us" in rules["frame-ancestors"]
    assert "*" not in rules["frame-ancestors"].replace("https://*.zoom.us", "").replace("https://*.zoom.com", "")
