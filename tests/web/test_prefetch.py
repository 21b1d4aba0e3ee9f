"""After a sign-in and on the overview, the app asks Zoom for what the next click needs: at most two calls."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from offline_zoom.faults import Fault
from offline_zoom.stories.quiet_day import FIXTURES
from tests.support.people import Person, adapter
from tests.web.reading import read, words
from zoomapp import create_app, services
from zoomapp.meeting_content.poll_loading import COUNT_AGAIN_SECONDS
from zoomapp.store import key_names
from zoomapp.store.encrypted_records import LAST_SEEN_SECTION
from zoomapp.store.encrypted_records import PROFILE as PROFILE_RECORD
from zoomapp.user_api.exhausted_quotas import PROBE_SECONDS
from zoomapp.user_api.parallel_calls import PREFETCH_THREADS, ParallelCalls
from zoomapp.zoom.meeting_ids import key_of

GUARD_SECONDS = 30
LISTS = "GET /v2/users/me/meetings"
LIVE, UPCOMING = f"{LISTS}?type=live", f"{LISTS}?type=upcoming"
PROFILE = "GET /v2/users/me"
METRICS = "GET /v2/metrics/meetings/*/participants"
PLANNED = "GET /v2/meetings/*"
RECORDINGS = "GET /v2/users/me/recordings"
RESULTS, QUESTIONS = "GET /v2/past_meetings/*/polls", "GET /v2/past_meetings/*/qa"
QUESTION_REPORT = "GET /v2/report/meetings/*/qa"
OFFICE, QUESTIONS_ONLY, WEEK_AGO = FIXTURES[:3]
DEMO = 85000000101
BY_SCRIPT = {"Accept": "text/html", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Site": "same-origin"}
FEW_LEFT = {"X-RateLimit-Limit": "100", "X-RateLimit-Remaining": "10"}


@pytest.fixture
def settings(settings):
    return replace(settings, page_cache_seconds=60, prefetch=True)


@pytest.fixture
def finish(parts):
    """Waits until all background calls have ended."""
    return parts.parallel_calls.wait_until_idle


class HeldCall:
    """The next call of a route: it arrives at Zoom, which answers when ``release`` is called."""

    def __init__(self):
        self._arrived, self._released = threading.Event(), threading.Event()

    def answer(self):
        self._arrived.set()
        assert self._released.wait(GUARD_SECONDS)

    def wait_until_it_arrives(self):
        assert self._arrived.wait(GUARD_SECONDS)

    def release(self):
        self._released.set()


@pytest.fixture
def hold(world):
    """A function: holds the next call of a route until the test releases it, or ends."""
    held = []

    def hold(route):
        held.append(HeldCall())
        world.sleep = lambda seconds: held[seconds - 1].answer()
        world.faults.append(Fault(route, delay=len(held), count=1))
        return held[-1]

    yield hold
    for call in held:
        call.release()


def calls(world, route="GET /v2/**"):
    """How often a route was called. With a query: only calls that have it."""
    path, _, query = route.partition("?type=")
    return sum(1 for call in world.calls.matching(path) if query in ("", call.params.get("type")))


def sign_in(person, channel):
    answer = person.connect() if channel == "web" else person.authorize_in_client()
    assert answer.status_code < 400


@pytest.mark.parametrize("channel", ["web", "client"])
def test_first_view_after_a_sign_in_costs_no_call(anyone, world, finish, channel):
    sign_in(anyone, channel)
    finish()
    assert (calls(world, PROFILE), calls(world, LIVE), calls(world, UPCOMING)) == (1, 1, 1)
    before = calls(world)

    pages = [anyone.look(path) for path in ("/participants", "/meetings")]

    assert [page.status_code for page in pages] == [200, 200]
    assert "Design review" in read(pages[1])
    assert calls(world) == before == 3


def test_running_meetings_people_come_first(anyone, world, finish):
    world.join(world.start_meeting(DEMO), None, "Guest Lee")
    anyone.connect()
    finish()
    assert (calls(world, METRICS), calls(world, UPCOMING)) == (1, 0)

    page = read(anyone.look("/participants"))

    assert "Guest Lee" in page
    assert (calls(world, METRICS), calls(world)) == (1, 4)  # the planned dates were missing


@pytest.mark.parametrize("running", [1, 3])
def test_a_visit_costs_two_calls_at_most(anyone, world, finish, running):
    for number in range(running):
        world.start_meeting(DEMO + number)
    anyone.connect()
    finish()

    assert calls(world) - calls(world, PROFILE) == 2


def test_overview_loads_the_recordings_that_it_leads_to(dana, world, finish):
    finish()
    world.calls.clear()
    dana.look("/")
    finish()
    assert calls(world, RECORDINGS) == 3  # the latest ones; the thirty days of the next page, in two parts
    before = calls(world)

    pages = [dana.look(path) for path in ("/recordings", "/meetings", "/participants", "/")]

    assert [page.status_code for page in pages] == [200] * 4
    assert calls(world) == before


@pytest.fixture
def second_process(anyone, settings, world, clock):
    """A function: the same browser's window, served by another process."""
    built = services.build(settings, transport=adapter(world), clock=clock)

    def window():
        person = Person(create_app(built), world, "dana")
        person.browser.set_cookie("zoomapp", anyone.browser.get_cookie("zoomapp").value)
        return person

    yield window
    built.begin_shutdown()
    built.call_log.stop()


