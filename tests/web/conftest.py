"""A fixture for tests of pages: another user of Dana's account."""

import pytest

from tests.support.people import Person


@pytest.fixture
def ada(app, world):
    """Ada, connected: the owner of Dana's account, who may see all of it."""
    person = Person(app, world, "ada")
    assert person.connect().status_code == 302
    world.calls.clear()
    return person
