"""The app starts and stops as hosts expect."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from devtools.processes import free_port, wait_until
from tests.support.processes import HANG_SECONDS, status, until_started
from tests.support.servers import ROOT, clean_environ

TOY = """
import threading

go = threading.Event()

class Services:
    def begin_work(self):
        print("begun", flush=True)

    def begin_shutdown(self):
        print("shutdown began", flush=True)
        go.set()

class App:
    extensions = {"zoomapp": Services()}

    def __call__(self, environ, start_response):
        if environ["PATH_INFO"] == "/slow":
            print("asked", flush=True)
            go.wait(100)
        start_response("200 OK", [("Content-Length", "5")])
        return [b"whole"]

app = App()
"""


@pytest.fixture
def toy(group, tmp_path):
    """An app whose slow response ends only after the app knows that the server stops."""
    (tmp_path / "toy.py").write_text(TOY)
    port = free_port()
    command = ["gunicorn", "-c", "gunicorn.conf.py", "--pythonpath", str(tmp_path), "--bind", f"127.0.0.1:{port}"]
    child = group.start("toy", [sys.executable, "-m", *command, "toy:app"], clean_environ(WEB_CONCURRENCY="1"), ROOT)
    until_started(child, lambda: status(f"http://127.0.0.1:{port}/") == 200)
    return child, f"http://127.0.0.1:{port}"


def test_a_stopping_server_tells_the_app_and_answers_requests_in_flight(toy):
    child, url = toy
    with ThreadPoolExecutor() as pool:
        slow = pool.submit(requests.get, f"{url}/slow", timeout=HANG_SECONDS)
        assert wait_until(lambda: "asked" in child.last_lines(), HANG_SECONDS)

        child.process.terminate()

        assert slow.result().text == "whole"
        assert child.process.wait(HANG_SECONDS) == 0
    assert "shutdown began" in child.last_lines()


def test_an_empty_environment_names_every_missing_variable_and_stops(group):
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "-c",
        "gunicorn.conf.py",
        "--bind",
        f"127.0.0.1:{free_port()}",
        "wsgi:app",
    ]
    child = group.start("app", command, clean_environ(), ROOT)

    assert child.process.wait(HANG_SECONDS) == 1
    required = (
        "ZOOM_CLIENT_ID",
        "ZOOM_CLIENT_SECRET",
        "PUBLIC_URL",
        "SECRET_KEY",
        "TOKEN_ENCRYPTION_KEYS",
        "REDIS_URL",
    )
    assert all(f"{name} is missing." in child.last_lines().splitlines() for name in required)
    assert "Traceback" not in child.last_lines()


ENDING = """
import os, runpy
configured = runpy.run_path("gunicorn.conf.py")
folder = os.environ["PROMETHEUS_MULTIPROC_DIR"]
assert os.path.isdir(folder)
configured["on_exit"](None)
print(os.path.isdir(folder))
"""


def test_only_the_counters_folder_it_made_is_removed_at_the_end(tmp_path):
    def is_left(**environ):
        environ = clean_environ(METRICS_TOKEN="a-metrics-token", **environ)
        return subprocess.check_output([sys.executable, "-c", ENDING], env=environ, cwd=ROOT, text=True).strip()

    assert (is_left(), is_left(PROMETHEUS_MULTIPROC_DIR=str(tmp_path))) == ("False", "True")
