"""An endpoint that refuses a fresh access token costs at most one refresh; the grant stays."""

import gzip
import io
import json
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from urllib3 import HTTPResponse

from offline_zoom.faults import Fault
from offline_zoom.serving.requests_adapter import OfflineZoomAdapter
from zoomapp import services
from zoomapp.errors import ZoomRefused
from zoomapp.store import key_names
from zoomapp.user_api.refused_endpoints import MAX_PER_USER, SECONDS, RefusedEndpoints, endpoint_name
from zoomapp.user_api.user_client import refuses_token
from zoomapp.zoom.client import Answer
from zoomapp.zoom.endpoint_types import Endpoint

ME = "/zoom/api/v2/users/me"
REGISTRANTS = "/zoom/api/v2/meetings/85000000101/registrants"
REGISTRANTS_ENDPOINT = Endpoint("GET", "/v2/meetings/{meeting_id}/registrants")
REFUSED = {"code": 124, "message": "Invalid access token."}
REFRESH = "POST /oauth/token"


@pytest.fixture
def refusing(world):
    """Zoom refuses every token for the registrants of any meeting; everything else works."""
    world.faults.append(Fault("GET /v2/meetings/*/registrants", 401, body=REFUSED))
    return world


def test_ten_calls_of_an_endpoint_that_always_refuses_cost_one_refresh(dana, refusing):
    answers = [dana.get(REGISTRANTS) for _ in range(10)]

    assert [(each.status_code, each.json) for each in answers] == [(401, REFUSED)] * 10
    assert refusing.calls.count(REFRESH) == 1


def test_ten_calls_at_once_cost_one_refresh(dana, app, refusing):
    cookie = dana.browser.get_cookie("zoomapp").value
    together = threading.Barrier(10)

    def call(_):
        browser = app.test_client()
        browser.set_cookie("zoomapp", cookie)
        together.wait(60)
        return browser.get(REGISTRANTS).json

    with ThreadPoolExecutor(10) as pool:
        assert list(pool.map(call, range(10))) == [REFUSED] * 10

    assert refusing.calls.count(REFRESH) == 1


def test_a_refusal_is_shared_by_all_processes(dana, parts, settings, refusing, clock):
    other = services.build(settings, transport=OfflineZoomAdapter(refusing), clock=clock)
    dana.get(REGISTRANTS)

    with pytest.raises(ZoomRefused):
        other.user_client(dana.id).call(REGISTRANTS_ENDPOINT, meeting_id=85000000101)

    assert refusing.calls.count(REFRESH) == 1


def test_the_grant_is_untouched_and_other_endpoints_still_refresh(dana, parts, refusing):
    before = parts.tokens.load(dana.id)
    dana.get(REGISTRANTS)
    refusing.revoke_access_tokens()

    assert dana.get(REGISTRANTS).status_code == 401
    assert dana.get(ME).status_code == 200

    assert refusing.calls.count(REFRESH) == 2
    after = parts.tokens.load(dana.id)
    assert (after.grant_id, after.ended) == (before.grant_id, False)


def test_a_refused_endpoint_is_tried_again_after_five_minutes(dana, refusing, clock):
    dana.get(REGISTRANTS)
    clock.tick(SECONDS)

    dana.get(REGISTRANTS)

    assert refusing.calls.count(REFRESH) == 2


def test_a_refused_endpoint_is_tried_again_with_a_new_grant(dana, app, refusing):
    dana.get(REGISTRANTS)
    dana.connect()
    refusing.calls.clear()

    dana.get(REGISTRANTS)

    assert refusing.calls.count(REFRESH) == 1


def test_an_endpoint_that_takes_the_fresh_token_is_not_remembered(dana, world):
    for _ in range(2):
        world.revoke_access_tokens()
        assert dana.get(ME).status_code == 200

    assert world.calls.count(REFRESH) == 2


def test_a_write_that_is_refused_is_sent_twice_at_most(dana, world):
    world.faults.append(Fault("POST /v2/users/me/meetings", 401, body=REFUSED))

    for _ in range(3):
        assert dana.post(f"{ME}/meetings", json={"topic": "x"}).json == REFUSED

    assert (world.calls.count("POST /v2/users/me/meetings"), world.calls.count(REFRESH)) == (4, 1)


