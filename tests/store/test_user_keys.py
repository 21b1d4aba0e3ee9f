"""A disconnect deletes every record of the user, and later writes for that user are refused."""

import pytest

from zoomapp.errors import NotAuthorized
from zoomapp.store import key_names, user_keys
from zoomapp.store.encrypted_records import LAST_SEEN_SECTION
from zoomapp.store.idempotency import IdempotencyKeys, new_key
from zoomapp.store.one_time_links import OneTimeLinks
from zoomapp.store.user_records import UserRecords

FILE = "/participants/85000000101.csv?"


def hand_over(parts, who):
    """A file is left under a link, or refused; the link."""
    try:
        return OneTimeLinks(parts.redis, parts.key_ring).create(who, FILE)
    except NotAuthorized:
        return None


#: The writes that a slow page may still do after its user disconnected.
WRITERS = {
    "what a page showed": lambda parts, who: UserRecords(parts.redis, parts.key_ring).save(
        who, LAST_SEEN_SECTION, {"raw": 1}, 3600, "page"
    ),
    "a form": lambda parts, who: IdempotencyKeys(UserRecords(parts.redis, parts.key_ring), who).begin(new_key()),
    "what the client saw": lambda parts, who: parts.client_reports.add(who, 1, "one==", [{"screenName": "Lee"}]),
    "a file by a link": hand_over,
    "a shared answer": lambda parts, who: parts.shared_polls.get(
        "a meeting", who, lambda: {"name": "Lee"}, lambda: 15.0
    ),
}
WRITE = pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)


def kept_of(parts, who):
    """The keys of this user, and those with data that the user fetched."""
    return parts.redis.keys(f"*{key_names.tag(who)}*") + parts.redis.keys("*:snapshot*")


@WRITE
def test_disconnect_deletes_the_records_of_the_user(dana, parts, write):
    before = len(kept_of(parts, dana.id))
    write(parts, dana.id)
    assert len(kept_of(parts, dana.id)) > before

    dana.post("/api/zoomapp/disconnect")

    assert kept_of(parts, dana.id) == []


@WRITE
def test_slow_page_writes_nothing_after_a_disconnect(dana, parts, write):
    dana.post("/api/zoomapp/disconnect")

    write(parts, dana.id)

    assert kept_of(parts, dana.id) == []


def test_link_of_a_disconnected_user_is_invalid(dana, parts):
    link = hand_over(parts, dana.id)
    other = hand_over(parts, dana.id)
    assert OneTimeLinks(parts.redis, parts.key_ring).redeem(other, FILE) == dana.id

    dana.post("/api/zoomapp/disconnect")

    assert OneTimeLinks(parts.redis, parts.key_ring).redeem(link, FILE) is None


def test_repeated_claim_after_a_lost_response_succeeds(dana, parts):
    belongings, key = user_keys.UserKeys(parts.redis), key_names.of_user(dana.id, "once", "x")

    said = [belongings.put(dana.id, key, value, 60, first=True) for value in (b"mine", b"mine", b"another")]

    assert said == [
        user_keys.WriteResult.DONE,
        user_keys.WriteResult.DONE,
        user_keys.WriteResult.THERE_ALREADY,
    ]


def test_settings_of_a_user_who_is_not_connected_are_refused(anyone):
    anyone.open_from_zoom()

    answer = anyone.post("/settings", data={"late_minutes": "7"})

    assert (answer.status_code, answer.json["error"]) == (401, "unauthorized")
