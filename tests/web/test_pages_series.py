"""The page of a series: people and sessions, its filters and table, its file, and sessions that fail or take long."""

import csv
import io
import re

import pytest

from offline_zoom.faults import Fault
from offline_zoom.identifiers import meeting_uuid
from offline_zoom.stories.quiet_day import FIXTURES, OFFICE, WEEKLY
from tests.web.reading import read
from zoomapp.attendance.past import REUSE_SECONDS
from zoomapp.attendance.series import SeriesPerson, Visit
from zoomapp.meetings.agenda import fold
from zoomapp.web.components import person_sessions
from zoomapp.zoom.endpoints import LIST_REPORT_PARTICIPANTS
from zoomapp.zoom.meeting_ids import key_of

PAGE = f"/series/{WEEKLY}"
SESSIONS = [FIXTURES[n] for n in (1, 3, 2)]
REPORT = "GET /v2/report/meetings/*/participants"


ATTENDED = {
    "participants": [
        {"id": "", "name": "Lee", "join_time": "2026-02-16T09:00:00Z", "leave_time": "2026-02-16T09:30:00Z"}
    ],
    "total_records": 1,
}


def many(world, count):
    """So many sessions of the meeting, one each day until the end of February."""
    days = [f"2026-02-{day:02}T09:00:00Z" for day in range(29 - min(count, 28), 29)]
    days = [f"2026-01-{31 - n}T09:00:00Z" for n in range(count - len(days))] + days
    meetings = [{"uuid": meeting_uuid(f"session {day}"), "start_time": day} for day in days]
    world.faults.append(Fault("GET /v2/past_meetings/*/instances", 200, {}, {"meetings": meetings}))


def feb(day):
    """A day of February as pages write it."""
    return f"{day} Feb"


def report_of(uuid):
    return f"GET {LIST_REPORT_PARTICIPANTS.target(instance=uuid)}"


def squares(page):
    """The words of each person's cells."""
    return {
        re.search(r"<bdi>([^<]+)</bdi>", row)[1]: re.findall(r'<span class="hush">([^<]+)</span></td>', row)
        for row in re.findall(r"<tr role=\"row\">(.*?)</tr>", page.split("<tbody")[1], re.S)
    }


def tally(page):
    return {name: int(count) for count, name in re.findall(r"<b>(\d+)</b><span>([^<]+)</span></a></li>", page)}


def test_past_meeting_leads_to_its_series_with_a_square_per_session(dana):
    attendance = dana.look(f"/participants/{key_of(SESSIONS[-1])}").text
    assert re.search(rf'href="{PAGE}">All sessions<', attendance)

    answer = dana.look(PAGE)

    text = read(answer)
    assert f"Last 3 sessions · {feb(9)} – {feb(23)}" in text
    cells = squares(answer.text)
    assert all(len(words) == 3 for words in cells.values())
    assert cells["Dana Okoye"][0].startswith(f"{feb(9)}: ")
    rows = csv.DictReader(io.StringIO(dana.get(f"/participants/{key_of(SESSIONS[-1])}.csv").text.lstrip("\ufeff")))
    newest = {row["name"]: row["minutes_here"] for row in rows}
    for name, words in cells.items():
        came = re.match(rf"{feb(23)}: (\d+) min", words[2])
        assert (came[1] if came else "") == newest.get(name, ""), name
    assert re.search(r"\d+ of \d+ people missed no session|Nobody missed a session", text)


def test_number_of_each_filter_is_the_number_of_its_rows(dana):
    page = dana.look(PAGE).text

    for link, name in re.findall(r'<li><a href="([^"]+)"[^>]*>.*?<span>([^<]+)</span></a></li>', page):
        shown = dana.look(link.replace("&amp;", "&")).text
        assert len(squares(shown) if "<tbody" in shown else ()) == tally(page)[name], name
    assert "Nobody matches “zzz”" in read(dana.look(f"{PAGE}?q=zzz"))


