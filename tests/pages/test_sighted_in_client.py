"""The live page in the Zoom client with the real SDK, updated by the dashboard alone or by client reports alone."""

import re
import time
from dataclasses import replace

import pytest

from devtools.processes import free_port
from tests.client.transports import ask_world
from tests.pages.axe import faults_of

REVIEW = 85000000102
LIVE = "**/participants/*/live*"
MARA = "Mara Lindholm"
HERE, LEFT, WAITS = f'tr.here:has-text("{MARA}")', f'tr.left:has-text("{MARA}")', f'.strip:has-text("{MARA}")'


@pytest.fixture
def settings(settings, world):
    """An app whose public address is where it is; nothing comes by webhook."""
    url = f"http://127.0.0.1:{free_port()}"
    world.redirect_uris = [url]
    return replace(settings, public_url=url)


@pytest.fixture
def without_dashboard(world):
    """Grants that hold no admin's scope."""
    world.admin_managed = False


@pytest.fixture
def open_client(dana, world, site, zoom_client):
    """A factory of Dana's client, in which her meeting's page is open."""

    def open_client(frozen=False, inside=REVIEW, shows="tbody >> text=Dana Okoye", loses=None, **state):
        meetings = {number: world.start_meeting(number) for number in (REVIEW, inside)}
        world.join(meetings[inside], "dana")
        cookie = dana.browser.get_cookie("zoomapp")
        client = zoom_client("webview2", f"{site}/participants/{REVIEW}", ask_world(world), state=state)
        client.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": site}])
        if frozen:
            client.page.clock.install()
        if loses:
            client.page.route("**/sighted", loses, times=1)
        client.open()
        client.app.wait_for_selector(shows)
        return client

    return open_client


@pytest.fixture
def steps(world, clock):
    """What happens to Mara, a moment after what was before, and where it shows."""
    meeting = world.live_instance

    def row():
        return next(each for each in reversed(meeting().joins) if each.name == MARA)

    return [
        (lambda: world.join(meeting(), None, MARA, waiting=True), WAITS),
        (lambda: world.admit(meeting(), row()), HERE),
        (lambda: world.leave(meeting(), row()), LEFT),
        (lambda: world.join(meeting(), None, MARA), HERE),
    ]


def first_answer(client):
    """To the page's first question, or where that was asked on the way here, to the next."""
    with client.page.expect_response(LIVE) as answer:
        client.page.clock.run_for(16_000)
    return answer.value


def test_the_dashboard_alone_shows_changes_within_fifteen_seconds_plus_jitter(open_client, steps, world, clock):
    # The client may not tell who is there, and nothing makes the page ask before its time.
    client = open_client(frozen=True, features=["authorize"])
    # An unchanged page is not drawn again. Its first answer has the poll interval of the dashboard.
    assert first_answer(client).headers["x-poll-interval"] == "15"
    for happens, selector in steps:
        clock.tick(0.1)
        happens()

        with client.page.expect_response(LIVE):
            clock.tick(15)
            client.page.clock.run_for(15_750)

        # Drawn from that answer: on a clock that nobody pushes, the next one is three times as far away.
        client.app.wait_for_selector(selector)


def test_participants_of_another_meeting_are_not_shown(without_dashboard, open_client, world, clock):
    client = open_client(inside=85000000101, shows="text=One permission is missing", frozen=True)
    client.app.wait_for_function("() => client.state.log.some((call) => call.apiName === 'getMeetingContext')")

    clock.tick(5)
    client.act("join", name=MARA)
    client.page.clock.run_for(5000)

    assert "getMeetingParticipants" not in client.calls()
    client.page.reload()
    client.app.wait_for_selector("text=One permission is missing")
    assert not client.app.is_visible(f"text={MARA}")


def test_axe_finds_nothing_in_an_open_row_and_an_open_waiting_room(without_dashboard, open_client, world, clock):
    client = open_client()
    client.app.wait_for_function("() => 'admits' in document.body.dataset")
    clock.tick(5)
    for name in (MARA, "Guest Kim"):
        world.join(world.live_instance(), None, name, waiting=True)
    client.refresh()
    client.app.wait_for_selector('.strip:has-text("2 waiting")')
    client.app.click("tbody .person-name")
    client.app.wait_for_selector(".detail >> text=In the meeting")
    client.app.click("[popovertarget=admit]")
    client.app.wait_for_selector("text=Admit all 2")

    # So high that nothing lies below the head of the page.
    client.page.set_viewport_size({"width": 360, "height": 1200})
    client.page.evaluate("scrollTo(0, 0)")
    wrong = []
    for theme in ("light", "dark"):
        client.page.emulate_media(color_scheme=theme)
        wrong += [f"{theme}: {what}" for what in faults_of(client.page)]

    assert wrong == []


def test_client_reports_alone_show_changes(without_dashboard, open_client, steps, clock):
    client = open_client()
    client.app.wait_for_function("() => 'admits' in document.body.dataset")
    # A list of another shape stops no report after it.
    client.page.evaluate("""() => { const real = client.apis.getMeetingParticipants;
        client.apis.getMeetingParticipants = () => ((client.apis.getMeetingParticipants = real), { participants: {} });
        client.emit("onParticipantChange", { timestamp: 1, participants: [] });
        client.odd = () => client.apis.getMeetingParticipants === real; }""")
    client.page.wait_for_function("() => client.odd()")
    seconds_until_seen(client, steps, clock)

    assert "From your Zoom client only" in client.app.text_content("main")
    assert client.errors == []


