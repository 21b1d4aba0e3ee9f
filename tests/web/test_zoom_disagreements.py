"""The app works with each of the answers about which Zoom's sources disagree."""

import pytest

from offline_zoom.switches import CODES
from tests.web.reading import read


@pytest.mark.parametrize("code", CODES["missing_scope_code"])
def test_missing_scope_is_named_with_each_code_that_zoom_sends(dana, world, code):
    world.switches.change({"missing_scope_code": code})
    grant = world.grants.by_user[dana.id]
    grant.scopes = [scope for scope in grant.scopes if "list_user_recordings" not in scope]

    text = read(dana.look("/recordings"))

    assert "One permission is missing" in text
    assert "cloud_recording:read:list_user_recordings" in text


@pytest.mark.parametrize("code", CODES["per_second_code"])
def test_per_second_limit_is_a_wait_with_each_code_that_zoom_sends(dana, world, code):
    world.switches.change({"per_second_code": code, "limits": "plan", "rate_limits": {"Medium": 0}})

    text = read(dana.look("/recordings"), 429)

    assert "Zoom asked us to slow down" in text


@pytest.mark.parametrize("value", [True, False])
def test_user_signs_in_inside_the_client_with_and_without_s256(dana, world, value):
    world.switches.change({"in_client_s256": value})

    assert dana.authorize_in_client().status_code == 200


def test_recordings_are_listed_whether_zoom_shortens_a_range_or_not(dana, world):
    path = "/recordings?from=2026-01-10&to=2026-02-28"
    clamped = read(dana.look(path))
    world.switches.change({"recordings_range": "honour"})

    assert "Weekly sync" in clamped
    assert read(dana.look(path)) == clamped
