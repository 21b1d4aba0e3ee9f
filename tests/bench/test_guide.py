"""The dashboard that the benchmark compares the participants page with: two calls at once, rendered by script."""

from pathlib import Path
from urllib.parse import urlsplit

from bench import visible

FOLDER = Path(visible.__file__).with_name("guide")
MEETING = {"topic": "Review", "host_email": "dana@example.com", "start_time": "2026-03-02T10:00:00Z"}
PEOPLE = [{"user_id": str(number), "user_name": f"Person {number}", "status": "in_meeting"} for number in range(3)]


def test_the_guides_dashboard_calls_zoom_twice_at_once_and_shows_a_row_per_participant(page):
    calls = []

    def answer(route):
        where = urlsplit(route.request.url).path
        if where.startswith("/guide/"):
            return route.fulfill(path=FOLDER / where.removeprefix("/guide/"))
        calls.append(route)
        # The first call is answered when the second one is there.
        for waiting in calls if len(calls) == 2 else ():
            is_list = waiting.request.url.endswith("/participants")
            waiting.fulfill(json={"participants": PEOPLE} if is_list else MEETING)

    page.route("**/*", answer)
    page.goto(f"http://app.test{visible.GUIDE.path}")
    page.wait_for_selector(visible.GUIDE.row)

    assert page.locator(visible.GUIDE.row).all_inner_texts() == [f"Person {number} (in_meeting)" for number in range(3)]
    assert page.locator("h2").inner_text() == "Review"
