"""Attendance after a meeting: the page, the files, and the comparison with another occurrence."""

import csv
import html
import io
import json
import re

import msgspec
import pytest

from offline_zoom.faults import Fault
from tests.web.reading import read
from zoomapp.attendance import Frame, Person
from zoomapp.attendance.attendance_table import AttendanceTable
from zoomapp.attendance.occurrences import compare_tables
from zoomapp.attendance.past import REUSE_SECONDS
from zoomapp.meetings.agenda import fold
from zoomapp.zoom.endpoints import LIST_REPORT_PARTICIPANTS
from zoomapp.zoom.meeting_ids import instance_of, key_of

REPORT = "GET /v2/report/meetings/*/participants"
LIST = "GET /v2/past_meetings/*/participants"


@pytest.fixture
def past(dana):
    """The address of Dana's last meeting's attendance."""
    return past_of(dana)


def past_of(person):
    return re.search(r'href="(/participants/[\w-]{22})"', person.look("/meetings?show=past").text)[1]


def rows(text):
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:])))


def test_report_is_preferred_if_the_grant_may_read_it(dana, past, world):
    world.calls.clear()

    page = read(dana.look(past))

    assert "people came" in page
    assert world.calls.count(REPORT) >= 1
    assert world.calls.count(LIST) == 0


def test_meetings_own_list_is_shown_without_the_scope_or_the_report(priya, dana, past, world):
    world.calls.clear()
    read(priya.look(past_of(priya)))
    assert world.calls.count(REPORT) == 0
    assert world.calls.count(LIST) >= 1

    world.faults.append(Fault(REPORT, 404, {}, {"code": 3001, "message": "not ready"}))
    assert "people came" in read(dana.look(past))


def test_past_meeting_shows_its_topic_and_time(dana, past):
    page = dana.look(past).text

    assert re.search(r"<h1><bdi>[^<]+</bdi></h1>", page)
    assert re.search(r'class="sub">[^<]+ · <span class="nowrap">\d\d:\d\d – \d\d:\d\d</span>', page)
    assert "you hosted" in page


def test_csv_has_a_row_per_person_or_per_join(dana, past):
    people = dana.get(f"{past}.csv")
    events = dana.get(f"{past}.events.csv")

    assert people.content_type == events.content_type == "text/csv; charset=utf-8"
    assert re.search(
        r'filename="attendance_\d{4}-\d\d-\d\d_[a-z0-9-]+\.csv"; filename\*=', people.headers["Content-Disposition"]
    )
    exported = rows(people.text)
    assert {row["complete"] for row in exported} == {"yes"}
    attended = int(re.search(r"(\d+) people came", dana.look(past).text)[1])
    assert attended == sum(1 for row in exported if row["first_joined"])
    assert len(rows(events.text)) >= 2 * len(exported)
    assert {row["event"] for row in rows(events.text)} >= {"joined", "left"}
    assert rows(dana.get(f"{past}/events.csv").text) == rows(events.text)


def test_json_export_has_the_same_people(dana, past):
    exported = json.loads(dana.get(f"{past}.json").text)

    assert [row["name"] for row in exported["people"]] == [row["name"] for row in rows(dana.get(f"{past}.csv").text)]
    assert exported["complete"] is True


def test_running_meeting_can_be_exported(dana, world):
    world.load_story("live-meeting")
    address = dana.running_meeting()

    assert "here" in {row["status"] for row in rows(dana.get(f"{address}.csv").text)}


def test_partial_export_says_so_in_the_file_and_its_name(dana, world):
    world.load_story("live-meeting")
    address = f"/participants/{world.live_instance().meeting_id}"
    row = {
        "id": "",
        "user_id": "16778240",
        "user_name": "Noor",
        "join_time": "2026-03-02T09:58:00Z",
        "status": "in_meeting",
    }
    page = {"participants": [row], "next_page_token": "more", "total_records": 480}
    world.faults.append(Fault("GET /v2/metrics/meetings/*/participants", 200, {}, page, count=1))
    world.faults.append(Fault("GET /v2/metrics/meetings/*/participants", 502, {}, "gone", count=1))

    answer = dana.get(f"{address}.csv")

    assert "_partial.csv" in answer.headers["Content-Disposition"]
    assert {row["complete"] for row in rows(answer.text)} == {"no"}


