"""The webhook log stores events for the host only: each event once, none lost, all deleted with the host."""

import threading
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.attendance.rows import meetings
from zoomapp import services
from zoomapp.attendance import from_event, from_report, merge
from zoomapp.attendance.webhook_log import LONGEST_SECONDS, WebhookLog
from zoomapp.store import key_names
from zoomapp.zoom.tolerant_reader import Rows

UUID, NUMBER = "4ReA1pNsQnGgLZ4/s+xW7Q==", 85000000101


def meeting_event(kind, at, *, host, uuid=UUID, number=NUMBER, **participant):
    """An event as Zoom words it."""
    thing = {"id": str(number), "uuid": uuid, "host_id": host, "topic": "Review"}
    if participant:
        thing["participant"] = participant
    return {"event": f"meeting.{kind}", "event_ts": int(at * 1000), "payload": {"account_id": "a", "object": thing}}


def joined(at, number, *, host, **more):
    return meeting_event("participant_joined", at, host=host, user_id=str(number), user_name=f"Guest {number}", **more)


def of_dana(visit, dana, uuid=UUID):
    """The visit's events, as events of a meeting of Dana's."""
    for event in visit.events():
        thing = {**event["payload"]["object"], "uuid": uuid, "host_id": dana.id}
        yield {**event, "payload": {**event["payload"], "object": thing}}


def test_webhook_events_are_readable_for_the_host_only(dana, priya, parts, clock):
    event = joined(clock(), 1, host=dana.id)

    parts.webhook_log.save(event)

    assert parts.webhook_log.records(dana.id, UUID) == from_event(event, clock())
    assert parts.webhook_log.records(priya.id, UUID) == Rows(())
    assert parts.webhook_log.running(priya.id) == ()


def test_a_repeated_event_is_stored_once(dana, parts, clock):
    for _ in range(3):
        parts.webhook_log.save(joined(clock(), 1, host=dana.id))

    assert parts.webhook_log.news(dana.id, UUID)[0] == 1


def test_one_readable_event_among_many_unreadable_ones_is_found(dana, parts, clock):
    for number in range(40):
        parts.webhook_log.save(meeting_event("participant_joined", clock() + number, host=dana.id, email="x@y.example"))
    unreadable = parts.webhook_log.news(dana.id, UUID)

    parts.webhook_log.save(joined(clock(), 1, host=dana.id))

    assert (unreadable.records, unreadable.readable) == (40, False)
    assert parts.webhook_log.news(dana.id, UUID)[::2] == (41, True)


