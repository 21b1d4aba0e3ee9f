"""The servers of the benchmark: the app, its competitors, Redis and the upstream, on the loopback address."""

from __future__ import annotations

import http.client
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path
from urllib.parse import urlsplit

import certifi

from bench import nginx
from bench.signin import sign_in
from devtools import found, npm
from devtools.found import need
from devtools.install import ROOT, Failed
from devtools.processes import Argument, Child, Group, free_port, listening, wait_until

PEER = ROOT / "bench" / "peer"
PEOPLE = 64
READY_WITHIN_SECONDS = 30
CLIENT = {"ZOOM_CLIENT_ID": "a-client-of-the-benchmark", "ZOOM_CLIENT_SECRET": "a-secret-of-the-benchmark"}


@dataclass
class Target:
    """A server under load, with the session cookies of its signed-in people (none: it has no sign-in)."""

    name: str
    url: str
    child: Child = field(repr=False)
    path: str = "/zoom/api"
    cookies: list[str] = field(default_factory=list, repr=False)
    cookie_file: Path = Path(os.devnull)

    @property
    def pid(self) -> int:
        return self.child.pid

    def at(self, path: str) -> str:
        """The URL of a path of Zoom's API on this server."""
        return self.url + self.path + path if self.path else self.url + "/"


class Servers:
    """Redis, the upstream, and the targets that the rows use. All end with the benchmark."""

    def __init__(self, group: Group, folder: Path) -> None:
        self.folder = folder
        self._group = group
        self._targets: dict[str, Target] = {}
        self._slow_zoom = ""
        self.redis_port = free_port()
        self.redis_url = f"redis://127.0.0.1:{self.redis_port}/0"
        server = found.redis_server() or found.embedded_valkey()
        if not server:
            raise Failed("The benchmark needs a Redis server, and there is none on this machine.")
        self._start("redis", self.redis_port, [server, "--port", str(self.redis_port), "--save", "", "--dir", folder])
        standin, self.upstream_port = free_port(), free_port()
        self._start("standin", standin, [sys.executable, "-m", "bench.standin", str(standin)], cwd=ROOT)
        configuration = nginx.upstream(folder, self.upstream_port, standin)
        self._start("upstream", self.upstream_port, [need("nginx"), "-c", configuration])
        self.upstream = f"https://127.0.0.1:{self.upstream_port}"
        self.standin = f"http://127.0.0.1:{standin}"
        self.certificate = folder / "certificate.pem"
        # Includes the usual roots, as in production: loading them is part of the measurement.
        self._roots = folder / "roots.pem"
        self._roots.write_bytes(Path(certifi.where()).read_bytes() + self.certificate.read_bytes())

    # A target starts at its first use.

    def app(
        self,
        workers: int = 2,
        checkout: Path = ROOT,
        name: str = "ours",
        wsgi: str = "wsgi:app",
        zoom: str = "",
        people: int = PEOPLE,
    ) -> Target:
        """The app of a checkout, started as in its Procfile. ``zoom``: the address of another upstream."""

        def start(port: int) -> Child:
            command = [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py"]
            bind = ["--bind", f"127.0.0.1:{port}", wsgi]
            return self._gunicorn(name, port, [*command, *bind], workers, checkout, zoom)

        return self._target(f"{name}-{workers}", start, people)

    def slow_app(self) -> Target:
        """The app, and the guide's dashboard, with a Zoom that takes 0.2 s for each call. No one is signed in."""
        if not self._slow_zoom:
            zoom, port = free_port(), free_port()
            self._start("slow-zoom", zoom, [sys.executable, "-m", "bench.slow_zoom", str(zoom)], cwd=ROOT)
            self._start("slow-upstream", port, [need("nginx"), "-c", nginx.slow_upstream(self.folder, port, zoom)])
            self._slow_zoom = f"https://127.0.0.1:{port}"
        return self.app(name="slow", wsgi="bench.guide:app", zoom=self._slow_zoom, people=0)

    def start_app(self) -> float:
        """Seconds from the start of the app to its first response. Stops it afterwards."""
        port, began = free_port(), time.perf_counter()
        bind = ["--bind", f"127.0.0.1:{port}", "wsgi:app"]
        child = self._gunicorn(
            "starting", port, [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", *bind], 2, ROOT
        )
        wait_until(lambda: status(f"http://127.0.0.1:{port}/healthz") == 200, READY_WITHIN_SECONDS, every=0.005)
        took = time.perf_counter() - began
        self._group.stop(child)
        return took

    def peer(self, tuned: bool = False, processes: int = 1) -> Target:
        """The Node peer."""
        name = f"peer{'-tuned' if tuned else ''}-{processes}"

        def start(port: int) -> Child:
            npm.ensure(PEER)
            environ = {
                **_clean(),
                "PORT": str(port),
                "PROCESSES": str(processes),
                "PUBLIC_URL": f"http://127.0.0.1:{port}",
                "REDIS_URL": self.redis_url,
                "SECRET": "a secret of the benchmark",
                "ZOOM_HOST": self.upstream,
                "NODE_EXTRA_CA_CERTS": str(self.certificate),
                **({"TUNED": "1", "NODE_ENV": "production"} if tuned else {}),
            }
            return self._start(name, port, [need("node"), "server.js"], environ, PEER)

        return self._target(name, start)

    def floor(self) -> Target:
        """nginx as a plain proxy without sign-in."""

        def start(port: int) -> Child:
            configuration = nginx.floor(self.folder, port, self.upstream_port)
            return self._start("floor", port, [need("nginx"), "-c", configuration])

        return self._target("floor", start, people=0)

    def hello(self) -> Target:
        """A minimal Flask app, served like this app."""

        def start(port: int) -> Child:
            command = [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "--bind", f"127.0.0.1:{port}"]
            return self._gunicorn("hello", port, [*command, "bench.hello:app"], 2, ROOT)

        target = self._target("hello", start, people=0)
        target.path = ""
        return target

    def drop(self, target: Target) -> None:
        """Stop the target; its next use starts a new one."""
        self._group.stop(target.child)
        self._targets = {name: running for name, running in self._targets.items() if running is not target}

    def forget_logs(self) -> None:
        """Empty the log files: a peer that logs every response would fill the disk."""
        for target in self._targets.values():
            os.truncate(target.child.log, 0)

    def _target(self, name: str, start: Callable[[int], Child], people: int = PEOPLE) -> Target:
        if name not in self._targets:
            port = free_port()
            target = Target(name, f"http://127.0.0.1:{port}", start(port))
            target.cookies = sign_in(target.url, [f"u{number}" for number in range(people)])
            target.cookie_file = self.folder / f"{name}.cookies"
            target.cookie_file.write_text("\n".join(target.cookies or [""]) + "\n")
            self._targets[name] = target
        return self._targets[name]

    def _gunicorn(
        self, name: str, port: int, command: list[str], workers: int, checkout: Path, zoom: str = ""
    ) -> Child:
        environ = {
            **_clean(),
            **CLIENT,
            **_of_procfile(checkout),
            # A first view is that of a page of which nothing is saved.
            "PREFETCH": "0",
            "PUBLIC_URL": f"http://127.0.0.1:{port}",
            "PYTHONPATH": str(checkout),
            "REDIS_URL": self.redis_url,
            "SECRET_KEY": "a key of the benchmark, long enough for all",
            "TOKEN_ENCRYPTION_KEYS": "11" * 32,
            "WEB_CONCURRENCY": str(workers),
            "ZOOM_API_HOST": zoom or self.upstream,
            "ZOOM_CA_BUNDLE": str(self._roots),
            "ZOOM_HOST": zoom or self.upstream,
        }
        return self._start(f"{name}-{workers}", port, command, environ, checkout)

    def _start(
        self,
        name: str,
        port: int,
        command: Sequence[Argument],
        environ: Mapping[str, str] | None = None,
        cwd: Path | None = None,
    ) -> Child:
        child = self._group.start(name, command, environ, cwd)
        wait_until(lambda: listening(port) or not child.running(), READY_WITHIN_SECONDS)
        if not child.running() or not listening(port):
            raise Failed(f"{name} did not start. Its last lines:\n{child.last_lines()}")
        return child


def _clean() -> dict[str, str]:
    """An environment with none of the developer's own settings but FAST_PATH."""
    return {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR", "FAST_PATH") if name in os.environ}


def _of_procfile(checkout: Path) -> dict[str, str]:
    """The variables that the Procfile's web line sets."""
    web = next(line for line in (checkout / "Procfile").read_text().splitlines() if line.startswith("web:"))
    return dict(word.split("=", 1) for word in takewhile(lambda word: "=" in word, web.split()[1:]))


@contextmanager
def running() -> Iterator[Servers]:
    """The servers, stopped at the end of the block."""
    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    try:
        with Group(folder / "logs") as group:
            yield Servers(group, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def worktree(commit: str) -> Iterator[Path]:
    """A checkout of another commit, beside this one. Raises Failed."""
    folder = Path(tempfile.mkdtemp(prefix="bench-against-"))
    git = ["git", "-C", str(ROOT), "worktree"]
    if subprocess.run([*git, "add", "--quiet", "--detach", str(folder), commit]).returncode:
        raise Failed(f"There is no commit {commit} to compare with.")
    try:
        yield folder
    finally:
        subprocess.run([*git, "remove", "--force", str(folder)], check=False)


def status(url: str) -> int:
    """The status of a GET; 0 without a response."""
    where = urlsplit(url)
    connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=10)
    try:
        connection.request("GET", where.path)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()
