"""What the app shows in the Zoom client: each role in each situation. docs/roles.md lists them all."""

from dataclasses import replace

import pytest

from devtools.processes import free_port
from tests.pages.timing import RECORD
from tests.support.people import Person

REVIEW, STAND_UP, WEBINAR, PRIYAS = 85000000102, 85000000101, 84411122233, 87000000302
MARA, OTHER = "Mara Lindholm", "Guest Kim"
SAY = "[data-say]"
#: Less than the silence after which the meeting of a co-host counts as over: their client may still ask for news.
SPOKEN_SECONDS = 150


@pytest.fixture
def settings(settings, world):
    url = f"http://127.0.0.1:{free_port()}"
    world.redirect_uris = [url]
    return replace(settings, public_url=url)


@pytest.fixture(params=[True, False], ids=["events", "client only"])
def events(request, world):
    """Whether webhooks arrive. Without them no grant reads the dashboard either, so that only the client is left."""
    if request.param:
        request.getfixturevalue("webhooks")
    else:
        world.admin_managed = False
    return request.param


@pytest.fixture
def shares(request, dana):
    """Whether Dana shares exact times with co-hosts. Webhooks arrive if she does."""
    if request.param:
        request.getfixturevalue("webhooks")
        dana.post("/settings", data={"share_with_cohosts": "on", "late_minutes": "5"})
    return request.param


def wait_for(client, *texts):
    """Wait until the page shows each of these."""
    for text in texts:
        client.app.wait_for_selector(f"main >> text={text}")


def wait_until_counted(client):
    """Wait until the page shows the person's own minutes, and its script has reported them."""
    wait_for(client, "Counted since")
    client.app.wait_for_function("() => document.querySelector('[data-own]').dataset.uuid")


def wait_until_watched(client):
    """Wait until the page's script listens to the client, and has sent the signed role of a co-host."""
    client.app.wait_for_function("""() => {
        const { here, cohosted, uuid } = document.querySelector("[data-sighted]").dataset;
        return here !== undefined && (!cohosted || sessionStorage.hosting?.endsWith(uuid));
    }""")


def refresh_and_draw(client):
    """Have the client report its participants, and wait until the page has drawn them."""
    client.page.evaluate(RECORD)
    with client.page.expect_response("**/sighted"):
        client.refresh()
    client.page.wait_for_function("""() => {
        const sent = record.sent.map((each) => /[/](sighted|live)($|[?])/.exec(each)?.[1]);
        const report = sent.indexOf("sighted");
        return report >= 0 && sent.lastIndexOf("live") > report && !record.open.length;
    }""")


def assert_is_report(client):
    """The page is the report and nothing else: nothing warns, refreshes, asks or is clipped."""
    wait_for(client, "Ended just now")
    assert client.app.locator(".strip.warn, [data-pause], [data-live], [data-room]:visible").count() == 0
    assert client.app.evaluate("document.documentElement.scrollWidth") <= 360
    assert client.errors == []


@pytest.mark.parametrize("shares", [True, False], indirect=True, ids=["shared", "not shared"])
def test_cohost_sees_what_the_host_shares_from_start_to_end(shares, dana, priya, room, world, clock):
    meeting = room.start(REVIEW, dana="host", priya="co-host")
    mara, _ = world.join(meeting, None, MARA), world.join(meeting, None, OTHER)
    clock.tick(300)
    client = room.open(priya)
    wait_for(client, "you’re co-host", "Joined" if shares else "Here by")
    wait_for(client, "which shares them with co-hosts" if shares else "The host hasn’t shared exact times.")
    wait_until_watched(client)

    assert client.app.is_visible("text=Copy a note") is not shares
    # A co-host’s client lists only the room that it is in.
    clock.tick(30)
    world.join_breakout_room(meeting, mara, "Room 1")
    refresh_and_draw(client)
    client.app.wait_for_selector(f"tr.{'here' if shares else 'left'} >> text={MARA}")
    for text in ("People in breakout rooms show as left", "Copy a note"):
        assert client.app.is_visible(f"text={text}") is not shares
    world.join_breakout_room(meeting, room.row("Priya"), "Room 1")
    client.refresh()
    wait_for(client, "Others are from the host’s account." if shares else "You see your room, 2 people.")
    client.app.wait_for_selector(f"tr.here >> text={OTHER}")
    for row in (mara, room.row("Priya")):
        world.leave_breakout_room(meeting, row, "Room 1")
    client.refresh()
    client.app.wait_for_selector("[data-room]", state="hidden")
    client.app.wait_for_selector(f"tr.here >> text={MARA}")

    clock.tick(SPOKEN_SECONDS)
    room.end(meeting, client)
    assert_is_report(client)
    assert client.app.text_content(SAY).startswith("The meeting ended. 4 people came")


