"""Client reports of who is in the meeting: validated, limited in size, and shown to their user only."""

import re

import pytest

from tests.support.people import Person
from tests.web.reading import read
from zoomapp.attendance.client_reports import MAX_STAYS
from zoomapp.store import key_names

PRIYAS = 87000000302
PAGE = f"/participants/{PRIYAS}"
LEE = {"participantUUID": "A1", "screenName": "Guest Lee", "role": "attendee", "participantId": 7}


@pytest.fixture
def report(priya, world):
    """Posts what a client saw in Priya's running meeting."""
    uuid = world.start_meeting(PRIYAS).uuid

    def report(*rows, person=priya, uuid=uuid, **more):
        return person.post(f"{PAGE}/sighted", json={"uuid": uuid, "participants": rows}, **more)

    return report


def test_basic_view_shows_the_people_of_the_client_report(report, priya, clock):
    assert report(LEE).status_code == 204
    clock.tick(60)
    report({**LEE, "participantUUID": "B2", "screenName": "Guest Kim"})

    text = read(priya.look(PAGE))

    assert "Guest Kim" in text
    assert "Left 1" in text
    assert "From your Zoom client only; times start when you opened this panel" in text
    assert "One permission is missing" in text
    assert "Guest Kim" in priya.get(f"{PAGE}/live").text


def test_live_part_is_304_until_the_client_reports_a_change(report, priya):
    report(LEE)
    etag = priya.get(f"{PAGE}/live").headers["ETag"]

    assert priya.get(f"{PAGE}/live", headers={"If-None-Match": etag}).status_code == 304
    report({**LEE, "screenName": "Lee Miller"})
    assert priya.get(f"{PAGE}/live", headers={"If-None-Match": etag}).status_code == 200


def test_client_report_shows_people_in_the_waiting_room(report, priya, clock):
    kim = {**LEE, "participantUUID": "B2", "screenName": "Guest Kim", "room": "waiting"}
    report(LEE, kim)
    waiting = read(priya.look(PAGE))
    clock.tick(60)
    report(LEE)

    assert "1 waiting · Guest Kim" in waiting
    assert "Waiting room is empty" in read(priya.look(PAGE))


def test_client_report_is_shown_to_its_user_only(report, dana, priya):
    report(LEE)

    assert "Guest Lee" in priya.look(PAGE).text
    assert "Guest Lee" not in dana.look(PAGE).text


def test_client_report_completes_other_sources_for_its_user_only(dana, ada, world):
    world.load_story("live-meeting")
    link = dana.running_meeting()
    only_here = {"uuid": world.live_instance().uuid, "participants": [{**LEE, "screenName": "Only Seen Here"}]}

    assert dana.post(f"{link}/sighted", json=only_here).status_code == 204

    page = read(dana.look(link))
    assert "Only Seen Here" in page
    assert "From Zoom’s dashboard; and from your Zoom client, for you only" in page
    assert "Only Seen Here" not in ada.look(link).text


def test_a_webhook_event_hides_no_participant_of_the_client_report(report, priya, world, webhooks, clock):
    meeting = world.live_instance(PRIYAS)
    kim = world.join(meeting, None, "Guest Kim")
    kims = {"participantUUID": kim.participant_uuid.lower(), "screenName": "Guest Kim", "role": "attendee"}
    clock.tick(60)

    report(LEE, kims)

    page = priya.look(PAGE)
    assert re.findall(r'class="person-name"><bdi>([^<]*)', page.text) == ["Guest Kim", "Guest Lee"]
    assert "live events; and from your Zoom client" in read(page)


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"[]", b'{"uuid": "", "participants": 1}', b'{"uuid": ""}', b'{"uuid": "", "participants": {}}'),
        *(b"[" * 9000, b'{"uuid": "", "participants": [{"screenName": "\xf0"}]}'),
    ],
)
def test_malformed_client_report_is_refused(report, priya, body):
    assert priya.post(f"{PAGE}/sighted", data=body, content_type="application/json").status_code == 400


