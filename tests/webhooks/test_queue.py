"""Events between Zoom's webhook and their work: none is lost, whatever fails on the way, and none counts twice."""

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from zoomapp.errors import StoreUnavailable
from zoomapp.webhooks.queue import LEASE, LOOK_SECONDS, QUEUE, WebhookQueue

EVENT = {"event": "meeting.started", "event_ts": 1, "payload": {"object": {"id": "1"}}}


class Line:
    """What happens on the way to Redis: from the ``at``-th command on, so many fail; sent or not, no answer comes."""

    def __init__(self, at, times, sent):
        self.at, self.times, self.sent, self.commands = at, times, sent, 0

    def fails(self):
        self.commands += 1
        return self.at <= self.commands < self.at + self.times


def broken(url, line):
    """A client over that line, with the app's one retry."""

    class Broken(redis.Connection):
        def send_packed_command(self, command, check_health=True):
            fails = line.fails()
            if not fails or line.sent:
                super().send_packed_command(command, check_health)
            if fails:
                if line.sent:
                    super().read_response()
                self.disconnect()
                raise redis.ConnectionError("the line broke")

    retry = Retry(NoBackoff(), 1)
    pool = redis.ConnectionPool.from_url(url, connection_class=Broken, retry=retry, driver_info=None, protocol=2)
    return redis.Redis(connection_pool=pool)


@pytest.fixture
def events(parts):
    """A factory: the events of one worker, and the list of what it handled."""

    def make(client=None):
        made = WebhookQueue(client or parts.redis, parts.key_ring, parts.tokens, parts.user_client, "us")
        heard = []
        made.handlers["meeting."] = heard.append
        return made, heard

    return make


def delivered(worker):
    """Zoom sends an event until it is answered."""
    while True:
        try:
            return worker.take_in(EVENT)
        except StoreUnavailable:
            pass


@pytest.mark.parametrize("sent", [False, True], ids=["command lost", "answer lost"])
@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("at", [1, 2, 3, 4])
def test_an_event_is_worked_off_whatever_is_lost_on_the_way_to_the_store(events, settings, parts, at, times, sent):
    worker, heard = events(broken(settings.redis_url, Line(at, times, sent)))
    other, rest = events()

    delivered(worker)

    worker.work_off()
    parts.redis.delete(LEASE)  # that of somebody who never heard of having it ends by itself
    other.work_off()
    assert heard + rest == [EVENT]


def test_an_event_whose_answer_was_lost_is_not_taken_for_one_that_was_here_before(events, settings):
    before, _ = events()
    before.take_in({**EVENT, "event_ts": 0})  # the script is known to the server: the next command is the step itself
    worker, _ = events(broken(settings.redis_url, Line(1, 1, sent=True)))

    assert worker.take_in(EVENT)
    assert not worker.take_in(EVENT)


def test_what_another_worker_left_is_worked_off_by_whoever_looks(events):
    (left, _), (other, heard) = events(), events()
    left.take_in(EVENT)

    assert other.is_due()
    assert other.work_off()

    assert heard == [EVENT]
    assert not other.is_due()
    assert LOOK_SECONDS <= 60


def test_a_queue_has_no_end_before_it_was_worked_off(events, parts):
    worker, _ = events()
    worker.take_in(EVENT)

    assert parts.redis.ttl(QUEUE) == -1


def test_while_another_worker_is_at_it_something_is_left(events, parts):
    worker, heard = events()
    worker.take_in(EVENT)
    parts.redis.set(LEASE, "another", ex=60)

    assert not worker.work_off()

    assert heard == []
    assert parts.redis.get(LEASE) == b"another"


def test_whoever_was_overtaken_leaves_the_rest_and_the_lease_to_the_other(events, parts):
    worker, heard = events()
    for number in range(3):
        worker.take_in({**EVENT, "event_ts": number})

    def overtaken(event):
        heard.append(event)
        parts.redis.set(LEASE, "another", ex=60)

    worker.handlers["meeting."] = overtaken

    assert not worker.work_off()

    assert len(heard) == 1
    assert parts.redis.get(LEASE) == b"another"
