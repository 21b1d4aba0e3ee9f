"""The app in the Zoom client for each role, from the start to the end of the meeting. Nothing comes by webhook."""

from dataclasses import replace

import pytest

from devtools.processes import free_port
from offline_zoom.client_window.client_session import ClientSession
from tests.client.transports import ask_world
from tests.pages.timing import ENDLESS_WAITS

REVIEW, RESEARCH, WEBINAR = 85000000102, 85000000101, 84411122233
MARA = "Mara Lindholm"


@pytest.fixture
def settings(settings, world):
    url = f"http://127.0.0.1:{free_port()}"
    world.redirect_uris = [url]
    return replace(settings, public_url=url)


@pytest.fixture
def number():
    """The number of Dana's meeting."""
    return REVIEW


@pytest.fixture
def open_client(dana, priya, world, site, zoom_client, clock, number):
    """A factory of a person's client in Dana's meeting, with the app open."""
    meeting = world.start_meeting(number)
    world.join(meeting, "dana")

    def open_client(person, path, role="attendee", **state):
        if person is not dana:
            world.join(meeting, person.name, role=role)
        seat = ClientSession(person.name)
        client = zoom_client("webview2", f"{site}{path}", ask_world(world), seat=seat, state=state)
        cookie = person.browser.get_cookie("zoomapp")
        client.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": site}])
        client.page.set_viewport_size({"width": 360, "height": 800})
        client.open()
        return client

    return open_client


def row_of(world, name):
    """The attendance row of somebody who is in the meeting or waits."""
    return next(row for row in world.live_instance().present(world.now()) if row.name.startswith(name))


def wait_until_counted(client):
    """Wait until the page shows the person's own minutes, and its script has reported them."""
    client.app.wait_for_selector("text=Counted since")
    client.app.wait_for_function("() => document.querySelector('[data-own]').dataset.uuid")


def end(world, client, clock):
    """End the meeting a few seconds after the newest answer that the app may have of Zoom."""
    world.end_meeting(world.live_instance())
    clock.tick(5)
    client.refresh()


def test_host_sees_the_report_when_the_client_says_that_the_meeting_ended(open_client, dana, world, clock):
    world.join(world.live_instance(REVIEW), None, MARA)
    client = open_client(dana, "/participants")
    client.app.wait_for_selector("tbody >> text=Dana Okoye")
    clock.tick(2400)

    end(world, client, clock)

    client.app.wait_for_selector("text=Ended just now")
    assert client.app.text_content("[data-say]").startswith("The meeting ended. 2 people came")
    assert client.app.locator(".strip.warn, [data-pause]").count() == 0
    assert client.errors == []


def test_participant_becomes_co_host_and_participant_again_until_the_end(open_client, priya, world, clock):
    client = open_client(priya, "/participants", roleEvents="hosts")
    app = client.app
    wait_until_counted(client)
    assert not app.is_visible("text=Dana Okoye")

    # A promotion is no event for an attendee: the next press shows it.
    instance = world.live_instance(REVIEW)
    client.seat = replace(client.seat, role="co-host")
    client.refresh()
    app.click("h1")
    app.wait_for_selector("tbody >> text=Dana Okoye")
    assert app.is_visible("text=you’re co-host")
    assert app.is_visible("text=Here by")
    app.wait_for_selector("[data-say] >> text=You’re now co-host.", state="attached")
    clock.tick(5)
    world.join(instance, None, MARA)
    client.refresh()
    app.wait_for_selector(f"tbody >> text={MARA}")

    client.seat = replace(client.seat, role="participant")
    client.page.evaluate("() => (window.client.state.role = 'participant')")
    app.click("h1")
    app.wait_for_selector("text=Your attendance")
    wait_until_counted(client)
    assert not app.is_visible(f"text={MARA}")

    clock.tick(120)
    end(world, client, clock)
    app.wait_for_selector("text=You were there")
    assert app.text_content("[data-say]").startswith("The meeting ended. You were there")
    assert client.errors == []


def test_participant_in_the_waiting_room_sees_so_until_they_are_let_in(
    open_client, dana, priya, world, webhooks, clock
):
    dana.post("/settings", data={"share_with_participants": "on", "late_minutes": "5"})
    client = open_client(priya, "/participants")
    app, meeting = client.app, world.live_instance()
    wait_until_counted(client)
    clock.tick(120)

    # No event says so: the client refuses what is about the meeting.
    waiting = world.put_in_waiting_room(meeting, row_of(world, "Priya"))
    client.refresh()
    app.click("h1")
    app.wait_for_selector("h2 >> text=You’re in the waiting room")
    assert app.text_content("[data-say]") == "You’re in the waiting room."
    assert not app.is_visible("text=Counted since")
    app.evaluate("() => location.reload()")
    app.wait_for_selector("h2 >> text=You’re in the waiting room")

    clock.tick(120)
    world.admit(meeting, waiting)
    client.refresh()
    app.click("h1")
    app.wait_for_selector("text=You rejoined once.")
    app.wait_for_selector("text=1 person is here now")
    assert app.is_visible("text=Live") and app.is_visible("text=How many people are here")
    assert client.errors == []


