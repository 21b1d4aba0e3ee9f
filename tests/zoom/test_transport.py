"""The transport against a server that sends planned bytes, slowly if needed."""

import contextvars
import gzip
import socket
import subprocess
import sys
import threading
import time
import tracemalloc
from datetime import UTC, datetime

import pytest
import requests

from tests.support.processes import HANG_SECONDS
from zoomapp import deadline
from zoomapp.errors import UpstreamError, UpstreamTimeout
from zoomapp.fastpath.http1 import Http1Transport
from zoomapp.recordings.files import Download, check_is_file
from zoomapp.services import http_session
from zoomapp.zoom.client import Call, ZoomClient
from zoomapp.zoom.recordings import Recording, RecordingFile
from zoomapp.zoom.transport import LostAnswer, NotSent
from zoomapp.zoom.urllib3_transport import Urllib3Transport

MEGABYTE = 1024 * 1024
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n"


class Peer:
    """A server of one script: each connection gets its next line of pieces, with a pause after each piece."""

    def __init__(self, *scripts, pause=0.0):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.heads = []
        self.connections = 0
        self._scripts = list(scripts)
        self._pause = pause
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection):
        with connection:
            while self._scripts:
                head = b""
                while b"\r\n\r\n" not in head:
                    piece = connection.recv(65536)
                    if not piece:
                        return
                    head += piece
                self.heads.append(head)
                script = self._scripts.pop(0)
                for piece in script:
                    try:
                        connection.sendall(piece)
                    except OSError:
                        return
                    if self._pause:
                        time.sleep(self._pause)
                if b"close" in script[0]:
                    return


@pytest.fixture
def peer():
    """A factory of peers."""
    made = []

    def make(*scripts, **more):
        made.append(Peer(*scripts, **more))
        return made[-1]

    yield make
    for one in made:
        one.listener.close()


def drip(data):
    """One byte at a time."""
    return [data[at : at + 1] for at in range(len(data))]


@pytest.fixture(params=[Urllib3Transport, Http1Transport])
def transport_class(request):
    return request.param


@pytest.fixture
def adapter(transport_class):
    return transport_class()


def get(adapter, url, seconds=HANG_SECONDS, stream=False):
    request = requests.PreparedRequest()
    request.method, request.url, request.body = "GET", url, None
    request.headers = requests.structures.CaseInsensitiveDict({"Accept": "*/*"})
    return adapter.send(request, stream=stream, timeout=(HANG_SECONDS, seconds))


@pytest.mark.parametrize(
    "target", ["/v2/a%2fb%252Fc", "/v2/x?q=%7e&&a=b+c", "/v2/..%2e;/", "/v2/a//b", "/v2/%C3%a9?x=[1]|", "/?"]
)
def test_the_request_target_is_sent_byte_for_byte(adapter, peer, target):
    server = peer([HEAD + b"{}"], [HEAD + b"{}"])

    get(adapter, server.url + target)
    adapter.exchange("GET", server.url, target, {}, b"", (HANG_SECONDS, HANG_SECONDS))

    assert [head.partition(b"\r\n")[0] for head in server.heads] == [f"GET {target} HTTP/1.1".encode()] * 2


@pytest.mark.parametrize("packed", [True, False], ids=["packed", "plain"])
def test_a_json_response_has_a_maximum_size(adapter, peer, packed):
    body = gzip.compress(bytes(200 * MEGABYTE), 1) if packed else bytes(20 * MEGABYTE)
    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n" % len(body)
    server = peer([head + (b"Content-Encoding: gzip\r\n" if packed else b"") + b"\r\n", body], [HEAD + b"{}"])
    tracemalloc.start()
    bytes_before = tracemalloc.get_traced_memory()[0]

    with pytest.raises(LostAnswer):
        get(adapter, server.url + "/oauth/token")

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak - bytes_before < 8 * MEGABYTE
    assert get(adapter, server.url + "/oauth/token").json() == {}


def test_a_compressed_response_of_the_maximum_size_is_read(adapter, peer):
    body = gzip.compress(b"x" * MEGABYTE)
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(body)
    server = peer([head + body], [HEAD + b"{}"])

    assert len(get(adapter, server.url + "/oauth/token").content) == MEGABYTE
    assert get(adapter, server.url + "/oauth/token").json() == {}


def test_both_attempts_of_a_read_share_one_deadline(transport_class, peer):
    # http.client takes a head that is cut off for a whole one.
    cut_head = b"HTTP/1.1 200 OK\r\nConnection: close\r\n"
    broken_off = cut_head if transport_class is Http1Transport else b"HTTP/1.1 close"
    server = peer([broken_off], [b""] * 200, pause=0.3)
    limits = []

    class RecordingAdapter(transport_class):
        def exchange(self, *arguments):
            limits.append(arguments[-1][1])
            return super().exchange(*arguments)

    client = ZoomClient(http_session(RecordingAdapter()), server.url)

    def ask():
        deadline.start(3.0)
        with pytest.raises(UpstreamTimeout):
            client.send(Call("GET", "/v2/x"), "t")
        return deadline.passed()

    assert contextvars.copy_context().run(ask)
    assert len(server.heads) == 2
    assert limits[0] <= 3.0 and limits[1] <= limits[0] - 0.2  # the first try took 0.3 s of them


def test_a_connection_is_reused(adapter, peer):
    server = peer([HEAD + b"{}"], [HEAD + b"{}"])

    for _ in range(2):
        assert get(adapter, server.url + "/v2/x").json() == {}

    assert server.connections == 1