@pytest.mark.parametrize("process", ["same", "other"])
@pytest.mark.parametrize(
    ("route", "beside", "path", "shown"),
    [(LIVE, UPCOMING, "/meetings", "Design review"), (METRICS, PLANNED, "/participants", "Guest Lee")],
)
def test_page_that_is_opened_meanwhile_waits_for_the_same_call(
    anyone, priya, world, finish, hold, second_process, process, route, beside, path, shown
):
    """``beside``: another call of the page, which shows that it has come so far."""
    finish()
    world.calls.clear()
    if route == METRICS:
        world.join(world.start_meeting(DEMO), None, "Guest Lee")
    held, own = hold(route), hold(beside)
    anyone.connect()
    held.wait_until_it_arrives()
    person = anyone if process == "same" else second_process()
    with ThreadPoolExecutor(1) as window:
        page = window.submit(person.look, path)
        own.wait_until_it_arrives()
        assert priya.look("/help").status_code == 200  # meanwhile others are served
        for call in (own, held):
            call.release()
        text = read(page.result(GUARD_SECONDS))
    finish()

    assert shown in text
    assert calls(world, route) == 1


def test_recordings_that_are_under_way_are_joined(dana, priya, world, finish, hold):
    finish()
    world.calls.clear()
    dana.get("/", headers=BY_SCRIPT)  # saves the latest ones
    call = hold(RECORDINGS)
    dana.look("/")
    call.wait_until_it_arrives()
    with ThreadPoolExecutor(1) as window:
        page = window.submit(dana.look, "/recordings")
        assert priya.look("/help").status_code == 200  # meanwhile others are served
        call.release()
        assert page.result(GUARD_SECONDS).status_code == 200
    finish()

    assert calls(world, RECORDINGS) == 1 + 2


@pytest.mark.parametrize("scarce", ["few left", "limit met", "day exhausted"])
def test_scarce_quota_ends_the_prefetch(anyone, world, finish, scarce):
    limits = {
        "few left": Fault(LIVE, 200, FEW_LEFT, {"meetings": []}, count=1),
        "limit met": Fault(LIVE, 429, {}, {"code": 429, "message": "slow"}, count=1),
        "day exhausted": Fault(
            LIVE, 429, {"X-RateLimit-Type": "Daily-limit"}, {"code": 429, "message": "daily rate limit"}, count=1
        ),
    }
    world.faults.append(limits[scarce])
    anyone.connect()
    finish()
    assert (calls(world, LIVE), calls(world, UPCOMING)) == (1, 0)

    anyone.connect()
    finish()

    assert (calls(world, LIVE), calls(world, UPCOMING)) == (1, 0)


def test_prefetch_does_not_probe_whether_a_daily_limit_is_over(anyone, world, finish, clock):
    refusal = {"code": 429, "message": "You have reached the maximum daily rate limit for this API."}
    world.faults.append(Fault(LIVE, 429, {"X-RateLimit-Type": "Daily-limit"}, refusal, count=1))
    anyone.connect()
    finish()
    clock.tick(PROBE_SECONDS + 1)

    anyone.connect()
    finish()

    assert (calls(world, LIVE), calls(world, UPCOMING)) == (1, 0)


@pytest.mark.parametrize("change", [{"prefetch": False}, {"page_cache_seconds": 0}])
def test_setting_turns_it_off(settings, world, clock, change):
    built = services.build(replace(settings, **change), transport=adapter(world), clock=clock)
    person = Person(create_app(built), world, "dana")
    person.connect()
    built.parallel_calls.wait_until_idle()

    assert calls(world) == calls(world, PROFILE) == 1
    assert "Speculation-Rules" not in person.look("/connect").headers
    built.call_log.stop()


