"""A co-host's page of another host's meeting: the people that their own client lists, for them alone."""

import re

import pytest

from tests.web.reading import read
from zoomapp.web.pages.live_participants import ENDED_HEADER

REVIEW = 85000000102
PAGE, COHOSTED = f"/participants/{REVIEW}", "/participants/cohosted"


def person(name, role="attendee"):
    return {"participantUUID": name.upper(), "screenName": name, "role": role}


@pytest.fixture
def first(priya, dana, world, clock):
    """Sends the first report of Priya's client, which co-hosts Dana's meeting."""
    meeting = world.start_meeting(REVIEW)
    world.join(meeting, "dana")

    def send(*names, **more):
        body = {"uuid": meeting.uuid, "number": str(REVIEW), "topic": "Design <i>review</i>", **more}
        return priya.post(COHOSTED, json={**body, "participants": [person(name) for name in ("Dana", *names)]})

    return send


def later(priya, world, *names):
    uuid = world.live_instance(REVIEW).uuid
    return priya.post(f"{PAGE}/sighted", json={"uuid": uuid, "participants": [person(name) for name in names]})


def test_cohost_sees_who_is_there_and_since_when_only_if_known(first, priya, world, clock):
    assert first("Lee").json == {"location": PAGE}
    clock.tick(120)
    assert later(priya, world, "Dana", "Lee", "Kim").status_code == 204
    clock.tick(60)

    page = priya.look("/participants")
    text = read(page)

    assert "Design <i>review</i> · you’re co-host" in text
    assert "From your Zoom client" in text and "The host hasn’t shared exact times." in text
    assert re.findall(r"Here by \d\d:\d\d|Joined \d\d:\d\d", page.text) == [
        "Here by 15:30",
        "Here by 15:30",
        "Joined 15:32",
    ]
    assert re.findall(r"\d+\+? min(?=</td>)", page.text) == ["3+ min", "3+ min", "1 min"]
    assert "late" not in re.findall(r"<tbody.*</tbody>", page.text, re.DOTALL)[0]
    assert page.text.count("m-unknown") == text.count("in the meeting from 15:30 or earlier") == 2
    assert "permission is missing" not in text
    assert priya.get(f"{PAGE}/live").status_code == 200


def test_cohosts_report_is_for_their_page_alone_and_opens_no_other_source(first, priya, dana, world, webhooks):
    world.join(world.live_instance(REVIEW), None, "Known To Dana")
    first("Only Seen By Priya")

    assert "Only Seen By Priya" in priya.look(PAGE).text
    assert "Known To Dana" not in priya.look(PAGE).text
    assert "Known To Dana" in dana.look(PAGE).text
    assert "Only Seen By Priya" not in dana.look(PAGE).text


def test_cohosts_page_ends_with_the_word_of_their_client(first, priya, world, clock):
    first("Lee")
    clock.tick(600)
    later(priya, world, "Dana", "Lee")
    assert "Lee" in read(priya.look(PAGE))

    assert priya.get(f"{PAGE}/live", headers={ENDED_HEADER: "1"}).status_code == 204
    page = read(priya.look(PAGE))

    assert "Ended just now" in page and "2 people came" in page
    # Zoom gives its final list to the host.
    assert "Still coming" not in page and "data-live" not in page


def test_report_that_arrives_after_the_end_does_not_open_the_meeting_again(first, priya, world):
    first("Lee")
    assert "you’re co-host" in read(priya.look(PAGE))
    assert priya.get(f"{PAGE}/live", headers={ENDED_HEADER: "1"}).status_code == 204

    assert later(priya, world, "Dana", "Lee").status_code == 204

    assert priya.get(f"{PAGE}/live").status_code == 204
    assert "Ended" in read(priya.look(PAGE))
    # Co-host again, in the same meeting.
    first("Lee")
    assert priya.get(f"{PAGE}/live").status_code == 200


def test_cohosts_page_ends_when_the_client_is_silent_and_resumes(first, priya, world, clock):
    first("Lee")
    clock.tick(181)
    assert priya.get(f"{PAGE}/live").status_code == 204
    assert "No meeting is running" in read(priya.look("/participants"))

    assert later(priya, world, "Dana", "Lee").status_code == 204
    assert priya.get(f"{PAGE}/live").status_code == 200


def test_person_who_is_co_host_no_more_has_no_live_page(first, priya, world):
    first("Lee")
    uuid = world.live_instance(REVIEW).uuid

    assert priya.post(COHOSTED, json={"uuid": uuid, "ended": True}).status_code == 204

    assert "No meeting is running" in read(priya.look("/participants"))
    assert priya.get(f"{PAGE}/live").status_code == 204


def test_cohosts_report_needs_a_meeting_and_a_list(first, priya, anyone):
    assert first(number="1").status_code == 400
    assert first(uuid="").status_code == 400
    assert priya.post(COHOSTED, json={"uuid": "u", "number": REVIEW}).status_code == 400
    assert priya.post(COHOSTED, json={"uuid": "u", "ended": True}).status_code == 204
    assert priya.post(f"{PAGE}/sighted", json={"participants": [person("Lee")]}).status_code == 404


def test_cohosts_breakout_room_hides_nobody_and_keeps_the_page_alive(first, priya, world, clock):
    first("Lee")
    body = {"uuid": world.live_instance(REVIEW).uuid, "participants": [person("Kim")], "room": True}
    for _ in range(2):
        clock.tick(150)
        assert priya.post(f"{PAGE}/sighted", json=body).status_code == 204

    page = priya.look(PAGE).text

    assert re.findall(r'class="person-name"><bdi>([^<]*)', page) == ["Dana", "Lee", "Kim"]
    assert 'data-here="3"' in page
    assert later(priya, world, "Dana", "Kim").status_code == 204
    assert 'data-here="2"' in priya.look(PAGE).text
