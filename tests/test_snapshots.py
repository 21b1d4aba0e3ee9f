"""One answer for everybody who may have it, asked for once per pause."""

import threading

import pytest

from zoomapp import services
from zoomapp.errors import MissingScope, NotFound, RateLimited, UpstreamError
from zoomapp.snapshots import KEEP_SECONDS, PROOF_SECONDS, _key

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
    return lambda viewer="dana", shop=parts, name="meeting": shop.snapshots.get(name, viewer, zoom, lambda: PAUSE)


def test_a_hundred_looks_within_a_pause_are_one_call(look, zoom, clock):
    seen = [look().body for _ in range(100)]

    assert seen == [{"answer": 1}] * 100
    clock.tick(PAUSE)
    assert look().body == {"answer": 2}
    assert zoom.asked == 2


def test_all_workers_share_it(look, zoom, settings, clock):
    look()

    other = services.build(settings, clock=clock)

    assert look(shop=other).body == {"answer": 1}
    assert zoom.asked == 1


def test_of_many_who_find_it_old_at_once_one_asks(look, zoom, clock):
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


def test_while_one_asks_the_others_see_what_is_there(look, zoom, parts, clock):
    look()
    clock.tick(PAUSE)
    parts.redis.set(_key("meeting") + ":lease", b"somebody")

    assert look().body == {"answer": 1}
    assert zoom.asked == 1


def test_whoever_asked_lets_the_next_one(look, parts, clock):
    look()
    clock.tick(PAUSE)
    look()

    assert not parts.redis.exists(_key("meeting") + ":lease")


def test_a_viewer_is_shown_it_only_after_zoom_itself_answered_them(look, zoom):
    look("dana")
    zoom.error = MissingScope(400, 4711, "", ())

    with pytest.raises(MissingScope):
        look("priya")

    assert zoom.asked == 2
    zoom.error = None
    assert look("priya").body == {"answer": 3}
    assert look("dana").body == {"answer": 3}


def test_an_outage_shows_nothing_to_whom_zoom_never_answered(look, zoom):
    look("dana")
    zoom.error = UpstreamError("gone")

    with pytest.raises(UpstreamError):
        look("priya")


def test_whom_zoom_refuses_loses_it_at_once(look, zoom, clock):
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


def test_an_answer_to_somebody_is_believed_for_a_while_only(look, zoom, clock):
    look("dana")
    look("priya")
    for _ in range(int(PROOF_SECONDS // PAUSE)):
        clock.tick(PAUSE)
        look("dana")
    asked = zoom.asked

    look("priya")

    assert zoom.asked == asked + 1


def test_another_meeting_is_another_question(look, zoom):
    assert look(name="one").body != look(name="other").body


def test_when_zoom_fails_the_last_answer_stays_and_nobody_asks_for_a_pause(look, zoom, clock):
    look()
    clock.tick(PAUSE)
    zoom.error = UpstreamError("gone")

    seen = [look() for _ in range(10)]

    assert {each.body["answer"] for each in seen} == {1}
    assert all(isinstance(each.failure(clock()), UpstreamError) for each in seen)
    assert zoom.asked == 2
    zoom.error = None
    clock.tick(PAUSE)
    assert look().failure(clock()) is None


def test_the_wait_that_zoom_asks_for_is_kept_by_everybody(look, zoom, clock):
    look()
    clock.tick(PAUSE)
    zoom.error = RateLimited(90)
    look()
    clock.tick(60)

    failure = look().failure(clock())

    assert (zoom.asked, failure.retry_after) == (2, 30)


def test_what_is_over_is_forgotten(look, zoom, parts, clock):
    look()
    clock.tick(PAUSE)
    zoom.error = NotFound()
    with pytest.raises(NotFound):
        look()

    assert not parts.redis.exists(_key("meeting"))


def test_an_old_answer_is_none(look, zoom, clock):
    look()
    zoom.error = UpstreamError("gone")
    clock.tick(KEEP_SECONDS)

    with pytest.raises(UpstreamError):
        look()


def test_nothing_of_it_can_be_read_in_redis(look, parts):
    look()

    assert b"answer" not in parts.redis.get(_key("meeting"))