def test_odd_values_of_a_client_report_cost_that_value_or_that_row(report, priya):
    odd = [{"screenName": ["x"]}, None, 7, {"role": "host"}, {"screenName": "Guest Kim", "role": 5, "room": "door"}]

    assert report(LEE, *odd, {"screenName": "x" * 300, "participantUUID": {"a": 1}}).status_code == 204

    page = priya.look(PAGE).text
    assert re.findall(r'class="person-name"><bdi>([^<]*)', page) == ["Guest Kim", "Guest Lee", "x" * 256]


def test_oversized_client_report_is_refused(report):
    assert report(*[LEE] * 1501).status_code == 400
    assert report({"screenName": "x" * 600_000}).status_code == 413


def test_client_report_of_a_thousand_people_is_shown(report, priya):
    crowd = [
        {
            "participantUUID": f"5C0F9E9E-1C1B-4D5A-9C5E-{number:012}",
            "screenName": "Ürün Yöneticisi " * 3,
            "role": "attendee",
        }
        for number in range(1000)
    ]
    waiting = [{"participantUUID": f"door {number}", "screenName": "Kim", "room": "waiting"} for number in range(100)]

    assert report(*crowd, *waiting).status_code == 204
    assert 'data-here="1000" data-waiting="100"' in priya.look(PAGE).text


def test_new_id_after_a_role_change_makes_no_second_person(report, priya, clock):
    report(LEE)
    clock.tick(60)
    report({**LEE, "participantUUID": "A2", "role": "cohost"})

    page = priya.look(PAGE)

    assert re.findall(r'class="person-name"><bdi>([^<]*)', page.text) == ["Guest Lee"]
    assert "Co-host" in read(page)


def test_client_reports_of_two_instances_stay_apart(report, priya):
    report(LEE, uuid="the instance of this morning")

    assert "Guest Lee" not in priya.look(PAGE).text
    report({**LEE, "screenName": "Guest Kim"})
    page = read(priya.look(PAGE))
    assert "Guest Kim" in page
    assert "Guest Lee" not in page


def test_client_report_without_uuid_is_for_the_running_instance(report, priya):
    report(LEE, uuid="")

    assert "Guest Lee" in priya.look(PAGE).text


def test_stays_of_present_people_are_kept_beyond_the_limit(parts, priya, clock):
    number = 0
    for _ in range(4):
        clock.tick(1)
        rows = [{**LEE, "participantUUID": f"{number + more}"} for more in range(MAX_STAYS // 3)]
        parts.client_reports.add(priya.id, PRIYAS, "one==", [{**LEE, "participantUUID": "stays"}, *rows])
        number += len(rows)

    stays = parts.client_reports.of(priya.id, PRIYAS, "one==").stays

    assert len(stays) == MAX_STAYS
    assert [stay.joined_at for stay in stays if stay.uuid == "STAYS"] == [clock() - 3]


def test_client_report_is_encrypted_and_expires_after_a_day(report, priya, parts):
    report(LEE)
    key = key_names.of_user(priya.id, "sightings", str(PRIYAS))

    assert 0 < parts.redis.ttl(key) <= 86400
    assert b"Guest" not in parts.redis.get(key)


def test_client_report_is_deleted_on_disconnect(report, priya, parts):
    assert report(LEE).status_code == 204

    priya.post("/api/zoomapp/disconnect")

    assert parts.redis.keys(f"*{key_names.tag(priya.id)}*") == []


def test_client_report_requires_a_signin_and_the_same_site(report, app, world):
    assert report(LEE, headers={"Origin": "https://evil.example"}).status_code == 403
    assert report(LEE, person=Person(app, world, "finn")).status_code == 401


def test_client_report_of_a_meeting_that_does_not_run_is_not_saved(priya):
    assert priya.post(f"{PAGE}/sighted", json={"uuid": "", "participants": [LEE]}).status_code == 404
