"""Answers that arrive late: a page shows what is true by then, not what was true when it asked."""

import threading
from dataclasses import replace

import pytest

from devtools.processes import free_port
from tests.pages.timing import ENDLESS_CALLS, ENDLESS_WAITS, RECORD, wait_until_answered, wait_until_taken
from tests.support.processes import HANG_SECONDS

REVIEW, PRIYAS = 85000000102, 87000000302
MARA = "Mara Lindholm"


@pytest.fixture
def settings(settings, world):
    """An app whose public address is where it is. Its pages may come from a saved copy."""
    url = f"http://127.0.0.1:{free_port()}"
    world.redirect_uris = [url]
    return replace(settings, public_url=url, page_cache_seconds=60)


class Held:
    """Holds the next request that a script of a page sends to an address until ``release``, however long that takes.

    ``having``: holds an answer instead, the next one with this text.
    """

    def __init__(self, page, address, *, having=""):
        self._page, self._address, self._having = page, address, having
        self._held = None
        page.add_init_script(f"({ENDLESS_WAITS})()")
        page.evaluate(ENDLESS_WAITS)
        page.route(address, self._hold)

    def _hold(self, route):
        if route.request.is_navigation_request() or self._held:
            return route.continue_()
        answer = route.fetch() if self._having else None
        if answer and self._having not in answer.text():
            return route.fulfill(response=answer)
        self._held = route, answer
        return None

    def wait(self):
        """Wait until the page has sent the request."""
        for _ in range(100 * HANG_SECONDS):
            if self._held:
                return
            self._page.wait_for_timeout(10)
        raise AssertionError(f"no request to {self._address}")

    def release(self):
        """Let the request through, or its answer. Returns when the page has taken the answer."""
        route, answer = self._held
        with self._page.expect_response(lambda response: response.request == route.request):
            route.fulfill(response=answer) if answer else route.continue_()

    def end_wait(self):
        """Make the page stop waiting for the answer."""
        self.wait()
        self._page.evaluate("end => endWait(end)", self._address.removeprefix("**"))


@pytest.fixture
def live(dana, room, world, clock):
    """A factory of Dana's client, in her meeting with Mara: the meeting, the client."""

    def live():
        meeting = room.start(REVIEW)
        world.join(meeting, "dana")
        world.join(meeting, None, MARA)
        clock.tick(600)
        client = room.open(dana, f"/participants/{REVIEW}")
        client.app.wait_for_selector(f"tr.here >> text={MARA}")
        client.app.wait_for_function("() => 'admits' in document.body.dataset")
        return meeting, client

    return live


def test_saved_page_that_is_refreshed_late_does_not_replace_the_waiting_room(app, priya, room, world, clock):
    # Held by the server: a browser whose requests are held sends them all as reloads, which get no saved page.
    arrived, released = threading.Event(), threading.Event()
    serve = app.wsgi_app

    def hold(environ, start_response):
        if (environ["PATH_INFO"], environ.get("HTTP_SEC_FETCH_DEST")) == ("/participants", "empty"):
            arrived.set()
            assert released.wait(HANG_SECONDS)
        return serve(environ, start_response)

    app.wsgi_app = hold
    priya.look("/participants")
    clock.tick(61)
    world.join(room.start(REVIEW), "priya", waiting=True)
    client = room.open(priya, "/help")
    client.page.add_init_script(f"({RECORD})()")
    client.page.goto(f"{room.site}/participants")
    client.app.wait_for_selector("h2 >> text=You’re in the waiting room")
    assert arrived.wait(HANG_SECONDS)

    released.set()
    wait_until_taken(client.page, "/participants")

    assert client.app.is_visible("h2 >> text=You’re in the waiting room")
    assert not client.app.is_visible("text=No meeting is running")