def test_plain_table_has_minutes_and_the_file_has_everyone(dana):
    table = dana.look(f"{PAGE}?view=table").text
    answer = dana.get(f"{PAGE}.csv")

    rows = list(csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff"))))
    assert list(rows[0]) == ["name", "email", "2026-02-09", "2026-02-16", "2026-02-23", "sessions", "of", "minutes"]
    assert 'filename="series_2026-02-23_weekly-sync.csv"' in answer.headers["Content-Disposition"]
    assert {row["name"] for row in rows} >= set(squares(table))
    dana_row = next(row for row in rows if row["name"] == "Dana Okoye")
    assert f'<td role="cell">{dana_row["2026-02-23"]}<span class="hush"> {feb(23)}' in table


def test_hidden_names_are_initials_here_and_in_all_links(dana):
    page = dana.look(f"{PAGE}?names=hide").text

    main = page.partition('id="main"')[2].partition("</main>")[0]
    assert "<bdi>DO</bdi>" in main and "Dana Okoye" not in main
    links = re.findall(r'href="(/(?:participants|series)/[^"]*)"', main)
    # The file has names anyway, and one link shows them again.
    assert [link for link in links if "names=hide" not in link] == [f"{PAGE}.csv", PAGE]


def test_late_and_early_have_words_and_are_counted(dana, world):
    times = {"join_time": "2026-02-23T09:12:00Z", "leave_time": "2026-02-23T09:20:00Z"}
    rows = [{"id": "", "name": "Lee", **times}, {"id": "", "name": "Mo", **times, "leave_time": "2026-02-23T09:45:00Z"}]
    world.faults.append(Fault(report_of(SESSIONS[2]), 200, {}, {"participants": rows, "total_records": 2}))

    page = dana.look(PAGE).text

    assert squares(page)["Lee"] == [
        f"{feb(9)}: before the first visit",
        f"{feb(16)}: before the first visit",
        f"{feb(23)}: 8 min, late, left early",
    ]
    assert '<span class="k-late">1 late</span>, <span class="k-early">1 early</span>' in page
    assert '<path class="cell-late"' in page and tally(page)["New"] == 2


def test_person_has_a_bar_for_each_session_of_the_series(dana, world):
    times = {"join_time": "2026-02-23T09:12:00Z", "leave_time": "2026-02-23T09:20:00Z"}
    rows = [{"id": "", "name": "Guest Lee", **times}]
    world.faults.append(Fault(report_of(SESSIONS[2]), 200, {}, {"participants": rows, "total_records": 1}))
    link = re.search(r'href="(/participants/[^"]+/people/[^"]+)"><bdi>Guest Lee', dana.look(PAGE).text)[1]

    page = dana.look(link.replace("&amp;", "&"))

    text = read(page)
    assert "Guest Lee came to 3 of 3 sessions and was late once." in text
    assert re.search(rf"{feb(23)} 8 min 12 min late · left 2\d min early {feb(16)} 40 min", text)
    assert page.text.count('<svg class="bar"') == 3 and '<line class="m-late"' in page.text
    alone = dana.look(link.partition("?")[0]).text
    assert "came to" not in alone and "series=10" in alone
    assert "Guest Lee was there 8 of 45 min." in read(dana.look(link.partition("?")[0]))
    jonas = re.search(r'href="(/participants/[^"]+/people/[^"]+)"><bdi>Jonas', dana.look(PAGE).text)[1]
    assert "Didn’t come" in read(dana.look(jonas.replace("&amp;", "&")))


def test_person_has_numbers_a_line_to_copy_and_a_file_with_the_minutes_of_the_bars(dana, world):
    times = {"join_time": "2026-02-23T09:12:00Z", "leave_time": "2026-02-23T09:20:00Z"}
    reported = [{"id": "", "name": "Guest Lee", **times}]
    world.faults.append(Fault(report_of(SESSIONS[2]), 200, {}, {"participants": reported, "total_records": 1}))
    link = re.search(r'href="(/participants/[^"]+/people/[^"]+)"><bdi>Guest Lee', dana.look(PAGE).text)[1]
    address = link.replace("&amp;", "&")

    page, file = dana.look(address), dana.get(address.replace("?", ".csv?"))

    assert "in all 1 h 28 min per session 29 min on time 2 of 3 left early 1 Copy summary CSV file" in read(page)
    assert re.search(
        rf'data-copy="Guest Lee: 3 of 3 sessions, [\d hmin]+, late once \(Weekly sync, [^"]* – {feb(23)}\)"', page.text
    )
    assert 'filename="person_2026-02-23_weekly-sync.csv"' in file.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(file.data.decode("utf-8-sig"))))
    assert list(rows[0]) == ["session", "present", "minutes", "late_minutes", "left_early_minutes"]
    bars = re.findall(r"<b>(\d+) min</b>", page.text.partition('class="hist"')[2])
    assert [row["minutes"] for row in rows][::-1] == bars and len(bars) == 3
    assert (rows[-1]["minutes"], rows[-1]["late_minutes"]) == ("8", "12")
    assert dana.get(address.replace("?series=10", ".csv?series=nonsense")).status_code == 404


