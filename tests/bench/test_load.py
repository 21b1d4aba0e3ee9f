"""The benchmark's callers count every answer, and know when one is whole."""

import json
import sys
from pathlib import Path

import pytest

from bench.load import Answered, Caller, carried, percentile, whole
from bench.nginx import floor, slow_upstream, upstream
from bench.servers import ROOT
from devtools.processes import free_port, listening, wait_until
from tests.support.processes import HANG_SECONDS

HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"


@pytest.mark.parametrize(
    ("came", "status"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Le", 0),
        (HEAD + b"half", 0),
        (HEAD + b"whole", 200),
        (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 2048\r\n\r\n", 304),
        (b"HTTP/1.1 502 Bad Gateway\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nwhole\r\n", 0),
        (b"HTTP/1.1 502 Bad Gateway\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nwhole\r\n0\r\n\r\n", 502),
    ],
)
def test_an_answer_is_complete_by_length_or_last_chunk(came, status):
    assert whole(came) == status


def test_the_output_of_wrk_ends_with_our_line():
    output = 'Running 1s test\n\n{"requests": 300, "seconds": 1.5, "failed": 2, "p50": 1.0, "p99": 9.5}\n'

    assert carried(output).per_second == 200
    assert carried(output).failed == 2


def test_a_request_without_an_answer_counts_as_the_slowest():
    answers = [Answered(200, 0, 0.001)] * 98 + [Answered(0, 0, 0.0)] * 2

    assert percentile(answers, 50) == 1
    assert percentile(answers, 99) == float("inf")


@pytest.fixture
def standin(group):
    port = free_port()
    group.start("standin", [sys.executable, "-m", "bench.standin", str(port)], cwd=ROOT)
    assert wait_until(lambda: listening(port), HANG_SECONDS)
    return f"http://127.0.0.1:{port}"


def side_by_side(answers):
    """How many were asked before the first of them was answered."""
    first_end = min(each.asked_at + each.seconds for each in answers)
    return sum(each.asked_at < first_end for each in answers)


def test_an_open_loop_does_not_wait_for_slow_answers(standin):
    answers = Caller(f"{standin}/v2/slow/200", [""]).steady(rate=100, seconds=0.1, warm_up_seconds=0.1)

    assert [each.status for each in answers] == [200] * len(answers)
    assert 10 <= len(answers) <= 20  # late requests count as after the warm-up
    assert all(each.asked_at >= 0.1 and each.seconds >= 0.2 for each in answers)
    assert side_by_side(answers) > 1


def test_a_burst_is_answered_side_by_side(standin):
    answers = Caller(f"{standin}/v2/slow/200", [""]).burst(20)

    assert [each.status for each in answers] == [200] * 20
    assert side_by_side(answers) > 1


def test_the_configurations_name_no_place_but_their_own(tmp_path):
    paths = upstream(tmp_path, 4001, 4002), floor(tmp_path, 4003, 4001), slow_upstream(tmp_path, 4004, 4005)
    texts = [path.read_text() for path in paths]

    assert "listen 127.0.0.1:4001 ssl" in texts[0]
    assert "proxy_pass https://zoom/;" in texts[1]
    assert "listen 127.0.0.1:4004 ssl" in texts[2] and "server 127.0.0.1:4005;" in texts[2]
    assert len((tmp_path / "2k.json").read_bytes()) == 2048
    assert json.loads((tmp_path / "100k.json").read_text())["page_size"] == 300


@pytest.mark.parametrize("folder", ["bench/peer", "tests/offline_zoom/rivet"])
def test_the_locks_of_node_packages_name_no_registry(folder):
    packages = json.loads(Path(ROOT, folder, "package-lock.json").read_text())["packages"]

    assert len(packages) > 20
    assert not any("resolved" in package for package in packages.values())
    assert all("integrity" in package for name, package in packages.items() if name)
