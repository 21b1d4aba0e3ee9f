"""Threads wait briefly for a connection's next request, and no other connection waits because of it."""

import runpy
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
from gunicorn.http.unreader import SocketUnreader

from tests.support.processes import HANG_SECONDS
from zoomapp.fastpath import worker

REQUEST = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.fixture
def served(serve_app):
    """The app with one worker of two threads; it needs neither Redis nor Zoom here."""
    return serve_app("redis://127.0.0.1:1/0", "http://127.0.0.1:1", workers=1, WEB_THREADS="2")


def connection(served):
    where = urlsplit(served.url)
    return socket.create_connection((where.hostname, where.port), timeout=HANG_SECONDS / 2)


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


def test_pipelined_requests_are_answered_in_order(served):
    with connection(served) as sock:
        sock.sendall(REQUEST * 5)

        assert until(sock, 5).count(b"HTTP/1.1 200") == 5


def test_silent_connections_use_no_thread(served):
    idle = [connection(served) for _ in range(20)]
    for sock in idle:
        ask(sock)

    with connection(served) as sock:
        # If they did, this would wait until gunicorn closes one of them after 100 s, longer than this socket does.
        assert ask(sock)[9:12] == b"200"

    for sock in idle:
        sock.close()


def test_a_busy_connection_does_not_block_others(served):
    counts, gave_up = [0] * 8, threading.Event()  # four connections for each thread

    def talk(number):
        """Send requests until every connection got some answers, or one got none in time."""
        with connection(served) as sock:
            while min(counts) <= 5 and not gave_up.is_set():
                try:
                    ask(sock)
                    counts[number] += 1
                except TimeoutError:
                    gave_up.set()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(talk, range(8)))

    assert min(counts) > 5


def test_a_stopping_worker_answers_its_running_requests(served):
    with connection(served) as sock:
        ask(sock)
        served.stop()

        assert served.child.running() is False


def test_an_unread_body_is_not_parsed_as_the_next_request(served):
    with connection(served) as sock:
        smuggled = b"GET /nowhere HTTP/1.1\r\nHost: localhost\r\n\r\n"
        head = f"POST /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(smuggled)}\r\n\r\n"
        sock.sendall(head.encode() + smuggled)
        first = b""
        while not first.rstrip().endswith(b"}"):  # head and body may come one after the other
            first += sock.recv(65536)
        second = ask(sock)

    assert first[9:12] == b"405"
    assert second[9:12] == b"200"


def test_a_thread_waits_a_shorter_time_if_half_of_all_threads_wait(monkeypatch):
    stayed = []
    conn = type("Connection", (), {"sock": None, "parser": None})()
    poll = SimpleNamespace(register=lambda *_: None, poll=stayed.append)
    monkeypatch.setattr(worker.select, "poll", lambda: poll)
    keepalive = worker.KeepAliveWorker.__new__(worker.KeepAliveWorker)
    keepalive.tpool, keepalive.cfg = SimpleNamespace(_work_queue=SimpleQueue()), SimpleNamespace(threads=4)

    for others in ({1}, {1, 2}):
        keepalive._waiting = others
        keepalive._next_request_arrives(conn)

    assert stayed == [worker.KEEP_THREAD_MILLISECONDS, worker.KEEP_THREAD_BUSY_MILLISECONDS]
    assert keepalive._waiting == {1, 2}


def test_a_thread_leaves_a_busy_connection_when_other_connections_wait():
    ours, theirs = socket.socketpair()
    unreader = SocketUnreader(ours)
    conn = type("Connection", (), {"sock": ours, "parser": SimpleNamespace(unreader=unreader)})()
    theirs.send(b"GET / HTTP/1.1\r\n\r\n")
    keepalive = worker.KeepAliveWorker.__new__(worker.KeepAliveWorker)
    keepalive.tpool = SimpleNamespace(_work_queue=SimpleQueue())
    keepalive.cfg, keepalive._waiting = SimpleNamespace(threads=4), set()

    with ours, theirs:
        stays_when_idle = keepalive._next_request_arrives(conn)
        unreader.read()
        theirs.send(b"GET / HTTP/1.1\r\n\r\n")
        keepalive.tpool._work_queue.put("a request")
        stays_when_busy = keepalive._next_request_arrives(conn)

    assert (stays_when_idle, stays_when_busy) == (True, False)


def test_workers_do_not_wait_for_a_worker_that_has_exited(monkeypatch):
    waited = []
    monkeypatch.setenv("FAST_PATH", "1")
    monkeypatch.setattr(worker, "time", SimpleNamespace(sleep=waited.append))
    monkeypatch.setattr(worker.TimeLimitedWorker, "accept", lambda *_: None)
    monkeypatch.setattr(worker, "connection_counts", [0, 0, 0, 0])
    keepalive, exited = (worker.KeepAliveWorker.__new__(worker.KeepAliveWorker) for _ in range(2))
    keepalive.age, keepalive.nr_conns, exited.age, exited.nr_conns = 1, 3, 2, 2

    exited.accept(None)
    keepalive.accept(None)
    runpy.run_path("gunicorn.conf.py")["child_exit"](None, exited)
    keepalive.accept(None)

    assert waited == [worker.ACCEPT_DELAY_SECONDS]
