"""The pages of meetings: lists, search, schedule, settings, delete. Every form works without a script."""

import html
import io
import re

import pytest

from offline_zoom.faults import Fault
from tests.web.reading import fields, read
from zoomapp.store.encrypted_records import DAILY_CHANGES
from zoomapp.store.idempotency import IdempotencyKeys
from zoomapp.store.user_records import UserRecords

CREATE = "POST /v2/users/me/meetings"
LISTS = "GET /v2/users/me/meetings"
ROSTER = "/series/85000000102/roster"


@pytest.fixture
def form(dana):
    """A fresh schedule form, filled in."""
    return {**fields(dana.look("/meetings/new").text), "topic": "Budget circle", "zone": "Europe/Lisbon"}


def created(world):
    return [meeting for meeting in world.meetings.values() if meeting.topic == "Budget circle" and not meeting.deleted]


def typed_again(answer, form):
    """The form as it came back, sent once more."""
    return {**form, **fields(answer.text)}


@pytest.mark.parametrize(
    ("query", "found", "missing"),
    [
        ("q=weekly", "Weekly sync", "Design review"),
        ("q=855+1234", "Weekly sync", "Stand-up"),
        ("q=MARZ", "März", "Stand-up"),
    ],
)
def test_search_finds_by_topic_without_accents_and_by_id(dana, query, found, missing):
    text = read(dana.look(f"/meetings?{query}"))

    assert found in text
    assert missing not in text


def test_search_without_results_says_what_was_searched(dana):
    text = read(dana.look("/meetings?q=budjet"))

    assert "No meeting matches “budjet”" in text
    assert "The search covers topics and meeting IDs." in text


@pytest.mark.parametrize("show", ["upcoming", "live", "scheduled", "past", "nonsense"])
def test_every_meeting_list_is_a_page(dana, show):
    read(dana.look(f"/meetings?show={show}"))


def test_topics_with_markup_are_escaped(dana, world):
    world.load_story("attacking-names")

    text = dana.look("/meetings").text

    assert "<script>alert" not in text
    assert "&lt;script&gt;alert" in text


def test_a_past_meeting_links_to_its_attendance(dana):
    page = dana.look("/meetings?show=past").text
    link = re.search(r'href="(/participants/[\w-]{22})"', page)[1]

    assert "people came" in read(dana.look(link))


def test_scheduling_redirects_to_the_meeting(dana, world, form):
    answer = dana.post("/meetings/new", data=form)

    assert answer.status_code == 303
    text = read(dana.look(answer.location))
    assert "Meeting scheduled" in text
    assert created(world)[0].settings["waiting_room"] is False
    assert "Meeting scheduled" not in read(dana.look(answer.location))


def test_a_switch_that_is_on_is_sent_to_zoom(dana, world, form):
    dana.post("/meetings/new", data={**form, "waiting_room": "on", "mute_upon_entry": "on"})

    settings = created(world)[0].settings
    assert (settings["waiting_room"], settings["mute_upon_entry"]) == (True, True)


def test_switches_that_exclude_each_other_are_an_error(dana, world, form):
    both = {"waiting_room": "on", "join_before_host": "on"}
    world.calls.clear()
    for page, sent in (("/meetings/new", {**form, **both}), ("/meetings/85000000101", both)):
        answer = dana.post(page, data=sent)

        assert read(answer, 422).count("Turn off either the waiting room or join before host") == 2
        assert "<title>Error: " in answer.text
        assert {"waiting_room", "join_before_host"} <= set(re.findall(r'id="(\w+)"[^>]* checked', answer.text))
    assert not created(world)
    assert world.calls.count("PATCH /v2/meetings/*") == 0


def test_errors_are_shown_at_their_fields_and_the_input_stays(dana, world, form):
    answer = dana.post("/meetings/new", data={**form, "topic": "", "time": "00:01", "duration": "0", "passcode": "ö"})

    text = read(answer, 422)
    assert "There are 4 things to fix" in text
    assert text.count("Enter a topic") == 2
    assert "The start is in the past" in text
    assert "<title>Error: " in answer.text
    assert fields(answer.text)["duration"] == "0"
    assert 'aria-describedby="duration-hint duration-fault"' in answer.text
    assert not created(world)


def test_the_same_form_sent_twice_schedules_once(dana, world, form):
    first, second = dana.post("/meetings/new", data=form), dana.post("/meetings/new", data=form)

    assert len(created(world)) == 1
    again = dana.get(second.location)
    assert again.location == first.location


