"""Links that Zoom sends lead people to Zoom, or are not shown and not followed."""

import html

import pytest
from requests.structures import CaseInsensitiveDict

from offline_zoom.faults import Fault
from zoomapp.zoom.meeting_ids import key_of
from zoomapp.zoom.recordings import RecordingFile

#: Addresses that a lenient check takes for Zoom's, or that it does not look at.
ELSEWHERE = [
    r"https://evil.example\.zoom.us/",
    r"https://evil.example\@x.zoom.us/",
    "https://x.zoom.us@evil.example/",
    "https://evil.example/",
    "http://zoom.us/",
    "https://zoom.us:8443/",
    "https://evil.example#.zoom.us/",
    "https://[",
    "javascript:alert(1)",
]


MEETING = {
    "id": 85512340987,
    "uuid": "AAAAAAAAAAAAAAAAAAAAAA==",
    "topic": "Weekly",
    "type": 2,
    "host_id": "somebody",
    "start_time": "2026-03-03T10:00:00Z",
    "duration": 30,
}
RECORDING = {"uuid": "BBBBBBBBBBBBBBBBBBBBBB==", "topic": "Review", "start_time": "2026-03-01T10:00:00Z"}
FILE = {"id": "1", "file_type": "MP4", "file_size": 3, "status": "completed"}


def added_from_the_marketplace(person, world):
    """The answer to the callback that opens the app in Zoom's client."""
    code = world.issue_code("dana", "http://localhost/api/zoomapp/auth")
    consent_page = person.get(person.get(f"/api/zoomapp/auth?code={code}").location).location
    return person.get(person.consent(consent_page))


@pytest.mark.parametrize("address", ELSEWHERE)
def test_a_deep_link_to_another_host_is_not_followed(anyone, world, address):
    world.faults.append(Fault("POST /v2/zoomapp/deeplink", 200, body={"deeplink": address}))

    assert added_from_the_marketplace(anyone, world).location == "/"


def test_a_deep_link_to_zoom_is_followed(anyone, world):
    world.faults.append(Fault("POST /v2/zoomapp/deeplink", 200, body={"deeplink": "https://zoom.us/launch/x?a=b"}))

    assert added_from_the_marketplace(anyone, world).location == "https://zoom.us/launch/x?a=b"


@pytest.mark.parametrize("address", ELSEWHERE)
@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_a_start_link_to_another_host_is_not_followed(dana, world, address, accept):
    world.faults.append(Fault("GET /v2/meetings/*", 200, body={**MEETING, "start_url": address}))

    answer = dana.get("/meetings/85512340987/start?anyway=1", headers={"Accept": accept})

    assert answer.status_code == 404
    assert "Location" not in answer.headers and address.encode() not in answer.data


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_the_start_link_in_the_response_is_the_link_that_was_checked(dana, world, accept):
    address = "HTTPS://US02web.zoom.us/s/1?zak=a.b&x=[1]|%2F"
    world.faults.append(Fault("GET /v2/meetings/*", 200, body={**MEETING, "start_url": address}))

    answer = dana.get("/meetings/85512340987/start?anyway=1", headers={"Accept": accept})

    start_link = answer.location if accept == "text/html" else answer.json["url"]
    assert start_link.startswith("https://us02web.zoom.us/s/1?zak=a.b&x=")


PAGES = ["/meetings/85512340987", "/meetings/85512340987.ics", "/meetings/85512340987/passcode"]


@pytest.mark.parametrize("address", ELSEWHERE)
@pytest.mark.parametrize("path", PAGES)
def test_a_join_link_to_another_host_is_not_shown(dana, world, path, address):
    world.faults.append(Fault("GET /v2/meetings/*", 200, body={**MEETING, "join_url": address}))

    page = dana.look(path)

    assert page.status_code == 200
    assert address not in html.unescape(page.text)


@pytest.mark.parametrize("path", PAGES)
def test_a_join_link_to_zoom_is_shown(dana, world, path):
    address = "https://us02web.zoom.us/j/85512340987?pwd=a.1"
    world.faults.append(Fault("GET /v2/meetings/*", 200, body={**MEETING, "join_url": address}))

    assert address in html.unescape(dana.look(path).text)


@pytest.mark.parametrize("address", ELSEWHERE)
@pytest.mark.parametrize("path", ["/", "/meetings", "/meetings?show=live", "/participants"])
def test_a_join_link_to_another_host_is_in_no_list(dana, world, path, address):
    rows = [{**MEETING, "join_url": address, "start_time": "2026-03-02T11:00:00Z", "duration": 30}]
    body = {"page_size": 300, "next_page_token": "", "total_records": 1, "meetings": rows}
    world.faults.append(Fault("GET /v2/users/*/meetings", 200, body=body))

    assert address not in html.unescape(dana.look(path).text)


@pytest.mark.parametrize("address", ELSEWHERE)
@pytest.mark.parametrize("path", ["/recordings?from=2026-02-20&to=2026-03-02", "/recordings.csv?from=2026-02-20"])
def test_a_play_link_to_another_host_is_not_shown(dana, world, path, address):
    body = {"next_page_token": "", "meetings": [{**RECORDING, "share_url": address, "recording_files": [FILE]}]}
    world.faults.append(Fault("GET /v2/users/*/recordings", 200, body=body))

    page = dana.look(path)

    assert "Review" in page.text
    assert address not in html.unescape(page.text)


@pytest.mark.parametrize("address", ELSEWHERE)
@pytest.mark.parametrize("place", ["download_url", "Location"])
def test_the_token_does_not_go_to_another_host_with_a_download(dana, world, place, address):
    key = key_of(RECORDING["uuid"])
    link = address if place == "download_url" else "https://files.zoom.us/rec/download/1"
    body = {**RECORDING, "recording_files": [{**FILE, "download_url": link}]}
    world.faults.append(Fault("GET /v2/meetings/*/recordings", 200, body=body))
    if place == "Location":
        world.faults.append(Fault("GET /rec/download/1", 302, {"Location": address}))
    world.calls.clear()

    answer = dana.look(f"/recordings/{key}/{RecordingFile.from_api(FILE).key}")

    assert answer.status_code in (404, 502)
    with_token = [call.host for call in world.calls.all() if "Authorization" in CaseInsensitiveDict(call.headers)]
    assert set(with_token) <= {"you-forgot-the-sandbox.localhost", "files.zoom.us"}