def test_host_in_a_breakout_room_sees_everyone_and_who_knows_of_them(events, dana, room, world):
    meeting = room.start(REVIEW)
    world.join(meeting, "dana")
    for name in (MARA, OTHER):
        world.join(meeting, None, name)
    client = room.open(dana)
    client.app.wait_for_selector(f"tr.here >> text={MARA}")
    client.app.wait_for_function("() => 'admits' in document.body.dataset")
    assert client.app.is_visible("text=People in breakout rooms show as left") is not events

    for name in ("Dana", "Mara"):
        world.join_breakout_room(meeting, room.row(name), "Room 1")
    refresh_and_draw(client)

    wait_for(client, "Others are from Zoom’s live events" if events else "You see your room, 2 people.")
    assert client.app.is_visible("text=as your Zoom client last saw them") is not events
    for name in (MARA, OTHER):
        assert client.app.is_visible(f"tr.here >> text={name}")
    for name in ("Dana", "Mara"):
        world.leave_breakout_room(meeting, room.row(name), "Room 1")
    client.refresh()
    client.app.wait_for_selector("[data-room]", state="hidden")
    assert client.errors == []


def test_former_host_keeps_their_page_until_they_are_host_again(events, dana, room, world, clock):
    meeting = room.start(REVIEW)
    world.join(meeting, "dana")
    world.join(meeting, "priya")
    client = room.open(dana)
    client.app.wait_for_selector("tr.here >> text=Priya")
    client.app.wait_for_function("() => 'admits' in document.body.dataset")

    client.act("make_host", participantId=room.row("Priya").user_id)
    wait_for(client, "Someone else is host now.")
    says_why = "Your Zoom client lists nobody until you’re host or co-host again"
    assert client.app.is_visible(f"text={says_why}") is not events
    clock.tick(5)
    world.join(meeting, None, MARA)
    if events:
        client.app.wait_for_selector(f"tr.here >> text={MARA}")

    # No event tells it to somebody who is a participant.
    world.set_role(meeting, room.row("Priya"), "co-host")
    world.set_role(meeting, room.row("Dana"), "host")
    client.set(roleEvents="hosts", failing={"getUserContext": ["10000", "busy"]})
    client.refresh()
    # A press that the client does not answer is not the last one.
    asked = client.calls().count("getMeetingUUID")
    client.app.click("h1")
    client.page.wait_for_function(
        "asked => client.state.log.filter(({ apiName }) => apiName === 'getMeetingUUID').length > asked", arg=asked
    )
    client.set(failing={})
    client.app.wait_for_function(
        "() => (document.querySelector('h1').click(), document.querySelector('[data-not-host]').hidden)"
    )
    client.app.wait_for_selector(f"tr.here >> text={MARA}")

    client.act("make_host", participantId=room.row("Priya").user_id)
    wait_for(client, "Someone else is host now.")


def test_former_host_keeps_their_page_in_a_breakout_room_and_in_the_waiting_room(dana, room, world):
    meeting = room.start(REVIEW, dana="host", priya="attendee")
    client = room.open(dana)
    client.app.wait_for_selector("tr.here >> text=Priya")
    wait_until_watched(client)
    client.act("make_host", participantId=room.row("Priya").user_id)
    wait_for(client, "Someone else is host now.")

    def press():
        """Press in the page, and wait until it has asked the client."""
        client.refresh()
        asked = len(client.calls())
        client.app.click("h1")
        client.page.wait_for_function("asked => client.state.log.length > asked", arg=asked)

    world.join_breakout_room(meeting, room.row("Dana"), "Room 1")
    press()
    wait_for(client, "Someone else is host now.", "Priya")
    world.leave_breakout_room(meeting, room.row("Dana"), "Room 1")
    waiting = world.put_in_waiting_room(meeting, room.row("Dana"))
    press()
    wait_for(client, "Someone else is host now.", "Priya")
    world.admit(meeting, waiting)
    press()
    wait_for(client, "Someone else is host now.", "Priya")
    assert client.errors == []


def test_former_host_sees_the_report_at_the_end(events, dana, room, world, clock):
    meeting = room.start(REVIEW)
    world.join(meeting, "dana")
    world.join(meeting, "priya")
    clock.tick(600)
    client = room.open(dana)
    client.app.wait_for_selector("tr.here >> text=Priya")
    wait_until_watched(client)
    client.act("make_host", participantId=room.row("Priya").user_id)
    wait_for(client, "Someone else is host now.")

    room.end(meeting, client)

    assert_is_report(client)