def test_concurrent_workers_lose_no_events(dana, parts, settings, clock):
    others = [services.build(settings, clock=clock).webhook_log for _ in range(2)]

    def tell(worker, first):
        for number in range(first, first + 50):
            others[worker].save(joined(clock(), number, host=dana.id))

    threads = [threading.Thread(target=tell, args=(worker, 50 * worker)) for worker in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {record.connection for record in parts.webhook_log.records(dana.id, UUID)} == {str(n) for n in range(100)}


def test_events_of_a_host_who_is_not_connected_are_not_stored(anyone, parts, clock):
    parts.webhook_log.save(joined(clock(), 1, host=anyone.id))

    assert parts.redis.keys(f"*{key_names.tag(anyone.id)}*") == []


@pytest.mark.parametrize("leave", ["disconnect", "removal"])
def test_disconnecting_or_removing_the_app_deletes_the_webhook_log(dana, parts, world, clock, leave):
    parts.webhook_log.save(joined(clock(), 1, host=dana.id))
    # What lives for a minute must not shorten the life of the list.
    dana.look("/")
    clock.tick(5)

    if leave == "disconnect":
        dana.post("/api/zoomapp/disconnect")
    else:
        payload = {"user_id": dana.id, "client_id": world.client_id, "deauthorization_time": "2026-03-02T10:00:04Z"}
        parts.webhook_queue.add({"event": "app_deauthorized", "payload": payload})
        parts.webhook_queue.process()

    assert parts.redis.keys(f"*{key_names.tag(dana.id)}*") == []


def test_the_key_list_lives_as_long_as_the_attendance(dana, parts, clock):
    parts.webhook_log.save(joined(clock(), 1, host=dana.id))

    dana.look("/")

    assert parts.redis.ttl(key_names.of_user(dana.id, "keys")) > 30 * 86400


def test_the_webhook_log_expires_after_attendance_days(dana, settings, clock):
    built = services.build(replace(settings, attendance_days=2), clock=clock)

    built.webhook_log.save(joined(clock(), 1, host=dana.id))

    for name in (f"room:{key_names.digest(UUID)}", "rooms"):
        assert 2 * 86400 - 60 < built.redis.ttl(key_names.of_user(dana.id, name)) <= 2 * 86400


def test_webhook_events_in_redis_are_encrypted(dana, parts, clock):
    parts.webhook_log.save(joined(clock(), 1, host=dana.id, email="lee@example.com"))

    for name in (f"room:{key_names.digest(UUID)}", "rooms"):
        kept = str(parts.redis.hgetall(key_names.of_user(dana.id, name)))
        assert kept != "{}"
        assert not any(word in kept for word in ("Guest", "lee@", "Review", UUID))


def test_a_meeting_runs_until_its_end_event_in_any_order_of_events(dana, parts, clock):
    parts.webhook_log.save(joined(clock(), 1, host=dana.id))
    [running] = parts.webhook_log.running(dana.id)

    parts.webhook_log.save(meeting_event("ended", clock() + 60, host=dana.id))
    parts.webhook_log.save(meeting_event("started", clock() - 60, host=dana.id))

    assert (running.uuid, running.number, running.topic) == (UUID, NUMBER, "Review")
    assert parts.webhook_log.running(dana.id) == ()
    assert parts.webhook_log.find(dana.id, str(NUMBER)).ended_at == clock() + 60


def test_a_meeting_whose_end_event_was_lost_ends_with_the_next_one_or_after_zooms_longest_duration(dana, parts, clock):
    parts.webhook_log.save(joined(clock(), 1, host=dana.id))
    parts.webhook_log.save(joined(clock() + 1, 1, host=dana.id, uuid="another=="))

    assert [room.uuid for room in parts.webhook_log.running(dana.id)] == ["another=="]
    clock.tick(LONGEST_SECONDS + 2)
    assert parts.webhook_log.running(dana.id) == ()


def test_old_and_excess_meetings_are_removed_from_the_index(dana, parts, clock):
    for day in range(3):
        parts.webhook_log.save(meeting_event("started", clock() - day * 86400, host=dana.id, uuid=f"{day}=="))
    clock.tick(29 * 86400)

    parts.webhook_log.save(meeting_event("started", clock(), host=dana.id))

    assert [room.uuid for room in parts.webhook_log.all(dana.id)] == [UUID, "0==", "1=="]


def test_a_meeting_has_a_limited_number_of_records(dana, parts, clock):
    small = WebhookLog(parts.redis, parts.key_ring, 30, clock, max_records=3)

    for number in range(5):
        small.save(joined(clock(), number, host=dana.id))

    assert small.news(dana.id, UUID)[0] == 3


@pytest.mark.parametrize("kind", ["created", "sharing_started", "alert"])
def test_other_meeting_events_store_nothing(dana, parts, clock, kind):
    parts.webhook_log.save(meeting_event(kind, clock(), host=dana.id))

    assert parts.webhook_log.all(dana.id) == []


@pytest.mark.parametrize("payload", [None, {}, {"object": None}, {"object": {"uuid": 1}}, {"object": []}])
def test_a_malformed_event_is_ignored(dana, parts, payload):
    parts.webhook_log.save({"event": "meeting.participant_joined", "payload": payload})

    assert parts.webhook_log.all(dana.id) == []


def test_records_that_cannot_be_decrypted_are_treated_as_missing(dana, parts, settings, clock):
    parts.webhook_log.save(joined(clock(), 1, host=dana.id))

    other = services.build(replace(settings, token_encryption_keys=(bytes(32),)), clock=clock).webhook_log

    assert (other.records(dana.id, UUID), other.all(dana.id)) == (Rows(()), [])


def test_events_from_the_webhook_queue_are_stored(dana, parts, world):
    events = []
    world.on_event(events.append)
    meeting = world.start_meeting(NUMBER)
    world.join(meeting, None, "Guest Lee")

    for event in events:
        parts.webhook_queue.add(event)
    parts.webhook_queue.process()

    assert [record.name for record in parts.webhook_log.records(dana.id, meeting.uuid)] == ["Guest Lee"]
    assert [room.number for room in parts.webhook_log.running(dana.id)] == [NUMBER]


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(meetings(), st.data())
def test_lost_late_repeated_and_reordered_events_do_not_change_the_final_report(dana, parts, visits, data):
    report = [from_report(row) for visit in visits for row in visit.report()]
    every = [event for visit in visits for event in of_dana(visit, dana)]
    arrived = data.draw(st.lists(st.sampled_from(every), max_size=2 * len(every)))
    parts.redis.delete(key_names.of_user(dana.id, f"room:{key_names.digest(UUID)}"))

    for event in arrived:
        parts.webhook_log.save(event)

    assert merge([*parts.webhook_log.records(dana.id, UUID), *report]) == merge(report)


def test_a_record_copied_to_another_meeting_does_not_decrypt(dana, parts, clock):
    parts.webhook_log.save(joined(clock(), 1, host=dana.id))
    source, target = (key_names.of_user(dana.id, f"room:{key_names.digest(uuid)}") for uuid in (UUID, "another=="))

    parts.redis.hset(target, mapping=parts.redis.hgetall(source))

    assert parts.webhook_log.records(dana.id, "another==") == Rows(())


@pytest.mark.parametrize(
    "start_time", [{"start_time": "2026-03-02T08:00:00Z"}, {}], ids=["with start", "without start"]
)
def test_a_late_event_of_an_ended_instance_does_not_make_it_the_newest(dana, parts, clock, start_time):
    def save(event, **fields):
        event["payload"]["object"] |= fields
        parts.webhook_log.save(event)

    save(joined(clock() - 7200, 1, host=dana.id, uuid="earlier=="), **start_time)
    save(meeting_event("ended", clock() - 5400, host=dana.id, uuid="earlier=="), **start_time)
    save(joined(clock(), 2, host=dana.id), start_time="2026-03-02T09:50:00Z")

    save(meeting_event("participant_left", clock() + 60, host=dana.id, uuid="earlier==", user_id="1"), **start_time)

    assert [meeting.uuid for meeting in parts.webhook_log.running(dana.id)] == [UUID]
    assert parts.webhook_log.find(dana.id, str(NUMBER)).uuid == UUID


def test_a_late_event_of_an_instance_whose_end_was_lost_does_not_make_it_the_newest(dana, parts, clock):
    events = [
        joined(clock() - 7200, 1, host=dana.id, uuid="earlier=="),
        joined(clock(), 2, host=dana.id),
        meeting_event("participant_left", clock() + 60, host=dana.id, uuid="earlier==", user_id="1"),
    ]
    for event, start_time in zip(events, ["08:00", "09:50", "08:00"], strict=True):
        event["payload"]["object"]["start_time"] = f"2026-03-02T{start_time}:00Z"
        parts.webhook_log.save(event)

    assert [meeting.uuid for meeting in parts.webhook_log.running(dana.id)] == [UUID]


@pytest.mark.parametrize("event_ts", [None, "soon", -5, [1], 10**17])
def test_an_event_without_a_readable_time_has_the_time_of_its_arrival(dana, parts, clock, event_ts):
    parts.webhook_log.save(joined(0, 1, host=dana.id) | {"event_ts": event_ts})

    [record] = parts.webhook_log.records(dana.id, UUID)
    assert record.joined_at == record.seen_at == parts.webhook_log.news(dana.id, UUID)[1] == clock()
