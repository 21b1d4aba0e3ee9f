"""Checks of each REST request and their order, and meeting UUIDs in paths."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote

import pytest

from offline_zoom import create_app, rest
from offline_zoom.stories.quiet_day import FIXTURES
from tests.offline_zoom.conftest import Caller, caller, refusal

#: the table of the UUID rule: UUID and the one segment that is always right
SEGMENTS = {
    "dwb4XYaQAkrWvaNAG+nIyw==": "dwb4XYaQAkrWvaNAG%2BnIyw%3D%3D",
    "mZ/f3MfttxSz5wUidTLRvw==": "mZ%2Ff3MfttxSz5wUidTLRvw%3D%3D",
    "/I84Pj7PRnR0S+zLVAnH1w==": "%252FI84Pj7PRnR0S%252BzLVAnH1w%253D%253D",
    "5+qTtJW0yMSkA//C45lemw==": "5%252BqTtJW0yMSkA%252F%252FC45lemw%253D%253D",
}


def once(uuid: str) -> str:
    return quote(uuid, safe="")


def twice(uuid: str) -> str:
    return quote(quote(uuid, safe=""), safe="")


@pytest.mark.parametrize("uuid", FIXTURES)
def test_each_example_uuid_finds_its_past_meeting(dana, uuid):
    assert dana.json(f"/past_meetings/{SEGMENTS[uuid]}")["uuid"] == uuid
    assert dana.json(f"/past_meetings/{SEGMENTS[uuid]}/participants")["total_records"] == 9


@pytest.mark.parametrize("uuid", FIXTURES[2:])
def test_a_leading_or_double_slash_encoded_once_is_not_found(dana, uuid):
    assert refusal(dana.get(f"/past_meetings/{once(uuid)}")) == (404, 3001)
    assert refusal(dana.get(f"/past_meetings/{once(uuid)}/participants")) == (404, 3001)


@pytest.mark.parametrize("uuid", FIXTURES[:2])
def test_other_uuids_may_be_encoded_once_or_twice(dana, uuid):
    assert dana.json(f"/past_meetings/{once(uuid)}")["uuid"] == uuid
    assert dana.json(f"/past_meetings/{twice(uuid)}")["uuid"] == uuid


@pytest.mark.parametrize("uuid", [FIXTURES[0], FIXTURES[2], FIXTURES[3]])
def test_a_raw_slash_ends_the_segment(world, dana, uuid):
    world.switches.unknown_endpoint_404 = True

    assert refusal(dana.get(f"/past_meetings/{uuid}")) == (404, 2300)


def test_a_scheduled_meeting_is_not_found_by_uuid(dana):
    assert refusal(dana.get(f"/meetings/{once(FIXTURES[1])}")) == (404, 3001)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/nothing"),
        ("GET", "/users/me/"),
        ("POST", "/users/me"),
        ("PUT", "/meetings/85512340987"),
        ("OPTIONS", "/users/me"),
        ("HEAD", "/users/me"),
        ("GET", "//users/me"),
        ("GET", "/metrics/webinars"),
    ],
)
def test_unknown_path_or_method_is_not_recognized(world, dana, method, path):
    world.switches.unknown_endpoint_404 = True

    answer = dana.call(method, path)

    assert answer.status_code == 404
    if method != "HEAD":
        assert answer.json() == {"code": 2300, "message": "This API endpoint is not recognized."}


@pytest.mark.parametrize(("method", "path"), [("GET", "/metrics/webinars"), ("POST", "/users/me"), ("PUT", "/a%2Fb")])
def test_an_endpoint_that_is_not_simulated_is_named(dana, method, path):
    answer = dana.call(method, path)

    assert answer.status_code == 501
    assert answer.json() == {"code": 501, "message": f"The offline Zoom does not simulate {method} /v2{path}."}


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/users/me/"), ("GET", "//users/me"), ("HEAD", "/users/me"), ("OPTIONS", "/users/me")]
)
def test_a_request_that_no_endpoint_of_zoom_can_have_is_not_recognized(dana, method, path):
    assert dana.call(method, path).status_code == 404


def test_token_is_checked_before_the_route(dana):
    dana.access_token = "unknown"

    assert refusal(dana.get("/nothing")) == (401, 124)


def test_scope_is_checked_before_the_plan(world):
    finn = caller(world, "finn")

    assert refusal(finn.get("/metrics/meetings")) == (400, 4711)


def test_plan_is_checked_before_validation_and_existence(world):
    finn = caller(world, "finn", ["dashboard:read:list_meetings:admin", "report:read:meeting:admin"])

    assert refusal(finn.get("/metrics/meetings")) == (400, 200)
    assert refusal(finn.get("/report/meetings/1")) == (400, 200)


def test_rate_limit_is_checked_before_validation(world):
    world.switches.change({"limits": "plan", "rate_limits": {"Resource-intensive": 0}})
    dana = caller(world, "dana")

    assert refusal(dana.get("/metrics/meetings")) == (429, 429)


def test_body_is_validated_before_the_meeting_is_looked_up(dana):
    assert refusal(dana.call("PATCH", "/meetings/1", json={"topic": 1})) == (400, 300)


def test_missing_scope_error_names_the_required_scopes(world):
    blind = caller(world, "dana", ["zoomapp:inmeeting"])

    body = blind.get("/users/me/meetings").json()

    assert body == {
        "code": 4711,
        "message": "Invalid access token, does not contain scopes:"
        "[meeting:read:list_meetings, meeting:read:list_meetings:admin].",
    }


@pytest.mark.parametrize(("code", "status"), [(4711, 400), (104, 400), (4700, 401)])
def test_codes_about_which_sources_disagree_are_switched(world, code, status):
    world.switches.change({"missing_scope_code": code, "per_second_code": 4001})
    assert refusal(caller(world, "dana", ["zoomapp:inmeeting"]).get("/users/me/meetings")) == (status, code)

    world.switches.change({"limits": "plan", "rate_limits": {"Medium": 0}})
    assert refusal(caller(world, "dana").get("/users/me/meetings")) == (429, 4001)
    with pytest.raises(ValueError, match="missing_scope_code must be one of 4711, 104, 4700"):
        world.switches.change({"missing_scope_code": 4000})


@pytest.mark.parametrize("scope", ["user:read:user", "user:read:user:admin", "user:read", "user_info:read"])
def test_one_of_the_listed_scopes_is_enough(world, scope):
    assert caller(world, "dana", [scope]).get("/users/me").status_code == 200


def rules(world):
    """The rule of each endpoint, by its method and path."""
    views = create_app(world).view_functions
    return {name.removeprefix("rest."): view.rule for name, view in views.items() if hasattr(view, "rule")}


#: Programs that manage apps call these, with credentials of another app.
MANIFESTS = [
    *(f"{method} /marketplace/apps/<app_id>/manifest" for method in ("GET", "PUT")),
    "POST /marketplace/apps/manifest/validate",
    "GET /marketplace/apps/<app_id>/webhook_logs",
]


@pytest.mark.parametrize(
    ("who", "wanted", "never_granted"),
    [
        ("dana", "account", sorted(["GET /report/daily", "POST /im/chat/messages", *MANIFESTS])),
        ("priya", "own", sorted(["POST /im/chat/messages", *MANIFESTS])),
    ],
)
def test_a_user_can_grant_a_scope_of_each_endpoint(world, who, wanted, never_granted):
    scopes = {name: getattr(rule.scopes, wanted) for name, rule in rules(world).items()}
    granted = set(world.scopes(who))

    assert len(scopes) > 15
    refused = [name for name, accepted in scopes.items() if accepted and not granted & set(accepted)]
    assert sorted(refused) == never_granted


def test_all_resource_modules_are_registered(world):
    code = "".join(path.read_text() for path in Path(rest.__file__).parent.glob("*.py"))
    declared = {" ".join(words) for words in re.findall(r'@endpoint\(\s*"(\w+)",\s*"([^"]+)"', code)}

    assert declared == set(rules(world))


def test_every_response_has_a_tracking_id_and_the_offline_zooms_header(dana):
    for path in ("/users/me", "/nothing", "/meetings/1"):
        headers = dana.get(path).headers
        assert re.fullmatch(r"v=2\.0;clid=\w+;rid=WEB_[0-9a-f]{32}", headers["x-zm-trackingid"])
        assert headers["X-Sandbox"] == "1"


def test_rate_limit_category_header_is_always_sent(dana):
    assert dana.get("/users/me").headers["X-RateLimit-Category"] == "Light"
    assert dana.get("/meetings/1").headers["X-RateLimit-Category"] == "Light"
    assert dana.get("/report/meetings/1").headers["X-RateLimit-Category"] == "Heavy"


def test_me_is_refused_for_server_to_server_tokens(world, dana):
    whole = world.grants.grant_app(world.user("ada").id, world.scopes("dana"), "account")
    server = Caller(world, dana.session, whole.access_token)

    assert refusal(server.get("/users/me")) == (404, 1001)
    assert refusal(server.get("/users/me/zak")) == (404, 2300)
    assert server.json(f"/users/{world.user('jonas').id}")["email"] == "jonas@example.com"


def test_account_token_cannot_read_another_account(dana, world):
    assert refusal(dana.get(f"/users/{world.user('priya').id}")) == (404, 1001)
    assert refusal(dana.get("/meetings/87000000301")) == (404, 3001)
    assert refusal(dana.get("/past_meetings/87000000301")) == (400, 1010)


def test_user_token_reads_only_the_users_own_meetings(jonas):
    assert jonas.get("/meetings/85000000201").status_code == 200
    assert refusal(jonas.get("/meetings/85512340987")) == (400, 4711)