def test_meeting_that_is_started_again_before_its_report_arrives_has_a_live_page(dana_at, webhooks, room, world):
    meeting = room.start(REVIEW)
    world.join(meeting, "dana")
    page = dana_at(360)
    page.goto(f"/participants/{REVIEW}")
    page.wait_for_selector("[data-pause]:visible")
    report = Held(page, f"**/participants/{REVIEW}")
    world.end_meeting(meeting)
    report.wait()
    again = room.start(REVIEW)
    world.join(again, None, "Guest Kim")

    report.release()

    page.wait_for_selector("tr.here >> text=Guest Kim")
    page.wait_for_selector("[data-pause]:visible")
    world.join(again, None, "Guest Lee")
    page.wait_for_selector("tr.here >> text=Guest Lee")


def test_next_meeting_that_begins_before_the_report_arrives_has_its_own_page(live, room, world):
    meeting, client = live()
    report = Held(client.page, "**/participants/85000000102")
    room.end(meeting, client)
    report.wait()
    client.page.wait_for_function("() => client.state.granted.length && client.state.runningContext === 'inMainClient'")

    world.join(room.start(PRIYAS), "dana")
    client.refresh()

    client.app.wait_for_selector("text=Counted since")


def test_rows_of_a_paused_page_stay_although_an_answer_was_on_its_way(dana_at, webhooks, room, world):
    meeting = room.start(REVIEW)
    world.join(meeting, "dana")
    page = dana_at(360)
    page.goto(f"/participants/{REVIEW}")
    page.wait_for_selector("[data-pause]:visible")
    page.evaluate(RECORD)
    answer = Held(page, "**/participants/*/live*", having="Guest Kim")
    world.join(meeting, None, "Guest Kim")
    answer.wait()
    page.click("[data-pause]")

    answer.release()
    wait_until_taken(page, "")

    assert not page.is_visible("text=Guest Kim")
    assert page.text_content("[data-fresh-text]") == "Paused"
    page.click("[data-pause]")
    page.wait_for_selector("tr.here >> text=Guest Kim")

    # The answer is there, but not yet its rows.
    page.evaluate("""() => { const real = Response.prototype.text;
        Response.prototype.text = async function () {
            const html = await real.call(this);
            if (html.includes("Guest Lee")) await new Promise((go) => (window.go = go));
            return html; }; }""")
    world.join(meeting, None, "Guest Lee")
    page.wait_for_function("() => window.go")
    page.click("[data-pause]")
    # Nothing but promises is between the rows and the page: it has acted on them when this returns.
    page.evaluate("() => go()")
    assert not page.is_visible("text=Guest Lee")


def test_cohosts_report_stays_although_their_role_was_read_late(priya, room, world, clock):
    meeting = room.start(REVIEW, dana="host", priya="co-host")
    client = room.open(priya)
    client.app.wait_for_function("() => sessionStorage.hosting")
    signed = Held(client.page, "**/seat")
    client.page.reload()
    signed.wait()
    clock.tick(60)
    room.end(meeting, client)
    client.app.wait_for_selector("text=Ended just now")
    client.set(role="participant")

    client.page.evaluate(RECORD)
    signed.release()
    wait_until_answered(client.page, "getUserContext")

    assert client.app.is_visible("text=Ended just now")
    assert client.page.evaluate("record.sent.filter((each) => each.endsWith('/cohosted'))") == []


def test_own_minutes_are_reported_although_earlier_requests_got_no_answer(priya, room):
    room.start(REVIEW, dana="host", priya="attendee")
    client = room.open(priya)
    client.app.wait_for_selector("text=Counted since")
    client.app.wait_for_function("() => document.querySelector('[data-own]').dataset.uuid")
    seat, report = Held(client.page, "**/seat"), Held(client.page, "**/participants/own")
    client.app.click("h1")
    seat.end_wait()
    report.end_wait()

    with client.page.expect_response("**/participants/own"):
        client.app.click("h1")


def test_client_report_is_sent_although_the_one_before_got_no_answer(live, world, room, clock):
    meeting, client = live()
    report = Held(client.page, "**/sighted")
    client.emit("onParticipantChange", {"timestamp": 1, "participants": []})
    report.end_wait()

    clock.tick(30)
    world.join(meeting, None, "Guest Kim")
    client.refresh()

    client.app.wait_for_selector("tr.here >> text=Guest Kim")