def seconds_until_seen(client, steps, clock):
    """How long each step took to show. ``python3 dev.py bench --only limits`` holds them to one second."""
    client.app.wait_for_function("() => 'admits' in document.body.dataset")
    took = []
    for happens, selector in steps:
        clock.tick(61)
        happens()
        began = time.monotonic()
        client.refresh()
        client.app.wait_for_selector(selector)
        took.append(time.monotonic() - began)
    return took


@pytest.mark.parametrize(
    "lose", [lambda route: route.abort(), lambda route: route.fulfill(status=503)], ids=["on the way", "by us"]
)
def test_a_lost_client_report_is_sent_again(without_dashboard, open_client, world, clock, lose):
    client = open_client(frozen=True)
    client.app.wait_for_function("() => 'admits' in document.body.dataset")
    lost = []

    def lose_the_first(route):
        # A client report from before she joined may still arrive.
        if lost or MARA not in route.request.post_data:
            return route.continue_()
        lost.append(route.request)
        return lose(route)

    client.page.route("**/sighted", lose_the_first)
    clock.tick(5)
    mara = world.join(world.live_instance(), None, MARA)
    with client.page.expect_event("request", lambda request: MARA in (request.post_data or "")):
        client.refresh()
        client.page.clock.run_for(200)

    with client.page.expect_response(lambda answer: answer.url.endswith("/sighted") and answer.status == 204):
        client.page.clock.run_for(6000)

    client.page.clock.run_for(100)
    client.app.wait_for_selector(HERE)
    clock.tick(61)
    world.leave(world.live_instance(), mara)
    client.refresh()
    client.app.wait_for_selector(LEFT)


def test_a_page_loads_although_its_first_client_report_was_lost(without_dashboard, open_client):
    lost = []

    open_client(loses=lambda route: (lost.append(route.request), route.abort()))

    assert len(lost) == 1


def test_a_hidden_app_sends_no_request_until_it_is_visible(open_client):
    client = open_client(frozen=True)
    requests_sent = []
    client.page.on(
        "request", lambda request: requests_sent.append(request.url) if re.search("/live($|[?])", request.url) else None
    )
    client.app.wait_for_function("() => 'admits' in document.body.dataset")
    first_answer(client)
    client.emit("onAppVisibilityChange", {"timestamp": 1, "visible": False})
    requests_sent.clear()

    client.page.clock.run_for(300_000)

    assert requests_sent == []
    with client.page.expect_response(LIVE):
        client.emit("onAppVisibilityChange", {"timestamp": 2, "visible": True})
        client.page.clock.run_for(10)


def test_a_waiting_person_is_admitted_from_the_waiting_room_strip(without_dashboard, open_client, world, clock):
    client = open_client()
    clock.tick(5)
    for name in (MARA, "Guest Kim"):
        world.join(world.live_instance(), None, name, waiting=True)
    client.refresh()
    client.app.wait_for_selector('.strip:has-text("2 waiting")')

    client.app.click("[popovertarget=admit] >> text=/^Admit$/")
    clock.tick(5)
    client.app.click(f"text=Admit {MARA}")
    client.app.wait_for_selector(HERE)
    clock.tick(5)
    client.app.click("text=Admit Guest Kim")
    client.app.wait_for_selector("text=Waiting room is empty")

    assert {row.name for row in world.live_instance().present(clock())} == {"Dana Okoye", MARA, "Guest Kim"}
    client.app.wait_for_function("() => document.activeElement.matches('.strip')")
    assert client.errors == []


def test_admit_all_works_after_a_waiting_person_left(without_dashboard, open_client, world, clock):
    client = open_client()
    client.app.wait_for_function("() => 'admits' in document.body.dataset")
    clock.tick(5)
    for name in (MARA, "Guest Kim"):
        world.join(world.live_instance(), None, name, waiting=True)
    client.refresh()
    client.app.wait_for_selector('.strip:has-text("2 waiting")')
    client.app.click("[popovertarget=admit] >> text=/^Admit$/")
    client.app.wait_for_selector("text=Admit all 2")
    waiting_row = next(row for row in world.live_instance().joins if row.name == MARA)
    world.leave(world.live_instance(), waiting_row)
    client.refresh()

    client.app.click("text=Admit all 2")

    client.app.wait_for_selector("text=Waiting room is empty")
    assert "Guest Kim" in {row.name for row in world.live_instance().present(clock()) if not row.waiting}


@pytest.mark.parametrize("state", [{"features": ["authorize"]}, {"role": "participant"}])
def test_a_person_who_may_not_admit_sees_where_zoom_shows_the_waiting_room(open_client, world, clock, state):
    world.join(world.start_meeting(REVIEW), None, MARA, waiting=True)
    clock.tick(15)
    client = open_client(**state)

    client.app.click("[popovertarget=admit] >> text=Admit in Zoom")

    assert client.app.is_visible("text=In Zoom, open Participants")
    assert "admits" not in client.app.evaluate("() => ({...document.body.dataset})")
