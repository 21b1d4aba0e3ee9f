"""The files of a recording: what Zoom may send for a download, files in progress, strange rows."""

import io
import logging
import re
from datetime import UTC, datetime

import pytest
from urllib3 import HTTPResponse

from offline_zoom.faults import Fault
from tests.web.reading import read
from zoomapp.errors import FileRefused
from zoomapp.recordings.files import Download, check_is_file
from zoomapp.zoom import tolerant_reader
from zoomapp.zoom.client import Answer
from zoomapp.zoom.meeting_ids import key_of
from zoomapp.zoom.recordings import Recording, RecordingFile, read_files

UUID = "BBBBBBBBBBBBBBBBBBBBBB=="
RECORDING = {"uuid": UUID, "topic": "Review", "start_time": "2026-03-01T10:00:00Z", "duration": 30}
TIMES = {"recording_start": "2026-03-01T10:00:00Z", "recording_end": "2026-03-01T10:30:00Z"}
VIDEO = {"id": "1", "file_type": "MP4", "file_extension": "MP4", "file_size": 4096, "status": "completed", **TIMES}
TIMELINE = {"file_type": "TIMELINE", "file_extension": "JSON", **TIMES}
CHAT = {**VIDEO, "file_type": "CHAT", "file_extension": "TXT"}
CAPTIONS = {"file_type": "CC", "file_extension": "VTT", **TIMES}
IN_PROGRESS = {
    "id": "9",
    "recording_start": TIMES["recording_start"],
    "recording_end": "",
    "file_type": "",
    "file_extension": "",
    "file_size": 0,
    "status": "",
}
FORBIDDEN = '{"status":false,"errorCode":124,"errorMessage":"Forbidden"}'
LOGIN_PAGE = "\ufeff  <!DOCTYPE html><title>Sign in</title>"


def let_zoom_list(world, *rows):
    """Zoom's list and details of one recording with these files."""
    files = [{"download_url": f"{world.base_url}/rec/download/{at}", **row} for at, row in enumerate(rows)]
    recording = {**RECORDING, "recording_files": files}
    world.faults.append(Fault("GET /v2/users/*/recordings", 200, {}, {"meetings": [recording], "next_page_token": ""}))
    world.faults.append(Fault("GET /v2/meetings/*/recordings", 200, {}, recording))


def let_zoom_send(world, status, headers, body):
    world.faults.append(Fault("GET /rec/download/*", status, headers, body))


def address(row, number=1):
    keys = [file.key for file in read_files([row] * number)]
    return f"/recordings/{key_of(UUID)}/{keys[-1]}"


# Refusals


@pytest.mark.parametrize(
    "row", [VIDEO, TIMELINE, CHAT, CAPTIONS, {**TIMELINE, "file_type": "AIC_CONVERSATION", **VIDEO}]
)
@pytest.mark.parametrize("media_type", ["application/json", "application/octet-stream", "video/mp4", "text/plain"])
@pytest.mark.parametrize(
    ("body", "words"),
    [
        (FORBIDDEN, "Zoom says: Forbidden."),
        (
            '{"code":3301,"message":"There is no recording for this meeting."}',
            "There is no recording for this meeting.",
        ),
        ('{"status":false}', "Your administrator may allow viewing only"),
        (LOGIN_PAGE, "Your administrator may allow viewing only"),
    ],
)
def test_a_refusal_with_status_200_is_not_sent_as_the_file(dana, world, row, media_type, body, words):
    let_zoom_list(world, row)
    let_zoom_send(world, 200, {"Content-Type": media_type}, body)

    page = dana.look(address(row))

    assert "Content-Disposition" not in page.headers
    text = read(page, 502)
    assert "Zoom didn’t provide this file" in text
    assert words in text


def in_chunks(body, media_type="application/json", status=200):
    """An answer without Content-Length."""
    raw = HTTPResponse(body=io.BytesIO(body), status=status, preload_content=False, decode_content=False)
    return Answer(status, {"Content-Type": media_type, "Transfer-Encoding": "chunked"}, raw, "GET")


