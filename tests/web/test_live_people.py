"""The people of a running meeting from webhooks and the dashboard, and from the report after its end."""

import html
import re

import pytest

from offline_zoom.faults import Fault
from tests.support.people import Person
from tests.web.reading import read
from zoomapp.web.pages.live_participants import DASHBOARD_LIST_SECONDS

METRICS = "GET /v2/metrics/meetings/*/participants"
REVIEW, PRIYAS = 85000000102, 87000000302


def names(answer):
    read(answer)
    return rows(answer)


def rows(answer):
    """Who stands in a part, from above."""
    return re.findall(r'class="person-name"><bdi>([^<]*)', answer.text)


def test_host_without_the_dashboard_sees_people_by_webhook(priya, world, webhooks, clock):
    meeting = world.start_meeting(PRIYAS)
    lee = world.join(meeting, None, "Guest Lee")
    clock.tick(1)
    world.join(meeting, None, "Guest Kim", waiting=True)

    page = priya.look(f"/participants/{PRIYAS}")

    assert names(page) == ["Guest Lee", "Guest Kim"]
    assert "From Zoom’s live events · as of 15:30" in read(page)
    assert "One permission is missing" not in page.text
    world.leave(meeting, lee)
    assert 'class="left"' in priya.look(f"/participants/{PRIYAS}").text
    assert world.calls.count(METRICS) == 0


def test_waiting_room_strip_names_twenty_people_and_counts_all(priya, world, webhooks, clock):
    meeting = world.start_meeting(PRIYAS)
    for number in range(25):
        world.join(meeting, None, f"Guest {number:02}", waiting=True)
        clock.tick(60)

    page = priya.look(f"/participants/{PRIYAS}")

    strip = re.search(r'id="door".*?</section>', page.text, re.DOTALL)[0]
    assert "<b>25 waiting</b> · <bdi>Guest 00</bdi>, " in strip
    assert strip.count("<bdi>") == 20 and strip.partition("</p>")[0].rstrip().endswith("<bdi>Guest 19</bdi>, …")
    assert '<span class="nowrap wide">25 min</span>' in strip
    assert len(names(page)) == 25


def test_without_webhooks_and_scope_the_missing_permission_is_named_without_a_call(priya, world):
    world.start_meeting(PRIYAS)

    text = read(priya.look(f"/participants/{PRIYAS}"))

    assert "Zoom must allow dashboard:read:list_meeting_participants:admin" in text
    assert world.calls.count(METRICS) == 0


def test_the_dashboard_completes_what_webhooks_missed(dana, world, webhooks, clock):
    meeting = world.start_meeting(REVIEW)
    world._listeners.remove(webhooks)
    world.join(meeting, None, "Early Bird")
    world.on_event(webhooks)
    clock.tick(60)
    world.join(meeting, None, "Guest Lee")

    page = dana.look(f"/participants/{REVIEW}")

    assert names(page) == ["Early Bird", "Guest Lee"]
    assert "From Zoom’s live events and dashboard" in read(page)


def test_dashboard_outage_hides_no_webhook_data(dana, world, webhooks):
    meeting = world.start_meeting(REVIEW)
    world.join(meeting, None, "Guest Lee")
    world.faults.append(Fault(METRICS, 502, {}, "gone"))

    page = dana.look(f"/participants/{REVIEW}")

    assert names(page) == ["Guest Lee"]
    assert "We couldn’t reach Zoom" in read(page)
    assert "We couldn’t reach Zoom" in dana.get(f"/participants/{REVIEW}/live").text


def test_page_shows_the_age_of_the_newest_data(priya, world, webhooks, clock):
    meeting = world.start_meeting(PRIYAS)
    world.join(meeting, None, "Guest Lee")
    world._listeners.remove(webhooks)
    clock.tick(600)
    world.join(meeting, None, "Guest Kim")

    page = priya.look(f"/participants/{PRIYAS}")

    assert "as of 15:30" in read(page)
    assert "Updated at 15:30" in read(page)
    assert priya.get(f"/participants/{PRIYAS}/live").headers["X-Seen-Age"] == "600"


