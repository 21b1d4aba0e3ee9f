"""Days in the viewer's time zone: recordings, their CSV file and storage, deletion dates, and dates no one can mean."""

import base64
import csv
import io
import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from offline_zoom.faults import Fault
from offline_zoom.model import Recording, RecordingFile
from tests.web.reading import read

LIST = "GET /v2/users/me/recordings"
ZONES = (
    *("Pacific/Pago_Pago", "Pacific/Kiritimati", "Asia/Kolkata", "America/New_York"),
    *("Europe/Berlin", "Australia/Lord_Howe", "Pacific/Apia", "UTC"),
)
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
GB = 10**9


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def local(text, zone):
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


@pytest.fixture
def viewer(anyone, world, clock, parts):
    """A function that connects Dana, who has this zone and no recordings, at this moment."""

    def connect(zone, now):
        clock.now = now.timestamp()
        world.user("dana").timezone = zone
        world.recordings.clear()
        assert anyone.connect().status_code == 302
        world.calls.clear()
        return anyone

    return connect


def record(world, moments):
    """Recordings of one GB each, called "R0", "R1" and so on, that started at these moments."""
    world.recordings.clear()
    for number, at in enumerate(moments):
        start = at.timestamp()
        uuid = base64.b64encode(number.to_bytes(16, "big")).decode()
        file = RecordingFile(f"file-{number}", "MP4", "MP4", "speaker_view", start, start + 60, GB)
        host = world.user("dana").id
        world.recordings[uuid] = Recording(uuid, 85000000101, host, f"R{number}", 2, start, 1, [file])


def on_page(person, first, last):
    page = person.look(f"/recordings?from={first}&to={last}&rows=5000")
    assert "Refresh" not in page.headers
    return set(re.findall(r"<h3><bdi>(R\d+)</bdi></h3>", page.text))


def csv_rows(person, first, last):
    answer = person.get(f"/recordings.csv?from={first}&to={last}")
    assert answer.mimetype == "text/csv"
    return list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))


def in_csv(person, first, last):
    rows = csv_rows(person, first, last)
    assert {row["complete"] for row in rows} <= {"yes"}
    return {row["topic"] for row in rows}


def storage_by_month(person):
    text = re.search(r'<desc id="storage-d">([^<]*)</desc>', person.look("/recordings/storage").text)[1]
    return {month: int(float(size)) for month, size in re.findall(r"(\w{3}) ([\d.]+) GB", text)}


def requested_ranges(world):
    return [(call.params["from"], call.params["to"]) for call in world.calls.matching(LIST)]


# --- recordings


def test_recordings_of_an_evening_in_new_york_are_listed_on_that_day(viewer, world):
    dana = viewer("America/New_York", utc("2026-09-15 12:00"))
    record(world, [local(day, "America/New_York") for day in ("2026-08-31 21:00", "2026-07-31 21:00")])

    assert on_page(dana, "2026-08-01", "2026-08-31") == {"R0"}
    assert in_csv(dana, "2026-08-01", "2026-08-31") == {"R0"}
    assert storage_by_month(dana) == {"Apr": 0, "May": 0, "Jun": 0, "Jul": 1, "Aug": 1, "Sep": 0}


def test_recording_of_an_early_morning_in_tokyo_is_listed_on_that_day(viewer, world):
    dana = viewer("Asia/Tokyo", utc("2026-09-15 12:00"))
    record(world, [local("2026-08-01 05:00", "Asia/Tokyo"), local("2026-09-01 05:00", "Asia/Tokyo")])

    assert on_page(dana, "2026-08-01", "2026-08-31") == {"R0"}
    assert in_csv(dana, "2026-08-01", "2026-08-31") == {"R0"}
    assert storage_by_month(dana) == {"Apr": 0, "May": 0, "Jun": 0, "Jul": 0, "Aug": 1, "Sep": 1}


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("hour", [0, 5, 11, 17, 23])
def test_the_last_thirty_days_cost_one_call_in_every_zone(viewer, world, zone, hour):
    dana = viewer(zone, utc(f"2026-11-28 {hour:02}:30"))

    dana.look("/recordings")

    assert len(requested_ranges(world)) == 1


@pytest.mark.parametrize("zone", ZONES)
def test_storage_of_six_months_costs_six_calls_in_every_zone(viewer, world, zone):
    dana = viewer(zone, utc("2026-11-28 12:00"))

    dana.look("/recordings/storage")

    assert len(requested_ranges(world)) == 6