def test_failed_export_is_an_error_page(dana, past, world):
    world.faults.append(Fault(REPORT, 404, {}, {"code": 3001, "message": "no"}))
    world.faults.append(Fault(LIST, 400, {}, {"code": 200, "message": "Only available for Paid account."}))

    answer = dana.look(f"{past}.csv")

    assert answer.status_code == 502
    assert "Content-Disposition" not in answer.headers
    assert "This needs a Pro plan or higher" in read(answer, 502)


def test_export_requires_a_signin(anyone):
    assert anyone.get("/participants/85000000101.csv").status_code == 401


def test_occurrences_link_to_their_comparison(dana, world):
    number = series(dana, world)
    times = dana.look(f"/participants/{number}/times").text

    together = re.search(r'href="(/participants/[\w-]{22}/with/[\w-]{22})"', times)[1]
    page = dana.look(together)

    read(page)
    counts = dict(re.findall(r'id="(both|first|second)">[^<]*: (\d+)', page.text))
    both, first, second = (int(counts[name]) for name in ("both", "first", "second"))
    keys = re.findall(r"[\w-]{22}", together)
    came = [[row for row in rows(dana.get(f"/participants/{key}.csv").text) if row["first_joined"]] for key in keys]
    assert (both + first, both + second) == (len(came[0]), len(came[1]))
    assert both


def test_comparison_separates_people_of_one_occurrence_only(dana, world, clock):
    number = series(dana, world)
    clock.tick(REUSE_SECONDS)
    together = re.search(r"/participants/([\w-]{22})/with/([\w-]{22})", dana.look(f"/participants/{number}/times").text)
    row = {"id": "", "join_time": "2026-02-16T09:00:00Z", "leave_time": "2026-02-16T09:30:00Z"}
    for name, key in zip(("Only Before", "Only After"), together.groups(), strict=True):
        body = {"participants": [{**row, "name": name}, {**row, "name": "Always", "user_email": "a@example.com"}]}
        world.faults.append(Fault(f"GET {LIST_REPORT_PARTICIPANTS.target(instance=instance_of(key))}", 200, {}, body))

    page = dana.look(together[0]).text

    groups = dict(re.findall(r'id="(both|first|second)">.*?<tbody>(.*?)</tbody>', page, re.S))
    assert {name: re.findall(r"<bdi>([^<]+)</bdi>", body) for name, body in groups.items()} == {
        "both": ["Always"],
        "first": ["Only Before"],
        "second": ["Only After"],
    }


def test_hidden_names_stay_hidden_in_a_comparison(dana, world):
    number = series(dana, world)
    times = dana.look(f"/participants/{number}/times?names=hide").text
    together = re.search(r'href="(/participants/[\w-]{22}/with/[\w-]{22}[^"]*)"', times)[1]
    links = re.findall(r'href="(/participants/[\w-]{22}[^"]*)"', times)

    page = dana.look(together)

    assert all("names=hide" in link for link in links)
    assert "Jonas" not in page.text
    assert "<bdi>JW</bdi>" in page.text
    assert "names=hide" in dana.look(links[0]).text.partition("All sessions")[0]


def test_complete_report_is_fetched_once_for_filters_search_sorting_and_files(dana, past, world, clock):
    dana.look(past)
    world.calls.clear()

    for more in ("?show=late", "?q=dana", "?sort=name", ".csv", ".events.csv", ".json"):
        assert dana.look(f"{past}{more}").status_code == 200

    assert world.calls.count(REPORT) == 0
    clock.tick(REUSE_SECONDS)
    dana.look(past)
    assert world.calls.count(REPORT) >= 1


