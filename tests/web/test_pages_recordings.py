"""The pages of recordings: long ranges, storage by month, trash, CSV, passcodes on request, range requests."""

import csv
import io
import re
from datetime import timedelta

import pytest

from offline_zoom.faults import Fault
from tests.web.reading import read

LIST = "GET /v2/users/me/recordings"
YEAR = "/recordings?from=2025-03-03&to=2026-03-02"
LONG = "/recordings?from=2025-12-01&to=2026-03-02"


def requested_ranges(world):
    return [call for call in world.calls.matching(LIST) if "trash" not in call.params]


def fail_after(world, calls):
    world.faults.append(Fault(LIST, count=calls))
    world.faults.append(Fault(LIST, 502, {}, "gone"))


def rows(answer):
    return list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))


@pytest.fixture
def year(dana, world):
    """Dana, with four recordings a week."""
    world.load_story("year-of-recordings")
    return dana


def test_a_long_range_is_loaded_month_by_month(year, world):
    text = read(year.look(YEAR))

    kept = [each for each in world.recordings.values() if each.trashed_at is None and each.host_id == year.id]
    assert f"{len(kept)} recordings" in text
    days = [(call.params["from"], call.params["to"]) for call in requested_ranges(world)]
    assert len(days) == 13
    assert len(set(days)) == 13


def test_the_list_shows_fifty_recordings_and_more_on_request(year):
    page = year.look(YEAR)
    more = re.search(r'href="([^"]*rows=100[^"]*)"', page.text)[1].replace("&amp;", "&")

    assert (page.text.count("<article"), year.look(more).text.count("<article")) == (50, 100)


def test_a_slow_range_shows_its_progress_and_reloads(year, world):
    world.faults.append(Fault(LIST, delay=1.5))

    first = year.look(LONG)
    second = year.look(LONG)

    assert "part 2 of 4" in read(first)
    assert first.headers["Refresh"] == "1"
    assert "part" not in read(second).partition("Storage by month")[0]
    assert "Refresh" not in second.headers
    assert len(requested_ranges(world)) == 4


@pytest.mark.parametrize("days", ["from=2026-01-01&to=2026-01-31", ""])
def test_a_slow_month_in_two_parts_finishes_and_loads_each_part_once(year, world, clock, days):
    clock.tick(10 * 86400)  # 12 March: its last thirty days are two pieces, too
    world.faults.append(Fault(LIST, delay=3))

    first, second = (year.look(f"/recordings?{days}") for _ in range(2))

    assert "part 1 of 2" in read(first)
    assert "part " not in read(second).partition("Storage by month")[0]
    assert "Refresh" not in second.headers
    assert len(requested_ranges(world)) == 2
    clock.tick(61)
    assert "part 1 of 2" in read(year.look(f"/recordings?{days}"))


def test_a_part_that_stays_incomplete_does_not_block_the_page(year, world):
    page = {"meetings": [], "next_page_token": "the same again", "total_records": 2}
    world.faults.append(Fault(LIST, 200, {}, page, delay=2))

    answers = [year.look("/recordings?from=2026-01-01&to=2026-01-31") for _ in range(3)]

    assert [answer.headers.get("Refresh") for answer in answers] == ["1", None, None]
    assert "Some recordings are missing here" in read(answers[-1])


def test_loaded_parts_stay_when_zoom_fails_in_between(year, world):
    fail_after(world, 2)

    answer = year.look(LONG)

    text = read(answer)
    assert "Showing 2 of 4 parts of this range" in text
    assert "We couldn’t reach Zoom" in text
    assert "Refresh" not in answer.headers


def test_a_missing_page_of_the_list_is_reported(year, world):
    page = {"meetings": [], "next_page_token": "lost", "total_records": 2}
    world.faults.append(Fault(LIST, 200, {}, page, count=1))
    world.faults.append(Fault(LIST, 502, {}, "gone", count=1))

    assert "Some recordings are missing here" in read(year.look("/recordings?from=2026-01-02&to=2026-01-31"))


BROKEN_OFF = {"meetings": [], "next_page_token": "lost", "total_records": 2}


def break_off(world):
    """Of the next list one page comes, then nothing."""
    world.faults.append(Fault(LIST, 200, {}, BROKEN_OFF, count=1))
    world.faults.append(Fault(LIST, 502, {}, "gone", count=1))


