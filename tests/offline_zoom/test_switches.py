"""Switches for answers and events about which Zoom's sources disagree."""

from __future__ import annotations

import pytest

from offline_zoom.oauth.grants import OAuthError
from offline_zoom.stories.quiet_day import WEEKLY


@pytest.fixture
def names(world) -> list[str]:
    """The names of the events that follow, without their common beginning."""
    names: list[str] = []
    world.on_event(lambda event: names.append(event["event"].removeprefix("meeting.")))
    return names


def test_tokens_before_a_refresh_stay_valid_for_as_long_as_the_switch_says(world, clock):
    world.switches.change({"refresh_grace": 30})
    user = world.user("dana").id
    first = world.grants.grant(user, ["a"])

    second = world.grants.refresh(first.refresh_token)
    third = world.grants.refresh(first.refresh_token)

    assert [world.grants.access(grant.access_token).user_id for grant in (first, second, third)] == [user] * 3
    clock.sleep(30)
    assert [world.grants.find(grant.access_token) for grant in (first, second)] == [None, None]
    with pytest.raises(OAuthError, match="Invalid Token!"):
        world.grants.refresh(second.refresh_token)
    assert world.grants.access(third.access_token) is third


@pytest.mark.parametrize("end", ["authorize", "deauthorize", "revoke"])
def test_new_authorization_or_removal_ends_earlier_tokens_at_once(world, end):
    world.switches.change({"refresh_grace": 30})
    user = world.user("dana").id
    first = world.grants.grant(user, ["a"])
    second = world.grants.refresh(first.refresh_token)

    if end == "authorize":
        world.grants.grant(user, ["a"])
    elif end == "deauthorize":
        world.deauthorize("dana")
    else:
        world.grants.revoke(second.access_token)

    assert world.grants.find(first.access_token) is None


def test_removal_of_an_app_that_is_not_published_has_no_event(world, names):
    world.grants.grant(world.user("dana").id, ["a"])
    world.switches.change({"deauthorized_event": False})

    world.deauthorize("dana")

    assert names == []
    assert world.grants.by_user == {}


def test_only_the_first_join_of_the_host_has_no_event_with_the_switch(world, names):
    world.switches.change({"host_join_event": False})
    meeting = world.start_meeting(WEEKLY)

    for name in ("dana", "jonas"):
        world.leave(meeting, world.join(meeting, name))
        world.join(meeting, name)

    of_dana, of_jonas = ["left", "joined"], ["joined", "left", "joined"]
    assert names == ["started", *(f"participant_{name}" for name in of_dana + of_jonas)]


def test_late_end_comes_after_the_next_start_of_the_same_meeting(world, names):
    world.switches.change({"late_end": True})

    world.end_meeting(world.start_meeting(WEEKLY))
    assert names == ["started"]
    world.start_meeting(WEEKLY)

    assert names == ["started", "started", "ended"]
