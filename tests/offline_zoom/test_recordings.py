"""Cloud recordings: lists, the trash, and files."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
import requests

from offline_zoom.dates import iso
from offline_zoom.stories.quiet_day import FIXTURES, WEEKLY
from tests.offline_zoom.conftest import Caller, caller, refusal

MONTH = {"from_": "2026-02-05", "to": "2026-03-04"}


def files(dana: Caller) -> dict[str, dict]:
    return {file["file_type"]: file for file in dana.json(f"/meetings/{WEEKLY}/recordings")["recording_files"]}


def download(http: requests.Session, url: str, token: str) -> requests.Response:
    return http.get(url, headers={"Authorization": f"Bearer {token}"})


def test_without_dates_the_list_is_about_one_day(dana, world):
    found = dana.json("/users/me/recordings")

    assert (found["from"], found["to"], found["meetings"]) == ("2026-03-04", "2026-03-05", [])


def test_both_ends_of_the_range_are_included(dana, world):
    day = iso(world.recordings[FIXTURES[2]].started_at)[:10]

    assert [row["uuid"] for row in dana.json("/users/me/recordings", from_=day, to=day)["meetings"]] == [FIXTURES[2]]


def test_a_row_has_zooms_types(dana):
    row = dana.json("/users/me/recordings", **MONTH)["meetings"][0]

    assert isinstance(row["type"], str) and isinstance(row["id"], int)
    assert row["recording_count"] == len(row["recording_files"]) == 5
    assert {file["meeting_id"] for file in row["recording_files"]} == {row["uuid"]}


def test_a_long_range_is_clamped_to_a_month_or_honoured(dana, world):
    clamped = dana.json("/users/me/recordings", from_="2025-06-01", to="2026-03-04")
    world.switches.recordings_range = "honour"
    honoured = dana.json("/users/me/recordings", from_="2025-06-01", to="2026-03-04")

    assert (clamped["from"], honoured["from"]) == ("2026-02-04", "2025-06-01")


def test_a_range_of_31_days_is_taken_as_it_is(dana):
    assert dana.json("/users/me/recordings", from_="2026-02-01", to="2026-03-04")["from"] == "2026-02-01"


def test_deleted_recording_is_in_the_trash_until_it_is_deleted_permanently(dana):
    gone = dana.call("DELETE", f"/meetings/{WEEKLY}/recordings")
    latest = dana.json(f"/meetings/{WEEKLY}/recordings")["uuid"]
    trash = dana.json("/users/me/recordings", trash="true")["meetings"]

    assert (gone.status_code, gone.content) == (204, b"")
    assert latest == FIXTURES[3]
    assert [row["uuid"] for row in trash] == [FIXTURES[2]]
    assert "deleted_time" in trash[0]["recording_files"][0]
    assert dana.call("DELETE", f"/meetings/{WEEKLY}/recordings", action="delete").status_code == 204
    assert dana.json("/users/me/recordings", trash="true")["meetings"] == []


def test_meeting_without_a_recording_is_not_found(dana):
    assert dana.get("/meetings/85000000101/recordings").json() == {
        "code": 3301,
        "message": "There is no recording for this meeting.",
    }
    assert refusal(dana.get("/meetings/1/recordings")) == (404, 3301)


def test_the_share_passcode_comes_with_one_meeting_only(dana):
    assert "password" in dana.json(f"/meetings/{WEEKLY}/recordings")
    assert "password" not in dana.json("/users/me/recordings", **MONTH)["meetings"][0]


def test_a_file_is_sent_by_another_host_with_its_length(dana, http):
    found = files(dana)

    answer = download(http, found["CHAT"]["download_url"], dana.access_token)

    assert [step.status_code for step in answer.history] == [302]
    assert urlsplit(answer.url).hostname != urlsplit(found["CHAT"]["download_url"]).hostname
    assert "Authorization" not in answer.request.headers
    assert int(answer.headers["Content-Length"]) == len(answer.content) == found["CHAT"]["file_size"]
    assert "Dana Okoye" in answer.text


def test_video_has_the_announced_size(dana, http):
    found = files(dana)["MP4"]

    answer = download(http, found["download_url"], dana.access_token)

    assert len(answer.content) == found["file_size"]
    assert answer.content[4:8] == b"ftyp"
    assert answer.headers["Content-Type"] == "video/mp4"


def test_a_download_token_opens_the_files_until_it_ends(dana, http, clock):
    found = dana.json(f"/meetings/{WEEKLY}/recordings", include_fields="download_access_token", ttl=60)
    url, token = found["recording_files"][3]["download_url"], found["download_access_token"]

    opened = download(http, url, token)
    clock.at += 60

    assert opened.status_code == 200
    assert download(http, url, token).status_code == 401


def test_a_ttl_beyond_a_week_is_refused(dana):
    answer = dana.get(f"/meetings/{WEEKLY}/recordings", include_fields="download_access_token", ttl=604801)

    assert refusal(answer) == (400, 300)


def test_the_storage_address_is_signed_and_short_lived(dana, http, clock):
    signed = download(http, files(dana)["CHAT"]["download_url"], dana.access_token).url

    assert http.get(signed.replace("signature=", "signature=0")).status_code == 403
    clock.at += 301
    assert http.get(signed).status_code == 403


@pytest.mark.parametrize(
    ("kind", "status", "content_type"), [("401", 401, "json"), ("200", 200, "json"), ("html", 200, "html")]
)
def test_refused_download_has_the_switched_form(dana, http, world, kind, status, content_type):
    world.switches.download_refusal = kind

    answer = http.get(files(dana)["CHAT"]["download_url"])

    assert answer.status_code == status
    assert content_type in answer.headers["Content-Type"]
    if content_type == "json":
        assert answer.json() == {"status": False, "errorCode": 124, "errorMessage": "Forbidden"}


def test_token_in_the_query_opens_no_file(dana, http):
    url = files(dana)["CHAT"]["download_url"]

    assert http.get(url, params={"access_token": dana.access_token}).status_code == 401


def test_a_colleague_without_admin_scopes_gets_no_file(dana, http, world):
    jonas = caller(world, "jonas")

    assert download(http, files(dana)["CHAT"]["download_url"], jonas.access_token).status_code == 401


def test_a_recording_is_ready_some_time_after_the_end(dana, world, clock):
    found: list[dict] = []
    world.on_event(found.append)
    instance = world.start_meeting(85000000101, recording=True)
    world.join(instance, "dana")
    clock.at += 600
    world.end_meeting(instance)
    early = dana.get("/meetings/85000000101/recordings")
    world.tick(120)

    assert refusal(early) == (404, 3301)
    assert dana.json("/meetings/85000000101/recordings")["uuid"] == instance.uuid
    event = found[-1]
    assert event["event"] == "recording.completed"
    assert isinstance(event["payload"]["object"]["id"], int)
    file = event["payload"]["object"]["recording_files"][3]
    assert download(dana.session, file["download_url"], event["download_token"]).status_code == 200
