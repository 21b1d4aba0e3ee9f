"""The benchmark reads CPU time and memory of processes correctly."""

import os
import sys

import pytest

from bench.accounting import TICKS, Stat, cpu_seconds, family, pss_bytes
from devtools.processes import wait_until
from tests.support.processes import HANG_SECONDS

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux keeps these accounts")

WAITING = "import os, time; os.fork(); time.sleep(60)"


def test_a_name_with_parentheses_and_spaces_shifts_nothing():
    line = "7 (a ) b (c) S 3 7 7 0 -1 4194304 100 0 0 0 20 5 300 75 20 0 1 0 100 200 300"

    assert Stat.of(line) == Stat(7, 3, 400 / TICKS)


def test_children_count_while_they_live(group):
    child = group.start("parent", [sys.executable, "-c", WAITING])

    assert wait_until(lambda: len(family(child.pid)) == 2, HANG_SECONDS)
    assert pss_bytes(child.pid) > pss_bytes(family(child.pid)[1].pid) > 0
    assert os.getpid() not in [each.pid for each in family(child.pid)]


def test_work_shows_in_the_account(group):
    child = group.start("busy", [sys.executable, "-c", "while True: pass"])

    assert wait_until(lambda: cpu_seconds(child.pid) > 0.1, HANG_SECONDS)