def test_a_form_that_was_changed_and_sent_again_changes_the_meeting_it_scheduled(dana, world, form):
    sent = {**form, "mute_upon_entry": "on"}
    first = dana.post("/meetings/new", data=sent).location

    back = dana.post("/meetings/new", data={**sent, "duration": "1:30", "record": "on", "passcode": "abc"})

    assert "Your entries are still here" not in read(dana.look("/"))
    page = dana.look(back.location)
    assert back.location == f"{first}/edit"
    assert "This meeting is already scheduled" in read(page)
    again = fields(page.text)
    assert (again["topic"], again["duration"]) == ("Budget circle", "1 h 30 min")
    dana.post(back.location, data={**sent, **again, "record": "on"})
    (meeting,) = created(world)
    assert (meeting.duration_minutes, meeting.settings["auto_recording"]) == (90, "cloud")


def test_a_form_that_was_sent_again_leads_to_its_meeting_also_during_an_outage(dana, world, form):
    dana.post("/meetings/new", data=form)
    world.faults.append(Fault("GET /v2/meetings/*", 502, {}, {}))

    again = dana.post("/meetings/new", data={**form, "duration": "1:30"})

    assert (again.status_code, again.location) == (303, f"/meetings/new?once={form['once']}")
    assert len(created(world)) == 1


def test_a_second_request_waits_while_the_first_is_pending(dana, world, parts, form):
    IdempotencyKeys(UserRecords(parts.redis, parts.key_ring), dana.id).begin(form["once"])

    second = dana.look(dana.post("/meetings/new", data={**form, "passcode": "abc"}).location)

    assert "Scheduling your meeting" in read(second)
    assert second.headers["Refresh"] == "1"
    assert not created(world)


def test_a_time_out_shows_the_possible_duplicate(dana, world, form):
    world.faults.append(Fault(CREATE, drop="after", count=1))

    answer = dana.post("/meetings/new", data=form)

    text = read(answer, 502)
    assert "We don’t know whether Zoom created the meeting" in text
    assert "We found “Budget circle” that matches: Mon 2 Mar, 12:30." in text
    assert len(created(world)) == 1
    assert fields(answer.text)["once"] != form["once"]
    assert '<button class="button" type="submit" form="schedule">Create another</button>' in answer.text
    assert dana.post("/meetings/new", data=typed_again(answer, form)).status_code == 303
    assert len(created(world)) == 2


def test_a_possible_duplicate_without_a_fixed_time_is_found(dana, world, form):
    world.faults.append(Fault(CREATE, drop="after", count=1))

    text = read(dana.post("/meetings/new", data={**form, "repeat": "any"}), 502)

    assert "We found “Budget circle” that matches, without a fixed time" in text


def test_an_unknown_result_is_shown_and_the_next_try_looks_for_duplicates(dana, world, form):
    world.faults.append(Fault(CREATE, drop="after", count=1))
    world.faults.append(Fault(LISTS, 502, {}, "gone", count=1))

    unsure = dana.post("/meetings/new", data=form)

    text = read(unsure, 502)
    assert "We couldn’t check" in text
    assert "We found none" not in text
    again = dana.post("/meetings/new", data=typed_again(unsure, form))
    assert "We found “Budget circle”" in read(again)
    assert len(created(world)) == 1


def test_a_meeting_that_zoom_did_not_create_is_created_by_the_next_try(dana, world, form):
    world.faults.append(Fault(CREATE, drop="before", count=1))

    none = dana.post("/meetings/new", data=form)

    assert "We found no matching meeting" in read(none, 502)
    assert dana.post("/meetings/new", data=typed_again(none, form)).status_code == 303
    assert len(created(world)) == 1


def test_an_error_of_zoom_is_shown_at_its_field(dana, world, form):
    body = {"code": 300, "message": "Validation Failed.", "errors": [{"field": "password", "message": "Too simple."}]}
    world.faults.append(Fault(CREATE, 400, {}, body))

    assert "Zoom says: Too simple." in read(dana.post("/meetings/new", data=form), 422)


def test_the_daily_limit_of_changes_shows_when_it_resets(dana, world, form):
    world.faults.add("user-limit", route=CREATE)

    text = read(dana.post("/meetings/new", data=form), 429)

    assert "Zoom allows 100 meeting changes a day" in text


def settings_form(page, *touched):
    """The settings form of a meeting's page as a browser sends it, after some switches were touched."""
    on = set(re.findall(r'<input id="(\w+)" name="\w+" type="checkbox"[^>]*checked', page))
    return {"shown": fields(page)["shown"], **dict.fromkeys(on ^ set(touched), "on")}


def named(world, topic):
    return next(each for each in world.meetings.values() if each.topic == topic)


def test_saving_settings_sends_and_shows_only_changes(dana, world):
    meeting = named(world, "Stand-up")
    before = dict(meeting.settings)
    form = settings_form(dana.look(f"/meetings/{meeting.id}").text, "waiting_room")

    answer = dana.post(f"/meetings/{meeting.id}", data=form)

    assert "Waiting room: off, Join before host: off." in read(dana.look(answer.location))
    assert meeting.settings == {**before, "waiting_room": False}