@pytest.mark.parametrize("switch", ["clamp", "honour"])
def test_no_call_asks_for_more_days_than_zoom_allows(viewer, world, switch):
    dana = viewer("Pacific/Kiritimati", utc("2026-03-28 12:00"))
    world.switches.recordings_range = switch
    record(world, [utc("2026-03-28 09:00") - timedelta(days=days) for days in range(180)])

    assert on_page(dana, "2025-10-01", "2026-03-29") == {f"R{number}" for number in range(179)}
    assert sum(storage_by_month(dana).values()) == 179
    ranges = requested_ranges(world)
    assert all((date.fromisoformat(last) - date.fromisoformat(first)).days <= 30 for first, last in ranges)


def test_days_missing_from_zooms_answer_are_requested_again(viewer, world):
    dana = viewer("UTC", utc("2026-11-28 12:00"))
    record(world, [utc("2026-11-02 12:00"), utc("2026-11-20 12:00")])
    shortened = {"from": "2026-11-10", "to": "2026-11-28", "meetings": [], "next_page_token": ""}
    world.faults.append(Fault(LIST, 200, {}, shortened, count=1))

    assert on_page(dana, "2026-11-01", "2026-11-28") == {"R0"}
    assert requested_ranges(world) == [("2026-11-01", "2026-11-28"), ("2026-11-01", "2026-11-09")]


def test_future_days_are_not_requested(viewer, world):
    dana = viewer("Pacific/Kiritimati", utc("2026-11-28 12:00"))  # 29 November there

    dana.look("/recordings?from=2026-11-01&to=2026-11-29")

    assert requested_ranges(world) == [("2026-10-31", "2026-11-28")]


@pytest.mark.parametrize(("zone", "now"), [("Pacific/Kiritimati", "10:30"), ("Pacific/Pago_Pago", "00:30")])
def test_recording_of_a_minute_ago_is_on_the_overview_and_in_the_list(viewer, world, zone, now):
    dana = viewer(zone, utc(f"2026-11-28 {now}"))
    record(world, [utc(f"2026-11-28 {now}") - timedelta(minutes=1)])

    assert "R0" in read(dana.look("/"))
    assert "R0" in read(dana.look("/recordings"))


def test_recording_without_a_start_stays_in_the_list(viewer, world):
    dana = viewer("America/New_York", utc("2026-11-28 12:00"))
    row = {"uuid": "a==", "topic": "Undated", "start_time": "0001-01-01T00:00:00Z", "recording_files": []}
    world.faults.append(Fault(LIST, 200, {}, {"meetings": [row], "next_page_token": ""}))

    assert "Undated" in read(dana.look("/recordings"))
    assert csv_rows(dana, "2026-11-01", "2026-11-28")[0]["start"] == ""
    assert dana.look("/recordings/storage").status_code == 200


def test_storage_follows_the_viewer_into_another_zone(viewer, world):
    dana = viewer("Europe/Berlin", utc("2026-09-15 12:00"))
    record(world, [utc("2026-08-01 03:00")])
    assert storage_by_month(dana)["Aug"] == 1

    dana.post("/settings", data={"zone_name": "America/New_York", "zone": "America/New_York"})

    assert storage_by_month(dana)["Jul"] == 1


@pytest.mark.parametrize(("zone", "day"), [("America/New_York", "2026-08-31"), ("Asia/Tokyo", "2026-09-01")])
def test_a_recording_file_is_named_after_the_viewers_day(viewer, world, zone, day):
    dana = viewer(zone, utc("2026-09-15 12:00"))
    record(world, [utc("2026-09-01 01:00")])
    next(iter(world.recordings.values())).files[0].size_bytes = 100

    link = re.search(r'href="(/recordings/[^"/]+/[0-9a-f]{16})"', dana.look(f"/recordings?from={day}&to={day}").text)[1]

    assert f"video_{day}_r0.mp4" in dana.get(link).headers["Content-Disposition"]


NOWS = [utc(f"2026-{at}") for at in ("11-28 12:00", "11-30 23:30", "12-01 00:30", "05-01 09:00", "03-15 12:00")]