def test_a_page_shows_the_refusal_and_the_user_stays_connected(dana, world):
    world.faults.append(Fault("GET /v2/users/me/recordings", 401, body=REFUSED))

    page = dana.look("/recordings")

    assert "Invalid access token." in page.text
    assert "Zoom signed you out" not in page.text
    assert dana.get(ME).status_code == 200


BROKEN = '{"code": 124, "message": "token "x" is bad"}'


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_code_124_with_any_status_is_refreshed_once_and_repeated_once(dana, world, status):
    world.faults.append(Fault("GET /v2/users/me", status, body=REFUSED, count=1))

    assert dana.get(ME).json["id"] == dana.id

    assert (world.calls.count("GET /v2/users/me"), world.calls.count(REFRESH)) == (2, 1)


@pytest.mark.parametrize("encoding", ["", "gzip"])
@pytest.mark.parametrize("body", [json.dumps(REFUSED), '{"code": "124"}', BROKEN])
def test_code_124_is_found_in_every_spelling(body, encoding):
    assert refuses_token(an_answer(400, body.encode(), encoding))


SCOPES = '{"code": 124, "message": "Invalid access token, does not contain scopes:[a, b]."}'
OTHERS = [
    '{"code": 300, "errors": [{"code": 124}]}',
    '{"code": 3001, "message": "code: 124"}',
    "[124]",
    '"124"',
    "",
    "<",
]


@pytest.mark.parametrize("encoding", ["", "gzip"])
@pytest.mark.parametrize("body", [SCOPES, *OTHERS])
def test_other_refusals_do_not_refuse_the_token(body, encoding):
    assert not refuses_token(an_answer(400, body.encode(), encoding))


def test_a_compressed_refusal_for_a_missing_scope_does_not_refuse_the_token():
    assert not refuses_token(an_answer(401, SCOPES.encode(), "gzip"))


def an_answer(status, body, encoding):
    sent = gzip.compress(body) if encoding else body
    headers = {"Content-Length": str(len(sent))} | ({"Content-Encoding": encoding} if encoding else {})
    raw = HTTPResponse(io.BytesIO(sent), headers, preload_content=False, decode_content=False)
    return Answer(status, headers, raw, "GET")


def test_a_file_that_is_refused_costs_one_refresh(dana, parts, world):
    world.faults.append(Fault("GET /rec/**", 401, body=REFUSED))
    gateway = parts.user_client(dana.id)

    answers = [gateway.download(f"{world.base_url}/rec/download/abc") for _ in range(3)]

    assert [each.status for each in answers] == [401] * 3
    assert world.calls.count(REFRESH) == 1
    for each in answers:
        each.close()


def test_refused_endpoints_work_without_redis(redis_process, clock):
    server = redis_process()
    refused = RefusedEndpoints(server.client(), clock)
    server.kill()

    refused.add("dana", "grant", "GET /v2/users/me", "a token")
    refused.remove("dana", "grant", "GET /v2/users/me")

    assert refused.refuses_successors("dana", "grant", "GET /v2/users/me", "the next token") is False


def test_at_most_fifty_refusals_are_stored_and_none_after_a_disconnect(dana, parts):
    refused = parts.refused_endpoints
    for number in range(2 * MAX_PER_USER):
        refused.add(dana.id, "grant", f"GET /v2/{'a' * (number + 1)}", "a token")
    key = key_names.of_user(dana.id, "refused-endpoints")
    assert 0 < parts.redis.hlen(key) <= MAX_PER_USER
    assert 0 < parts.redis.ttl(key) <= SECONDS

    dana.post("/api/zoomapp/disconnect")
    assert not parts.redis.exists(key)

    refused.add(dana.id, "grant", "GET /v2/users/me", "a token")
    assert not parts.redis.exists(key)


def test_an_endpoint_name_contains_no_ids():
    assert endpoint_name("GET", "/v2/meetings/85000000101/registrants") == "GET /v2/meetings/{id}/registrants"
    assert endpoint_name("GET", "/v2/users/dana%40example.com/settings") == "GET /v2/users/{id}/settings"
    assert endpoint_name("GET", "/v2/users/me") == "GET /v2/users/me"
    assert endpoint_name("GET", "/v2/past_meetings/%252Fabc%3D%3D/qa") == "GET /v2/past_meetings/{id}/qa"
