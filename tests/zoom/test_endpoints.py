"""The table of Zoom's endpoints: its facts, and that everything that calls Zoom uses it."""

import inspect
import re
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from werkzeug.exceptions import MethodNotAllowed, NotFound

from offline_zoom.app import create_app as create_offline_zoom
from zoomapp.errors import UpstreamError
from zoomapp.metrics import CATEGORIES
from zoomapp.user_api.user_client import UserClient
from zoomapp.zoom import endpoints
from zoomapp.zoom.endpoint_types import Endpoint, Event, encode_id
from zoomapp.zoom.endpoints import cache_seconds, find, metrics_label, template

ROOT = Path(__file__).resolve().parents[2]
#: From Zoom's API reference: method, path, granular and classic scope, rate limit label.
REFERENCE = """
GET /users user:read:list_users:admin user:read:admin medium
GET /users/{userId} user:read:user user:read light
GET /users/{userId}/settings user:read:settings user:read medium
GET /users/{userId}/token user:read:token user:read light
GET /users/me/zak user:read:zak user_zak:read light
GET /users/{userId}/meetings meeting:read:list_meetings meeting:read medium
GET /users/{userId}/upcoming_meetings meeting:read:list_upcoming_meetings meeting:read medium
POST /users/{userId}/meetings meeting:write:meeting meeting:write light
GET /users/{userId}/recordings cloud_recording:read:list_user_recordings recording:read medium
GET /meetings/{meetingId} meeting:read:meeting meeting:read light
PATCH /meetings/{meetingId} meeting:update:meeting meeting:write light
DELETE /meetings/{meetingId} meeting:delete:meeting meeting:write light
GET /meetings/{meetingId}/invitation meeting:read:invitation meeting:read light
GET /meetings/{meetingId}/registrants meeting:read:list_registrants meeting:read medium
POST /meetings/{meetingId}/registrants meeting:write:registrant meeting:write light
PUT /meetings/{meetingId}/registrants/status meeting:update:registrant_status meeting:write medium
GET /meetings/{meetingId}/registrants/questions meeting:read:list_registration_questions meeting:read light
POST /meetings/{meetingId}/batch_registrants meeting:write:batch_registrants meeting:write heavy
PUT /meetings/{meetingId}/status meeting:update:status meeting:write light
GET /meetings/{meetingId}/recordings cloud_recording:read:list_recording_files recording:read light
DELETE /meetings/{meetingId}/recordings cloud_recording:delete:meeting_recording recording:write light
PATCH /live_meetings/{meetingId}/events meeting:update:in_meeting_controls meeting:write medium
GET /meetings/{meetingId}/meeting_summary meeting:read:summary meeting_summary:read light
GET /meetings/{meetingId}/transcript cloud_recording:read:meeting_transcript recording:read medium
GET /meetings/{meetingId}/polls meeting:read:list_polls meeting:read light
GET /past_meetings/{meetingId}/polls meeting:read:list_poll_results meeting:read medium
GET /past_meetings/{meetingId}/qa meeting:read:past_qa meeting:read medium
GET /past_meetings/{meetingId} meeting:read:past_meeting meeting:read light
GET /past_meetings/{meetingId}/instances meeting:read:list_past_instances meeting:read medium
GET /past_meetings/{meetingId}/participants meeting:read:list_past_participants meeting:read medium
GET /marketplace/apps/{appId}/manifest marketplace:read:app marketplace_app:read medium
PUT /marketplace/apps/{appId}/manifest marketplace:write:app marketplace_app:write heavy
GET /marketplace/apps/{appId}/webhook_logs marketplace_app:read marketplace_app:read medium
POST /marketplace/apps/manifest/validate marketplace:read:app marketplace_app:read medium
GET /report/meetings/{meetingId} report:read:meeting:admin report:read:admin heavy
GET /report/meetings/{meetingId}/qa report:read:meeting_qna:admin report:read:admin heavy
GET /report/meetings/{meetingId}/participants report:read:list_meeting_participants:admin report:read:admin heavy
"""
FACTS = [line.split() for line in REFERENCE.strip().splitlines()]
#: How long the proxy caches: path and seconds. No other response is cached.
CACHED = {
    **dict.fromkeys(("/v2/users/{id}/meetings", "/v2/users/{id}/upcoming_meetings"), 10),
    **dict.fromkeys(("/v2/users/me/meetings", "/v2/users/me/upcoming_meetings"), 10),
    **dict.fromkeys(("/v2/users/{id}/settings", "/v2/users/me/settings"), 60),
    "/v2/past_meetings/{id}": 300,
    "/v2/meetings/{id}/meeting_summary": 60,
    **dict.fromkeys(("/v2/past_meetings/{id}/polls", "/v2/past_meetings/{id}/qa"), 60),
    **dict.fromkeys(("/v2/past_meetings/{id}/instances", "/v2/past_meetings/{id}/participants"), 60),
    **dict.fromkeys(("/v2/report/meetings/{id}", "/v2/report/meetings/{id}/participants"), 60),
    "/v2/report/meetings/{id}/qa": 60,
    **dict.fromkeys(
        ("/v2/metrics/meetings", "/v2/metrics/meetings/{id}", "/v2/metrics/meetings/{id}/participants"), 15
    ),
}


