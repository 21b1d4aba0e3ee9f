"""Meetings: listed, found, scheduled, set up, deleted; every form works without a script."""

import re

import pytest

from offline_zoom.faults import Fault
from tests.web.reading import fields, read
from zoomapp.store.encrypted_records import DAILY_CHANGES
from zoomapp.store.idempotency import IdempotencyKeys
from zoomapp.store.user_records import UserRecords

CREATE = "POST /v2/users/me/meetings"
LISTS = "GET /v2/users/me/meetings"


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


def test_search_that_finds_nothing_says_where_it_looked(dana):
    text = read(dana.look("/meetings?q=budjet"))

    assert "No meeting called “budjet”" in text
    assert "Search looks at topic and meeting ID." in text


@pytest.mark.parametrize("show", ["upcoming", "live", "scheduled", "past", "nonsense"])
def test_every_view_is_a_page(dana, show):
    read(dana.look(f"/meetings?show={show}"))


def test_names_that_attack_stay_words(dana):
    text = dana.look("/meetings").text

    assert "<script>alert" not in text
    assert "&lt;script&gt;alert" in text


def test_a_past_meeting_leads_to_its_attendance(dana):
    page = dana.look("/meetings?show=past").text
    link = re.search(r'href="(/participants/[\w-]{22})"', page)[1]

    assert "attended" in read(dana.look(link))


def test_scheduling_leads_to_the_meeting(dana, world, form):
    answer = dana.post("/meetings/new", data=form)

    assert answer.status_code == 303
    text = read(dana.look(answer.location))
    assert "Meeting scheduled" in text
    assert created(world)[0].settings["waiting_room"] is False
    assert "Meeting scheduled" not in read(dana.look(answer.location))


def test_a_switch_that_is_on_is_sent(dana, world, form):
    dana.post("/meetings/new", data={**form, "waiting_room": "on", "mute_upon_entry": "on"})

    settings = created(world)[0].settings
    assert (settings["waiting_room"], settings["mute_upon_entry"]) == (True, True)


def test_switches_that_exclude_each_other_are_not_dropped_in_silence(dana, world, form):
    both = {"waiting_room": "on", "join_before_host": "on"}
    world.calls.clear()
    for page, sent in (("/meetings/new", {**form, **both}), ("/meetings/85000000101", both)):
        answer = dana.post(page, data=sent)

        assert read(answer, 422).count("Turn off either the waiting room or join before host") == 2
        assert "<title>Error: " in answer.text
        assert {"waiting_room", "join_before_host"} <= set(re.findall(r'id="(\w+)"[^>]* checked', answer.text))
    assert not created(world)
    assert world.calls.count("PATCH /v2/meetings/*") == 0


def test_faults_stand_at_their_fields_and_nothing_is_lost(dana, world, form):
    answer = dana.post("/meetings/new", data={**form, "topic": "", "time": "00:01", "duration": "0", "passcode": "ö"})

    text = read(answer, 422)
    assert "There are 4 things to fix" in text
    assert text.count("Enter a topic") == 2
    assert "The start is in the past" in text
    assert "<title>Error: " in answer.text
    assert fields(answer.text)["duration"] == "0"
    assert 'aria-describedby="duration-fault"' in answer.text
    assert not created(world)


def test_the_same_form_sent_twice_schedules_once(dana, world, form):
    first, second = dana.post("/meetings/new", data=form), dana.post("/meetings/new", data=form)

    assert len(created(world)) == 1
    again = dana.get(second.location)
    assert again.location == first.location


def test_a_second_sending_while_the_first_is_under_way_waits_for_it(dana, world, parts, form):
    IdempotencyKeys(UserRecords(parts.redis, parts.key_ring), dana.id).begin(form["once"])

    second = dana.look(dana.post("/meetings/new", data=form).location)

    assert "Scheduling your meeting" in read(second)
    assert second.headers["Refresh"] == "1"
    assert not created(world)


def test_after_a_time_out_we_say_what_we_found(dana, world, form):
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


def test_one_without_a_fixed_time_is_found_too(dana, world, form):
    world.faults.append(Fault(CREATE, drop="after", count=1))

    text = read(dana.post("/meetings/new", data={**form, "repeat": "any"}), 502)

    assert "We found “Budget circle” that matches, without a fixed time" in text


def test_when_nobody_could_look_it_is_said_and_the_next_sending_looks_first(dana, world, form):
    world.faults.append(Fault(CREATE, drop="after", count=1))
    world.faults.append(Fault(LISTS, 502, {}, "gone", count=1))

    unsure = dana.post("/meetings/new", data=form)

    text = read(unsure, 502)
    assert "We couldn’t look for it either" in text
    assert "We found none" not in text
    again = dana.post("/meetings/new", data=typed_again(unsure, form))
    assert "We found “Budget circle”" in read(again)
    assert len(created(world)) == 1


def test_one_that_zoom_did_not_create_is_created_by_the_next_sending(dana, world, form):
    world.faults.append(Fault(CREATE, drop="before", count=1))

    none = dana.post("/meetings/new", data=form)

    assert "We found none that matches" in read(none, 502)
    assert dana.post("/meetings/new", data=typed_again(none, form)).status_code == 303
    assert len(created(world)) == 1


def test_what_zoom_finds_fault_with_stands_at_the_field(dana, world, form):
    body = {"code": 300, "message": "Validation Failed.", "errors": [{"field": "password", "message": "Too simple."}]}
    world.faults.append(Fault(CREATE, 400, {}, body))

    assert "Zoom says: Too simple." in read(dana.post("/meetings/new", data=form), 422)


