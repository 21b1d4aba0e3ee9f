"""Zoom clients by other authors, against a running offline Zoom."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from zoomus import ZoomClient

from devtools import npm
from devtools.processes import free_port
from offline_zoom.oauth.scopes import admin_scopes
from offline_zoom.serving.server import serve
from offline_zoom.stories.quiet_day import FIXTURES, WEEKLY
from offline_zoom.world import World
from tests.offline_zoom.conftest import REDIRECT_URI
from tests.offline_zoom.test_grants import VERIFIER
from tests.offline_zoom.test_run import RUN, environ_of_a_person
from tests.support.processes import HANG_SECONDS

RIVET = Path(__file__).with_name("rivet")
#: names that a receiver of events has to write as Zoom does, to verify their signature
NAMES = [
    "会议室 山田太郎",
    "مرحبا بالعالم",
    "\U0001f469\u200d\U0001f467 \U0001f389",
    "שלום",
    "नमस्ते ไทย",
    'Ünïcødé “q” \\ / " <b>',
    "a\u2028b\u200fc",
    "\U00020bb7野家",
]


@pytest.fixture
def world() -> Iterator[World]:
    world = World(redirect_uris=[REDIRECT_URI])
    world.switches.auto_consent = True
    with serve(world):
        yield world


@pytest.fixture
def authlib(world: World) -> OAuth2Session:
    return OAuth2Session(world.client_id, world.client_secret, redirect_uri=REDIRECT_URI, code_challenge_method="S256")


def test_authlib_completes_the_authorization_code_grant(world, authlib):
    token_url = f"{world.base_url}/oauth/token"
    address, state = authlib.create_authorization_url(f"{world.base_url}/oauth/authorize", code_verifier=VERIFIER)
    back = requests.get(address, allow_redirects=False).headers["Location"]

    first = authlib.fetch_token(token_url, authorization_response=back, state=state, code_verifier=VERIFIER)
    me = authlib.get(f"{first['api_url']}/v2/users/me").json()
    second = authlib.refresh_token(token_url)
    again = authlib.get(f"{world.base_url}/v2/users/me").json()
    revoked = authlib.revoke_token(f"{world.base_url}/oauth/revoke", token=second["access_token"])

    assert me == again
    assert me["email"] == "dana@example.com"
    assert second["refresh_token"] != first["refresh_token"]
    assert revoked.json() == {"status": "success"}
    assert authlib.get(f"{world.base_url}/v2/users/me").status_code == 401


def test_authlib_with_another_verifier_is_refused(world, authlib):
    address, _ = authlib.create_authorization_url(f"{world.base_url}/oauth/authorize", code_verifier=VERIFIER)
    back = requests.get(address, allow_redirects=False).headers["Location"]

    with pytest.raises(OAuthError, match="invalid_grant"):
        authlib.fetch_token(f"{world.base_url}/oauth/token", authorization_response=back, code_verifier=VERIFIER + "x")


@pytest.fixture
def zoomus(world: World) -> ZoomClient:
    """A client with the account's Server-to-Server app, which may do everything here."""
    world.account_app.scopes = admin_scopes()
    return ZoomClient(
        world.account_app.client_id,
        world.account_app.client_secret,
        world.user("ada").account_id,
        base_uri=f"{world.base_url}/v2",
        oauth_uri=f"{world.base_url}/oauth/token",
    )


def test_zoomus_lists_users_and_their_meetings(world, zoomus):
    users = zoomus.user.list().json()["users"]
    dana = next(user for user in users if user["email"] == "dana@example.com")

    meetings = zoomus.meeting.list(user_id=dana["id"]).json()["meetings"]

    assert zoomus.user.get(id=dana["id"]).json()["display_name"] == "Dana Okoye"
    assert WEEKLY in {meeting["id"] for meeting in meetings}


def test_zoomus_makes_changes_and_deletes_a_meeting(world, zoomus):
    made = zoomus.meeting.create(user_id=world.user("dana").id, topic="From outside", type=2)
    number = made.json()["id"]

    changed = zoomus.meeting.update(id=number, topic="Changed")
    topic = zoomus.meeting.get(id=number).json()["topic"]
    deleted = zoomus.meeting.delete(id=number)

    assert (made.status_code, changed.status_code, deleted.status_code) == (201, 204, 204)
    assert topic == "Changed"
    assert zoomus.meeting.get(id=number).status_code == 404


def test_zoomus_lists_recordings(world, zoomus):
    one = zoomus.recording.get(meeting_id=WEEKLY).json()
    days = {"from": one["start_time"][:10], "to": one["start_time"][:10]}

    rows = zoomus.recording.list(user_id=world.user("dana").id, **days).json()["meetings"]

    assert FIXTURES[2] in {row["uuid"] for row in rows}


# It writes a UUID with a leading or double slash twice-encoded, and any other as it is.
@pytest.mark.parametrize("uuid", [WEEKLY, *FIXTURES[1:]])
def test_zoomus_lists_participants(zoomus, uuid):
    past = zoomus.past_meeting.get_participants(meeting_id=str(uuid)).json()
    live = zoomus.metric.list_participants(meeting_id=str(uuid), type="past").json()

    assert past["total_records"] == live["total_records"] == 9


def test_zoomus_reads_a_report_and_instances(zoomus):
    report = zoomus.report.get_meeting_participants_report(id=WEEKLY).json()
    instances = zoomus.past_meeting.list(meeting_id=str(WEEKLY)).json()["meetings"]

    assert {"Dana Okoye", "Guest Lee"} <= {row["name"] for row in report["participants"]}
    assert set(FIXTURES[1:]) <= {row["uuid"] for row in instances}


def test_rivet_signs_in_calls_zoom_and_verifies_events_with_names_in_every_script():
    node = shutil.which("node")
    if not node or not shutil.which("npm"):
        pytest.skip("there is no Node")
    npm.ensure(RIVET)
    port = str(free_port())
    url = f"http://127.0.0.1:{port}"
    options = ["--auto-consent", "--story", "live-meeting", "--redirect-uri", f"{url}/zoom/oauth/callback"]
    options += ["--webhook-url", f"{url}/zoom/events", "--webhook-secret", "a-secret-of-the-test"]

    done = subprocess.run(
        [*RUN, *options, "--", node, str(RIVET / "program.mjs"), port, *NAMES],
        capture_output=True,
        text=True,
        env=environ_of_a_person(),
        timeout=HANG_SECONDS,
    )

    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["statuses"] == [200, 204, 204]
    assert said["rotated"] and said["report"] and said["messageTo"]
    assert said["read"] == NAMES[:2]
    assert "3001" in said["refused"]
    assert "Weekly sync" in said["topics"] and "Weekly sync" in said["recordings"]
    assert said["me"] in said["users"] and said["me"] == "dana@example.com"
    assert said["events"] == [NAMES[0], *NAMES, "deleted"]
    assert "not simulated" not in done.stderr and "refused" not in done.stderr
