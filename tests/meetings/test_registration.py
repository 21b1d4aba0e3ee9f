"""What is remembered of a meeting's registration."""

from datetime import UTC, datetime

import pytest

from zoomapp.meetings.registration import KnownRegistration, known_registration, remember_registration
from zoomapp.zoom.models import Meeting
from zoomapp.zoom.tolerant_reader import JsonObject


@pytest.fixture
def cache(parts, clock):
    parts.tokens.store.save("dana", b"a record")
    return parts.page_caches.of("dana", b"1", datetime.fromtimestamp(clock(), UTC))


def test_fact_of_an_earlier_release_names_no_session_until_zoom_is_asked_again(cache):
    cache.remember("registration 7", {"on": True}, 86400)
    assert known_registration(cache, 7) == KnownRegistration(())

    remember_registration(
        cache, Meeting.from_api(JsonObject({"id": 7, "settings": {"approval_type": 0}}, "meeting")), 86400
    )

    assert known_registration(cache, 7) == KnownRegistration(None)
