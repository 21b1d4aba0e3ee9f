"""From `dev.py run` to a signed-in dashboard, as a person does it, in a real browser."""

import re
import signal
from pathlib import Path

import pytest

from devtools.processes import wait_until
from tests.support.processes import HANG_SECONDS, alive


@pytest.fixture
def at_home(dev_run, page):
    """A run of the app, and a browser at its front page."""
    run = dev_run()
    page.goto(run.url + "/")
    return run


def connect(page):
    page.get_by_role("link", name="Connect Zoom").click()
    page.get_by_role("button", name="Allow").click()
    page.wait_for_url(re.compile(r":\d+/$"))


def test_the_main_job(at_home, dev_run, page):
    run = at_home
    connect(page)

    # Four pages show the offline Zoom's data.
    assert page.get_by_role("heading", name="Overview").is_visible()
    for name in ("Participants", "Meetings", "Recordings"):
        page.get_by_role("navigation", name="Main").get_by_role("link", name=name).click()
        page.wait_for_url(re.compile(f"/{name.lower()}"))
        assert page.get_by_role("heading", level=1).is_visible()

    # A meeting is created from a form, and its waiting room switched.
    page.goto(run.url + "/meetings/new")
    page.get_by_label("Topic").fill("Journey's end")
    page.get_by_role("button", name="Schedule meeting").click()
    page.wait_for_url(re.compile(r"/meetings/\d+$"))
    assert "Journey's end" in page.content() or "Journey&#39;s end" in page.content()
    waiting_room = page.get_by_role("switch", name="Waiting room")
    assert waiting_room.is_checked()
    waiting_room.uncheck()
    with page.expect_navigation():
        page.get_by_role("button", name="Save changes").click()
    assert page.get_by_text("Settings saved").is_visible()
    assert not page.get_by_role("switch", name="Waiting room").is_checked()

    # The proxy answers the page's own origin.
    user = page.evaluate("async () => await (await fetch('/zoom/api/v2/users/me')).json()")
    assert user["email"].endswith("@example.com")

    # All of it survives a restart; the second start is quick, the first leaves nothing behind.
    pids = run.pids
    run.child.process.send_signal(signal.SIGTERM)
    run.child.process.wait(HANG_SECONDS)
    assert wait_until(lambda: not any(alive(pid) for pid in pids), HANG_SECONDS)
    again = dev_run(PORT=run.url.rsplit(":", 1)[1])
    page.goto(again.url + "/meetings?q=Journey")
    assert page.get_by_text("Journey's end").first.is_visible()

    # Disconnect ends it.
    page.get_by_role("link", name="Disconnect").click()
    page.get_by_role("button", name=re.compile("Disconnect")).click()
    page.wait_for_url(re.compile(r"/connect\?left=disconnected$"))
    assert page.get_by_text("Your data is deleted.").is_visible()
    assert page.get_by_role("link", name="Connect Zoom").is_visible()
    assert page.evaluate("async () => (await fetch('/zoom/api/v2/users/me')).status") == 401


def test_data_lies_where_git_does_not_look():
    assert ".data/" in (Path(__file__).parents[2] / ".gitignore").read_text()