def test_restarted_meeting_shows_its_new_instance(priya, world, webhooks, clock):
    meeting = world.start_meeting(PRIYAS)
    world.join(meeting, None, "Guest Lee")
    page = f"/participants/{PRIYAS}"
    assert names(priya.look(page)) == ["Guest Lee"]
    clock.tick(60)
    world.end_meeting(meeting)
    clock.tick(120)
    world.join(world.start_meeting(PRIYAS), None, "Guest Kim")

    assert names(priya.look(page)) == ["Guest Kim"]
    assert "Guest Kim" in priya.get(f"{page}/live").text


def test_overview_and_participants_agree_after_a_story_starts_again(dana, world, webhooks, clock):
    world.load_story("live-meeting")
    clock.tick(60)
    world.catch_up()
    world.end_meeting(next(each for each in world.instances.values() if not each.ended(world.now())))
    world.load_story("live-meeting")

    overview, participants = dana.look("/").text, dana.look("/participants").text

    assert "Live now" in overview
    (count,) = {re.search(r'data-here="(\d+)"', participants)[1]}
    assert f"<dt>here</dt><dd>{count}</dd>" in overview
    instance = next(each for each in world.instances.values() if not each.ended(world.now()))
    assert int(count) == len(instance.present(world.now()))


def test_an_open_window_notices_without_webhooks_that_the_meeting_was_started_again(dana, world, clock):
    first = world.start_meeting(REVIEW)
    world.join(first, None, "Guest Lee")
    page = f"/participants/{REVIEW}"
    dana.look(page)
    dana.get(f"{page}/live")
    clock.tick(60)
    world.end_meeting(first)
    clock.tick(20)
    second = world.start_meeting(REVIEW)
    clock.tick(1)
    world.join(second, None, "Guest Kim")
    world.join(second, "dana")
    clock.tick(60)
    dana.get(f"{page}/live")
    clock.tick(60)
    world.end_meeting(second)
    clock.tick(7200)

    assert sorted(names(dana.look(page))) == ["Dana Okoye", "Guest Kim"]


def test_webhook_data_is_shown_to_the_host_only(ada, dana, world, webhooks):
    meeting = world.start_meeting(REVIEW)
    world.join(meeting, None, "Guest Lee")
    assert names(dana.look(f"/participants/{REVIEW}")) == ["Guest Lee"]
    world.faults.append(Fault(METRICS, 400, {}, {"code": 200, "message": "Only available for paid account."}))

    for key in (str(REVIEW), meeting.uuid[:22].replace("+", "-").replace("/", "_")):
        assert "Guest Lee" not in ada.look(f"/participants/{key}").text


def test_running_meeting_is_found_by_webhook_without_the_list_scope(priya, world, webhooks):
    meeting = world.start_meeting(PRIYAS)
    world.join(meeting, None, "Guest Lee")
    refusal = {"code": 4711, "message": "does not contain scopes:[meeting:read:list_meetings]"}
    world.faults.append(Fault("GET /v2/users/me/meetings", 400, {}, refusal))

    page = priya.look(f"/participants/{PRIYAS}")

    assert names(page) == ["Guest Lee"]
    assert "Planning" in read(page)


def test_observed_attendance_is_shown_until_the_report_exists(priya, world, webhooks, clock):
    world.switches.ready_after = 1800
    meeting = world.start_meeting(PRIYAS)
    world.join(meeting, None, "Guest Lee")
    clock.tick(1)
    world.join(meeting, None, "Guest Kim")
    clock.tick(600)
    world.end_meeting(meeting)

    page = priya.look(f"/participants/{PRIYAS}")

    assert names(page) == ["Guest Lee", "Guest Kim"]
    assert "From live events; Zoom’s report usually follows within 30 minutes" in read(page)
    assert "Planning Ended just now · 15:40 · 10 min" in read(page)
    # The planned start is not known, so no person is late.
    assert "Late" not in read(page)
    assert "10 min" in read(page)


