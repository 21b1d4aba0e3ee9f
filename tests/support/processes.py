"""Real processes for tests. All of them end with the test run, even when that is killed."""

import http.client
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from devtools.processes import Child, Group, wait_until

#: The time limit for every wait of a test. On a usual machine each wait takes less than a tenth of it.
HANG_SECONDS = 100
STARTED_WITHIN_SECONDS = HANG_SECONDS


@pytest.fixture(scope="session")
def processes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Group]:
    """The processes of the whole run. Their logs are in one folder."""
    with Group(tmp_path_factory.mktemp("processes")) as group:
        yield group


@pytest.fixture
def group(tmp_path: Path) -> Iterator[Group]:
    """The processes of one test, which end with it."""
    with Group(tmp_path / "logs") as group:
        yield group
        # gunicorn waits two seconds for idle connections after SIGTERM, and not at all after SIGINT.
        for child in group.children:
            child.process.send_signal(signal.SIGINT)


def family(pid: int) -> list[int]:
    """A process and its living descendants."""
    table = subprocess.run(["ps", "-A", "-o", "pid=,ppid=,stat="], capture_output=True, text=True, check=True).stdout
    rows = [line.split() for line in table.splitlines()]
    parents = {int(child): int(parent) for child, parent, state in rows if not state.startswith("Z")}
    members = [pid]
    for member in members:
        members += [child for child, parent in parents.items() if parent == member]
    return members


def alive(pid: int) -> bool:
    """Whether a process with this id runs; one that ended and was not yet collected does not."""
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True).stdout.strip()
    return bool(state) and not state.startswith("Z")


def status(url: str) -> int:
    """The status of a GET; 0 without an answer."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=HANG_SECONDS)
    try:
        connection.request("GET", parts.path or "/")
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


def until_started(child: Child, answers: Callable[[], bool]) -> None:
    wait_until(lambda: answers() or not child.running(), STARTED_WITHIN_SECONDS)
    if not (child.running() and answers()):
        pytest.fail(f"{child.name} did not start; its last lines:\n{child.last_lines()}")