@pytest.mark.parametrize(("method", "path", "scope", "classic", "label"), FACTS, ids=lambda value: value)
def test_endpoint_agrees_with_zooms_reference(method, path, scope, classic, label):
    endpoint = find(method, "/v2" + re.sub(r"{\w+}", "85000000101", path))

    assert (endpoint.scope, endpoint.classic_scope, endpoint.rate_limit) == (scope, classic, label)


def rule_of_offline_zoom(app, endpoint):
    """What the offline Zoom requires of a call to this endpoint; None if it does not serve the endpoint."""
    try:
        name, _ = app.url_map.bind("").match(re.sub(r"{\w+}", "85000000101", endpoint.path), endpoint.method)
    except (MethodNotAllowed, NotFound):
        return None
    return getattr(app.view_functions[name], "rule", None)


def test_endpoints_agree_with_the_offline_zoom(world):
    """It has the facts a second time, because it shares no code with the app."""
    app = create_offline_zoom(world)
    rules = [(endpoint, rule_of_offline_zoom(app, endpoint)) for endpoint in endpoints.ALL]
    served = [(endpoint, rule) for endpoint, rule in rules if rule]

    wrong = [
        endpoint
        for endpoint, rule in served
        if endpoint.rate_limit != rule.label.lower()
        or not {endpoint.scope, endpoint.classic_scope} <= {*rule.scopes.own, *rule.scopes.account}
    ]

    assert wrong == []
    assert len(served) > 20


@pytest.mark.parametrize("endpoint", endpoints.ALL, ids=lambda endpoint: f"{endpoint.method} {endpoint.path}")
def test_endpoint_has_scope_and_label_or_says_why_not(endpoint):
    complete = bool(endpoint.scope and endpoint.classic_scope and endpoint.rate_limit)

    assert complete != bool(endpoint.note)
    assert endpoint.rate_limit in CATEGORIES | {""}
    assert endpoint.plan in {"", endpoints.PRO, endpoints.BUSINESS}


@pytest.mark.parametrize("endpoint", endpoints.ALL, ids=lambda endpoint: f"{endpoint.method} {endpoint.path}")
def test_each_endpoint_is_found_by_its_own_path(endpoint):
    path = re.sub(r"{\w+}", "85000000101", endpoint.path)

    assert find(endpoint.method, path) is endpoint
    assert find(endpoint.method, path.replace("/users/85000000101", "/users/me")) is endpoint


def test_only_the_listed_responses_are_cached():
    templates = {name for endpoint in endpoints.ALL for name in endpoint.templates}

    assert {name: cache_seconds("GET", name) for name in templates if cache_seconds("GET", name)} == CACHED
    assert not any(cache_seconds(method, name) for name in templates for method in ("HEAD", "POST", "PATCH", "DELETE"))


@pytest.mark.parametrize("path", ["/v2/groups", "/v2/users/", "/v2/meetings//recordings", "/v2/users/me/meetings/", ""])
def test_unlisted_path_has_no_endpoint(path):
    assert find("GET", path) is None
    assert metrics_label(path) == "other"