def test_details_of_a_person_have_squares_of_the_last_sessions(dana):
    newest = f"/participants/{key_of(SESSIONS[2])}"
    link = re.search(r'href="([^"]+open=[^"]+)"[^>]*><bdi>Dana Okoye', dana.look(newest).text)[1].replace("&amp;", "&")
    opened = dana.look(link).text
    part = re.search(r'id="sessions-of" class="ten" data-part="([^"]+)"', opened)[1].replace("&amp;", "&")
    assert re.search(r'href="[^"]+series=10">Last 10 sessions', opened)

    answer = dana.look(part).text

    assert "data-part" not in answer and " hidden" not in answer
    assert re.search(r"<dt>Last 3 sessions: came to \d", answer)
    words = re.findall(r'<span class="hush">([^;<]+)', answer)
    assert words == squares(dana.look(PAGE).text)["Dana Okoye"]
    assert answer.count('class="cell"') == 3
    nobody = dana.look(part.replace(re.search(r"people/(\w+)", part)[1], "nobody")).text
    assert " hidden" in nobody


def test_time_away_is_a_gap_in_the_bar_and_is_said_in_words(dana, world):
    stays = [("09:00", "09:10"), ("09:20", "09:30"), ("09:36", "09:39")]
    reported = [
        {"id": "", "name": "Guest Lee", "join_time": f"2026-02-23T{came}:00Z", "leave_time": f"2026-02-23T{left}:00Z"}
        for came, left in stays
    ]
    world.faults.append(Fault(report_of(SESSIONS[2]), 200, {}, {"participants": reported, "total_records": 3}))
    link = re.search(r'href="(/participants/[^"]+/people/[^"]+)"><bdi>Guest Lee', dana.look(PAGE).text)[1]

    page = dana.look(link.replace("&amp;", "&"))

    assert re.search(rf"{feb(23)} 23 min On time · rejoined twice {feb(16)} 40 min On time {feb(9)}", read(page))
    bars = re.findall(r'<svg class="bar".*?</svg>', page.text)
    assert [(bar.count("m-away"), bar.count("c-in")) for bar in bars] == [(2, 3), (0, 1), (0, 1)]
    assert re.findall(r'class="m-away" x1="([^"]*)" x2="([^"]*)"', bars[0]) == [("22.22%", "44.44%"), ("66.67%", "80%")]
    assert re.findall(r'class="c-in" x="([^"]*)"', bars[0]) == ["0%", "44.44%", "80%"] and 'width="6.67%"' in bars[0]