def test_join_before_host_stays_off_if_only_the_waiting_room_is_turned_off(dana, world):
    meeting = named(world, "Stand-up")
    meeting.settings |= {"waiting_room": True, "join_before_host": True}
    form = settings_form(dana.look(f"/meetings/{meeting.id}").text, "waiting_room")

    answer = dana.post(f"/meetings/{meeting.id}", data=form)

    assert (meeting.settings["waiting_room"], meeting.settings["join_before_host"]) == (False, False)
    assert "Waiting room: off, Join before host: off." in read(dana.look(answer.location))


def test_settings_changed_by_another_person_meanwhile_stay(dana, world):
    meeting = named(world, "Stand-up")
    form = settings_form(dana.look(f"/meetings/{meeting.id}").text, "waiting_room")
    meeting.settings["mute_upon_entry"] = not meeting.settings["mute_upon_entry"]
    before = dict(meeting.settings)

    dana.post(f"/meetings/{meeting.id}", data=form)

    assert meeting.settings == {**before, "waiting_room": not before["waiting_room"]}


def test_a_change_that_failed_is_sent_again_with_the_next_save(dana, world):
    meeting = named(world, "Stand-up")
    form = settings_form(dana.look(f"/meetings/{meeting.id}").text, "waiting_room")
    before = dict(meeting.settings)
    world.faults.append(Fault("PATCH /v2/meetings/*", 502, {}, "gone", count=1))

    page = dana.post(f"/meetings/{meeting.id}", data=form, headers={"Accept": "text/html"}).text
    dana.post(f"/meetings/{meeting.id}", data=settings_form(page))

    assert meeting.settings == {**before, "waiting_room": not before["waiting_room"]}


def test_saving_without_a_change_sends_nothing(dana, world):
    meeting = named(world, "Stand-up")
    form = settings_form(dana.look(f"/meetings/{meeting.id}").text)

    answer = dana.post(f"/meetings/{meeting.id}", data=form)

    assert "Nothing was changed" in read(dana.look(answer.location))
    assert not world.calls.matching("PATCH /v2/**")


def test_delete_asks_for_confirmation_and_can_be_repeated(dana, world):
    meeting = named(world, "Stand-up")

    assert "Delete this meeting?" in read(dana.look(f"/meetings/{meeting.id}/delete"))
    for _ in range(2):
        assert dana.post(f"/meetings/{meeting.id}/delete").status_code == 303
    assert "Stand-up" not in read(dana.look("/meetings"))


def test_a_start_link_is_never_in_a_page(dana, world):
    meeting = named(world, "Stand-up")
    pages = [dana.look(path).text for path in ("/", "/meetings", f"/meetings/{meeting.id}")]

    answer = dana.look(f"/meetings/{meeting.id}/start")

    assert answer.status_code == 302
    assert "zak=" in answer.location
    assert not [page for page in pages if "zak=" in page]


def test_starting_a_second_meeting_needs_a_confirmation(dana, world):
    meeting = named(world, "Stand-up")
    world.load_story("live-meeting")

    page = dana.look(f"/meetings/{meeting.id}/start")

    text = read(page)
    assert "Another meeting of yours is running" in text
    assert "“Product review” is running. End it first, or join this one as participant." in text
    assert re.search(r'href="http[^"]*/j/85[^"]*">Join<', page.text)
    anyway = re.search(r'href="([^"]*)"[^>]*>Start anyway', page.text)[1]
    assert "zak=" in dana.look(anyway).location
    running = named(world, "Product review")
    assert "zak=" in dana.look(f"/meetings/{running.id}/start").location


