"""The Zoom App of offline-zoom's recipes, in the window of the offline Zoom's client."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from devtools.processes import free_port, listening, wait_until
from tests.client.conftest import SDK
from tests.support.processes import HANG_SECONDS

PROJECT = Path(__file__).resolve().parents[2] / "offline-zoom"
(RECIPE,) = re.findall(r"^    (offline-zoom run .*zoom_app\.py .*)$", (PROJECT / "README.md").read_text(), re.MULTILINE)


@pytest.fixture
def client_url():
    """The address of the client window, while the recipe runs with ports of its own."""
    app_port, zoom_port = free_port(), free_port()
    words = shlex.split(RECIPE.replace("5077", str(app_port)))
    words[2:2] = ["--quiet", "--port", str(zoom_port)]
    environ = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    process = subprocess.Popen(words, cwd=PROJECT, env=environ, stderr=subprocess.DEVNULL)
    assert wait_until(lambda: listening(app_port) and listening(zoom_port), HANG_SECONDS)
    yield f"http://127.0.0.1:{zoom_port}/client"
    process.terminate()
    assert process.wait(HANG_SECONDS) == 128 + 15


def test_zoom_app_of_the_readme_shows_who_is_in_which_meeting(new_page, client_url):
    page = new_page()
    # Zoom serves the SDK as a script with a global name; the module of the same version stands in for it.
    script = SDK.read_text().rpartition("export {")[0] + "globalThis.zoomSdk = module;"
    page.route(
        "https://appssdk.zoom.us/sdk.js", lambda route: route.fulfill(body=script, content_type="text/javascript")
    )

    page.goto(client_url)

    hello = page.frame_locator("iframe").locator("#hello", has_text="(inMeeting)")
    assert hello.inner_text(timeout=HANG_SECONDS * 1000) == "Zq1r5T9pQ0uVbXcD3eFgHA is in Product review (inMeeting)"