def test_person_has_the_users_other_meetings_on_request(dana, world):
    link = re.search(r'href="(/participants/[^"]+/people/[^"]+)"><bdi>Mina Park', dana.look(PAGE).text)[1]
    page = dana.look(link.replace("&amp;", "&"))
    address = re.search(r'href="([^"]+)#others">Look in your newest 20 sessions<', page.text)[1].replace("&amp;", "&")

    page = dana.look(address)

    assert re.search(r"Other meetings of yours Office hours 1 of 1 session From your newest 3 sessions", read(page))
    calls = world.calls.count(REPORT)
    dana.look(address)
    assert world.calls.count(REPORT) == calls
    there = re.search(r'<bdi>Office hours</bdi></dt><dd><a href="([^"]+)"', page.text)[1].replace("&amp;", "&")
    assert "Mina Park came to 1 of 1 session" in read(dana.look(there))
    single = read(dana.look(f"{there.partition('?')[0]}?others=1"))
    assert "Other meetings of yours Weekly sync 3 of 3 sessions" in single
    assert "Weekly sync" in read(dana.look(f"{there.partition('?')[0]}?others=1&names=hide"))


def test_other_meetings_load_in_steps_and_say_what_failed(dana, world, clock):
    lee = re.search(r'href="(/participants/[^"]+/people/[^"]+)"><bdi>Guest Lee', dana.look(PAGE).text)[1]
    address = f"{lee.partition('?')[0]}?others=1"
    world.faults.append(Fault(REPORT, delay=3))
    slow = dana.look(address)
    world.faults.clear()
    assert "Looking at session" in read(slow) and slow.headers["Refresh"] == "1"

    world.faults.append(Fault("GET /v2/users/me/meetings", drop="before"))
    assert "We couldn’t reach Zoom" in read(dana.look(address))
    world.faults[:] = [Fault("GET /v2/**/participants", 500, {}, {})]
    clock.tick(700)
    assert "A session couldn’t be loaded" in read(dana.look(address))


def test_two_people_who_are_one_in_another_meeting_have_a_page_without_other_meetings(dana, world):
    alex = {"id": "u1", "name": "Alex Kim", "join_time": "2026-02-23T09:00:00Z", "leave_time": "2026-02-23T09:40:00Z"}
    guest = {**alex, "id": "", "name": "Guest Alex", "user_email": "alex@example.com"}
    guest["leave_time"] = "2026-02-23T09:10:00Z"
    both = {**alex, "user_email": "alex@example.com"}
    world.faults.append(Fault(report_of(SESSIONS[2]), 200, {}, {"participants": [alex, guest], "total_records": 2}))
    world.faults.append(Fault(REPORT, 200, {}, {"participants": [both], "total_records": 1}))
    address = f"/participants/{key_of(SESSIONS[2])}"
    person = re.search(r"open=(\w+)[^>]*><bdi>Guest Alex", dana.look(address).text)[1]

    page = read(dana.look(f"{address}/people/{person}?others=1"))

    assert "Guest Alex was there 10 of 45 min" in page


def test_guest_with_one_word_as_a_name_is_not_looked_for_in_other_meetings(dana, world):
    times = {"join_time": "2026-02-23T09:12:00Z", "leave_time": "2026-02-23T09:20:00Z"}
    reported = [{"id": "", "name": "iPhone", **times}]
    world.faults.append(Fault(report_of(SESSIONS[2]), 200, {}, {"participants": reported, "total_records": 1}))
    link = re.search(r'href="(/participants/[^"]+/people/[^"]+)"><bdi>iPhone', dana.look(PAGE).text)[1]

    pages = [dana.look(f"{link.replace('&amp;', '&')}{others}") for others in ("", "&others=1")]

    assert all("Other meetings" not in read(page) for page in pages)


def test_sentence_says_how_many_last_sessions_a_person_missed():
    person = SeriesPerson("Lee", "", (Visit("k", "Lee"), None, None, None), (True, True, False, True), 0.0)

    assert person.missed_last == 2
    assert person_sessions.sentence(person, "Lee") == "Lee came to 1 of 3 sessions and missed the last 2."


def test_any_two_sessions_lead_to_the_comparison(dana):
    first, second = key_of(SESSIONS[0]), key_of(SESSIONS[2])

    answer = dana.get(f"{PAGE}/compare?first={first}&second={second}&names=hide")

    assert answer.status_code == 302
    assert answer.location == f"/participants/{first}/with/{second}?names=hide"
    assert dana.get(f"{PAGE}/compare?first={first}&second=odd").status_code == 404