def test_a_script_gets_the_start_link_and_it_is_not_stored(dana, world):
    answer = dana.get("/meetings/85000000102/start", headers={"Accept": "application/json"})

    assert "zak=" in answer.json["url"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_a_warning_appears_from_the_90th_change_of_a_day(dana, parts, clock):
    records, day = UserRecords(parts.redis, parts.key_ring), "2026-03-02"
    records.save(dana.id, DAILY_CHANGES, 89, 3600, day)
    assert "changes Zoom allows today" not in read(dana.look("/meetings/new"))
    form = settings_form(dana.look("/meetings/85000000101").text, "mute_upon_entry")

    dana.post("/meetings/85000000101", data=form)

    for page in ("/meetings/new", "/meetings/85000000101"):
        assert "You’ve made 90 of 100 changes Zoom allows today." in read(dana.look(page))
    clock.tick(86400)
    assert "changes Zoom allows today" not in read(dana.look("/meetings/new"))


def test_scheduling_counts_as_a_change(dana, parts, form):
    records = UserRecords(parts.redis, parts.key_ring)

    dana.post("/meetings/new", data=form)
    dana.post("/meetings/new", data=form)

    assert records.load(dana.id, DAILY_CHANGES, "2026-03-02") == 1


def signed_out_while_sending(person, world, clock, path, form):
    """Zoom no longer takes the grant when the form is sent."""
    world.faults.add("refused-refresh")
    clock.tick(7200)
    assert "Zoom signed you out" in read(person.post(path, data=form, headers={"Accept": "text/html"}), 401)


def test_a_schedule_form_survives_a_revoked_grant(dana, world, clock, form):
    sent = {**form, "date": "2026-03-09", "time": "14:00", "repeat": "weekly", "weekdays": ["2", "4"], "record": "on"}
    signed_out_while_sending(dana, world, clock, "/meetings/new", sent)

    back = dana.connect()

    page = dana.look(back.location)
    assert back.location == "/meetings/new"
    assert "Your entries are still here" in read(page)
    again = fields(page.text)
    assert (again["topic"], again["date"], again["time"]) == ("Budget circle", "2026-03-09", "14:00")
    assert re.findall(r'name="weekdays" value="(\d)" checked', page.text) == ["2", "4"]
    assert re.search(r'<option value="weekly" selected', page.text)
    assert re.search(r'name="record"[^>]* checked', page.text)
    assert dana.post("/meetings/new", data={**sent, **again}).status_code == 303
    assert len(created(world)) == 1
    assert "still here" not in read(dana.look("/meetings/new"))


def test_a_settings_form_survives_a_revoked_grant(dana, world, clock):
    meeting = named(world, "Stand-up")
    before = meeting.settings["waiting_room"]
    form = settings_form(dana.look(f"/meetings/{meeting.id}").text, "waiting_room")
    signed_out_while_sending(dana, world, clock, f"/meetings/{meeting.id}", form)

    back = dana.connect().location
    assert "still here" not in read(dana.look("/meetings/new"))
    page = dana.look(back)

    assert "Your entries are still here" in read(page)
    dana.post(f"/meetings/{meeting.id}", data=settings_form(page.text))
    assert meeting.settings["waiting_room"] is not before


def test_a_saved_form_is_restored_when_the_page_reloads_in_zooms_client(dana, world, clock, form):
    signed_out_while_sending(dana, world, clock, "/meetings/new", {**form, "date": "2026-03-09"})

    dana.authorize_in_client()

    assert 'href="/meetings/new">Continue' in dana.look("/").text
    assert fields(dana.look("/meetings/new").text)["topic"] == "Budget circle"


def test_a_form_of_a_tab_that_was_signed_out_in_another_one_is_sent_after_signing_in(dana, world, form):
    dana.post("/api/zoomapp/logout")
    sent = {**form, "topic": "Budget circle", "agenda": '"Numbers" <b>first</b>', "weekdays": ["2", "4"]}

    page = dana.post("/meetings/new", data=sent, headers={"Accept": "text/html"})

    assert "Your entries are still here" in read(page, 401)
    assert '<a class="button primary" href="/api/zoomapp/install" target="_blank"' in page.text
    dana.connect()
    entries = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page.text)
    assert [value for name, value in entries if name == "weekdays"] == ["2", "4"]
    dana.post("/meetings/new", data={name: html.unescape(value) for name, value in entries})
    (meeting,) = created(world)
    assert meeting.agenda == '"Numbers" <b>first</b>'


@pytest.mark.parametrize(
    ("address", "sent", "status", "says"),
    [
        ("/meetings/new", {"agenda": "x" * 20_000}, 413, "Your entries were too long to keep here. Connect, then go"),
        (ROSTER, {"names": "x" * 20_000}, 413, "Your entries were too long to keep here. Connect, then go"),
        (
            ROSTER,
            {"file": (io.BytesIO(b"mina@example.com"), "people.csv")},
            401,
            "Your file was not sent. Connect, then",
        ),
    ],
)
def test_signed_out_tab_says_what_its_page_cannot_hold(dana, caplog, address, sent, status, says):
    dana.post("/api/zoomapp/logout")

    page = dana.post(address, data=sent, headers={"Accept": "text/html"})

    assert says in read(page, status)
    assert "data-unsent" not in page.text
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


def test_a_saved_form_is_not_shown_to_another_user(dana, world, clock, form):
    signed_out_while_sending(dana, world, clock, "/meetings/new", {**form, "date": "2026-03-09"})
    dana.name = "priya"

    assert dana.connect().location == "/"
    assert "Budget circle" not in dana.look("/meetings/new").text


def test_a_form_that_failed_is_not_pending(dana, world, clock, form):
    sent = {**form, "date": "2026-03-09", "time": "14:00"}
    signed_out_while_sending(dana, world, clock, "/meetings/new", sent)
    dana.connect()

    assert dana.post("/meetings/new", data=sent).location != f"/meetings/new?once={form['once']}"
    assert len(created(world)) == 1
