"""Runs our programs in processes of their own: the app under gunicorn, the offline Zoom, `dev.py run`."""

import os
import shutil
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from devtools.processes import Argument, Child, Group, free_port
from tests.support.processes import family, status, until_started

ROOT = Path(__file__).resolve().parents[2]
CLIENT_ID = "a-client-of-the-tests"
CLIENT_SECRET = "a-secret-of-the-tests"
WEBHOOK_SECRET = "a-webhook-secret-of-the-tests"


@dataclass
class Served:
    """A server of this project in its own process."""

    url: str
    child: Child
    stop: Callable[[], None] = field(repr=False)

    @property
    def pids(self) -> list[int]:
        """The process and all it started: gunicorn's master first, then its workers."""
        return family(self.child.pid)

    @property
    def log(self) -> str:
        """The output of the process so far."""
        return self.child.log.read_text(errors="replace")


def clean_environ(**settings: str) -> dict[str, str]:
    """An environment without the developer's settings: PATH and the like, FAST_PATH, and ``settings``."""
    needed = ("PATH", "HOME", "LANG", "TMPDIR", "FAST_PATH")
    return {**{name: os.environ[name] for name in needed if name in os.environ}, **settings}


@pytest.fixture
def serve_app(group: Group) -> Callable[..., Served]:
    """A factory of real apps: ``serve_app(redis_url, zoom_url, workers=2, LOG_LEVEL="DEBUG")``.

    ``port``: for an app whose address the offline Zoom must know before the app starts.
    """

    def serve(redis_url: str, zoom_url: str, *, workers: int = 2, port: int = 0, **settings: str) -> Served:
        port = port or free_port()
        url = f"http://127.0.0.1:{port}"
        own = {
            "PUBLIC_URL": url,
            "SECRET_KEY": "a key of the tests, long enough for all",
            "TOKEN_ENCRYPTION_KEYS": "11" * 32,
            "REDIS_URL": redis_url,
            "ZOOM_HOST": zoom_url,
            "ZOOM_API_HOST": zoom_url,
            "ZOOM_CLIENT_ID": CLIENT_ID,
            "ZOOM_CLIENT_SECRET": CLIENT_SECRET,
            "ZOOM_WEBHOOK_SECRET": WEBHOOK_SECRET,
            "WEB_CONCURRENCY": str(workers),
            # Most tests count the calls that their own requests make.
            "PREFETCH": "0",
        }
        bind = ["--bind", f"127.0.0.1:{port}"]
        command = [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", *bind, "wsgi:app"]
        return _serve(group, f"app-{port}", command, clean_environ(**{**own, **settings}), url, "/healthz")

    return serve


@pytest.fixture
def serve_offline_zoom(group: Group, tmp_path: Path) -> Callable[..., Served]:
    """A factory of offline Zooms for one app: ``serve_offline_zoom("http://127.0.0.1:5050")``."""

    def serve(app_url: str, **more: str) -> Served:
        port = free_port()
        options = {
            "port": str(port),
            "data": str(tmp_path / f"sandbox-{port}"),
            "client-id": CLIENT_ID,
            "client-secret": CLIENT_SECRET,
            "redirect-uri": f"{app_url}/api/zoomapp/auth",
            "home-url": f"{app_url}/api/zoomapp/home",
            "webhook-url": f"{app_url}/api/zoomapp/webhook",
            "webhook-secret": WEBHOOK_SECRET,
            **{name.replace("_", "-"): value for name, value in more.items()},
        }
        flags = [part for name, value in options.items() for part in (f"--{name}", value)]
        command = [sys.executable, "-m", "offline_zoom", *flags]
        return _serve(
            group,
            f"sandbox-{port}",
            command,
            clean_environ(PYTHONPATH=str(ROOT / "offline-zoom" / "src")),
            f"http://127.0.0.1:{port}",
            "/",
        )

    return serve


def _serve(
    group: Group, name: str, command: Sequence[Argument], environ: dict[str, str], url: str, path: str
) -> Served:
    child = group.start(name, command, environ, ROOT)
    until_started(child, lambda: status(url + path) > 0)
    return Served(url, child, lambda: group.stop(child))


@dataclass(frozen=True)
class DevRun:
    """`dev.py run` as a person would start it, in a copy of the project."""

    child: Child
    url: str
    #: The seconds until it printed its address; for the benchmark.
    seconds: float

    @property
    def pids(self) -> list[int]:
        return family(self.child.pid)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the project without its data, whose packages are installed already."""
    copy = tmp_path / "checkout"
    left_out = (".git", ".venv", ".data", "node_modules", ".*_cache", ".hypothesis", "test-results", "*.pyc.*")
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*left_out))
    (copy / ".venv").symlink_to(sys.prefix)
    return copy


@pytest.fixture
def dev_run(group: Group, checkout: Path) -> Callable[..., DevRun]:
    """A factory of runs in the same copy, one after the other: ``dev_run(PORT="5050")``."""

    def start(**environ: str) -> DevRun:
        started_at = time.monotonic()
        chosen = {"PORT": str(free_port()), **environ}
        child = group.start("dev", [sys.executable, "dev.py", "run"], clean_environ(**chosen), checkout)
        until_started(child, lambda: "http://" in child.last_lines())
        line = child.last_lines(1)
        return DevRun(child, line[line.index("http://") :].split()[0].rstrip("/"), time.monotonic() - started_at)

    return start