def test_any_chosen_sessions_are_compared_as_squares_a_table_and_a_file(dana, world):
    times = {"join_time": "2026-02-23T09:12:00Z", "leave_time": "2026-02-23T09:20:00Z"}
    only_now = [{"id": "", "name": "New Person", **times}]
    world.faults.append(Fault(report_of(SESSIONS[2]), 200, {}, {"participants": only_now, "total_records": 1}))
    keys = [key_of(SESSIONS[0]), key_of(SESSIONS[2])]
    listed = dana.look(f"/participants/{WEEKLY}/times?names=hide&session={keys[0]}").text
    boxes = re.findall(r'name="session" value="([^"]+)"( checked)?', listed)
    assert set(boxes) == {(keys[0], " checked"), (key_of(SESSIONS[1]), ""), (keys[1], "")}
    assert f'action="{PAGE}"' in listed and '<input type="hidden" name="names" value="hide">' in listed

    address = f"{PAGE}?session={keys[0]}&session={keys[1]}"
    page = dana.look(address)

    assert f"2 sessions · {feb(9)} – {feb(23)}" in read(page)
    assert all(len(cells) == 2 for cells in squares(page.text).values())
    assert set(tally(page.text)) == {"Everyone", "Missed none"}
    all_three = f"{address}&session={key_of(SESSIONS[1])}"
    assert set(tally(dana.look(all_three).text)) == {"Everyone", "Missed none", "Missed last two", "Often late"}
    # Each chosen session counts for everyone: who came to the second only has missed the first.
    assert squares(page.text)["New Person"] == [f"{feb(9)}: did not come", f"{feb(23)}: 8 min, late, left early"]
    table = dana.look(re.search(r'href="([^"]+)">Show as plain table', page.text)[1].replace("&amp;", "&")).text
    file = dana.get(re.search(r'href="([^"]+\.csv[^"]*)"', page.text)[1].replace("&amp;", "&"))
    rows = list(csv.DictReader(io.StringIO(file.text.lstrip("\ufeff"))))
    assert list(rows[0]) == ["name", "email", "2026-02-09", "2026-02-23", "sessions", "of", "minutes"]
    assert {row["name"] for row in rows} == set(squares(page.text)) == set(squares(table))
    assert [(row["2026-02-09"], row["of"]) for row in rows if row["name"] == "New Person"] == [("0", "2")]
    assert 'name="session" value="' + keys[1] in dana.look(f"{address}&q=dana").text
    links = [link for link in re.findall(rf'href="({PAGE}\?[^"]*)"', page.text) if "csv" not in link]
    assert links and all(link.count("session=") == 2 for link in links)


@pytest.mark.parametrize("chosen", ["?session=odd", f"?session={key_of(SESSIONS[0])}"])
def test_comparison_of_fewer_than_two_sessions_asks_for_more_and_costs_no_report(dana, world, chosen):
    page = dana.look(PAGE + chosen)

    assert "Choose two or more sessions" in read(page)
    assert f'href="/participants/{WEEKLY}/times{chosen}">Choose sessions' in page.text


def test_session_without_a_list_is_marked_and_counts_for_no_one(dana, world):
    empty = {"participants": [], "total_records": 0}
    world.faults.append(Fault(report_of(SESSIONS[1]), 200, {}, empty))
    world.faults.append(Fault("GET /v2/past_meetings/*/participants", 404, {}, {"code": 3001, "message": "gone"}))

    page = dana.look(PAGE).text

    assert f' s-gap"><a href="/participants/{key_of(SESSIONS[1])}"' in page
    assert squares(page)["Dana Okoye"][1] == f"{feb(16)}: no data"
    assert "<b>2</b> of 2" in page


