"""Many calls of one form: waits for the limit per second, and none for a daily limit."""

import pytest

from zoomapp import deadline
from zoomapp.errors import RateLimited, ZoomRefused
from zoomapp.registration.pacing import has_time, is_limit_of_a_person, send_within_limit

PERSON = "You have exceeded the daily rate limit (10) of requests permitted for this particular registrant."


class Zoom:
    """Answers calls with these errors, then with "done"."""

    def __init__(self, *errors):
        self.errors = list(errors)
        self.waits = []

    def call(self):
        if self.errors:
            raise self.errors.pop(0)
        return "done"

    def send(self):
        return send_within_limit(self.call, self.waits.append)


def test_a_call_over_the_limit_per_second_is_sent_again_after_the_wait():
    zoom = Zoom(RateLimited(1), RateLimited(2))

    assert zoom.send() == "done"
    assert zoom.waits == [1, 2]


@pytest.mark.parametrize("error", [RateLimited(1, daily=True), RateLimited(60), ZoomRefused(400, 3000)])
def test_other_refusals_are_not_repeated(error):
    zoom = Zoom(error)

    with pytest.raises(type(error)):
        zoom.send()

    assert zoom.waits == []


def test_waits_end():
    zoom = Zoom(*[RateLimited(1)] * 9)

    with pytest.raises(RateLimited):
        zoom.send()

    assert len(zoom.waits) == 3


def test_a_request_near_its_deadline_sends_nothing_more():
    assert has_time()
    deadline.start(5)
    assert not has_time()


def test_the_daily_limit_of_a_person_is_not_that_of_the_account():
    assert is_limit_of_a_person(RateLimited(9, daily=True, detail=PERSON))
    account = "You have reached the maximum daily rate limit for this API."
    assert not is_limit_of_a_person(RateLimited(9, daily=True, detail=account))
    assert not is_limit_of_a_person(RateLimited(1, detail="per-second"))
