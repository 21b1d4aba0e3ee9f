"""Requests of any shape on every route of the offline Zoom: 2xx, 3xx or 4xx, and a refused one changes nothing."""

from __future__ import annotations

import copy
import json
import os
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from offline_zoom.app import create_app
from offline_zoom.oauth.scopes import admin_scopes
from offline_zoom.stories.live_meeting import LIVE
from offline_zoom.stories.quiet_day import FIXTURES, FOCUS, OFFICE, WEBINAR, WEEKLY
from offline_zoom.webhooks.sender import WebhookSender
from offline_zoom.world import World
from tests.offline_zoom.conftest import NOON, REDIRECT_URI, Clock

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "300"))
HOME = "https://app.example/"
MANAGE = ("marketplace:read:app", "marketplace:write:app", "marketplace_app:read")


class Zoom:
    """A fresh world behind the app of all worlds, and the tokens of a user who may use every endpoint."""

    def __init__(self) -> None:
        clock = Clock()
        clock.at = NOON
        self.world = World("live-meeting", clock=clock, sleep=clock.sleep, redirect_uris=[REDIRECT_URI], home_url=HOME)
        self.world.switches.unknown_endpoint_404 = True
        self.sender = WebhookSender("http://127.0.0.1:9/", "secret", clock)
        APP.extensions |= {"world": self.world, "webhooks": self.sender}
        APP.wsgi_app.world = self.world
        grant = self.world.grants.grant(self.world.user("dana").id, [*admin_scopes(), "imchat:bot", *MANAGE])
        self.bearer = f"Bearer {grant.access_token}"
        self.client = APP.test_client()

    def send(self, call: Call) -> int:
        """The status of the answer. Rate limits do not decide it."""
        method, path, query, kind, body, authorized = call
        self.world.limits.clear()
        headers = {"Authorization": self.bearer} if authorized else {}
        url = f"{path}?{query}" if query else path
        return self.client.open(url, method=method, data=body, content_type=kind, headers=headers).status_code

    def snapshot(self) -> str:
        """Everything that a refused request must not change."""
        world = self.world
        instances = [(one.uuid, one.ended_at, one.recording, len(one.joins)) for one in world.instances.values()]
        trash = [(one.uuid, one.trashed_at, one.deleted) for one in world.recordings.values()]
        tokens = [(grant.access_token, grant.access_expires_at) for grant in world.grants.by_user.values()]
        settled = (
            world.story,
            world.me.key,
            world.offset_seconds,
            world.switches,
            (world.manifest, world.redirect_uris, world.home_url, world.webhook_url),
            list(world.faults),
            self.sender.faults,
        )
        return repr((list(world.meetings.values()), instances, trash, tokens, world.deeplinks, settled))