def test_incomplete_report_is_fetched_again(dana, past, world, clock):
    clock.tick(REUSE_SECONDS)
    row = {"id": "", "name": "Lee", "join_time": "2026-02-16T09:00:00Z", "leave_time": "2026-02-16T09:30:00Z"}
    first = {"participants": [row], "next_page_token": "more", "total_records": 2}
    world.faults += [Fault(REPORT, 200, {}, first, count=1), Fault(REPORT, 502, {}, "gone", count=1)]
    assert "Showing 1 of about 2" in read(dana.look(past))

    assert "Showing" not in read(dana.look(past))


def test_curve_is_also_a_table(dana, past):
    page = dana.look(past).text

    table = page.partition("Show the curve as a table")[2].partition("</table>")[0]
    points = re.findall(r"<tr><td>(\d\d:\d\d)</td><td>(\d+)</td></tr>", table)
    assert len(points) >= 3
    assert max(int(count) for _at, count in points) == int(re.search(r"peak (\d+) at", page)[1])


def series(person, world):
    """The number of a meeting that was held more than once."""
    for key in dict.fromkeys(re.findall(r"/participants/([\w-]{22})", person.look("/meetings?show=past").text)):
        found = re.search(r"/series/(\d+)", person.look(f"/participants/{key}").text)
        if found and "/with/" in person.look(f"/participants/{found[1]}/times").text:
            return found[1]
    raise AssertionError("no meeting was held twice")


def test_missing_scope_of_either_list_is_named(dana, past, world):
    number = re.search(r"/series/(\d+)", dana.look(past).text)[1]
    body = {
        "code": 4711,
        "message": "Invalid access token, does not contain scopes:[meeting:read:list_past_instances].",
    }
    world.faults.append(Fault("GET /v2/past_meetings/*/instances", 400, {}, body))

    assert "meeting:read:list_past_instances" in read(dana.look(f"/participants/{number}/times"))


def test_attendance_is_saved_for_the_configured_days(dana, past, world, parts, clock):
    before = read(dana.look(past))
    clock.tick(3000)
    for route in (REPORT, LIST, "GET /v2/past_meetings/*"):
        world.faults.append(Fault(route, drop="before"))

    after = read(dana.look(past))

    assert "We couldn’t reach Zoom" in after
    assert re.search(r"\d+ people came", before)[0] in after
    ages = [parts.redis.ttl(key) for key in parts.redis.keys("*:seen:*")]
    assert max(ages) > 29 * 86400


def test_disconnecting_hours_later_deletes_the_attendance(dana, past, parts):
    dana.look(past)
    dana.look("/meetings")

    (listed,) = parts.redis.keys("*:keys")
    assert parts.redis.ttl(listed) >= max(parts.redis.ttl(key) for key in parts.redis.keys("*:seen:*"))
    dana.post("/api/zoomapp/disconnect")

    assert not parts.redis.keys("*:seen:*")


def shown(page):
    return re.findall(r'class="person-name"><bdi>([^<]*)</bdi>', page)


def opened(person, page, name):
    """The details of a person's row."""
    row = next(part for part in page.split('<tr role="row" id="p-')[1:] if f"<bdi>{name}</bdi>" in part)
    return person.look(person_page(page).replace("PERSON", row.partition('"')[0]))


def person_page(page):
    """The address of a person's page, with PERSON for their key."""
    return html.unescape(re.search(r'data-person="([^"]+)"', page)[1])


def link_to(page, name):
    """The address that opens or closes a person's row."""
    row = next(part for part in page.split('<tr role="row" id="p-')[1:] if f"<bdi>{name}</bdi>" in part)
    return html.unescape(re.search(r'<a href="([^"]+)" aria-expanded', row)[1])


