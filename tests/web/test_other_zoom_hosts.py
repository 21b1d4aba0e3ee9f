"""An app whose ZOOM_HOST and ZOOM_API_HOST are at Zoom for Government: every page, link and download works there."""

import html
import re
from dataclasses import replace

import pytest
from requests.structures import CaseInsensitiveDict

from offline_zoom.faults import Fault
from offline_zoom.world import World
from tests.support.people import OWN, Person
from zoomapp.cli.manifest import EVENTS, manifest
from zoomapp.zoom.meeting_ids import key_of
from zoomapp.zoom.recordings import RecordingFile

HOST, API = "https://zoomgov.com", "https://api.zoomgov.com"
RECORDING = {"uuid": "BBBBBBBBBBBBBBBBBBBBBB==", "topic": "Review", "start_time": "2026-03-01T10:00:00Z"}
FILE = {"id": "1", "file_type": "MP4", "file_size": 4, "status": "completed"}
MEETING = {"id": 85512340987, "uuid": "AAAAAAAAAAAAAAAAAAAAAA==", "topic": "Weekly", "type": 2, "host_id": "somebody"}


@pytest.fixture
def world(clock):
    return World(clock=clock, sleep=clock.tick, redirect_uris=[OWN], base_url=HOST)


@pytest.fixture
def settings(settings):
    return replace(settings, zoom_host=HOST, zoom_api_host=API)


@pytest.fixture
def dana(app, world):
    """Dana, who signed in inside Zoom's client."""
    person = Person(app, world, "dana")
    assert person.authorize_in_client().status_code == 200
    world.calls.clear()
    return person


def with_token(world):
    """The hosts that got an access token."""
    return {call.host for call in world.calls.all() if "Authorization" in CaseInsensitiveDict(call.headers)}


def test_a_sign_in_goes_to_the_configured_host(dana):
    assert dana.get("/api/zoomapp/install").location.startswith(f"{HOST}/oauth/authorize?")


def test_a_context_of_the_configured_marketplace_signs_in(app, world):
    person = Person(app, world, "dana")

    assert person.open_from_zoom(iss="marketplace.zoomgov.com").status_code == 302


def test_calls_go_to_the_configured_api_host(dana, world):
    assert dana.look("/").status_code == 200

    assert with_token(world) == {"api.zoomgov.com"}


@pytest.mark.parametrize("place", ["zoomgov.com", "agency.zoomgov.com", "files.zoomgov.com"])
def test_a_download_gets_the_token_at_a_host_of_the_configured_domain(dana, world, place):
    body = {**RECORDING, "recording_files": [{**FILE, "download_url": f"https://{place}/rec/download/1"}]}
    world.faults.append(Fault("GET /v2/meetings/*/recordings", 200, body=body))
    world.faults.append(Fault("GET /rec/download/1", 200, {"Content-Type": "video/mp4"}, "mp4!"))

    answer = dana.get(f"/recordings/{key_of(RECORDING['uuid'])}/{RecordingFile.from_api(FILE).key}")

    assert answer.data == b"mp4!"
    assert with_token(world) == {"api.zoomgov.com", place}


def test_a_download_at_the_other_zoom_does_not_get_the_token(dana, world):
    body = {**RECORDING, "recording_files": [{**FILE, "download_url": "https://us02web.zoom.us/rec/download/1"}]}
    world.faults.append(Fault("GET /v2/meetings/*/recordings", 200, body=body))

    answer = dana.get(f"/recordings/{key_of(RECORDING['uuid'])}/{RecordingFile.from_api(FILE).key}")

    assert answer.status_code == 502
    assert with_token(world) == {"api.zoomgov.com"}


def test_start_join_and_play_links_are_shown_and_followed(dana, world):
    links = {name: f"https://agency.zoomgov.com/{name}?pwd=a.1" for name in ("s", "j", "rec")}
    meeting = {**MEETING, "start_url": links["s"], "join_url": links["j"]}
    world.faults.append(Fault("GET /v2/meetings/*", 200, body=meeting))
    recording = {**RECORDING, "share_url": links["rec"], "recording_files": [FILE]}
    world.faults.append(Fault("GET /v2/users/*/recordings", 200, body={"next_page_token": "", "meetings": [recording]}))

    assert dana.look("/meetings/85512340987/start?anyway=1").location == links["s"]
    assert links["j"] in html.unescape(dana.look("/meetings/85512340987").text)
    assert links["rec"] in html.unescape(dana.look("/recordings").text)


def test_a_deep_link_leads_to_the_configured_domain(dana, parts, world):
    link = parts.signin.deep_link(parts.tokens.access_token(dana.id), "added")

    assert link.startswith(f"{HOST}/launch/")


def test_the_web_client_of_the_configured_domain_may_frame_the_app(dana):
    policy = dana.look("/").headers["Content-Security-Policy"]

    ancestors = re.search(r"frame-ancestors ([^;]*)", policy)[1].split()
    assert ancestors[-2:] == ["https://zoomgov.com", "https://*.zoomgov.com"]


def test_the_manifest_names_the_apps_own_host_only(settings):
    text = str(manifest(replace(settings, public_url="https://rollcall.example"), sorted(EVENTS)))

    assert "zoom.us" not in text and "zoomgov" not in text