def test_list_that_is_followed_by_no_answer_is_read_again_only_after_the_next_change(live):
    _, client = live()
    client.page.evaluate("""() => { const { getMeetingParticipants: list, getMeetingUUID: real } = client.apis;
        client.lists = 0;
        const refuse = () => { client.refused = true; client.apis.getMeetingUUID = real; throw new Error("busy"); };
        client.apis.getMeetingParticipants = () => {
            client.lists += 1; client.apis.getMeetingUUID = refuse; return list(); }; }""")
    client.emit("onParticipantChange", {"timestamp": 1, "participants": []})
    client.page.wait_for_function("() => client.refused")

    # Longer than the wait before a report.
    client.page.evaluate("() => new Promise((done) => setTimeout(done, 400))")

    assert client.page.evaluate("() => client.lists") == 1


def test_message_that_is_typed_while_another_is_sent_stays(priya, room, world):
    room.start(REVIEW, priya="co-host")
    client = room.open(priya, "/tools")
    hold = """name => { const real = client.apis[name];
        client.apis[name] = (data) => new Promise((go) => (client.go = () => go(real(data)))); }"""
    client.app.wait_for_selector("[data-chat]:visible")
    client.page.evaluate(ENDLESS_CALLS)
    client.page.evaluate(hold, "sendMessageToChat")

    client.app.fill("[name=message]", "Starts now")
    for _ in range(2):
        client.app.click("text=Send to the meeting")
    client.page.wait_for_function("() => client.go")
    client.app.fill("[name=message]", "Half a sentence")
    client.page.evaluate("() => client.go()")

    client.app.wait_for_selector("[data-chat-status] >> text=Sent to the meeting’s chat.")
    assert client.app.input_value("[name=message]") == "Half a sentence"
    assert client.calls().count("sendMessageToChat") == 1
    assert client.page.evaluate("() => client.state.messages") == ["Starts now"]


def test_waiting_room_switch_stays_hidden_although_an_older_role_is_read_late(priya, room, world):
    room.start(REVIEW, priya="co-host")
    client = room.open(priya, "/tools")
    client.app.wait_for_selector("[data-door]:visible")
    client.page.evaluate(ENDLESS_CALLS)
    client.page.evaluate("""() => { const real = client.apis.getUserContext, held = real();
        client.apis.getUserContext = () => new Promise((go) => {
            client.go = () => go(held); client.apis.getUserContext = real; }); }""")
    client.emit("onMyUserContextChange", {"timestamp": 1, "role": "coHost", "status": "authorized"})
    client.page.wait_for_function("() => client.go")
    world.set_role(world.live_instance(REVIEW), room.row("Priya"), "attendee")
    client.refresh()
    client.app.wait_for_selector("[data-door]", state="hidden")

    client.page.evaluate(RECORD)
    client.page.evaluate("() => client.go()")
    wait_until_answered(client.page, "getUserContext")

    assert not client.app.is_visible("[data-door]")
    assert "while you host or co-host" in client.app.text_content("[data-door-status]")


def test_list_that_is_read_while_the_client_moves_to_a_breakout_room_hides_nobody(priya, room, world, clock):
    meeting = room.start(REVIEW, dana="host", priya="co-host")
    client = room.open(priya)
    client.app.wait_for_selector("tr.here >> text=Dana Okoye")
    client.app.wait_for_function("() => 'admits' in document.body.dataset")
    client.page.evaluate(ENDLESS_CALLS)
    client.page.evaluate("""() => { const real = client.apis.getMeetingParticipants;
        client.apis.getMeetingParticipants = () => new Promise((go) => {
            client.go = () => go(real()); client.apis.getMeetingParticipants = real; }); }""")
    clock.tick(30)
    world.join(meeting, None, MARA)
    client.refresh()
    client.page.wait_for_function("() => client.go")

    world.join_breakout_room(meeting, room.row("Priya"), "Room 1")
    client.refresh()
    with client.page.expect_response("**/sighted"):
        client.page.evaluate("() => client.go()")

    client.app.wait_for_selector("text=You see your room, 1 person.")
    assert 'data-here="2"' in priya.look(f"/participants/{REVIEW}").text
