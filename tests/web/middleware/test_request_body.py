"""Request bodies: incomplete ones change nothing, and limits depend on the sender."""

import io
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import pytest

from tests.web.reading import fields
from zoomapp.server import body_limits
from zoomapp.server.body_limits import BodyReads

CREATE = "POST /v2/users/me/meetings"
GUARD_SECONDS = 20
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def form(dana):
    """A schedule form as a browser sends it."""
    return urlencode({**fields(dana.look("/meetings/new").text), "topic": "Budget", "zone": "UTC"}).encode()


def as_gunicorn_hands_on(body, **announced):
    """What came, as if it were whole."""
    return {"environ_overrides": {"wsgi.input": io.BytesIO(body), "wsgi.input_terminated": True, **announced}}


def test_an_incomplete_form_changes_nothing(dana, world, form):
    broken = as_gunicorn_hands_on(form[:-9], CONTENT_LENGTH=str(len(form)))

    answer = dana.post("/meetings/new", content_type=FORM, **broken)

    assert (answer.status_code, answer.json["error"]) == (400, "bad_request")
    assert world.calls.count(CREATE) == 0
    assert dana.post("/meetings/new", content_type=FORM, data=form).status_code == 303
    assert world.calls.count(CREATE) == 1


def test_a_chunked_form_over_the_limit_is_refused_and_not_truncated(dana, world, form):
    longer = form + b"&more=" + b"x" * 1024 * 1024
    chunked = as_gunicorn_hands_on(longer, HTTP_TRANSFER_ENCODING="chunked")

    answer = dana.post("/meetings/new", content_type=FORM, **chunked)

    assert (answer.status_code, answer.json["error"]) == (413, "too_large")
    assert world.calls.count(CREATE) == 0


def test_a_chunked_body_is_read_completely(dana, world, form):
    chunked = as_gunicorn_hands_on(form, HTTP_TRANSFER_ENCODING="chunked")

    assert dana.post("/meetings/new", content_type=FORM, **chunked).status_code == 303
    assert world.calls.count(CREATE) == 1


def test_an_incomplete_authorization_body_is_refused_before_its_code_is_used(anyone, world):
    broken = as_gunicorn_hands_on(b'{"code":"abc"}', CONTENT_LENGTH="40")

    answer = anyone.post("/api/zoomapp/onauthorized", content_type="application/json", **broken)

    assert (answer.status_code, answer.json["error"]) == (400, "bad_request")
    assert world.calls.count("POST /oauth/token") == 0


class Counted(io.BytesIO):
    """A body that counts how often it is read."""

    reads = 0

    def read(self, size=-1):
        self.reads += 1
        return super().read(size)


def send(person, path, body, **announced):
    """Post a body as gunicorn hands it on. Returns the answer and how often the body was read."""
    stream = Counted(body)
    environ = {"wsgi.input": stream, "wsgi.input_terminated": True, **announced}
    environ.setdefault("CONTENT_LENGTH", str(len(body)))
    return person.post(path, content_type="application/json", environ_overrides=environ), stream.reads


SIXTEEN_KB = 16 * 1024
FRAMINGS = [{}, {"CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": "chunked"}]


@pytest.mark.parametrize("framing", FRAMINGS)
def test_a_visitor_may_send_16_kb(anyone, framing):
    largest_body = b'{"code":"%s"}' % (b"x" * (SIXTEEN_KB - 11))

    allowed, _ = send(anyone, "/api/zoomapp/onauthorized", largest_body, **framing)
    refused, _ = send(anyone, "/api/zoomapp/onauthorized", largest_body + b" ", **framing)

    assert len(largest_body) == SIXTEEN_KB and allowed.status_code == 400
    assert (refused.status_code, refused.json["error"]) == (413, "too_large")


def test_a_large_body_of_a_visitor_is_not_read(anyone):
    answer, reads = send(anyone, "/api/zoomapp/onauthorized", b"x" * (SIXTEEN_KB + 1))

    assert (answer.status_code, reads) == (413, 0)