def test_failing_session_fails_alone_and_is_tried_again_after_a_minute(dana, world, clock):
    world.faults.append(Fault(report_of(SESSIONS[0]), 502, {}, "gone", count=1))
    world.faults.append(Fault("GET /v2/past_meetings/*/participants", 502, {}, "gone", count=1))

    answer = dana.look(PAGE)

    assert "One session couldn’t be loaded" in read(answer)
    assert squares(answer.text)["Dana Okoye"][0] == f"{feb(9)}: no data"
    clock.tick(61)
    assert "couldn’t be loaded" not in read(dana.look(PAGE))


def test_sessions_that_are_over_for_a_day_are_read_from_zoom_once(dana, world, clock):
    dana.look(PAGE)
    clock.tick(2 * REUSE_SECONDS)
    world.calls.clear()

    dana.look(PAGE)
    dana.look(f"{PAGE}.csv")

    assert world.calls.count(REPORT) == 0


def test_page_shows_the_newest_sessions_while_others_load(dana, world):
    many(world, 30)
    world.faults.append(Fault(REPORT, 200, {}, ATTENDED, delay=3))

    first = dana.look(f"{PAGE}?sessions=25")
    pages = [first]
    while "Refresh" in pages[-1].headers:
        pages.append(dana.look(f"{PAGE}?sessions=25"))

    text = read(first)
    assert "Loading session" in text
    loaded = int(re.search(r"Loading session (\d+) of 25", text)[1]) - 1
    # Four at the same time, of which each takes longer than a request may load.
    assert loaded == 4 and first.headers["Refresh"] == "1" and len(pages) == 7
    cells = squares(first.text)["Lee"]
    assert (cells[0], cells[-1]) == (f"{feb(9)}: no data", f"{feb(28)}: 30 min")
    assert "Loading" not in read(pages[-1]) and "<b>25</b> of 25" in pages[-1].text
    # Twenty columns at once, twelve in a narrow window; the file has all.
    assert pages[-1].text.count("s-wide") == 2 * (20 - 12)
    assert squares(dana.look(f"{PAGE}?sessions=25&before=20").text)["Lee"][-1].startswith(f"{feb(8)}")
    assert len(next(csv.reader(io.StringIO(dana.get(f"{PAGE}.csv?sessions=25").text)))) == 2 + 25 + 3
    assert world.calls.count(REPORT) == 25


def test_file_of_many_sessions_waits_on_a_progress_page(dana, world):
    many(world, 10)
    world.faults.append(Fault(REPORT, 200, {}, ATTENDED, delay=3))

    answer = dana.look(f"{PAGE}.csv")

    assert "page 4 of 10" in read(answer) and answer.headers["Refresh"] == "1"
    assert dana.get(f"{PAGE}.csv").mimetype == "text/csv"


def test_missing_scope_and_unknown_meetings_are_named(dana, world):
    assert dana.get("/series/odd").status_code == 404
    assert dana.get(f"/series/{key_of(SESSIONS[0])}").status_code == 404
    body = {
        "code": 4711,
        "message": "Invalid access token, does not contain scopes:[meeting:read:list_past_instances].",
    }
    world.faults.append(Fault("GET /v2/past_meetings/*/instances", 400, {}, body))

    assert "meeting:read:list_past_instances" in read(dana.look(PAGE))
    assert dana.get(f"{PAGE}.csv").status_code >= 400


@pytest.mark.parametrize("number", [OFFICE])
def test_first_session_says_that_the_picture_starts_with_the_second(dana, number):
    assert "This is the first session." in read(dana.look(f"/series/{number}"))


def test_heads_of_the_columns_sort_the_people(dana):
    head = re.compile(r'aria-sort="(\w+)"><a href="[^"]+">([^<]+)</a>')

    assert head.findall(dana.look(PAGE).text) == [("descending", "Sessions")]
    link = re.search(r'<a href="([^"]+)">Name</a>', dana.look(PAGE).text)[1]
    by_name = dana.look(link).text
    assert head.findall(by_name) == [("ascending", "Name")]
    names = re.findall(r'class="s-name"><a [^>]+><bdi>([^<]+)', by_name)
    assert names == sorted(names, key=fold) and len(names) > 3