def test_an_unfinished_or_incomplete_list_is_not_called_empty(year, world):
    month = "/recordings?from=2026-01-02&to=2026-01-31&q=budjet"
    break_off(world)
    assert "No recording called" not in read(year.look(month))
    assert "No recording matches “budjet”" in read(year.look(month))

    world.faults.append(Fault(LIST, delay=3))
    page = year.look(f"{LONG}&q=budjet")
    assert "part 1 of 4" in read(page)
    assert "No recording called" not in read(page)

    world.faults.clear()
    fail_after(world, 0)
    assert "No recording called" not in read(year.look(f"{YEAR}&q=budjet"), 200)


def test_an_incomplete_trash_is_reported(dana, world):
    break_off(world)

    text = read(dana.look("/recordings/trash"))

    assert "Some recordings are missing here" in text
    assert "The trash is empty" not in text


def test_an_incomplete_month_of_storage_is_a_lower_bound(year, world):
    break_off(world)

    page = year.look("/recordings/storage")

    text = read(page)
    assert "Mar 0 GB or more." in page.text
    assert "Zoom stopped answering, or sent entries that could not be read, in Mar: there may be more." in text
    assert re.search(r"Mar \S+ \S+ or more", text)
    assert "or more" not in read(year.look("/recordings/storage"))


def test_no_expiring_recordings_is_not_an_empty_list(dana):
    page = dana.look("/recordings?show=expiring")

    assert "Nothing in this period expires this week" in read(page)
    assert "No cloud recordings" not in read(page)


def test_a_range_is_cut_at_today_and_at_two_years(dana):
    text = read(dana.look("/recordings?from=1999-01-01&to=2030-01-01"))

    assert "1 Mar 2024 – 2 Mar 2026" in text


@pytest.mark.parametrize("days", ["from=2026-02-20&to=2026-02-10", "from=soon&to=2026-13-45", "to=2026-02-10"])
def test_an_invalid_range_becomes_a_valid_one(dana, days):
    assert " Feb 2026" in read(dana.look(f"/recordings?{days}")) or "2 Mar 2026" in dana.look("/recordings").text


def test_the_earlier_range_has_the_same_length(dana):
    page = dana.look("/recordings?from=2026-02-01&to=2026-02-10").text

    assert "from=2026-01-22&amp;to=2026-01-31" in page
    assert 'aria-label="Later 10 days"' in page


def test_expiring_recordings_can_be_filtered(dana, world):
    file = {"id": "1", "file_type": "MP4", "status": "completed"}
    kept = {"uuid": "a==", "topic": "Kept", "start_time": "2026-02-20T09:00:00Z", "recording_files": [file]}
    going = {**kept, "uuid": "b==", "topic": "Going", "auto_delete_date": "2026-03-05"}
    world.faults.append(Fault(LIST, 200, {}, {"meetings": [kept, going], "next_page_token": ""}))

    page = dana.look("/recordings")

    assert "1 recording expires this week" in read(page)
    assert "Zoom deletes this in 3 days, on 5 Mar" in read(page)
    link = re.search(r'href="([^"]*show=expiring[^"]*)"', page.text)[1].replace("&amp;", "&")
    alone = dana.look(link).text
    assert ("<bdi>Going</bdi></h3>" in alone, "<bdi>Kept</bdi></h3>" in alone) == (True, False)


def test_storage_by_month_has_chart_and_table_and_loads_once_a_day(year, world, clock):
    page = year.look("/recordings/storage")
    read(page)
    said = re.search(r'<desc id="storage-d">([^<]*)</desc>', page.text)[1]
    assert re.fullmatch(
        r"Oct [\d.]+ GB, Nov [\d.]+ GB, Dec [\d.]+ GB, Jan [\d.]+ GB, Feb [\d.]+ GB, Mar (&lt;0\.1|[\d.]+) GB\.", said
    )
    assert len(requested_ranges(world)) == 6

    clock.tick(3600)
    again = year.look("/recordings")

    assert said in again.text
    assert len(requested_ranges(world)) == 6 + 2


def test_unloaded_storage_links_to_its_own_page(year, world):
    world.faults.append(Fault(LIST, delay=1.5))

    page = year.look("/recordings/storage")

    assert "Loading the last six months, 2 of 6" in read(page)
    assert page.headers["Refresh"] == "1"
    assert 'data-part="/recordings/storage"' in page.text


def test_the_trash_shows_when_each_recording_is_deleted(year, world, clock):
    world.recordings[next(iter(world.recordings))].trashed_at = clock() - 3 * 86400

    text = read(year.look("/recordings/trash"))

    assert "Zoom deletes this in 27 days, on 29 Mar" in text
    assert not any("from" in call.params for call in world.calls.matching(LIST))