def test_stay_with_a_lost_leave_event_ends_with_the_meeting(priya, world, webhooks, clock):
    world.switches.ready_after = 1800
    meeting = world.start_meeting(PRIYAS)
    world.join(meeting, None, "Guest Lee")
    kim = world.join(meeting, None, "Guest Kim")
    clock.tick(120)
    world.leave(meeting, kim)
    clock.tick(480)
    world._listeners.remove(webhooks)
    world.on_event(lambda event: event["event"] == "meeting.ended" and webhooks(event))
    world.end_meeting(meeting)

    page = read(priya.look(f"/participants/{PRIYAS}"))

    assert "Ended just now · 15:40 · 10 min" in page
    assert "in the meeting from 15:30 to 15:40" in page


def test_final_report_replaces_observed_attendance(priya, world, webhooks, clock):
    meeting = world.start_meeting(PRIYAS)
    world.join(meeting, None, "Guest Lee")
    clock.tick(1)
    world.join(meeting, None, "Guest Kim")
    clock.tick(600)
    world.end_meeting(meeting)
    clock.tick(3600)
    world.instances[meeting.uuid].joins[0].name = "Lee Miller"

    page = priya.look(f"/participants/{PRIYAS}")

    assert names(page) == ["Lee Miller", "Guest Kim"]
    assert "Final report from Zoom" in read(page)


def test_report_and_file_show_host_and_co_host_roles(priya, world, webhooks, clock):
    meeting = world.start_meeting(PRIYAS)
    world.join(meeting, "priya")
    lee = world.join(meeting, None, "Guest Lee")
    world.set_role(meeting, lee, "co-host")
    clock.tick(600)
    world.end_meeting(meeting)
    clock.tick(3600)
    key = meeting.uuid[:22].replace("+", "-").replace("/", "_")

    page, table, events = (priya.look(f"/participants/{key}{form}") for form in ("", ".csv", ".events.csv"))

    assert "Final report from Zoom" in read(page)
    assert set(re.findall(r"(Host|Co-host)</span>", page.text)) == {"Host", "Co-host"}
    assert {line.split(",")[3] for line in table.text.splitlines()[1:]} == {"host", "co-host"}
    assert {line.split(",")[5] for line in events.text.splitlines()[1:]} == {"past"}


@pytest.mark.parametrize("heard", [True, False])
def test_meeting_number_stands_for_its_last_instance(priya, world, webhooks, clock, heard):
    if not heard:
        world._listeners.remove(webhooks)
    first = world.start_meeting(PRIYAS)
    for name in ("Guest Lee", "Guest Kim"):
        world.join(first, None, name)
    clock.tick(600)
    world.end_meeting(first)
    clock.tick(3600)
    assert "Guest Lee" in priya.look(f"/participants/{PRIYAS}").text
    world.switches.ready_after = 1800
    clock.tick(60)
    second = world.start_meeting(PRIYAS)
    priya.look(f"/participants/{PRIYAS}")
    world.join(second, None, "Guest Mara")
    clock.tick(600)
    world.end_meeting(second)
    clock.tick(60)

    before = {"uuid": first.uuid, "id": PRIYAS, "topic": "The one before", "end_time": "2026-03-02T10:10:00Z"}
    world.faults.append(Fault(f"GET /v2/past_meetings/{PRIYAS}", 200, {}, before))

    page = priya.look(f"/participants/{PRIYAS}")

    assert "Guest Lee" not in page.text
    assert "Final report" not in page.text
    assert ("Guest Mara" in page.text) == heard
    assert "Planning" in page.text
    assert "The one before" not in page.text


