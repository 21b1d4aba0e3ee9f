"""The app under gunicorn with malformed requests and with large bodies."""

import re
import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.support.processes import HANG_SECONDS

MEGABYTE = 1024 * 1024


@pytest.fixture
def small(house):
    """A house with one worker, so that its memory is one number."""
    return house(workers=1)


def say(url, raw, leave=False):
    """What comes back for these bytes, until the end. ``leave``: they are all there will be."""
    where = urlsplit(url)
    with socket.create_connection((where.hostname, where.port), timeout=HANG_SECONDS) as connection:
        connection.sendall(raw)
        if leave:
            connection.shutdown(socket.SHUT_WR)
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
    return answer


def test_ambiguous_message_framing_is_refused(small):
    cookie = "; ".join(f"{name}={value}" for name, value in small.browser.cookies.items()).encode()
    head = b" /zoom/api/v2/users/me HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nCookie: " + cookie + b"\r\n"
    bodies = [
        b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        b"Content-Length: +2\r\n\r\n{}",
        b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        b"Content-Length : 2\r\n\r\n{}",
        b"X-Folded: a\r\n b\r\nContent-Length: 2\r\n\r\n{}",
    ]

    for body in bodies:
        assert say(small.app.url, b"PATCH" + head + body)[9:12] in (b"400", b"501"), body
    for method in (b"TRACE", b"CONNECT", b"get"):
        assert say(small.app.url, method + head + b"\r\n")[9:12] in (b"400", b"404", b"405", b"501"), method

    assert small.zoom.count("* /v2/**") == 0
    assert small.call().status_code == 200


FORM, JSON = b"application/x-www-form-urlencoded", b"application/json"


@pytest.fixture
def begin(small):
    """A factory of requests that change something, up to their body."""
    cookie = "; ".join(f"{name}={value}" for name, value in small.browser.cookies.items()).encode()

    def build(path, kind, framed):
        head = b"POST %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nCookie: %s\r\n" % (path, cookie)
        return head + b"Content-Type: %s\r\n%s\r\n\r\n" % (kind, framed)

    return build


@pytest.mark.parametrize("rest", [1, 1000])
def test_an_incomplete_body_never_reaches_zoom(small, begin, rest):
    page = small.browser.get(f"{small.app.url}/meetings/new", headers={"Accept": "text/html"}).text
    date = re.search(r'name="date"[^>]*value="([^"]+)"', page)[1].encode()
    form = b"topic=Half&date=%s&time=23:30&duration=30&zone=UTC" % date
    sent = [(b"/zoom/api/v2/users/me/meetings", JSON, b'{"topic":"x"}'), (b"/meetings/new", FORM, form)]

    for path, kind, body in sent:
        answer = say(small.app.url, begin(path, kind, b"Content-Length: %d" % (len(body) + rest)) + body, leave=True)
        assert answer[9:12] == b"400", path
        assert small.zoom.count("POST /v2/**") == 0

    for path, kind, body in sent:
        assert say(small.app.url, begin(path, kind, b"Content-Length: %d" % len(body)) + body)[9:12] in (b"201", b"303")
    assert small.zoom.count("POST /v2/**") == 2


@pytest.mark.parametrize("chunks", [b"zz\r\n{}\r\n0\r\n\r\n", b"2\r\n{}zz0\r\n\r\n", b"7\r\n{", b"2\r\n{}\r\n"])
def test_malformed_or_unfinished_chunks_get_400(small, begin, chunks):
    for path, kind in ((b"/zoom/api/v2/users/me/meetings", JSON), (b"/meetings/new", FORM)):
        framed = begin(path, kind, b"Transfer-Encoding: chunked")
        assert say(small.app.url, framed + chunks, leave=True)[9:12] == b"400", path

    assert small.zoom.count("POST /v2/**") == 0


def test_concurrent_large_downloads_use_little_memory(small):
    page = small.browser.get(f"{small.app.url}/recordings", headers={"Accept": "text/html"}).text
    links = re.findall(r'class="file" href="(/recordings/[^"]+)"', page)
    sizes = {link: length(small, link) for link in links}
    largest = max(sizes, key=sizes.get)
    before = memory(small)

    with ThreadPoolExecutor(3) as pool:
        read = list(pool.map(lambda _: swallow(small, largest), range(3)))

    assert read == [sizes[largest]] * 3 and sizes[largest] > 64 * MEGABYTE
    assert memory(small) - before < 32 * MEGABYTE


def swallow(house, link):
    """How many bytes a download brings."""
    with house.browser.get(house.app.url + link, stream=True) as answer:
        return sum(len(piece) for piece in answer.iter_content(256 * 1024))


def length(house, link):
    """How long a file is, by its head."""
    with house.browser.get(house.app.url + link, stream=True) as answer:
        return int(answer.headers.get("Content-Length", 0))


def memory(house):
    """Bytes the one worker has had at most."""
    (worker,) = house.app.pids[1:]
    lines = Path(f"/proc/{worker}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))