Call = tuple[str, str, str, str, bytes, bool]
APP = create_app(World("free-plan", clock=Clock()))
ROUTES = [
    (method, rule.rule, sorted(rule.arguments))
    for rule in APP.url_map.iter_rules()
    for method in sorted(rule.methods or ())
]
#: meetings, users, files and names that exist
KNOWN = [
    *map(str, (LIVE, WEEKLY, OFFICE, FOCUS, WEBINAR, 85000000101, 4085551234)),
    *(quote(quote(uuid, safe=""), safe="") for uuid in FIXTURES),
    *(
        "me",
        "dana@example.com",
        "nobody@example.com",
        "state",
        "act",
        "authorize",
        "context",
        "client.js",
        "sandbox-app-id",
    ),
]
ODD_SEGMENTS = ["9" * 5000, "0", "-1", "1e9", "%00", "%ff", "..", "%2F", "%", "a" * 2000, "٣", "//", "%ed%a0%bd"]
TIME = "2026-03-09T10:00:00Z"
RULE = {"type": 3, "repeat_interval": 1, "monthly_day": 31}
MEETING = {
    "topic": "x",
    "type": 8,
    "start_time": TIME,
    "duration": 30,
    "timezone": "Europe/Berlin",
    "settings": {"waiting_room": True, "meeting_invitees": []},
    "recurrence": RULE,
    "tracking_fields": [{"field": "a", "value": "b"}],
}
MANIFEST = {
    "display_information": {"display_name": "x"},
    "oauth_information": {"usage": "USER_OPERATION", "scopes": [{"scope": "user:read:user"}], "oauth_allow_list": []},
    "features": {"products": ["ZOOM_MEETING"], "event_subscription": {"events": [{"event_types": ["x"]}]}},
}
#: valid bodies, in which one or two fields become odd
BODIES: dict[str, list[dict[str, Any]]] = {
    "/v2/users/<user_id>/meetings": [
        MEETING,
        {**MEETING, "recurrence": {"type": 2, "weekly_days": "2,4"}},
        {"type": 2},
    ],
    "/v2/meetings/<meeting_id>": [MEETING, {"topic": "y"}, {"recurrence": RULE, "start_time": TIME}],
    "/v2/meetings/<meeting_id>/status": [{"action": "end"}, {"action": "recover"}],
    "/v2/live_meetings/<meeting_id>/events": [
        {"method": "participant.invite", "params": {"contacts": [{"email": "a@example.com"}]}},
        {"method": "waiting_room.update", "params": {"waiting_room_title": "x"}},
        {"method": "recording.start"},
        {"method": "ai_companion.stop", "params": {"ai_companion_mode": "summary", "delete_meeting_assets": True}},
    ],
    "/v2/meetings/<meeting_id>/recordings/status": [{"action": "recover"}],
    "/v2/im/chat/messages": [
        {"robot_jid": "v1@x", "to_jid": "x", "account_id": "x", "content": {"head": {"text": "x"}}, "user_jid": "x"}
    ],
    "/v2/marketplace/apps/manifest/validate": [{"manifest": MANIFEST}],
    "/v2/marketplace/apps/<app_id>/manifest": [{"manifest": MANIFEST}],
    "/v2/zoomapp/deeplink": [{"action": "x"}],
    "/_sandbox/faults": [{"preset": "daily-limit", "count": 1}, {"route": "GET /v2/nothing", "status": 400}],
    "/_sandbox/clock": [{"tick": 60}],
    "/_sandbox/story": [{"story": "quiet-day"}],
    "/_sandbox/me": [{"user": "jonas"}],
    "/_sandbox/switches": [{"limits": "plan", "access_lifetime": 60.0, "withheld_scopes": [], "rate_limits": {}}],
    "/_sandbox/tokens": [{"do": "deauthorize", "user": "jonas"}],
    "/_sandbox/meetings": [{"start": WEEKLY}, {"end": LIVE}],
    "/client/ask/<name>": [
        {
            "seat": {"user": "dana"},
            "data": {"action": action, "on": True, "user": "ada", "name": "x", "codeChallenge": "x"},
        }
        for action in ("enter", "join", "leave", "admit", "record", "end", "waiting_room", "put_in_waiting_room")
    ],
    "/client/around": [{"seat": {"user": "dana", "role": "host"}}],
    "/client/webhooks": [{"retry": True, "mischief": {"duplicates": 1, "odd": "no-times", "stale_seconds": 5}}],
}
QUERY = {
    "type": ["live", "past", "previous_meetings", "upcoming"],
    "from": ["2026-02-20", "0001-01-01"],
    "to": ["2026-03-04", "9999-12-31"],
    "timezone": ["Europe/Berlin", "../../etc/passwd"],
    "page_size": ["1", "0"],
    "page_number": ["2", "9" * 5000],
    "next_page_token": ["AAAA"],
    "occurrence_id": ["1"],
    "include_fields": ["tracking_fields", "download_access_token"],
    "ttl": ["60", "-1"],
    "action": ["trash", "delete"],
    "trash": ["true"],
    "trash_type": ["recording_file"],
    "meeting_id": [str(WEEKLY), "9" * 5000],
    "option": ["meeting_security"],
    "email": ["dana@example.com", "x"],
    "year": ["2026", "9" * 5000, "-1"],
    "month": ["2", "13"],
    "time_filter_field": ["summary_created_time"],
    "client_id": ["sandbox-client-id"],
    "redirect_uri": [REDIRECT_URI, "http://["],
    "response_type": ["code"],
    "code_challenge": ["x"],
    "grant_type": ["authorization_code", "refresh_token"],
    "route": ["* **"],
    "last": ["-5", "9" * 5000],
    "expires": ["9" * 5000],
    "minutes": ["5", "nan", "1e308"],
    "story": ["quiet-day"],
    "user": ["jonas", "nobody"],
    "decision": ["allow"],
}
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 90),
    st.sampled_from([10**30, -1, 1e300, 1.0, 0.5, 99999999999999]),
    st.sampled_from(
        ["", "9999-12-31T00:00:00Z", "0001-01-01T00:00:00Z", "2026-13-45T99:00:00", "\ud83d", "\x00", "a" * 3000]
    ),
    st.text(max_size=5),
    st.lists(st.one_of(st.none(), st.integers(0, 3), st.just("a"), st.just({})), max_size=2),
    st.dictionaries(st.sampled_from(["type", "id", "head", "a"]), st.one_of(st.none(), st.integers(0, 3)), max_size=2),
)
BROKEN = [b"", b"{", b"null", b"[1]", b'"x"', b"\xff\xfe", b"[" * 100_000, b'{"a":NaN}', b"9" * 5000, b'{"tick":1e999}']