def test_a_chunked_refusal_is_not_sent_as_the_timeline():
    with pytest.raises(FileRefused, match="124") as refused:
        check_is_file(in_chunks(FORBIDDEN.encode()), RecordingFile.from_api(TIMELINE))

    assert "Forbidden" in refused.value.message and "Forbidden" not in refused.value.detail


@pytest.mark.parametrize(
    ("row", "media_type", "body"),
    [
        (TIMELINE, "application/json", b'{"timeline":[{"ts":"00:00:01.000","users":[]}],"status":"ok"}'),
        (TIMELINE, "application/octet-stream", b'[{"status":false}]'),
        ({**VIDEO, "file_size": 36}, "video/mp4", b"\0\0\0\x20ftypmp42" + b"\0" * 24),
        ({**CHAT, "file_size": 44}, "text/plain", b"09:12:03 From Dana : <html> is a tag, no page"[:44]),
        (CAPTIONS, "text/vtt", b"WEBVTT\n\n1\n"),
    ],
)
def test_a_file_that_resembles_a_refusal_is_sent(row, media_type, body):
    answer = in_chunks(body, media_type)

    check_is_file(answer, RecordingFile.from_api(row))

    assert b"".join(answer.chunks()) == body


@pytest.mark.parametrize("status", [400, 401, 403, 409, 410, 416, 418, 422])
def test_a_refused_download_shows_zooms_message(dana, world, status):
    let_zoom_list(world, VIDEO)
    let_zoom_send(world, status, {}, {"code": 3301, "message": "This recording does not exist"})

    page = dana.look(address(VIDEO))

    text = read(page, 502)
    assert "Zoom says: This recording does not exist." in text
    assert "reach Zoom" not in text


@pytest.mark.parametrize("body", ["", "<Error><Code>InvalidRange</Code></Error>", '{"code":3301,"message":["a"]}', "{"])
def test_a_refused_download_without_a_message_shows_the_status(dana, world, body):
    let_zoom_list(world, VIDEO)
    let_zoom_send(world, 400, {"Content-Type": "application/json"}, body)

    text = read(dana.look(address(VIDEO)), 502)

    assert "refused with status 400" in text
    assert "reach Zoom" not in text


def test_a_refused_download_sends_zooms_message_to_a_script(dana, world):
    let_zoom_list(world, VIDEO)
    let_zoom_send(world, 400, {}, {"code": 3301, "message": "This recording does not exist"})

    answer = dana.get(address(VIDEO))

    assert (answer.status_code, answer.json["error"]) == (502, "upstream_error")
    assert "This recording does not exist" in answer.json["message"]


def test_a_rate_limited_download_says_how_long_to_wait(dana, world):
    let_zoom_list(world, VIDEO)
    let_zoom_send(world, 429, {"Retry-After": "7"}, {"code": 429, "message": "Too many requests"})

    page = dana.look(address(VIDEO))

    assert "Zoom asked us to slow down" in read(page, 429)
    assert page.headers["Retry-After"] == "7"


def test_an_outage_of_zooms_file_host_is_not_called_a_refusal(dana, world):
    let_zoom_list(world, VIDEO)
    let_zoom_send(world, 503, {}, "gone")

    assert "We couldn’t reach Zoom" in read(dana.look(address(VIDEO)), 502)


# Sizes and headers


@pytest.mark.parametrize("row", [VIDEO, CHAT])
def test_a_file_with_another_size_than_declared_has_its_own_error(dana, world, row):
    let_zoom_list(world, row)
    let_zoom_send(world, 200, {"Content-Type": "application/octet-stream"}, "ten bytes.")

    page = dana.look(address(row))

    text = read(page, 502)
    assert "Zoom did not send the whole file" in text
    assert "reach" not in text
    assert "Content-Disposition" not in page.headers


def test_a_short_file_in_chunks_is_refused():
    with pytest.raises(FileRefused):
        check_is_file(in_chunks(b"ten bytes.", "video/mp4"), RecordingFile.from_api(VIDEO))