def test_a_cookie_of_a_response_is_not_sent_with_the_next_call(transport_class, peer):
    server = peer([HEAD.replace(b"\r\n\r\n", b"\r\nSet-Cookie: sid=danas\r\n\r\n") + b"{}"], [HEAD + b"{}"])
    session = http_session(transport_class())

    for _ in range(2):
        session.post(
            server.url + "/oauth/token", data={"grant_type": "refresh_token"}, timeout=(HANG_SECONDS, HANG_SECONDS)
        )

    assert b"cookie" not in server.heads[1].lower()


def test_a_head_sent_byte_by_byte_ends_when_its_time_is_up(adapter, peer):
    server = peer(drip(HEAD + b"{}"), pause=0.05)  # whole after 3.5 s, without a silence of half a second

    with pytest.raises(requests.ReadTimeout):
        get(adapter, server.url + "/v2/x", seconds=0.5)


def test_a_body_sent_byte_by_byte_ends_when_its_time_is_up(adapter, peer):
    long = HEAD.replace(b"Content-Length: 2", b"Content-Length: 200")
    server = peer([long, *drip(b" " * 200)], pause=0.05)  # whole after 10 s

    with pytest.raises(requests.ReadTimeout):
        get(adapter, server.url + "/v2/x", seconds=0.5)


def test_a_streamed_body_sent_byte_by_byte_is_a_time_out(transport_class, monkeypatch, peer):
    monkeypatch.setattr("zoomapp.zoom.client.ANSWER_SECONDS", 0.5)
    long = HEAD.replace(b"Content-Length: 2", b"Content-Length: 200")
    server = peer([long, *drip(b" " * 200)], pause=0.05)
    answer = ZoomClient(http_session(transport_class()), server.url).send(Call("GET", "/v2/x"), "token")

    with pytest.raises(UpstreamTimeout):
        answer.whole()


def test_an_answer_in_time_leaves_its_connection_alone(adapter, peer):
    server = peer(drip(HEAD + b"{}"), [HEAD + b"{}"], pause=0.005)

    get(adapter, server.url + "/v2/x")
    time.sleep(0.6)  # the watch has looked since

    assert get(adapter, server.url + "/v2/x").status_code == 200
    assert server.connections == 1


def test_a_refused_connection_is_an_error_before_the_request_was_sent(adapter):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    with pytest.raises(NotSent):
        get(adapter, f"http://127.0.0.1:{port}/v2/x")


def test_an_answer_that_never_began_may_have_been_processed(adapter, peer):
    server = peer([b"HTTP/1.1 close"])

    with pytest.raises(LostAnswer):
        get(adapter, server.url + "/v2/x")


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nConnection: close\r\n",
    ],
    ids=["no length", "head cut off"],
)
def test_an_answer_without_length_or_chunks_is_refused(transport_class, peer, answer):
    server = peer([answer], [answer])

    with pytest.raises(UpstreamError):
        ZoomClient(http_session(transport_class()), server.url).send(Call("GET", "/v2/x"), "token")


def test_a_truncated_body_is_an_error(transport_class, peer):
    cut = HEAD.replace(b"Content-Length: 2", b"Content-Length: 20\r\nConnection: close") + b'{"a":1'
    server = peer([cut])
    answer = ZoomClient(http_session(transport_class()), server.url).send(Call("GET", "/v2/x"), "token")

    with pytest.raises(UpstreamError):
        answer.whole()


FORKED = """
import os, signal, socket
from zoomapp.zoom.watchdog import Watchdog

class Holder:
    pass

watch, holder = Watchdog(), Holder()
holder.sock, other = socket.socketpair()
with watch.over(holder, 5):
    pass
if os.fork():
    os._exit(os.waitstatus_to_exitcode(os.wait()[1]))
signal.alarm(60)
with watch.over(holder, 0.3):
    os._exit(0 if holder.sock.recv(1) == b"" else 1)
"""


def test_a_forked_process_has_its_own_watchdog():
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", FORKED], timeout=HANG_SECONDS, check=False)

    assert done.returncode == 0


@pytest.mark.parametrize(
    "lines",
    [
        "Content-Length: -1",
        "Content-Length: ten",
        "Content-Length: \u00b2",
        "Content-Length: 10\r\nContent-Length: 20",
        "Content-Length: 10\r\nContent-Length: 10",
        f"Content-Length: {'9' * 40}",
        "Content-Length: 10\r\nContent-Type: \u00e9/\u00fc",
        "Content-Length: 10\r\nContent-Range: bytes -5/\u00e9\r\nAccept-Ranges: \u00e9",
        "Content-Length: 10\r\nContent-Disposition: attachment; filename=\u00e9\r\nContent-Encoding: \u00e9",
    ],
)
def test_strange_headers_of_a_file_host_end_in_the_file_or_in_an_upstream_error(adapter, peer, lines):
    head = f"HTTP/1.1 200 OK\r\nConnection: close\r\n{lines}\r\n\r\n".encode("latin-1")
    file = RecordingFile("key", "CHAT", "txt", 10, download_url="x")
    url = peer([head + b"ten bytes."]).url
    try:
        answer = ZoomClient(http_session(adapter), url).download(f"{url}/x", "a token")
        check_is_file(answer, file)
        headers = Download(Recording("uuid"), file, answer).headers(datetime(2026, 3, 2, tzinfo=UTC), UTC)
        body = b"".join(answer.chunks())
    except UpstreamError:
        return

    assert body == b"ten bytes."
    assert all(value.isascii() for value in headers.values())
    assert headers.get("Content-Length", "10") == "10"