@pytest.mark.parametrize("route", [LIVE, METRICS])
@pytest.mark.parametrize("fault", [{"status": 502, "body": "gone"}, {"status": 404, "body": {"code": 3001}}])
def test_failing_prefetch_leaves_nothing(anyone, world, parts, finish, caplog, route, fault):
    world.join(world.start_meeting(DEMO), None, "Guest Lee")
    world.faults.append(Fault(route, count=1, **fault))
    anyone.connect()
    finish()
    assert calls(world, route) == 1

    page = anyone.look("/participants")

    assert "Guest Lee" in read(page)
    assert "We couldn’t reach Zoom" not in page.text
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


def test_nothing_crosses_from_one_person_to_another(anyone, world, app, parts, finish):
    anyone.connect()
    finish()
    priya = Person(app, world, "priya")
    priya.connect()
    finish()

    assert "Weekly sync" in read(anyone.look("/meetings?show=scheduled"))
    assert "Design review" in read(anyone.look("/meetings"))
    assert "Design review" not in read(priya.look("/meetings"))


def test_grant_of_before_leaves_nothing_to_the_next(anyone, world, finish):
    anyone.connect()
    finish()
    before = calls(world, UPCOMING)
    anyone.connect()
    finish()

    assert calls(world, UPCOMING) == before + 1


def test_script_that_asks_for_the_overview_again_starts_none(dana, world, finish):
    finish()
    world.calls.clear()

    dana.get("/", headers=BY_SCRIPT)
    finish()

    assert calls(world, RECORDINGS) == 1


def test_overview_that_signs_in_by_context_starts_none(dana, world, finish, app):
    finish()
    world.calls.clear()
    window = Person(app, world, "dana")

    page = window.get("/", headers={"X-Zoom-App-Context": world.seal_context("dana", typ="panel")})
    finish()

    assert page.status_code == 200
    assert calls(world, RECORDINGS) == 1


def test_prefetches_take_no_thread_of_a_page():
    calls, gate = ParallelCalls(threads=1), threading.Event()
    waits = [calls.start_prefetch(lambda: gate.wait(GUARD_SECONDS)) for _ in range(PREFETCH_THREADS + 1)]

    started = threading.Event()
    calls.page().start(started.set)
    started_by_pool = started.wait(GUARD_SECONDS)
    gate.set()

    assert waits == [True] * PREFETCH_THREADS + [False]
    assert started_by_pool


@pytest.fixture
def connected(dana, world, finish):
    """Dana, whose prefetch after the sign-in has ended. Each test says which pages she has seen."""
    finish()
    world.calls.clear()
    return dana


def ahead(person, path):
    """What a browser gets for a page that it loads before it is opened."""
    return person.get(path, headers={"Accept": "text/html", "Sec-Fetch-Mode": "navigate", "Sec-Purpose": "prefetch"})


@pytest.mark.parametrize("age", [0, 100])
def test_browser_may_load_a_page_ahead_from_saved_copies(connected, world, clock, finish, age):
    page = connected.look("/meetings")
    rules = connected.get(page.headers["Speculation-Rules"].strip('"'))
    clock.tick(age)
    world.calls.clear()

    loaded = ahead(connected, "/meetings")
    finish()

    assert rules.headers["Content-Type"] == "application/speculationrules+json"
    assert "/meetings" in str(rules.get_json(force=True))
    assert (loaded.status_code, calls(world)) == (200, 0)
    assert "Design review" in loaded.text
    assert ("data-refreshing" in loaded.text) == bool(age)  # once opened, it asks for the newer copy


@pytest.mark.parametrize("path", ["/recordings", "/meetings?show=past"])
def test_page_that_would_call_zoom_is_not_loaded_ahead(connected, world, finish, path):
    assert (ahead(connected, path).status_code, ahead(connected, path).data) == (503, b"")
    finish()
    assert calls(world) == 0

    assert connected.look(path).status_code == 200


def test_profile_that_is_not_saved_ends_the_loading_ahead(connected, world, parts):
    connected.look("/meetings")
    parts.user_records.delete(connected.id, PROFILE_RECORD)
    world.calls.clear()

    assert (ahead(connected, "/meetings").status_code, calls(world)) == (503, 0)
    assert "Dana Okoye" in connected.look("/meetings").text


@pytest.mark.parametrize("path", ["/", "/participants", "/settings", "/meetings/new", "/api/zoomapp/install"])
def test_other_pages_are_not_loaded_ahead(connected, world, finish, path):
    connected.look(path)
    finish()
    before = len(world.calls.all())

    assert ahead(connected, path).status_code == 503
    assert len(world.calls.all()) == before


