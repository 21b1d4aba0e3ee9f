"""The offline Zoom's own pages and its control API."""

from __future__ import annotations

import pytest

from tests.offline_zoom.conftest import NOON


@pytest.fixture
def control(http, world):
    """``control("POST", "faults", preset="slow")``: one call of the control API."""

    def call(method: str, path: str, **body: object):
        return http.request(method, f"{world.base_url}/_sandbox/{path}", json=body or None)

    return call


@pytest.mark.parametrize("path", ["/", "/faults", "/j/1", "/rec/play/x", "/launch/none"])
def test_every_page_says_that_it_is_the_offline_zoom(http, world, path):
    answer = http.get(world.base_url + path)

    assert "Offline Zoom" in answer.text
    assert answer.headers["X-Sandbox"] == "1"


@pytest.mark.parametrize("path", ["/", "/faults", "/_sandbox/faults", "/oauth/token"])
def test_a_form_on_another_site_changes_nothing(http, world, path):
    answer = http.post(world.base_url + path, data={"do": "clear-faults"}, headers={"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 403


def test_control_api_returns_the_state(control, world):
    state = control("GET", "").json()

    assert (state["story"], state["me"], state["now"], state["live"]) == ("quiet-day", "dana", NOON, [])
    assert set(state["users"]) == {"dana", "jonas", "ada", "priya", "finn"}


def test_control_api_adds_lists_and_clears_faults(control, world, dana):
    own = control("POST", "faults", route="GET /v2/users/me", status=503, body={"code": 1}, count=1)
    named = control("POST", "faults", preset="slow", delay=1, route="GET /v2/users/me/meetings")

    assert own.status_code == named.status_code == 201
    assert len(control("GET", "faults").json()["faults"]) == 2
    assert dana.get("/users/me").status_code == 503
    control("DELETE", "faults")
    assert world.faults == []


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("faults", {"colour": "red"}),
        ("faults", {"preset": "nonsense"}),
        ("faults", {"route": "nowhere"}),
        ("story", {"story": "nonsense"}),
        ("story", {"tale": "x"}),
        ("switches", {"nonsense": 1}),
        ("switches", {"auto_consent": "yes"}),
        ("switches", {"access_lifetime": 0.5}),
        ("switches", {"limits": "some"}),
        ("me", {"user": "nobody"}),
        ("tokens", {"do": "nonsense"}),
        ("clock", {"tick": "soon"}),
    ],
)
def test_control_api_refuses_unknown_names(control, world, path, body):
    before = world.switches.as_json()

    answer = control("POST", path, **body)

    assert answer.status_code == 400
    assert answer.json()["error"]
    assert world.switches.as_json() == before


def test_call_log_leaves_out_the_control_api(control, dana):
    dana.get("/users/me")
    dana.get("/meetings/1")

    body = control("GET", "calls?route=GET%20/v2/users/*").json()

    assert (body["count"], body["calls"][0]["path"]) == (1, "/v2/users/me")
    assert dana.access_token not in str(body)
    control("DELETE", "calls")
    assert control("GET", "").json()["calls"] == 0


def test_control_api_lists_the_last_calls_of_each_method(control, world, dana):
    for path in ("/users/me", "/users", "/users/me"):
        dana.get(path)

    listed = [control("GET", f"calls?route=/v2/users/*&last={last}").json() for last in (5, 1, 0, -1)]

    assert [(answer["count"], len(answer["calls"])) for answer in listed] == [(2, 2), (2, 1), (2, 0), (2, 0)]
    assert world.calls.count("GET /v2/users/*") == 2


def test_control_api_sets_clock_story_user_switches_and_tokens(control, world, dana):
    control("POST", "clock", tick=90)
    control("POST", "switches", auto_consent=True, access_lifetime=60)
    control("POST", "me", user="ada")
    control("POST", "tokens", do="expire-access")
    expired = dana.get("/users/me").json()
    control("POST", "tokens", do="deauthorize", user="dana")
    control("POST", "story", story="live-meeting")

    assert world.now() == NOON + 90
    assert (world.switches.auto_consent, world.switches.access_lifetime) == (True, 60.0)
    assert expired["message"] == "Access token is expired."
    assert world.grants.by_user == {}
    assert world.story == "live-meeting"


def test_control_api_starts_and_ends_a_meeting(control, world):
    uuid = control("POST", "meetings", start=85000000101).json()["uuid"]

    assert world.live_instance(85000000101).uuid == uuid
    assert control("POST", "meetings", end=85000000101).json()["uuid"] == uuid
    assert world.live_instance() is None


def test_control_api_accepts_json_only(http, world):
    assert http.post(f"{world.base_url}/_sandbox/clock", data={"tick": "1"}).status_code == 415
