"""FAST_PATH=0 runs the app without ``zoomapp/fastpath/``."""

import runpy
import subprocess
import sys

import pytest

from tests.support.servers import ROOT, clean_environ

FAST_WORKER = "zoomapp.fastpath.worker.KeepAliveWorker"
PLAIN_WORKER = "zoomapp.server.worker.TimeLimitedWorker"
LOADED = """
import sys
from zoomapp import create_app

create_app()
print(sorted(name for name in sys.modules if name.startswith("zoomapp.fastpath.")))
"""


@pytest.mark.parametrize(
    ("value", "worker"),
    [("", FAST_WORKER), ("1", FAST_WORKER), ("true", FAST_WORKER), ("0", PLAIN_WORKER), ("False", PLAIN_WORKER)],
)
def test_gunicorn_runs_the_fast_worker_unless_fast_path_is_off(monkeypatch, value, worker):
    monkeypatch.setenv("FAST_PATH", value)

    assert runpy.run_path(str(ROOT / "gunicorn.conf.py"))["worker_class"] == worker


@pytest.mark.parametrize(
    ("value", "modules"), [("0", []), ("1", ["zoomapp.fastpath.http1", "zoomapp.fastpath.redis_pool"])]
)
def test_an_app_without_the_fast_path_loads_none_of_its_modules(value, modules):
    environ = clean_environ(
        FAST_PATH=value,
        PUBLIC_URL="http://localhost",
        SECRET_KEY="a key of the tests, long enough for all",
        TOKEN_ENCRYPTION_KEYS="11" * 32,
        REDIS_URL="redis://127.0.0.1:1",
        ZOOM_CLIENT_ID="id",
        ZOOM_CLIENT_SECRET="secret",
    )

    done = subprocess.run(
        [sys.executable, "-c", LOADED], cwd=ROOT, env=environ, capture_output=True, text=True, check=True
    )

    assert done.stdout.splitlines()[-1] == str(modules)
