"""On a host: a fresh Python with `requirements.txt`, the Procfile, a TLS Redis, a router in front."""

import json
import re
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest
import requests

from tests.sockets.remote import connect
from tests.support.processes import HANG_SECONDS, family
from tests.support.servers import ROOT
from tests.web.reading import fields

DYNO_BYTES = 512 * 1024 * 1024


@pytest.fixture
def browser(hosted):
    """A connected user, through the router."""
    hosted.zoom.control("switches", auto_consent=True)
    return connect(hosted.url, verify=str(hosted.certificate))


def test_a_hosted_app_serves_the_main_journey(hosted, browser):
    (cookie,) = [each for each in browser.cookies if "zoomapp" in each.name]
    assert cookie.name == "__Host-zoomapp" and cookie.secure

    for page in ("/", "/participants", "/meetings", "/recordings"):
        shown = browser.get(hosted.url + page, headers={"Accept": "text/html"})
        assert shown.status_code == 200 and "<h1" in shown.text

    user = browser.get(f"{hosted.url}/zoom/api/v2/users/me").json()
    assert user["email"].endswith("@example.com")

    form = fields(browser.get(f"{hosted.url}/meetings/new").text)
    sent = {**form, "topic": "Hosted", "date": str(date.today() + timedelta(days=2)), "zone": "Europe/Lisbon"}
    made = browser.post(f"{hosted.url}/meetings/new", data=sent, headers={"Origin": hosted.url})
    assert made.status_code == 200 and "Hosted" in made.text

    leave = f"{hosted.url}/api/zoomapp/disconnect"
    assert browser.post(leave, headers={"Origin": "https://evil.example"}).status_code == 403
    assert browser.post(leave, headers={"Origin": hosted.url}).status_code == 200
    assert browser.get(f"{hosted.url}/zoom/api/v2/users/me").status_code == 401


def test_forged_forwarding_headers_change_nothing(hosted):
    forged = {
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "http",
        "X-Forwarded-Prefix": "/evil",
        "Forwarded": "host=evil.example;proto=http",
    }

    for address in (hosted.url, f"http://127.0.0.1:{hosted.app_port}"):
        answer = requests.get(
            f"{address}/api/zoomapp/install", headers=forged, verify=str(hosted.certificate), allow_redirects=False
        )

        assert answer.status_code == 302
        assert requests.utils.quote(hosted.url, safe="") in answer.headers["Location"]
        assert "evil" not in f"{answer.headers} {answer.text}"
        assert "Secure" in answer.headers["Set-Cookie"]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux reports it")
def test_the_app_fits_a_dyno_and_stops_in_order(slug, hosted, browser):
    for page in ("/", "/participants", "/meetings", "/recordings"):
        browser.get(hosted.url + page)

    # Shared pages are counted once, in parts.
    memory_maps = [Path(f"/proc/{pid}/smaps_rollup").read_text() for pid in family(hosted.child.pid)]
    used = sum(int(re.search(r"^Pss:\s+(\d+) kB", text, re.MULTILINE)[1]) * 1024 for text in memory_maps)
    assert used < DYNO_BYTES / 2

    words = json.loads(
        (ROOT / "Dockerfile").read_text().partition("HEALTHCHECK")[2].partition("CMD ")[2].split("\n")[0]
    )
    environ = slug.environ(PORT=str(hosted.app_port))
    assert subprocess.run([slug.python, *words[1:]], env=environ).returncode == 0

    hosted.child.process.terminate()
    assert hosted.child.process.wait(HANG_SECONDS) == 0


def test_a_working_release_passes_its_check(slug, config):
    done = slug.release(**{**config, "PUBLIC_URL": "https://rollcall.example"})

    assert done.returncode == 0, done.stdout + done.stderr
    assert "Encrypted; its certificate is not checked" in done.stdout


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"REDIS_TLS_VERIFY": "1"}, "If it is self-signed, as on Heroku, set REDIS_TLS_VERIFY=0."),
        ({"PUBLIC_URL": ""}, "PUBLIC_URL is missing."),
        ({"TOKEN_ENCRYPTION_KEYS": "short"}, "TOKEN_ENCRYPTION_KEYS holds a key"),
        ({"REDIS_URL": "redis://127.0.0.1:1"}, "nothing is listening there"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_release_that_would_not_work_is_stopped_with_a_sentence(slug, config, change, sentence):
    done = slug.release(**{**config, **change})

    assert done.returncode == 1
    assert sentence in done.stdout and "Traceback" not in done.stdout + done.stderr


def test_a_web_process_without_settings_names_them_all(slug):
    done = subprocess.run(
        slug.command("web"), shell=True, cwd=slug.folder, env=slug.environ(PORT="0"), capture_output=True, text=True
    )

    assert done.returncode != 0
    assert {"PUBLIC_URL is missing.", "REDIS_URL is missing."} <= set(done.stderr.splitlines())
