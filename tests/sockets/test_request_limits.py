"""Slow and silent clients under a real gunicorn: they are disconnected, and other clients are served meanwhile."""

import contextlib
import re
import resource
import socket
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.support.processes import family

#: Silent connections of one flood. Two workers of 2,000 connections each are full with fewer.
FLOOD = 4_200
#: Guards against hanging; on a quiet machine each answer comes within a second.
GUARD_SECONDS = 30
HEALTH = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
HALF_HEAD = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n"
MEGABYTE = 1024 * 1024


@pytest.fixture(autouse=True)
def many_files():
    """This process may open as many connections as a flood has."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = 2 * FLOOD
    if hard != resource.RLIM_INFINITY and hard < needed:
        pytest.skip(f"needs {needed} open files; this machine allows {hard}")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, needed), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.fixture
def app(serve_app):
    """The app with two workers; it needs neither Redis nor Zoom here."""
    return serve_app("redis://127.0.0.1:1/0", "http://127.0.0.1:1")


@pytest.fixture
def connect(app):
    """A factory of connections to the app: ``connect(b"first bytes")``."""
    address = urlsplit(app.url)
    with contextlib.ExitStack() as opened:

        def connect(first=b""):
            sock = socket.create_connection((address.hostname, address.port), timeout=GUARD_SECONDS)
            opened.callback(sock.close)
            if first:
                with contextlib.suppress(OSError):  # closed by the app already
                    sock.sendall(first)
            return sock

        yield connect


def status(sock, request=b""):
    """The status of the next answer, empty when the connection was closed without one."""
    answer = b""
    with contextlib.suppress(ConnectionError):
        sock.sendall(request)
        while not is_whole(answer) and (piece := sock.recv(65536)):
            answer += piece
    return answer[9:12]


def is_whole(answer):
    """Whether head and body have arrived: gunicorn's own worker sends them one after the other."""
    head, end, body = answer.partition(b"\r\n\r\n")
    length = re.search(rb"content-length: (\d+)", head.lower())
    return bool(end) and len(body) >= int(length[1] if length else 0)


def test_health_is_answered_during_1100_incomplete_requests(connect):
    for _ in range(1_100):
        connect(HALF_HEAD)

    answers = [status(connect(HEALTH)) for _ in range(20)]

    assert answers == [b"200"] * 20
    assert status(connect(HALF_HEAD), b"\r\n") == b"200"


def test_health_is_answered_during_1100_incomplete_second_requests(connect):
    for _ in range(1_100):
        connect(HEALTH + HALF_HEAD)

    assert [status(connect(HEALTH)) for _ in range(20)] == [b"200"] * 20


def test_health_is_answered_during_1100_incomplete_bodies(connect):
    head = b"POST /api/zoomapp/onauthorized HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{"
    for _ in range(1_100):
        connect(head)

    assert [status(connect(HEALTH)) for _ in range(20)] == [b"200"] * 20


def test_health_is_answered_while_1100_clients_do_not_close_their_connection(connect):
    request = HALF_HEAD + b"Connection: close\r\n\r\n"
    for _ in range(1_100):
        connect(request)

    assert [status(connect(HEALTH)) for _ in range(20)] == [b"200"] * 20


def test_health_is_answered_while_4200_connections_are_silent(connect):
    for _ in range(FLOOD):
        connect()

    assert [status(connect(HEALTH)) for _ in range(20)] == [b"200"] * 20


def test_health_is_answered_while_4200_connections_are_idle_after_a_request(connect):
    for _ in range(FLOOD):
        connect(HEALTH)

    assert [status(connect(HEALTH)) for _ in range(20)] == [b"200"] * 20


def test_an_incomplete_head_gets_408_and_a_silent_connection_is_closed(connect):
    half, silent = connect(HALF_HEAD), connect()
    dripping, until = connect(), time.monotonic() + GUARD_SECONDS
    dripping.settimeout(0.5)

    # A byte now and then is no progress: the whole head has ten seconds.
    answer = b""
    while not answer and time.monotonic() < until:
        dripping.sendall(b"G")
        with contextlib.suppress(TimeoutError):
            answer = dripping.recv(65536)

    assert answer[9:12] == b"408"
    assert status(half) == b"408"
    assert silent.recv(1) == b""


def test_a_head_in_two_pieces_is_answered(connect):
    sock = connect()
    for _ in range(3):
        for piece in (HEALTH[:5], HEALTH[5:-2]):
            sock.sendall(piece)
            time.sleep(0.05)
        assert status(sock, HEALTH[-2:]) == b"200"


def test_a_request_that_arrived_partly_with_the_previous_one_is_answered(connect):
    for cut in (3, 30, len(HEALTH) - 2):
        sock = connect(HEALTH + HEALTH[:cut])
        assert status(sock) == b"200"
        assert status(sock, HEALTH[cut:]) == b"200"

    # The second half is on its way before the first answer is read.
    sock = connect(HEALTH + HEALTH[:9])
    sock.sendall(HEALTH[9:])
    answers = b""
    while answers.count(b"HTTP/1.1 200") < 2 and (piece := sock.recv(65536)):
        answers += piece
    assert answers.count(b"HTTP/1.1 200") == 2


def test_a_head_without_an_end_is_refused(connect):
    sock = connect(HALF_HEAD)

    assert status(sock, b"X-Long: " + b"x" * 2 * MEGABYTE) in (b"431", b"")


def test_a_connection_stays_open_between_requests(connect):
    sock = connect()
    assert status(sock, HEALTH) == b"200"

    time.sleep(11)  # longer than a head may take

    assert status(sock, HEALTH) == b"200"


def test_a_body_that_stalls_gets_408(connect):
    sock = connect(b"POST /api/zoomapp/onauthorized HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{")

    assert status(sock) == b"408"


def test_a_body_sent_byte_by_byte_gets_408(connect):
    sock = connect(b"POST /api/zoomapp/onauthorized HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n")
    sock.settimeout(0.5)

    answer, until = b"", time.monotonic() + GUARD_SECONDS
    while not answer and time.monotonic() < until:
        sock.sendall(b"{")
        with contextlib.suppress(TimeoutError):
            answer = sock.recv(65536)

    assert answer[9:12] == b"408"


def test_incomplete_bodies_of_visitors_use_little_memory(app, connect):
    _, *workers = family(app.child.pid)
    for path in (b"/api/zoomapp/onauthorized", b"/zoom/api/v2/users/me", b"/nowhere"):
        head = b"POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % (path, MEGABYTE)
        before = sum(map(memory, workers))

        for _ in range(200):
            connect(head + b"x" * (MEGABYTE - 1))

        assert status(connect(HEALTH)) == b"200"
        assert sum(map(memory, workers)) - before < 40 * MEGABYTE, path


def memory(pid):
    """Bytes the process has."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))