def test_row_opens_below_its_person_by_its_address_and_keeps_the_choices(dana, past):
    address = f"{past}?show=on-time&sort=name"
    link = link_to(dana.look(address).text, "Jonas Weber")

    page = dana.look(link).text

    assert link.startswith(f"{past}?open=") and "show=on-time" in link and "#p-" in link
    key = re.search(r"open=(\w+)", link)[1]
    both = rf'<tr role="row" id="p-{key}">(.+?)</tr>\s*<tr role="row" class="detail">(.+?)</tr>'
    person, detail = re.search(both, page, re.S).groups()
    assert 'aria-expanded="true"' in person and page.count('aria-expanded="true"') == 1
    assert 'colspan="6"' in detail
    text = " ".join(re.sub("<[^>]+>", " ", detail).split())
    assert "In the meeting" in text and "Everything about Jonas Weber" in text
    assert person_page(page).replace("PERSON", key) in html.unescape(detail)
    assert link_to(page, "Jonas Weber") == f"{address}#p-{key}", "the same press closes the row"
    assert page.partition("<tbody")[2].count('class="detail"') == 1
    assert 'aria-expanded="true"' not in dana.look(f"{past}?open=nobody").text


def test_details_in_a_row_hide_names_and_addresses(dana, past):
    link = link_to(dana.look(f"{past}?names=hide").text, "JW")

    rows = dana.look(link).text.partition("<tbody")[2]
    detail = rows.partition('<tr role="row" class="detail">')[2].partition("</tr>")[0]

    assert "Everything about <bdi>JW</bdi>" in detail
    assert "Jonas" not in detail and "@" not in detail


def test_each_filter_of_a_report_counts_the_rows_it_shows(dana, world):
    page = dana.look(long_meeting(world)).text

    cells = re.findall(r'<li><a href="([^"]+)" class="[^"]*"[^>]*><svg.+?</svg><b>(\d+)</b><span>([^<]+)', page)
    assert [label for _, _, label in cells] == ["Everyone", "On time", "Late", "Left early", "Rejoined", "Waited"]
    for address, count, label in cells:
        listed = dana.look(html.unescape(address).partition("#")[0]).text
        assert len(shown(listed)) == min(int(count), 100), label
        assert re.search(rf'aria-current="true"[^>]*><svg.+?<span>{label}<', listed), label
        assert f'{label} <span class="muted">{count}</span>' in listed
    assert any(int(count) for _, count, label in cells if label == "Left early")


def long_meeting(world):
    """The address of the attendance of the town hall, to which hundreds of people came."""
    hall = next(each for each in world.instances.values() if len(each.joins) > 300)
    return f"/participants/{key_of(hall.uuid)}"


def test_report_says_in_words_and_bars_who_was_late(dana, world):
    page = dana.look(f"{long_meeting(world)}?rows=5000").text
    row = next(part for part in page.split('<tr role="row" id="p-')[1:] if "k-late" in part)

    assert re.search(r'class="k-late">\d+ min late', row)
    assert '<line class="m-late"' in row and 'class="c-in"' in row and 'class="c-out"' not in row
    assert re.search(r'class="a-did"><span class="k-on">On time', page)


def test_empty_filter_says_what_that_means_and_leads_back(dana, past, world, clock):
    clock.tick(REUSE_SECONDS)
    row = {"id": "", "name": "Lee", "join_time": "2026-03-01T13:00:00Z", "leave_time": "2026-03-01T13:50:00Z"}
    world.faults.append(Fault(REPORT, 200, {}, {"participants": [row]}))
    page = read(dana.look(f"{past}?show=rejoined&names=hide"))

    assert "Nobody rejoined." in page and "The curve" not in page
    assert f'href="{past}?names=hide">Show everyone' in dana.look(f"{past}?show=rejoined&names=hide").text
    assert "Nobody matches “zzz”" in read(dana.look(f"{past}?q=zzz"))


def test_names_of_the_list_are_copied_in_its_order(dana, past):
    page = dana.look(f"{past}?sort=-name").text
    copied = re.search(r'data-copy="([^"]+)" data-done="Copied (\d+) names"', page)

    rows = page.split('<tr role="row" id="p-')[1:]
    # A person who never left the waiting room was not there.
    came = [shown(row)[0] for row in rows if 'class="a-here">—' not in row]
    assert copied[1].split("\n") == came and len(came) == len(rows) - 1
    assert int(copied[2]) == len(came)
    assert "Copy names" not in dana.look(f"{past}?names=hide").text


