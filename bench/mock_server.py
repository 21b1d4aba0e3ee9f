"""The offline Zoom beside a general mock server from npm: start, memory, and reads on one core.

``python3 -m bench.mock_server`` prints a table. It installs the mock server, Prism, into bench/results/ by npm.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, median

import requests

from bench.accounting import cpu_seconds, pss_bytes
from bench.load import closed
from devtools.found import need
from devtools.install import ROOT
from devtools.processes import free_port, wait_until

PRISM = "@stoplight/prism-cli@5.14.2"
FOLDER = ROOT / "bench" / "results" / "prism"
PATHS = ("/users", "/users/Zq1r5T9pQ0uVbXcD3eFgHA/meetings", "/meetings/85000000102")
STORY, STARTS, ROUNDS, SECONDS, CONNECTIONS = "all-hands", 5, 3, 2, 4
SERVER_CORE, LOAD_CORE = "0", "1"
IMPORT = "import time; began = time.perf_counter(); import offline_zoom; print(time.perf_counter() - began)"


@dataclass(frozen=True)
class Figures:
    """What was measured of one server. Reads a second are the mean over the three operations."""

    start_seconds: float
    memory_mb: float
    reads_per_second: float
    cpu_ms_per_read: float


def offline_zoom(port: int) -> list[str]:
    """The command of the offline Zoom."""
    return [sys.executable, "-m", "offline_zoom", "--story", STORY, "--server-to-server", "--port", str(port)]


def prism(port: int) -> list[str]:
    """The command of the mock server."""
    program, description = FOLDER / "node_modules" / ".bin" / "prism", Path(__file__).with_suffix(".yaml")
    return [str(program), "mock", "--port", str(port), "--verboseLevel", "error", str(description)]


@contextmanager
def running(command: list[str], probe: str) -> Iterator[tuple[int, float]]:
    """A server on one core: its process id, and the seconds until it answered."""
    began = time.perf_counter()
    process = subprocess.Popen(
        [need("taskset"), "-c", SERVER_CORE, *command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_until(lambda: answers(probe), 30, every=0.005)
        yield process.pid, time.perf_counter() - began
    finally:
        process.terminate()
        process.wait()


def answers(url: str) -> bool:
    """Whether a server answers at this address."""
    try:
        return requests.get(url, timeout=5).status_code > 0
    except requests.RequestException:
        return False


def access_token(url: str) -> dict[str, str]:
    """The header with a token of the offline Zoom."""
    form = {"grant_type": "account_credentials", "account_id": "aB3dE5fG7hI9jK1lM3nO5p"}
    answer = requests.post(f"{url}/oauth/token", form, auth=("sandbox-client-id", "sandbox-client-secret"), timeout=5)
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


def measure(name: str) -> Figures:
    """Start a server some times, then read from it."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command, base = (offline_zoom(port), f"{url}/v2") if name == "offline-zoom" else (prism(port), url)
    starts = []
    for _ in range(STARTS - 1):
        with running(command, f"{base}/users") as (_, seconds):
            starts.append(seconds)
    with running(command, f"{base}/users") as (pid, seconds):
        starts.append(seconds)
        headers = access_token(url) if name == "offline-zoom" else {}
        per_second, cpu_ms = reads(pid, base, headers)
        return Figures(median(starts), pss_bytes(pid) / 1e6, per_second, cpu_ms)


def reads(pid: int, base: str, headers: dict[str, str]) -> tuple[float, float]:
    """Reads a second, and milliseconds of CPU time for one. Every answer must be a success."""
    os.sched_setaffinity(0, {int(LOAD_CORE)})  # the load generator inherits it
    rates, costs = [], []
    with tempfile.NamedTemporaryFile("w") as cookies:
        print("a=b", file=cookies, flush=True)
        for path in PATHS:
            assert requests.get(f"{base}{path}", headers=headers, timeout=5).status_code == 200, path
            for _ in range(ROUNDS):
                before = cpu_seconds(pid)
                load = closed(f"{base}{path}", Path(cookies.name), SECONDS, CONNECTIONS, headers)
                assert not load.failed, path
                rates.append(load.per_second)
                costs.append((cpu_seconds(pid) - before) * 1000 / load.requests)
    os.sched_setaffinity(0, set(range(os.cpu_count() or 1)))
    return fmean(rates), fmean(costs)


def install() -> None:
    """Install the mock server, once."""
    if not (FOLDER / "node_modules" / ".bin" / "prism").exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        (FOLDER / "package.json").write_text(json.dumps({"name": "prism", "private": True}))
        options = ["--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
        subprocess.run([need("npm"), "install", *options, PRISM], cwd=FOLDER, check=True)


def import_seconds() -> float:
    """How long the import of the package takes."""
    runs = [subprocess.run([sys.executable, "-c", IMPORT], capture_output=True, text=True) for _ in range(STARTS)]
    return median(float(run.stdout) for run in runs)


def main() -> None:
    """Measure both, and print a table in Markdown."""
    install()
    ours, theirs = measure("offline-zoom"), measure("prism")
    print(f"| figure | offline-zoom | {PRISM.rpartition('/')[2]} | ratio |\n|---|---|---|---|")
    for label, name, unit in (
        ("start to first answer", "start_seconds", "s"),
        (f"memory (PSS), with the story `{STORY}`", "memory_mb", "MB"),
        ("reads a second on one core", "reads_per_second", "/s"),
        ("CPU time per read", "cpu_ms_per_read", "ms"),
    ):
        own, other = getattr(ours, name), getattr(theirs, name)
        print(f"| {label} | {own:.3g} {unit} | {other:.3g} {unit} | {own / other:.2g} x |")
    print(f"| import of the package | {import_seconds():.3g} s | | |")


if __name__ == "__main__":
    main()