def test_alternative_host_is_host_until_the_host_comes_and_sees_the_report(priya, room, world, clock):
    meeting = room.start(REVIEW, priya="host")
    world.join(meeting, None, MARA)
    client = room.open(priya)
    wait_for(client, "you’re host", "From your Zoom client", "Here by")
    client.app.wait_for_selector(f"tr.here >> text={MARA}")

    clock.tick(60)
    world.join(meeting, "dana")
    world.set_role(meeting, room.row("Priya"), "co-host")
    client.refresh()
    wait_for(client, "you’re co-host")
    client.app.wait_for_selector(f"{SAY} >> text=You’re now co-host.", state="attached")
    client.app.wait_for_selector("tr.here >> text=Dana")

    # The host leaves and makes her host.
    client.act("make_host", participantId=room.row("Priya").user_id)
    wait_for(client, "you’re host")
    client.app.wait_for_selector(f"{SAY} >> text=You’re now host.", state="attached")
    clock.tick(SPOKEN_SECONDS)
    room.end(meeting, client)
    assert_is_report(client)
    client.page.wait_for_function("() => client.state.grantedAt === location.href")

    # Her role in the next meeting is no change.
    room.start(STAND_UP, priya="co-host")
    client.refresh()
    client.app.wait_for_function("() => sessionStorage.hosting.startsWith('co-host')")
    assert client.app.text_content(SAY) == ""


@pytest.mark.parametrize("role", ["co-host", "host", "attendee"])
def test_cohost_who_goes_on_to_another_meeting_sees_that_one(priya, room, world, clock, role):
    meeting = room.start(REVIEW, dana="host", priya="co-host")
    client = room.open(priya)
    wait_for(client, "you’re co-host", "Here by")
    client.app.wait_for_function("() => 'admits' in document.body.dataset")

    # The client goes there without its main window in between, so it sends no event of another running context.
    clock.tick(60)
    world.leave(meeting, room.row("Priya"))
    other = world.start_meeting(PRIYAS if role == "host" else STAND_UP)
    world.join(other, "priya", role=role)
    world.join(other, None, MARA)
    client.set(role=role.replace("attendee", "participant"))
    client.refresh()
    client.app.click("h1")

    if role == "attendee":
        wait_until_counted(client)
        assert not client.app.is_visible(f"text={MARA}")
    else:
        wait_for(client, other.topic)
        client.app.wait_for_selector(f"tr.here >> text={MARA}")
        assert client.app.is_visible("text=you’re co-host") is (role == "co-host")
    assert not client.app.is_visible("text=Dana Okoye")


def test_cohost_who_goes_on_before_the_first_report_sees_the_next_meeting(priya, room, world):
    meeting = room.start(REVIEW, dana="host", priya="co-host")
    client = room.open(priya, delays={"getWaitingRoomParticipants": 1000})
    wait_for(client, "you’re co-host")
    client.page.wait_for_function(
        "() => client.state.log.some((call) => call.apiName === 'getWaitingRoomParticipants')"
    )

    world.leave(meeting, room.row("Priya"))
    other = world.start_meeting(STAND_UP)
    world.join(other, "priya", role="co-host")
    client.refresh()

    wait_for(client, other.topic)
    assert not client.app.is_visible("text=Dana Okoye")


def test_cohost_who_opens_the_app_in_the_next_meeting_sees_that_one(priya, room, world):
    first = room.start(REVIEW, dana="host", priya="co-host")
    client = room.open(priya)
    wait_for(client, "you’re co-host")
    client.page.goto("about:blank")

    world.leave(first, room.row("Priya"))
    world.join(room.start(STAND_UP, priya="co-host"), None, MARA)
    client = room.open(priya)

    client.app.wait_for_selector(f"tr.here >> text={MARA}")
    assert not client.app.is_visible("text=Dana Okoye")


def test_host_of_two_running_meetings_sees_the_one_that_they_are_in(dana, room, world, clock):
    first, second = room.start(REVIEW), room.start(STAND_UP)
    own = world.join(first, "dana")
    client = room.open(dana, "/api/zoomapp/home")
    wait_for(client, first.topic)
    client.app.wait_for_function("() => 'admits' in document.body.dataset")

    clock.tick(5)
    world.leave(first, own)
    world.join(second, "dana")
    world.join(second, None, MARA)
    client.refresh()

    client.app.wait_for_selector(f"tr.here >> text={MARA}")
    wait_for(client, second.topic)


