"""The page of a meeting that has just ended: its report at the same address, completed as Zoom's report arrives."""

import re

import pytest

from offline_zoom.registration import add_registrants, open_registration
from tests.web.reading import read
from zoomapp.web.pages.live_participants import ENDED_HEADER

REVIEW, PRIYAS = 85000000102, 87000000302
LIVE_LIST = "GET /v2/users/me/meetings"


@pytest.fixture
def ended(dana, world, webhooks, clock):
    """The address of a meeting of Dana's that ended this moment: Lee came 20 minutes late, Kim left early."""
    world.switches.ready_after = 1800
    planned = world.meetings[REVIEW]
    clock.tick(planned.start_at - clock())
    meeting = world.start_meeting(REVIEW)
    world.join(meeting, "dana")
    kim = world.join(meeting, None, "Guest Kim", waiting=True)
    clock.tick(120)
    world.admit(meeting, kim)
    clock.tick(480)
    world.leave(meeting, next(row for row in meeting.present(clock()) if row.name == "Guest Kim"))
    clock.tick(600)
    world.join(meeting, None, "<b>Lee</b>")
    clock.tick(60 * planned.duration_minutes - 1200)
    world.end_meeting(meeting)
    return f"/participants/{REVIEW}"


def test_page_tells_the_story_and_has_nothing_of_the_live_page(ended, dana, world):
    page = dana.look(ended)
    text = read(page)

    assert re.search(r"<h1><bdi>[^<]+</bdi></h1>", page.text)
    assert re.search(r"Ended just now · [\d:]+ · 1 h\b", text)
    assert "3 people came, 2 of them on time." in text
    assert 'data-ended="The meeting ended. 3 people came, 2 of them on time."' in page.text
    worth = text[text.index("Worth a look") : text.index("Still coming")]
    assert "<b>Lee</b> 20 min late" in worth
    assert re.search(r"Guest Kim Left \d+ min early · waited 2 min", worth)
    assert "Dana Okoye" not in worth
    for gone in ("data-pause", 'id="door"', "data-live", "strip warn"):
        assert gone not in page.text


def test_page_has_names_to_copy_a_file_and_lists_behind_its_numbers(ended, dana):
    page = dana.look(ended).text

    assert 'data-copy="Dana Okoye\nGuest Kim\n&lt;b&gt;Lee&lt;/b&gt;"' in page
    assert f'href="{ended}.csv" data-file' in page
    for view, names in (
        ("on-time", ["Dana Okoye", "Guest Kim"]),
        ("late", ["&lt;b&gt;Lee&lt;/b&gt;"]),
        ("early", ["Guest Kim"]),
        ("waited", ["Guest Kim"]),
        ("rejoined", []),
    ):
        link = re.search(rf'href="({ended}\?show={view})"', page)[1]
        listed = dana.look(link).text
        assert re.findall(r'class="person-name"><bdi>([^<]*)', listed) == names
        assert "Still coming" not in listed
    # The filters of the live page stay in its address after the end.
    assert all("Everyone 3" in read(dana.look(f"{ended}?show={view}")) for view in ("here", "waiting"))


def test_no_shows_are_worth_a_look_once_the_registrants_are_there_for_one_call(ended, dana, world, parts):
    open_registration(world.meetings[REVIEW])
    add_registrants(world.meetings[REVIEW], [("Amara", "Diallo", "amara@x.example", "")], "approved", 0)
    first = dana.look(ended)
    parts.parallel_calls.wait_until_idle()
    calls = world.calls.count("GET /v2/meetings/*/registrants")

    page = dana.look(ended)

    assert "No-show" not in first.text and "data-refreshing" in first.text and calls == 1
    text = read(page)
    assert re.search(r"Worth a look 3 Everyone 4 .* Amara Diallo No-show", text)
    # The host needs no registration.
    assert "1 of 1 who registered didn’t come. 2 came without registering." in text
    assert 'data-done="Copied 3 names, without 1 no-show"' in page.text


def test_page_waits_for_the_report_and_says_when_it_is_there(ended, dana, clock):
    before = dana.look(ended)
    clock.tick(2000)
    after = dana.look(ended)

    assert re.search(r"Zoom’s final report by [\d:]+", read(before))
    assert "data-coming" in before.text and "js/refresh.js" in before.text
    assert "Zoom’s final report done" in read(after)
    assert "data-coming" not in after.text and "js/refresh.js" not in after.text
    clock.tick(3600)
    assert "Worth a look" not in read(dana.look(ended))