@pytest.mark.parametrize("path", ["/zoom/api/v2/users/me/meetings", "/zoom/api/batch"])
@pytest.mark.parametrize("size", [10, SIXTEEN_KB + 1])
def test_the_session_is_checked_before_a_body_is_read(anyone, path, size):
    answer, reads = send(anyone, path, b"x" * size)

    assert (answer.status_code, answer.json["error"], reads) == (401, "unauthorized", 0)


def test_a_signed_in_user_may_send_a_larger_body(dana, world):
    body = b'{"topic":"%s"}' % (b"x" * SIXTEEN_KB)

    answer, _ = send(dana, "/zoom/api/v2/users/me/meetings", body)

    assert answer.status_code != 413
    assert world.calls.count(CREATE) == 1


def test_the_memory_for_all_request_bodies_is_limited(dana, anyone, world):
    body = b'{"code":"abc"}'
    body_limits.memory.take(body_limits.MAX_BYTES_IN_MEMORY - len(body))
    try:
        fits, _ = send(anyone, "/api/zoomapp/onauthorized", body)
        again, _ = send(anyone, "/api/zoomapp/onauthorized", body)
        refused, reads = send(anyone, "/api/zoomapp/onauthorized", body + b" ")
        relayed, _ = send(dana, "/zoom/api/v2/users/me/meetings", body + b" ")
        after, _ = send(anyone, "/api/zoomapp/onauthorized", body)
    finally:
        body_limits.memory.give_back(body_limits.MAX_BYTES_IN_MEMORY - len(body))

    assert [each.status_code for each in (fits, again, after)] == [400] * 3
    assert (refused.status_code, refused.json["error"], reads) == (503, "busy", 0)
    assert int(refused.headers["Retry-After"]) > 0
    assert relayed.status_code == 503 and world.calls.count(CREATE) == 0


def test_the_memory_of_a_proxied_body_is_free_after_the_response(dana):
    free = body_limits.MAX_BYTES_IN_MEMORY

    send(dana, "/zoom/api/v2/users/me/meetings", b'{"topic":"x"}')
    send(dana, "/zoom/api/v2/users/me/meetings", b"{")

    body_limits.memory.take(free)
    body_limits.memory.give_back(free)


class Connection:
    """A socket pair as the server has it: ``blocked`` starts a thread that reads a body from it."""

    def __init__(self, reads, threads):
        self.ours, self.theirs = socket.socketpair()
        self.counted = threading.Event()
        self.result = threads.submit(self._read, reads)
        assert self.counted.wait(GUARD_SECONDS)

    def _read(self, reads):
        with reads.read(self.ours) as read:
            self.counted.set()
            return self.ours.recv(10), read.ended

    def close(self):
        self.ours.close()
        self.theirs.close()


@pytest.fixture
def threads():
    with ThreadPoolExecutor(4) as threads:
        yield threads


def test_a_body_that_takes_too_long_is_refused(threads, clock):
    reads = BodyReads(max_bytes=100, max_reads=4, seconds=10, clock=clock)
    slow = Connection(reads, threads)
    clock.tick(5)
    young = Connection(reads, threads)
    clock.tick(5)

    reads.end_overdue()

    assert slow.result.result(GUARD_SECONDS) == (b"", True)
    slow.theirs.settimeout(GUARD_SECONDS)
    slow.ours.sendall(b"408")  # it can still be answered
    assert slow.theirs.recv(3) == b"408"
    young.theirs.sendall(b"x")
    assert young.result.result(GUARD_SECONDS) == (b"x", False)
    assert slow.ours.gettimeout() is None
    slow.close()
    young.close()


def test_the_oldest_body_read_is_ended_when_there_are_too_many(threads, clock):
    reads = BodyReads(max_bytes=100, max_reads=2, seconds=10, clock=clock)
    first, second, third = (Connection(reads, threads) for _ in range(3))

    assert first.result.result(GUARD_SECONDS) == (b"", True)
    for each in (second, third):
        each.theirs.sendall(b"x")
        assert each.result.result(GUARD_SECONDS) == (b"x", False)
    for each in (first, second, third):
        each.close()
