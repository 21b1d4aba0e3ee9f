"""The offline Zoom as a server in this process and as a command."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from offline_zoom.production import production_signs
from offline_zoom.serving.server import serve
from offline_zoom.stories.quiet_day import FIXTURES
from offline_zoom.world import World
from tests.offline_zoom.conftest import REDIRECT_URI
from tests.offline_zoom.test_endpoints import SEGMENTS
from tests.support.processes import HANG_SECONDS

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def served() -> Iterator[tuple[World, str]]:
    world = World(redirect_uris=[REDIRECT_URI])
    with serve(world) as server:
        yield world, server.url


def bearer(world: World) -> dict[str, str]:
    return {"Authorization": f"Bearer {world.grants.grant(world.user('dana').id, world.scopes('dana')).access_token}"}


def certificate(folder: Path) -> tuple[Path, Path]:
    """A self-signed certificate for 127.0.0.1 and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sandbox")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), False)
        .sign(key, hashes.SHA256())
    )
    paths = folder / "certificate.pem", folder / "key.pem"
    paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    form = serialization.PrivateFormat.PKCS8
    paths[1].write_bytes(key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
    return paths


def test_server_url_is_in_its_responses(served):
    world, url = served
    auth = (world.client_id, world.client_secret)

    answer = requests.post(f"{url}/oauth/token", data={"grant_type": "client_credentials"}, auth=auth)

    assert answer.json()["api_url"] == url == world.base_url


@pytest.mark.parametrize("uuid", FIXTURES)
def test_paths_are_not_decoded(served, uuid):
    world, url = served

    answer = requests.get(f"{url}/v2/past_meetings/{SEGMENTS[uuid]}", headers=bearer(world))

    assert answer.json()["uuid"] == uuid


def test_connection_is_kept_alive(served):
    world, url = served
    host, port = url.removeprefix("http://").split(":")
    call = f"GET /v2/nothing HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()

    with socket.create_connection((host, int(port)), timeout=HANG_SECONDS) as connection:
        for _ in range(3):
            connection.sendall(call)
            assert b"401" in connection.recv(4096)

    assert world.calls.count("GET /v2/nothing") == 3


def test_a_body_in_chunks_is_read(served):
    world, url = served

    answer = requests.post(
        f"{url}/v2/users/me/meetings", data=iter([b'{"topic":', b' "Parts"}']), headers=bearer(world)
    )

    assert answer.json()["topic"] == "Parts"


def test_a_dropped_connection_is_a_broken_one_and_the_next_works(served):
    world, url = served
    session = requests.Session()
    for name in ("dropped-before", "dropped-after"):
        world.faults.add(name)
        with pytest.raises(requests.ConnectionError):
            session.get(f"{url}/v2/users/me")

    assert session.get(f"{url}/v2/users/me").status_code == 401


def test_a_cut_body_breaks_off(served):
    world, url = served
    world.faults.add("cut-body")

    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        requests.get(f"{url}/v2/users/me")


def test_slow_call_does_not_delay_other_calls(served):
    world, url = served
    waiting, over = threading.Event(), threading.Event()
    world.sleep = lambda seconds: (waiting.set(), over.wait(HANG_SECONDS))
    world.faults.add("slow", route="GET /v2/slow")
    slow = threading.Thread(target=requests.get, args=(f"{url}/v2/slow",))
    slow.start()
    assert waiting.wait(HANG_SECONDS)

    fast = requests.get(f"{url}/v2/fast")

    assert slow.is_alive() and fast.status_code == 401
    over.set()
    slow.join()


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "10.0.0.1", ""])
def test_a_call_for_another_host_is_not_answered(served, host):
    _, url = served

    answer = requests.get(url, headers={"Host": host})

    assert (answer.status_code, answer.headers["X-Sandbox"]) == (421, "1")


def test_server_in_a_container_has_all_addresses_and_answers_to_its_host_name():
    with serve(World(), container_name="Zoom") as server:
        port = server.url.rpartition(":")[2]
        other_address = f"http://127.0.0.2:{port}/"
        statuses = [requests.get(other_address, headers={"Host": host}).status_code for host in ("zoom:1", "evil")]

    assert statuses == [200, 421]
    assert server.url == f"http://127.0.0.1:{port}"


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "example.com"])
def test_server_listens_on_loopback_only(host):
    with pytest.raises(ValueError, match="loopback only"):
        serve(World(), host=host)


def test_server_uses_tls_with_a_certificate(tmp_path):
    paths = certificate(tmp_path)

    with serve(World(), certificate=paths) as server:
        answer = requests.get(f"{server.url}/v2/users/me", verify=str(paths[0]))

    assert server.url.startswith("https://")
    assert answer.json()["code"] == 124


def test_events_are_announced_without_requests():
    world, heard = World("live-meeting"), threading.Event()
    world.on_event(lambda event: heard.set())

    with serve(world):
        world.offset_seconds += 600
        assert heard.wait(HANG_SECONDS)


@pytest.mark.parametrize(
    ("environ", "fine"),
    [
        ({}, True),
        ({"ZOOM_HOST": "http://127.0.0.1:4000", "ZOOM_CLIENT_SECRET": "x"}, True),
        ({"ZOOM_HOST": "https://zoom.us"}, True),
        ({"ZOOM_HOST": "https://zoom.us", "ZOOM_CLIENT_SECRET": "x"}, False),
        ({"ZOOM_API_HOST": "https://api.zoomgov.com", "ZOOM_CLIENT_SECRET": "x"}, False),
        ({"ZOOM_HOST": "https://notzoom.us", "ZOOM_CLIENT_SECRET": "x"}, True),
        ({"DYNO": "web.1"}, False),
        ({"KUBERNETES_SERVICE_HOST": "10.0.0.1"}, False),
    ],
)
def test_production_environment_is_recognized(environ, fine):
    assert (production_signs(environ) == []) is fine


