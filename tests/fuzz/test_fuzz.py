"""Random answers and events of Zoom: no page fails, no other row is lost, the proxy changes no byte.

.venv/bin/python -m pytest -q -n 0 tests/fuzz --long      five minutes instead of ten seconds
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from html import unescape
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from offline_zoom.json_text import raw_json, stringify
from offline_zoom.stories.live_meeting import LIVE
from offline_zoom.stories.quiet_day import WEEKLY
from tests.fuzz.random_answers import RandomFault, RandomRows, change_body, change_once
from zoomapp.config import Settings

LIST = re.compile(r"/(meetings|recordings|participants)[^/]*|/participants/[\w-]+")
SEEDS = st.integers(0, 2**32)
PROXIED = ["users/me", "users/me/meetings", f"meetings/{WEEKLY}", f"past_meetings/{WEEKLY}/participants"]
PROXIED += ["users/me/recordings", "metrics/meetings?from=2026-02-20&to=2026-03-02&type=past", "meetings/1"]
#: More than a fast machine checks in a second: the budget ends a test.
INPUTS_PER_SECOND = 400
fuzz = settings(derandomize=True, phases=[Phase.generate], suppress_health_check=list(HealthCheck))


@pytest.fixture(autouse=True)
def live_story(world):
    world.load_story("live-meeting")


def until_spent(budget, check, *strategies):
    """Run the check on random inputs until the time is over."""

    @settings(fuzz, max_examples=int(budget.seconds * INPUTS_PER_SECOND))
    @given(st.tuples(*strategies))
    def run(inputs: tuple[Any, ...]) -> None:
        if budget.spent():
            return
        try:
            check(*inputs)
        except BaseException:
            budget.never_ends()
            raise

    run()


def all_rows(path: str) -> str:
    """The address of a list with as many rows as it can show, so that an odd row moves no other off the page."""
    return f"{path}{'&' if '?' in path else '?'}rows=100000"


def texts(page: TestResponse) -> set[str]:
    """Each text of a page that stands alone between two tags."""
    found = re.findall(r">([^<]+)", page.data.decode(errors="replace"))
    return {" ".join(unescape(text).split()) for text in found}


def test_no_page_fails_with_random_answers_of_zoom(dana, world, pages, restore, budget):
    def check(path: str, seed: int) -> None:
        restore()
        if seed % 10 == 0:
            world.expire_access_tokens()
        fault = RandomFault(seed)
        world.faults.append(fault)

        answer = dana.look(path)

        assert answer.status_code != 500, (path, seed, fault.sent)

    until_spent(budget, check, st.sampled_from(pages), SEEDS)


def test_usual_rows_show_beside_odd_rows(dana, world, pages, restore, budget):
    lists = [all_rows(path) for path in pages if LIST.fullmatch(path)]
    usual = {}
    for path in lists:
        restore()
        usual[path] = texts(dana.look(path))

    def check(path: str, seed: int) -> None:
        restore()
        fault = RandomRows(seed)
        world.faults.append(fault)

        answer = dana.look(path)

        assert answer.status_code == 200, (path, seed)
        lost = fault.usual_names & usual[path] - texts(answer)
        assert not lost, (path, seed, lost)

    until_spent(budget, check, st.sampled_from(lists), SEEDS)


def test_proxy_relays_each_byte(dana, world, restore, budget):
    def check(path: str, seed: int) -> None:
        restore()
        fault = RandomFault(seed, "GET /v2/**")
        world.faults.append(fault)

        answer = dana.get(f"/zoom/api/v2/{path}")

        assert answer.status_code != 500, (path, seed)
        relayed = answer.status_code < 300 and answer.status_code != 204
        assert not relayed or answer.data == fault.sent[-1], (path, seed, fault.sent)

    until_spent(budget, check, st.sampled_from(PROXIED), SEEDS)


@pytest.fixture
def events(world, clock):
    """One event of every kind."""
    heard: dict[str, dict[str, Any]] = {}
    world.on_event(lambda event: heard.setdefault(event["event"], event))
    instance = world.live_instance(LIVE)
    instance.recording = True
    waiting = world.join(instance, None, "Guest Łukasz", waiting=True)
    inside = world.admit(instance, waiting)
    world.set_role(instance, inside, "co-host")
    world.join_breakout_room(instance, inside, "Room 1")
    world.leave_breakout_room(instance, inside, "Room 1")
    world.leave(instance, inside)
    world.end_meeting(instance)
    world.start_meeting(WEEKLY)
    world.tick(600)
    assert len(heard) >= 9
    return list(heard.values())


def test_webhook_takes_or_refuses_any_event(dana, world, clock, restore, events, budget, settings: Settings):
    secret = settings.zoom_webhook_secret or ""

    def check(event: dict[str, Any], seed: int) -> None:
        restore()
        rng = Random(seed)
        if seed % 2:
            changed = json.loads(stringify(event))
            change_once(rng, changed)
            body = raw_json(changed)
        else:
            body = change_body(rng, stringify(event))
        stamp = str(int(clock()))
        mac = hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
        headers = {"x-zm-request-timestamp": stamp, "x-zm-signature": f"v0={mac}"}

        answer = dana.post("/api/zoomapp/webhook", data=body, content_type="application/json", headers=headers)
        answer.close()

        assert 200 <= answer.status_code < 500, body
        assert dana.look(f"/meetings/{WEEKLY}").status_code != 500, body

    until_spent(budget, check, st.sampled_from(events), SEEDS)
