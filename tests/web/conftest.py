"""Whom several tests of pages need: somebody else of Dana's account."""

import pytest

from tests.support.people import Person


@pytest.fixture
def ada(app, world):
    """Who owns the account that Dana is in, and may look at all of it."""
    person = Person(app, world, "ada")
    assert person.connect().status_code == 302
    world.calls.clear()
    return person