MODULE_COMMAND = (sys.executable, "-m", "offline_zoom")
SCRIPT_COMMAND = (str(Path(sys.executable).parent / "offline-zoom"),)


class Process:
    """A started offline Zoom. ``line`` is the first line that it printed, ``url`` its address."""

    def __init__(self, *arguments: str, command: Sequence[str] = MODULE_COMMAND, **environ: str) -> None:
        self.child = subprocess.Popen(
            [*command, "--port", "0", *arguments],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], **environ},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.child.stdout is not None
        self.line = self.child.stdout.readline().strip()
        self.url = self.line.rpartition(" ")[2]

    def stop(self, how: signal.Signals = signal.SIGTERM) -> tuple[int, str]:
        """The exit status and what was said on standard error."""
        self.child.send_signal(how)
        _, said = self.child.communicate(timeout=HANG_SECONDS)
        return self.child.returncode, said


@pytest.mark.parametrize("command", [MODULE_COMMAND, SCRIPT_COMMAND], ids=["python -m offline_zoom", "offline-zoom"])
def test_both_commands_start_the_offline_zoom(command):
    process = Process(command=command)

    page = requests.get(process.url)
    process.stop()

    assert "Offline Zoom" in page.text


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_command_prints_its_address_first_and_stops_quietly(how):
    process = Process("--story", "all-hands")

    assert process.line == f"offline-zoom: all-hands on {process.url}"
    assert requests.get(process.url).status_code == 200
    assert process.stop(how) == (0, "")


def test_command_prints_credentials_and_an_environment():
    process = Process("--client-secret", "it's ours", "--webhook-secret", "signed")
    text = "".join(process.child.stdout.readline() for _ in range(12))

    assert process.stop() == (0, "")
    assert f"client window  {process.url}/client\n" in text
    assert "client id      sandbox-client-id\n" in text
    assert f"\nexport ZOOM_API_HOST={process.url}\n" in text
    assert "\nexport ZOOM_CLIENT_SECRET='it'\"'\"'s ours'\n" in text
    assert "\nexport ZOOM_WEBHOOK_SECRET=signed\n" in text


def test_command_prints_json_for_programs():
    process = Process("--json", "--auto-consent", "--fault", "server-error:2")
    summary = json.loads(process.line)

    assert requests.get(summary["client_url"]).status_code == 200
    (fault,) = requests.get(f"{summary['url']}/_sandbox/faults").json()["faults"]
    assert (fault["status"], fault["count"]) == (500, 2)
    assert summary["environment"]["ZOOM_ACCOUNT_ID"] == summary["account_id"] == "aB3dE5fG7hI9jK1lM3nO5p"
    assert process.stop() == (0, "")


def test_command_does_not_start_in_a_production_environment():
    process = Process(DYNO="web.1")

    _, said = process.child.communicate(timeout=HANG_SECONDS)
    assert process.child.returncode == 1
    assert "looks like production (DYNO)" in said


def test_command_reports_a_port_that_is_in_use(served):
    _, url = served
    process = Process("--port", url.rpartition(":")[2])

    _, said = process.child.communicate(timeout=HANG_SECONDS)
    assert process.child.returncode == 1
    assert "offline-zoom:" in said


def test_grants_and_edited_meetings_survive_a_restart(tmp_path):
    data = ["--data", str(tmp_path), "--client-id", "us", "--client-secret", "ours"]
    first = Process(*data)
    form = {"grant_type": "client_credentials"}
    requests.post(f"{first.url}/_sandbox/story", json={"story": "live-meeting"})
    robot = requests.post(f"{first.url}/oauth/token", data=form, auth=("us", "ours")).json()
    first.stop(signal.SIGKILL)

    second = Process(*data)
    state = requests.get(f"{second.url}/_sandbox/").json()
    headers = {"Authorization": f"Bearer {robot['access_token']}"}
    refused = requests.post(f"{second.url}/v2/im/chat/messages", json={}, headers=headers).json()
    second.stop()

    assert state["story"] == "live-meeting"
    assert refused["code"] == 7001


def test_data_file_restores_grants_meetings_and_trash(tmp_path, clock):
    first = World(clock=clock, data=tmp_path)
    grant = first.grants.grant(first.user("dana").id, ["a"])
    number = 85000000101
    first.meetings[number].topic, first.meetings[number].edited = "Renamed", True
    first.recordings[FIXTURES[2]].trashed_at = clock.at
    first.save()

    second = World(clock=clock, data=tmp_path)

    assert second.grants.by_user[grant.user_id] == grant
    assert second.meetings[number].topic == "Renamed"
    assert second.recordings[FIXTURES[2]].trashed_at == clock.at
    assert oct((tmp_path / "sandbox.json").stat().st_mode)[-3:] == "600"


@pytest.mark.parametrize("kept", ["", "{", "[]", "null", '{"version": 0, "story": "free-plan"}'])
def test_unreadable_data_file_is_ignored(tmp_path, kept):
    (tmp_path / "sandbox.json").write_text(kept)

    assert World(data=tmp_path).story == "quiet-day"


def test_data_file_is_json(tmp_path):
    world = World(data=tmp_path)
    world.load_story("free-plan")

    assert json.loads((tmp_path / "sandbox.json").read_text())["story"] == "free-plan"
