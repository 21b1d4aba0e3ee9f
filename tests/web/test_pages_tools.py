"""The tools page: chatbot messages, which the server sends with the app's own token."""

import re
from dataclasses import replace

import pytest

from offline_zoom.faults import Fault
from offline_zoom.serving.requests_adapter import OfflineZoomAdapter
from tests.support.people import COMPILED, Person
from tests.web.reading import fields, read
from zoomapp import create_app, services

SEND = "POST /v2/im/chat/messages"
BOT = "v1rollcall@xmpp.zoom.us"


@pytest.fixture
def dana(settings, world, clock):
    """Dana, in an app that has a chatbot."""
    built = services.build(replace(settings, zoom_bot_jid=BOT), transport=OfflineZoomAdapter(world), clock=clock)
    app = create_app(built)
    app.jinja_env.bytecode_cache = COMPILED
    person = Person(app, world, "dana")
    person.connect()
    world.calls.clear()
    yield person
    built.call_log.stop()
    built.redis.connection_pool.disconnect()


def write(person, **more):
    key = fields(person.look("/tools").text)["once"]
    return person.post("/tools", data={"once": key, "to": "", "head": "Weekly sync", "text": "Starts now", **more})


def test_a_message_without_recipient_goes_to_the_user(dana, world):
    answer = write(dana)

    assert "Message sent" in read(dana.look(answer.location))
    (call,) = world.calls.matching(SEND)
    person_token = world.grants.by_user[dana.id].access_token
    assert person_token not in call.headers.get("Authorization", "")


def test_the_chatbot_token_is_reused_until_it_expires(dana, world, clock):
    for _ in range(2):
        write(dana)
    assert world.calls.count("POST /oauth/token") == 1

    world.switches.access_lifetime = 3600
    clock.tick(3601)
    write(dana)

    assert len(world.calls.matching(SEND)) == 3


def test_a_rejected_chatbot_token_is_replaced_once(dana, world):
    write(dana)
    world.grants.app_tokens.clear()

    answer = write(dana)

    assert "Message sent" in read(dana.look(answer.location))


def test_the_same_form_sent_twice_sends_one_message(dana, world):
    form = {"once": fields(dana.look("/tools").text)["once"], "text": "Starts now"}

    first, second = (dana.post("/tools", data=form) for _ in range(2))

    assert (first.status_code, second.status_code) == (303, 303)
    assert "Sent only once" in read(dana.look(second.location))
    assert world.calls.count(SEND) == 1


def test_errors_are_shown_at_their_fields_and_the_input_stays(dana, world):
    answer = write(dana, to="nobody", text="")

    text = read(answer, 422)
    assert "There are 2 things to fix" in text
    assert text.count("Enter a message") == 2
    assert fields(answer.text)["head"] == "Weekly sync"
    assert not world.calls.count(SEND)


def test_an_unknown_recipient_is_reported_and_can_be_corrected(dana):
    answer = write(dana, to="stranger@xmpp.zoom.us")

    assert "Not authorized, or no such to_jid" in read(answer)
    assert dana.post("/tools", data={**fields(answer.text), "to": "", "text": "Starts now"}).status_code == 303


def test_a_missing_scope_of_the_chatbot_is_named(dana, world):
    refusal = {"code": 4711, "message": "Invalid access token, does not contain scopes:[imchat:bot]."}
    world.faults.append(Fault(SEND, 400, {}, refusal))

    assert "To send Team Chat messages, Zoom must allow imchat:bot." in read(write(dana))


@pytest.mark.parametrize(("status", "headers"), [(502, {}), (429, {"Retry-After": "24"})])
def test_an_outage_or_rate_limit_keeps_the_message(dana, world, status, headers):
    world.faults.append(Fault(SEND, status, headers, {"code": status, "message": "x"}))

    answer = write(dana)

    assert "Starts now" in read(answer, status)


@pytest.mark.parametrize("fault", [Fault(SEND, drop="after"), Fault(SEND, 502, {}, "gone")])
def test_an_unknown_result_warns_before_sending_again(dana, world, fault):
    world.faults.append(fault)

    text = read(write(dana), 502)

    assert "We don’t know whether Zoom sent the message" in text
    assert "Check Team Chat before you send it again." in text


def test_a_refused_message_has_no_unknown_result(dana, world):
    world.faults.append(Fault("GET /v2/users/me", 502, {}, "gone"))

    text = read(write(dana), 502)

    assert "We couldn’t reach Zoom" in text
    assert "We don’t know" not in text


def test_a_message_survives_a_revoked_grant(dana, world, clock):
    form = fields(dana.look("/tools").text)
    world.faults.add("refused-refresh")
    clock.tick(7200)
    sent = {**form, "text": "Starts now"}
    assert "Zoom signed you out" in read(dana.post("/tools", data=sent, headers={"Accept": "text/html"}), 401)

    back = dana.connect()

    assert back.location == "/tools"
    assert "Starts now" in read(dana.look(back.location))


def test_without_a_chatbot_the_page_says_who_can_add_one(priya):
    assert "sets ZOOM_BOT_JID" in read(priya.look("/tools"))


def test_a_visitor_is_asked_to_connect(anyone):
    read(anyone.look("/tools"), 401)
    assert anyone.post("/tools", data={"text": "x"}).status_code == 401


def test_a_running_meeting_links_to_the_tools(dana, world):
    meeting = world.start_meeting(85000000102)
    world.join(meeting, "dana")

    for page in ("/participants/85000000102", "/meetings/85000000102"):
        assert re.search(r'<main.+href="/tools"', dana.look(page).text, re.DOTALL), page


@pytest.mark.parametrize("body", ["[]", "null", "", "{}"])
def test_an_invalid_profile_sends_no_message(dana, world, body):
    world.faults.append(Fault("GET /v2/users/me", 200, {"Content-Type": "application/json"}, body))

    assert write(dana).status_code == 502
    assert world.calls.count(SEND) == 0
