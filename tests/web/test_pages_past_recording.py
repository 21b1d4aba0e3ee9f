"""The tab of a past meeting's recording: its files, or why there is none."""

import re

import pytest

from offline_zoom.faults import Fault
from offline_zoom.identifiers import meeting_uuid
from offline_zoom.stories.quiet_day import FIXTURES, WEEKLY
from offline_zoom.webhooks import recording_events
from tests.web.reading import read
from zoomapp.zoom.meeting_ids import key_of

WEEK_AGO, OFFICE = FIXTURES[2], FIXTURES[0]
FILES, TRASH = "GET /v2/meetings/*/recordings", "GET /v2/users/me/recordings"
ATTENDANCE = f"/participants/{key_of(WEEK_AGO)}"
PAGE = f"{ATTENDANCE}/recording"
TAB = '/recording">Recording</a>'
NONE = {"code": 3301, "message": "There is no recording for this meeting."}


def page_of(uuid):
    return f"/participants/{key_of(uuid)}/recording"


@pytest.fixture
def just_recorded(dana, world, clock):
    """A meeting that ended a moment ago and was recorded."""
    meeting = world.start_meeting(85000000101, recording=True)
    world.join(meeting, "dana")
    clock.tick(600)
    world.end_meeting(meeting)
    clock.tick(30 - clock() % 30)
    return meeting


def test_recording_has_its_files_a_player_and_a_passcode_on_request(dana, world):
    passcode = world.recordings[WEEK_AGO].play_passcode = "secret-4711"

    for page in (dana.look(PAGE), dana.look(PAGE)):
        text = read(page)
        assert "Cloud recording" in text and "Download Video" in text and "Download Chat" in text
        assert "Play" in text and "Copy link + passcode" in text and "Show passcode" in text
        assert passcode not in page.text
        assert f'/recordings/{key_of(WEEK_AGO)}/passcode"' in page.text
        assert 'aria-current="page">Recording</a>' in page.text
        assert "data-coming" not in page.text
    video = re.search(r'href="(/recordings/[^"]+)" data-file>\s*<span class="hush">Download</span><b>Video', page.text)
    assert dana.get(video[1]).status_code == 200


@pytest.mark.parametrize(
    ("state", "title"),
    [
        ("trashed", "The recording is in Zoom’s trash"),
        ("deleted", "No cloud recording"),
        ("encrypted", "Encrypted meetings have no cloud recording"),
        ("other account", "Not shared with you"),
        ("forbidden", "Not shared with you"),
    ],
)
def test_page_says_why_there_is_no_recording(dana, world, clock, state, title):
    if state == "encrypted":
        world.meetings[WEEKLY].settings["encryption_type"] = "e2ee"
    if state in ("other account", "forbidden"):
        code, status = (1010, 400) if state == "other account" else (0, 403)
        world.faults.append(Fault(FILES, status, {}, {"code": code, "message": "No."}))
    elif state == "trashed":
        world.recordings[WEEK_AGO].trashed_at = clock()
    else:
        world.recordings[WEEK_AGO].deleted = True

    page = dana.look(PAGE)

    assert title in read(page, 404)
    assert ("See trash" in page.text) == (state == "trashed")
    assert ("Copy a note to the host" in page.text) == (state in ("other account", "forbidden"))
    assert "data-coming" not in page.text
    assert 'aria-current="page">Recording</a>' in page.text


def test_window_that_waits_asks_zoom_twice_a_minute_and_gets_the_recording_with_the_event(
    dana, world, webhooks, clock, just_recorded
):
    path = page_of(just_recorded.uuid)
    first = dana.look(path)
    version = re.search(r'data-coming data-version="([^"]+)"', first.text)[1]
    headers = {"Accept": "text/html", "If-None-Match": f'"{version}"'}
    world.calls.clear()

    assert "No recording yet" in read(first, 404)
    assert [dana.get(path, headers=headers).status_code for _ in range(9)] == [304] * 9
    assert world.calls.count("GET /v2/**") == 0
    recording = world.recordings[just_recorded.uuid]
    recording.available_at = clock()
    webhooks(recording_events.recording_event(clock(), recording, world))
    page = dana.get(path, headers=headers)
    assert "Download Video" in read(page)
    assert 'data-ready="The recording is ready."' in page.text
    assert world.calls.count(FILES) == 1


