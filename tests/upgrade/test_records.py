"""Stored records are readable by the next version, and by the previous one after a rollback.

`records.json` holds what the archived version stored. Each kind of record is loaded into Redis, and the app is used in
a way that shows whether it read the record. The same readers run with the archived app on records of the current one.
"""

import pytest

from tests.upgrade import app_access
from tests.upgrade.readers import READERS, observe, reader_of
from tests.upgrade.stage import build_stage
from tests.upgrade.stored import dump
from tests.upgrade.tour import take_tour
from tests.upgrade.versions import Version, records

#: What a version that reads the record does. ``calls`` are calls to Zoom that the record makes unnecessary.
EXPECTED = {
    "answered": {"calls_with_proof": 0, "calls_without": 1},
    "answers": {"cache": "hit", "meetings": True, "calls": 0},
    "answers-lease": {"foreign_lease_held_at_call": False, "calls": 1, "status": 200},
    "answers-version": {"cache_without_the_version": "miss"},
    "begun": {"web": [302, 200], "in_client": [200, 200]},
    "calls": {"list": True, "change": True},
    "changes": {"warning": True},
    "context": {"used": 400, "first": 302},
    "events:lease": {"waiting": 1, "left": 0},
    "events:queue": {"left": 0, "shown": True},
    "events:taken": {"status": 204, "handled_again": False},
    "failure": {"status": 429, "error": "rate_limited", "refreshes": 0},
    "file": {"status": [200, 410], "calendar": True, "path": True},
    "host-days": {"status": 429, "calls": 0},
    "instance": {"asked_for_the_instance": True},
    "keys": {"kinds_before": True, "left": ["answers-lease"]},
    "lease": {"foreign_lease_held_at_call": False, "calls": 1, "status": 200},
    "limits:days": {"status": 429, "calls": 0},
    "month": {"shown": True, "calls": 0},
    "once": {"same_meeting": True, "created": 0},
    "piece": {"shown": True, "calls": 0},
    "planned": {"calls_with_record": 0, "calls_without": 1},
    "preferences": {"zone": "Europe/Lisbon", "chosen": ["12", "30", "all", "dark"], "late": "17"},
    "probe": {"status": 204, "calls_with_record": 0, "calls": 1},
    "profile": {"zone": "Europe/Berlin", "calls": 0},
    "room": {"shown": True},
    "rooms": {"topic": True, "shown": True, "ended_topic": True, "ended_shown": True, "ended": True},
    "seen": {"shown": True},
    "session": {
        "dark": True,
        "notice": True,
        "draft_at": "/meetings/new",
        "draft": True,
        "signed_in_by_context": 200,
        "client_theme": True,
    },
    "shared": {"snapshots_left": 0},
    "sightings": {"shown": True},
    "snapshot": {"shown": True, "calls": 0},
    "snapshot:lease": {"shown": True, "calls_while_held": 0, "calls": 1},
    "snapshot:lease:viewer": {"shown": True, "calls_while_held": 0, "calls": 1},
    "snapshot:pause": {"status": 429, "wait": "24", "calls": 0},
    "steps": {"progress": True, "asked_from": True},
    "tokens": {
        "status": 200,
        "email": "dana@example.com",
        "refreshes_before": 0,
        "status_after_expiry": 200,
        "refreshes": 1,
        "ended_grant": "session_expired",
    },
}
PREVIOUS = records()


@pytest.mark.parametrize("kind", EXPECTED)
def test_current_version_reads_records_of_the_previous_one(kind, redis_url):
    found = observe(kind, PREVIOUS, redis_url, app_access.build_app, app_access.close_app)

    assert found == EXPECTED[kind]


@pytest.mark.timeout(600)
def test_previous_version_reads_records_of_the_current_one(redis_url, tmp_path):
    (tmp_path / "current").mkdir()
    stored_now = Version.current(redis_url, tmp_path / "current").take_tour()

    found = Version.previous(redis_url, tmp_path).read(stored_now)

    # Compared one by one: the message names the kinds that the previous version does not read, and no others.
    assert {kind: read for kind, read in found.items() if read != EXPECTED.get(kind)} == {}
    assert set(found) == set(EXPECTED)


#: Kinds that the previous version did not have, and that neither version needs to find.
NEW_KINDS = {
    "pending": "the expiry of pending sign-ins, to count them; each one's own record is what matters",
    "saved-answers": "which records hold answers of Zoom, to limit their size; the records themselves are read",
    "arrivals": "how many webhooks arrived; the events themselves are in the queue",
}


def test_every_stored_kind_has_a_reader(redis_url):
    stage = build_stage(redis_url, app_access.build_app)
    capture = take_tour(stage)
    left_behind = {key.kind for key in dump(stage.redis, stage.clock())}
    app_access.close_app(stage.app)
    stage.redis.close()

    assert {*PREVIOUS.kinds, *capture.kinds, *left_behind} == {*EXPECTED, *NEW_KINDS}
    assert {reader_of(kind) for kind in EXPECTED} == set(READERS.values())