def test_colleagues_share_one_list_after_zoom_answered_each_of_them(dana, ada, world, clock):
    world.load_story("live-meeting")
    link = dana.running_meeting()
    first = names(dana.look(link))

    assert names(ada.look(link)) == first
    assert world.calls.count(METRICS) == 2
    for _ in range(4):
        clock.tick(15)
        dana.look(link)
        ada.look(link)
    assert world.calls.count(METRICS) == 6


def test_shared_list_is_not_shown_without_the_scope(dana, priya, world):
    world.load_story("live-meeting")
    link = dana.running_meeting()
    names_shown = names(dana.look(link))

    text = priya.look(link).text

    assert names_shown
    assert not [name for name in names_shown if name in text]


def test_shared_list_is_not_shown_after_the_scope_was_removed(dana, world, parts):
    world.load_story("live-meeting")
    link = dana.running_meeting()
    [*_, somebody] = names(dana.look(link))
    world.switches.withheld_scopes = ["dashboard:read:list_meeting_participants:admin", "dashboard_meetings:read:admin"]
    dana.connect()

    page = dana.look(link)

    assert somebody not in page.text
    assert "One permission is missing" in read(page)


def test_zoom_is_polled_less_often_when_the_rate_limit_is_almost_used_up(dana, world, clock):
    world.load_story("live-meeting")
    link = f"/participants/{world.live_instance().meeting_id}"
    few = {"X-RateLimit-Limit": "60000", "X-RateLimit-Remaining": "3000"}
    rows = [{"user_id": "1", "user_name": "Lee", "join_time": "2026-03-02T09:50:00Z"}]
    world.faults.append(Fault(METRICS, 200, few, {"participants": rows}))

    for _ in range(12):
        dana.look(link)
        clock.tick(5)

    assert world.calls.count(METRICS) == 1
    dana.look(link)
    assert world.calls.count(METRICS) == 2


def test_limits_of_other_calls_do_not_slow_the_poll_down(dana, world, clock):
    world.load_story("live-meeting")
    few = {"X-RateLimit-Limit": "60000", "X-RateLimit-Remaining": "3000"}
    listed = {"id": REVIEW, "uuid": "x", "topic": "Review", "type": 2, "host_id": dana.id}
    world.faults.append(Fault("GET /v2/users/me/meetings", 200, few, {"meetings": [listed]}))
    world.faults.append(Fault("GET /v2/meetings/*", 200, few, listed))
    world.faults.append(Fault(METRICS, 200, {}, {"participants": [{"user_id": "1", "user_name": "Lee"}]}))

    dana.look(f"/participants/{REVIEW}")
    clock.tick(16)
    dana.look(f"/participants/{REVIEW}")

    assert world.calls.count(METRICS) == 2


def test_daily_limit_notice_stands_above_the_last_list(dana, world, clock):
    world.load_story("live-meeting")
    link = dana.running_meeting()
    names_shown = names(dana.look(link))
    clock.tick(15)
    world.faults.append(Fault(METRICS, 429, {"Retry-After": "24"}, {"code": 429, "message": "slow"}))

    page = dana.look(link)

    assert names(page) == names_shown
    assert "Updates resume in 0:24" in read(page)
    clock.tick(10)
    assert "Updates resume in 0:14" in read(dana.look(link))


@pytest.fixture
def live(dana, world):
    """Asks for the live part of the running meeting as its page does."""
    world.load_story("live-meeting")
    link = dana.running_meeting()

    def ask(who=dana, etag="", **query):
        return who.get(f"{link}/live", query_string=query, headers={"If-None-Match": etag, "Accept": "text/html"})

    dana.look(link)
    return ask


def test_live_part_equals_the_part_in_the_page(live):
    answer = live()

    assert answer.status_code == 200
    assert answer.text.count("<tr role") == 11
    assert "<html" not in answer.text
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert "Cookie" in answer.headers["Vary"]
    assert answer.headers["X-Poll-Interval"] == "15"
    assert answer.headers["X-Seen-Age"] == "0"