def test_recording_is_waited_for_until_a_day_after_the_end(dana, world, clock, just_recorded):
    world.recordings[just_recorded.uuid].available_at = clock() + 10 * 86400
    path = page_of(just_recorded.uuid)

    clock.tick(86400 - 120)
    early = dana.look(path)
    clock.tick(120)

    assert "No recording yet" in read(early, 404)
    assert TAB in dana.look(path.replace("/recording", "")).text
    assert "No cloud recording" in read(dana.look(path), 404)


def test_files_that_zoom_still_processes_are_waited_for(dana, world):
    video = {"id": "v1", "file_type": "MP4", "status": "processing", "recording_end": "2026-02-23T09:45:00Z"}
    audio = {"id": "a1", "file_type": "M4A", "status": "completed", "file_size": 3_000_000, "file_extension": "M4A"}
    body = {"uuid": WEEK_AGO, "topic": "Weekly sync", "recording_files": [video, audio, "odd"]}
    world.faults.append(Fault(FILES, 200, {}, body))

    page = dana.look(PAGE)

    text = read(page)
    assert "Zoom is still processing this" in text and "1 file of this recording could not be read" in text
    assert "Download Audio" in text and "Download Video" not in text
    assert "data-coming" in page.text


@pytest.mark.parametrize(
    ("fault", "status", "title"),
    [
        (Fault(FILES, 200, {}, ["odd"]), 502, "We couldn’t reach Zoom"),
        (Fault(FILES, 200, {}, {"topic": "Without a UUID"}), 502, "We couldn’t reach Zoom"),
        (Fault(FILES, drop="before"), 502, "We couldn’t reach Zoom"),
        (Fault(FILES, 429, {"Retry-After": "9"}, {"code": 429, "message": "slow"}), 429, "Zoom asked us to slow down"),
        (
            Fault(FILES, 400, {}, {"code": 200, "message": "Paid only."}),
            200,
            "Cloud recording needs a Pro plan or higher",
        ),
    ],
)
def test_other_failures_are_no_missing_recording(dana, world, fault, status, title):
    world.faults.append(fault)

    assert title in read(dana.look(PAGE), status)
    assert TAB in dana.look(ATTENDANCE).text


def test_missing_permission_is_named(anyone, world):
    world.switches.change({"withheld_scopes": ["cloud_recording:read:list_recording_files:admin"]})
    anyone.connect()

    text = read(anyone.look(PAGE))

    assert "One permission is missing" in text and "cloud_recording:read:list_recording_files" in text


def test_tab_is_gone_once_the_page_found_nothing_and_costs_no_call(dana, world, clock):
    attendance = f"/participants/{key_of(OFFICE)}"
    assert TAB in dana.look(attendance).text
    assert world.calls.count(FILES) == 0
    clock.tick(86400)

    assert "No cloud recording" in read(dana.look(f"{attendance}/recording"), 404)

    assert TAB not in dana.look(attendance).text
    recording = world.recordings[WEEK_AGO]
    world.recordings[OFFICE] = type(recording)(**{**vars(recording), "uuid": OFFICE})
    dana.look(f"{attendance}/recording")
    assert TAB in dana.look(attendance).text


def test_tab_stays_if_zoom_does_not_say_what_is_in_the_trash(dana, world):
    world.recordings[WEEK_AGO].trashed_at = 1.0
    world.faults.append(Fault(TRASH, drop="before"))

    assert "No cloud recording" in read(dana.look(PAGE), 404)
    assert TAB in dana.look(ATTENDANCE).text


def test_meeting_of_another_host_has_no_tab_and_an_unknown_number_is_not_found(dana, world):
    uuid = meeting_uuid("catch-up ada")
    world.instances[uuid].summary = world.instances[WEEK_AGO].summary

    page = dana.look(f"/participants/{key_of(uuid)}").text

    assert f'href="/participants/{key_of(uuid)}/summary"' in page and TAB not in page
    assert dana.look("/participants/99999999999/recording").status_code == 404


def test_saved_copy_stands_in_for_zoom_with_its_age(dana, world, clock):
    dana.look(PAGE)
    clock.tick(400)
    world.faults.append(Fault("GET /v2/**", drop="before"))

    text = read(dana.look(PAGE))

    assert "Download Video" in text and "We couldn’t reach Zoom" in text