def odd_places(body: dict[str, Any], path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """The path of every field in a body."""
    places = []
    for name, value in body.items():
        places.append((*path, name))
        if isinstance(value, dict):
            places += odd_places(value, (*path, name))
    return places


def with_value(body: dict[str, Any], place: tuple[str, ...], value: Any) -> None:
    for name in place[:-1]:
        if not isinstance(body.get(name), dict):
            return
        body = body[name]
    body[place[-1]] = value


@st.composite
def bodies(draw: Callable[[Any], Any], route: str) -> bytes:
    """A request body: broken, or a valid one in which fields are odd."""
    if draw(st.integers(0, 9)) == 0:
        return bytes(draw(st.sampled_from(BROKEN)))
    body = copy.deepcopy(draw(st.sampled_from(BODIES.get(route, [{}]))))
    places = odd_places(body) or [("a",)]
    for place in draw(st.lists(st.sampled_from(places), max_size=2)):
        with_value(body, place, draw(VALUES))
    return json.dumps(body).encode()


@st.composite
def calls(draw: Callable[[Any], Any]) -> Call:
    """A request to one of the routes."""
    method, route, names = draw(st.sampled_from(ROUTES))
    path = route
    for name in names:
        segment = draw(
            st.one_of(st.sampled_from(KNOWN), st.sampled_from(ODD_SEGMENTS), st.text(max_size=4).map(quoted))
        )
        path = path.replace(f"<{name}>", segment).replace(f"<path:{name}>", segment)
    parameters = draw(st.lists(st.sampled_from(sorted(QUERY)), max_size=4, unique=True))
    pairs = [(name, draw(st.one_of(st.sampled_from(QUERY[name]), st.text(max_size=3)))) for name in parameters]
    query = "&".join(f"{name}={quoted(value)}" for name, value in pairs)
    form = route in ("/", "/faults") or route.startswith(("/oauth", "/marketplace"))
    kind = "application/x-www-form-urlencoded" if form else "application/json"
    body = query.encode() if form else draw(bodies(route))
    return method, path, query, kind, body if method not in ("GET", "HEAD") else b"", draw(st.integers(0, 9)) > 0


def quoted(text: str) -> str:
    return quote(text, safe="", errors="replace")


@settings(max_examples=EXAMPLES, derandomize=True, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(st.lists(calls(), min_size=1, max_size=6))
def test_any_request_is_answered_and_a_refused_one_changes_nothing(sequence):
    zoom = Zoom()
    for call in sequence:
        zoom.world.faults.clear()
        before = zoom.snapshot()

        status = zoom.send(call)

        assert 200 <= status < 500, call
        assert status < 400 or zoom.snapshot() == before, call


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"tracking_fields": ["a"]}, "tracking_fields"),
        ({"type": 8, "start_time": "9999-12-31T00:00:00Z", "recurrence": {"type": 3}}, "start_time"),
        ({"type": 8, "recurrence": {"type": 3, "monthly_week": 1.0}}, "recurrence.monthly_week"),
        ({"settings": {"meeting_invitees": "dana"}}, "settings.meeting_invitees"),
    ],
)
def test_meeting_with_an_odd_field_is_refused_and_not_created(dana, world, body, field):
    before = len(world.meetings)

    answer = dana.call("POST", "/users/me/meetings", json=body)

    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert len(world.meetings) == before


def test_null_in_a_recurrence_rule_is_a_missing_value(dana):
    rule = {"type": 3, "repeat_interval": None, "monthly_week": None, "weekly_days": None, "end_times": 2}

    made = dana.call("POST", "/users/me/meetings", json={"type": 8, "recurrence": rule})

    assert made.status_code == 201
    assert made.json()["recurrence"] == {"type": 3, "repeat_interval": 1, "end_times": 2}


@pytest.mark.parametrize(
    "path", ["/meetings/{}", "/past_meetings/{}", "/meetings/{}/recordings", "/metrics/meetings/{}"]
)
def test_meeting_number_of_5000_digits_does_not_exist(dana, path):
    assert dana.get(path.format("9" * 5000)).status_code == 404


def test_client_of_an_unknown_user_is_not_found(world):
    answer = create_app(world).test_client().post("/client/around", json={"seat": {"user": "nobody"}})

    assert answer.status_code == 404


def test_invitation_of_a_meeting_without_passcode_has_no_passcode_line(dana, world):
    world.meetings[WEEKLY].password = ""

    text = dana.json(f"/meetings/{WEEKLY}/invitation")["invitation"]

    assert f"Meeting ID: {WEEKLY}" in text
    assert "Passcode" not in text