def test_template_hides_everything_that_could_be_an_id():
    assert template("/v2/users/dana@example.com/meetings") == "/v2/users/{id}/meetings"
    assert template("/v2/past_meetings/%252Fabc%3D%3D/participants") == "/v2/past_meetings/{id}/participants"
    assert template("/v2" + "/x" * 20) == "/v2" + "/{id}" * 6


@pytest.mark.parametrize(
    ("uuid", "segment"),
    [
        ("4444AAAiAAAAAiAiAiiAii==", "4444AAAiAAAAAiAiAiiAii%3D%3D"),
        ("a/bc", "a%2Fbc"),
        ("/abc", "%252Fabc"),
        ("a//b", "a%252F%252Fb"),
        ("85000000101", "85000000101"),
    ],
)
def test_uuid_with_slashes_is_encoded_twice(uuid, segment):
    assert encode_id(uuid) == segment
    assert endpoints.READ_RECORDING.target(instance=uuid) == f"/v2/meetings/{segment}/recordings"


def test_target_has_only_the_query_fields_that_have_a_value():
    target = endpoints.LIST_MEETINGS.target(user_id="me", type="live", page_size=300, next_page_token="")

    assert target == "/v2/users/me/meetings?type=live&page_size=300"


def test_scope_use_mentions_a_plan_that_its_endpoint_needs():
    for source in endpoints.IN_USE:
        plan = source.plan if isinstance(source, Endpoint) else ""
        assert bool(source.plan_note) == bool(plan) and plan in source.plan_note, source.scope


def test_a_used_endpoint_says_which_pages_need_its_scope():
    scopes = [source.scope for source in endpoints.IN_USE]

    assert all(source.pages for source in endpoints.IN_USE)
    assert not any(endpoint.pages for endpoint in endpoints.ALL if endpoint not in endpoints.IN_USE)
    assert len(scopes) == len(set(scopes))


class RecordingClient(UserClient):
    """Records the calls of a ``UserClient`` instead of sending them."""

    def __init__(self, calls):
        super().__init__("dana", None, None)
        self.calls = calls

    def call(self, endpoint, body=None, **arguments):
        target = endpoint.target(**{"user_id": "me", **arguments})
        self.calls.append((endpoint, target.partition("?")[0]))
        return {}


#: The table, and texts for the style guide.
NOT_THE_APP = {"endpoints.py", "styleguide_samples.py"}
#: An argument for each parameter of the methods below.
ARGUMENTS = {"meeting_id": 85000000101, "instance": "/a//b==", "uuid": "/a//b==", "body": {}, "changes": {}}
ARGUMENTS |= {"first": date(2026, 3, 1), "last": date(2026, 3, 2)}
NOT_AN_ENDPOINT = {"send", "download", "scopes", "call"}
METHODS = sorted(
    name
    for name, _ in inspect.getmembers(UserClient, inspect.isfunction)
    if not name.startswith("_") and name not in NOT_AN_ENDPOINT
)


@pytest.mark.parametrize("name", METHODS)
def test_each_method_of_the_user_client_calls_an_endpoint_of_the_table(name):
    calls = []
    method = getattr(RecordingClient(calls), name)
    required = [each for each in inspect.signature(method).parameters.values() if each.default is each.empty]

    with suppress(UpstreamError):  # the response of RecordingClient may lack what the method reads
        method(**{parameter.name: ARGUMENTS[parameter.name] for parameter in required})

    ((endpoint, path),) = calls
    assert endpoint in endpoints.ALL
    assert find(endpoint.method, path) is endpoint


def test_a_new_endpoint_is_one_record_and_one_method():
    """No other module of the app holds a scope or a path of Zoom's."""
    facts = {value for each in endpoints.ALL for value in (each.scope, each.path) if value}
    facts |= {value.scope for value in vars(endpoints).values() if isinstance(value, Event)}
    files = [path for path in (ROOT / "zoomapp").rglob("*.py") if path.name not in NOT_THE_APP]

    found = {(path.name, fact) for path in files for fact in facts if f'"{fact}"' in path.read_text()}
    assert not found