def test_person_page_shows_stays_device_and_merged_connections(dana, past, world):
    person = {"id": "noor-id", "name": "Noor", "user_email": "noor@example.com", "device": "Windows"}
    stays = [
        ("16", "2026-03-02T09:00:00Z", "2026-03-02T09:10:00Z"),
        ("17", "2026-03-02T09:12:00Z", "2026-03-02T09:30:00Z"),
    ]
    body = {
        "participants": [
            person | {"user_id": number, "join_time": join, "leave_time": leave} for number, join, leave in stays
        ]
    }
    world.faults.append(Fault(REPORT, 200, {}, body))
    page = dana.look(past).text
    world.calls.clear()

    text = read(opened(dana, page, "Noor"))

    assert "In the meeting 10:00 – 10:10 · 10 min 10:12 – 10:30 · 18 min" in text
    assert "Windows" in text
    assert "n•••@example.com Show noor@example.com" in text
    assert "2 connections merged, same Zoom account Noor , Windows 10:00 – 10:10 Noor , Windows 10:12 – 10:30" in text
    assert world.calls.count(REPORT) == 0


def test_person_page_says_if_connections_were_matched_by_name(dana, past, world):
    rows = [
        {"user_id": "1", "name": "iPhone", "join_time": "2026-03-02T09:00:00Z", "leave_time": "2026-03-02T09:10:00Z"},
        {"user_id": "2", "name": "iPhone", "join_time": "2026-03-02T09:20:00Z", "leave_time": "2026-03-02T09:30:00Z"},
    ]
    world.faults.append(Fault(REPORT, 200, {}, {"participants": rows}))

    page = dana.look(past)

    assert "merged by name" in read(page)
    assert "2 connections merged, merged by name" in read(opened(dana, page.text, "iPhone"))


def test_person_page_needs_the_right_key_and_viewer(dana, priya, past):
    page = dana.look(past).text
    link = person_page(page).replace("PERSON", re.search(r'id="p-(\w+)"', page)[1])

    assert dana.look(re.sub("[^/]+$", "0000000000", link)).status_code == 404
    assert "Jonas" not in priya.look(link).text


def test_hidden_names_stay_hidden_on_the_person_page(dana, past):
    page = dana.look(f"{past}?names=hide").text

    answer = opened(dana, page, "JW")

    text = answer.text.partition('id="main">')[2].partition("<footer")[0]
    assert "JW" in read(answer)
    assert "Jonas" not in text and "@example" not in text
    assert f'href="{past}?names=hide"' in text


def test_names_can_be_hidden(dana, past):
    page = dana.look(f"{past}?names=hide").text

    assert {"DO", "JW"} <= set(shown(page))
    assert "Jonas" not in page and "@example" not in page.partition('id="main">')[2].partition("<footer")[0]
    assert re.search(rf'href="{past}\?names=hide#everyone" class="" aria-current="true">.+?Everyone', page)
    assert f'href="{past}">Show names' in page
    assert shown(dana.look(f"{past}?names=hide&q=Jonas").text) == ["JW"]


@pytest.mark.parametrize(("sort", "first"), [("", "Dana Okoye"), ("name", "Dana Okoye"), ("time", "Dana Okoye")])
def test_rows_are_sorted_by_the_chosen_key(dana, past, sort, first):
    names = shown(dana.look(f"{past}?sort={sort}").text)

    assert names[0] == first
    if sort == "name":
        assert names == sorted(names, key=fold)
    if sort == "time":
        assert names[-1] == "Mina Park"


