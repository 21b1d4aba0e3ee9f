"""Exact times for co-hosts: only if the host shares them, and Zoom's client signed the role a moment ago."""

import re

import pytest

from tests.support.people import Person
from tests.web.reading import read

REVIEW = 85000000102
PAGE = f"/participants/{REVIEW}"


@pytest.fixture
def meeting(dana, priya, world, webhooks, clock):
    """Dana's running meeting, which Priya co-hosts: her client has reported Lee; webhooks know Kim, too."""
    share(dana)
    meeting = world.start_meeting(REVIEW)
    world.join(meeting, "dana")
    lee = world.join(meeting, None, "Guest Lee")
    world.join(meeting, None, "Guest Kim")
    clock.tick(300)
    row = {"participantUUID": lee.participant_uuid, "screenName": "Guest Lee", "role": "attendee"}
    priya.post("/participants/cohosted", json={"uuid": meeting.uuid, "number": str(REVIEW), "participants": [row]})
    return meeting


def share(host, chosen="on"):
    assert host.post("/settings", data={"share_with_cohosts": chosen, "late_minutes": "5"}).status_code == 303


def seat(person, world, meeting, role="co-host", who="", **claims):
    blob = world.seal_context(who or person.name, "meeting", mid=meeting.uuid, attendrole=role, **claims)
    return person.post("/api/zoomapp/seat", json={"context": blob})


def sees_exact_times(person):
    """Whether a page, its live part or a file has what only the host's account knows."""
    found = {"Guest Kim" in person.get(path).text for path in (PAGE, f"{PAGE}/live", f"{PAGE}.csv")}
    assert len(found) == 1
    return found.pop()


def test_cohost_sees_exact_times_of_a_host_who_shares_for_two_minutes(meeting, dana, priya, world, clock):
    assert not sees_exact_times(priya)
    assert seat(priya, world, meeting).status_code == 204

    page = read(priya.look(PAGE))
    assert sees_exact_times(priya)
    assert "From your Zoom client and the host’s account" in page and "which shares them with co-hosts" in page
    assert "Here by" not in page
    # Names and times are shared, addresses are not.
    assert "dana@example.com" not in priya.look(PAGE).text + priya.get(f"{PAGE}.csv").text
    assert "dana@example.com" in dana.look(PAGE).text
    clock.tick(121)
    assert not sees_exact_times(priya)
    assert "The host hasn’t shared exact times." in read(priya.look(PAGE))


def test_host_who_does_not_share_is_the_default_and_ends_it_at_once(meeting, dana, priya, world):
    seat(priya, world, meeting)
    share(dana, "off")

    assert not sees_exact_times(priya)
    box = re.compile(r'name="share_with_cohosts" type="checkbox" role="switch" value="on"( checked)?')
    assert not box.search(dana.look("/settings").text)[1]
    share(dana)
    assert box.search(dana.look("/settings").text)[1]
    assert sees_exact_times(priya)
    dana.post("/api/zoomapp/disconnect")
    assert not sees_exact_times(priya)


@pytest.mark.parametrize("role", ["participant", "attendee", "panelist", "host", "coHost", ""])
def test_another_signed_role_opens_nothing(meeting, priya, world, role):
    assert seat(priya, world, meeting, role).status_code == 204

    assert not sees_exact_times(priya)


def test_role_that_was_signed_for_someone_else_or_elsewhere_opens_nothing(meeting, dana, priya, app, world, clock):
    assert seat(priya, world, meeting, who="dana").status_code >= 400
    assert not sees_exact_times(priya)
    other = world.start_meeting(85000000101)
    assert seat(priya, world, other).status_code == 204
    assert not sees_exact_times(priya)
    # What the page says by itself grants nothing.
    body = {"uuid": meeting.uuid, "name": "Priya", "role": "coHost", "attendrole": "co-host"}
    priya.post("/participants/own", json=body)
    assert priya.post("/api/zoomapp/seat", json={"role": "co-host", "mid": meeting.uuid}).status_code >= 400
    assert not sees_exact_times(priya)
    assert Person(app, world, "priya").post("/api/zoomapp/seat", json={"context": "x"}).status_code >= 400


def test_demotion_ends_it_with_the_next_signed_context(meeting, priya, world):
    seat(priya, world, meeting)
    assert sees_exact_times(priya)

    seat(priya, world, meeting, "participant")

    assert not sees_exact_times(priya)


def test_no_record_says_whose_meeting_it_is_of_a_host_who_does_not_share(dana, parts, world, webhooks):
    def stored():
        return [key for key in parts.redis.keys("zoomapp:*") if key.endswith(b":shared-meeting")]

    meeting = world.start_meeting(REVIEW)
    world.join(meeting, None, "Guest Lee")
    assert stored() == []

    # A host may begin to share in the middle of a meeting.
    share(dana)
    world.join(meeting, None, "Guest Kim")
    assert len(stored()) == 1
    assert parts.shared_meetings.host_of(meeting.uuid) == dana.id
    assert dana.id.encode() not in parts.redis.get(stored()[0])


def test_one_time_link_of_a_cohost_has_no_seat_of_the_browser_it_is_used_in(meeting, priya, world):
    seat(priya, world, meeting)
    link = priya.post("/files", json={"address": f"{PAGE}.csv"}).json["url"]

    text = priya.get(link).text

    assert "Guest Lee" in text and "Guest Kim" not in text


def test_number_of_people_reaches_participants_of_a_host_who_shares_it_for_two_minutes(
    dana, priya, world, webhooks, clock
):
    def counted():
        body = {"uuid": meeting.uuid, "name": "Priya"}
        part = priya.post("/participants/own", json=body).text
        assert "Guest" not in part
        assert ("How many people are here" in part) == ("here now" in part)
        found = re.search(r"(\d+) (?:person is|people are) here now", part)
        return int(found[1]) if found else None

    meeting = world.start_meeting(REVIEW)
    world.join(meeting, None, "Guest Kim")
    seat(priya, world, meeting, "participant")
    assert counted() is None
    assert "How many are here: not shared" in read(priya.look("/participants"))

    dana.post("/settings", data={"share_with_participants": "on", "late_minutes": "5"})
    lee = world.join(meeting, None, "Guest Lee")
    assert counted() == 2
    assert "How many people are here" in read(priya.look("/participants"))
    world.leave(meeting, lee)
    clock.tick(31)
    assert counted() == 1
    clock.tick(90)
    assert counted() is None
    # Another host shares nothing.
    seat(priya, world, world.start_meeting(87000000302), "participant")
    assert counted() is None
    seat(priya, world, meeting, "participant")
    assert counted() == 1
    dana.post("/settings", data={"late_minutes": "5"})
    assert counted() is None


def test_host_who_shares_the_number_of_people_shares_no_exact_times(meeting, dana, priya, world):
    dana.post("/settings", data={"share_with_participants": "on", "late_minutes": "5"})
    seat(priya, world, meeting)

    assert not sees_exact_times(priya)
