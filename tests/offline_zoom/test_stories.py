"""The stories, and the events that happen in them."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from offline_zoom.stories import STORIES
from offline_zoom.stories.all_hands import ALL_HANDS
from offline_zoom.stories.attacking_names import NAMES
from offline_zoom.stories.live_meeting import LIVE
from offline_zoom.stories.quiet_day import WEEKLY
from offline_zoom.world import World
from tests.offline_zoom.conftest import NOON, Clock, caller, refusal


def build_world(story: str, clock: Clock) -> World:
    return World(story, clock=clock, sleep=clock.sleep)


@pytest.mark.parametrize("story", STORIES)
@pytest.mark.parametrize("hour", [0, 1, 6, 12, 18, 23.9])
def test_today_always_has_meetings(story, clock, hour):
    clock.at = NOON - 11 * 3600 + hour * 3600
    world = build_world(story, clock)
    me = caller(world, world.me.key)

    today = datetime.fromtimestamp(clock.at, ZoneInfo("Europe/Berlin")).strftime("%Y-%m-%d")
    rows = me.json("/users/me/meetings", timezone="Europe/Berlin", from_=today, to=today)["meetings"]

    assert rows


def test_an_unknown_story_is_refused(world):
    with pytest.raises(ValueError, match="there is no story named nonsense"):
        world.load_story("nonsense")


def test_meetings_of_a_story_that_starts_again_are_other_meetings(clock):
    world = build_world("live-meeting", clock)

    def uuids() -> tuple[set[str], set[str]]:
        running = {each.uuid for each in world.instances.values() if not each.ended(world.now())}
        return running | {each.uuid for each in world.meetings.values()}, set(world.instances) - running

    first, past = uuids()
    world.load_story("live-meeting")
    again, past_again = uuids()

    assert world.live_instance(LIVE).uuid == world.meetings[LIVE].uuid
    assert len(again) == len(first)
    assert not first & again
    assert past == past_again


@pytest.mark.parametrize("story", ["quiet-day", "live-meeting"])
def test_topics_that_a_newcomer_sees_first_are_plain_words(clock, story):
    world = build_world(story, clock)
    topics = {each.topic for each in world.meetings.values() if each.host_id == world.user("dana").id}

    assert topics
    assert not [topic for topic in topics if set(topic) & set('<>"{}')]


def test_the_quiet_day_has_no_running_meeting(dana):
    assert dana.json("/users/me/meetings", type="live")["meetings"] == []


def test_people_come_and_go_in_the_live_meeting(clock):
    world = build_world("live-meeting", clock)
    instance = world.live_instance(LIVE)
    crowds = []
    for _ in range(30):
        crowds.append(frozenset(join.name for join in instance.present(world.now()) if not join.waiting))
        world.tick(60)

    assert len(set(crowds)) > 10
    assert all(len(crowd) >= 3 for crowd in crowds)


def test_same_start_gives_the_same_meeting(clock):
    def rows(world: World) -> list[tuple]:
        instance = world.live_instance(LIVE)
        return [(join.name, join.join_at, join.leave_at, join.waiting) for join in instance.joins]

    assert rows(build_world("live-meeting", clock)) == rows(build_world("live-meeting", clock))


def test_passing_time_sends_the_events_of_that_time(clock):
    world = build_world("live-meeting", clock)
    heard: list[dict] = []
    world.on_event(heard.append)

    world.tick(3600)

    kinds = Counter(event["event"] for event in heard)
    moments = [event["event_ts"] for event in heard]
    assert moments == sorted(moments)
    assert {
        "meeting.participant_joined",
        "meeting.participant_left",
        "meeting.participant_joined_waiting_room",
        "meeting.participant_admitted",
    } == set(kinds)
    assert all(isinstance(event["payload"]["object"]["id"], str) for event in heard)


def test_a_thousand_are_in_the_all_hands(clock):
    world = build_world("all-hands", clock)
    dana = caller(world, "dana")

    page = dana.json(f"/metrics/meetings/{ALL_HANDS}/participants", page_size=300)
    people = {join.participant_uuid for join in world.live_instance(ALL_HANDS).joins}

    assert len(people) == 1000
    assert page["total_records"] >= 1000 and page["page_count"] >= 4


def test_the_personal_app_has_no_admin_scopes(clock):
    world = build_world("personal-app", clock)
    priya = caller(world, "priya")

    assert world.me.key == "priya"
    assert not [scope for scope in world.scopes("dana") if scope.endswith(":admin")]
    assert priya.get("/users/me/recordings").status_code == 200


def test_the_free_plan_is_free(clock):
    world = build_world("free-plan", clock)

    assert world.me.key == "finn"
    assert refusal(caller(world, "finn").get("/users/me/recordings")) == (400, 200)


def test_attacking_names_are_returned_unchanged(clock):
    world = build_world("attacking-names", clock)
    number = world.live_instance().meeting_id

    rows = caller(world, "dana").json(f"/metrics/meetings/{number}/participants")["participants"]

    assert set(NAMES) <= {row["user_name"] for row in rows}


def test_a_year_has_four_recordings_a_week(clock):
    world = build_world("year-of-recordings", clock)
    dana = caller(world, "dana")
    world.switches.recordings_range = "honour"

    kept = dana.json("/users/me/recordings", from_="2025-03-05", to="2026-03-04", page_size=300)
    trash = dana.json("/users/me/recordings", trash="true")

    assert 180 <= kept["total_records"] <= 210
    assert trash["total_records"] >= 10


def test_another_story_keeps_the_grant_and_gives_it_that_storys_scopes(world, dana):
    world.load_story("personal-app")

    assert dana.get("/users/me").status_code == 200
    assert refusal(dana.get("/metrics/meetings")) == (400, 4711)


def test_participant_waits_is_admitted_changes_role_and_leaves(world, clock):
    heard: list[dict] = []
    world.on_event(heard.append)
    instance = world.start_meeting(WEEKLY)
    waiting = world.join(instance, name="Guest Lee", waiting=True)
    clock.at += 30
    inside = world.admit(instance, waiting)
    world.set_role(instance, inside, "co-host")
    clock.at += 30
    world.leave(instance, inside, "Left.<br>Reason: bored")
    world.end_meeting(instance)

    assert [event["event"] for event in heard] == [
        "meeting.started",
        "meeting.participant_joined_waiting_room",
        "meeting.participant_admitted",
        "meeting.participant_joined",
        "meeting.participant_role_changed",
        "meeting.participant_left",
        "meeting.ended",
    ]
    people = [event["payload"]["object"].get("participant", {}) for event in heard]
    assert people[1]["participant_uuid"] == people[3]["participant_uuid"]
    assert people[1]["user_id"] != people[3]["user_id"]
    assert (people[4]["old_role"], people[4]["new_role"]) == ("attendee", "co-host")
    assert people[5]["leave_reason"] == "Left.<br>Reason: bored"


def test_the_end_of_a_meeting_ends_every_stay(world, clock):
    heard: list[str] = []
    instance = world.start_meeting(WEEKLY)
    world.join(instance, "dana")
    world.join(instance, "jonas")
    world.on_event(lambda event: heard.append(event["event"]))
    clock.at += 60

    world.end_meeting(instance)

    assert heard == ["meeting.participant_left", "meeting.participant_left", "meeting.ended"]
    assert {join.leave_at for join in instance.joins} == {clock.at}


def test_nothing_planned_happens_in_a_meeting_that_was_ended(clock):
    world = build_world("live-meeting", clock)
    instance = world.live_instance(LIVE)
    instance.recording = False
    world.end_meeting(instance)
    heard: list[dict] = []
    world.on_event(heard.append)

    world.tick(9 * 3600)

    assert heard == []
