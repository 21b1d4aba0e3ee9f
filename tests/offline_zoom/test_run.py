"""The command ``offline-zoom run``: exit status, signals, expected calls, and what it reports."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from devtools.processes import wait_until
from offline_zoom.__main__ import main
from offline_zoom.call_log import Call, CallLog
from offline_zoom.commands.run import split
from offline_zoom.expectations import parse, unmet
from offline_zoom.intercept.command import Command
from tests.support.processes import HANG_SECONDS, alive

ROOT = Path(__file__).resolve().parents[2]
RUN = (sys.executable, "-m", "offline_zoom", "run")


def environ_of_a_person(**more: str) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), **more}


@pytest.mark.parametrize(
    ("command", "status"),
    [
        (["sh", "-c", "exit 7"], 7),
        (["true"], 0),
        (["sh", "-c", "kill -TERM $$"], 128 + signal.SIGTERM),
        (["no-such-program"], 127),
        ([str(ROOT / "README.md")], 126),
    ],
)
def test_exit_status_is_that_of_the_command(command, status):
    handler = signal.getsignal(signal.SIGTERM)

    assert Command(command, os.environ).run() == status
    assert signal.getsignal(signal.SIGTERM) is handler


@pytest.mark.parametrize(
    ("in_terminal", "signals", "first"), [(False, ("INT",), signal.SIGINT), (True, ("INT", "USR1"), signal.SIGUSR1)]
)
def test_ctrl_c_is_passed_on_only_where_no_terminal_does_it(in_terminal, signals, first):
    """The command sends signals to its parent, and ends with the first that comes back."""
    sent = "; ".join(f"kill -{name} $PPID" for name in signals)
    command = Command(["sh", "-c", f"{sent}; exec sleep 1000"], os.environ)
    command.in_terminal = in_terminal

    assert command.run() == 128 + first


def test_signal_that_another_thread_receives_is_passed_on(tmp_path):
    """The system may choose any thread, such as one of the offline Zoom's, if two signals come at the same time."""
    started = tmp_path / "started"

    def receive():
        wait_until(started.exists, HANG_SECONDS)
        signal.pthread_kill(threading.get_ident(), signal.SIGUSR1)

    receiver = threading.Thread(target=receive)
    receiver.start()

    assert Command(["sh", "-c", f"touch {started}; exec sleep 1000"], os.environ).run() == 128 + signal.SIGUSR1
    receiver.join()


def test_command_shares_the_process_group_in_a_terminal_only(tmp_path):
    groups = {}
    for in_terminal in (True, False):
        command = Command([sys.executable, "-c", "import os; print(os.getpgrp(), file=open('group', 'w'))"], os.environ)
        command.in_terminal = in_terminal
        with contextlib.chdir(tmp_path):
            assert command.run() == 0
        groups[in_terminal] = int((tmp_path / "group").read_text())

    assert groups[True] == os.getpgrp() != groups[False]


PROGRAM = """
import os, signal, subprocess, sys, time
def end(number, frame):
    print("got", signal.Signals(number).name, flush=True)
    sys.exit(3)
signal.signal(signal.SIGTERM, end)
background = subprocess.Popen(["sleep", "1000"], stdout=subprocess.DEVNULL)
print(os.getpid(), background.pid, flush=True)
while True:
    time.sleep(0.1)
"""


@pytest.fixture
def running(tmp_path):
    """``offline-zoom run`` and its command: the process, the command's output, the ids of the command and its child."""
    output = tmp_path / "output"
    with output.open("w") as stdout:
        process = subprocess.Popen(
            [*RUN, "--quiet", "--", sys.executable, "-c", PROGRAM],
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            env=environ_of_a_person(),
        )
    assert wait_until(lambda: output.read_text().endswith("\n"), HANG_SECONDS)
    pids = [int(word) for word in output.read_text().split()]
    yield process, output, pids
    process.kill()
    process.wait()
    for pid in filter(alive, pids):
        os.kill(pid, signal.SIGKILL)


def test_a_signal_is_passed_on_and_no_process_stays(running):
    process, output, pids = running

    process.terminate()

    assert process.wait(HANG_SECONDS) == 3
    assert output.read_text().endswith("\ngot SIGTERM\n")
    assert wait_until(lambda: not any(map(alive, pids)), HANG_SECONDS)


def test_the_command_ends_when_offline_zoom_is_killed(running):
    process, output, pids = running

    process.kill()

    assert wait_until(lambda: not any(map(alive, pids)), HANG_SECONDS)
    assert output.read_text().endswith("\ngot SIGTERM\n")


CLIENT = """
import os, requests
auth = os.environ["ZOOM_CLIENT_ID"], os.environ["ZOOM_CLIENT_SECRET"]
form = {"grant_type": "account_credentials", "account_id": os.environ["ZOOM_ACCOUNT_ID"]}
answer = requests.post("https://zoom.us/oauth/token", form, auth=auth).json()
headers = {"Authorization": "Bearer " + answer["access_token"]}
for path in ("/users?page_size=1&access_token=hidden", "/webinars/7", "/meetings/1"):
    print(requests.get("https://api.zoom.us/v2" + path, headers=headers).text)
print(auth, answer["api_url"])
try:
    requests.get("https://pypi.org/")
except requests.RequestException:
    pass
"""


