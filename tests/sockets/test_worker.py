"""Threads stay with a connection that goes on talking, and keep nobody waiting by it."""

import socket
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest

REQUEST = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.fixture
def served(serve_app):
    """The app with one worker of two threads; it needs neither Redis nor Zoom here."""
    return serve_app("redis://127.0.0.1:1/0", "http://127.0.0.1:1", workers=1, WEB_THREADS="2")


def connection(served):
    where = urlsplit(served.url)
    return socket.create_connection((where.hostname, where.port), timeout=5)


def ask(sock, raw=REQUEST):
    sock.sendall(raw)
    return until(sock, 1)


def until(sock, answers):
    """All that comes, up to the end of so many answers."""
    came = b""
    while came.count(b'"ok"') + came.count(b"ok\n") < answers and (piece := sock.recv(65536)):
        came += piece
    return came


def test_one_connection_carries_many_requests(served):
    with connection(served) as sock:
        answers = [ask(sock)[9:12] for _ in range(50)]
        time.sleep(0.1)  # longer than a thread stays
        answers.append(ask(sock)[9:12])

    assert answers == [b"200"] * 51


def test_requests_sent_ahead_are_answered_in_order(served):
    with connection(served) as sock:
        sock.sendall(REQUEST * 5)

        assert until(sock, 5).count(b"HTTP/1.1 200") == 5


def test_silent_connections_hold_no_thread(served):
    idle = [connection(served) for _ in range(20)]
    for sock in idle:
        ask(sock)

    with connection(served) as sock:
        began = time.monotonic()
        assert ask(sock)[9:12] == b"200"

    assert time.monotonic() - began < 1
    for sock in idle:
        sock.close()


def test_a_talkative_connection_leaves_room_for_others(served):
    def talk(seconds):
        count, ends_at = 0, time.monotonic() + seconds
        with connection(served) as sock:
            while time.monotonic() < ends_at:
                ask(sock)
                count += 1
        return count

    with ThreadPoolExecutor(8) as pool:  # four for each thread
        counts = list(pool.map(talk, [1.5] * 8))

    assert min(counts) > 5


def test_a_worker_told_to_leave_answers_what_is_under_way(served):
    with connection(served) as sock:
        ask(sock)
        served.stop()

        assert served.child.running() is False
