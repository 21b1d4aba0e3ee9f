"""The log of received calls, and the command that shows it."""

from __future__ import annotations

import json

import pytest
import requests

from offline_zoom.__main__ import main
from offline_zoom.call_log import Call
from offline_zoom.har import har
from offline_zoom.serving.server import serve
from offline_zoom.world import World


@pytest.fixture
def url():
    """An offline Zoom that got two calls, of which one was dropped."""
    world = World()
    with serve(world) as server:
        requests.get(f"{server.url}/v2/users/me?page=1", headers={"Authorization": "Bearer hidden"})
        world.faults.add("dropped-before")
        with pytest.raises(requests.ConnectionError):
            requests.get(f"{server.url}/v2/users")
        yield server.url


def test_calls_are_shown_as_a_table_as_json_and_as_an_http_archive(url, capsys):
    outputs = []
    for form in ([], ["--json", "--route", "GET /v2/users/*"], ["--har"]):
        assert main(["calls", "--url", url, *form]) == 0
        outputs.append(capsys.readouterr().out)
    head, answered, dropped = outputs[0].splitlines()
    (call,) = json.loads(outputs[1])
    entries = json.loads(outputs[2])["log"]["entries"]

    assert head.split() == ["time", "status", "ms", "call"]
    assert answered.split()[1] == "401" and answered.endswith(f"GET {url.removeprefix('http://')}/v2/users/me?page=1")
    assert dropped.split()[1] == "dropped"
    assert (call["status"], call["path"]) == (401, "/v2/users/me")
    assert "Authorization" in call["headers"] and "hidden" not in "".join(outputs)
    assert [entry["response"]["status"] for entry in entries] == [401, 0]
    assert entries[0]["response"]["statusText"] == "Unauthorized"


def test_calls_says_when_there_is_no_offline_zoom(capsys):
    assert main(["calls", "--url", "http://127.0.0.1:9/"]) == 1
    assert "no offline Zoom answers at http://127.0.0.1:9/" in capsys.readouterr().err


def test_http_archive_has_no_secrets():
    call = Call("GET", "/oauth/authorize", "code_verifier=s3cret&state=a%20b", "zoom.us", scheme="https")
    call.headers = {"Authorization": "Basic s3cret", "Accept": "*/*"}
    call.response_headers = [("Location", "https://app.example/?code=s3cret&state=a"), ("Set-Cookie", "a=s3cret")]
    call.status = 302

    archive = har([call])
    entry = archive["log"]["entries"][0]

    assert "s3cret" not in json.dumps(archive)
    assert entry["request"]["queryString"][1] == {"name": "state", "value": "a b"}
    assert {"name": "Accept", "value": "*/*"} in entry["request"]["headers"]
    assert entry["response"]["redirectURL"] == "https://app.example/?code=%28removed%29&state=a"
