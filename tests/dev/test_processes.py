"""The processes of a group end with their owner, also if it is killed."""

import signal
import socket
import subprocess
import sys

from devtools import guard
from devtools.processes import NON_EPHEMERAL_PORTS, Group, free_port, is_free, wait_until
from tests.support.processes import HANG_SECONDS, alive

OWNER = """
import sys, time
from pathlib import Path
from devtools.processes import Group
group = Group(Path(sys.argv[1]))
stays, leaves = (group.start(name, ["sleep", "60"]) for name in ("stays", "leaves"))
group.stop(leaves)
print(stays.pid, flush=True)
time.sleep(60)
"""


def test_no_child_outlives_an_owner_that_was_killed(tmp_path):
    owner = subprocess.Popen([sys.executable, "-c", OWNER, tmp_path], stdout=subprocess.PIPE, text=True)
    pid = int(owner.stdout.readline())

    owner.send_signal(signal.SIGKILL)

    owner.communicate()
    assert wait_until(lambda: not alive(pid), HANG_SECONDS)


def test_the_guard_spares_released_processes(group):
    spared, ended = (group.start(name, ["sleep", "60"]) for name in ("spared", "ended"))
    words = f"+{spared.pid}\n+{ended.pid}\n-{spared.pid}\n"

    subprocess.run([sys.executable, guard.__file__], input=words, text=True, check=True)

    assert wait_until(lambda: not ended.running(), HANG_SECONDS)
    assert spared.running()


def test_a_process_that_ignores_sigterm_is_killed_with_its_children(tmp_path):
    with Group(tmp_path) as group:
        deaf = group.start("deaf", ["sh", "-c", "trap '' TERM; sleep 61 & echo $!; wait; wait"])
        assert wait_until(lambda: deaf.last_lines().isdecimal(), HANG_SECONDS)
        grandchild = int(deaf.last_lines())

        group.stop(deaf, grace_seconds=0.1)

        assert not alive(deaf.pid)
        assert wait_until(lambda: not alive(grandchild), HANG_SECONDS)


def test_a_child_that_stopped_by_itself_is_named(group):
    child = group.start("brief", ["sh", "-c", "echo that was it; exit 3"])

    child.process.wait(HANG_SECONDS)

    assert group.fallen() is child
    assert child.last_lines() == "that was it"


def test_a_port_with_a_listener_is_not_free():
    with socket.create_server(("127.0.0.1", 0)) as server:
        taken = server.getsockname()[1]

        assert not is_free(taken)
        assert free_port(taken) > taken
    assert free_port() in NON_EPHEMERAL_PORTS
