"""The offline Zoom beside a general mock server from npm: start, memory, and reads on one core.

``.venv/bin/python -m bench.mock_server`` prints a table. npm installs the mock server, Prism, into bench/results/.
Each figure is that of the best round, because other programs may use the machine; CPU time hardly depends on them.
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
from statistics import fmean

import requests

from bench.accounting import cpu_seconds, pss_bytes
from bench.load import closed
from devtools.found import need
from devtools.install import ROOT
from devtools.processes import free_port, wait_until

PRISM = "@stoplight/prism-cli@5.14.2"
FOLDER = ROOT / "bench" / "results" / "prism"
PATHS = ("/users", "/users/Zq1r5T9pQ0uVbXcD3eFgHA/meetings", "/meetings/85000000102")
STORY, STARTS, ROUNDS, SECONDS, CONNECTIONS = "all-hands", 3, 3, 2, 4
SERVER_CORE, LOAD_CORE = "0", "1"
IMPORT = "import time; began = time.process_time(); import offline_zoom; print(time.process_time() - began)"


@dataclass(frozen=True)
class Figures:
    """What was measured of one server. CPU time per read is the mean over the three operations."""

    start_seconds: float
    start_cpu_seconds: float
    memory_mb: float
    cpu_ms_per_read: float

    @property
    def reads_per_second(self) -> float:
        """Reads in a second of CPU time, on a core that does nothing else."""
        return 1000 / self.cpu_ms_per_read


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
    starts, costs = [], []
    for _ in range(STARTS):
        with running(command, f"{base}/users") as (pid, seconds):
            starts.append(seconds)
            costs.append(cpu_seconds(pid))
    with running(command, f"{base}/users") as (pid, _):
        headers = access_token(url) if name == "offline-zoom" else {}
        cpu_ms = reads(pid, base, headers)
        return Figures(min(starts), min(costs), pss_bytes(pid) / 1e6, cpu_ms)


def reads(pid: int, base: str, headers: dict[str, str]) -> float:
    """Milliseconds of CPU time for one read."""
    os.sched_setaffinity(0, {int(LOAD_CORE)})  # the load generator inherits it
    costs = []
    with tempfile.NamedTemporaryFile("w") as cookies:
        print("a=b", file=cookies, flush=True)
        for path in PATHS:
            assert requests.get(f"{base}{path}", headers=headers, timeout=5).status_code == 200, path
            costs.append(min(round_of_reads(pid, f"{base}{path}", Path(cookies.name), headers) for _ in range(ROUNDS)))
    os.sched_setaffinity(0, set(range(os.cpu_count() or 1)))
    return fmean(costs)


def round_of_reads(pid: int, url: str, cookies: Path, headers: dict[str, str]) -> float:
    """Milliseconds of CPU time for one read, in some seconds of reads. Every answer must be a success."""
    before = cpu_seconds(pid)
    load = closed(url, cookies, SECONDS, CONNECTIONS, headers)
    assert not load.failed, url
    return (cpu_seconds(pid) - before) * 1000 / load.requests


def install() -> None:
    """Install the mock server, once."""
    if not (FOLDER / "node_modules" / ".bin" / "prism").exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        (FOLDER / "package.json").write_text(json.dumps({"name": "prism", "private": True}))
        options = ["--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
        subprocess.run([need("npm"), "install", *options, PRISM], cwd=FOLDER, check=True)


def import_seconds() -> float:
    """The CPU time of an import of the package."""
    runs = [subprocess.run([sys.executable, "-c", IMPORT], capture_output=True, text=True) for _ in range(STARTS)]
    return min(float(run.stdout) for run in runs)


def number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def main() -> None:
    """Measure both, and print a table in Markdown."""
    install()
    ours, theirs = measure("offline-zoom"), measure("prism")
    print(f"| figure | offline-zoom | {PRISM.rpartition('/')[2]} | ratio |\n|---|---|---|---|")
    for label, name, unit in (
        ("start to first answer", "start_seconds", "s"),
        ("CPU time of the start", "start_cpu_seconds", "s"),
        (f"memory (PSS), with the story `{STORY}`", "memory_mb", "MB"),
        ("CPU time per read", "cpu_ms_per_read", "ms"),
        ("reads in a second of one core", "reads_per_second", "/s"),
    ):
        own, other = getattr(ours, name), getattr(theirs, name)
        print(f"| {label} | {number(own)} {unit} | {number(other)} {unit} | {own / other:.2g} x |")
    print(f"| CPU time of an import of the package | {import_seconds():.3g} s | | |")


if __name__ == "__main__":
    main()