def test_unchanged_live_part_is_304(live, clock):
    first = live()

    same = live(etag=first.headers["ETag"])
    clock.tick(16)
    other = live(etag=first.headers["ETag"])

    assert (same.status_code, same.data) == (304, b"")
    assert same.headers["X-Poll-Interval"] == "15"
    assert other.status_code == 200


@pytest.mark.parametrize("query", ["", "?show=here&sort=name&from=elsewhere"])
def test_live_part_is_304_right_after_the_page(live, dana, world, clock, query):
    page = dana.look(dana.running_meeting() + query).text
    address, shown = re.search(r'data-live="([^"]*)" data-version="(\w+)"', page).groups()
    etag = f'"{shown}"'
    address = html.unescape(address)

    same = dana.get(address, headers={"If-None-Match": etag})
    world.join(world.live_instance(), None, "Guest Lee")
    clock.tick(16)
    other = dana.get(address, headers={"If-None-Match": etag})

    assert (same.status_code, same.data) == (304, b"")
    assert other.status_code == 200 and "Guest Lee" in other.text


def test_live_part_depends_on_the_filter(live):
    assert live(etag=live().headers["ETag"], show="left").status_code == 200


def test_refresh_moves_no_row_in_any_sort_order(priya, world, webhooks, clock):
    meeting = world.start_meeting(PRIYAS)
    zoe = world.join(meeting, None, "Zoe")
    clock.tick(240)
    world.join(meeting, None, "Ben")
    clock.tick(60)
    world.leave(meeting, zoe)
    page, live = f"/participants/{PRIYAS}?sort={{}}", re.compile(r'data-live="([^"]+)"')
    shown = {sort: priya.look(page.format(sort)) for sort in ("time", "name", "waiting")}
    assert names(shown["time"]) == ["Zoe", "Ben"]

    clock.tick(600)
    world.join(meeting, None, "Ada")

    for sort, answer in shown.items():
        part = priya.get(live.search(answer.text)[1].replace("&amp;", "&"))
        assert rows(part) == [*rows(answer), "Ada"], sort
    assert names(priya.look(page.format("time"))) == ["Ben", "Zoe", "Ada"]


def test_person_sent_back_to_the_waiting_room_waits_since_then(priya, world, webhooks, clock):
    meeting = world.start_meeting(PRIYAS)
    lee = world.join(meeting, None, "Guest Lee")
    clock.tick(3000)
    world.join(meeting, None, "Guest Kim", waiting=True)
    clock.tick(60)
    world.leave(meeting, lee)
    world.join(meeting, None, "Guest Lee", waiting=True, participant_uuid=lee.participant_uuid)
    clock.tick(120)

    page = priya.look(f"/participants/{PRIYAS}?sort=waiting")

    assert names(page) == ["Guest Kim", "Guest Lee"]
    assert re.findall(r"Waiting for (\d+ min)", page.text) == ["3 min", "2 min"]
    assert re.search(r"2 waiting · Guest Lee , Guest Kim 3 min", read(page))


def test_page_with_all_rows_is_not_refreshed(dana, world):
    world.load_story("all-hands")
    page = dana.running_meeting()

    everybody, part = dana.look(f"{page}?rows=5000"), dana.get(f"{page}/live?rows=5000")

    assert len(names(everybody)) > 100 == len(rows(part))
    assert "data-live" not in everybody.text
    assert "live.js" not in everybody.text
    assert "Updated · just now" in read(everybody)
    assert "Back to the live list" in read(everybody)
    assert "data-live" in dana.look(page).text


def test_live_part_changes_with_the_minute(live, clock):
    clock.tick(50)
    first = live()
    clock.tick(11)

    assert live(etag=first.headers["ETag"]).status_code == 200


