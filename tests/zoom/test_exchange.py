"""What every transport does when it exchanges a request for a response."""

import contextlib
import socket
import ssl
import threading
from types import SimpleNamespace

import pytest
import requests

from tests.support.certificates import self_signed
from tests.support.processes import HANG_SECONDS
from tests.zoom.test_transport import HEAD, Peer, drip
from zoomapp.fastpath.http1 import Http1Transport
from zoomapp.zoom.transport import LostAnswer, NotSent
from zoomapp.zoom.urllib3_transport import Urllib3Transport

LONG = bytes(range(256)) * 16 * 1024
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


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


@pytest.fixture(params=[Urllib3Transport, Http1Transport])
def transport_class(request):
    return request.param


@pytest.fixture
def transport(transport_class):
    return transport_class()


def ask(transport, server, method="GET", body=b"", seconds=HANG_SECONDS):
    return transport.exchange(method, server.url, "/v2/x", {"Accept": "*/*"}, body, (HANG_SECONDS, seconds))


@pytest.mark.parametrize("value", ["a\r\nX-Injected: 1", "a\nb", "a\r", "caf\u2019"])
def test_a_header_with_a_line_break_is_not_sent(transport, peer, value):
    server = peer([HEAD + b"{}"])

    with pytest.raises(requests.exceptions.InvalidHeader):
        transport.exchange("GET", server.url, "/v2/x", {"Accept": value}, b"", (HANG_SECONDS, HANG_SECONDS))
    assert server.heads == []


def test_a_request_has_one_host_and_no_header_of_its_own(transport, peer):
    server = peer([HEAD + b"{}"])

    ask(transport, server)

    names = sorted(line.partition(b":")[0].lower() for line in server.heads[0].split(b"\r\n")[1:] if line)
    assert names in ([b"accept", b"host"], [b"accept", b"host", b"user-agent"])


def test_a_write_has_a_length_even_when_empty(transport, peer):
    server = peer([HEAD + b"{}"], [HEAD + b"{}"])

    ask(transport, server, "POST").read(10)
    ask(transport, server, "GET").read(10)

    assert b"\r\nContent-Length: 0\r\n" in server.heads[0]
    assert b"Content-Length" not in server.heads[1]


def test_a_repeated_header_is_joined(transport, peer):
    server = peer([HEAD.replace(b"\r\n\r\n", b"\r\nVary: Origin\r\nvary: Cookie\r\n\r\n") + b"{}"])

    assert ask(transport, server).headers["VARY"] == "Origin, Cookie"


