"""The header ``traceparent`` (W3C Trace Context): from the router to Zoom and into the log, on both paths."""

import json
import logging
import re
from dataclasses import replace

import pytest

from offline_zoom.app import create_app as create_offline_zoom
from tests.support.people import Person
from tests.web.test_files_of_a_call import served
from zoomapp import create_app, log_setup, services
from zoomapp.log_setup import JsonLines

TRACE_ID, PARENT_ID = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
HEADER = f"00-{TRACE_ID}-{PARENT_ID}-01"
ME = "/zoom/api/v2/users/me"
MALFORMED = [
    "",
    "x" * 8000,
    HEADER + "x" * 8000,
    HEADER + "-more",
    HEADER + "\n",
    HEADER.upper(),
    HEADER.replace("4bf9", "４bf9"),
    HEADER.replace(TRACE_ID, "0" * 32),
    HEADER.replace(PARENT_ID, "0" * 16),
    "ff" + HEADER[2:],
    HEADER.replace("-", "_"),
    f"{HEADER},{HEADER}",
]


class Recording:
    """An offline Zoom that records the ``traceparent`` of each request to it, by path."""

    def __init__(self, world):
        self._zoom = create_offline_zoom(world)
        self.headers = []

    def __call__(self, environ, start_response):
        self.headers.append((environ["PATH_INFO"], environ.get("HTTP_TRACEPARENT")))
        return self._zoom(environ, start_response)

    def take(self):
        taken, self.headers = self.headers, []
        return taken


@pytest.fixture(params=[True, False], ids=["fast path", "plain"])
def deployment(request, settings, world, clock):
    """Dana's browser, the offline Zoom on a socket, and the lines of the log. Each path has a transport of its own."""
    zoom, lines = Recording(world), []
    handler = logging.Handler()
    handler.setFormatter(JsonLines())
    handler.emit = lambda record: lines.append(json.loads(handler.format(record)))
    with served(zoom) as address:
        own = replace(settings, zoom_host=address, zoom_api_host=address, fast_path=request.param)
        built = services.build(own, clock=clock)
        person = Person(create_app(built), world, "dana")
        logging.getLogger("zoomapp").addHandler(handler)
        yield person, zoom, lines
        logging.getLogger("zoomapp").removeHandler(handler)
        built.begin_shutdown()
        built.call_log.stop()
        built.redis.connection_pool.disconnect()


def test_trace_of_the_router_reaches_zoom_with_a_new_parent_and_each_line_of_the_log(deployment):
    person, zoom, lines = deployment
    callback = person.consent(person.get("/api/zoomapp/install").location)
    zoom.take()
    person.get(callback, headers={"traceparent": HEADER})
    signing_in = zoom.take()
    lines.clear()

    person.get(ME, headers={"traceparent": HEADER})
    [(path, sent)] = zoom.take()
    person.look("/meetings")

    assert [path for path, _ in signing_in] == ["/oauth/token", "/v2/users/me"]
    all_sent = [sent, *(header for _, header in signing_in)]
    assert all(re.fullmatch(f"00-{TRACE_ID}-(?!{PARENT_ID})[0-9a-f]{{16}}-01", header) for header in all_sent)
    assert path == "/v2/users/me" and len(set(all_sent)) == 3
    proxied = next(line for line in lines if line.get("route") == "/zoom/api/<path:_>")
    assert proxied["trace_id"] == TRACE_ID
    assert zoom.headers and not any(header for _, header in zoom.headers), "the trace ends with its request"
    assert "trace_id" not in next(line for line in lines if line.get("route") == "/meetings")


def test_request_without_a_trace_sends_none(deployment):
    person, zoom, lines = deployment
    person.connect()
    person.get(ME)

    assert len(zoom.headers) == 3 and not any(header for _, header in zoom.headers)
    assert not any("trace_id" in line for line in lines)


@pytest.mark.parametrize("header", MALFORMED, ids=lambda header: ascii(header[:60]))
def test_malformed_trace_is_ignored(header):
    log_setup.start_request(HEADER)
    log_setup.start_request(header)

    assert log_setup.next_traceparent() == ""
    line = JsonLines().format(logging.makeLogRecord({"msg": "request", "levelname": "INFO"}))
    assert "trace_id" not in json.loads(line)


@pytest.mark.parametrize(("flags", "sent"), [("00", "00"), ("01", "01"), ("03", "01"), ("fe", "00")])
def test_only_the_sampled_flag_is_passed_on(flags, sent):
    log_setup.start_request(f"cc-{TRACE_ID}-{PARENT_ID}-{flags}")

    assert re.fullmatch(f"00-{TRACE_ID}-[0-9a-f]{{16}}-{sent}", log_setup.next_traceparent())
    log_setup.start_request()