def test_an_empty_trash_says_so(dana):
    assert "The trash is empty" in read(dana.look("/recordings/trash"))


def test_the_csv_has_one_row_per_recording_and_no_passcode(year, world):
    answer = year.get(YEAR.replace("/recordings?", "/recordings.csv?"))

    assert answer.mimetype == "text/csv"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="recordings_2026-03-02_')
    assert len(rows(answer)) == int(re.search(r"(\d+) recordings", read(year.look(YEAR)))[1])
    assert {row["complete"] for row in rows(answer)} == {"yes"}
    assert not [each for each in world.recordings.values() if each.play_passcode in answer.text]


def test_an_incomplete_csv_is_marked_in_its_name_and_rows(year, world):
    fail_after(world, 2)

    answer = year.get(LONG.replace("/recordings?", "/recordings.csv?"))

    assert "_partial.csv" in answer.headers["Content-Disposition"]
    assert {row["complete"] for row in rows(answer)} == {"no"}


def test_a_slow_csv_shows_a_page_with_its_progress(year, world):
    world.faults.append(Fault(LIST, delay=1.5))
    address = LONG.replace("/recordings?", "/recordings.csv?")

    page = year.look(address)

    assert "Preparing export" in read(page)
    assert page.headers["Refresh"] == "1"
    assert year.look(address).mimetype == "text/csv"


def test_a_recording_passcode_is_shown_only_on_request(dana, world):
    page = dana.look("/recordings").text
    secrets = {each.play_passcode for each in world.recordings.values()}
    link = re.search(r'href="(/recordings/[^"/]+/passcode)"', page)[1]

    assert not [each for each in secrets if each in page]
    assert dana.get(link).json["passcode"] in secrets
    assert next(iter(secrets)) in read(dana.look(link))


def test_a_meeting_passcode_is_shown_only_on_request(dana, world):
    meeting = next(each for each in world.meetings.values() if each.topic == "Stand-up")
    pages = [dana.look(path).text for path in ("/", "/meetings", f"/meetings/{meeting.id}")]

    answer = dana.get(f"/meetings/{meeting.id}/passcode").json

    assert not [page for page in pages if answer["passcode"] in page]
    assert answer["text"].splitlines()[0] == "Stand-up"


def test_the_invitation_is_shown_on_request(dana):
    page = dana.look("/meetings/85000000101").text
    assert "is inviting you" not in page
    assert 'href="/meetings/85000000101/invitation" data-copy-from' in page

    assert "Stand-up" in dana.get("/meetings/85000000101/invitation").json["text"]
    assert "is inviting you" in read(dana.look("/meetings/85000000101/invitation"))


def test_a_range_request_returns_that_part_of_the_file(dana):
    link = re.search(r'href="(/recordings/[^"/]+/[0-9a-f]{16})"', dana.look("/recordings").text)[1]
    whole = dana.get(link)

    part = dana.get(link, headers={"Range": "bytes=4-11"})

    assert part.status_code == 206
    assert part.headers["Content-Range"] == f"bytes 4-11/{len(whole.data)}"
    assert part.data == whole.data[4:12] == b"ftypmp42"


def test_a_file_name_has_date_topic_and_type(dana, world):
    link = re.search(r'href="(/recordings/[^"/]+/[0-9a-f]{16})"', dana.look("/recordings").text)[1]

    name = dana.get(link).headers["Content-Disposition"]

    assert re.fullmatch(r'attachment; filename="video_2026-0\d-\d\d_[a-z-]+\.mp4"; filename\*=UTF-8\'\'\S+', name)


def test_a_view_only_file_says_so(dana, world):
    link = re.search(r'href="(/recordings/[^"/]+/[0-9a-f]{16})"', dana.look("/recordings").text)[1]
    world.switches.download_refusal = "200"
    world.faults.append(Fault("GET /rec/download/*", 200, {"Content-Type": "application/json"}, {"status": False}))

    assert "Your administrator may allow viewing only" in read(dana.look(link), 502)


def test_a_deleted_recording_links_to_the_trash(dana, world):
    link = re.search(r'href="(/recordings/[^"/]+/[0-9a-f]{16})"', dana.look("/recordings").text)[1]
    for each in world.recordings.values():
        each.trashed_at = world.now() - timedelta(days=1).total_seconds()

    page = dana.look(link)

    assert "deleted in Zoom, or moved to the trash" in read(page, 404)
    assert 'href="/recordings/trash"' in page.text
