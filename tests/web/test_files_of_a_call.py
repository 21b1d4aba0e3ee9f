"""The files that one proxied call enters: docs/architecture.md lists them, and they stay few.

Those to open are the path of the call; the others are called from it and lead no further.

pytest's ``-rP`` prints the files with the functions entered in each.
"""

import re
import threading
from contextlib import contextmanager
from dataclasses import replace

import pytest
from werkzeug.serving import make_server

from offline_zoom.app import create_app as create_offline_zoom
from tests.support.files_of_a_call import ROOT, trace_files
from tests.support.people import Person
from zoomapp import create_app, services

#: The most files that a reader must open to follow a call, and that it enters with the fast path and without.
MAX_FILES_TO_READ = 10
MAX_FILES_ENTERED = {True: 29, False: 32}
#: Files that lead to the path and are no part of it: they begin the request, make the client, or use connections.
ENTRANCES = {"zoomapp/web/middleware/outermost.py", "zoomapp/services.py", "zoomapp/fastpath/http1.py"}


def documented_files():
    """The files of the section "One proxied call": those to read, in order, and the others."""
    text = (ROOT / "docs" / "architecture.md").read_text()
    section = text.partition("## One proxied call\n")[2].partition("\n## ")[0]
    numbered = re.findall(r"^\d+\. `(zoomapp/\S+\.py)`", section, re.MULTILINE)
    return numbered, set(re.findall(r"`(zoomapp/[\w/]+\.py)`", section)) - set(numbered)


@contextmanager
def served(app):
    """The address of a WSGI app on a socket of its own: only a real transport enters all files."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def enter(settings, world, clock):
    """The trace of a warm call, with the fast path or without it."""

    def run(fast_path):
        with served(create_offline_zoom(world)) as zoom:
            own = replace(settings, zoom_host=zoom, zoom_api_host=zoom, fast_path=fast_path)
            parts = services.build(own, clock=clock)
            dana = Person(create_app(parts), world, "dana")
            assert dana.connect().status_code == 302
            # Another target than the traced one, so that the check of a target is traced as well.
            assert dana.get("/zoom/api/v2/users/me").status_code == 200
            trace = trace_files(lambda: dana.get("/zoom/api/v2/users/me?login_type=1"))
            parts.call_log.stop()
            parts.redis.connection_pool.disconnect()
        print(f"{len(trace.functions)} files, {'with' if fast_path else 'without'} the fast path")
        for file, functions in trace.functions.items():
            print(f"  {file}: {', '.join(functions)}")
        return trace

    return run


def test_architecture_page_lists_the_files_of_a_proxied_call(enter):
    numbered, others = documented_files()

    traces = {fast_path: enter(fast_path) for fast_path in (True, False)}

    assert {*numbered, *others} == {file for trace in traces.values() for file in trace.functions}
    assert all(len(trace.functions) <= MAX_FILES_ENTERED[fast_path] for fast_path, trace in traces.items())
    # Only the path leads on: a reader can leave out the other files.
    calls = {call for trace in traces.values() for call in trace.calls}
    assert {source for source, target in calls if target in numbered and source not in numbered} <= ENTRANCES


def test_files_to_read_for_a_proxied_call_are_few():
    numbered, others = documented_files()

    assert 0 < len(numbered) <= MAX_FILES_TO_READ
    assert all((ROOT / file).is_file() for file in (*numbered, *others))
