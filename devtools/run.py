"""`dev.py run`: start the database, the offline Zoom and the app, and end them together."""

import http.client
import os
import re
import signal
from collections.abc import Mapping
from typing import IO

from devtools import found, install
from devtools.install import PYTHON, ROOT, Failed, Misuse
from devtools.processes import Argument, Group, free_port, is_free, listening, wait_until
from devtools.state import AlreadyRunning, State, lock

DATA = ROOT / ".data"
#: Not 5000: macOS listens there (AirPlay).
DEFAULT_PORT = 5050
READY_WITHIN_SECONDS = 60
#: If one of these is set, the app uses the real Zoom.
REAL_ZOOM = ("ZOOM_CLIENT_ID", "ZOOM_CLIENT_SECRET", "ZOOM_HOST", "ZOOM_API_HOST")


def main(arguments: list[str]) -> int:
    """Runs until a signal ends it. Returns 0, also if another run is active already. Raises Failed."""
    if arguments:
        raise Misuse("`dev.py run` takes no arguments; set PORT and the other settings in the environment.")
    try:
        with lock(DATA, answers=_answers) as lock_file:
            return _run(lock_file)
    except AlreadyRunning as running:
        print(f"Rollcall is already running from this folder: {running}")
        return 0


def _run(lock_file: IO[str]) -> int:
    port = chosen_port(os.environ.get("PORT", ""))
    install.ensure(install.RUN)
    signals: list[int] = []
    with Group(DATA / "logs", keep_open=[lock_file.fileno()]) as group:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            # Only recorded: an exception here could interrupt Group.start before the child is registered.
            signal.signal(number, lambda number, frame: signals.append(number))
        run = Run(group, os.environ, State(DATA), port)
        run.start()
        if not wait_until(lambda: bool(signals) or run.ready(), READY_WITHIN_SECONDS):
            last = group.children[-1].last_lines()
            raise Failed(f"Not ready within {READY_WITHIN_SECONDS} s. The last lines of the app:\n{last}")
        if not signals:
            print(run.address, file=lock_file, flush=True)  # a second start prints this address
            print(run.address, flush=True)
        wait_until(lambda: bool(signals) or run.check(), float("inf"), every=0.1)
    return 0


class Run:
    """The processes of one run and their environment. Variables that the user has set take precedence."""

    def __init__(self, group: Group, by_hand: Mapping[str, str], state: State, port: int) -> None:
        self.by_hand = {name: value for name, value in by_hand.items() if value}
        self.port = port
        self.address = f"Rollcall is ready: http://127.0.0.1:{self.port}/"
        self.environ = {
            "PUBLIC_URL": f"http://127.0.0.1:{self.port}",
            "SECRET_KEY": state.secret("secret_key"),
            "TOKEN_ENCRYPTION_KEYS": state.secret("token_encryption_key"),
            **self.by_hand,
            "PORT": str(self.port),
        }
        self._group = group
        self._state = state
        self._awaited: list[int] = []

    def start(self) -> None:
        """Start all processes, without waiting for one before the next."""
        if "REDIS_URL" not in self.by_hand:
            self._start_database()
        if not any(name in self.by_hand for name in REAL_ZOOM):
            self._start_offline_zoom()
        bind = f"127.0.0.1:{self.port}"
        self._start("app", PYTHON, "-m", "gunicorn", "-c", "gunicorn.conf.py", "--bind", bind, "wsgi:app")

    def ready(self) -> bool:
        """Whether all processes answer. Raises Failed if one has stopped."""
        self.check()
        return all(listening(port) for port in self._awaited) and _status(self.port, "/readyz") == 200

    def check(self) -> bool:
        """Always False. Raises Failed if a process has stopped by itself."""
        child = self._group.fallen()
        if child:
            status = child.process.returncode
            raise Failed(f"The {child.name} stopped (exit status {status}). Its last lines:\n{child.last_lines()}")
        return False

    def _start_database(self) -> None:
        server = found.embedded_valkey() or found.redis_server()
        if not server:
            raise Failed("There is no embedded database for this system. Start a Redis 6.2 or newer and set REDIS_URL.")
        port = self._state.port("database")
        self.environ["REDIS_URL"] = f"redis://127.0.0.1:{port}/0"
        folder = DATA / "database"
        folder.mkdir(exist_ok=True)
        # This build stores nothing by default; an append-only file survives even SIGKILL.
        options = {"port": port, "bind": "127.0.0.1", "dir": folder, "save": "", "appendonly": "yes"}
        self._start("database", server, *_flags(options))

    def _start_offline_zoom(self) -> None:
        port = self._state.port("sandbox")
        self.environ |= {
            "ZOOM_HOST": f"http://127.0.0.1:{port}",
            "ZOOM_API_HOST": f"http://127.0.0.1:{port}",
            "ZOOM_CLIENT_ID": self._state.secret("client_id")[:22],
            "ZOOM_CLIENT_SECRET": self._state.secret("client_secret")[:32],
            "ZOOM_BOT_JID": self.by_hand.get("ZOOM_BOT_JID", "v1rollcall@xmpp.zoom.us"),
            "ZOOM_WEBHOOK_SECRET": self.by_hand.get("ZOOM_WEBHOOK_SECRET", self._state.secret("webhook_secret")[:22]),
        }
        public = self.environ["PUBLIC_URL"]
        clock_file = DATA / "clock"
        # The offline Zoom writes it when time passes there, and the app reads it: both have the same time.
        clock_file.write_text("0\n")
        self.environ["CLOCK_OFFSET_FILE"] = str(clock_file)
        options = {
            "port": port,
            "data": DATA / "sandbox",
            "client-id": self.environ["ZOOM_CLIENT_ID"],
            "client-secret": self.environ["ZOOM_CLIENT_SECRET"],
            "redirect-uri": f"{public}/api/zoomapp/auth",
            "home-url": f"{public}/api/zoomapp/home",
            "webhook-url": f"{public}/api/zoomapp/webhook",
            "webhook-secret": self.environ["ZOOM_WEBHOOK_SECRET"],
            "clock-file": clock_file,
        }
        self._start("sandbox", PYTHON, "-m", "offline_zoom", *_flags(options))
        self._awaited.append(port)
        self.address += f" (offline Zoom: {self.environ['ZOOM_HOST']}/)"

    def _start(self, name: str, *command: Argument) -> None:
        self._group.start(name, command, self.environ, ROOT)


def _flags(options: Mapping[str, object]) -> list[str]:
    return [part for name, value in options.items() for part in (f"--{name}", str(value))]


def chosen_port(setting: str) -> int:
    """The port in ``setting``; without one, the first free port from the default on. Raises Misuse."""
    if not setting:
        return free_port(DEFAULT_PORT)
    if not setting.isdecimal() or not 0 < int(setting) < 65536:
        raise Misuse(f"PORT must be a number between 1 and 65535, not {setting!r}.")
    if not is_free(int(setting)):
        fault = "is taken" if listening(int(setting)) else "cannot be used"
        raise Misuse(f"Port {setting} {fault}. Set PORT to another one, or unset it to use the next free one.")
    return int(setting)


def _answers(text: str) -> bool:
    """Whether the app whose address is in this text can be reached."""
    found = re.search(r"http://127\.0\.0\.1:(\d+)/", text)
    return found is not None and _status(int(found[1]), "/healthz") == 200


def _status(port: int, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()
