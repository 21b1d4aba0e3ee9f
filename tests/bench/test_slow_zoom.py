"""The benchmark's slow Zoom answers as the offline Zoom does, with the ids of the person who asks."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from bench.slow_zoom import RUNNING, SlowZoom, account_of
from zoomapp.zoom.endpoints import LIST_LIVE_PARTICIPANTS
from zoomapp.zoom.scopes import accepted


@pytest.fixture(scope="module")
def zoom():
    return SlowZoom(call_seconds=0)


def run(coroutine):
    """The result of a coroutine, run in a thread of its own: after a browser test this one has an event loop."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, coroutine).result()


def call(zoom, person, target):
    """The JSON that Zoom answers to a person."""
    status, content = run(zoom.answer(target, f"a-{person}-0-xxx", {}))
    assert status == 200, content
    return json.loads(content)


def test_each_person_has_an_account_of_their_own(zoom):
    profiles = [call(zoom, person, "/v2/users/me") for person in ("quiet1", "quiet2")]

    assert [profile["id"] for profile in profiles] == ["quiet1", "quiet2"]
    assert [profile["account_id"] for profile in profiles] == [account_of("quiet1"), account_of("quiet2")]


def test_a_meeting_runs_for_the_people_of_the_live_story_only(zoom):
    live, quiet = (call(zoom, person, "/v2/users/me/meetings?type=live")["meetings"] for person in ("live1", "quiet1"))

    assert [(meeting["id"], meeting["host_id"]) for meeting in live] == [(RUNNING, "live1")]
    assert quiet == []
    assert call(zoom, "live1", f"/v2/metrics/meetings/{RUNNING}/participants?type=live")["participants"]


def test_a_grant_reads_the_dashboard(zoom):
    _, body = run(zoom.answer("/oauth/token", "", {"grant_type": "authorization_code", "code": "c-live1"}))

    assert accepted(LIST_LIVE_PARTICIPANTS) & set(body["scope"].split())


def test_an_answer_takes_the_time_of_a_call_and_a_token_does_not():
    zoom = SlowZoom(call_seconds=0.1)

    async def seconds(*arguments):
        began = asyncio.get_running_loop().time()
        await zoom.answer(*arguments)
        return asyncio.get_running_loop().time() - began

    run(seconds("/v2/users/me", "a-quiet1-0", {}))
    assert run(seconds("/v2/users/me", "a-quiet1-0", {})) >= 0.1
    assert run(seconds("/oauth/token", "", {"grant_type": "authorization_code", "code": "c-quiet1"})) < 0.1
