"""Who and what several tests of pages need: somebody else of Dana's account, and events that arrive."""

import pytest

from tests.people import Person


@pytest.fixture
def webhooks(parts, world):
    """From here on every event of the world is delivered at once."""

    def deliver(event):
        parts.events.take_in(event)
        parts.events.work_off()

    world.on_event(deliver)
    return deliver


@pytest.fixture
def ada(app, world):
    """Who owns the account that Dana is in, and may look at all of it."""
    person = Person(app, world, "ada")
    assert person.connect().status_code == 302
    world.calls.clear()
    return person
