"""Planned faults, as a program in the same process gets them."""

from __future__ import annotations

import pytest
import requests

from offline_zoom.fault_presets import LASTING
from offline_zoom.faults import PRESETS, Fault, preset
from tests.offline_zoom.conftest import NOON, REDIRECT_URI, refusal

CODES = {
    "expired-token": (401, 124),
    "revoked-token": (401, 124),
    "missing-scope": (400, 4711),
    "not-ready": (404, 3001),
    "per-second-limit": (429, 429),
    "per-second-limit-bare": (429, 429),
    "daily-limit": (429, 429),
    "daily-limit-bare": (429, 429),
    "user-limit": (429, 429),
    "server-error": (500, 500),
}


def refresh(dana, world):
    grant = world.grants.find(dana.access_token)
    auth = (world.client_id, world.client_secret)
    form = {"grant_type": "refresh_token", "refresh_token": grant.refresh_token}
    return dana.session.post(f"{world.base_url}/oauth/token", data=form, auth=auth)


@pytest.mark.parametrize("name", CODES)
def test_fault_with_a_status_happens_once(dana, world, name):
    world.faults.add(name)

    assert refusal(dana.get("/users/me")) == CODES[name]
    assert dana.get("/users/me").status_code == 200


@pytest.mark.parametrize(("name", "status"), [("bad-gateway", 502), ("html", 200)])
def test_html_fault_returns_html_instead_of_json(dana, world, name, status):
    world.faults.add(name)

    answer = dana.get("/users/me")

    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "text/html")
    with pytest.raises(requests.JSONDecodeError):
        answer.json()


def test_the_daily_limit_has_an_iso_retry_after_or_none(dana, world):
    world.faults.add("daily-limit")
    world.faults.add("daily-limit-bare")

    assert dana.get("/users/me").headers["Retry-After"] == "2026-03-05T00:00:00Z"
    assert "Retry-After" not in dana.get("/users/me").headers


def test_request_dropped_before_processing_changes_nothing(dana, world):
    world.faults.add("dropped-before")
    before = len(world.meetings)

    with pytest.raises(requests.ConnectionError):
        dana.call("POST", "/users/me/meetings", json={"topic": "Lost"})

    assert len(world.meetings) == before


def test_request_dropped_after_processing_has_changed_the_world(dana, world):
    world.faults.add("dropped-after")
    before = len(world.meetings)

    with pytest.raises(requests.ConnectionError):
        dana.call("POST", "/users/me/meetings", json={"topic": "Twice?"})

    assert len(world.meetings) == before + 1


def test_cut_body_is_shorter_than_its_content_length(dana, world):
    world.faults.add("cut-body")

    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        dana.get("/users/me")


def test_bad_gzip_does_not_decode(dana, world):
    world.faults.add("bad-gzip")

    with pytest.raises(requests.exceptions.ContentDecodingError):
        dana.get("/users/me")


def test_slow_fault_delays_the_response(dana, world, clock):
    world.faults.add("slow")

    assert dana.get("/users/me").status_code == 200
    assert clock.at == NOON + 5


def test_caller_times_out_although_the_request_was_processed(dana, world, clock):
    world.faults.add("slow", route="POST /v2/**")
    before = len(world.meetings)

    with pytest.raises(requests.ReadTimeout):
        dana.session.post(
            f"{world.base_url}/v2/users/me/meetings",
            json={},
            headers={"Authorization": f"Bearer {dana.access_token}"},
            timeout=2,
        )

    assert clock.at == NOON + 2
    assert len(world.meetings) == before + 1


def test_lost_rotation_makes_the_old_tokens_invalid(dana, world):
    world.faults.add("lost-rotation")
    old = world.grants.find(dana.access_token).refresh_token

    with pytest.raises(requests.ConnectionError):
        refresh(dana, world)

    assert world.grants.by_user[world.user("dana").id].refresh_token != old
    assert refusal(dana.get("/users/me")) == (401, 124)


def test_a_refused_refresh_leaves_other_grants_alone(dana, world):
    world.faults.add("refused-refresh")
    code = world.issue_code("jonas", REDIRECT_URI)
    auth = (world.client_id, world.client_secret)
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT_URI}

    exchanged = dana.session.post(f"{world.base_url}/oauth/token", data=form, auth=auth)
    refreshed = refresh(dana, world)

    assert exchanged.status_code == 200
    assert refreshed.json() == {"reason": "Invalid Token!", "error": "invalid_grant"}


@pytest.mark.parametrize(
    ("name", "status"),
    [("token-limit", 429), ("token-limit-bare", 429), ("token-error", 500), ("token-html", 200), ("wrong-client", 401)],
)
def test_the_token_endpoint_fails_without_rotating(dana, world, name, status):
    world.faults.add(name)
    before = world.grants.find(dana.access_token)

    assert refresh(dana, world).status_code == status
    assert world.grants.find(dana.access_token) is before


def test_a_slow_token_endpoint_is_slow(dana, world, clock):
    world.faults.add("slow-token", delay=3)

    assert refresh(dana, world).status_code == 200
    assert clock.at == NOON + 3


def test_fault_applies_to_its_route_only(dana, world):
    world.faults.append(Fault("GET /v2/users/*/meetings", 429, {"Retry-After": "7"}))

    assert dana.get("/users/me").status_code == 200
    assert dana.get("/users/me/meetings").headers["Retry-After"] == "7"
    assert dana.get("/users/me/meetings").status_code == 429
    world.faults.clear()
    assert dana.get("/users/me/meetings").status_code == 200


def test_fault_happens_as_often_as_its_count(dana, world):
    world.faults.add("server-error", count=2)

    assert [dana.get("/users/me").status_code for _ in range(3)] == [500, 500, 200]


def test_fault_with_a_count_of_0_happens_until_it_is_cleared(dana, world):
    world.faults.add("server-error", count=0)

    assert [dana.get("/users/me").status_code for _ in range(3)] == [500, 500, 500]


def test_fault_with_a_probability_happens_sometimes(dana, world):
    world.faults.add("server-error", count=None, probability=0.5)

    happened = [dana.get("/users/me").status_code for _ in range(100)]

    assert 30 < happened.count(500) < 70


def test_the_calls_are_counted_by_route(dana, world):
    world.faults.add("dropped-before")
    with pytest.raises(requests.ConnectionError):
        dana.get("/users/me")
    dana.get("/users/me/meetings", type="live")
    dana.get("/meetings/1")

    assert world.calls.count(("GET", "/v2/users/me")) == 1
    assert world.calls.count(("GET", "/v2/users/**")) == 2
    assert world.calls.count("GET /v2/*/1") == 1
    assert world.calls.count() == len(world.calls) == 3
    assert world.calls.matching("GET /v2/users/me/meetings")[0].params == {"type": "live"}
    world.calls.clear()
    assert world.calls.count() == 0


@pytest.mark.parametrize("name", sorted(set(PRESETS) - set(LASTING)))
def test_each_preset_fault_happens_once(name):
    assert preset(name, NOON).count == 1


@pytest.mark.parametrize("name", LASTING)
def test_lasting_preset_fault_happens_until_it_is_cleared(name):
    assert preset(name, NOON).count is None


def test_an_unknown_name_is_refused(world):
    with pytest.raises(ValueError, match="there is no fault named nonsense"):
        world.faults.add("nonsense")