STRANGE = [
    "-1",
    "text",
    "\u00b2",
    "10, 20",
    "9" * 40,
    "bytes 0-3/\u00e9",
    "bytes 9-0/-5",
    "\u00e9",
    "",
    "a\u0080b",
    ";=",
]


@pytest.mark.parametrize("name", ["Content-Range", "Content-Type", "Content-Disposition", "Accept-Ranges"])
@pytest.mark.parametrize("status", [200, 206])
def test_strange_headers_of_zooms_file_host_give_no_500(dana, world, name, status):
    let_zoom_list(world, VIDEO)
    for value in STRANGE:
        world.faults.append(Fault("GET /rec/download/*", status, {name: value}, "x" * 4096, count=1))

        answer = dana.look(address(VIDEO))

        assert answer.status_code in (200, 502)
        if answer.status_code == 200:
            assert answer.headers["Content-Type"] == "application/octet-stream"
            assert answer.data == b"x" * 4096
            assert all(text.isascii() for _, text in answer.headers)


def test_a_range_that_is_not_one_range_of_bytes_gets_the_whole_file(dana, world):
    let_zoom_list(world, VIDEO)
    let_zoom_send(world, 200, {"Content-Type": "video/mp4"}, "x" * 4096)
    world.calls.clear()

    for value in ("text", "bytes=0-1,4-5", "bytes=-", "lines=1-2", "bytes=\u00e9", "bytes=5-2" * 99):
        answer = dana.get(address(VIDEO), headers={"Range": value})
        assert (answer.status_code, len(answer.data)) == (200, 4096)

    assert not [call for call in world.calls.all() if "Range" in call.headers]


@pytest.mark.parametrize("file_type", ["\u041c", 'A"\r\nSet-Cookie: a=b', "../../etc", "X" * 500, "_", "\U0001f600"])
def test_strange_types_and_extensions_make_a_safe_file_name(file_type):
    for extension in ("../x", 'a"b', "\u00e9", "e" * 300, ""):
        row = {**VIDEO, "file_type": file_type, "file_extension": extension}
        download = Download(Recording.from_api(RECORDING), RecordingFile.from_api(row), in_chunks(b"x"))

        header = download.headers(datetime(2026, 3, 2, tzinfo=UTC), UTC)["Content-Disposition"]

        name = re.fullmatch(r"attachment; filename=\"([a-z0-9_.-]+)\"; filename\*=UTF-8''[\w%.-]+", header, re.ASCII)
        assert name and len(name[1]) <= 80 and ".." not in name[1]


# Files in progress


@pytest.mark.parametrize(
    "row", [IN_PROGRESS, {**IN_PROGRESS, "file_type": "MP4"}, {**IN_PROGRESS, "file_type": "TIMELINE"}]
)
def test_a_file_in_progress_cannot_be_downloaded_yet(dana, world, row):
    let_zoom_list(world, row)
    let_zoom_send(world, 200, {}, "x")
    world.calls.clear()

    page = dana.look("/recordings")

    assert "Recording in progress" in read(page)
    assert "data-file>" not in page.text.partition("<article")[2].partition("</article")[0]
    text = read(dana.look(address(row)), 404)
    assert "This file isn’t ready yet" in text
    assert world.calls.count("GET /rec/download/*") == 0
    assert "recording in progress" in read(dana.look("/"))


@pytest.mark.parametrize(
    "row",
    [
        {**VIDEO, "status": "processing"},
        {**VIDEO, "file_size": 0},
        {**VIDEO, "file_type": "", "file_extension": ""},
        {"id": "1", "file_type": "MP4", "recording_start": TIMES["recording_start"]},
    ],
)
def test_a_file_without_type_end_or_size_is_still_in_progress(row):
    recording = Recording.from_api({**RECORDING, "recording_files": [row]})

    assert recording.processing
    assert recording.ready_files == ()


@pytest.mark.parametrize("row", [VIDEO, TIMELINE, CAPTIONS, {"id": "1", "file_type": "MP4", "status": "completed"}])
def test_a_finished_file_can_be_downloaded(row):
    recording = Recording.from_api({**RECORDING, "recording_files": [row]})

    assert not recording.processing
    assert len(recording.ready_files) == 1