def test_host_who_joins_someone_elses_meeting_after_the_end_sees_their_own_minutes(dana, room, world, clock):
    meeting = room.start(REVIEW)
    world.join(meeting, "dana")
    world.join(meeting, None, MARA)
    client = room.open(dana)
    wait_for(client, "Dana Okoye")
    wait_until_watched(client)
    clock.tick(600)
    room.end(meeting, client)
    assert_is_report(client)
    client.page.wait_for_function("() => client.state.grantedAt === location.href")

    room.start(PRIYAS, dana="attendee")
    client.refresh()

    wait_until_counted(client)


@pytest.mark.parametrize(("number", "role"), [(REVIEW, "participant"), (WEBINAR, "attendee")])
def test_guest_signs_in_and_sees_their_own_minutes(app, world, room, clock, number, role):
    meeting = room.start(number, dana="host")
    name = world.user("priya").display_name
    world.join(meeting, None, name, role="attendee")
    client = room.open("priya", "/api/zoomapp/home", status="unauthenticated", role=role)
    client.app.wait_for_selector("h1 >> text=Sign in to see your attendance")
    assert not client.app.is_visible("text=Dana Okoye")

    client.press("[data-connect]")
    if role == "attendee":
        # An attendee’s client signs them in to Zoom, but may not authorize the app.
        client.app.wait_for_selector("[data-connect-status] >> text=Attendees of a webinar connect in the browser.")
        (address,) = client.page.evaluate("() => client.state.opened")
        browser = Person(app, world, "priya")
        browser.get(browser.consent(browser.get(address.split("/", 3)[3]).location))
        clock.tick(1)
        client.press("[data-connect]")

    world.join(meeting, "priya", role="attendee")
    client.refresh()
    wait_until_counted(client)


def test_guest_keeps_the_way_to_sign_in_whatever_happens_in_the_meeting(room, world):
    meeting = room.start(REVIEW, dana="host")
    name = world.user("priya").display_name
    world.join(meeting, None, name, role="attendee")
    client = room.open("priya", "/api/zoomapp/home", status="unauthenticated", role="participant")

    def happens(change):
        result = change()
        client.refresh()
        client.app.click("h1")
        client.app.wait_for_selector("h1 >> text=Sign in to see your attendance")
        assert client.app.is_visible("[data-connect]") and not client.app.is_visible("text=Dana Okoye")
        return result

    happens(lambda: world.join_breakout_room(meeting, room.row(name), "Room 1"))
    happens(lambda: world.leave_breakout_room(meeting, room.row(name), "Room 1"))
    waiting = happens(lambda: world.put_in_waiting_room(meeting, room.row(name)))
    happens(lambda: world.admit(meeting, waiting))
    happens(lambda: world.set_role(meeting, room.row(name), "co-host"))
    happens(lambda: world.end_meeting(meeting))
    happens(lambda: room.start(STAND_UP, dana="host"))


@pytest.mark.parametrize("role", ["host", "co-host"])
def test_host_and_cohost_of_a_webinar_see_who_is_there_and_then_the_report(dana, priya, room, world, clock, role):
    meeting = room.start(WEBINAR, dana="host", priya="co-host")
    client = room.open(dana if role == "host" else priya)
    wait_for(client, f"you’re {role}", "Launch webinar")
    for name in ("Dana Okoye", "Priya"):
        client.app.wait_for_selector(f"tr.here >> text={name}")
    wait_until_watched(client)
    clock.tick(SPOKEN_SECONDS)

    room.end(meeting, client)

    assert_is_report(client)


def test_attendee_becomes_panelist_and_panelist_becomes_co_host(priya, room, world, clock):
    meeting = room.start(WEBINAR, dana="host", priya="attendee")
    client = room.open(priya, roleEvents="hosts")
    wait_until_counted(client)

    # Nobody tells an attendee: a press shows it.
    for role in ("panelist", "co-host"):
        clock.tick(60)
        world.set_role(meeting, room.row("Priya"), role)
        client.refresh()
        client.app.click("h1")
        if role == "panelist":
            client.app.wait_for_function("() => document.querySelector('#mine').textContent.trim().startsWith('1')")
            assert not client.app.is_visible("text=Dana Okoye")
    wait_for(client, "you’re co-host")
    client.app.wait_for_selector("tr.here >> text=Dana Okoye")

    # A co-host who is panelist again.
    world.set_role(meeting, room.row("Priya"), "panelist")
    client.refresh()
    wait_for(client, "Your attendance")
    wait_until_counted(client)
    assert not client.app.is_visible("text=Dana Okoye")
    assert client.errors == []