def test_running_meeting_can_be_sorted_by_longest_wait(dana, world):
    world.load_story("live-meeting")
    address = dana.running_meeting()
    waiting = {row["name"] for row in rows(dana.get(f"{address}.csv").text) if row["status"] == "waiting"}

    assert set(shown(dana.look(f"{address}?sort=waiting").text)[: len(waiting)]) == waiting


def test_comparison_leaves_out_a_person_who_never_left_the_waiting_room():
    frame = Frame(now=3600.0, ended_at=3600.0)
    stay, identity = ((0.0, 60.0),), frozenset({("id", "tom")})
    maya = Person("maya", "Maya", stay, (), identities=frozenset({("id", "maya")}))
    tom = Person("tom", "Tom", stay, (), identities=identity)
    first = AttendanceTable((maya, tom), frame)
    second = AttendanceTable((maya, msgspec.structs.replace(tom, here=(), waiting=stay)), frame)

    groups = {name: [person.name for person in people] for name, people in compare_tables(first, second)}

    assert groups == {"both": ["Maya"], "first": ["Tom"], "second": []}


def test_hidden_emails_are_not_called_missing(dana, world, past):
    world.load_story("live-meeting")
    for meeting in (past, dana.running_meeting()):
        assert "@" in dana.look(meeting).text.partition("<tbody")[2]

        page = dana.look(f"{meeting}?names=hide").text.partition("<tbody")[2]

        assert "@" not in page
        assert "No email" not in page
        assert "Email hidden" in page


def test_table_heads_sort_in_both_directions(dana, past):
    head = re.compile(r'aria-sort="(\w+)"><a href="([^"]+)">([^<]+)</a>')

    assert head.findall(dana.look(past).text) == [("ascending", f"{past}?sort=-arrival", "Arrived")]
    assert head.findall(dana.look(f"{past}?sort=name").text) == [("ascending", f"{past}?sort=-name", "Name")]
    assert head.findall(dana.look(f"{past}?sort=-name").text) == [("descending", f"{past}?sort=name", "Name")]
    longest = re.compile(r'aria-sort="(\w+)" class="right"|class="right" aria-sort="(\w+)"')
    assert longest.search(dana.look(f"{past}?sort=time").text)[2] == "descending"
    assert longest.search(dana.look(f"{past}?sort=-time").text)[2] == "ascending"


def test_a_minus_reverses_the_order(dana, past):
    for sort in ("name", "arrival"):
        assert shown(dana.look(f"{past}?sort=-{sort}").text) == shown(dana.look(f"{past}?sort={sort}").text)[::-1]


def test_sort_and_hide_names_stand_at_the_list(dana, past):
    page = dana.look(f"{past}?show=rejoined&sort=name").text

    assert f'href="{past}?show=rejoined&amp;sort=name&amp;names=hide">Hide names' in page
    assert f'href="{past}?show=rejoined&amp;sort=time">Time here' in page
    assert "Hide names" not in page.partition('aria-label="More files"')[2].partition("</div>")[0]


def test_report_is_sorted_by_attendance_and_by_leaving(dana, world):
    hall = long_meeting(world)
    by_attendance = dana.look(f"{hall}?sort=attendance&rows=5000").text
    did = re.findall(r'class="a-did">(.*?)</td>', by_attendance)
    kinds = ["late" if "k-late" in each else "early" if "k-early" in each else "rest" for each in did]

    assert list(dict.fromkeys(kinds)) == ["late", "early", "rest"]
    left = re.findall(r'class="a-left">(\d\d:\d\d)', dana.look(f"{hall}?sort=left&rows=5000").text)
    assert left == sorted(left) and len(set(left)) > 1
    assert 'aria-sort="ascending"><a href="' in by_attendance


def test_past_sessions_of_an_unknown_meeting_are_an_outage_while_zoom_is_down(dana, world):
    page = "/participants/_I84Pj7PRnR0S-zLVAnH1w/times"
    world.faults.append(Fault("GET /v2/past_meetings/**", 502, {}, "gone"))

    assert dana.look(page).status_code == 502

    world.faults.clear()
    assert dana.look(page).status_code == 200
