"""`dev.py test` and `dev.py bench`: install the packages for it, then run pytest or the benchmark."""

import ctypes.util
import json
import os
import platform
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from devtools import found, install
from devtools.install import PYTHON, ROOT, say

#: Debian's names, and what each brings.
BENCH = {"nginx": "nginx", "wrk": "wrk", "nodejs": "node", "npm": "npm"}
#: Tests wait for processes and browsers, so two more run at a time than there are cores.
SIDE_BY_SIDE = ["-n", str((os.cpu_count() or 2) + 2), "--dist", "worksteal"]
#: The argument for the HTTP, token, proxy and outage tests with FAST_PATH=0, which CI runs as well, and these tests.
WITHOUT_FAST_PATH = "--without-fast-path"
FAST_PATH_TESTS = (
    *("tests/sockets", "tests/tokens", "tests/web/middleware", "tests/web/test_proxy.py", "tests/web/test_batch.py"),
    *("tests/web/test_auth.py", "tests/web/test_cluster.py", "tests/web/test_last_resort.py"),
    *("tests/web/test_response_cache.py", "tests/web/test_sessions.py", "tests/store/test_key_lists.py"),
    "tests/dev/test_gunicorn.py",
)
#: Up to so many failures are repeated one by one.
MOST_REPEATED = 3


def main(arguments: list[str]) -> int:
    """The exit status of pytest with ``arguments``. Without any, all tests run, several at a time."""
    install.ensure(install.TEST)
    _system_packages(missing_packages(), "The suite runs without them and reports skipped tests.")
    if arguments == [WITHOUT_FAST_PATH]:
        return run_tests([*SIDE_BY_SIDE, *FAST_PATH_TESTS], FAST_PATH="0")
    return _become("pytest", arguments) if arguments else run_tests(SIDE_BY_SIDE)


def run_tests(options: Sequence[str], root: Path = ROOT, **environ: str) -> int:
    """pytest's exit status in ``root``. A few failures are repeated one by one; that changes no status."""
    env = {**os.environ, **environ}
    last_failed = root / ".pytest_cache" / "v" / "cache" / "lastfailed"
    last_failed.unlink(missing_ok=True)
    status = subprocess.call([str(PYTHON), "-m", "pytest", *options], cwd=root, env=env)
    failed = list(json.loads(last_failed.read_text())) if last_failed.exists() else []
    if status != 1 or not 0 < len(failed) <= MOST_REPEATED:
        return status
    say("The run has failed. The failed tests are repeated one by one, to see whether they fail again:")
    for test in failed:
        again = subprocess.call([str(PYTHON), "-m", "pytest", "-q", test], cwd=root, env=env)
        say(f"  {test} {'failed again' if again else 'passed this time'}")
    return status


def bench(arguments: list[str]) -> int:
    """The benchmark's exit status."""
    install.ensure(install.TEST)
    _system_packages(bench_packages(), "The benchmark cannot run without them.")
    return _become("bench", arguments)


def _system_packages(missing: list[str], otherwise: str) -> None:
    """Install missing packages, or print how to install them and what happens ``otherwise``."""
    if missing and not (install.may_apt() and install.apt_install(*missing)):
        say(f"Not on this machine: {', '.join(missing)}. {otherwise}")
        say("To install what is missing:")
        say(f"  {install_command(missing)}")


def missing_packages() -> list[str]:
    """Debian's names of the programs that the suite uses and that are not installed."""
    packages = {
        **_browser(),
        # Playwright's own node needs it, and without it says only "Connection closed".
        "libatomic1": not sys.platform.startswith("linux") or ctypes.util.find_library("atomic"),
        "redis-server": os.environ.get("TEST_REDIS_URL") or found.redis_server(),
    }
    return [name for name, there in packages.items() if not there]


def _browser() -> dict[str, str | None]:
    """Debian's name of the browser, and its path: where apt may install Debian's headless shell, that one."""
    if os.environ.get("CHROMIUM_PATH") or not install.may_apt() or platform.freedesktop_os_release()["ID"] != "debian":
        return {"chromium": found.chromium()}
    return {found.HEADLESS_SHELL: found.program(found.HEADLESS_SHELL)}


def bench_packages() -> list[str]:
    """Debian's names of the missing programs of the benchmark: load generator, upstream, Node, Redis."""
    packages = {name: found.program(program) for name, program in BENCH.items()}
    packages["redis-server"] = found.redis_server() or found.embedded_valkey()
    return [name for name, there in packages.items() if not there]


def install_command(packages: list[str]) -> str:
    """The command that installs these packages."""
    if sys.platform == "darwin":
        return "brew install " + " ".join(name.removesuffix("-server") for name in packages)
    return install.apt_command(*packages)


def _become(module: str, arguments: list[str]) -> int:
    sys.stderr.flush()
    os.chdir(ROOT)
    os.execv(PYTHON, [str(PYTHON), "-m", module, *arguments])
