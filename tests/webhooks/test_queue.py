"""The webhook queue: no failure loses an event, and every event is handled once."""

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from zoomapp.errors import StoreUnavailable
from zoomapp.webhooks.queue import LEASE, POLL_SECONDS, QUEUE, WebhookQueue
from zoomapp.webhooks.subscriptions import Subscriptions

EVENT = {"event": "meeting.started", "event_ts": 1, "payload": {"object": {"id": "1"}}}


class Line:
    """Planned connection failures: from the ``at``-th command on, this many get no reply, sent or not."""

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
def new_worker(parts):
    """Returns the queue as one worker has it, and the list of events that worker handled."""

    def make(client=None):
        handled, subscriptions = [], Subscriptions()
        subscriptions.subscribe("meeting.", handled.append)
        return WebhookQueue(client or parts.redis, parts.key_ring, subscriptions), handled

    return make


def delivered(worker):
    """Zoom sends an event until it is answered."""
    while True:
        try:
            return worker.add(EVENT)
        except StoreUnavailable:
            pass


@pytest.mark.parametrize("sent", [False, True], ids=["command lost", "answer lost"])
@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("at", [1, 2, 3, 4])
def test_an_event_is_handled_once_if_redis_replies_are_lost(new_worker, settings, parts, at, times, sent):
    worker, handled = new_worker(broken(settings.redis_url, Line(at, times, sent)))
    other, rest = new_worker()

    delivered(worker)

    worker.process()
    parts.redis.delete(LEASE)  # the lease of a worker that never got the reply expires by itself
    other.process()
    assert handled + rest == [EVENT]


def test_an_event_whose_reply_was_lost_is_not_taken_for_a_repeated_one(new_worker, settings):
    before, _ = new_worker()
    before.add({**EVENT, "event_ts": 0})  # loads the script: the next command is the step itself
    worker, _ = new_worker(broken(settings.redis_url, Line(1, 1, sent=True)))

    assert worker.add(EVENT)
    assert not worker.add(EVENT)


def test_a_worker_handles_the_events_that_a_dead_worker_left(new_worker):
    (stopped, _), (other, handled) = new_worker(), new_worker()
    stopped.add(EVENT)

    assert other.is_due()
    assert other.process()

    assert handled == [EVENT]
    assert not other.is_due()
    assert POLL_SECONDS <= 60


def test_the_queue_has_no_expiry(new_worker, parts):
    worker, _ = new_worker()
    worker.add(EVENT)

    assert parts.redis.ttl(QUEUE) == -1


def test_events_wait_while_another_worker_has_the_lease(new_worker, parts):
    worker, handled = new_worker()
    worker.add(EVENT)
    parts.redis.set(LEASE, "another", ex=60)

    assert not worker.process()

    assert handled == []
    assert parts.redis.get(LEASE) == b"another"


def test_a_worker_that_lost_the_lease_stops_processing(parts):
    handled, subscriptions = [], Subscriptions()
    worker = WebhookQueue(parts.redis, parts.key_ring, subscriptions)
    for number in range(3):
        worker.add({**EVENT, "event_ts": number})

    def overtaken(event):
        handled.append(event)
        parts.redis.set(LEASE, "another", ex=60)

    subscriptions.subscribe("meeting.", overtaken)

    assert not worker.process()

    assert len(handled) == 1
    assert parts.redis.get(LEASE) == b"another"