def test_a_body_is_read_without_chunk_sizes(transport, peer):
    server = peer(drip(CHUNKED + b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"), [HEAD + b"{}"], pause=0.001)

    assert ask(transport, server).read(1000) == b"abcde"
    assert ask(transport, server).read(1000) == b"{}"
    assert server.connections == 1


def test_a_body_can_be_read_in_pieces(transport, peer):
    reply = ask(transport, peer([HEAD.replace(b": 2", b": 10") + b"0123456789"]))

    assert [reply.read(4) for _ in range(4)] == [b"0123", b"4567", b"89", b""]


@pytest.mark.parametrize("status", [b"204 No Content", b"304 Not Modified"])
def test_an_answer_without_a_body_frees_its_connection(transport, peer, status):
    server = peer([b"HTTP/1.1 " + status + b"\r\n\r\n"], [HEAD + b"{}"])

    assert ask(transport, server).read(10) == b""
    assert ask(transport, server).read(10) == b"{}"
    assert server.connections == 1


def test_the_answer_to_head_has_a_length_and_no_body(transport, peer):
    server = peer([HEAD], [HEAD + b"{}"])

    reply = ask(transport, server, "HEAD")

    assert (reply.headers["content-length"], reply.read(10)) == ("2", b"")
    assert ask(transport, server).read(10) == b"{}"


def test_an_interim_answer_is_not_the_answer(transport, peer):
    early = b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"

    reply = ask(transport, peer([early + HEAD + b"{}"]))

    assert (reply.status, "Link" in reply.headers, reply.read(10)) == (200, False, b"{}")


@pytest.mark.parametrize(
    "surplus", [b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nno", b"HTTP/1.1 204 No Content\r\n\r\n", b"HTTP/1.1 "]
)
def test_an_unrequested_response_is_not_used_for_the_next_request(transport, peer, surplus):
    server = peer([HEAD + b"{}" + surplus], [HEAD + b"{}"])

    answers = [ask(transport, server) for _ in range(2)]

    assert [(each.status, each.read(10)) for each in answers] == [(200, b"{}")] * 2
    assert server.connections == 2


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX : y\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n",
        b"SSH-2.0-nobody\r\n",
    ],
    ids=["two lengths", "two frames", "blank before the colon", "another protocol", "no HTTP"],
)
def test_an_ambiguous_response_is_refused(transport, peer, head):
    with pytest.raises(LostAnswer):
        ask(transport, peer([head + b"{}"]))


def test_a_head_over_the_size_limit_is_refused(transport, peer):
    endless = b"HTTP/1.1 200 OK\r\n" + b"X-Filler: 1234567890\r\n" * 10_000

    with pytest.raises(LostAnswer):
        ask(transport, peer([endless]))


def test_silence_is_a_time_out_and_a_refused_connection_is_not_sent(transport, peer):
    silent = peer([b""], pause=HANG_SECONDS)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        nowhere = f"http://127.0.0.1:{listener.getsockname()[1]}"

    with pytest.raises(requests.ReadTimeout):
        ask(transport, silent, seconds=0.2)
    with pytest.raises(NotSent):
        transport.exchange("GET", nowhere, "/v2/x", {}, b"", (HANG_SECONDS, HANG_SECONDS))


def test_the_connection_of_an_unfinished_response_is_not_reused(transport, peer):
    server = peer([HEAD.replace(b": 2", b": 10") + b"01234"], [HEAD + b"{}"])

    ask(transport, server).close()

    assert ask(transport, server).read(10) == b"{}"
    assert server.connections == 2


@pytest.fixture(params=["plain", "tls"])
def slow_reader(request, tmp_path):
    """A peer that reads a request of 4 MB once ``reads`` is set. ``arrived``: what it read; ``roots``: who vouches."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16 * 1024)
    scheme, roots, arrived = "http", "", bytearray()
    if request.param == "tls":
        pem, key = self_signed(tmp_path)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem, key)
        listener = context.wrap_socket(listener, server_side=True)
        scheme, roots = "https", str(pem)

    def read():
        connection = listener.accept()[0]
        with connection, contextlib.suppress(OSError):
            if not reads.wait(HANG_SECONDS):
                return
            while len(arrived.partition(b"\r\n\r\n")[2]) < len(LONG) and (piece := connection.recv(65536)):
                arrived.extend(piece)
            connection.sendall(HEAD + b"{}")

    reads = threading.Event()
    threading.Thread(target=read, daemon=True).start()
    yield SimpleNamespace(
        url=f"{scheme}://127.0.0.1:{listener.getsockname()[1]}", roots=roots, arrived=arrived, reads=reads
    )
    reads.set()
    listener.close()


def test_a_long_request_reaches_a_slow_peer_completely(transport_class, slow_reader):
    threading.Timer(0.3, slow_reader.reads.set).start()

    reply = ask(transport_class(slow_reader.roots), slow_reader, "POST", LONG)

    assert reply.status == 200
    assert slow_reader.arrived.partition(b"\r\n\r\n")[2] == LONG


def test_a_peer_that_does_not_read_is_a_time_out(transport_class, slow_reader):
    with pytest.raises(requests.ReadTimeout):
        ask(transport_class(slow_reader.roots), slow_reader, "POST", LONG, seconds=0.3)
