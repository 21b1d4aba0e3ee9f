"""The row of limits in seconds: timed tests, which need an idle machine."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from bench.figures import Figure
from bench.plan import Plan
from devtools.install import PYTHON, ROOT, Failed

TESTS = Path(__file__).with_name("time_limits")


def limits(plan: Plan) -> list[Figure]:
    """Time limits for pages, starts and outages: the tests of bench/time_limits, one by one."""
    command = [str(PYTHON), "-m", "pytest", "-q", "-s", str(TESTS)]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    print(done.stdout, file=sys.stderr)
    passed, failed = (_count(done.stdout, word) for word in ("passed", "failed"))
    if done.returncode > 1 or not passed + failed:
        raise Failed(f"pytest ended with status {done.returncode}.")
    return [
        Figure("limits in seconds: tests", passed + failed, ""),
        Figure("limits in seconds: tests that fail", failed, "", must=0),
    ]


def _count(output: str, word: str) -> int:
    found = re.findall(rf"(\d+) {word}", output)
    return int(found[-1]) if found else 0