def test_finished_files_can_be_downloaded_while_others_are_in_progress(dana, world):
    audio = {**IN_PROGRESS, "file_type": "M4A"}
    let_zoom_list(world, VIDEO, audio)

    page = dana.look("/recordings")

    assert address(VIDEO) in page.text
    assert address(audio) not in page.text
    assert "Recording in progress" in read(page)


# Keys and labels


def test_two_captions_with_the_same_start_have_different_links(dana, world):
    let_zoom_list(world, CAPTIONS, CAPTIONS)
    world.faults.append(Fault("GET /rec/download/0", 200, {"Content-Type": "text/vtt"}, "WEBVTT English"))
    world.faults.append(Fault("GET /rec/download/1", 200, {"Content-Type": "text/vtt"}, "WEBVTT Deutsch"))

    page = dana.look("/recordings").text
    links = re.findall(r'href="(/recordings/[^"/]+/[0-9a-f]{16})"', page)

    assert ("<b>Captions</b>" in page, "<b>Captions 2</b>" in page) == (True, True)
    assert [dana.get(link).text for link in links] == ["WEBVTT English", "WEBVTT Deutsch"]


def test_a_second_similar_file_does_not_change_the_key_of_the_first():
    (alone,) = read_files([CAPTIONS])
    first, second = read_files([CAPTIONS, CAPTIONS])

    assert first.key == alone.key == "0fecdc9dd055ee21"
    assert second.key not in (first.key, "")


@pytest.mark.parametrize(
    ("file_type", "label"),
    [
        ("AIC_CONVERSATION", "AI conversation"),
        ("smart_chapters", "Smart chapters"),
        ("production-studio", "Production studio"),
        ("MP4", "Video"),
        ("QA", "Q&amp;A"),
    ],
)
def test_an_unknown_type_of_file_has_a_readable_label(dana, world, file_type, label):
    let_zoom_list(world, {**VIDEO, "file_type": file_type})

    assert f"<b>{label}</b>" in dana.look("/recordings").text


# Rows that are not as documented


@pytest.mark.parametrize("name", ["id", "file_extension", "file_size", "recording_type", "recording_start", "play_url"])
@pytest.mark.parametrize("value", [[], {}, True, 1e400, None, "\ud800", [["x"]]])
def test_a_value_of_an_unexpected_type_is_the_only_one_missing(name, value):
    (file,) = read_files([{**VIDEO, name: value}])

    assert (file.type, file.ready) == ("MP4", True)


def test_a_row_that_is_no_object_is_the_only_one_missing(caplog):
    tolerant_reader._logged.clear()

    with caplog.at_level(logging.WARNING):
        recording = Recording.from_api({**RECORDING, "recording_files": ["x", None, 3, [VIDEO], VIDEO]})

    assert [file.type for file in recording.files] == ["MP4"]
    assert recording.unreadable_files == 4
    assert [(record.kind, record.field) for record in caplog.records] == [("recording file", "")]


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ([VIDEO, "x"], "1 file of this recording could not be read."),
        ([VIDEO, None, ["x"]], "2 files of this recording could not be read."),
        ("MP4", "1 file of this recording could not be read."),
        (None, ""),
    ],
    ids=str,
)
def test_the_page_of_recordings_counts_files_that_cannot_be_read(dana, world, files, sentence):
    recording = {**RECORDING, "recording_files": files}
    world.faults.append(Fault("GET /v2/users/*/recordings", 200, {}, {"meetings": [recording], "next_page_token": ""}))

    text = read(dana.look("/recordings"))

    assert "Review" in text
    assert sentence in text
    assert ("could not be read" in text) == bool(sentence)


def test_unreadable_values_of_a_file_are_logged_by_name(caplog):
    tolerant_reader._logged.clear()

    with caplog.at_level(logging.WARNING):
        read_files([{**VIDEO, "file_size": [], "status": {}}])

    assert {(record.kind, record.field) for record in caplog.records} == {
        ("recording file", "file_size"),
        ("recording file", "status"),
    }