def test_breakout_room_ends_no_stay_of_a_participant_and_of_a_co_host(open_client, priya, world, clock):
    client = open_client(priya, "/participants")
    app, meeting = client.app, world.live_instance()
    world.join(meeting, None, MARA)
    wait_until_counted(client)
    world.join_breakout_room(meeting, row_of(world, "Priya"), "Room 1")
    client.refresh()
    app.click("h1")
    app.wait_for_selector("text=You’re in a breakout room. Your minutes go on.")
    world.leave_breakout_room(meeting, row_of(world, "Priya"), "Room 1")

    world.set_role(meeting, row_of(world, "Priya"), "co-host")
    client.refresh()
    app.wait_for_selector(f"tr.here >> text={MARA}")
    world.join_breakout_room(meeting, row_of(world, "Priya"), "Room 1")
    with client.page.expect_response(lambda answer: answer.url.endswith("/sighted")):
        client.refresh()
    app.wait_for_selector("text=You see your room, 1 person.")
    assert 'data-here="3"' in priya.look(f"/participants/{REVIEW}").text
    world.leave_breakout_room(meeting, row_of(world, "Priya"), "Room 1")
    client.refresh()
    app.wait_for_selector("text=You see your room", state="hidden")
    assert client.errors == []


def test_change_of_host_gives_each_person_the_page_of_their_new_role(open_client, priya, world, clock):
    client = open_client(priya, "/participants")
    app = client.app
    wait_until_counted(client)

    client.act("make_host", participantId=row_of(world, "Priya").user_id)
    app.wait_for_selector("text=you’re host")
    assert app.is_visible("tbody >> text=Dana Okoye")

    client.act("make_host", participantId=row_of(world, "Dana").user_id)
    app.wait_for_selector("h1 >> text=Your attendance")
    assert not app.is_visible("text=Dana Okoye")
    assert client.errors == []


def test_next_meeting_of_the_host_takes_the_place_of_the_report(open_client, dana, world, clock):
    world.join(world.live_instance(REVIEW), None, MARA)
    client = open_client(dana, "/participants")
    client.app.wait_for_selector("tbody >> text=Dana Okoye")
    clock.tick(600)
    end(world, client, clock)
    client.app.wait_for_selector("text=Ended just now")
    client.page.wait_for_function("() => client.state.grantedAt === location.href")

    world.join(world.start_meeting(RESEARCH), "dana")
    client.refresh()

    client.app.wait_for_selector(f"main >> text={world.meetings[RESEARCH].topic}")
    client.app.wait_for_selector("tbody >> text=Dana Okoye")
    assert client.errors == []


def test_end_of_a_meeting_stays_when_the_answer_to_an_earlier_report_is_late(open_client, priya, clock):
    client = open_client(priya, "/participants")
    wait_until_counted(client)
    clock.tick(120)
    reports = []

    def hold(route):
        reports.append(route)

    client.page.evaluate(ENDLESS_WAITS)
    client.page.route("**/participants/own", hold, times=1)
    with client.page.expect_request("**/participants/own"):
        client.app.click("h1")

    client.emit("onMeeting", {"timestamp": 1, "action": "ended"})
    client.app.evaluate("() => new Promise(requestAnimationFrame)")
    with client.page.expect_response("**/participants/own"):
        reports[0].continue_()

    client.app.wait_for_selector("[data-say] >> text=The meeting ended. You were there 2 min.")
    assert client.app.text_content("#mine") == "You were there 2 min."
    assert client.errors == []


def test_participant_of_two_meetings_one_after_the_other_sees_the_second(open_client, priya, world, clock):
    client = open_client(priya, "/participants")
    wait_until_counted(client)
    clock.tick(120)
    client.emit("onMeeting", {"timestamp": 1, "action": "ended"})
    client.app.wait_for_selector("text=You were there 2 min.")

    # The client goes on to the next one without its main window in between, so it sends no event.
    world.end_meeting(world.live_instance())
    world.join(world.start_meeting(RESEARCH), "priya")
    client.refresh()
    client.app.click("h1")

    client.app.wait_for_selector("#mine >> text=under")
    assert client.app.text_content("#mine").split() == ["under", "1", "min", "here"]
    assert client.errors == []


@pytest.mark.parametrize("number", [WEBINAR])
@pytest.mark.parametrize(("role", "says"), [("panelist", "The meeting ended."), ("attendee", "You left the meeting.")])
def test_panelist_and_attendee_of_a_webinar_see_their_own_attendance(open_client, priya, world, clock, role, says):
    client = open_client(priya, "/participants", role)
    wait_until_counted(client)
    assert client.page.evaluate("() => [client.state.runningContext, client.state.role]") == ["inWebinar", role]
    assert not client.app.is_visible("text=Dana Okoye")
    clock.tick(120)
    client.seat = replace(client.seat, role=role)

    end(world, client, clock)

    # An attendee’s client sends no event of the end: it is asked.
    client.app.wait_for_selector("text=You were there 2 min.")
    assert client.app.text_content("[data-say]").startswith(says)
    assert client.errors == []


@pytest.mark.parametrize("number", [WEBINAR])
def test_host_of_a_webinar_sees_who_is_there_from_their_own_client(open_client, dana, world):
    client = open_client(dana, "/participants")

    client.app.wait_for_selector("text=you’re host")
    assert client.app.is_visible("tbody >> text=Dana Okoye")
    assert client.app.is_visible("text=Launch webinar")
    assert client.errors == []