def test_hidden_names_stay_hidden_in_the_report(ended, dana):
    page = dana.look(f"{ended}?names=hide").text

    assert "Worth a look" in page
    assert "Guest Kim" not in page and "Copy names" not in page


def test_end_that_the_client_reports_is_checked_with_zoom_at_once(priya, world, clock):
    """Without webhooks and dashboard, the list of running meetings is loaded again."""
    meeting = world.start_meeting(PRIYAS)
    page = f"/participants/{PRIYAS}"
    priya.post(f"{page}/sighted", json={"uuid": meeting.uuid, "participants": [{"screenName": "Guest Lee"}]})
    assert priya.get(f"{page}/live").status_code == 200
    world.calls.clear()

    clock.tick(1)
    still_running = priya.get(f"{page}/live", headers={ENDED_HEADER: "1"})
    clock.tick(1)
    world.end_meeting(meeting)
    assert priya.get(f"{page}/live").status_code == 200
    over = priya.get(f"{page}/live", headers={ENDED_HEADER: "1"})

    assert (still_running.status_code, still_running.headers["X-Poll-Interval"]) == (200, "1")
    assert over.status_code == 204
    assert world.calls.count(LIVE_LIST) == 2
    assert "Ended just now" in read(priya.look(page))


def test_end_that_an_admins_client_reports_is_checked_with_the_dashboard_at_once(dana, world, clock):
    meeting = world.start_meeting(REVIEW)
    world.join(meeting, "dana")
    world.join(meeting, None, "Guest Lee")
    assert dana.get(f"/participants/{REVIEW}/live").status_code == 200
    clock.tick(5)
    world.end_meeting(meeting)

    assert dana.get(f"/participants/{REVIEW}/live").status_code == 200
    assert dana.get(f"/participants/{REVIEW}/live", headers={ENDED_HEADER: "1"}).status_code == 204
    assert "2 people came" in read(dana.look(f"/participants/{REVIEW}"))


def test_end_whose_webhook_was_lost_is_found_when_the_client_reports_it(priya, world, webhooks, clock):
    meeting = world.start_meeting(PRIYAS)
    world.join(meeting, None, "Guest Lee")
    assert priya.get(f"/participants/{PRIYAS}/live").status_code == 200
    clock.tick(90)
    world._listeners.remove(webhooks)
    world.end_meeting(meeting)

    assert priya.get(f"/participants/{PRIYAS}/live").status_code == 200
    assert priya.get(f"/participants/{PRIYAS}/live", headers={ENDED_HEADER: "1"}).status_code == 204


def test_page_names_summary_and_recording_until_they_are_there(dana, world, webhooks, clock):
    world.switches.recording_ready_after = 900
    meeting = world.start_meeting(REVIEW, recording=True)
    world.join(meeting, "dana")
    clock.tick(300)
    world.end_meeting(meeting)
    page = f"/participants/{REVIEW}"
    # Without these settings nobody knows whether they come.
    assert "Summary" not in coming(dana, page) and "Recording" not in coming(dana, page)
    world.meetings[REVIEW].settings |= {"auto_start_meeting_summary": True, "auto_recording": "cloud"}
    clock.tick(61)

    before = coming(dana, page)
    clock.tick(1400)
    after = coming(dana, page)

    assert "Summary and transcript about 10 min" in before and "Recording about 5 min" in before
    assert "Summary done" in after and "Recording done" in after
    assert 'href="/recordings"' in dana.look(page).text


def coming(person, page):
    """The list of what is still coming."""
    text = read(person.look(page))
    return text[text.index("Who came") : text.index("Everyone", text.index("Who came"))]


def test_end_is_found_without_webhooks_although_the_admins_client_had_reported_people(dana, world, clock):
    meeting, page = world.start_meeting(REVIEW), f"/participants/{REVIEW}"
    world.join(meeting, "dana")
    world.join(meeting, None, "Guest Lee")
    dana.post(f"{page}/sighted", json={"uuid": meeting.uuid, "participants": [{"screenName": "Guest Lee"}]})
    assert dana.get(f"{page}/live").status_code == 200
    clock.tick(5)
    world.end_meeting(meeting)

    assert dana.get(f"{page}/live", headers={ENDED_HEADER: "1"}).status_code == 204
    assert "Ended just now" in read(dana.look(page))
