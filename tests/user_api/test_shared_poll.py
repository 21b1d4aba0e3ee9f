"""Shared polls: one call to Zoom per pause, for all viewers who may see the answer."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from zoomapp import services
from zoomapp.errors import MissingScope, NotFound, RateLimited, UpstreamError
from zoomapp.store import key_names
from zoomapp.user_api.shared_poll import KEEP_SECONDS, OLD_SECONDS, PROOF_SECONDS, RENEW_SECONDS, _key

PAUSE = 15.0


class Zoom:
    """Answers with a number that counts, or fails as planned."""

    def __init__(self):
        self.asked = 0
        self.error = None

    def __call__(self):
        self.asked += 1
        if self.error:
            raise self.error
        return {"answer": self.asked}


@pytest.fixture
def zoom():
    return Zoom()


@pytest.fixture
def look(parts, zoom):
    """What a viewer gets to see. Both viewers are connected."""
    for viewer in ("dana", "priya"):
        parts.tokens.store.save(viewer, b"a record")
    return lambda viewer="dana", shop=parts, name="meeting": shop.shared_polls.get(name, viewer, zoom, lambda: PAUSE)


def test_a_hundred_requests_within_a_pause_make_one_call(look, zoom, clock):
    snapshots = [look().body for _ in range(100)]

    assert snapshots == [{"answer": 1}] * 100
    clock.tick(PAUSE)
    assert look().body == {"answer": 2}
    assert zoom.asked == 2


def test_all_workers_share_a_snapshot(look, zoom, settings, clock):
    look()

    other = services.build(settings, clock=clock)

    assert look(shop=other).body == {"answer": 1}
    assert zoom.asked == 1


def test_one_of_many_concurrent_viewers_of_an_old_snapshot_polls_zoom(look, zoom, clock):
    look()
    for number in range(2, 12):
        clock.tick(PAUSE)
        together = threading.Barrier(8)
        threads = [threading.Thread(target=lambda: (together.wait(), look())) for _ in range(8)]  # noqa: B023
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert zoom.asked == number


def test_a_slow_worker_does_not_end_the_lease_of_the_next_one(parts):
    parts.tokens.store.save("dana", b"a record")
    lease = f"{_key('meeting')}:lease:{key_names.tag('dana')}"

    def fetch():
        parts.redis.set(lease, b"the next one")  # the own lease has expired meanwhile
        return {"answer": 1}

    parts.shared_polls.get("meeting", "dana", fetch, lambda: PAUSE)

    assert parts.redis.get(lease) == b"the next one"


def test_while_one_viewer_polls_the_others_see_the_old_snapshot(look, zoom, parts, clock):
    look()
    clock.tick(PAUSE)
    parts.redis.set(_key("meeting") + ":lease", b"somebody")

    assert look().body == {"answer": 1}
    assert zoom.asked == 1


def test_the_lease_is_free_after_a_poll(look, parts, clock):
    look()
    clock.tick(PAUSE)
    look()

    assert not parts.redis.exists(_key("meeting") + ":lease")


def test_a_viewer_gets_the_snapshot_only_after_zoom_answered_them(look, zoom):
    look("dana")
    zoom.error = MissingScope(400, 4711, "", ())

    with pytest.raises(MissingScope):
        look("priya")

    assert zoom.asked == 2
    zoom.error = None
    assert look("priya").body == {"answer": 3}
    assert look("dana").body == {"answer": 3}


def test_an_outage_shows_no_snapshot_to_a_viewer_zoom_never_answered(look, zoom):
    look("dana")
    zoom.error = UpstreamError("gone")

    with pytest.raises(UpstreamError):
        look("priya")


def test_a_viewer_whom_zoom_refuses_loses_the_snapshot_at_once(look, zoom, clock):
    look()
    clock.tick(PAUSE)
    look("priya")
    clock.tick(PAUSE)
    zoom.error = MissingScope(400, 4711, "", ())
    with pytest.raises(MissingScope):
        look()
    zoom.error = None
    look("priya")
    zoom.error = MissingScope(400, 4711, "", ())

    with pytest.raises(MissingScope):
        look()


def test_the_proof_that_zoom_answered_a_viewer_expires(look, zoom, clock):
    look("dana")
    look("priya")
    for _ in range(int(PROOF_SECONDS // PAUSE)):
        clock.tick(PAUSE)
        look("dana")
    asked = zoom.asked

    look("priya")

    assert zoom.asked == asked + 1


def test_each_meeting_has_its_own_snapshot(look, zoom):
    assert look(name="one").body != look(name="other").body


def test_after_a_failure_the_last_snapshot_stays_and_zoom_is_not_polled_for_a_pause(look, zoom, clock):
    look()
    clock.tick(PAUSE)
    zoom.error = UpstreamError("gone")

    snapshots = [look() for _ in range(10)]

    assert {each.body["answer"] for each in snapshots} == {1}
    assert all(isinstance(each.failure(clock()), UpstreamError) for each in snapshots)
    assert zoom.asked == 2
    zoom.error = None
    clock.tick(PAUSE)
    assert look().failure(clock()) is None


def test_all_viewers_obey_retry_after(look, zoom, clock):
    look()
    clock.tick(PAUSE)
    zoom.error = RateLimited(90)
    look()
    clock.tick(60)

    failure = look().failure(clock())

    assert (zoom.asked, failure.retry_after) == (2, 30)


def test_a_snapshot_is_deleted_when_zoom_does_not_find_the_meeting(look, zoom, parts, clock):
    look()
    clock.tick(PAUSE)
    zoom.error = NotFound()
    with pytest.raises(NotFound):
        look()

    assert not parts.redis.exists(_key("meeting"))


def test_an_expired_snapshot_is_not_shown(look, zoom, clock):
    look()
    zoom.error = UpstreamError("gone")
    clock.tick(KEEP_SECONDS)

    with pytest.raises(UpstreamError):
        look()


def test_snapshots_in_redis_are_encrypted(look, parts):
    look()

    assert b"answer" not in parts.redis.get(_key("meeting"))


def test_a_forgotten_snapshot_is_polled_anew_but_not_while_zoom_fails(look, zoom, parts, clock):
    look()
    parts.shared_polls.forget("meeting", 1.0)
    assert look().body == {"answer": 1}
    clock.tick(2)
    parts.shared_polls.forget("meeting", 1.0)
    assert look().body == {"answer": 2}

    clock.tick(PAUSE)
    zoom.error = RateLimited(60)
    assert look().pause
    clock.tick(2)
    parts.shared_polls.forget("meeting", 1.0)
    assert look().pause and zoom.asked == 3


@pytest.fixture
def crowd(parts, settings, zoom, clock):
    """Let a hundred connected people request the page at once, over two workers. Returns the answer of each."""
    for number in range(100):
        parts.tokens.store.save(f"person {number}", b"a record")
    shops = [parts, services.build(settings, clock=clock)]
    pool = ThreadPoolExecutor(20)

    def look(number):
        try:
            return shops[number % 2].shared_polls.get("meeting", f"person {number}", zoom, lambda: PAUSE)
        except UpstreamError as error:
            return error

    yield lambda people=100: list(pool.map(look, range(people)))
    pool.shutdown()
    shops[1].redis.connection_pool.disconnect()


def calls_of(minutes, people, crowd, zoom, clock):
    before = zoom.asked
    for _ in range(int(minutes * 60 // PAUSE)):
        clock.tick(PAUSE)
        crowd(people)
    return zoom.asked - before


def test_a_hundred_viewers_make_as_many_calls_as_one_also_during_an_outage(crowd, zoom, clock):
    crowd()
    assert zoom.asked == 100  # Zoom itself answered each of them once

    good = calls_of(2, 100, crowd, zoom, clock)
    zoom.error = UpstreamError("gone")
    bad = calls_of(17, 100, crowd, zoom, clock)

    assert (good, bad) == (2 * 4, 17 * 4)
    assert {type(answer) for answer in crowd()} == {UpstreamError}
    zoom.error = None
    clock.tick(PAUSE)
    for _ in range(3):
        crowd()
    asked = zoom.asked
    assert len({snapshot.body["answer"] for snapshot in crowd()}) == 1
    assert zoom.asked == asked


def test_viewers_zoom_never_answered_obey_retry_after(look, zoom, clock):
    zoom.error = RateLimited(90)
    with pytest.raises(RateLimited):
        look("dana")
    clock.tick(60)

    with pytest.raises(RateLimited) as raised:
        look("priya")

    assert (zoom.asked, raised.value.retry_after) == (1, 30)


def test_many_windows_of_one_person_renew_their_proof_with_one_call(look, zoom, parts, clock):
    look("dana")
    for _ in range(int(RENEW_SECONDS // PAUSE)):
        clock.tick(PAUSE)
        look("priya")
    asked = zoom.asked

    look("dana")
    for _ in range(5):
        look("dana")

    assert zoom.asked == asked + 1


def test_other_windows_get_the_old_snapshot_while_one_renews_the_persons_proof(look, zoom, parts, clock):
    look("dana")
    for _ in range(int(RENEW_SECONDS // PAUSE)):
        clock.tick(PAUSE)
        look("priya")
    parts.redis.set(f"{_key('meeting')}:lease:{key_names.tag('dana')}", b"another window")

    assert look("dana").body == {"answer": zoom.asked}


@pytest.fixture
def background(parts):
    """The polls that were started in the background, to be run by the test."""
    started = []
    parts.shared_polls._start_in_background = lambda poll: started.append(poll) or True
    return started


def test_a_viewer_never_waits_for_a_newer_snapshot(look, zoom, clock, background):
    assert look().body == {"answer": 1}  # nothing to show yet: the first viewer waits
    clock.tick(PAUSE)

    old = look()

    assert old.body == {"answer": 1}
    assert zoom.asked == 1
    (poll,) = background
    poll()
    assert look().body == {"answer": 2}


def test_many_viewers_of_an_old_snapshot_are_one_poll(look, zoom, clock, background):
    look("dana")
    look("priya")
    clock.tick(PAUSE)

    assert [look(viewer).body for viewer in ("dana", "priya") * 5] == [{"answer": 2}] * 10
    for poll in background:
        poll()

    assert zoom.asked == 3


def test_after_a_failure_the_old_snapshot_is_served_while_one_viewer_tries_again(look, zoom, clock, background):
    look()
    clock.tick(PAUSE)
    zoom.error = UpstreamError("away")
    look()
    background.pop()()
    clock.tick(PAUSE)

    view = look()

    assert view.body == {"answer": 1}
    assert view.failure(clock())
    zoom.error = None
    background.pop()()
    assert look().body == {"answer": 3}


def test_a_viewer_without_proof_of_access_waits_for_zoom(look, background):
    look("dana")

    assert look("priya").body == {"answer": 2}
    assert not background


def test_a_snapshot_that_is_too_old_is_not_served_while_zoom_answers(look, clock, background):
    look()
    clock.tick(OLD_SECONDS)

    assert look().body == {"answer": 2}
    assert not background


def test_a_viewer_polls_where_no_background_poll_can_start(parts, look, clock):
    parts.shared_polls._start_in_background = lambda poll: False
    look()
    clock.tick(PAUSE)

    assert look().body == {"answer": 2}