def test_file_of_another_frontend_may_be_loaded_ahead(connected):
    assert ahead(connected, "/api/zoomapp/proxy/chunk.js").status_code != 503


def test_notice_that_is_shown_once_waits_for_the_person(connected):
    connected.look("/meetings")
    assert connected.post("/settings", data={"late_minutes": "7"}, headers={"Accept": "text/html"}).status_code == 303

    assert ahead(connected, "/meetings").status_code == 503
    assert "Settings saved" in connected.look("/settings").text
    assert ahead(connected, "/meetings").status_code == 200


def past_page(uuid):
    return f"/participants/{key_of(uuid)}"


def tabs(page):
    """The tabs of polls and of questions on a page of a past meeting, in words."""
    nav = page.text.partition('aria-label="This meeting">')[2].partition("</nav>")[0]
    assert "Recording" in nav
    return words(f'id="main">{nav}</main>').partition("Recording")[2].partition("Registrants")[0].strip()


@pytest.mark.parametrize(
    ("uuid", "first_page", "counted"),
    [
        (WEEK_AGO, "", "Polls 3 Q&A 3"),
        (QUESTIONS_ONLY, "", "Q&A 3"),
        (OFFICE, "", ""),
        (WEEK_AGO, "/summary", "Polls 3 Q&A 3"),
    ],
)
def test_tabs_of_polls_and_questions_appear_when_there_are_some(connected, world, finish, uuid, counted, first_page):
    address = past_page(uuid)
    pages = [connected.look(address + first_page)]
    finish()
    for _ in range(2):
        pages.append(connected.get(address + first_page, headers=BY_SCRIPT))
        finish()

    assert [tabs(page) for page in pages] == ["", counted, counted]
    assert ["data-refreshing" in page.text for page in pages] == [True, False, False]
    assert (calls(world, RESULTS), calls(world, QUESTIONS), calls(world, QUESTION_REPORT)) == (1, 1, 0)


@pytest.mark.parametrize("fault", [{"status": 502, "body": "gone"}, {"status": 400, "body": {"code": 4711}}])
def test_tab_is_shown_while_zoom_does_not_say_whether_there_is_something(connected, world, finish, parts, fault):
    world.faults.append(Fault(QUESTIONS, count=1, **fault))
    connected.look(past_page(OFFICE))
    finish()

    assert tabs(connected.look(past_page(OFFICE))) == "Q&A"
    finish()
    name = key_names.digest(f"any questions {OFFICE}")
    assert 0 < parts.redis.ttl(LAST_SEEN_SECTION.key_of(connected.id, name)) <= COUNT_AGAIN_SECONDS
    assert (calls(world, RESULTS), calls(world, QUESTIONS)) == (1, 1)


def test_page_that_shows_a_notice_keeps_all_tabs(connected, world, finish):
    """It does not ask for itself again as a whole."""
    page = connected.look(f"{past_page(OFFICE)}/summary")
    finish()

    assert (page.status_code, tabs(page)) == (404, "Polls Q&A")
    assert (calls(world, RESULTS), calls(world, QUESTIONS)) == (0, 0)


def test_two_windows_count_polls_and_questions_once(connected, world, finish, hold):
    call = hold(RESULTS)
    connected.look(past_page(WEEK_AGO))
    call.wait_until_it_arrives()

    assert tabs(connected.look(past_page(WEEK_AGO))) == ""
    call.release()
    finish()

    assert tabs(connected.look(past_page(WEEK_AGO))) == "Polls 3 Q&A 3"
    finish()
    assert (calls(world, RESULTS), calls(world, QUESTIONS)) == (1, 1)


def test_count_is_made_by_the_next_view_if_no_thread_was_free(connected, world, parts, finish):
    gate = threading.Event()
    for _ in range(PREFETCH_THREADS):
        assert parts.parallel_calls.start_prefetch(lambda: gate.wait(GUARD_SECONDS))
    connected.look(past_page(WEEK_AGO))
    gate.set()
    finish()
    assert calls(world, RESULTS) == 0

    connected.look(past_page(WEEK_AGO))
    finish()

    assert tabs(connected.look(past_page(WEEK_AGO))) == "Polls 3 Q&A 3"


def test_polls_of_a_meeting_that_has_just_ended_are_not_counted_yet(connected, world, finish):
    meeting = world.start_meeting(DEMO)
    world.end_meeting(meeting)

    page = connected.look(past_page(meeting.uuid))
    finish()

    assert tabs(page) == "Polls Q&A"
    assert "data-refreshing" not in page.text
    assert (calls(world, RESULTS), calls(world, QUESTIONS)) == (0, 0)