def test_window_polls_more_often_with_webhooks(priya, world, webhooks, clock):
    meeting = world.start_meeting(PRIYAS)
    world.join(meeting, None, "Guest Lee")
    page = f"/participants/{PRIYAS}"
    priya.look(page)
    world.calls.clear()

    first = priya.get(f"{page}/live")
    clock.tick(1.2)
    world.join(meeting, None, "Guest Kim")
    second = priya.get(f"{page}/live", headers={"If-None-Match": first.headers["ETag"]})

    assert first.headers["X-Poll-Interval"] == "1.2"
    assert (second.status_code, "Guest Kim" in second.text) == (200, True)
    assert world.calls.total == 0


def test_window_polls_when_the_next_dashboard_poll_is_due(live, clock):
    clock.tick(11)

    poll_interval = live().headers["X-Poll-Interval"]
    clock.tick(3.5)

    assert (poll_interval, live().headers["X-Poll-Interval"]) == ("4", "1")


def test_window_polls_at_the_chosen_interval(priya, world, webhooks):
    priya.post("/settings", data={"refresh_seconds": "30"})
    world.join(world.start_meeting(PRIYAS), None, "Guest Lee")

    assert priya.get(f"/participants/{PRIYAS}/live").headers["X-Poll-Interval"] == "30"


def test_end_of_the_meeting_stops_polling(live, world, clock):
    world.end_meeting(world.live_instance())
    clock.tick(61)

    assert live().status_code == 204


def test_retry_after_from_zoom_reaches_every_window(live, world, clock):
    clock.tick(15)
    world.faults.append(Fault(METRICS, 429, {"Retry-After": "24"}, {"code": 429, "message": "slow"}))

    answers = [live() for _ in range(3)]

    assert {(each.status_code, each.headers["Retry-After"]) for each in answers} == {(429, "24")}


def test_outage_pauses_polling(live, world, clock):
    clock.tick(15)
    world.faults.append(Fault(METRICS, 502, {}, "gone"))

    answer = live()

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")


def test_refusal_does_not_end_polling_and_says_why(live, world, clock):
    clock.tick(15)
    world.faults.append(Fault(METRICS, 400, {}, {"code": 200, "message": "Only available for paid account."}))

    answer = live()

    assert (answer.status_code, answer.text) == (403, "Live participants need a Business plan.")
    assert answer.headers["Retry-After"] == "60"


def test_lost_list_scope_does_not_end_polling(priya, world, clock):
    world.start_meeting(PRIYAS)
    priya.look(f"/participants/{PRIYAS}")
    clock.tick(61)
    refusal = {"code": 4711, "message": "does not contain scopes:[meeting:read:list_meetings]"}
    world.faults.append(Fault("GET /v2/users/me/meetings", 400, {}, refusal))

    answer = priya.get(f"/participants/{PRIYAS}/live")

    assert (answer.status_code, answer.text) == (403, "One permission is missing.")


def test_meeting_unknown_to_zoom_is_over(live, world, clock):
    clock.tick(15)
    world.faults.append(Fault(METRICS, 404, {}, {"code": 3001, "message": "Meeting does not exist."}))

    assert live().status_code == 204


def test_live_part_requires_a_signin(live, anyone, priya, app, world):
    assert live(who=Person(app, world, "finn")).status_code == 401
    assert live(who=priya).status_code == 204


def test_a_hundred_windows_make_as_many_calls_as_one(live, world, clock):
    def minute(windows):
        world.calls.clear()
        etags = [""] * windows
        for number in range(60 // 15):
            # A list that stays the same is asked for less often.
            world.join(world.live_instance(), None, f"Guest {number}")
            for place in range(windows):
                answer = live(etag=etags[place])
                assert answer.status_code in (200, 304)
                etags[place] = answer.headers["ETag"]
            clock.tick(15)
        return world.calls.total, world.calls.count(METRICS)

    clock.tick(DASHBOARD_LIST_SECONDS)
    one = minute(1)
    clock.tick(DASHBOARD_LIST_SECONDS)

    assert minute(100) == one
    assert one[1] == 4
