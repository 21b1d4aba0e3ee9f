"""Budgets of pages: bytes on the wire and requests. For time see bench/time_limits/test_pages.py."""

import gzip
import posixpath
import re
from pathlib import Path

import pytest

from zoomapp.web.assets import Assets

REVIEW = 85000000102
FIRST = ("Mara", "Tomás", "Yuki", "Chidi", "Lena", "Noor", "Piotr")
LAST = ("Lindholm", "Rey", "Tanaka", "Eze", "Fischer", "Haddad", "Zieliński", "Carvalho", "Novák", "Ångström", "Gupta")
STATIC = Path(__file__).resolve().parents[2] / "static"
KB = 1024


SERVED = Assets(STATIC)
#: The stylesheet that only some pages load.
PAST_CSS = "css/past.css"


def zipped(names):
    """Bytes of these files as they travel."""
    return sum(len(gzip.compress(SERVED.files[name].body, 9)) for name in names)


def travels(person, path):
    """Bytes of a page's body on the wire."""
    answer = person.browser.get(path, headers={"Accept": "text/html", "Accept-Encoding": "gzip"})
    assert answer.status_code == 200
    assert answer.content_encoding == "gzip"
    assert "Accept-Encoding" in answer.headers["Vary"]
    return len(answer.data)


def test_the_stylesheets_fit_their_budget():
    assert zipped(name for name in SERVED.files if name.endswith(".css") and name != PAST_CSS) <= 9 * KB
    assert zipped([PAST_CSS]) <= 6 * KB


def test_only_pages_of_past_meetings_load_the_stylesheet_for_them(dana):
    attendance = "/participants/_I84Pj7PRnR0S-zLVAnH1w"
    pages = ["/", "/meetings", "/meetings/new", "/recordings", "/settings", attendance, f"{attendance}/summary"]
    pages += [f"{attendance}/polls", f"{attendance}/qa"]

    assert [page for page in pages if PAST_CSS in dana.look(page).text] == pages[-4:]


#: Only in Zoom's client, as is the SDK: they come on top.
IN_CLIENT = {f"js/{name}.js" for name in ("zoom", "meeting", "sighted", "admit", "own")}
#: Only on a page that was served from an older copy.
REFRESH = {"js/refresh.js"}
#: Only once someone opens a menu or a person's row, presses a shortcut, or copies without a clipboard.
ON_REQUEST = {"js/menu.js", "js/rows.js", "js/shortcuts.js", "js/copy_by_hand.js"}
#: Only when the meeting of a live page ends.
AT_THE_END = {"js/ended.js"}


def scripts_of(person, page):
    """The scripts a browser runs on this page: those it names, and what these import."""
    found, todo = set(), re.findall(r'src="/static/\w{12}/([^"]+\.js)"', person.look(page).text)
    while todo:
        name = todo.pop()
        if name in found | IN_CLIENT | ON_REQUEST:
            continue
        found.add(name)
        imported = re.findall(r'(?:from |import\()"([^"]+)"', SERVED.files[name].body.decode())
        todo += [posixpath.normpath(posixpath.join(posixpath.dirname(name), each)) for each in imported]
    return found


def test_the_scripts_of_each_page_fit_their_budget(dana, world):
    world.load_story("live-meeting")
    live = dana.running_meeting()
    pages = ["/", live, "/meetings", "/meetings/new", "/meetings/85000000101", "/recordings", "/tools", "/calls"]

    pages += ["/meetings/85000000106/registrants", "/meetings/85000000103/edit", "/series/85000000101/roster"]
    run = {page: scripts_of(dana, page) for page in [*pages, "/settings", "/help", "/privacy", "/disconnect"]}

    assert {page: zipped(names) for page, names in run.items() if zipped(names) > 8 * KB} == {}
    ours = {name for name in SERVED.files if name.endswith(".js") and "appssdk" not in name}
    # Nothing is left out of the count.
    assert ours - IN_CLIENT - REFRESH - ON_REQUEST - AT_THE_END == set().union(*run.values())
    assert zipped(ON_REQUEST) <= 2 * KB
    assert zipped(AT_THE_END | REFRESH) <= 2 * KB


@pytest.mark.parametrize("path", ["/", "/meetings", "/meetings/new", "/recordings", "/settings", "/help"])
def test_an_ordinary_page_fits_its_size_budget(dana, path):
    assert travels(dana, path) <= 8 * KB


def test_a_page_of_a_hundred_people_fits_its_size_budget(dana, world):
    world.load_story("all-hands")
    link = dana.running_meeting()

    assert travels(dana, link) <= 12 * KB


def test_the_live_part_fits_its_size_budget(dana, world):
    meeting = world.start_meeting(REVIEW)
    for number in range(100):
        world.join(meeting, "dana" if not number else None, f"Guest {FIRST[number % 7]} {LAST[number % 11]} {number}")
        world.tick(11)

    assert travels(dana, f"/participants/{REVIEW}/live") <= 6 * KB


def test_the_live_part_of_a_thousand_people_fits_its_size_budget(dana, world):
    world.load_story("all-hands")
    link = dana.running_meeting()

    assert travels(dana, link) <= 12 * KB
    assert travels(dana, f"{link}/live") <= 6 * KB
    assert travels(dana, f"{link}?rows=1000") <= 48 * KB


@pytest.mark.parametrize("path", ["/", "/participants", "/meetings", "/recordings"])
def test_a_first_visit_fits_its_budget_of_bytes_and_requests(dana, world, path):
    world.load_story("live-meeting")
    page = dana.look(path).text
    files = set(re.findall(r'(?:src|href)="(/static/[^"]+)"', page))

    assert len(files) + 1 <= 7
    answers = [dana.browser.get(path, headers={"Accept-Encoding": "gzip"}) for path in files]
    assert sum(len(each.data) for each in answers) + travels(dana, path) <= 30 * KB
    assert {each.headers["Cache-Control"] for each in answers} == {"public, max-age=31536000, immutable"}


def test_a_page_of_an_earlier_release_still_gets_its_stylesheets(dana):
    for name in ("css/tokens.css", "css/base.css", "css/components.css"):
        answer = dana.get(f"/static/{'0' * 12}/{name}")

        assert (answer.status_code, answer.mimetype) == (200, "text/css")
