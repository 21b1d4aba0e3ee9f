"""`dev.py run`, started as a person would, in a copy of the project."""

import html
import os
import re
import signal
import socket
import sys

import pytest
import requests

from devtools.processes import free_port, wait_until
from devtools.run import DEFAULT_PORT, chosen_port
from tests.support.processes import HANG_SECONDS, alive, status
from tests.support.servers import clean_environ


@pytest.fixture
def launch(group, checkout):
    """A factory of runs that may fail."""

    def start(**environ):
        chosen = {"PORT": str(free_port()), **environ}
        return group.start("failing", [sys.executable, "dev.py", "run"], clean_environ(**chosen), checkout)

    return start


def commands(run):
    """The command line of each process of a run."""
    return {pid: os.popen(f"ps -ww -o args= -p {pid}").read() for pid in run.pids}


def test_prints_one_line_with_the_address(dev_run):
    run = dev_run()

    address = r"http://127\.0\.0\.1:\d+/"
    assert re.fullmatch(rf"Rollcall is ready: {address} \(offline Zoom: {address}\)\n", run.child.log.read_text())
    assert status(run.url + "/readyz") == 200


@pytest.mark.parametrize(
    "how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL], ids=lambda how: how.name
)
def test_leaves_no_process_behind(dev_run, how):
    run = dev_run()
    pids = run.pids
    assert len(pids) >= 6  # launcher, guard, database, sandbox, gunicorn and its workers

    run.child.process.send_signal(how)

    assert run.child.process.wait(HANG_SECONDS) == (-how if how is signal.SIGKILL else 0)
    assert wait_until(lambda: not any(alive(pid) for pid in pids), HANG_SECONDS)


def test_ends_when_a_part_stops_by_itself(dev_run):
    run = dev_run()
    pids = run.pids
    database = next(pid for pid, command in commands(run).items() if "valkey-server" in command)

    os.kill(database, signal.SIGKILL)

    assert run.child.process.wait(HANG_SECONDS) == 1
    assert "The database stopped (exit status -9). Its last lines:" in run.child.log.read_text()
    assert wait_until(lambda: not any(alive(pid) for pid in pids), HANG_SECONDS)


def test_names_every_fault_of_settings_made_by_hand(launch):
    child = launch(ZOOM_CLIENT_ID="mine", PUBLIC_URL="nonsense")

    assert child.process.wait(HANG_SECONDS) == 1
    said = child.log.read_text()
    assert "ZOOM_CLIENT_SECRET is missing." in said
    assert "PUBLIC_URL must be an address" in said
    assert "Traceback" not in said


def test_uses_the_zoom_and_the_redis_of_the_environment(dev_run, redis_url):
    run = dev_run(ZOOM_CLIENT_ID="mine", ZOOM_CLIENT_SECRET="mine", REDIS_URL=redis_url)

    running = "".join(commands(run).values())
    assert "gunicorn" in running
    assert "valkey-server" not in running
    assert "sandbox" not in running + run.child.log.read_text()


def test_a_given_port_that_is_taken_is_named_before_anything_is_installed_or_started(launch, checkout):
    (checkout / ".venv").unlink()
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        child = launch(PORT=str(port))

        assert child.process.wait(HANG_SECONDS) == 2
    sentence = f"Port {port} is taken. Set PORT to another one, or unset it to use the next free one.\n"
    assert child.log.read_text() == sentence
    assert not (checkout / ".venv").exists()
    assert not (checkout / ".data" / "logs").exists()


def test_without_a_given_port_the_next_free_one_is_taken():
    first = chosen_port("")
    assert first >= DEFAULT_PORT

    with socket.create_server(("127.0.0.1", first)):
        assert chosen_port("") > first


def test_a_second_run_from_the_same_folder_prints_the_address_of_the_first(dev_run, launch):
    run = dev_run()
    port = run.url.rsplit(":", 1)[1]

    for environ in ({}, {"PORT": port}):
        second = launch(**environ)

        assert second.process.wait(HANG_SECONDS) == 0
        words = f"Rollcall is already running from this folder: Rollcall is ready: {run.url}/"
        assert second.log.read_text().startswith(words)
    assert status(run.url + "/readyz") == 200


@pytest.mark.parametrize("port", ["http", "0", "65536"])
def test_refuses_a_port_that_is_no_number(launch, port):
    child = launch(PORT=port)

    assert child.process.wait(HANG_SECONDS) == 2
    assert child.log.read_text() == f"PORT must be a number between 1 and 65535, not {port!r}.\n"


def test_app_goes_on_after_a_developer_let_time_pass(dev_run):
    run = dev_run()
    zoom = re.search(r"offline Zoom: (http://[\d.:]+)", run.child.log.read_text())[1]

    def control(path, **body):
        return requests.post(f"{zoom}{path}", json=body, timeout=HANG_SECONDS).json()

    def deliveries():
        return [entry for entry in control("/client/webhooks")["log"] if entry["event"].startswith("meeting.")]

    control("/_sandbox/story", story="live-meeting")
    control("/_sandbox/switches", auto_consent=True)
    browser = requests.Session()
    assert browser.get(f"{run.url}/api/zoomapp/install", timeout=HANG_SECONDS).url.startswith(run.url)
    (number,) = requests.get(f"{zoom}/_sandbox/", timeout=HANG_SECONDS).json()["live"]

    control("/_sandbox/clock", tick=2 * 3600)

    assert wait_until(lambda: deliveries() and all(entry["attempts"] for entry in deliveries()), HANG_SECONDS)
    assert {entry["attempts"][-1]["status"] for entry in deliveries()} == {204}
    seat = {"seat": {"user": "dana"}, "data": {}}
    present = {each["screenName"] for each in control("/client/ask/state", **seat)["answer"]["participants"]}
    assert len(present) > 1

    def shown():
        page = browser.get(f"{run.url}/participants/{number}", headers={"Accept": "text/html"}, timeout=HANG_SECONDS)
        here = re.search(r'data-here="(\d+)"', page.text)
        return int(here[1]) if here else 0, {name for name in present if name in html.unescape(page.text)}

    assert wait_until(lambda: shown() == (len(present), present), HANG_SECONDS), shown()