def test_the_limit_of_changes_says_when_it_ends(dana, world, form):
    world.faults.add("user-limit", route=CREATE)

    text = read(dana.post("/meetings/new", data=form), 429)

    assert "Zoom allows 100 meeting changes a day" in text


def settings_form(page, *touched):
    """The settings form of a meeting's page as a browser sends it, after some switches were touched."""
    on = set(re.findall(r'<input id="(\w+)" name="\w+" type="checkbox"[^>]*checked', page))
    return {"shown": fields(page)["shown"], **dict.fromkeys(on ^ set(touched), "on")}


def named(world, topic):
    return next(each for each in world.meetings.values() if each.topic == topic)


def test_saving_says_what_changed_and_leaves_the_rest(dana, world):
    meeting = named(world, "Stand-up")
    before = dict(meeting.settings)
    form = settings_form(dana.look(f"/meetings/{meeting.id}").text, "waiting_room")

    answer = dana.post(f"/meetings/{meeting.id}", data=form)

    assert "Waiting room: off." in read(dana.look(answer.location))
    assert meeting.settings == {**before, "waiting_room": False}


def test_what_somebody_else_changed_meanwhile_stays(dana, world):
    meeting = named(world, "Stand-up")
    form = settings_form(dana.look(f"/meetings/{meeting.id}").text, "waiting_room")
    meeting.settings["mute_upon_entry"] = not meeting.settings["mute_upon_entry"]
    before = dict(meeting.settings)

    dana.post(f"/meetings/{meeting.id}", data=form)

    assert meeting.settings == {**before, "waiting_room": not before["waiting_room"]}


def test_a_change_that_zoom_did_not_take_is_still_a_change_when_it_is_sent_again(dana, world):
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


def test_deleting_asks_first_and_twice_is_harmless(dana, world):
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


def test_a_second_meeting_of_ones_own_is_started_only_if_one_insists(dana, world):
    meeting = named(world, "Stand-up")
    world.tell("live-meeting")

    page = dana.look(f"/meetings/{meeting.id}/start")

    text = read(page)
    assert "Another meeting of yours is running" in text
    assert "“Product review” is running. End it first, or join this one as participant." in text
    assert re.search(r'href="http[^"]*/j/85[^"]*">Join<', page.text)
    anyway = re.search(r'href="([^"]*)"[^>]*>Start anyway', page.text)[1]
    assert "zak=" in dana.look(anyway).location
    running = named(world, "Product review")
    assert "zak=" in dana.look(f"/meetings/{running.id}/start").location


def test_a_script_gets_the_start_link_to_hand_it_on_and_nobody_keeps_it(dana, world):
    answer = dana.get("/meetings/85000000102/start", headers={"Accept": "application/json"})

    assert "zak=" in answer.json["url"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_from_the_ninetieth_change_of_a_day_it_is_said_how_many_are_left(dana, parts, clock):
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


def test_what_was_typed_survives_that_zoom_signed_the_person_out(dana, world, clock, form):
    sent = {**form, "date": "2026-03-09", "time": "14:00", "repeat": "weekly", "weekdays": ["2", "4"], "record": "on"}
    signed_out_while_sending(dana, world, clock, "/meetings/new", sent)

    back = dana.connect()

    page = dana.look(back.location)
    assert back.location == "/meetings/new"
    assert "What you typed is still here" in read(page)
    again = fields(page.text)
    assert (again["topic"], again["date"], again["time"]) == ("Budget circle", "2026-03-09", "14:00")
    assert re.findall(r'name="weekdays" value="(\d)" checked', page.text) == ["2", "4"]
    assert re.search(r'<option value="weekly" selected', page.text)
    assert re.search(r'name="record"[^>]* checked', page.text)
    assert dana.post("/meetings/new", data={**sent, **again}).status_code == 303
    assert len(created(world)) == 1
    assert "still here" not in read(dana.look("/meetings/new"))


def test_settings_that_were_touched_survive_it_too(dana, world, clock):
    meeting = named(world, "Stand-up")
    before = meeting.settings["waiting_room"]
    form = settings_form(dana.look(f"/meetings/{meeting.id}").text, "waiting_room")
    signed_out_while_sending(dana, world, clock, f"/meetings/{meeting.id}", form)

    back = dana.connect().location
    assert "still here" not in read(dana.look("/meetings/new"))
    page = dana.look(back)

    assert "What you typed is still here" in read(page)
    dana.post(f"/meetings/{meeting.id}", data=settings_form(page.text))
    assert meeting.settings["waiting_room"] is not before


def test_in_zooms_client_it_is_on_the_page_that_is_loaded_again(dana, world, clock, form):
    signed_out_while_sending(dana, world, clock, "/meetings/new", {**form, "date": "2026-03-09"})

    dana.authorize_in_client()

    assert 'href="/meetings/new">Continue' in dana.look("/").text
    assert fields(dana.look("/meetings/new").text)["topic"] == "Budget circle"


def test_nobody_else_is_offered_what_was_typed(dana, world, clock, form):
    signed_out_while_sending(dana, world, clock, "/meetings/new", {**form, "date": "2026-03-09"})
    dana.name = "priya"

    assert dana.connect().location == "/"
    assert "Budget circle" not in dana.look("/meetings/new").text


def test_a_form_that_could_not_be_sent_is_not_taken_for_one_under_way(dana, world, clock, form):
    sent = {**form, "date": "2026-03-09", "time": "14:00"}
    signed_out_while_sending(dana, world, clock, "/meetings/new", sent)
    dana.connect()

    assert dana.post("/meetings/new", data=sent).location != f"/meetings/new?once={form['once']}"
    assert len(created(world)) == 1