def test_run_reports_calls_that_were_missing_refused_or_not_simulated(tmp_path):
    expected, archive = tmp_path / "expected", tmp_path / "calls.har"
    expected.write_text(
        "POST /oauth/token\nGET /v2/users\nGET /v2/meetings/1 404\n\nGET /v2/meetings/*  # refused\nDELETE /v2/**\n"
    )

    done = subprocess.run(
        [
            *RUN,
            "--server-to-server",
            "--expect",
            str(expected),
            "--har",
            str(archive),
            "--",
            sys.executable,
            "-c",
            CLIENT,
        ],
        capture_output=True,
        text=True,
        env=environ_of_a_person(ZOOM_CLIENT_ID="own-id", ZOOM_CLIENT_SECRET="own-secret"),
        timeout=HANG_SECONDS,
    )

    assert done.returncode == 1
    assert "The offline Zoom does not simulate GET /v2/webinars/7." in done.stdout
    assert done.stdout.endswith("\n('own-id', 'own-secret') https://api.zoom.us\n")
    assert done.stderr.replace("offline-zoom: ", "").splitlines()[1:] == [
        "Zoom was called 4 times",
        "not simulated: GET /v2/webinars/7",
        "refused: pypi.org, once; --allow pypi.org",
        f"{expected}, line 5: GET /v2/meetings/* was refused with 404",
        f"{expected}, line 6: DELETE /v2/** was not called",
    ]
    entries = json.loads(archive.read_text())["log"]["entries"]
    assert [entry["response"]["status"] for entry in entries] == [200, 200, 501, 404]
    assert entries[1]["request"]["url"] == "https://api.zoom.us/v2/users?page_size=1&access_token=%28removed%29"
    assert "hidden" not in archive.read_text() and "Bearer" not in archive.read_text()


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["--"], 2, "needs a command"),
        (["--expect", "/dev/null/x", "--", "true"], 2, "/dev/null/x: Not a directory"),
        (["--fault", "no-such-fault", "--", "true"], 2, "there is no fault named no-such-fault"),
        (["--data", "/dev/null/x", "--", "true"], 1, "Not a directory"),
        (["--port", "70000", "--", "true"], 1, "port must be 0-65535"),
    ],
)
def test_wrong_arguments_are_named_before_the_command_starts(arguments, status, message, capfd):
    try:
        result = main(["run", *arguments])
    except SystemExit as error:
        result = error.code

    assert result == status
    assert message in capfd.readouterr().err


def test_endpoints_command_names_a_file_that_is_missing(tmp_path, capsys):
    assert main(["endpoints", "--write", str(tmp_path / "missing.md")]) == 1
    assert "missing.md" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "command"),
    [
        (["--quiet", "--", "npm", "test"], ["npm", "test"]),
        (["--quiet", "npm", "test", "--quiet"], ["npm", "test", "--quiet"]),
        (["npm", "run", "test", "--", "--flag"], ["npm", "run", "test", "--", "--flag"]),
        (["--", "npm", "run", "test", "--", "--flag"], ["npm", "run", "test", "--", "--flag"]),
        ([], []),
    ],
)
def test_command_begins_after_two_dashes_or_with_the_first_word_that_is_no_option(arguments, command):
    assert split(arguments)[1] == command


def calls(*statuses: int) -> CallLog:
    log = CallLog()
    for status in statuses:
        log.add(Call("GET", "/v2/users/me", status=status))
    return log


@pytest.mark.parametrize(
    ("statuses", "line", "problem"),
    [
        ((200,), "GET /v2/users/*", ""),
        ((429, 200), "get /v2/users/me", ""),
        ((429, 503), "GET /v2/**", "GET /v2/** was refused with 503"),
        ((0,), "GET /v2/**", "GET /v2/** was dropped"),
        ((), "GET /v2/**", "GET /v2/** was not called"),
        ((200,), "POST /v2/users/me", "POST /v2/users/me was not called"),
        ((200, 404), "GET /v2/users/me 404", ""),
        ((200,), "GET /v2/users/me 404", "GET /v2/users/me was answered with 200, not 404"),
    ],
)
def test_expected_calls_are_compared_with_those_that_came(statuses, line, problem):
    assert unmet(parse(f"# comment\n{line}\n"), calls(*statuses)) == ([f"line 2: {problem}"] if problem else [])


@pytest.mark.parametrize("line", ["GET", "/v2/users", "GET v2/users", "GET /a 99", "GET /a x", "GET /a 200 b"])
def test_a_wrong_line_of_expected_calls_is_named(line):
    with pytest.raises(ValueError, match=r"^line 3: "):
        parse(f"GET /a\n\n{line}\n")
