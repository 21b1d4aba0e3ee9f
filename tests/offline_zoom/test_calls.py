"""The log of received calls, and the command that shows it."""

from __future__ import annotations

import json

import pytest
import requests

from offline_zoom.__main__ import main
from offline_zoom.call_log import Call
from offline_zoom.commands.replay import differences, own_world, parser, read
from offline_zoom.har import har
from offline_zoom.serving.server import serve
from offline_zoom.world import World
from tests.offline_zoom.conftest import caller


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


def test_replayed_calls_differ_only_in_another_world(tmp_path, capsys):
    world, path = World(), tmp_path / "calls"
    outputs = []
    with serve(world) as server:
        dana = caller(world, "dana")
        first = dana.get("/users/me/meetings", page_size=3).json()
        dana.get("/users/me/meetings", page_size=3, next_page_token=first["next_page_token"])
        dana.get("/users/me/recordings")
        dana.get("/meetings/1")
        dana.call("PATCH", "/meetings/1", json={"topic": "A"})
        requests.post(f"{server.url}/oauth/token")
        for form, options in (("--json", []), ("--har", []), ("--har", ["--story", "free-plan"])):
            main(["calls", "--url", server.url, form])
            path.write_text(capsys.readouterr().out)
            outputs.append((main(["replay", str(path), *options]), *capsys.readouterr()))

    same = (0, "4 calls, 0 differences\n", "offline-zoom: 1 calls were not sent: the file does not have their bodies\n")
    assert outputs[:2] == [same, same]
    assert outputs[2][:2] == (1, "GET /v2/users/me/recordings: 200 in the file, 400 now\n4 calls, 1 differences\n")


def archive_of(*calls: tuple[str, str, int, str, str | None]) -> str:
    """An HTTP archive with bodies, as browsers write it: method, URL, status, answer and body of each call."""
    entries = [
        {
            "request": {"method": method, "url": url, **({"postData": {"text": body}} if body else {})},
            "response": {"status": status, "content": {"mimeType": "application/json", "text": answer}},
        }
        for method, url, status, answer, body in calls
    ]
    return json.dumps({"log": {"entries": entries}})


def test_replay_names_fields_that_are_new_gone_or_of_another_type(tmp_path, capsys):
    path = tmp_path / "calls.har"
    created = ("POST", "https://api.zoom.us/v2/users/me/meetings", 201, "", '{"topic": "A", "type": 2}')
    listed = json.dumps({"templates": [{"id": 7, "name": "A", "color": None}], "total_records": 1})
    templates = ("GET", "https://api.zoom.us/v2/users/me/meeting_templates", 200, listed, None)
    elsewhere = ("GET", "https://example.com/v2/users/me", 200, "{}", None)
    path.write_text(archive_of(created, templates, elsewhere))

    status = main(["replay", str(path)])

    prefix = "GET /v2/users/me/meeting_templates: templates[]"
    assert status == 1
    assert capsys.readouterr().out.splitlines() == [
        f"{prefix}.color: null is in the file only",
        f"{prefix}.id: number is in the file only",
        f"{prefix}.id: text is new",
        f"{prefix}.type: number is new",
        "2 calls, 4 differences",
    ]


def test_replay_takes_broken_json_and_repeated_parameters(tmp_path, capsys):
    path = tmp_path / "calls.har"
    path.write_text(archive_of(("GET", "https://api.zoom.us/v2/users/me?a=1&a=2&b=", 200, "{", None)))
    world = World()

    assert list(differences(read(path.read_text()), world, of_account=False)) == []
    assert world.calls.all()[-1].query == "a=1&a=2&b="


def test_replay_saves_nothing_and_sends_no_events(tmp_path):
    files = ["--data", str(tmp_path / "data"), "--clock-file", str(tmp_path / "clock")]

    world = own_world(parser().parse_args(["calls.har", *files, "--webhook-url", "http://127.0.0.1:9/"]))
    world.tick(60)

    assert (world.webhook_url, list(tmp_path.iterdir())) == ("", [])


@pytest.mark.parametrize("text", ["", "7", "{}", '{"log": {"entries": [7]}}', "[7]", '[{"host": ""}]'])
def test_replay_refuses_another_file(text, tmp_path, capsys):
    path = tmp_path / "calls.har"
    path.write_text(text)

    assert main(["replay", str(path)]) == 2
    assert "neither an HTTP archive nor a list of offline-zoom calls" in capsys.readouterr().err