@st.composite
def moments_near_midnights(draw, zone, now):
    """Moments of the last seven months, most of them within two hours of a local midnight, many at a month's end."""
    found = []
    for _ in range(draw(st.integers(1, 12))):
        day = now.astimezone(zone).date() - timedelta(days=draw(st.integers(0, 210)))
        if draw(st.booleans()):
            day = day.replace(day=1)
        midnight = datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
        minutes = draw(st.one_of(st.integers(-120, 120), st.integers(-1, 1), st.integers(-2000, 2000)))
        found.append(min(midnight + timedelta(minutes=minutes), now - timedelta(minutes=1)))
    return found


@pytest.mark.parametrize("now", NOWS, ids=str)
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), name=st.sampled_from(ZONES), days=st.tuples(st.integers(0, 200), st.integers(0, 60)))
def test_page_csv_and_storage_agree_on_the_local_days(viewer, world, parts, now, data, name, days):
    zone = ZoneInfo(name)
    dana = viewer(name, now)
    for key in parts.redis.keys("*"):
        if any(kind in key for kind in (b":profile", b":piece:", b":month:")):
            parts.redis.delete(key)
    moments = data.draw(moments_near_midnights(zone, now))
    record(world, moments)
    today = now.astimezone(zone).date()
    last = today - timedelta(days=days[0])
    first = last - timedelta(days=days[1])
    of_day = {f"R{number}": at.astimezone(zone).date() for number, at in enumerate(moments)}

    expected = {topic for topic, day in of_day.items() if first <= day <= last}
    assert on_page(dana, first, last) == expected
    assert in_csv(dana, first, last) == expected

    oldest = date((today.year * 12 + today.month - 6) // 12, (today.year * 12 + today.month - 6) % 12 + 1, 1)
    totals = storage_by_month(dana)
    names = [MONTHS[(oldest.month - 1 + number) % 12] for number in range(6)]
    assert totals == {
        month: sum(day >= oldest and MONTHS[day.month - 1] == month for day in of_day.values()) for month in names
    }
    assert sum(totals.values()) == len(in_csv(dana, oldest, today))


# --- dates without a time


def going(on):
    file = {"id": "1", "file_type": "MP4", "status": "completed"}
    row = {"uuid": "a==", "topic": "Going", "start_time": "2026-11-20T09:00:00Z", "recording_files": [file]}
    return Fault(LIST, 200, {}, {"meetings": [{**row, "auto_delete_date": on}], "next_page_token": ""})


@pytest.mark.parametrize(
    ("zone", "now", "expected_text"),
    [
        ("America/Los_Angeles", "2026-11-28 12:00", "in 3 days"),
        ("America/Los_Angeles", "2026-11-29 02:00", "in 3 days"),
        ("Pacific/Kiritimati", "2026-11-28 12:00", "in 2 days"),
        ("Pacific/Pago_Pago", "2026-12-01 05:00", "tomorrow"),
        ("Europe/Berlin", "2026-12-01 05:00", "today"),
    ],
)
def test_a_deletion_date_is_that_day_in_every_zone(viewer, world, zone, now, expected_text):
    dana = viewer(zone, utc(now))
    world.faults.append(going("2026-12-01"))

    assert f"Zoom deletes this {expected_text}, on 1 Dec" in read(dana.look("/recordings"))
    assert csv_rows(dana, "2026-11-10", "2026-11-25")[0]["deleted_on"] == "2026-12-01"


@pytest.mark.parametrize(("zone", "expires"), [("Pacific/Kiritimati", True), ("America/Los_Angeles", False)])
def test_recordings_that_expire_this_week_are_counted_in_local_days(viewer, world, zone, expires):
    dana = viewer(zone, utc("2026-11-28 12:00"))
    world.faults.append(going("2026-12-06"))

    assert ("expires this week" in read(dana.look("/recordings"))) == expires


@pytest.mark.parametrize("on", ["soon", "0001-01-01", "9999-12-31", 20261201, None, ["2026-12-01"], "2026-13-45"])
def test_an_unreadable_deletion_date_hides_only_that_date(viewer, world, on):
    dana = viewer("Pacific/Pago_Pago", utc("2026-11-28 12:00"))
    world.faults.append(going(on))

    text = read(dana.look("/recordings"))

    assert "Going" in text
    assert "Zoom deletes this" not in text
    assert csv_rows(dana, "2026-11-10", "2026-11-25")[0]["deleted_on"] == ""


def test_csv_of_a_recording_without_a_number_has_no_meeting_id(viewer, world):
    dana = viewer("UTC", utc("2026-11-28 12:00"))
    world.faults.append(going("2026-12-01"))

    assert csv_rows(dana, "2026-11-10", "2026-11-25")[0]["meeting_id"] == ""


def test_a_start_without_an_offset_is_local_time_in_the_zone_of_the_recording(viewer, world):
    dana = viewer("UTC", utc("2026-11-28 12:00"))
    row = {"uuid": "a==", "topic": "Local", "start_time": "2026-11-20T09:00:00", "timezone": "Asia/Kolkata"}
    world.faults.append(Fault(LIST, 200, {}, {"meetings": [row], "next_page_token": ""}))

    assert csv_rows(dana, "2026-11-10", "2026-11-25")[0]["start"] == "2026-11-20T03:30:00+00:00"


# --- years that no time zone can express

YEARS = ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00", "9999-12-31T23:59:59-11:00")
EDGES = ("Pacific/Pago_Pago", "Pacific/Kiritimati")


@pytest.mark.parametrize("zone", EDGES)
@pytest.mark.parametrize("start", YEARS)
def test_a_start_in_an_impossible_year_breaks_no_page(viewer, world, zone, start):
    dana = viewer(zone, utc("2026-11-28 12:00"))
    meeting = {"id": 85000000101, "uuid": "A" * 22 + "==", "topic": "Odd year", "type": 8, "duration": 30}
    meeting |= {"start_time": start, "end_time": start, "timezone": zone}
    meeting["recurrence"] = {"type": 2, "weekly_days": "2", "end_date_time": start}
    meeting["occurrences"] = [{"occurrence_id": "1", "start_time": start, "duration": 30, "status": "deleted"}]
    rows = {"meetings": [{**meeting, "recording_files": [], "auto_delete_date": start[:10]}], "next_page_token": ""}
    world.faults.append(Fault("GET /v2/users/me/meetings", 200, {}, rows))
    world.faults.append(Fault("GET /v2/past_meetings/*", 200, {}, meeting))
    world.faults.append(Fault("GET /v2/past_meetings/*/instances", 200, {}, rows))
    world.faults.append(Fault(LIST, 200, {}, rows))
    world.faults.append(Fault("GET /v2/meetings/*", 200, {}, meeting))

    lists = [f"/meetings?show={name}" for name in ("past", "upcoming", "scheduled", "live")]
    more = ["/", "/recordings", "/recordings/trash", "/recordings/storage", "/meetings/85000000101"]
    for path in [*lists, *more, f"/participants/{'A' * 22}", "/participants/85000000101/occurrences"]:
        assert dana.look(path).status_code < 500, path
    assert dana.get("/recordings.csv").status_code == 200
    assert dana.get("/meetings/85000000101.ics").status_code == 404


@pytest.mark.parametrize("zone", EDGES)
@pytest.mark.parametrize("days", ["from=0001-01-01&to=9999-12-31", "to=0001-01-01", "from=9999-12-31", "to=2011-01-01"])
def test_a_typed_range_in_an_impossible_year_breaks_no_page(viewer, world, zone, days):
    dana = viewer(zone, utc("2026-11-28 12:00"))
    record(world, [utc("2026-11-27 12:00")])

    page = dana.look(f"/recordings?{days}")

    assert all(first >= "2011-01-01" for first in re.findall(r'name="from"[^>]*value="([^"]*)"', page.text))
    assert page.status_code == 200
    assert dana.get(f"/recordings.csv?{days}").status_code == 200
    assert all("2011-01-01" <= first <= last <= "2026-11-28" for first, last in requested_ranges(world))


@pytest.mark.parametrize("zone", EDGES)
@pytest.mark.parametrize("day", ["0001-01-01", "0002-01-01", "1970-01-01", "9998-12-31", "9999-12-31", "0000-00-00"])
def test_a_typed_date_in_an_impossible_year_is_a_fault_of_the_field(viewer, world, zone, day):
    dana = viewer(zone, utc("2026-11-28 12:00"))
    form = {"topic": "Odd year", "date": day, "time": "00:00", "duration": "30", "zone": zone, "repeat": "monthly"}

    answer = dana.post("/meetings/new", data={**form, "interval": "1", "count": "2"}, headers={"Accept": "text/html"})

    assert answer.status_code == 422
    assert not world.calls.matching("POST /v2/users/me/meetings")
