"""The files that one proxied call enters: docs/architecture.md lists them, and they stay few.

pytest's ``-rP`` prints the files with the functions entered in each.
"""

import re
import threading
from contextlib import contextmanager
from dataclasses import replace

import pytest
from werkzeug.serving import make_server

from offline_zoom.app import create_app as create_offline_zoom
from tests.support.files_of_a_call import ROOT, files_entered
from tests.support.people import Person
from zoomapp import create_app, services

#: The most files that a reader must open to follow a call.
MAX_FILES_TO_READ = 15


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
    """The files that a warm call enters, with the fast path or without it."""

    def run(fast_path):
        with served(create_offline_zoom(world)) as zoom:
            own = replace(settings, zoom_host=zoom, zoom_api_host=zoom, fast_path=fast_path)
            parts = services.build(own, clock=clock)
            dana = Person(create_app(parts), world, "dana")
            assert dana.connect().status_code == 302
            # Another target than the traced one, so that the check of a target is traced as well.
            assert dana.get("/zoom/api/v2/users/me").status_code == 200
            entered = files_entered(lambda: dana.get("/zoom/api/v2/users/me?login_type=1"))
            parts.call_log.stop()
            parts.redis.connection_pool.disconnect()
        print(f"{len(entered)} files, {'with' if fast_path else 'without'} the fast path")
        for file, functions in entered.items():
            print(f"  {file}: {', '.join(functions)}")
        return set(entered)

    return run


def test_the_architecture_page_lists_the_files_that_a_proxied_call_enters(enter):
    numbered, others = documented_files()

    entered = enter(fast_path=True) | enter(fast_path=False)

    assert {*numbered, *others} == entered


def test_files_to_read_for_a_proxied_call_are_few():
    numbered, others = documented_files()

    assert 0 < len(numbered) <= MAX_FILES_TO_READ
    assert all((ROOT / file).is_file() for file in (*numbered, *others))
